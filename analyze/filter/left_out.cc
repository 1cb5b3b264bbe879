#include "analyze/filter/left_out.h"

#include <fmt/core.h>

#include "format/print/join.h"
#include "format/print/printable.h"
#include "format/print/units.h"

namespace pgrec {
namespace {

constexpr std::size_t kMostNames = 4;
constexpr std::size_t kTextColumns = 40;

std::vector<std::string> chosen_names(Analysis& analysis, std::size_t& all) {
  std::vector<std::string> names;
  for (const Function& function : analysis.set().functions()) {
    if (function.role != Function::Role::kCalls) continue;
    ++all;
    if (analysis.calls().has(function.id)) names.push_back(function.name);
  }
  return names;
}

void add_functions(Analysis& analysis, std::vector<LetThrough>& all) {
  if (analysis.read().functions.names.empty()) return;
  std::size_t functions = 0;
  const std::vector<std::string> names = chosen_names(analysis, functions);
  if (names.empty()) return;  // events only
  all.push_back(
      {"functions", join(names, ","),
       fmt::format("{} of {}", join_first(names, kMostNames), plural(functions, "function"))});
}

void add_pids(Analysis& analysis, std::vector<LetThrough>& all) {
  std::vector<std::string> pids;
  for (const std::uint32_t pid : analysis.filters().pids)
    pids.push_back(std::to_string(pid));
  if (pids.empty()) return;
  all.push_back({"pids", join(pids, ","),
                 (pids.size() == 1 ? "pid " : "pids ") + join_first(pids, kMostNames)});
}

// Of the set, and without what lies outside of it.
std::string text_of(Timestamp time) {
  return time < Timestamp{} ? "the beginning" : duration_text(time.time_since_epoch());
}

void add_range(Analysis& analysis, std::vector<LetThrough>& all) {
  const TimeRange& range = analysis.executions().range;
  const bool from = analysis.read().from.has_value(), to = analysis.read().to.has_value();
  if (from)
    all.push_back({"from_ns", std::to_string(to_ns(range.from)), "from " + text_of(range.from)});
  if (to) all.push_back({"to_ns", std::to_string(to_ns(range.to)), "to " + text_of(range.to)});
  if (from && to) {
    LetThrough& last = all.back();
    LetThrough& first = all[all.size() - 2];
    first.text += " " + last.text;
    last.text.clear();
  }
}

std::string statement_text(Analysis& analysis, const StatementChoice& choice) {
  std::string text = taken_for(choice);
  if (choice.places.empty()) return text + " (there is none)";
  if (choice.places.size() > 1) {
    return fmt::format("{} ({})", text, plural(choice.places.size(), "statement"));
  }
  const StatementRow& row = analysis.statements().rows()[choice.places.front()];
  const auto own = analysis.statements().text(row);
  const std::string named = own ? one_line(*own, kTextColumns) : analysis.statements().name(row);
  const bool by_id = choice.as == StatementChoice::As::kStatementId;
  return by_id ? fmt::format("{} ({})", text, named)
               : fmt::format("{} (statement {}, {})", text, row.id, named);
}

void add_queries(Analysis& analysis, std::vector<LetThrough>& all) {
  if (analysis.queries().empty()) return;
  std::vector<std::string> ids, texts;
  for (const StatementChoice& choice : analysis.queries()) {
    texts.push_back(statement_text(analysis, choice));
    for (const std::size_t place : choice.places)
      ids.push_back(std::to_string(analysis.statements().rows()[place].id));
  }
  all.push_back({"statements", join(ids, ","), enumerate(texts, "or")});
}

void add_names(Analysis& analysis, std::vector<LetThrough>& all) {
  for (const NameFilter& filter : name_filters()) {
    const auto& names = analysis.read().*filter.names;
    if (names.empty()) continue;
    std::string key = std::string(filter.option).substr(2);
    if (key == "backend-type") key = "backend_type";
    all.push_back({key, join(names, ","), std::string(filter.what) + " " + enumerate(names, "or")});
  }
}

void add_durations(Analysis& analysis, std::vector<LetThrough>& all) {
  const Duration calls = analysis.read().min_duration, executions = analysis.read().threshold;
  if (executions > Duration{})
    all.push_back({"threshold_ns", std::to_string(executions.count()),
                   "executions of at least " + duration_text(executions)});
  if (calls > Duration{})
    all.push_back({"min_duration_ns", std::to_string(calls.count()),
                   "calls of at least " + duration_text(calls)});
}

}  // namespace

std::vector<LetThrough> let_through(Analysis& analysis) {
  std::vector<LetThrough> all;
  add_functions(analysis, all);
  add_pids(analysis, all);
  add_range(analysis, all);
  add_queries(analysis, all);
  add_names(analysis, all);
  add_durations(analysis, all);
  const auto& chosen = analysis.chosen();
  if (!chosen) return all;
  if (!analysis.names_of_none().empty()) {
    const std::string names = enumerate(analysis.names_of_none(), "and");
    all.push_back({"of_none", names, "none of " + names});
  }
  all.push_back(
      {"executions", std::to_string(chosen->wanted),
       fmt::format("{} of {}", count_text(chosen->wanted), plural(chosen->all, "execution"))});
  return all;
}

std::string left_out_line(Analysis& analysis) {
  std::vector<std::string> texts;
  for (const LetThrough& filter : let_through(analysis)) {
    if (!filter.text.empty()) texts.push_back(filter.text);
  }
  return texts.empty() ? "" : "only: " + join(texts, "; ");
}

}  // namespace pgrec
