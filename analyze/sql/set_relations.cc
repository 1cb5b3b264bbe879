#include "analyze/sql/set_relations.h"

#include <utility>

#include "analyze/sql/call_relation.h"
#include "analyze/sql/event_relation.h"
#include "analyze/sql/execution_relation.h"
#include "analyze/sql/function_relation.h"
#include "analyze/sql/pass_relations.h"
#include "analyze/sql/set_source.h"
#include "analyze/sql/statement_relation.h"
#include "analyze/sql/table_relations.h"

namespace pgrec {
std::vector<std::shared_ptr<Relation>> set_relations(std::shared_ptr<Analysis> analysis) {
  const auto source = std::make_shared<SetSource>(std::move(analysis));
  const auto tables = table_relations(source);
  std::vector<std::shared_ptr<Relation>> all;
  all.push_back(tables.front());
  all.push_back(function_relation(source));
  all.push_back(std::make_shared<CallRelation>(source));
  for (const ExecutionFacts::Kind kind :
       {ExecutionFacts::Kind::kRun, ExecutionFacts::Kind::kPreparation,
        ExecutionFacts::Kind::kWorkerRun})
    all.push_back(std::make_shared<ExecutionRelation>(source, kind));
  all.push_back(statement_relation(source));
  all.push_back(idle_relation(source));
  all.push_back(error_relation(source));
  all.push_back(std::make_shared<EventRelation>(source));
  all.push_back(function_times_relation(source));
  all.insert(all.end(), tables.begin() + 1, tables.end());
  return all;
}

std::vector<std::shared_ptr<Relation>> set_relations(Analysis& analysis) {
  return set_relations(std::shared_ptr<Analysis>(&analysis, [](Analysis*) {}));
}

}  // namespace pgrec
