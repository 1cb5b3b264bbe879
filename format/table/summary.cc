#include "format/table/summary.h"

#include <algorithm>

#include "format/table/rows.h"

namespace pgrec {
namespace {

// What processes beyond the bound of a table are counted under.
constexpr std::uint32_t kOtherProcesses = 0;
constexpr std::size_t kMaxProcesses = layout::kMaxTableRows - 1;

// Which tables follow, and whether that of statements has all of them.
constexpr std::uint64_t kHasLongest = 1;
constexpr std::uint64_t kHasStatements = 2;
constexpr std::uint64_t kHasAllStatements = 4;

bool slower(const SlowCall& a, const SlowCall& b) {
  return a.duration != b.duration ? a.duration > b.duration : a.id < b.id;
}

void put_function(Bytes& out, FunctionId id, const FunctionSummary& function) {
  put_varint(out, value(id));
  put_varint(out, function.calls);
  for (unsigned outcome = 1; outcome < kOutcomes; ++outcome)
    put_varint(out, function.ended[outcome]);
  put_duration(out, function.self);
  put_duration(out, function.min);
  put_duration(out, function.max);
  put_histogram(out, function.durations);
}

// `blocks`: of all histograms so far; fails the row when they pass their bound.
void get_function(ByteReader& in, Summary& summary, std::size_t& blocks) {
  const auto id = FunctionId{static_cast<std::uint32_t>(in.varint_below(layout::kMaxFunctions))};
  const auto [place, is_new] = summary.functions.try_emplace(id);
  FunctionSummary& function = place->second;
  function.calls = in.varint();
  for (unsigned outcome = 1; outcome < kOutcomes; ++outcome)
    function.ended[outcome] = in.varint();
  function.self = get_duration(in);
  function.min = get_duration(in);
  function.max = get_duration(in);
  if (!is_new || !get_histogram(in, function.durations)) in.fail();
  blocks += function.durations.blocks();
  if (blocks > layout::kMaxHistogramBlocks) in.fail();
}

void put_slow(Bytes& out, const SlowCall& call) {
  put_duration(out, call.duration);
  put_varint(out, static_cast<std::uint64_t>(to_ns(call.begun)));
  put_varint(out, value(call.id));
  put_varint(out, value(call.function));
  put_varint(out, call.thread.pid);
  put_varint(out, call.thread.tid);
  put_varint(out, call.execution ? 1 + value(*call.execution) : 0);
}

SlowCall get_slow(ByteReader& in) {
  SlowCall call;
  call.duration = get_duration(in);
  call.begun = from_ns(static_cast<std::int64_t>(in.varint_below(layout::kMaxNs)));
  call.id = CallId{in.varint()};
  call.function = FunctionId{static_cast<std::uint32_t>(in.varint_below(layout::kMaxFunctions))};
  call.thread.pid = static_cast<std::uint32_t>(in.varint_below(1ull << 32));
  call.thread.tid = static_cast<std::uint32_t>(in.varint_below(1ull << 32));
  const std::uint64_t execution = in.varint();
  if (execution > 0) call.execution = ExecutionId{execution - 1};
  return call;
}

// What is said of executions one by one and by their statements.
void put_executions(Bytes& out, const Summary& summary, std::size_t most) {
  Bytes longest, statements;
  if (summary.longest) put_longest(longest, *summary.longest);
  if (longest.size() > most) longest.clear();
  if (summary.statements) put_statements(statements, *summary.statements);
  if (statements.size() > most - longest.size()) statements.clear();
  if (longest.empty() && statements.empty()) return;
  std::uint64_t said = longest.empty() ? 0 : kHasLongest;
  if (!statements.empty()) said |= kHasStatements;
  if (!statements.empty() && summary.statements_complete) said |= kHasAllStatements;
  put_rows(out, std::array{said}, put_varint);
  if (longest.empty()) put_varint(out, 0);
  put_bytes(out, longest.data(), longest.size());
  put_bytes(out, statements.data(), statements.size());
}

// False where the bytes are none.
bool get_executions(ByteReader& in, Summary& summary) {
  std::uint64_t said = 0;
  if (!in.at_end() && !get_rows(in, [&](ByteReader& row) { said = row.varint(); })) return false;
  summary.longest.reset();
  summary.forget_statements();
  if (said == 0) return true;
  auto longest = get_longest(in, Summary::kLongest);
  if (!longest) return false;
  if (said & kHasLongest) summary.longest = std::move(longest);
  if (!(said & kHasStatements)) return true;
  summary.statements = get_statements(in);
  summary.statements_complete = (said & kHasAllStatements) != 0;
  return summary.statements.has_value();
}

}  // namespace

void FunctionSummary::merge(const FunctionSummary& other) {
  if (other.returned() > 0) {
    min = returned() == 0 ? other.min : std::min(min, other.min);
    max = std::max(max, other.max);
    self = add_capped(self, other.self);
    durations.merge(other.durations);
  }
  calls = add_capped(calls, other.calls);
  for (std::size_t i = 0; i < ended.size(); ++i)
    ended[i] = add_capped(ended[i], other.ended[i]);
}

void ProcessSummary::merge(const ProcessSummary& other) {
  calls = add_capped(calls, other.calls);
  returned = add_capped(returned, other.returned);
  total = add_capped(total, other.total);
  self = add_capped(self, other.self);
}

void Summary::merge(const Summary& other) {
  for (const auto& [id, function] : other.functions)
    functions[id].merge(function);
  for (const auto& [pid, process] : other.processes) {
    const bool room = processes.size() < kMaxProcesses || processes.contains(pid);
    processes[room ? pid : kOtherProcesses].merge(process);
  }
  slowest.insert(slowest.end(), other.slowest.begin(), other.slowest.end());
  std::sort(slowest.begin(), slowest.end(), slower);
  if (slowest.size() > kSlowest) slowest.resize(kSlowest);
  for (const auto& [cause, events] : other.losses)
    losses[cause] = add_capped(losses[cause], events);
  executions.begun = add_capped(executions.begun, other.executions.begun);
  executions.ended = add_capped(executions.ended, other.executions.ended);
  executions.lost = add_capped(executions.lost, other.executions.lost);
  executions.total = add_capped(executions.total, other.executions.total);
  if (!other.classes) classes.reset();
  if (classes) {
    for (const auto& [id, events] : *other.classes) {
      std::uint64_t& sum = (*classes)[id];
      sum = add_capped(sum, events);
    }
  }
  if (!other.longest) longest.reset();
  if (longest) {
    longest->insert(longest->end(), other.longest->begin(), other.longest->end());
    std::sort(longest->begin(), longest->end(), longer);
    if (longest->size() > kLongest) longest->resize(kLongest);
  }
  if (!other.statements) forget_statements();
  if (statements) {
    const bool whole = merge_statements(*statements, *other.statements);
    statements_complete = statements_complete && other.statements_complete && whole;
  }
}

void SummaryBuilder::thread(const ThreadKey& key) {
  const bool room =
      summary_.processes.size() < kMaxProcesses || summary_.processes.contains(key.pid);
  process_ = &summary_.processes[room ? key.pid : kOtherProcesses];
}

void SummaryBuilder::meet(FunctionId function) {
  const std::size_t index = value(function);
  if (index >= by_id_.size()) {
    by_id_.resize(index + 1);
    list_.resize(index + 1);
  }
  by_id_[index].number = static_cast<std::uint32_t>(met_.size());
  met_.push_back(function);
  by_id_[index].sums = &summary_.functions[function];
}

std::uint32_t SummaryBuilder::call_ended_apart(const EndedCall& call) {
  Calls& calls = of(call.opened().function);
  const StatementFunction run = std::exchange(calls.run, {});
  call_ended(call);
  calls.sums->self = add_capped(calls.sums->self, calls.run.self);
  process_->add(calls.run);
  calls.run = run;
  return calls.number;
}

void SummaryBuilder::add_slow(const Call& call) {
  auto& slowest = summary_.slowest;
  slowest.push_back(
      {*call.duration, call.begun, call.id, call.function, call.thread, call.execution});
  std::sort(slowest.begin(), slowest.end(), slower);
  if (slowest.size() > Summary::kSlowest) slowest.pop_back();
  // Equal ones may still be among them, by their ids.
  if (slowest.size() == Summary::kSlowest) slow_from_ = slowest.back().duration - Duration(1);
}

void SummaryBuilder::execution_ended(const Execution& execution) {
  ExecutionsSummary& all = summary_.executions;
  if (execution.duration) {
    ++all.ended;
    all.total = add_capped(all.total, *execution.duration);
  } else {
    ++all.lost;
  }
}

void SummaryBuilder::lost(const std::string& cause, std::uint64_t events) {
  summary_.losses[cause] = add_capped(summary_.losses[cause], events);
}

Summary SummaryBuilder::take() {
  by_id_.clear();
  met_.clear();
  for (std::size_t id = 0; id < of_class_.size(); ++id) {
    if (of_class_[id] > 0)
      (*summary_.classes)[ClassId{static_cast<std::uint32_t>(id)}] = of_class_[id];
  }
  of_class_.clear();
  process_ = nullptr;
  slow_from_ = Duration{-1};
  // Threads that were listed and did nothing.
  std::erase_if(summary_.processes,
                [](const auto& process) { return process.second == ProcessSummary{}; });
  // They are not made here.
  summary_.longest.reset();
  summary_.forget_statements();
  return std::exchange(summary_, {});
}

Bytes encode(const Summary& summary, std::size_t most_of_executions) {
  Bytes out;
  put_rows(out, summary.functions, [](Bytes& row, const auto& function) {
    put_function(row, function.first, function.second);
  });
  put_rows(out, summary.processes, [](Bytes& row, const auto& process) {
    put_varint(row, process.first);
    put_varint(row, process.second.calls);
    put_varint(row, process.second.returned);
    put_duration(row, process.second.total);
    put_duration(row, process.second.self);
  });
  put_rows(out, summary.slowest, put_slow);
  put_rows(out, summary.losses, [](Bytes& row, const auto& loss) {
    put_string(row, loss.first);
    put_varint(row, loss.second);
  });
  put_rows(out, std::array{summary.executions},
           [](Bytes& row, const ExecutionsSummary& executions) {
             put_varint(row, executions.begun);
             put_varint(row, executions.ended);
             put_varint(row, executions.lost);
             put_duration(row, executions.total);
           });
  if (!summary.classes) return out;
  put_rows(out, *summary.classes, [](Bytes& row, const auto& one) {
    put_varint(row, value(one.first));
    put_varint(row, one.second);
  });
  put_executions(out, summary, most_of_executions);
  return out;
}

std::optional<Summary> decode_summary(ByteView payload) {
  ByteReader in(payload);
  Summary summary;
  std::size_t blocks = 0;
  const bool whole = get_rows(in, [&](ByteReader& row) { get_function(row, summary, blocks); }) &&
                     get_rows(in,
                              [&](ByteReader& row) {
                                const auto pid =
                                    static_cast<std::uint32_t>(row.varint_below(1ull << 32));
                                ProcessSummary& process = summary.processes[pid];
                                process.calls = row.varint();
                                process.returned = row.varint();
                                process.total = get_duration(row);
                                process.self = get_duration(row);
                              }) &&
                     get_rows(in,
                              [&](ByteReader& row) {
                                if (summary.slowest.size() < Summary::kSlowest)
                                  summary.slowest.push_back(get_slow(row));
                              }) &&
                     get_rows(in,
                              [&](ByteReader& row) {
                                std::string cause(row.string());
                                summary.losses[std::move(cause)] = row.varint();
                              }) &&
                     get_rows(in, [&](ByteReader& row) {
                       summary.executions.begun = row.varint();
                       summary.executions.ended = row.varint();
                       summary.executions.lost = row.varint();
                       summary.executions.total = get_duration(row);
                     });
  if (!whole) return std::nullopt;
  if (in.at_end()) {
    summary.classes.reset();
    summary.longest.reset();
    summary.forget_statements();
    return summary;
  }
  const bool has_classes = get_rows(in, [&](ByteReader& row) {
    const auto id = ClassId{static_cast<std::uint32_t>(row.varint_below(layout::kMaxClasses))};
    (*summary.classes)[id] = row.varint();
  });
  if (!has_classes || !get_executions(in, summary)) return std::nullopt;
  return summary;
}

}  // namespace pgrec
