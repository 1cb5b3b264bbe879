// Covers analyze/calls/event_pairs.h: which classes are the two ends of something, and which
// events.
#include "analyze/calls/event_pairs.h"

#include <gtest/gtest.h>

#include "tests/unit/class_trace.h"
#include "tests/unit/trace_file.h"

namespace pgrec {
namespace {

using Role = EventPairTable::Role;
using Kind = ArgumentType::Kind;

std::vector<EventClass> named(const std::vector<std::string>& names) {
  std::vector<EventClass> classes;
  for (const std::string& name : names)
    classes.push_back({ClassId{static_cast<std::uint32_t>(classes.size())},
                       EventClass::Subject::kThread,
                       name,
                       {}});
  return classes;
}

// "name:S name:E name:-": the entries of classes by their names.
std::string roles(const std::vector<std::string>& names) {
  const auto classes = named(names);
  const EventPairTable table(classes);
  std::string text;
  for (const EventClass& one : classes) {
    const auto* entry = table.find(one.id);
    const char role = entry->role == Role::kStart ? 'S' : entry->role == Role::kEnd ? 'E' : '-';
    text += (text.empty() ? "" : " ") + entry->name + ":" + role;
  }
  return text;
}

TEST(EventPairTable, TakesEndsByTheLastWordOfTheirNames) {
  EXPECT_EQ(roles({"usdt:sort__done", "usdt:sort__start"}), "usdt:sort:E usdt:sort:S");
  EXPECT_EQ(roles({"a-begin", "a-end"}), "a:S a:E");
  EXPECT_EQ(roles({"io.start", "io.done"}), "io:S io:E");
  EXPECT_EQ(roles({"transaction__start", "transaction__commit", "transaction__abort"}),
            "transaction:S transaction:E transaction:E");
  EXPECT_EQ(roles({"lwlock__acquire", "lwlock__release"}), "lwlock__acquire:S lwlock__acquire:E");
}

TEST(EventPairTable, HasNoStartWithoutAnEnd) {
  EXPECT_EQ(roles({"buffer__checkpoint__sync__start", "buffer__checkpoint__done"}),
            "buffer__checkpoint__sync__start:- buffer__checkpoint__done:-");
  EXPECT_EQ(roles({"restart", "redone"}), "restart:- redone:-");
  EXPECT_EQ(roles({"start", "done"}), "start:- done:-");
  EXPECT_EQ(roles({"__start", "__done"}), "__start:- __done:-");
}

TEST(EventPairTable, MatchesByTheArgumentsThatBothHave) {
  std::vector<EventClass> classes = named({"read__start", "read__done"});
  classes[0].arguments = {{"block", Kind::kUnsigned, ""}, {"backend", Kind::kSigned, ""}};
  classes[1].arguments = {
      {"hit", Kind::kUnsigned, ""}, {"backend", Kind::kSigned, ""}, {"block", Kind::kUnsigned, ""}};
  const EventPairTable table(classes);
  EXPECT_EQ(table.find(ClassId{0})->matched, (std::vector<std::size_t>{0, 1}));
  EXPECT_EQ(table.find(ClassId{1})->matched, (std::vector<std::size_t>{2, 1}));
  EXPECT_EQ(table.find(ClassId{1})->start, ClassId{0});
  EXPECT_EQ(table.find(ClassId{2}), nullptr);
}

// Events of the classes of a ClassTrace, put together by hand.
class EventPairsTest : public testing::Test {
 protected:
  EventPairsTest() {
    test::ClassTrace trace(file_.path());
    trace.close(10);
    set_.emplace(file_.reader());
    table_.emplace(file().reader.classes());
  }
  const TraceSet::File& file() const { return set_->files().front(); }

