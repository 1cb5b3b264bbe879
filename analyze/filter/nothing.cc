#include "analyze/filter/nothing.h"

#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "analyze/calls/call_sums.h"
#include "analyze/calls/execution_pass.h"
#include "format/print/join.h"
#include "format/print/printable.h"
#include "format/print/units.h"

namespace pgrec {
namespace {

constexpr std::size_t kMostNamesThereAre = 10;
constexpr std::size_t kMostHeld = 1000;  // names of a kind; a client may make up any number

// What the executions of a set have, and how many each of some selections wants.
class Survey {
 public:
  // `end`: of the set.
  Survey(const std::vector<ExecutionSelection>& alone, Timestamp end)
      : alone_(&alone), end_(end), wanted(alone.size()) {}

  void add(const ExecutionRecord& execution) {
    pids.insert(execution.thread.pid);
    if (execution.facts.kind != ExecutionFacts::Kind::kRun) return;
    ++executions;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      if ((*alone_)[i].wants(execution)) ++wanted[i];
    }
    const ProcessLives::Life* const process = process_of(execution);
    const ProcessIdentity who = process ? process->identity : ProcessIdentity{};
    const Session session = session_of(execution);
    keep(names[0], who.database.value_or(""));
    keep(names[1], session.user);
    keep(names[2], session.application);
    keep(names[3], who.backend_type.value_or(""));
    keep(names[4], outcome_of(execution));
    longest = std::max(longest, time_taken(execution, end_).value_or(Duration{}));
  }
  void merge(const Survey& other) {
    executions += other.executions;
    longest = std::max(longest, other.longest);
    pids.insert(other.pids.begin(), other.pids.end());
    for (std::size_t i = 0; i < wanted.size(); ++i)
      wanted[i] += other.wanted[i];
    for (std::size_t i = 0; i < std::size(names); ++i) {
      for (const std::string& name : other.names[i])
        keep(names[i], name);
    }
  }

 private:
  static void keep(std::set<std::string>& into, const std::string& name) {
    if (!name.empty() && into.size() < kMostHeld) into.insert(name);
  }
  const std::vector<ExecutionSelection>* alone_;
  Timestamp end_;

 public:
  std::vector<std::uint64_t> wanted;
  std::uint64_t executions = 0;
  Duration longest{};
  std::set<std::uint32_t> pids;
  std::set<std::string> names[5];  // as name_filters()
};

// Whether any thread has something in the chunks of a selection, and calls that are wanted.
struct CallSurvey {
  void process(const TraceSet::File& /*file*/, const ThreadKey& key) { pids.insert(key.pid); }
  void call_begun(FunctionId function, Timestamp /*begun*/, ExecutionId /*execution*/) {
    functions.insert(function);
  }
  void call_ended(const EndedCall& /*call*/) {}
  void merge(const CallSurvey& other) {
    functions.insert(other.functions.begin(), other.functions.end());
    pids.insert(other.pids.begin(), other.pids.end());
  }
  void clear() { *this = {}; }

  std::set<FunctionId> functions;
  std::set<std::uint32_t> pids;
};

std::vector<std::string> texts_of(const std::set<std::uint32_t>& numbers) {
  std::vector<std::string> texts;
  for (const std::uint32_t number : numbers)
    texts.push_back(std::to_string(number));
  return texts;
}

std::string there_are(const std::vector<std::string>& names) {
  if (names.empty()) return "there is none";
  if (names.size() > kMostNamesThereAre)
    return "there are " + join_first(names, kMostNamesThereAre);
  return (names.size() == 1 ? "there is " : "there are ") + enumerate(names, "and");
}

Duration longest_call(const TraceSet& set) {
  Duration longest{};
  for (const TraceSet::File& file : set.files()) {
    for (const ChunkRef& chunk : file.reader.chunks())
      longest = std::max(longest, chunk.header.longest);
  }
  return longest;
}

class NothingSearch {
 public:
  explicit NothingSearch(Analysis& analysis) : analysis_(analysis), set_(analysis.set()) {}

  Nothing run() {
    const auto& chosen = analysis_.chosen();
    add_range();
    add_pids();
    add_min_duration();
    if (chosen && chosen->is_empty()) add_kinds();
    if (nothing_.is_so()) say_what_there_is();
    return std::move(nothing_);
  }

 private:
  void add_range() {
    const TimeRange& range = analysis_.executions().range;
    const Filters& filters = analysis_.filters();
    if (range.is_all()) return;
    const std::string length =
        "; the recording takes " + duration_text(set_.last().time_since_epoch());
    if (range.from >= range.to) {
      nothing_.reasons.push_back(
          fmt::format("--from {} --to {}; it ends before it begins", filters.from, filters.to));
    } else if (range.from > set_.last()) {
      nothing_.reasons.push_back(fmt::format("--from {}{}", filters.from, length));
    } else if (range.to <= Timestamp{}) {
      nothing_.reasons.push_back(fmt::format("--to {}{}", filters.to, length));
    }
  }

