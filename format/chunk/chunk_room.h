// Keeps what is written of a trace within what a chunk can begin with: so many open calls and so
// many threads. What passes that is left out, as whole calls of a thread from the outside in, and
// counted: the calls that are kept are right, but for the time that they spent in those left out.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <vector>

#include "format/chunk/arguments.h"
#include "format/event.h"
#include "format/layout.h"
#include "format/table/tables.h"

namespace pgrec {

class ChunkRoom {
 public:
  explicit ChunkRoom(std::uint64_t most_calls = layout::kMaxOpenCalls) : most_calls_(most_calls) {}

  // The events of one thread, in order of time, and the arguments of those of classes.
  struct Stretch {
    std::span<const Event> events;
    std::span<ArgumentValues> arguments;
  };
  // What of it there is room for, valid until the next call. `open_calls` gives the number of calls
  // that are open in all threads now; it is asked where there may be too many. `has_room`: whether
  // one more thread can be listed, or the thread is.
  Stretch keep(const ThreadKey& thread, const Stretch& stretch, bool has_room,
               const std::function<std::uint64_t()>& open_calls);
  // So many calls are open in all threads.
  void set_open_calls(std::uint64_t calls) {
    open_calls_ = calls;
    is_exact_ = true;
  }
  // An event cannot be kept for another reason.
  void leave_out(const Event& event) { count(event, event.function); }

  // What was left out since the last call: of each function how many events of those that fired;
  // and where something else was, a loss of an unknown number.
  std::vector<Loss> take_losses();
  // The same from the beginning, by function.
  const std::vector<std::uint64_t>& left_out() const { return all_; }

 private:
  // A thread of which something is left out.
  struct Thread {
    std::vector<FunctionId> calls;  // open ones, outermost first
    bool whole = false;             // there is no room for anything of it
    bool executing = false;         // of a whole one
    bool done() const { return calls.empty() && !executing; }
  };
  bool is_left_out(const Event& event, Thread& thread);
  void count(const Event& event, FunctionId function);

  std::uint64_t most_calls_;
  std::uint64_t open_calls_ = 0;  // at most so many
  bool is_exact_ = true;          // exactly so many
  std::map<ThreadKey, Thread> threads_;
  std::vector<Event> kept_;
  std::map<FunctionId, std::uint64_t> lost_;  // since the losses were taken
  bool lost_others_ = false;
  Timestamp from_{}, to_{};
  std::vector<std::uint64_t> all_;
};

}  // namespace pgrec
