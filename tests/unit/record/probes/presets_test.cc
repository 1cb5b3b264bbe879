// Covers record/probes/presets.h and what may stand in record/probes/preset_table.cc.
#include "record/probes/presets.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "format/error.h"

namespace pgrec {
namespace {

bool has(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string refusal(const std::string& preset) {
  try {
    names_of_presets({preset}, 15);
  } catch (const Error& error) {
    return std::string(error.what()) + " / " + error.hint();
  }
  return "nothing thrown";
}

TEST(NamesOfPresets, LeaveOutWhatOtherVersionsHave) {
  const auto of_15 = names_of_presets({"io"}, 15);
  EXPECT_TRUE(has(of_15, "smgrread"));
  EXPECT_FALSE(has(of_15, "smgrreadv"));
  const auto of_17 = names_of_presets({"io"}, 17);
  EXPECT_FALSE(has(of_17, "smgrread"));
  EXPECT_TRUE(has(of_17, "smgrreadv"));
}

TEST(NamesOfPresets, AreAllWhereTheVersionIsNotKnown) {
  const auto names = names_of_presets({"io"}, 0);
  EXPECT_TRUE(has(names, "smgrread"));
  EXPECT_TRUE(has(names, "smgrreadv"));
}

TEST(NamesOfPresets, TakeLists) {
  const auto names = names_of_presets({"wal, io", "queries"}, 15);
  EXPECT_TRUE(has(names, "XLogFlush"));
  EXPECT_TRUE(has(names, "smgrread"));
  EXPECT_TRUE(has(names, "PortalRun"));
  EXPECT_TRUE(names_of_presets({}, 15).empty());
  EXPECT_EQ(refusal(" , "), "--preset names no preset / name some: --preset wal,io");
}

TEST(NamesOfPresets, RefuseOneThatIsNotThere) {
  EXPECT_EQ(refusal("wals"), "--preset: there is no preset 'wals' / did you mean wal?");
  EXPECT_EQ(refusal("xyzzy"),
            "--preset: there is no preset 'xyzzy' / pgrec list --presets shows what there is");
}

TEST(Presets, HaveTheirNames) {
  std::vector<std::string> names;
  for (const Preset& preset : presets())
    names.emplace_back(preset.name);
  EXPECT_EQ(names, (std::vector<std::string>{"queries", "planner", "executor", "buffers", "io",
                                             "wal", "locks", "lwlocks", "memory", "vacuum",
                                             "checkpoint", "partition", "network"}));
}

TEST(Presets, HaveEachFunctionOnce) {
  for (const Preset& preset : presets()) {
    std::set<std::string_view> names;
    for (const PresetProbe& probe : preset.probes) {
      EXPECT_TRUE(names.insert(probe.name).second) << preset.name << " " << probe.name;
      EXPECT_FALSE(probe.once_per.empty()) << preset.name << " " << probe.name;
      EXPECT_TRUE(probe.last_version == 0 || probe.first_version <= probe.last_version)
          << preset.name << " " << probe.name;
    }
  }
}

// A number for a version that has no such function is a slip of the hand.
TEST(Presets, HaveNoCallsWhereThereIsNoFunction) {
  for (const Preset& preset : presets()) {
    for (const PresetProbe& probe : preset.probes) {
      EXPECT_TRUE(probe.is_in(15) || (probe.calls_15.tpcb == 0 && probe.calls_15.select == 0))
          << preset.name << " " << probe.name;
      EXPECT_TRUE(probe.is_in(17) || (probe.calls_17.tpcb == 0 && probe.calls_17.select == 0))
          << preset.name << " " << probe.name;
    }
  }
}

// A preset that costs more than this a statement is none that one leaves on.
TEST(Presets, AreWorthTheirCost) {
  constexpr double kMost = 25;
  for (const Preset& preset : presets()) {
    for (const int version : {15, 17}) {
      PresetCalls all;
      for (const PresetProbe& probe : preset.probes) {
        all.tpcb += probe.calls(version).tpcb;
        all.select += probe.calls(version).select;
      }
      EXPECT_LE(all.tpcb / 7, kMost) << preset.name;
      EXPECT_LE(all.select, kMost) << preset.name;
    }
  }
}

TEST(Presets, HaveTheCallsOfTheNearestVersion) {
  const PresetProbe probe{"f", "call", 0, 0, {15, 1}, {17, 2}};
  EXPECT_EQ(probe.calls(13).tpcb, 15);
  EXPECT_EQ(probe.calls(15).tpcb, 15);
  EXPECT_EQ(probe.calls(16).tpcb, 17);
  EXPECT_EQ(probe.calls(18).tpcb, 17);
  EXPECT_EQ(probe.calls(0).tpcb, 17);
  const PresetProbe old{"g", "call", 0, 16, {15, 1}, {}};
  EXPECT_EQ(old.calls(0).tpcb, 15);
}

}  // namespace
}  // namespace pgrec