  void add(test::ProbeClass id, std::int64_t ns, ArgumentValues arguments, std::uint32_t pid = 7,
           bool is_wanted = true) {
    ClassEvent event;
    event.file = &file();
    event.event_class = ClassId{static_cast<std::uint32_t>(id)};
    event.entry = table_->find(event.event_class);
    event.role = event.entry->role;
    event.is_wanted = is_wanted;
    event.thread = {pid, pid};
    event.at = from_ns(ns);
    event.arguments = std::move(arguments);
    pairs_.add(event);
  }
  void wait_start(std::int64_t ns, const std::string& tranche, std::int64_t mode = 0,
                  std::uint32_t pid = 7, bool is_wanted = true) {
    add(test::ProbeClass::kWaitStart, ns, {tranche, mode}, pid, is_wanted);
  }
  void wait_done(std::int64_t ns, const std::string& tranche, std::int64_t mode = 0,
                 std::uint32_t pid = 7) {
    add(test::ProbeClass::kWaitDone, ns, {tranche, mode}, pid);
  }
  static std::string at(const ClassEvent& event) { return std::to_string(to_ns(event.at)); }

  test::TraceFile file_;
  std::optional<TraceSet> set_;
  std::optional<EventPairTable> table_;
  std::string said_;
  EventPairs pairs_{
      [this](const auto& start, const auto& end) { said_ += at(start) + "-" + at(end) + " "; },
      [this](const auto& start) { said_ += at(start) + "-? "; },
      [this](const auto& end) { said_ += "?-" + at(end) + " "; }};
};

TEST_F(EventPairsTest, AreOfOneThreadAndOneKind) {
  wait_start(10, "WALWrite");
  wait_start(11, "WALWrite", 0, 8);
  wait_start(12, "WALInsert");
  wait_start(13, "WALWrite", 1);
  wait_done(20, "WALWrite", 0, 8);
  wait_done(30, "WALWrite");
  wait_done(40, "WALWrite", 1);
  wait_done(50, "WALInsert");
  EXPECT_EQ(said_, "11-20 10-30 13-40 12-50 ");
  EXPECT_FALSE(pairs_.is_any_open());
}

TEST_F(EventPairsTest, NestTheInnermostFirst) {
  add(test::ProbeClass::kSortStart, 10, {std::int64_t{0}});
  add(test::ProbeClass::kSortStart, 20, {std::int64_t{1}});
  add(test::ProbeClass::kSortDone, 30, {std::int64_t{0}});
  add(test::ProbeClass::kSortDone, 40, {std::int64_t{1}});
  EXPECT_EQ(said_, "20-30 10-40 ");
}

TEST_F(EventPairsTest, TellWhatHasNoOtherEnd) {
  wait_done(5, "WALWrite");
  wait_start(10, "WALWrite");
  wait_done(20, "WALInsert");
  EXPECT_TRUE(pairs_.is_any_open());
  pairs_.end_all();
  wait_done(30, "WALWrite");
  EXPECT_EQ(said_, "?-5 ?-20 10-? ?-30 ");
  EXPECT_FALSE(pairs_.is_any_open());
}

TEST_F(EventPairsTest, AreNotGivenWhereTheStartIsNotWanted) {
  wait_start(10, "WALWrite", 0, 7, false);
  EXPECT_FALSE(pairs_.is_any_open());
  wait_done(20, "WALWrite");
  EXPECT_EQ(said_, "");
}

TEST_F(EventPairsTest, HoldSoManyOfAThread) {
  for (std::size_t i = 0; i < EventPairs::kMostOfThread + 2; ++i)
    wait_start(static_cast<std::int64_t>(i), "WALWrite");
  EXPECT_EQ(said_, "0-? 1-? ");
}

TEST_F(EventPairsTest, HoldSoManyThreads) {
  for (std::uint32_t pid = 1; pid <= EventPairs::kMostThreads + 1; ++pid)
    wait_start(pid, "WALWrite", 0, pid);
  EXPECT_EQ(said_, "1-? ");
}

}  // namespace
}  // namespace pgrec
