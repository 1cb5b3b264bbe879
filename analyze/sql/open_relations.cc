#include "analyze/sql/open_relations.h"

#include "analyze/sql/set_relations.h"

namespace pgrec {

std::vector<std::shared_ptr<Relation>> open_relations(const std::vector<std::string>& files) {
  if (files.empty()) return set_relations(std::shared_ptr<Analysis>());
  return set_relations(std::make_shared<Analysis>(files, Filters{}, 0));
}

}  // namespace pgrec
