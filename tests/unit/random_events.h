// Event streams that are valid and otherwise random, and what they mean by a replay that knows
// nothing of chunks.
#pragma once

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "format/event.h"
#include "format/thread_state.h"

namespace pgrec::test {

struct ThreadEvents {
  ThreadKey thread;
  std::vector<Event> events;
};

// Several threads, each with a clock of its own: calls that nest and recur, every kind of event,
// equal times, differences on both sides of the longest short one (0xFEFF ns), threads that pause.
class RandomEvents {
 public:
  RandomEvents(std::uint32_t seed, std::uint32_t threads);

  // The next `stretches` stretches of events, each of one thread.
  std::vector<ThreadEvents> next(int stretches);

 private:
  struct Thread {
    ThreadKey key;
    Timestamp now{};
    int open_calls = 0;
    bool executing = false;
  };
  Event next_event(Thread& thread);
  EventKind next_kind(const Thread& thread);
  Duration next_step();
  std::uint32_t below(std::uint32_t limit);

  std::mt19937 random_;
  std::vector<Thread> threads_;
};

// Replays all events of a trace, batch by batch. A batch is what goes into one chunk; ids are given
// out in the order of the threads' keys.
class Oracle {
 public:
  // The lines of what ended in this batch, in ascending order.
  std::vector<std::string> replay_batch(const std::vector<ThreadEvents>& batch);
  // The lines of what is still open.
  std::vector<std::string> open() const;

 private:
  struct State {
    std::vector<Call> calls;            // self: the time of calls inside, so far
    std::vector<Execution> executions;  // one at most
  };
  void apply(const Event& event, const ThreadKey& thread, std::vector<std::string>& ended);
  static void end_execution(State& state, Timestamp now, std::vector<std::string>& ended);

  std::map<ThreadKey, State> threads_;
  std::uint64_t calls_ = 0;
  std::uint64_t executions_ = 0;
};

}  // namespace pgrec::test
