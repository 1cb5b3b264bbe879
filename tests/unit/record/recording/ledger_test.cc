// Covers record/recording/ledger.h: what the rows of a trace say of the events that fired, from
// counts that no kernel made.
#include "record/recording/ledger.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "tests/unit/probes.h"

namespace pgrec {
namespace {

constexpr std::uint32_t kInner = 0, kOuter = 1, kPoint = 2, kHooks = 3;
constexpr std::uint64_t kBegin = 5000;

class LedgerTest : public testing::Test {
 protected:
  LedgerTest() { ledger_.connect(context_); }

  // What the kernel counts; the ledger knows it after count().
  void fire(std::uint32_t probe, wire_kind kind, std::uint64_t events) {
    kernel_[probe].sum.fired[kind] += events;
  }
  void filter(std::uint32_t probe, wire_kind kind, std::uint64_t events) {
    fire(probe, kind, events);
    kernel_[probe].sum.filtered[kind] += events;
  }
  void lose(std::uint32_t probe, wire_kind kind, std::uint64_t events, std::uint32_t cpu = 0,
            wire_loss cause = WIRE_LOSS_RING_FULL) {
    fire(probe, kind, events);
    kernel_[probe].sum.lost[cause][kind] += events;
    kernel_[probe].lost_on[cpu][cause] += events;
  }
  void count() { ledger_.set_counts(kernel_); }
  // They have come through and been matched.
  void record(std::uint32_t probe, std::uint64_t events) { (*context_.recorded)[probe] += events; }
  void fire_and_record(std::uint32_t probe, std::uint64_t events) {
    fire(probe, WIRE_ENTER, events);
    record(probe, events);
  }

  std::vector<Account> take_accounts() { return add(ledger_.take_accounts(short_calls_)); }
  PartRows close_part(std::uint64_t now_ns = kBegin + 100) {
    count();
    return add(ledger_.close_part(now_ns, short_calls_));
  }
  PartRows close(std::uint64_t now_ns = kBegin + 1000) {
    count();
    return add(ledger_.close(now_ns, short_calls_));
  }
  // What a reader of the whole trace adds up to.
  std::vector<Account> add(std::vector<Account> accounts) {
    for (const Account& account : accounts)
      written_[value(account.function)].merge(account);
    return accounts;
  }
  PartRows add(PartRows rows) {
    add(rows.accounts);
    for (const Loss& loss : rows.losses)
      written_lost_[value(*loss.function)] += loss.events;
    return rows;
  }
  // "fired = recorded + filtered + lost" of the whole trace.
  std::string books(std::uint32_t probe) {
    const Account& all = written_[probe];
    return std::to_string(all.fired) + " = " + std::to_string(all.recorded) + " + " +
           std::to_string(all.filtered) + " + " + std::to_string(written_lost_[probe]);
  }
  static std::string text(const Metadata& facts) {
    std::string all;
    for (const auto& [key, fact] : facts)
      all.append(all.empty() ? "" : ", ").append(key).append(" ").append(fact);
    return all;
  }
  // "0 cpu 1: 5 ring-full" of each loss.
  static std::string text(const std::vector<Loss>& losses) {
    std::string all;
    for (const Loss& loss : losses) {
      all += (all.empty() ? "" : ", ") + std::to_string(value(*loss.function)) + " cpu " +
             std::to_string(loss.cpu.value_or(99)) + ": " + std::to_string(loss.events) + " " +
             loss.cause;
    }
    return all;
  }

