#include "analyze/sql/open_relations.h"

#include <utility>

#include "analyze/sql/list_relation.h"
#include "format/error.h"
#include "format/trace/trace_reader.h"

namespace pgrec {
namespace {

ListRelation::Rows meta_rows(const std::vector<std::string>& files) {
  ListRelation::Rows rows;
  for (const std::string& file : files) {
    const TraceReader trace(file);
    for (const auto& [fact, value] : trace.metadata())
      rows.push_back({fact, value});
    rows.push_back({"trace.file", trace.name()});
    rows.push_back({"trace.bytes", std::to_string(trace.size_bytes())});
  }
  return rows;
}

}  // namespace

std::vector<std::shared_ptr<Relation>> open_relations(const std::vector<std::string>& files) {
  using Kind = RelationColumn::Kind;
  return {std::make_shared<ListRelation>(
      "meta", std::vector<RelationColumn>{{"key", Kind::kText}, {"value", Kind::kText}},
      [files] { return meta_rows(files); })};
}

}  // namespace pgrec
