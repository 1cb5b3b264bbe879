#include "analyze/sql/set_relations.h"

#include <utility>

#include "analyze/sql/call_relation.h"
#include "analyze/sql/database_file.h"
#include "analyze/sql/event_relation.h"
#include "analyze/sql/execution_relation.h"
#include "analyze/sql/pass_relations.h"
#include "analyze/sql/set_source.h"
#include "analyze/sql/table_relations.h"

namespace pgrec {
namespace {

std::vector<std::vector<std::string>> indexes_of(const std::string& relation) {
  if (relation == "calls") return {{"execution_id"}};
  if (relation == "executions") return {{"pid", "ts_ns"}, {"statement_id"}};
  if (relation == "function_times") return {{"execution_id"}};
  return {};
}

}  // namespace

const char* const kRelationsHint =
    "the relations are meta, functions, calls, executions, preparations, worker_runs, statements, "
    "idle_in_transaction, errors, events, function_times, processes, losses, damages and clocks";

std::vector<std::shared_ptr<Relation>> set_relations(std::shared_ptr<Analysis> analysis) {
  using Kind = ExecutionFacts::Kind;
  const auto source = std::make_shared<SetSource>(std::move(analysis));
  const auto tables = table_relations(source);
  std::vector<std::shared_ptr<Relation>> all;
  all.push_back(tables.front());
  all.push_back(function_relation(source));
  all.push_back(std::make_shared<CallRelation>(source));
  for (const Kind kind : {Kind::kRun, Kind::kPreparation, Kind::kWorkerRun})
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

void write_database(Analysis& analysis, const std::string& path, bool force) {
  Database database;
  std::vector<FileTable> tables;
  FileTable damages;
  for (const auto& relation : set_relations(analysis)) {
    database.add(relation);
    FileTable table{relation->name(), {}, indexes_of(relation->name())};
    for (const RelationColumn& column : relation->columns()) {
      if (column.is_key) table.key = column.name;
    }
    // What is damaged is known when all has been read.
    if (table.name == "damages")
      damages = std::move(table);
    else
      tables.push_back(std::move(table));
  }
  tables.push_back(std::move(damages));
  write_database_file(database, path, force, tables);
}

}  // namespace pgrec
