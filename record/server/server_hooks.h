// Finds what the query hooks need of a server: the functions to put them on, and where its build
// keeps what they read. It takes this from the symbols and the code, and checks it: what does not
// look as expected is left out, and is missing from the recording.
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
  int major = 0;                 // version of the server; 0: not known
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
// argument there. Nothing where `code`, that function's at `address`, does no such thing.
std::optional<std::uint32_t> find_portal_statements(ByteView code, std::uint64_t address);

// Where the errors that are being handled are kept: errcode() writes its argument into the
// innermost of them.
struct ErrorStack {
  std::uint64_t depth = 0;     // address of the index of the innermost (int)
  std::uint64_t errors = 0;    // address of the first
  std::uint32_t bytes = 0;     // of one
  std::uint32_t sqlstate = 0;  // offset in one
  bool operator==(const ErrorStack&) const = default;
};
// Nothing where `code`, that function's at `address`, does no such thing.
std::optional<ErrorStack> find_error_stack(ByteView code, std::uint64_t address);

}  // namespace pgrec
