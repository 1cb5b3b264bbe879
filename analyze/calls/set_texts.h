// The query texts of a set: which of them are of one statement, and each by its id. Reads the texts
// of a trace once and holds four bytes for each; the texts themselves are read again when they are
// asked for.
#pragma once

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
  // Reads the texts of all files; what cannot be read is damage of its file. Borrows the set.
  explicit SetTexts(TraceSet& set);

  // What a text says; kNothingSaid where the trace has none, or it could not be read.
  Said said(const TraceSet::File& file, TextId id) const;
  // The texts with this fingerprint.
  Said said(std::uint64_t fingerprint) const;
  const SaidText& of(Said said) const { return all_[value(said)]; }

  // The text with this id; nothing where the trace has none. By any thread.
  std::optional<Text> find(const TraceSet::File& file, TextId id) const {
    return find_in(file.number, id);
  }
  std::optional<Text> find_in(std::uint32_t file, TextId id) const;

 private:
  // A frame of texts.
  struct Frame {
    FrameRef frame;
    std::uint32_t first = 0, last = 0;  // of its ids
  };
  struct OfFile {
    std::vector<Said> dense;  // by id
    std::unordered_map<std::uint32_t, Said> others;
    std::vector<Frame> frames;
  };
  // Texts of a frame that was read lately.
  struct Held {
    std::uint32_t file = 0;
    std::uint64_t offset = 0;
    std::vector<Text> texts;
  };

  void read(TraceSet::File& file, OfFile& texts);
  Said said_by(const Text& text);
  static void keep(OfFile& texts, TextId id, Said said);
  const std::vector<Text>* texts_of(std::uint32_t file, const Frame& frame) const;

  TraceSet& set_;
  std::vector<OfFile> files_;
  std::vector<SaidText> all_{1};  // by Said; the first is kNothingSaid
  std::unordered_map<std::uint64_t, Said> by_fingerprint_;
  std::unordered_map<std::string, Said> by_text_;
  mutable std::mutex held_lock_;
  mutable std::deque<Held> held_;
};

// As SQL and reports show it: without literals. Nothing where it is not known.
std::optional<std::string> shown_text(const Text& text);
// Whether `text` holds the bytes of the query.
bool is_verbatim(const Text& text);

}  // namespace pgrec
