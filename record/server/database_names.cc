#include "record/server/database_names.h"

#include "record/host/proc_path.h"
#include "record/server/control_file.h"
#include "record/server/database_encodings.h"

namespace pgrec {

DatabaseNames::Names* DatabaseNames::names_of(std::uint32_t pid) {
  const auto cluster = identity(proc_path(pid, "cwd/global/pg_control"));
  if (!cluster) return clusters_.size() == 1 ? &clusters_.begin()->second : nullptr;
  const auto [known, is_new] = clusters_.try_emplace(*cluster);
  if (is_new) {
    if (const auto control = read_control_file(pid))
      known->second = read_database_names(pid, control->block_bytes);
  }
  return &known->second;
}

void DatabaseNames::complete(std::uint32_t pid, const wire_identity& identity, ProcessWho& who) {
  // Any process shows which cluster there is, also to those that are gone when they are looked at.
  Names* const names = names_of(pid);
  if (!names || identity.database == 0) return;
  if (!who.database.empty()) {
    (*names)[identity.database] = who.database;
  } else if (const auto found = names->find(identity.database); found != names->end()) {
    who.database = found->second;
  }
}

}  // namespace pgrec
