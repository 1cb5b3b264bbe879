#include "analyze/trace/trace_set.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "analyze/trace/part_ends.h"
#include "analyze/trace/recording_order.h"
#include "analyze/trace/set_paths.h"
#include "format/error.h"

namespace pgrec {
namespace {

// No id of a set is larger: sums of two fit.
constexpr std::uint64_t kMaxIds = 1ull << 61;

// The ids that follow on those of the file.
NextIds next_ids(const TraceReader& trace) {
  NextIds next;
  const auto take = [&next](const NextIds& ids) {
    next.call = std::max(next.call, ids.call);
    next.execution = std::max(next.execution, ids.execution);
  };
  if (trace.end()) take({CallId{trace.end()->calls}, ExecutionId{trace.end()->executions}});
  for (const ChunkRef& chunk : trace.chunks())
    take(chunk.header.next_ids());
  return next;
}

}  // namespace

TraceSet::TraceSet(TraceReader reader) {
  files_.emplace_back(std::move(reader));
  put_in_order();
}

TraceSet::TraceSet(const std::vector<std::string>& arguments) {
  for (const std::string& path : set_paths(arguments))
    files_.emplace_back(TraceReader(path));
  if (files_.empty()) throw Error("there is no trace to read");
  put_in_order();
}

void TraceSet::put_in_order() {
  if (files_.size() > 1) {
    std::vector<RecordingFacts> facts;
    for (const File& file : files_)
      facts.push_back(recording_facts(file.reader));
    RecordingOrder order = order_of(facts);
    notes_ = std::move(order.notes);
    misses_parts_ = order.misses_parts;
    std::deque<File> sorted;
    for (const Place& place : order.places) {
      File& file = sorted.emplace_back(std::move(files_[place.trace]));
      file.trace = place.recording;
      file.part = facts[place.trace].part;
      file.shift = place.shift;
      file.is_set = false;
    }
    files_ = std::move(sorted);
    traces_ = files_.back().trace;
    if (files_.size() == 1) files_.front().is_set = true;
  }
  for (std::size_t i = 0; i < files_.size(); ++i) {
    files_[i].number = static_cast<std::uint32_t>(i);
    files_[i].began_ns = recording_facts(files_[i].reader).began_ns;
  }
  set_ids();
  set_functions();
  set_processes();
  join_executions();
}

void TraceSet::set_ids() {
  for (File& file : files_) {
    const NextIds next = next_ids(file.reader);
    file.calls_before = calls_;
    file.executions_before = executions_;
    calls_ += value(next.call);
    executions_ += value(next.execution);
    if (calls_ > kMaxIds || executions_ > kMaxIds)
      throw Error("cannot read these traces together: " + file.reader.name() +
                      " ends with ids that are too large",
                  "pgrec verify says whether the file is damaged");
  }
}

// One function has one name and one role in all files; copies of a name in one file stay apart.
void TraceSet::set_functions() {
  if (files_.front().is_set) {
    functions_ = files_.front().reader.functions();
  } else {
    std::map<std::tuple<Function::Role, std::string, int>, FunctionId> known;
    for (File& file : files_) {
      std::map<std::pair<Function::Role, std::string>, int> copies;
      std::map<FunctionId, bool> seen;
      for (const Function& function : file.reader.functions()) {
        if (!seen.emplace(function.id, true).second) continue;
        const int copy = copies[{function.role, function.name}]++;
        const FunctionId next{static_cast<std::uint32_t>(functions_.size())};
        const auto [place, is_new] = known.try_emplace({function.role, function.name, copy}, next);
        if (is_new) {
          functions_.push_back(function);
          functions_.back().id = next;
        }
        for (std::size_t id = file.functions.size(); id <= value(function.id); ++id)
          file.functions.push_back(FunctionId{UINT32_MAX});
        file.functions[value(function.id)] = place->second;
      }
    }
    const auto named = static_cast<std::uint32_t>(functions_.size());
    for (File& file : files_) {
      file.unnamed_functions = named;
      for (std::size_t id = 0; id < file.functions.size(); ++id) {
        if (value(file.functions[id]) == UINT32_MAX)
          file.functions[id] = FunctionId{named + static_cast<std::uint32_t>(id)};
      }
    }
  }
  for (std::size_t i = 0; i < functions_.size(); ++i)
    function_places_.emplace(functions_[i].id, i);
}

std::string TraceSet::function_name(FunctionId id) const {
  const auto place = function_places_.find(id);
  if (place != function_places_.end()) return functions_[place->second].name;
  const std::uint32_t named = files_.front().is_set ? 0 : files_.front().unnamed_functions;
  return "function " + std::to_string(value(id) - named);
}

// A process that is in several parts has one id; in one file only when it started tells.
void TraceSet::set_processes() {
  using Starts = std::map<Timestamp, std::int64_t>;
  using Pid = std::pair<std::uint32_t, std::uint32_t>;
  std::int64_t next = 1;
  std::map<Pid, Starts> known;
  for (File& file : files_) {
    std::vector<Process> rows = file.reader.processes();
    for (Process& process : rows) {
      if (process.started) *process.started += file.shift;
      if (process.ended) *process.ended += file.shift;
    }
    std::map<Pid, Starts> here;
    file.lives = ProcessLives(rows, [&](const Process& process) {
      const Pid pid{file.trace, process.pid};
      const Timestamp started = process.started.value_or(Timestamp::min());
      const auto [place, is_new] = here[pid].try_emplace(started, next);
      if (!is_new) return place->second;
      const Starts& before = known[pid];
      const auto same = before.lower_bound(process.started ? started - kStartTick : started);
      if (same != before.end() && (same->first == started || same->first <= started + kStartTick))
        return place->second = same->second;
      return next++;
    });
    for (auto& [pid, starts] : here)
      known[pid].merge(starts);
  }
}

void TraceSet::join_executions() {
  for (std::size_t i = 1; i < files_.size(); ++i) {
    File& before = files_[i - 1];
    File& file = files_[i];
    if (file.part == 0 || file.trace != before.trace || file.part != before.part + 1) continue;
    for (auto& [here, there] : executions_going_on(before, file))
      file.goes_on.emplace(here, joined(before, there));
  }
}

Timestamp TraceSet::last() const {
  Timestamp last{};
  for (const File& file : files_)
    last = std::max(last, file.reader.last() + file.shift);
  return last;
}

std::optional<std::int64_t> TraceSet::realtime_ns(const File& file, Timestamp at) const {
  const auto& clocks = file.reader.clocks();
  const Timestamp own = at - file.shift;
  if (clocks.empty()) {
    if (!file.began_ns) return std::nullopt;
    return *file.began_ns + to_ns(own);
  }
  const auto next =
      std::upper_bound(clocks.begin(), clocks.end(), own,
                       [](Timestamp ts, const ClockSample& sample) { return ts < sample.at; });
  const ClockSample& a = next == clocks.begin() ? *next : *std::prev(next);
  const std::int64_t since = (own - a.at).count();
  if (next == clocks.begin() || next == clocks.end()) return a.realtime_ns + since;
  const std::int64_t span = (next->at - a.at).count();
  std::int64_t real_span = 0, drift = 0;
  if (span <= 0 || __builtin_sub_overflow(next->realtime_ns, a.realtime_ns, &real_span) ||
      __builtin_sub_overflow(real_span, span, &drift)) {
    return a.realtime_ns + since;
  }
  const double share = static_cast<double>(since) / static_cast<double>(span);
  return a.realtime_ns + since + static_cast<std::int64_t>(static_cast<double>(drift) * share);
}

}  // namespace pgrec