  const ProbeTable probes_ = test::probes({"inner", "outer"}, {"point"});
  Ledger ledger_{probes_, kBegin};
  MatchContext context_;
  std::vector<ProbeCounts> kernel_ = std::vector<ProbeCounts>(4);
  std::vector<LogHistogram> short_calls_ = std::vector<LogHistogram>(4);
  std::map<std::uint32_t, Account> written_;
  std::map<std::uint32_t, std::uint64_t> written_lost_;
};

TEST_F(LedgerTest, BalancesForEachProbe) {
  fire_and_record(kInner, 10);
  filter(kInner, WIRE_EXIT, 3);
  lose(kInner, WIRE_EXIT, 2);
  lose(kHooks, WIRE_BEGIN, 1);
  fire_and_record(kHooks, 4);
  const PartRows rows = close();
  EXPECT_EQ(rows.accounts.size(), 2u);
  EXPECT_EQ(books(kInner), "15 = 10 + 3 + 2");
  EXPECT_EQ(books(kHooks), "5 = 4 + 0 + 1");
}

TEST_F(LedgerTest, ShowsAtTheEndWhereTheBooksDoNotBalance) {
  fire_and_record(kInner, 10);
  fire(kInner, WIRE_EXIT, 1);
  close();
  EXPECT_EQ(books(kInner), "11 = 10 + 0 + 0");
}

TEST_F(LedgerTest, LetsFireWhatBecameOfEventsBeforeTheEnd) {
  fire_and_record(kInner, 10);
  fire(kInner, WIRE_ENTER, 5);  // still in the rings
  count();
  take_accounts();
  EXPECT_EQ(books(kInner), "10 = 10 + 0 + 0");
  record(kInner, 5);
  close();
  EXPECT_EQ(books(kInner), "15 = 15 + 0 + 0");
}

TEST_F(LedgerTest, BalancesOverAllParts) {
  fire_and_record(kInner, 10);
  lose(kInner, WIRE_ENTER, 1);
  fire(kInner, WIRE_EXIT, 2);
  close_part();
  EXPECT_EQ(books(kInner), "11 = 10 + 0 + 1");
  ledger_.begin_part(kBegin + 100);
  record(kInner, 2);
  fire_and_record(kInner, 20);
  lose(kInner, WIRE_ENTER, 4);
  close();
  EXPECT_EQ(books(kInner), "37 = 32 + 0 + 5");
}

TEST_F(LedgerTest, SaysOfAPartWhatIsInItAlone) {
  fire_and_record(kInner, 10);
  lose(kInner, WIRE_ENTER, 1);
  EXPECT_EQ(text(close_part().facts), "events.fired 11, events.recorded 10, events.lost 1");
  ledger_.begin_part(kBegin + 100);
  fire_and_record(kOuter, 4);
  lose(kInner, WIRE_ENTER, 2);
  EXPECT_EQ(text(close().facts), "events.fired 6, events.recorded 4, events.lost 2");
}

TEST_F(LedgerTest, SaysOfAPartHowOftenItHadNoMemory) {
  ledger_.set_without_memory(3);
  EXPECT_EQ(text(close_part().facts),
            "events.fired 0, events.recorded 0, events.lost 0, record.without_memory 3");
  ledger_.begin_part(kBegin + 100);
  EXPECT_EQ(text(close_part(kBegin + 200).facts),
            "events.fired 0, events.recorded 0, events.lost 0");
  ledger_.begin_part(kBegin + 200);
  ledger_.set_without_memory(5);
  EXPECT_EQ(text(close().facts),
            "events.fired 0, events.recorded 0, events.lost 0, record.without_memory 2");
}

TEST_F(LedgerTest, SaysOnlyWhatWasLostWhereSomethingIsFiltered) {
  fire_and_record(kInner, 10);
  filter(kInner, WIRE_EXIT, 3);
  EXPECT_EQ(text(close().facts), "events.lost 0");
}

TEST_F(LedgerTest, CountsWhatItIsToldOfItself) {
  filter(kInner, WIRE_ENTER, 2);
  fire(kInner, WIRE_ENTER, 1);
  ledger_.add_filtered(kInner);
  fire(kHooks, WIRE_TEXT, 1);
  ledger_.add_recorded(kHooks);
  count();
  EXPECT_EQ(ledger_.filtered(), 3u);
  close();
  EXPECT_EQ(books(kInner), "3 = 0 + 3 + 0");
  EXPECT_EQ(books(kHooks), "1 = 1 + 0 + 0");
}

TEST_F(LedgerTest, CountsWhatMatchingFilters) {
  fire(kInner, WIRE_EXIT, 1);
  ++(*context_.filtered)[kInner];
  close();
  EXPECT_EQ(books(kInner), "1 = 0 + 1 + 0");
}

TEST_F(LedgerTest, LeavesOutWhatFiredAfterAFullTrace) {
  fire_and_record(kInner, 10);
  fire(kInner, WIRE_ENTER, 2);
  Hit after;
  after.probe = kInner;
  ledger_.leave_out(after);
  ledger_.leave_out(after);
  after.kind = WIRE_GONE;  // the kernel counts none of these
  ledger_.leave_out(after);
  close();
  EXPECT_EQ(books(kInner), "10 = 10 + 0 + 0");
}

TEST_F(LedgerTest, LeavesOutTheSecondHitOfOneEvent) {
  fire_and_record(kInner, 10);
  fire(kInner, WIRE_ENTER, 1);
  ++(*context_.doubles)[kInner];
  close();
  EXPECT_EQ(books(kInner), "10 = 10 + 0 + 0");
}

TEST_F(LedgerTest, GivesAccountsOnlyOfProbesThatFiredSince) {
  fire_and_record(kInner, 10);
  EXPECT_EQ(take_accounts().size(), 1u);
  fire_and_record(kPoint, 1);
  const auto accounts = take_accounts();
  ASSERT_EQ(accounts.size(), 1u);
  EXPECT_EQ(accounts.front().function, FunctionId{kPoint});
}

TEST_F(LedgerTest, GivesTheShortCallsAddedSince) {
  filter(kInner, WIRE_ENTER, 2);
  short_calls_[kInner].add(Duration(700));
  count();
  EXPECT_EQ(take_accounts().front().short_calls.count(), 1u);
  filter(kInner, WIRE_ENTER, 4);
  short_calls_[kInner].add(Duration(800));
  short_calls_[kInner].add(Duration(900));
  EXPECT_EQ(close().accounts.front().short_calls.count(), 2u);
  EXPECT_EQ(ledger_.accounts()[kInner].short_calls.count(), 3u);
}

// Losses.

TEST_F(LedgerTest, GivesEachLossOnceByCauseAndCpu) {
  lose(kInner, WIRE_ENTER, 5, 1);
  lose(kInner, WIRE_EXIT, 2, 1, WIRE_LOSS_RING_BUSY);
  lose(kHooks, WIRE_BEGIN, 1, 0, WIRE_LOSS_NO_RING);
  count();
  EXPECT_EQ(text(ledger_.take_losses(kBegin + 10)),
            "0 cpu 1: 5 ring-full, 0 cpu 1: 2 ring-busy, 3 cpu 0: 1 no-ring");
  EXPECT_EQ(text(ledger_.take_losses(kBegin + 20)), "");
  lose(kInner, WIRE_ENTER, 3, 1);
  lose(kInner, WIRE_ENTER, 4, 0, WIRE_LOSS_MAP_FULL);
  count();
  EXPECT_EQ(text(ledger_.take_losses(kBegin + 30)), "0 cpu 0: 4 map-full, 0 cpu 1: 3 ring-full");
}

TEST_F(LedgerTest, TellsBetweenWhichMomentsEventsWereLost) {
  ledger_.take_losses(kBegin + 10);
  lose(kInner, WIRE_ENTER, 5);
  count();
  const auto losses = ledger_.take_losses(kBegin + 30);
  ASSERT_EQ(losses.size(), 1u);
  EXPECT_EQ(losses.front().from, from_ns(10));
  EXPECT_EQ(losses.front().to, from_ns(30));
}

TEST_F(LedgerTest, CountsTimesFromTheBeginningOfThePart) {
  close_part(kBegin + 100);
  ledger_.begin_part(kBegin + 50);  // that moment was known a little later
  lose(kInner, WIRE_ENTER, 5);
  const auto losses = close(kBegin + 80).losses;
  ASSERT_EQ(losses.size(), 1u);
  EXPECT_EQ(losses.front().from, from_ns(0));
  EXPECT_EQ(losses.front().to, from_ns(30));
}

// Probes that were taken off.

TEST_F(LedgerTest, GivesALossWithoutANumberForAProbeThatWasTakenOff) {
  ledger_.take_off(kOuter, kBegin + 40);
  const auto losses = ledger_.uncounted(kBegin + 90);
  ASSERT_EQ(losses.size(), 1u);
  EXPECT_EQ(losses.front(),
            (Loss{from_ns(40), from_ns(90), "throttled", FunctionId{kOuter}, std::nullopt, 0}));
}

TEST_F(LedgerTest, GivesItForTheWholeOfALaterPart) {
  ledger_.take_off(kOuter, kBegin + 40);
  ledger_.begin_part(kBegin + 100);
  const auto losses = ledger_.uncounted(kBegin + 150);
  ASSERT_EQ(losses.size(), 1u);
  EXPECT_EQ(losses.front().from, from_ns(0));
  EXPECT_EQ(losses.front().to, from_ns(50));
}

// What matching knows of lost ends.

TEST_F(LedgerTest, KnowsLostEndsAtOnceAndLostBeforeOnlyTwoRoundsLater) {
  lose(kInner, WIRE_EXIT, 2);
  ledger_.set_counts_after_losses(kernel_);
  EXPECT_EQ(context_.lost_ends_now->at(kInner), 2u);
  EXPECT_EQ(context_.lost_ends_before->at(kInner), 0u);
  ledger_.end_round(true);
  EXPECT_EQ(context_.lost_ends_before->at(kInner), 0u);
  ledger_.end_round(true);
  EXPECT_EQ(context_.lost_ends_before->at(kInner), 2u);
}

TEST_F(LedgerTest, MovesWhatWasLostBeforeOnlyAfterACompleteRound) {
  lose(kInner, WIRE_EXIT, 2);
  ledger_.set_counts_after_losses(kernel_);
  ledger_.end_round(false);
  ledger_.end_round(false);
  EXPECT_EQ(context_.lost_ends_before->at(kInner), 0u);
  ledger_.end_round(true);
  EXPECT_EQ(context_.lost_ends_before->at(kInner), 2u);
}

TEST_F(LedgerTest, TakesForLostEndsOnlyWhatEndsSomething) {
  lose(kInner, WIRE_ENTER, 7);
  lose(kHooks, WIRE_TEXT, 3);
  lose(kHooks, WIRE_IDLE, 1);
  ledger_.set_counts_after_losses(kernel_);
  EXPECT_EQ(context_.lost_ends_now->at(kInner), 0u);
  EXPECT_EQ(context_.lost_ends_now->at(kHooks), 1u);
}

TEST_F(LedgerTest, TakesTheEndsOfAProbeThatWasTakenOffForLost) {
  ledger_.take_off(kOuter, kBegin + 40);
  EXPECT_EQ(context_.lost_ends_now->at(kOuter), 1u);
  lose(kOuter, WIRE_EXIT, 2);
  ledger_.set_counts_after_losses(kernel_);
  EXPECT_EQ(context_.lost_ends_now->at(kOuter), 3u);
  EXPECT_EQ(context_.lost_ends_now->at(kInner), 0u);
}

// Calls.

TEST_F(LedgerTest, CountsTheCallsOfWantedProcessesAndNoReports) {
  fire(kInner, WIRE_ENTER, 3);
  fire(kInner, WIRE_EXIT, 2);  // one is open
  fire(kOuter, WIRE_ENTER, 8);
  kernel_[kOuter].sum.foreign[WIRE_ENTER] = 4;
  fire(kHooks, WIRE_BEGIN, 100);
  count();
  EXPECT_EQ(ledger_.calls(), 3u + 2u);
  EXPECT_EQ(ledger_.stepped_calls(), 0u);
}

TEST_F(LedgerTest, CountsTheCallsAtWhichTheKernelTakesAStep) {
  const ProbeTable probes({Function{}, Function{}}, {}, Function{}, {false, true});
  Ledger ledger(probes, kBegin);
  kernel_.resize(probes.size());
  fire(0, WIRE_ENTER, 8);
  fire(1, WIRE_ENTER, 3);
  fire(1, WIRE_EXIT, 3);
  ledger.set_counts(kernel_);
  EXPECT_EQ(ledger.calls(), 4u + 3u);
  EXPECT_EQ(ledger.stepped_calls(), 3u);
}

// They were recorded, and the trace had no room for them: it tells of them by itself.
TEST_F(LedgerTest, CountsWhatHadNoRoomAsLostAndNotAsRecorded) {
  fire_and_record(kInner, 10);
  ledger_.set_without_room({4});
  const PartRows part = close_part();
  EXPECT_EQ(part.losses.size(), 0u);
  EXPECT_EQ(books(kInner), "10 = 6 + 0 + 0");
  EXPECT_EQ(text(part.facts), "events.fired 10, events.recorded 6, events.lost 4");
  ledger_.begin_part(kBegin + 100);
  fire_and_record(kInner, 5);
  ledger_.set_without_room({7});
  const PartRows last = close();
  EXPECT_EQ(books(kInner), "15 = 8 + 0 + 0");
  EXPECT_EQ(text(last.facts), "events.fired 5, events.recorded 2, events.lost 3");
}

}  // namespace
}  // namespace pgrec
