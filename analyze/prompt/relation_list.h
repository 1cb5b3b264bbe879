// The relations of pgrec sql that are documented, for those who ask what there is.
#pragma once

#include <string>
#include <vector>

#include "analyze/sql/database.h"

namespace pgrec {

struct DocumentedRelation {
  const char* name;
  const char* row;  // what one of its rows is
};

// In the order of the manual page.
const std::vector<DocumentedRelation>& documented_relations();

// "the relations are meta, functions, ... and damages": for hints.
std::string relations_hint();

// The names of the relation's columns in `database`, in their order; empty where it has none.
std::vector<std::string> columns_of_relation(const Database& database, const std::string& name);

}  // namespace pgrec
