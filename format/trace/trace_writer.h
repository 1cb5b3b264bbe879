// Writes a trace: frames one after the other, each in a single write, so that a file whose writer
// was killed is whole up to its last frame. Single-threaded, but for the thread that syncs.
#pragma once

#include <bitset>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "format/chunk/chunk_builder.h"
#include "format/chunk/chunk_room.h"
#include "format/frame/file.h"
#include "format/frame/file_sync.h"
#include "format/frame/frame.h"
#include "format/table/execution_roles.h"
#include "format/table/summary.h"
#include "format/table/tables.h"
#include "format/table/text_dictionary.h"
#include "format/table/text_fingerprints.h"
#include "format/trace/index.h"

namespace pgrec {

class TraceWriter {
 public:
  // Writes the file header into the empty `file`. Every function below that writes throws Error
  // when it cannot; the file is then cut back to its last whole frame and the writer must not be
  // used again.
  explicit TraceWriter(File file, Sync sync = Sync::kOff);
  TraceWriter(TraceWriter&&) = default;
  // It would free the file while its thread still syncs it.
  TraceWriter& operator=(TraceWriter&&) = delete;

  void write(const Metadata& metadata);
  void write(const std::vector<Function>& functions);
  void write(const std::vector<EventClass>& classes);
  void write(const std::vector<Process>& processes);
  void write(const std::vector<ClockSample>& samples);
  void write(const std::vector<Loss>& losses);
  void write(const std::vector<Account>& accounts);

  // From the next chunk on, summaries tell of statements and of the longest executions; `roles`:
  // what the classes that are written say of executions (format/postgres/roles_of_classes.h).
  void sum_statements(ExecutionRoles roles);

  // The id under which a text is stored; `text`'s own id is not looked at.
  TextId text_id(const Text& text);

  // Adds events of one thread, in order of time. They are on disk after the next cut(), which this
  // makes where the chunk is full. `arguments`: of the events of classes that were written before,
  // in the same order, one element each; they are moved out of it. What has no room within the
  // bounds of the format is left out, and the next cut() writes a loss of it.
  void append(const ThreadKey& thread, std::span<const Event> events,
              std::span<ArgumentValues> arguments = {});

  // Calls `cut` with the summary of each chunk that is cut from now on.
  void on_cut(std::function<void(const Summary&)> cut) { on_cut_ = std::move(cut); }

  // Events since the last cut().
  std::uint32_t pending_events() const { return chunk_.events(); }

  // Writes what was appended, with its summary and the texts it refers to; nothing where nothing
  // was.
  void cut();

  // Cuts, then writes the total, the index and the end of the trace. `end`: when recording stopped.
  void close(Timestamp end);
  // The two halves of it, for who must not wait for the disk: writes all; and brings it there,
  // which another thread may do, and from when on nobody writes the file any more.
  void write_end(Timestamp end);
  void wait_for_disk();

  // Takes over a frame of another trace as it is, but for its number. `header` is of a chunk only.
  // For a rebuilt trace, to which nothing is appended.
  void copy(const FrameHeader& frame, ByteView payload, const ChunkHeader* header);
  // Writes the summary of the chunk copied last.
  void write_summary(const Summary& summary);
  // The ids before `next` were those of calls and executions that are missing.
  void skip_ids(const NextIds& next);

  const std::string& name() const { return file_->name(); }
  std::uint64_t size_bytes() const { return offset_; }
  std::uint64_t lost_events() const { return lost_events_; }
  // About how long the file would be if it were closed now: what waits for the next cut is taken to
  // become as long as events before it did.
  std::uint64_t expected_bytes() const;
  // A trace cannot have many more texts than this one has.
  bool is_nearly_full() const { return texts_.is_nearly_full(); }
  // Events of each function that were left out.
  const std::vector<std::uint64_t>& left_out() const { return room_.left_out(); }
  // Events up to the last cut, and calls and executions that began up to it.
  std::uint64_t events() const { return events_; }
  std::uint64_t calls() const { return calls_; }
  std::uint64_t executions() const { return executions_; }
  // What all these come to.
  const Summary& total() const { return total_; }

 private:
  // What the arguments of a chunk's events take.
  struct ArgumentSums {
    std::bitset<layout::kMaxClasses> classes;
    std::size_t columns = 0;
    std::size_t bytes = 0;  // uncompressed, at most
    // Columns with an event of the class more.
    std::size_t columns_with(ClassId event_class, std::size_t arguments) const {
      return columns + (classes.test(value(event_class)) ? 0 : arguments);
    }
    void add(ClassId event_class, std::size_t arguments, std::size_t argument_bytes) {
      columns = columns_with(event_class, arguments);
      classes.set(value(event_class));
      bytes += argument_bytes;
    }
  };
  void put(layout::FrameType type, ByteView plain, ByteView rest, std::uint8_t flags = 0);
  // Appends a frame to `bytes`, and to the list as if it were written.
  void put(Bytes& bytes, layout::FrameType type, ByteView plain, ByteView rest,
           std::uint8_t flags = 0);
  void put_chunk(Bytes& bytes, const ChunkBuilder::Encoded& chunk);
  void put_summary(Bytes& bytes, std::uint64_t sequence, const Summary& summary,
                   std::size_t chunk_bytes);
  void list(const FrameHeader& frame, std::size_t stored_bytes, const ChunkHeader* chunk);
  void write_out(const Bytes& frames, bool chunk);
  void write_texts();
  void append_kept(const ThreadKey& thread, std::span<const Event> events,
                   std::span<ArgumentValues> arguments);
  std::size_t room(std::size_t argument_bytes = 0) const;
  bool has_room(const Event& event, std::span<const ArgumentValues> arguments,
                std::size_t bytes) const;
  void count(const ChunkHeader& chunk);
  void add_to_total(const Summary& summary);
  template <typename Row>
  void put_table(layout::FrameType type, const std::vector<Row>& rows, std::uint8_t flags = 0);
  template <typename Row>
  void put_rows(layout::FrameType type, const std::vector<Row>& rows, std::uint8_t flags);

  std::unique_ptr<File> file_;  // at an address that stays
  std::unique_ptr<FileSync> sync_;
  std::uint64_t offset_ = 0;  // end of the last whole frame
  std::uint64_t listed_ = 0;  // end of the last frame in the list
  std::uint64_t events_ = 0;
  std::uint64_t chunk_bytes_ = 0;  // of all chunks and their summaries
  std::uint64_t longest_summary_bytes_ = 0;
  std::uint64_t calls_ = 0;
  std::uint64_t executions_ = 0;
  std::uint64_t lost_events_ = 0;
  ChunkBuilder chunk_;
  ArgumentSums arguments_;
  ChunkRoom room_;
  Summary total_;
  TextDictionary texts_;
  std::unique_ptr<TextFingerprints> fingerprints_;  // at an address that stays
  // Of texts; null where statements are not summed.
  std::uint64_t (*fingerprint_)(const Text& text) = nullptr;
  std::size_t total_statement_bytes_ = 0;  // of those in the total, about
  std::size_t copied_chunk_bytes_ = 0;     // of the chunk copied last
  IndexBuilder index_;
  std::function<void(const Summary&)> on_cut_;
};

}  // namespace pgrec
