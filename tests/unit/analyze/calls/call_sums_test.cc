// Covers analyze/calls/call_sums.h, chunk_pass.h and selection.h: sums over the calls that are
// wanted, against build_calls(); with threads, damage, and ranges that calls run out of.
#include "analyze/calls/call_sums.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "analyze/calls/call_builder.h"
#include "analyze/calls/chunk_pass.h"
#include "analyze/calls/selection.h"
#include "tests/unit/no_threads.h"
#include "tests/unit/random_events.h"
#include "tests/unit/trace_file.h"

namespace pgrec {
namespace {

struct Figures {
  std::uint64_t begun = 0, ended = 0;
  Duration total{};
  bool operator==(const Figures&) const = default;
};
using ByFunction = std::map<std::uint32_t, Figures>;

struct Sum {
  void process(const TraceSet::File& /*file*/, const ThreadKey& /*thread*/) {}
  void call_begun(FunctionId function, Timestamp /*begun*/, ExecutionId /*execution*/) {
    ++of[value(function)].begun;
  }
  void call_ended(const EndedCall& call) {
    Figures& one = of[value(call.opened().function)];
    ++one.ended;
    if (call.returned()) one.total += call.duration();
  }
  void merge(const Sum& other) {
    for (const auto& [function, one] : other.of) {
      of[function].begun += one.begun;
      of[function].ended += one.ended;
      of[function].total += one.total;
    }
  }
  void clear() { of.clear(); }
  ByFunction of;
};

void write_random(const test::TraceFile& file, std::uint32_t seed, int chunks) {
  TraceWriter writer = file.writer();
  test::RandomEvents random(seed, 4);
  writer.write(test::random_classes());
  for (int i = 0; i < chunks; ++i) {
    for (const test::ThreadEvents& stretch : random.next(8))
      test::append(writer, stretch);
    writer.cut();
  }
  writer.close(from_ns(1'000'000'000'000'000));
}

struct Naive {
  explicit Naive(const CallSelection& wanted) : selection(wanted) {}
  void call_ended(const Call& call) {
    if (!selection.pids.has(call.thread.pid) ||
        !selection.wants(call.function, call.begun, call.execution.value_or(kNoExecution)))
      return;
    if (selection.at_least > Duration{} && (!call.duration || *call.duration < selection.at_least))
      return;
    Figures& one = of[value(call.function)];
    ++one.begun;
    const bool ended = call.outcome != Outcome::kOpen && call.outcome != Outcome::kHeadless;
    if (ended) ++one.ended;
    if (call.duration) one.total += *call.duration;
  }
  void execution_ended(const Execution& /*execution*/) {}
  const CallSelection& selection;
  ByFunction of;
};

ByFunction naive(TraceReader trace, const CallSelection& selection) {
  Naive sums(selection);
  build_calls(trace, sums);
  return sums.of;
}

ByFunction summed(TraceReader trace, const CallSelection& selection, unsigned threads) {
  TraceSet set(std::move(trace));
  return sum_calls(set, selection, Sum{}, {threads, {}}).of;
}

std::vector<CallSelection> selections(const ExecutionIds& executions, Timestamp middle) {
  std::vector<CallSelection> all(8);
  all[1].functions = {true, false, true};
  all[1].other_functions = false;
  all[2].pids.pids = {1, 2};
  all[3].range = {middle - Duration(40'000), middle};
  all[4].at_least = Duration(500);
  all[5].executions = &executions;
  all[6].range.from = middle;
  all[7].range.to = middle;
  all[7].functions = {false, true};
  return all;
}

TEST(CallSums, AreThoseOfTheCallsThatAreWanted) {
  ExecutionIds executions;
  for (std::uint64_t id = 0; id < 100'000; id += 3)
    executions.add(ExecutionId{id});
  EXPECT_EQ(executions.count(), 33'334u);
  bool any_range = false;
  for (std::uint32_t seed = 1; seed <= 8; ++seed) {
    test::TraceFile file;
    write_random(file, seed, 7);
    const auto chunks = test::all_chunks(file.reader());
    const Timestamp middle = chunks.at(3).header.first;
    int number = 0;
    for (const CallSelection& selection : selections(executions, middle)) {
      const ByFunction expected = naive(file.reader(), selection);
      any_range = any_range || (number == 3 && !expected.empty());
      for (const unsigned threads : {1u, 3u})
        EXPECT_EQ(summed(file.reader(), selection, threads), expected) << seed << " " << number;
      ++number;
    }
  }
  EXPECT_TRUE(any_range);
}

TEST(CallSums, LeaveOutChunksThatCannotBeRead) {
  test::TraceFile file;
  write_random(file, 3, 7);
  file.flip_byte_of(test::chunk_frames(file.reader()).at(2));
  TraceSet set(file.reader());
  const Sum sum = sum_calls(set, CallSelection{}, Sum{}, {2, {}});
  std::uint64_t begun = 0, expected = 0;
  for (const auto& [function, one] : sum.of)
    begun += one.begun;
  const auto chunks = test::all_chunks(file.reader());
  for (std::size_t i = 0; i < chunks.size(); ++i)
    expected += i == 2 ? 0 : chunks[i].header.calls;
  EXPECT_EQ(begun, expected);
  EXPECT_EQ(set.files().front().reader.damages().size(), 1u);
}

TEST(ChunkPass, GoesOnWithTheThreadsThereAre) {
  test::TraceFile file;
  write_random(file, 3, 7);
  const ByFunction expected = summed(file.reader(), {}, 1);
  const test::NoThreads none;
  EXPECT_EQ(summed(file.reader(), {}, 4), expected);
}

TEST(ChunkPass, TellsProgressAndPassesOnWhatIsThrown) {
  test::TraceFile file;
  write_random(file, 3, 7);
  TraceSet set(file.reader());
  std::vector<double> shares;
  sum_calls(set, CallSelection{}, Sum{}, {2, [&](double share) { shares.push_back(share); }});
  EXPECT_EQ(shares.size(), 8u);
  EXPECT_TRUE(std::is_sorted(shares.begin(), shares.end()));
  EXPECT_EQ(shares.back(), 1);
  struct Throws : Sum {
    void process(const TraceSet::File& /*file*/, const ThreadKey& /*thread*/) {
      throw Error("too much");
    }
  };
  EXPECT_EQ(test::error_of([&] {
              sum_calls(set, CallSelection{}, Throws{}, {3, {}});
            }),
            "too much / ");
}

}  // namespace
}  // namespace pgrec
