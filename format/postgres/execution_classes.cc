#include "format/postgres/execution_classes.h"

#include <string>

namespace pgrec {
namespace {

ArgumentType argument(std::string_view name, std::string_view unit,
                      ArgumentType::Kind kind = ArgumentType::Kind::kUnsigned) {
  return {std::string(name), kind, std::string(unit)};
}

void add_measures(std::vector<ArgumentType>& arguments, const KnownOfExecutions& known,
                  bool counted) {
  for (const Measure& measure : kMeasures) {
    if (is_counted(measure) == counted && is_known(measure, known))
      arguments.push_back(argument(measure.name, measure.unit));
  }
}

std::vector<ArgumentType> common(const KnownOfExecutions& known) {
  using namespace execution_argument;
  std::vector<ArgumentType> arguments;
  if (known.query_ids) arguments.push_back(argument(kQueryId, ""));
  arguments.push_back(argument(kPrepare, "ns"));
  add_measures(arguments, known, true);
  return arguments;
}

}  // namespace

std::vector<EventClass> execution_classes(const KnownOfExecutions& known) {
  using namespace execution_class;
  using Subject = EventClass::Subject;
  std::vector<EventClass> classes;
  const auto add = [&](ExecutionClass id, Subject subject, std::string_view name,
                       std::vector<ArgumentType> arguments) {
    classes.push_back({id_of(id), subject, std::string(name), std::move(arguments)});
  };
  const std::vector<ArgumentType> measured = common(known);
  std::vector<ArgumentType> completed = measured;
  add_measures(completed, known, false);
  std::vector<ArgumentType> failed = measured;
  if (known.sqlstates)
    failed.push_back(argument(execution_argument::kSqlstate, "", ArgumentType::Kind::kString));
  add(ExecutionClass::kCompleted, Subject::kExecution, kCompleted, completed);
  add(ExecutionClass::kFailed, Subject::kExecution, kFailed, std::move(failed));
  add(ExecutionClass::kSuspended, Subject::kExecution, kSuspended, std::move(completed));
  add(ExecutionClass::kNotRun, Subject::kExecution, kNotRun, {});
  add(ExecutionClass::kOfLeader, Subject::kExecution, kOfLeader,
      {argument(execution_argument::kLeader, "")});
  add(ExecutionClass::kRunning, Subject::kExecution, kRunning,
      {argument(execution_argument::kRunningFor, "ns")});
  add(ExecutionClass::kIdleInTransaction, Subject::kThread, kIdleInTransaction,
      {argument(execution_argument::kAborted, ""),
       argument(execution_argument::kRunningFor, "ns")});
  add(ExecutionClass::kError, Subject::kThread, kError,
      {argument(execution_argument::kSeverity, "", ArgumentType::Kind::kString),
       argument(execution_argument::kSqlstate, "", ArgumentType::Kind::kString),
       argument(execution_argument::kMessage, "", ArgumentType::Kind::kString)});
  add(ExecutionClass::kProcessEnded, Subject::kExecution, kProcessEnded, {});
  add(ExecutionClass::kSession, Subject::kExecution, kSession,
      {argument(execution_argument::kApplication, "", ArgumentType::Kind::kString),
       argument(execution_argument::kUser, "", ArgumentType::Kind::kString),
       argument(execution_argument::kSessionUser, "", ArgumentType::Kind::kString)});
  add(ExecutionClass::kOfText, Subject::kExecution, kOfText,
      {argument(execution_argument::kText, "", ArgumentType::Kind::kText)});
  return classes;
}

}  // namespace pgrec
