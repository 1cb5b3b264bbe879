#include "analyze/calls/error_reader.h"

#include <set>
#include <string_view>
#include <variant>

#include "format/postgres/execution_classes.h"

namespace pgrec {
namespace {

constexpr std::array<std::string_view, 3> kArguments = {
    execution_argument::kSeverity, execution_argument::kSqlstate, execution_argument::kMessage};

}  // namespace

ErrorReader::ErrorReader(const std::vector<EventClass>& classes) {
  std::set<ClassId> seen;
  for (const EventClass& one : classes) {
    // Of two rows with one id the first holds.
    if (!seen.insert(one.id).second || one.name != execution_class::kError) continue;
    Places& places = classes_[one.id];
    for (std::size_t i = 0; i < one.arguments.size(); ++i) {
      for (std::size_t known = 0; known < kArguments.size(); ++known) {
        if (one.arguments[i].name == kArguments[known] && !places[known]) places[known] = i;
      }
    }
  }
}

std::array<std::string, 3> ErrorReader::read(ClassId event_class,
                                             const ArgumentValues& arguments) const {
  std::array<std::string, 3> texts;
  const auto found = classes_.find(event_class);
  if (found == classes_.end()) return texts;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto place = found->second[i];
    if (!place || *place >= arguments.size()) continue;
    if (const auto* said = std::get_if<std::string>(&arguments[*place])) texts[i] = *said;
  }
  return texts;
}

}  // namespace pgrec
