// The query texts of a set: which of them are of one statement, and each by its id. Reads the
// frames of texts that it is asked for, as they come in the order of their ids, and once an eighth
// of them is read all; holds four bytes for each text. The texts themselves are read again when
// they are asked for. What is asked of it may be asked by any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "analyze/trace/trace_set.h"
#include "format/table/tables.h"

namespace pgrec {

// What several texts say alike: by their fingerprint, or by what they are without literals.
struct SaidText {
  std::uint64_t fingerprint = 0;  // 0: none
  bool utility = false;           // the server plans no such statement: a query id does not tell it
};

// Number of a SaidText in SetTexts.
enum class Said : std::uint32_t {};
inline constexpr Said kNothingSaid{0};

class SetTexts {
 public:
  // Borrows the set. What cannot be read is damage of its file.
  explicit SetTexts(TraceSet& set);

  // What a text says; kNothingSaid where the trace has none, or it could not be read.
  Said said(const TraceSet::File& file, TextId id) const {
    const OfFile& texts = files_[file.number];
    if (!texts.is_whole.load(std::memory_order_acquire)) return read_until(file.number, id);
    const Said said = texts.find(id);
    return said == kUnread ? kNothingSaid : said;
  }
  // The texts with this fingerprint, of those that were asked for.
  Said said(std::uint64_t fingerprint) const;
  SaidText of(Said said) const;

  // The text with this id; nothing where the trace has none.
  std::optional<Text> find(const TraceSet::File& file, TextId id) const {
    return find_in(file.number, id);
  }
  std::optional<Text> find_in(std::uint32_t file, TextId id) const;

 private:
  static constexpr Said kUnread{UINT32_MAX};

  // A frame of texts, and of its ids the first and the last; a frame without any has none between.
  struct Frame {
    FrameRef frame;
    bool is_read = false;
    std::uint32_t first = 1, last = 0;

    bool has(TextId id) const { return first <= value(id) && value(id) <= last; }
  };
  struct OfFile {
    std::vector<Said> dense;  // by id; kUnread: not read yet
    std::unordered_map<std::uint32_t, Said> others;
    std::vector<Frame> frames;
    std::size_t frames_read = 0;
    std::atomic<bool> is_whole = false;  // nothing changes any more

    Said find(TextId id) const;  // or kUnread
  };
  // Texts of a frame that was read lately.
  struct Held {
    std::uint32_t file = 0;
    std::uint64_t offset = 0;
    std::vector<Text> texts;
  };

  // All below with the lock.
  void read(std::uint32_t file, Frame& frame) const;
  void read_all(std::uint32_t file) const;
  Said read_until(std::uint32_t file, TextId id) const;  // takes it
  // Reads frames until one is found whose ids are around it, or all are read.
  const Frame* frame_around(std::uint32_t file, TextId id) const;
  Said said_by(const Text& text) const;
  static void keep(OfFile& texts, TextId id, Said said);
  const std::vector<Text>* texts_of(std::uint32_t file, const Frame& frame) const;

  TraceSet& set_;
  mutable std::mutex lock_;
  mutable std::vector<OfFile> files_;
  mutable std::deque<SaidText> all_{1};  // by Said; the first is kNothingSaid
  mutable std::unordered_map<std::uint64_t, Said> by_fingerprint_;
  mutable std::unordered_map<std::string, Said> by_text_;
  mutable std::deque<Held> held_;
};

// As SQL and reports show it: without literals. Nothing where it is not known.
std::optional<std::string> shown_text(const Text& text);

}  // namespace pgrec
