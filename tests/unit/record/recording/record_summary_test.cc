// Covers record/recording/record_summary.h: the lines that a finished recording ends with.
#include "record/recording/record_summary.h"

#include <gtest/gtest.h>

#include <sstream>

namespace pgrec {
namespace {

// Two functions and a USDT probe, numbers 0 to 2; 3 are the hooks.
class RecordSummary : public testing::Test {
 protected:
  RecordSummary() {
    PlannedFile& file = plan_.files.emplace_back();
    file.functions = {{"f", 0x10}, {"g", 0x20}};
    file.attach_offsets = {0x14, 0x24};
    file.points = {{"server", "usdt:p", {{"server", "p", 0x1000, 0x100}}}};
    file.arguments.resize(1);
    outcome_.first_part = "run.pgt";
    outcome_.last_part = "run.pgt";
    outcome_.totals.bytes = 4096;
    outcome_.totals.calls = 1000;
    outcome_.ended_by = "SIGINT";
    outcome_.elapsed = std::chrono::seconds(3);
    outcome_.processes = 2;
    outcome_.counts.resize(4);
    for (ProbeCounts& one : outcome_.counts)
      one.sum.fired[WIRE_ENTER] = 500;
    outcome_.accounts.resize(4);
    outcome_.accounts[2].recorded = 40;
    outcome_.missed_hits = 0;
  }
  std::string summary() const {
    std::ostringstream out;
    print_summary(out, options_, plan_, outcome_);
    return out.str();
  }
  bool says(const std::string& line) const {
    return ("\n" + summary()).find("\n" + line + "\n") != std::string::npos;
  }
  bool says_anything_of(const std::string& word) const {
    return summary().find("\n  " + word) != std::string::npos;
  }

