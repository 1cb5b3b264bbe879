// Covers record/recording/trace_facts.h: what a trace says of the command line and of the plan.
#include "record/recording/trace_facts.h"

#include <gtest/gtest.h>

namespace pgrec {
namespace {

class TraceFacts : public testing::Test {
 protected:
  TraceFacts() { plan_.files = {{{"/usr/bin/server", "/usr/bin/server"}, "beef"}}; }
  void add_activity() {
    RecordingPlan::Activity activity;
    activity.server = {"/usr/bin/postgres", "/usr/bin/postgres"};
    activity.image.build_id = "cafe";
    activity.hooks.found.resize(1);
    plan_.activity = activity;
  }
  // The value of a fact; "absent" where there is none.
  std::string fact(const std::string& key) const {
    std::string found = "absent";
    for (const auto& [name, value] : trace_facts(options_, plan_, {123, 86'400'000'000'000})) {
      if (name == key) found = value;
    }
    return found;
  }

  RecordOptions options_;
  RecordingPlan plan_;
};

TEST_F(TraceFacts, SayWhenItWasRecorded) {
  EXPECT_EQ(fact("recorded.at_ns"), "86400000000000");
  EXPECT_EQ(fact("recorded.monotonic_ns"), "123");
  EXPECT_EQ(fact("recorded.at").find("1970-01-02"), 0u);
}

TEST_F(TraceFacts, SayWhatWasAskedFor) {
  options_.request.functions.names = {"f", "g", "h"};
  options_.request.presets = {"io"};
  options_.request.pids = {12, 14};
  EXPECT_EQ(fact("record.functions"), "f,g,h");
  EXPECT_EQ(fact("record.presets"), "io");
  EXPECT_EQ(fact("record.pids"), "12,14");
}

TEST_F(TraceFacts, SayOfFiltersOnlyWhatWasAskedFor) {
  EXPECT_EQ(fact("record.min_duration_ns"), "");
  EXPECT_EQ(fact("record.sample"), "");
  EXPECT_EQ(fact("record.max_overhead"), "");
  options_.min_duration = std::chrono::microseconds(3);
  options_.sample_every = 100;
  options_.max_overhead = 0.05;
  EXPECT_EQ(fact("record.min_duration_ns"), "3000");
  EXPECT_EQ(fact("record.sample"), "1/100");
  EXPECT_EQ(fact("record.max_overhead"), "5.00 %");
}

TEST_F(TraceFacts, KeepACommandOnlyWhereTheFullTextsAreKept) {
  options_.command = {"psql", "-c", "SELECT 1"};
  EXPECT_EQ(fact("record.command"), "psql -c SELECT 1");
  options_.text = TextMode::kNormalized;
  EXPECT_EQ(fact("record.command"), "");
}

TEST_F(TraceFacts, AreOfTheBinaryWhereThereIsNoServer) {
  EXPECT_EQ(fact("server.binary"), "/usr/bin/server");
  EXPECT_EQ(fact("server.build_id"), "beef");
  EXPECT_EQ(fact("record.text"), "none");
}

TEST_F(TraceFacts, AreOfTheServerWhereThereIsOne) {
  add_activity();
  plan_.server_settings = {{"server.setting.work_mem", "5 MB"}};
  EXPECT_EQ(fact("server.binary"), "/usr/bin/postgres");
  EXPECT_EQ(fact("server.build_id"), "cafe");
  EXPECT_EQ(fact("server.setting.work_mem"), "5 MB");
  EXPECT_EQ(fact("record.text"), "full");
}

TEST_F(TraceFacts, SayWhatMayNotBeReadOnlyWhereThereIsSomething) {
  EXPECT_EQ(fact("record.not_known"), "absent");
  plan_.not_known = "the settings";
  EXPECT_EQ(fact("record.not_known"), "the settings");
}

TEST_F(TraceFacts, SayWhatTheServerDoesNotTell) {
  add_activity();
  EXPECT_EQ(fact("server.not_known"), "absent");
  plan_.activity->hooks.missing = {"rows: it is PostgreSQL 12.22", "errors: it has none"};
  EXPECT_EQ(fact("server.not_known"), "rows: it is PostgreSQL 12.22; errors: it has none");
}

TEST_F(TraceFacts, EndWithTheLabels) {
  options_.labels = {{"label.run", "7"}};
  const Metadata facts = trace_facts(options_, plan_, {});
  EXPECT_EQ(facts.back(), (std::pair<std::string, std::string>{"label.run", "7"}));
}

}  // namespace
}  // namespace pgrec
