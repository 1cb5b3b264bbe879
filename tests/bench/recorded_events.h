// The events of a recorded trace in memory, in the order and the portions in which a recorder
// appends them, for benchmarks that write them again.
#pragma once

#include <string>
#include <vector>

#include "format/trace/trace_reader.h"
#include "format/trace/trace_writer.h"

namespace pgrec::bench {

class RecordedEvents {
 public:
  // Reads the trace at `path`. What is open at its end is ended there, so that the events can be
  // written one time after the other. Throws Error.
  explicit RecordedEvents(const std::string& path);

  // Appends all events to `writer`, `shift` later than they were, and cuts a chunk after
  // `chunk_events`, as a recorder does. `noise_ns`: times are made finer by a random number below
  // it, which a clock that ticks in steps leaves out.
  // The writer has been given classes().
  void write(TraceWriter& writer, Duration shift, std::uint32_t chunk_events);
  void add_noise(std::int64_t noise_ns);

  const std::vector<EventClass>& classes() const { return classes_; }
  std::uint64_t calls() const { return calls_; }
  std::uint64_t events() const { return events_.size(); }
  // How long the events take, with room before they begin again.
  Duration span() const { return span_; }

 private:
  struct Portion {
    ThreadKey thread;
    std::size_t end = 0;            // in events_
    std::size_t arguments_end = 0;  // in arguments_
  };

  std::vector<EventClass> classes_;
  std::vector<Event> events_;
  std::vector<ArgumentValues> arguments_;  // of each event of a class, in the same order
  std::vector<Portion> portions_;
  std::vector<Text> texts_;
  std::uint64_t calls_ = 0;
  Duration span_{};
};

}  // namespace pgrec::bench
