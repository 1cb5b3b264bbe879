#include "record/recording/ledger.h"

#include <algorithm>
#include <utility>

namespace pgrec {
namespace {

// What `now` has and `before` has not.
Account difference(const Account& now, const Account& before) {
  Account added = now;
  added.fired -= before.fired;
  added.recorded -= before.recorded;
  added.filtered -= before.filtered;
  added.short_calls.subtract(before.short_calls);
  return added;
}

}  // namespace

Ledger::Ledger(const ProbeTable& probes, std::uint64_t begin_ns)
    : probes_(probes),
      begin_ns_(begin_ns),
      losses_taken_ns_(begin_ns),
      recorded_(probes.size()),
      filtered_(probes.size()),
      without_room_(probes.size()),
      left_out_(probes.size()),
      counts_(probes.size()),
      taken_counts_(probes.size()),
      accounts_(probes.size()),
      accounts_before_(probes.size()),
      lost_ends_before_(probes.size()),
      lost_ends_last_(probes.size()),
      lost_ends_now_(probes.size()) {}

void Ledger::connect(MatchContext& context) {
  context.recorded = &recorded_;
  context.filtered = &filtered_;
  context.doubles = &left_out_;
  context.lost_ends_before = &lost_ends_before_;
  context.lost_ends_now = &lost_ends_now_;
}

void Ledger::set_counts_after_losses(std::vector<ProbeCounts> counts) {
  set_counts(std::move(counts));
  for (const std::uint32_t probe : probes_.all()) {
    lost_ends_now_[probe] = 0;
    for (const auto& of_cause : counts_[probe].sum.lost) {
      for (const wire_kind kind :
           {WIRE_EXIT, WIRE_BEGIN, WIRE_IDLE, WIRE_COMPLETED, WIRE_FAILED, WIRE_SUSPENDED})
        lost_ends_now_[probe] += of_cause[kind];
    }
  }
  for (const TakenOff& one : taken_off_)
    ++lost_ends_now_[one.probe];
}

void Ledger::set_without_room(const std::vector<std::uint64_t>& events) {
  for (std::size_t probe = 0; probe < std::min(events.size(), without_room_.size()); ++probe)
    lost_in_part_ += events[probe] - std::exchange(without_room_[probe], events[probe]);
}

void Ledger::take_off(std::uint32_t probe, std::uint64_t at_ns) {
  taken_off_.push_back({probe, at_ns});
  ++lost_ends_now_[probe];
}

// What was known before this round's watermark was taken is, in the next round, what surely came
// before the hits that are then matched.
void Ledger::end_round(bool complete) {
  if (complete) lost_ends_before_ = lost_ends_last_;
  lost_ends_last_ = lost_ends_now_;
}

Timestamp Ledger::timestamp(std::uint64_t ns) const {
  return from_ns(static_cast<std::int64_t>(ns - begin_ns_));
}

std::vector<Loss> Ledger::take_losses(std::uint64_t now_ns) {
  std::vector<Loss> losses;
  const std::uint64_t since_ns = std::exchange(losses_taken_ns_, now_ns);
  for (const std::uint32_t probe : probes_.all()) {
    const auto& taken = taken_counts_[probe].lost_on;
    for (const auto& [cpu, lost] : counts_[probe].lost_on) {
      const auto before = taken.find(cpu);
      for (unsigned cause = 0; cause < WIRE_LOSSES; ++cause) {
        const std::uint64_t events =
            lost[cause] - (before == taken.end() ? 0 : before->second[cause]);
        if (events == 0) continue;
        losses.push_back({timestamp(since_ns), timestamp(now_ns),
                          name(static_cast<wire_loss>(cause)), FunctionId{probe}, cpu, events});
        lost_in_part_ += events;
      }
    }
  }
  if (!losses.empty()) taken_counts_ = counts_;
  return losses;
}

Account Ledger::account(std::uint32_t probe, const LogHistogram& short_calls) const {
  Account account;
  account.function = FunctionId{probe};
  account.recorded = recorded_[probe] - without_room_[probe];
  account.filtered = counts_[probe].filtered() + filtered_[probe];
  account.short_calls = short_calls;
  account.fired =
      account.recorded + account.filtered + taken_counts_[probe].lost() + without_room_[probe];
  return account;
}

std::vector<Account> Ledger::book(std::vector<Account> accounts) {
  std::vector<Account> added;
  for (const std::uint32_t probe : probes_.all()) {
    Account since = difference(accounts[probe], accounts_[probe]);
    if (since.fired > 0) added.push_back(std::move(since));
  }
  accounts_ = std::move(accounts);
  return added;
}

std::vector<Account> Ledger::take_accounts(const std::vector<LogHistogram>& short_calls) {
  std::vector<Account> accounts;
  for (const std::uint32_t probe : probes_.all())
    accounts.push_back(account(probe, short_calls[probe]));
  return book(std::move(accounts));
}

std::vector<Loss> Ledger::uncounted(std::uint64_t end_ns) const {
  std::vector<Loss> losses;
  for (const TakenOff& one : taken_off_) {
    losses.push_back({timestamp(std::max(one.at_ns, begin_ns_)),
                      timestamp(std::max(end_ns, begin_ns_)), "throttled", FunctionId{one.probe},
                      std::nullopt, 0});
  }
  return losses;
}

Metadata Ledger::facts() const {
  Account all;
  for (const std::uint32_t probe : probes_.all())
    all.merge(difference(accounts_[probe], accounts_before_[probe]));
  Metadata facts;
  if (all.filtered == 0) {
    facts = {{"events.fired", std::to_string(all.fired)},
             {"events.recorded", std::to_string(all.recorded)}};
  }
  facts.emplace_back("events.lost", std::to_string(lost_in_part_));
  const std::uint64_t times = without_memory_ - without_memory_before_;
  if (times > 0) facts.emplace_back("record.without_memory", std::to_string(times));
  return facts;
}

PartRows Ledger::close_part(std::uint64_t now_ns, const std::vector<LogHistogram>& short_calls) {
  PartRows rows;
  rows.losses = take_losses(now_ns);
  rows.accounts = take_accounts(short_calls);
  rows.facts = facts();
  return rows;
}

PartRows Ledger::close(std::uint64_t now_ns, const std::vector<LogHistogram>& short_calls) {
  PartRows rows;
  rows.losses = take_losses(now_ns);
  std::vector<Account> accounts;
  for (const std::uint32_t probe : probes_.all()) {
    accounts.push_back(account(probe, short_calls[probe]));
    accounts.back().fired = counts_[probe].fired() - left_out_[probe];
  }
  rows.accounts = book(std::move(accounts));
  rows.facts = facts();
  return rows;
}

void Ledger::begin_part(std::uint64_t begin_ns) {
  begin_ns_ = losses_taken_ns_ = begin_ns;
  lost_in_part_ = 0;
  without_memory_before_ = without_memory_;
  accounts_before_ = accounts_;
}

std::uint64_t Ledger::filtered() const {
  std::uint64_t events = 0;
  for (const std::uint32_t probe : probes_.all())
    events += counts_[probe].filtered() + filtered_[probe];
  return events;
}

// A call fires twice, but for one that is open or whose other event fired while nobody recorded.
std::uint64_t Ledger::calls_of(std::uint32_t probe) const {
  return (counts_[probe].fired() - counts_[probe].foreign() + 1) / 2;
}

std::uint64_t Ledger::calls() const {
  std::uint64_t calls = 0;
  for (const std::uint32_t probe : probes_.chosen())
    calls += calls_of(probe);
  return calls;
}

std::uint64_t Ledger::stepped_calls() const {
  std::uint64_t calls = 0;
  for (const std::uint32_t probe : probes_.functions())
    calls += probes_.is_stepped(probe) ? calls_of(probe) : 0;
  return calls;
}

}  // namespace pgrec
