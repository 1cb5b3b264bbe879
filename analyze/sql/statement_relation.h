// The relation `statements`: what the executions of each come to, by passes over them.
#pragma once

#include <memory>

#include "analyze/sql/relation.h"
#include "analyze/sql/set_source.h"

namespace pgrec {

std::shared_ptr<Relation> statement_relation(std::shared_ptr<SetSource> source);

}  // namespace pgrec
