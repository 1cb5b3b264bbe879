// Finds what the query hooks need of a server: the functions to put them on, and where its build
// keeps what they read. It takes this from the symbols and the code, and checks it: what does not
// look as expected is left out, and is missing from the recording. So is what is only known to be
// right in other versions.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bpf/wire_server.h"
#include "format/postgres/measures.h"
#include "record/binary/code.h"
#include "record/binary/elf_image.h"
#include "record/kernel/sites.h"

namespace pgrec {

// A function of the server that a hook is put on, and where in it.
struct FoundHook {
  Symbol function;
  HookSite site;
};

struct ServerHooks {
  int major = 0;                 // version of the server; 0: none whose structures are known
  std::vector<FoundHook> found;  // the activity function first
  wire_server server{};          // as the kernel side needs it
  KnownOfExecutions known;
  std::vector<std::string> missing;  // what is not known, and why

  std::vector<HookSite> sites() const;  // of `found`, in their order
};

// Of the server `image`, with its `code`. Nothing where it does not report its activity: then it is
// no PostgreSQL server.
std::optional<ServerHooks> find_server_hooks(const ElfImage& image, const Code& code);

// Where a Portal has its list of plans (PortalData.stmts): PortalDefineQuery() stores its fifth
// argument there. Nothing where it does no such thing.
std::optional<std::uint32_t> find_portal_statements(const ElfImage& image, const Code& code);

}  // namespace pgrec
