// Where the events of a recording go: into a trace (format/trace/trace_writer.h), or to whoever
// adds them up as they come and keeps nothing. Called from one thread.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "format/chunk/arguments.h"
#include "format/event.h"
#include "format/table/tables.h"

namespace pgrec {

class TraceOutput {
 public:
  virtual ~TraceOutput() = default;

  virtual void write(const Metadata& metadata) = 0;
  virtual void write(const std::vector<Function>& functions) = 0;
  virtual void write(const std::vector<EventClass>& classes) = 0;
  virtual void write(const std::vector<Process>& processes) = 0;
  virtual void write(const std::vector<ClockSample>& samples) = 0;
  virtual void write(const std::vector<Loss>& losses) = 0;
  virtual void write(const std::vector<Account>& accounts) = 0;

  // The id under which a text is known from now on; `text`'s own id is not looked at.
  virtual TextId text_id(const Text& text) = 0;

  // Adds events of one thread, in order of time.
  virtual void append(const ThreadKey& thread, std::span<const Event> events) = 0;
  // Adds an event of a class that was written before, with the arguments it describes.
  virtual void append(const ThreadKey& thread, const Event& event, ArgumentValues arguments) = 0;
  // Adds events of one thread, some of them of classes; `arguments`: theirs, in the same order.
  virtual void append(const ThreadKey& thread, std::span<const Event> events,
                      std::vector<ArgumentValues> arguments) = 0;

  // Events since the last cut().
  virtual std::uint32_t pending_events() const = 0;
  // What was appended is a chunk.
  virtual void cut() = 0;

  // Of all losses that were written.
  virtual std::uint64_t lost_events() const = 0;
};

}  // namespace pgrec
