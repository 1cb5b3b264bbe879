// What the recorder asks of where a recording goes: one trace after the other
// (record/recording/parts.h), or as pgrec top has it, none. Unless told otherwise, an output is
// never full.
#pragma once

#include <cstdint>
#include <string>

#include "format/trace/trace_output.h"
#include "record/host/clocks.h"

namespace pgrec {

class RecordingOutput {
 public:
  virtual ~RecordingOutput() = default;

  // Of the part that is being written: the same object for all of them.
  virtual TraceOutput& writer() = 0;
  // Executions recorded so far, in all parts.
  virtual std::uint64_t executions() const = 0;
  // Ends the last part at `end`, a time in it. Throws Error.
  virtual void close(Timestamp end) = 0;

  // What is in the part by now was begun again in it, and does not make it full.
  virtual void begun_again() {}
  // Whether the part is to end at `at`, a time in it to which it has everything. Throws Error.
  virtual bool is_full(Timestamp /*at*/) { return false; }
  // Why, as in "ended by …".
  virtual std::string why_full() const { return {}; }
  // Whether a full part is followed by another.
  virtual bool goes_on() const { return false; }
  virtual std::string next_name() const { return {}; }
  // Makes the next part. Throws Error; the part that is being written is then as it was.
  virtual void prepare_next(const Moment& /*beginning*/) {}
  // Ends the part at `end`, a time in it, and takes the prepared one for it. Throws Error when the
  // part cannot be ended.
  virtual void go_on(Timestamp /*end*/) {}
};

}  // namespace pgrec
