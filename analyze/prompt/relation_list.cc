#include "analyze/prompt/relation_list.h"

#include "format/print/join.h"

namespace pgrec {

const std::vector<DocumentedRelation>& documented_relations() {
  static const std::vector<DocumentedRelation> relations = {
      {"meta", "a fact about the recording"},
      {"functions", "a probed function"},
      {"calls", "a call"},
      {"executions", "a run of a statement in a backend"},
      {"preparations", "what was only parsed or bound"},
      {"worker_runs", "what a parallel worker ran of an execution"},
      {"statements", "the executions of one statement"},
      {"idle_in_transaction", "a time between two executions of a transaction"},
      {"errors", "an error that the server reported"},
      {"events", "a hit of a class, such as a USDT probe, with its arguments"},
      {"function_times", "the calls of a function in an execution"},
      {"processes", "a process of the server"},
      {"losses", "events that were lost, by cause"},
      {"clocks", "one moment on the clocks of the trace and of the wall"},
      {"damages", "bytes of the trace that cannot be read"},
  };
  return relations;
}

std::string relations_hint() {
  std::vector<std::string> names;
  for (const DocumentedRelation& relation : documented_relations())
    names.emplace_back(relation.name);
  return "the relations are " + enumerate(names, "and");
}

std::vector<std::string> columns_of_relation(const Database& database, const std::string& name) {
  std::vector<std::string> columns;
  auto statement = database.prepare("SELECT name FROM pragma_table_info(?) ORDER BY cid");
  statement.bind(1, name);
  while (statement.step())
    columns.push_back(statement.text(0));
  return columns;
}

}  // namespace pgrec
