// Covers record/recording/thread_matchers.h: threads are matched apart, forgotten, and taken over
// into another part.
#include "record/recording/thread_matchers.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <map>
#include <string>

#include "tests/unit/probes.h"

namespace pgrec {
namespace {

constexpr std::uint32_t kInnerId = 0, kHooksId = 1;
constexpr std::uint64_t kMatchedSinceNs = 5000;
constexpr ThreadKey kOne{10, 10};
constexpr ThreadKey kOtherThread{10, 11};
constexpr ThreadKey kVanished{10, 4'194'304 + 1};  // more than any has (PID_MAX_LIMIT)

QueryContext queries() {
  QueryContext context;
  context.known.sqlstates = true;
  context.text_of = [](const QueryHit& query, const ThreadKey& /*thread*/) {
    Text text;
    text.id = TextId{static_cast<std::uint32_t>(query.query.key)};
    return std::make_shared<QueryText>(QueryText{{text}});
  };
  context.text_id = [](const Text& text) { return text.id; };
  context.leader_of = [](std::uint32_t /*pid*/) { return std::nullopt; };
  return context;
}

class ThreadMatchersTest : public testing::Test {
 protected:
  Hit hit(wire_kind kind, std::uint32_t probe, std::uint64_t sp) {
    Hit hit;
    hit.ts_ns = now_ns_ += 10;
    hit.kind = kind;
    hit.probe = probe;
    hit.sp = sp;
    return hit;
  }
  // "enter@10": the event that one hit of `thread` becomes, and when; all of them where there are
  // several.
  std::string match(const ThreadKey& thread, Hit hit) {
    return text(matchers_.match(thread, std::span(&hit, 1)));
  }
  std::string enter(const ThreadKey& thread) {
    return match(thread, hit(WIRE_ENTER, kInnerId, 100));
  }
  std::string leave(const ThreadKey& thread) {
    return match(thread, hit(WIRE_EXIT, kInnerId, 108));
  }
  std::string begin(const ThreadKey& thread) {
    Hit report = hit(WIRE_BEGIN, kHooksId, 50);
    report.query = std::make_unique<QueryHit>();
    report.query->query.key = 3;
    report.query->client = true;
    return match(thread, std::move(report));
  }
  std::string idle(const ThreadKey& thread) { return match(thread, hit(WIRE_IDLE, kHooksId, 50)); }
  static std::string text(const MatchedEvents& matched) {
    static const std::map<EventKind, std::string> kWords = {
        {EventKind::kEnter, "enter"},        {EventKind::kReturned, "returned"},
        {EventKind::kUnwound, "unwound"},    {EventKind::kHeadless, "headless"},
        {EventKind::kExitLost, "exit-lost"}, {EventKind::kExecutionBegin, "begin"},
        {EventKind::kExecutionEnd, "end"},   {EventKind::kExecutionLost, "lost"},
        {EventKind::kOfClass, "class"}};
    std::string all;
    for (const Event& event : matched.events)
      all +=
          (all.empty() ? "" : " ") + kWords.at(event.kind) + "@" + std::to_string(to_ns(event.ts));
    return all;
  }
  // A visit that notes the thread and its events: "10:exit-lost@20".
  auto note() {
    return [this](const ThreadKey& thread, const MatchedEvents& matched) {
      visited_ += (visited_.empty() ? "" : ", ") + std::to_string(thread.tid) + ":" + text(matched);
    };
  }
  // After so many ns of the recording.
  std::string finish(std::uint64_t end_ns = 1000) {
    visited_.clear();
    matchers_.finish(kMatchedSinceNs + end_ns, note());
    return visited_;
  }
  std::string begin_part() {
    visited_.clear();
    matchers_.begin_part(now_ns_, note());
    return visited_;
  }
  // Everything is matched up to so many ns of the recording.
  std::string forget_vanished(std::uint64_t matched_to_ns) {
    visited_.clear();
    matchers_.forget_vanished(kMatchedSinceNs + matched_to_ns, note());
    return visited_;
  }
  void lose_report() {
    std::vector<ProbeCounts> counts(2);
    counts[kHooksId].sum.lost[WIRE_LOSS_RING_FULL][WIRE_IDLE] = 1;
    ledger_.set_counts_after_losses(std::move(counts));
  }

