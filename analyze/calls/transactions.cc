#include "analyze/calls/transactions.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "format/postgres/statement_words.h"

namespace pgrec {
namespace {

// What a statement does to a transaction.
enum class Does { kNothing, kBegins, kCommits, kRollsBack, kPrepares };

bool is_word(const std::optional<StatementWord>& word, std::string_view text) {
  if (!word || word->text.size() != text.size()) return false;
  return std::equal(text.begin(), text.end(), word->text.begin(),
                    [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? b + 32 : b); });
}

Does does(const Text& text) {
  if (text.withheld || text.unreadable) return Does::kNothing;
  StatementWords words(text.text, text.cut);
  const auto first = words.next();
  auto second = words.next();
  if (is_word(first, "begin")) return Does::kBegins;
  if (is_word(first, "start") && is_word(second, "transaction")) return Does::kBegins;
  if (is_word(first, "prepare") && is_word(second, "transaction")) return Does::kPrepares;
  const bool is_end = is_word(first, "commit") || is_word(first, "end");
  if (!is_end && !is_word(first, "rollback") && !is_word(first, "abort")) return Does::kNothing;
  if (is_word(second, "prepared")) return Does::kNothing;  // of another transaction
  if (is_word(second, "work") || is_word(second, "transaction")) second = words.next();
  if (is_word(second, "to")) return Does::kNothing;  // a savepoint
  return is_end ? Does::kCommits : Does::kRollsBack;
}

Does does(const ExecutionRecord& execution, const SetTexts& texts) {
  const auto text = texts.find(*execution.file, execution.own_text());
  return text ? does(*text) : Does::kNothing;
}

bool ends(Does does) {
  return does == Does::kCommits || does == Does::kRollsBack || does == Does::kPrepares;
}

bool lasts_longer(const Transaction& a, const Transaction& b) {
  if (a.taken != b.taken) return a.taken > b.taken;
  return a.begun != b.begun ? a.begun < b.begun : a.first.id < b.first.id;
}

class Finder final : public ExecutionSink {
 public:
  Finder(const WantedExecutions& wanted, const SetTexts& texts, std::size_t most)
      : wanted_(wanted),
        texts_(texts),
        most_(most),
        ends_(wanted.set),
        selection_(wanted.selection) {
    selection_.range = {};
    selection_.at_least = {};
  }

  void execution(const ExecutionRecord& execution) override {
    if (execution.facts.kind != ExecutionFacts::Kind::kRun) return;
    Pending& pending = pending_[process_of(execution)];
    pending.executions.push_back(execution);
    pending.executions.back().functions = {};
  }
  void idle(const IdleRecord& idle) override { pending_[process_of(idle)].idle.push_back(idle); }
  void chunk_taken() override {
    for (auto& [process, pending] : pending_)
      follow(process, pending);
    pending_.clear();
  }
  Transactions finish() {
    chunk_taken();
    for (auto& [process, open] : open_)
      close(open);
    std::sort(found_.longest.begin(), found_.longest.end(), lasts_longer);
    return std::move(found_);
  }

 private:
  using Process = std::pair<std::uint32_t, std::uint32_t>;  // trace, pid
  struct Pending {
    std::vector<ExecutionRecord> executions;
    std::vector<IdleRecord> idle;
  };
  struct Open {
    Transaction transaction;
    bool is_wanted = false;
    bool by_text = false;  // its BEGIN was seen
    bool goes_on = false;  // the next execution is of it
    bool was_idle = false;
    // It is idle behind its last execution, and until when; none: when recording stopped.
    bool is_idle = false;
    std::optional<Timestamp> idle_to;
  };

  template <typename Record>
  static Process process_of(const Record& record) {
    return {record.file->trace, record.thread.pid};
  }

  // What a chunk has of a process, in order of time; an idle time before an execution that begins
  // when it ends.
  void follow(const Process& process, Pending& pending) {
    std::stable_sort(pending.executions.begin(), pending.executions.end(),
                     [](const auto& a, const auto& b) { return a.id < b.id; });
    auto idle = pending.idle.begin();
    for (const ExecutionRecord& execution : pending.executions) {
      for (; idle != pending.idle.end() && idle->from <= execution.begun; ++idle)
        add(process, *idle);
      add(process, execution);
    }
    for (; idle != pending.idle.end(); ++idle)
      add(process, *idle);
  }

  void add(const Process& process, const ExecutionRecord& execution) {
    auto open = open_.find(process);
    if (open != open_.end() && !(open->second.goes_on && is_one_process(open->second, execution))) {
      close(open->second);
      open_.erase(open);
      open = open_.end();
    }
    const bool is_first = open == open_.end();
    if (is_first) open = open_.try_emplace(process).first;
    Open& of_process = open->second;
    Transaction& transaction = of_process.transaction;
    if (is_first) transaction.begun = execution.begun;
    if (transaction.statements == 0) transaction.first = execution;
    transaction.last = execution;
    ++transaction.statements;
    if (std::string_view(outcome_of(execution)) == "error") ++transaction.errors;
    const Does what = known_does(execution);
    if (is_first) of_process.by_text = what == Does::kBegins;
    of_process.goes_on = of_process.by_text && !ends(what);
    of_process.is_idle = false;
    of_process.is_wanted = of_process.is_wanted || selection_.wants(execution);
    // An idle time is told when it ends, which can be before its execution, where calls outlive it.
    auto& early = early_[process];
    early.erase(early.begin(), early.lower_bound(execution.id));
    if (const auto behind = early.extract(execution.id)) add(process, behind.mapped());
    if (early.empty()) early_.erase(process);
  }