  // Processes that no table names are looked for among the events.
  void add_pids() {
    const auto& pids = analysis_.filters().pids;
    if (pids.empty()) return;
    for (const TraceSet::File& file : set_.files()) {
      for (const auto& [pid, lives] : file.lives.all()) {
        if (std::find(pids.begin(), pids.end(), pid) != pids.end()) return;
      }
    }
    CallSelection selection;
    selection.pids.pids = pids;
    if (!sum_calls(set_, selection, CallSurvey{}, analysis_.options()).pids.empty()) return;
    std::vector<std::string> texts;
    for (const std::uint32_t pid : pids)
      texts.push_back(std::to_string(pid));
    nothing_.reasons.push_back(
        fmt::format("-p {}; {}", join(texts, ","), there_are(texts_of(all_pids()))));
  }

  void add_min_duration() {
    const Duration longest = longest_call(set_);
    if (analysis_.read().min_duration <= longest) return;
    nothing_.reasons.push_back(fmt::format("--min-duration {}; the longest call took {}",
                                           analysis_.filters().min_duration,
                                           duration_text(longest)));
  }

  // Of executions, of which none is let through.
  void add_kinds() {
    const ExecutionSelection& all = analysis_.executions();
    const std::size_t before = nothing_.reasons.size();
    std::vector<ExecutionSelection> alone;
    std::vector<const NameFilter*> names;
    for (const NameFilter& filter : name_filters()) {
      if ((analysis_.read().*filter.names).empty()) continue;
      names.push_back(&filter);
      alone.push_back(only_names(filter, analysis_.read().*filter.names));
    }
    const std::size_t threshold = alone.size();
    alone.emplace_back().at_least = all.at_least;
    alone.back().end = all.end;
    survey_.emplace(survey_of(alone));
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (survey_->wanted[i] == 0) add_names(*names[i]);
    }
    for (const StatementChoice& choice : analysis_.queries()) {
      if (choice.places.empty())
        nothing_.reasons.push_back(
            fmt::format("--query {}; there {} {}, which --by-query lists", choice.asked,
                        analysis_.statements().rows().size() == 1 ? "is" : "are",
                        plural(analysis_.statements().rows().size(), "statement")));
    }
    if (survey_->wanted[threshold] == 0 && all.at_least > Duration{})
      nothing_.reasons.push_back(fmt::format("--threshold {}; the longest execution took {}",
                                             analysis_.filters().threshold,
                                             duration_text(survey_->longest)));
    if (nothing_.reasons.size() == before)
      nothing_.reasons.push_back("no execution matches all of these filters");
  }

  void add_names(const NameFilter& filter) {
    const std::size_t place = static_cast<std::size_t>(&filter - name_filters().data());
    const auto& there = survey_->names[place];
    nothing_.reasons.push_back(fmt::format("{} {}; {}", filter.option,
                                           join(analysis_.read().*filter.names, ","),
                                           there_are({there.begin(), there.end()})));
  }

  Survey survey_of(const std::vector<ExecutionSelection>& alone) {
    return sum_executions(set_, ExecutionQuery{}, Survey(alone, set_.last()), analysis_.options());
  }

  std::set<std::uint32_t> all_pids() {
    std::set<std::uint32_t> pids;
    for (const TraceSet::File& file : set_.files()) {
      for (const auto& [pid, lives] : file.lives.all())
        pids.insert(pid);
    }
    return pids;
  }

  void say_what_there_is() {
    const std::vector<ExecutionSelection> none;
    if (!survey_) survey_.emplace(survey_of(none));
    const TraceSet::File& first = set_.files().front();
    const auto began = set_.realtime_ns(first, Timestamp(first.shift));
    std::string time = "0 ns to " + duration_text(set_.last().time_since_epoch());
    if (began) time += ", from " + wall_clock_text(*began);
    nothing_.there_is.emplace_back("time", time);
    nothing_.there_is.emplace_back("executions", count_text(survey_->executions));
    for (std::size_t i = 0; i < name_filters().size(); ++i) {
      const auto& names = survey_->names[i];
      add_there_is(std::string(name_filters()[i].what) + "s", {names.begin(), names.end()});
    }
    std::set<std::uint32_t> pids = all_pids();
    pids.insert(survey_->pids.begin(), survey_->pids.end());
    add_there_is("pids", texts_of(pids));
    add_there_is("functions", functions_with_calls());
  }
  void add_there_is(const std::string& what, const std::vector<std::string>& names) {
    if (!names.empty()) nothing_.there_is.emplace_back(what, join_first(names, kMostNamesThereAre));
  }

  std::vector<std::string> functions_with_calls() {
    std::vector<std::string> names;
    for (const FunctionId function :
         sum_calls(set_, CallSelection{}, CallSurvey{}, analysis_.options()).functions)
      names.push_back(set_.function_name(function));
    return names;
  }

  Analysis& analysis_;
  TraceSet& set_;
  Nothing nothing_;
  std::optional<Survey> survey_;
};

}  // namespace

Nothing find_nothing(Analysis& analysis) {
  analysis.calls();  // throws where a function is not known
  return NothingSearch(analysis).run();
}

std::string nothing_text(const Nothing& nothing) {
  std::string text;
  for (const std::string& reason : nothing.reasons)
    text += printable("nothing matches: " + reason) + "\n";
  text += "\nthere is:\n";
  for (const auto& [what, names] : nothing.there_is)
    text += printable(fmt::format("  {:<14} {}", what, names)) + "\n";
  return text;
}

}  // namespace pgrec
