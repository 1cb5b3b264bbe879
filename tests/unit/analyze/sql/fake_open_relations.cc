// The relations of an extension for tests: `files` has the names it was given, `opened` how often.
#include <cstdint>
#include <memory>

#include "analyze/sql/list_relation.h"
#include "analyze/sql/open_relations.h"
#include "format/error.h"

namespace pgrec {
namespace {

std::int64_t opened = 0;

}  // namespace

std::vector<std::shared_ptr<Relation>> open_relations(const std::vector<std::string>& files) {
  using Kind = RelationColumn::Kind;
  if (!files.empty()) ++opened;
  if (files == std::vector<std::string>{"missing"}) throw Error("cannot read missing: not there");
  const auto names = [files] {
    ListRelation::Rows rows;
    for (const std::string& file : files)
      rows.push_back({file, static_cast<std::int64_t>(file.size())});
    return rows;
  };
  return {std::make_shared<ListRelation>(
              "files", std::vector<RelationColumn>{{"name", Kind::kText}, {"bytes"}}, names),
          std::make_shared<ListRelation>("opened", std::vector<RelationColumn>{{"times"}},
                                         [] { return ListRelation::Rows{{opened}}; })};
}

}  // namespace pgrec