  const ThreadKey living_{static_cast<std::uint32_t>(::getpid()),
                          static_cast<std::uint32_t>(::getpid())};
  std::uint64_t now_ns_ = kMatchedSinceNs;
  std::string visited_;
  const ProbeTable probes_ = test::probes({"inner"});
  Ledger ledger_{probes_, kMatchedSinceNs};
  ThreadMatchers matchers_{probes_, ledger_, queries(), kMatchedSinceNs};
};

TEST_F(ThreadMatchersTest, MatchEachThreadByItself) {
  EXPECT_EQ(enter(kOne), "enter@10");
  EXPECT_EQ(enter(kOtherThread), "enter@20");
  EXPECT_EQ(leave(kOne), "returned@30");
  EXPECT_EQ(leave(kOtherThread), "returned@40");
}

TEST_F(ThreadMatchersTest, ForgetAThreadInWhichNothingIsOpen) {
  enter(kOne);
  enter(kOtherThread);
  EXPECT_EQ(matchers_.size(), 2u);
  leave(kOne);
  EXPECT_EQ(matchers_.size(), 1u);
}

TEST_F(ThreadMatchersTest, ForgetAThreadThatEnds) {
  enter(kOne);
  EXPECT_EQ(match(kOne, hit(WIRE_GONE, kInnerId, 0)), "unwound@20");
  EXPECT_EQ(matchers_.size(), 0u);
}

TEST_F(ThreadMatchersTest, CountInTheLedger) {
  enter(kOne);
  leave(kOne);
  const auto accounts = ledger_.take_accounts(std::vector<LogHistogram>(2));
  ASSERT_EQ(accounts.size(), 1u);
  EXPECT_EQ(accounts.front().function, FunctionId{kInnerId});
  EXPECT_EQ(accounts.front().recorded, 2u);
}

TEST_F(ThreadMatchersTest, EndWhatIsOpenInAThreadThatVanished) {
  enter(living_);
  enter(kVanished);
  matchers_.look_for_vanished([] { return kMatchedSinceNs + 500; });
  EXPECT_EQ(forget_vanished(600), "4194305:exit-lost@600");
  EXPECT_EQ(forget_vanished(700), "");
  EXPECT_EQ(leave(living_), "returned@30");
}

TEST_F(ThreadMatchersTest, EndWhatIsOpenInAThreadThatVanishedBeforeTheEnd) {
  enter(living_);
  enter(kVanished);
  matchers_.look_for_vanished([] { return kMatchedSinceNs + 500; });
  EXPECT_EQ(finish(600), "4194305:exit-lost@600, " + std::to_string(living_.tid) + ":");
}

TEST_F(ThreadMatchersTest, WaitForWhatAVanishedThreadDidBefore) {
  enter(kVanished);
  enter(kVanished);
  matchers_.look_for_vanished([] { return kMatchedSinceNs + 500; });
  EXPECT_EQ(forget_vanished(499), "");
  EXPECT_EQ(leave(kVanished), "returned@30");
  EXPECT_EQ(match(kVanished, hit(WIRE_GONE, kInnerId, 0)), "");
  EXPECT_EQ(forget_vanished(500), "");
}

TEST_F(ThreadMatchersTest, KnowTheSecondHitOfAnEventThatComesLaterThanItsFirst) {
  const auto second = [this](wire_kind kind, std::uint64_t sp) {
    Hit twice = hit(kind, kInnerId, sp);
    twice.odd = true;
    return match(kOne, std::move(twice));
  };
  matchers_.keep_idle(true);
  EXPECT_EQ(enter(kOne), "enter@10");
  EXPECT_EQ(second(WIRE_ENTER, 100), "");
  EXPECT_EQ(leave(kOne), "returned@30");
  begin_part();
  EXPECT_EQ(second(WIRE_EXIT, 108), "");
  EXPECT_EQ(matchers_.size(), 1u);
  matchers_.keep_idle(false);
  EXPECT_EQ(matchers_.size(), 0u);
}

TEST_F(ThreadMatchersTest, KeepThreadsInWhichSomethingIsOpenWhateverIsKept) {
  matchers_.keep_idle(true);
  enter(kOne);
  matchers_.keep_idle(false);
  EXPECT_EQ(leave(kOne), "returned@20");
  EXPECT_EQ(matchers_.size(), 0u);
}

TEST_F(ThreadMatchersTest, EndAnExecutionInDoubtWhereThePartEnds) {
  EXPECT_EQ(begin(kOne), "begin@10");
  EXPECT_EQ(finish(), "10:");
  lose_report();
  EXPECT_EQ(finish(), "10:lost@10");
}

TEST_F(ThreadMatchersTest, BeginARunningExecutionAgainInAnotherPart) {
  begin(kOne);
  finish();
  EXPECT_EQ(begin_part(), "10:begin@0");
  EXPECT_EQ(idle(kOne), "class@10 end@10");
  EXPECT_EQ(matchers_.size(), 0u);
}

TEST_F(ThreadMatchersTest, ReturnHeadlessInAnotherPartWhatBeganInThisOne) {
  enter(kOne);
  finish();
  EXPECT_EQ(begin_part(), "10:");
  EXPECT_EQ(leave(kOne), "headless@10");
}

}  // namespace
}  // namespace pgrec