  static bool is_one_process(const Open& open, const ExecutionRecord& execution) {
    const ExecutionRecord& last = open.transaction.last;
    const auto* const before = last.file->lives.at(last.thread.pid, last.begun);
    const auto* const now = pgrec::process_of(execution);
    if (!before || !now || before == now) return true;
    return last.file != execution.file && before->process_id == now->process_id;
  }

  void add(const Process& process, const IdleRecord& idle) {
    auto open = open_.find(process);
    const bool is_of_it = open != open_.end() && idle.execution &&
                          open->second.transaction.statements > 0 &&
                          open->second.transaction.last.id == *idle.execution;
    const bool goes_on = open != open_.end() && open->second.transaction.statements == 0;
    if (!is_of_it && !goes_on) {
      if (idle.execution) {
        early_[process].emplace(*idle.execution, idle);
        return;
      }
      if (open != open_.end()) {
        close(open->second);
        open_.erase(open);
      }
      open = open_.try_emplace(process).first;
      Transaction& transaction = open->second.transaction;
      transaction.begun = idle.from;
      transaction.begin_seen = false;
      transaction.first.file = transaction.last.file = idle.file;
      transaction.first.thread = transaction.last.thread = idle.thread;
      transaction.first.begun = transaction.last.begun = idle.from;
    }
    Open& of_process = open->second;
    Transaction& transaction = of_process.transaction;
    const Timestamp end = ends_.of(*idle.file);
    transaction.idle = add_capped(transaction.idle, idle.to.value_or(end) - idle.from);
    transaction.failed = idle.facts.aborted.value_or(false);
    of_process.goes_on = of_process.was_idle = of_process.is_idle = true;
    of_process.idle_to = idle.to;
  }

  void close(Open& open) {
    Transaction& transaction = open.transaction;
    if (!open.was_idle && transaction.statements < 2) return;
    const ExecutionRecord& last = transaction.last;
    if (open.is_idle) {
      transaction.ended = open.idle_to;
    } else if (last.end_lost || last.duration) {
      transaction.ended = last.begun + last.duration.value_or(Duration{});
    }
    const Timestamp end = transaction.ended.value_or(ends_.of(*last.file));
    transaction.taken = std::max(end - transaction.begun, Duration{});
    const ExecutionSelection& selection = wanted_.selection;
    const bool is_wanted = open.is_wanted || (transaction.statements == 0 && selection_.is_all());
    if (!is_wanted || !selection.range.has(transaction.begun) ||
        transaction.taken < selection.at_least)
      return;
    ++found_.count;
    found_.taken = add_capped(found_.taken, transaction.taken);
    found_.idle = add_capped(found_.idle, transaction.idle);
    enter(transaction);
  }

  void enter(const Transaction& transaction) {
    auto& heap = found_.longest;
    if (most_ == 0) return;
    if (heap.size() == most_) {
      if (!lasts_longer(transaction, heap.front())) return;
      std::pop_heap(heap.begin(), heap.end(), lasts_longer);
      heap.pop_back();
    }
    heap.push_back(transaction);
    std::push_heap(heap.begin(), heap.end(), lasts_longer);
  }

  Does known_does(const ExecutionRecord& execution) {
    const Said said = texts_.said(*execution.file, execution.own_text());
    if (said == kNothingSaid) return Does::kNothing;
    const auto [known, is_new] = does_.try_emplace(said, Does::kNothing);
    if (is_new) known->second = does(execution, texts_);
    return known->second;
  }

  const WantedExecutions& wanted_;
  const SetTexts& texts_;
  std::size_t most_;
  RecordingEnds ends_;
  ExecutionSelection selection_;  // without times
  std::map<Process, Pending> pending_;
  std::map<Process, Open> open_;
  std::map<Process, std::map<ExecutionId, IdleRecord>> early_;
  std::unordered_map<Said, Does> does_;
  Transactions found_;
};

}  // namespace

const char* outcome_of(const Transaction& transaction, const SetTexts& texts) {
  if (!transaction.ended) return "open";
  switch (does(transaction.last, texts)) {
    case Does::kCommits:
      return transaction.failed ? "rolled back" : "committed";
    case Does::kRollsBack:
      return "rolled back";
    case Does::kPrepares:
      return "prepared";
    case Does::kBegins:
    case Does::kNothing:
      break;
  }
  return "ended";
}

Transactions find_transactions(const WantedExecutions& wanted, const SetTexts& texts,
                               std::size_t most) {
  ExecutionQuery query;
  query.wants.idle = true;
  Finder finder(wanted, texts, most);
  for_each_execution(wanted.set, query, finder, wanted.options);
  return finder.finish();
}

}  // namespace pgrec
