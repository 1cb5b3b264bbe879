#include "analyze/sql/extension.h"

#include <map>
#include <utility>

#include "analyze/sql/functions.h"
#include "analyze/sql/virtual_table.h"
#include "format/error.h"

namespace pgrec {
namespace {

// The sets that a connection has open, for all of its table functions.
class OpenSets {
 public:
  explicit OpenSets(OpenRelations open) : open_(std::move(open)) {}

  std::shared_ptr<Relation> relation(const std::string& name,
                                     const std::vector<std::string>& files) {
    auto found = sets_.find(files);
    if (found == sets_.end()) found = sets_.emplace(files, open_(files)).first;
    for (const auto& relation : found->second) {
      if (relation->name() == name) return relation;
    }
    throw Error("a trace without the relation " + name);
  }

 private:
  OpenRelations open_;
  std::map<std::vector<std::string>, std::vector<std::shared_ptr<Relation>>> sets_;
};

}  // namespace

void add_trace_functions(sqlite3* connection, OpenRelations open) {
  add_functions(connection);
  const auto shapes = open({});
  const auto sets = std::make_shared<OpenSets>(std::move(open));
  for (const auto& shape : shapes) {
    const std::string name = shape->name();
    add_table_function(connection, "pgrec_" + name, shape,
                       [sets, name](const std::vector<std::string>& files) {
                         return sets->relation(name, files);
                       });
  }
}

}  // namespace pgrec
