// What the databases of the recorded clusters are called, by their OIDs: a process without a client
// knows no more of its own. Their clients' names tell, and for the rest the catalog as it stood on
// disk when it was first asked.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "bpf/wire_identity.h"
#include "format/table/tables.h"
#include "record/host/file_identity.h"

namespace pgrec {

class DatabaseNames {
 public:
  // Of the process `pid`, which is `who`, as `identity` says: notes what its database is called, or
  // adds that where `who` has none.
  void complete(std::uint32_t pid, const wire_identity& identity, ProcessWho& who);

 private:
  using Names = std::map<std::uint32_t, std::string>;
  // Those of the process's cluster; one that is gone is of the only cluster there is, if it is one.
  Names* names_of(std::uint32_t pid);

  std::map<FileIdentity, Names> clusters_;  // by their control files
};

}  // namespace pgrec
