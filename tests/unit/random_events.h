// Event streams that are valid and otherwise random, and what they mean by a replay that knows
// nothing of chunks.
#pragma once

#include <cstdint>
#include <map>
#include <random>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "format/chunk/arguments.h"
#include "format/event.h"
#include "format/table/tables.h"
#include "format/thread_state.h"
#include "tests/unit/append_event.h"

namespace pgrec::test {

struct ThreadEvents {
  ThreadKey thread;
  std::vector<Event> events;
  std::vector<ArgumentValues> arguments;  // of each event of a class, in the same order
};

// Adds a stretch to a ChunkBuilder or a TraceWriter, event by event.
template <typename Writer>
void append(Writer& writer, const ThreadEvents& stretch) {
  std::size_t of_class = 0;
  for (const Event& event : stretch.events) {
    if (event.kind == EventKind::kOfClass) {
      append(writer, stretch.thread, event, stretch.arguments[of_class++]);
    } else {
      writer.append(stretch.thread, std::span(&event, 1));
    }
  }
}

// The classes of random events: one with an argument of every kind, one without any.
const std::vector<EventClass>& random_classes();

// Several threads, each with a clock of its own: calls that nest and recur, every kind of event,
// equal times, differences on both sides of the longest short one (0xFEFF ns), threads that pause,
// threads that end and whose pids others take over.
class RandomEvents {
 public:
  RandomEvents(std::uint32_t seed, std::uint32_t threads);

  // The next `stretches` stretches of events, each of one thread.
  std::vector<ThreadEvents> next(int stretches);
  Loss next_loss();

 private:
  struct Thread {
    ThreadKey key;
    Timestamp now{};
    int open_calls = 0;
    bool executing = false;
  };
  Event next_event(Thread& thread);
  EventKind next_kind(const Thread& thread);
  FunctionId next_function();
  ArgumentValues next_arguments(ClassId event_class);
  Duration next_step();
  void change_process(Thread& thread);
  std::uint32_t below(std::uint32_t limit);

  std::mt19937 random_;
  std::vector<Thread> threads_;
  std::map<ThreadKey, Timestamp> times_;  // of the last event under a key
};

// Replays all events of a trace, batch by batch. A batch is what goes into one chunk; ids are given
// out in the order of the threads' keys.
class Oracle {
 public:
  // What ended in a batch.
  struct Ended {
    std::vector<Call> calls;
    std::vector<Execution> executions;
    // The lines of both, in ascending order.
    std::vector<std::string> rows() const;
  };
  Ended replay(const std::vector<ThreadEvents>& batch);
  // The lines of what ended in this batch, in ascending order.
  std::vector<std::string> replay_batch(const std::vector<ThreadEvents>& batch) {
    return replay(batch).rows();
  }
  // The lines of what is still open.
  std::vector<std::string> open() const;

 private:
  struct State {
    std::vector<Call> calls;            // self: the time of calls inside, so far
    std::vector<Execution> executions;  // one at most
  };
  void apply(const Event& event, const ThreadKey& thread, Ended& ended);
  static void end_execution(State& state, Timestamp now, Ended& ended);

  std::map<ThreadKey, State> threads_;
  std::uint64_t calls_ = 0;
  std::uint64_t executions_ = 0;
};

}  // namespace pgrec::test
