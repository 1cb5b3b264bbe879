// The files of a recording: one, or with --rotate several, one after the other, each a whole trace
// that begins at its own time 0. Knows when one is full, makes the next, ends the one before and
// removes the oldest. Single-threaded, but for the thread that waits until an ended file is on the
// disk, so that recording does not.
//
//     put_in_place()                       go_on(end)
//     part 1 ────────────────┬─────────────┐
//              prepare_next()└── part 2 ───┴──────────── … ─── close(end)
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <future>
#include <optional>
#include <string>
#include <vector>

#include "format/frame/output_file.h"
#include "format/postgres/execution_counts.h"
#include "format/trace/trace_writer.h"
#include "record/host/clocks.h"
#include "record/host/file_identity.h"
#include "record/recording/event_sink.h"
#include "record/recording/rotation.h"

namespace pgrec {

class Parts final : public EventSink {
 public:
  // What a part says of itself at its beginning.
  struct Preamble {
    Metadata facts;
    std::vector<Function> functions;
    std::vector<EventClass> classes = {};
  };
  // Gives it for a part that begins at `beginning`.
  using Describe = std::function<Preamble(const Moment& beginning)>;

  // Makes the file of the first part, under a temporary name. Throws Error with a hint when it
  // cannot be made, or it or a later part exists and `force` is not given.
  Parts(std::string path, bool force, Sync sync, const Rotation& rotation);
  Parts(const Parts&) = delete;
  Parts& operator=(const Parts&) = delete;
  // Removes a next part that was prepared and not gone on to.
  ~Parts() override;

  // Calls `cut` with the summary of each chunk of every part; before begin().
  void on_cut(std::function<void(const Summary&)> cut) { on_cut_ = std::move(cut); }

  // Writes the preamble of the first part; `describe` is called again for each one after it. Throws
  // Error, UsageError where a part has no room for anything else.
  void begin(const Moment& beginning, Describe describe);
  // Gives the first part its name.
  void put_in_place();

  // Of the part that is being written: the same object for all of them, and valid after begin().
  TraceWriter& writer() { return *writer_; }
  const TraceWriter& writer() const { return *writer_; }

  TextId text_id(const Text& text) override { return writer_->text_id(text); }
  void append(const ThreadKey& thread, std::span<const Event> events,
              std::span<ArgumentValues> arguments) override {
    writer_->append(thread, events, arguments);
  }
  std::vector<std::uint64_t> left_out() const override;
  void write(const PartRows& rows) override;
  std::uint32_t pending_events() const override { return writer_->pending_events(); }
  void cut() override { writer_->cut(); }
  // When it returns, every part is on the disk as --sync says.
  void close(Timestamp end) override;

  // Cuts where only the next chunk can tell.
  bool is_full(Timestamp at) override;
  std::string why_full() const override;
  bool goes_on() const override { return rotation_.goes_on; }
  std::string next_name() const override { return part_path(path_, number_ + 1); }
  // Makes the file of the next part and writes its preamble.
  void prepare_next(const Moment& beginning) override;
  // Removes what is more than is to be kept.
  void go_on(Timestamp end) override;
  void begun_again() override { begun_again_ = writer_->pending_events(); }

  std::uint64_t number() const { return number_; }  // of the part that is being written, from 1
  const std::string& first_name() const { return path_; }

  // Of all parts, also those that are removed.
  struct Totals {
    std::uint64_t bytes = 0;
    std::uint64_t calls = 0;
    ExecutionCounts executions;
    std::uint64_t events = 0;
    std::uint64_t lost_events = 0;
  };
  Totals totals() const;
  std::uint64_t executions() const override { return totals().executions.executions; }
  std::uint64_t removed() const { return removed_; }

  // What became of the parts that have ended since the last call.
  struct Ended {
    std::string name;
    std::uint64_t bytes = 0;
    std::uint64_t calls = 0;
    std::string next;
    std::vector<std::string> removed;
    std::vector<std::string> not_removed;  // another file has taken the name, or it cannot be
  };
  std::vector<Ended> take_ended() { return std::exchange(ended_, {}); }

 private:
  struct Written {
    std::string path;
    FileIdentity file;
  };
  TraceWriter begin_file(File file, std::uint64_t number, const Moment& beginning);
  void remove_oldest(Ended& ended);
  void wait_for_syncing();

  std::string path_;
  bool force_;
  Sync sync_;
  Rotation rotation_;
  std::optional<OutputFile> output_;  // until its file is in place
  Describe describe_;
  std::vector<EventClass> classes_;  // of every part
  std::function<void(const Summary&)> on_cut_;
  std::int64_t began_ns_ = 0;  // the first part, after 1970
  std::uint64_t number_ = 1;
  std::uint64_t begun_again_ = 0;
  std::optional<TraceWriter> writer_;
  std::optional<TraceWriter> next_;
  std::future<void> syncing_;
  Totals before_;                               // of the parts that have ended
  std::vector<std::uint64_t> left_out_before_;  // in them
  std::deque<Written> files_;                   // that are kept, the oldest first
  std::uint64_t removed_ = 0;
  std::vector<Ended> ended_;
};

}  // namespace pgrec
