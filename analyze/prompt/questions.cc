#include "analyze/prompt/questions.h"

#include <algorithm>
#include <string>

#include "analyze/prompt/questions_text.h"
#include "format/error.h"
#include "format/print/join.h"
#include "format/print/nearest.h"

namespace pgrec {
namespace {

std::vector<ReadyQuestion> read_questions() {
  constexpr std::string_view kRemark = "-- ";
  std::vector<ReadyQuestion> questions;
  for (const auto& [name, text] : kQuestionFiles) {
    const std::size_t end = text.find('\n');
    if (!text.starts_with(kRemark) || end == text.npos)
      throw Error("the ready question " + std::string(name) + " does not begin with what it asks");
    questions.push_back(
        {name, text.substr(kRemark.size(), end - kRemark.size()), text.substr(end + 1)});
  }
  return questions;
}

}  // namespace

const std::vector<ReadyQuestion>& ready_questions() {
  static const std::vector<ReadyQuestion> questions = read_questions();
  return questions;
}

const ReadyQuestion& question_named(std::string_view name) {
  const auto& all = ready_questions();
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const ReadyQuestion& one) { return one.name == name; });
  if (found != all.end()) return *found;
  std::vector<std::string> names;
  for (const ReadyQuestion& question : all)
    names.emplace_back(question.name);
  const auto near = nearest(name, names);
  throw UsageError(
      "there is no ready question '" + std::string(name) + "'",
      near.empty() ? "pgrec sql --ask lists them" : "did you mean " + enumerate(near, "or") + "?");
}

void print_questions(std::ostream& out, OutputFormat format, const Layout& layout) {
  Table table{"questions", "", {{"name", "name"}, {"question", "question"}}, {}};
  table.columns[1].flexible = true;
  for (const ReadyQuestion& question : ready_questions())
    table.rows.push_back({std::string(question.name), std::string(question.asks)});
  print(out, {table}, format, layout);
}

}  // namespace pgrec