  RecordOptions options_;
  RecordingPlan plan_;
  RecordingOutcome outcome_;
};

TEST_F(RecordSummary, OfAnOrdinaryRecordingIsShort) {
  EXPECT_EQ(summary(),
            "run.pgt: 4.00 KiB, 4.10 bytes a call\n"
            "  calls       1,000 of 2 functions in 2 processes\n"
            "  hits        40 of 1 USDT probe\n"
            "  executions  not recorded: this binary reports no queries\n"
            "  duration    3.00 s, ended by SIGINT\n"
            "  lost        0 events\n");
}

TEST_F(RecordSummary, NamesTheFirstAndTheLastPart) {
  outcome_.last_part = "run.5.pgt";
  outcome_.parts = 5;
  outcome_.totals.calls = 0;
  EXPECT_TRUE(says("run.pgt to run.5.pgt, 5 parts: 4.00 KiB"));
  outcome_.removed_parts = 3;
  EXPECT_TRUE(says("run.pgt to run.5.pgt, 5 parts, the first 3 removed: 4.00 KiB"));
}

TEST_F(RecordSummary, CountsNoPreparationsAndWorkerRunsAmongTheExecutions) {
  RecordingPlan::Activity activity;
  activity.hooks.found.resize(1);
  activity.hooks.missing = {"SQLSTATEs: no errcode()"};
  plan_.activity = activity;
  outcome_.totals.executions = {10, 2, 0};
  EXPECT_TRUE(says("  executions  10"));
  EXPECT_FALSE(says_anything_of("workers"));
  outcome_.totals.executions.worker_runs = 3;
  EXPECT_TRUE(says("  executions  10"));
  EXPECT_TRUE(says("  workers     3 runs of parallel workers, for these"));
  EXPECT_TRUE(says("  not known   SQLSTATEs: no errcode()"));
}

TEST_F(RecordSummary, SaysWhatProbesCostWhereThatWasMeasured) {
  EXPECT_FALSE(says_anything_of("cost"));
  outcome_.probe_cost = ProbeCost{std::chrono::nanoseconds(400)};
  outcome_.cost.calls = 1000;
  EXPECT_TRUE(says("  probe cost  400 ns a call, measured on an empty function"));
  EXPECT_TRUE(says("  cost        400 to 840 us, 1,000 calls at 400 to 840 ns"));
}

TEST_F(RecordSummary, NamesFunctionsThatWereTakenOff) {
  options_.max_overhead = 0.05;
  Recorder::TakenOff one;
  one.function = FunctionId{1};
  one.after = std::chrono::seconds(2);
  one.share = 0.125;
  outcome_.taken_off = {one};
  EXPECT_TRUE(
      says("  throttled   g: not recorded after 2.00 s, when the probes took 12.5 % of the CPU "
           "time, more than 5.0 %"));
}

TEST_F(RecordSummary, NamesFunctionsThatTheKernelRefusedToTakeOff) {
  outcome_.not_taken_off = {{FunctionId{1}, std::chrono::seconds(3), "no room"}};
  EXPECT_TRUE(says("  throttled   g: not after 3.00 s, and recorded on: no room"));
}

TEST_F(RecordSummary, AddsUpWhatWasFiltered) {
  options_.min_duration = std::chrono::milliseconds(1);
  outcome_.accounts[0].filtered = 3;
  outcome_.accounts[1].filtered = 4;
  EXPECT_TRUE(says("  filtered    7 events"));
  outcome_.accounts[1].short_calls.add(std::chrono::microseconds(500));
  EXPECT_TRUE(summary().find("  filtered    7 events, among them 1 call shorter than 1.00 ms") !=
              std::string::npos);
}

TEST_F(RecordSummary, NamesFunctionsThatNothingCameFrom) {
  outcome_.counts[1].sum.fired[WIRE_ENTER] = 0;
  outcome_.counts[2].sum.foreign[WIRE_ENTER] = 500;  // only of processes that are not recorded
  EXPECT_TRUE(says("  no calls    of g, usdt:p"));
}

TEST_F(RecordSummary, NamesEachFunctionThatNothingCameFrom) {
  std::string names;
  for (int i = 0; i < 300; ++i) {
    plan_.files.front().functions.push_back({"silent_" + std::to_string(i), 0x30});
    plan_.files.front().attach_offsets.push_back(0x34);
    names += (i == 0 ? "silent_" : ", silent_") + std::to_string(i);
  }
  outcome_.counts.insert(outcome_.counts.begin() + 2, 300, ProbeCounts());
  outcome_.accounts.resize(304);
  EXPECT_TRUE(says("  no calls    of " + names));
}

TEST_F(RecordSummary, SaysItsLengthByWhatTheTraceIsOf) {
  const auto first = [this] { return summary().substr(0, summary().find('\n')); };
  outcome_.totals.events = 20'000;
  EXPECT_EQ(first(), "run.pgt: 4.00 KiB, 4.10 bytes a call");  // no server: no executions
  outcome_.totals.executions = {1'500, 500, 0};
  plan_.activity.emplace().hooks.found.resize(1);
  EXPECT_EQ(first(), "run.pgt: 4.00 KiB, 2.73 bytes an execution");
  outcome_.totals.calls = 1;
  EXPECT_EQ(first(), "run.pgt: 4.00 KiB, 2.73 bytes an execution");
  outcome_.totals.executions.executions = 1;
  EXPECT_EQ(first(), "run.pgt: 4.00 KiB, 0.20 bytes an event");
  outcome_.totals.events = 0;
  EXPECT_EQ(first(), "run.pgt: 4.00 KiB");
}

TEST_F(RecordSummary, HasNothingThatATerminalActsOn) {
  outcome_.first_part = "a\x1B\n.pgt";
  outcome_.last_part = "b\xFF.pgt";
  outcome_.parts = 2;
  plan_.files.front().functions[1].name = "g\x07";
  outcome_.counts[1].sum.fired[WIRE_ENTER] = 0;
  outcome_.not_probed = {{"h\r", "it is \xC2\x9B"}};
  outcome_.upgraded = {{"record.upgraded.1", "\xE2\x80\xAE"}};
  outcome_.not_taken_off = {{FunctionId{1}, std::chrono::seconds(3), "no\nroom"}};
  outcome_.ended_by = "\x7F";
  EXPECT_TRUE(summary().starts_with("a\\x1B\\n.pgt to b\\xFF.pgt, 2 parts: "));
  EXPECT_TRUE(says("  no calls    of g\\x07"));
  EXPECT_TRUE(says("  throttled   g\\x07: not after 3.00 s, and recorded on: no\\nroom"));
  EXPECT_TRUE(says("  not probed  h\\r: it is \\u009B"));
  EXPECT_TRUE(says("  upgraded    \\u202E"));
  EXPECT_TRUE(says("  duration    3.00 s, ended by \\x7F"));
}

TEST_F(RecordSummary, SaysNothingOfHooksThatNothingCameFrom) {
  outcome_.counts[3].sum.fired[WIRE_ENTER] = 0;
  EXPECT_FALSE(says_anything_of("no calls"));
}

TEST_F(RecordSummary, SaysWhatWasNotProbedAndWhatWasUpgraded) {
  plan_.not_known = "the settings";
  outcome_.not_probed = {{"h", "no such function"}};
  outcome_.upgraded = {{"record.upgraded.1", "server: 2 of 2 functions"}};
  EXPECT_TRUE(says("  not known   the settings"));
  EXPECT_TRUE(says("  upgraded    server: 2 of 2 functions"));
  EXPECT_TRUE(says("  not probed  h: no such function"));
}

TEST_F(RecordSummary, SaysWhatNoCountHas) {
  outcome_.missed_hits = 5;
  outcome_.lost_children = 1;
  outcome_.without_memory = 2;
  EXPECT_TRUE(says("  missed      5 hits, for which the kernel ran no program"));
  EXPECT_TRUE(
      says("  not found   1 process that recorded ones began: there was no room to follow them"));
  EXPECT_TRUE(
      says("  no memory   2 times for a query's text: it is not taken apart, or not readable"));
  outcome_.missed_hits.reset();
  EXPECT_TRUE(
      says("  missed      not known: this kernel does not count hits for which it ran no program"));
}

TEST_F(RecordSummary, SaysOfWhichProbesEventsWereLostAndWhy) {
  outcome_.counts[0].sum.lost[WIRE_LOSS_RING_FULL][WIRE_ENTER] = 3;
  outcome_.counts[0].sum.lost[WIRE_LOSS_RING_FULL][WIRE_EXIT] = 2;
  outcome_.counts[3].sum.lost[WIRE_LOSS_RING_FULL][WIRE_ENTER] = 1;
  EXPECT_TRUE(says("  lost        6 events, ring-full: f 5, pgstat_report_activity 1"));
  EXPECT_TRUE(says("hint: give the rings more room (--buffer), or probe fewer functions"));
}

}  // namespace
}  // namespace pgrec
