// A small closed trace with every type of frame, and what can be read of it.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "format/table/summary.h"
#include "format/table/tables.h"
#include "tests/unit/random_events.h"
#include "tests/unit/trace_file.h"

namespace pgrec::test {

// What can be read of a trace.
struct Readable {
  // The lines of what ended in each chunk, by the id of its first call.
  std::map<std::uint64_t, std::vector<std::string>> chunks;
  // How many events with which arguments, by chunk.
  std::map<std::uint64_t, std::vector<ArgumentValues>> arguments;
  std::vector<std::string> texts;
  Metadata metadata;
  std::vector<Function> functions;
  std::vector<EventClass> classes;
  std::vector<Process> processes;
  std::vector<ClockSample> clocks;
  std::vector<Loss> losses;
  bool told = false;  // that something is missing
};

Readable read_all(TraceReader trace);

// Four chunks of random events and every table.
class ReferenceTrace : public testing::Test {
 protected:
  static constexpr int kChunks = 4;

  ReferenceTrace();
  // Cuts off the frame that ends it, as if the recorder had been killed.
  void cut_off_end() { file_.truncate_to(file_.size_bytes() - 80); }
  Readable read() const { return read_all(file_.reader()); }
  std::string error() const {
    return error_of([&] { file_.reader(); });
  }

  static const Metadata kFacts;
  static const std::vector<Function> kFunctions;
  static const std::vector<Process> kProcesses;
  static const std::vector<ClockSample> kClocks;
  static const std::vector<Loss> kLosses;
  static constexpr Timestamp kEnd{std::chrono::nanoseconds(1'000'000'000'000'000)};

  TraceFile file_;
  std::uint64_t events_ = 0;
  std::uint64_t calls_ = 0;
  std::uint64_t executions_ = 0;
  std::vector<Oracle::Ended> ended_;  // in each chunk
  std::vector<Summary> summaries_;    // of each chunk, without its losses

 private:
  void write_chunk(TraceWriter& writer);

  RandomEvents random_{5, 3};
  Oracle oracle_;
  int texts_ = 0;
};

// `summary` without its losses.
Summary without_losses(Summary summary);

}  // namespace pgrec::test
