// Where a recording goes: into a trace, part after part (record/recording/parts.h), or to what adds
// it up and keeps nothing (record/top/top_totals.h). The recorder calls it, from one thread. Every
// function may throw Error when something cannot be written. What only a trace needs does nothing
// where it is not overridden.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "format/chunk/arguments.h"
#include "format/event.h"
#include "format/table/tables.h"
#include "record/host/clocks.h"

namespace pgrec {

// What a part says beside its events, in the order in which it is written.
struct PartRows {
  std::vector<Process> processes;
  std::vector<Loss> losses;
  std::vector<Account> accounts;
  std::vector<ClockSample> clocks;
  Metadata facts;
};

class EventSink {
 public:
  virtual ~EventSink() = default;

  // The id of a text from now on, in this part. `text`'s own id is not looked at.
  virtual TextId text_id(const Text& text) = 0;
  // Adds events of one thread, in order of time. `arguments`: of those of classes, in the same
  // order, one element each; they are moved out of it.
  virtual void append(const ThreadKey& thread, std::span<const Event> events,
                      std::span<ArgumentValues> arguments) = 0;
  // Executions so far, in all parts.
  virtual std::uint64_t executions() const = 0;

  // Events of each function that were appended and had no room, in all parts. What is written says
  // so by itself.
  virtual std::vector<std::uint64_t> left_out() const { return {}; }

  // Adds rows to the part.
  virtual void write(const PartRows& /*rows*/) {}
  // Events since the last cut().
  virtual std::uint32_t pending_events() const { return 0; }
  // Makes a chunk of what was appended.
  virtual void cut() {}
  // Ends the last part at `end`, a time in it.
  virtual void close(Timestamp /*end*/) {}

  // Whether the part is to end at `at`, a time in it to which it has everything.
  virtual bool is_full(Timestamp /*at*/) { return false; }
  // Why, as in "ended by …".
  virtual std::string why_full() const { return {}; }
  // Whether another part follows a full one, and its name.
  virtual bool goes_on() const { return false; }
  virtual std::string next_name() const { return {}; }
  // Makes the next part. After an Error the part that is being written is as it was.
  virtual void prepare_next(const Moment& /*beginning*/) {}
  // Ends the part at `end`, a time in it, and takes the prepared one for it.
  virtual void go_on(Timestamp /*end*/) {}
  // What is in the part by now was begun again in it, and does not make it full.
  virtual void begun_again() {}
};

}  // namespace pgrec
