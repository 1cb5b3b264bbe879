#include "format/postgres/roles_of_classes.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>

#include "format/postgres/execution_classes.h"
#include "format/postgres/measures.h"
#include "format/postgres/text_fingerprint.h"

namespace pgrec {
namespace {

using Tells = ExecutionRole::Tells;

static_assert(kMeasures.size() <= layout::kMaxStatementMeasures);

Tells told_by(std::string_view name) {
  static const std::map<std::string_view, Tells> kByName = {
      {execution_class::kCompleted, Tells::kCompletion},
      {execution_class::kSuspended, Tells::kCompletion},
      {execution_class::kFailed, Tells::kFailure},
      {execution_class::kProcessEnded, Tells::kFailure},
      {execution_class::kNotRun, Tells::kNotRun},
      {execution_class::kOfLeader, Tells::kOfLeader},
      {execution_class::kOfText, Tells::kOtherText}};
  const auto found = kByName.find(name);
  return found == kByName.end() ? Tells::kNothing : found->second;
}

// The place of an argument, of two with one name that of the first.
std::uint8_t place_of(const EventClass& one, std::string_view name) {
  const auto found =
      std::find_if(one.arguments.begin(), one.arguments.end(),
                   [&](const ArgumentType& argument) { return argument.name == name; });
  const auto place = static_cast<std::size_t>(found - one.arguments.begin());
  const bool there = found != one.arguments.end() && place < layout::kMaxArguments;
  return there ? static_cast<std::uint8_t>(place) : ExecutionRole::kNone;
}

ExecutionRole role_of(const EventClass& one) {
  ExecutionRole role;
  role.tells = told_by(one.name);
  if (role.tells == Tells::kOtherText) role.text = place_of(one, execution_argument::kText);
  if (!role.ends()) return role;
  role.query_id = place_of(one, execution_argument::kQueryId);
  for (std::size_t i = 0; i < kMeasures.size(); ++i) {
    const std::uint8_t place = place_of(one, kMeasures[i].name);
    if (place == ExecutionRole::kNone) continue;
    role.measures[place] = static_cast<std::uint8_t>(i);
    // One that is suspended has given some rows: 0 says that nobody counted them.
    if (one.name == execution_class::kSuspended && !is_counted(kMeasures[i]))
      role.above_zero |= 1u << i;
  }
  return role;
}

}  // namespace

ExecutionRoles execution_roles(const std::vector<EventClass>& classes) {
  ExecutionRoles roles;
  roles.fingerprint = fingerprint_of;
  std::set<ClassId> seen;
  for (const EventClass& one : classes) {
    if (value(one.id) >= layout::kMaxClasses || !seen.insert(one.id).second) continue;
    const ExecutionRole role = role_of(one);
    if (role.tells == Tells::kNothing) continue;
    if (roles.by_class.size() <= value(one.id)) roles.by_class.resize(value(one.id) + 1);
    roles.by_class[value(one.id)] = role;
  }
  return roles;
}

}  // namespace pgrec
