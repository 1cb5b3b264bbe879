#include "record/binary/debug_symbols.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>

#include <cstdlib>
#include <memory>
#include <optional>

namespace pgrec {
namespace {

// As long as it lives, libdwfl does not know of servers that have debug files.
class WithoutServers {
 public:
  WithoutServers() {
    if (const char* urls = std::getenv(kVariable)) urls_ = urls;
    ::unsetenv(kVariable);
  }
  ~WithoutServers() {
    if (urls_) ::setenv(kVariable, urls_->c_str(), 1);
  }
  WithoutServers(const WithoutServers&) = delete;
  WithoutServers& operator=(const WithoutServers&) = delete;

 private:
  static constexpr const char* kVariable = "DEBUGINFOD_URLS";
  std::optional<std::string> urls_;
};

// The directories are relative to the file's own, or absolute and then with its own behind them.
char kDirectories[] = "+:.debug:/usr/lib/debug";
char* directories = kDirectories;

struct EndDwfl {
  void operator()(Dwfl* dwfl) const { dwfl_end(dwfl); }
};

// A binary and what was found of its debug information.
struct Opened {
  WithoutServers without_servers;
  std::unique_ptr<Dwfl, EndDwfl> dwfl;
  Dwfl_Module* module = nullptr;

  explicit Opened(const std::string& path) {
    static const Dwfl_Callbacks callbacks = {dwfl_build_id_find_elf, dwfl_standard_find_debuginfo,
                                             dwfl_offline_section_address, &directories};
    dwfl.reset(dwfl_begin(&callbacks));
    if (dwfl) module = dwfl_report_offline(dwfl.get(), path.c_str(), path.c_str(), -1);
    if (module) dwfl_report_end(dwfl.get(), nullptr, nullptr);
  }
};

std::string debug_file(Dwfl_Module* module) {
  const char* main_file = nullptr;
  const char* file = nullptr;
  dwfl_module_info(module, nullptr, nullptr, nullptr, nullptr, nullptr, &main_file, &file);
  return file && main_file && std::string(file) != main_file ? file : "";
}

}  // namespace

DebugSymbols read_debug_symbols(const std::string& path, const Code& code) {
  DebugSymbols found;
  const Opened opened(path);
  if (!opened.module) return found;
  const int count = dwfl_module_getsymtab(opened.module);
  GElf_Addr bias = 0;
  Elf* main_elf = dwfl_module_getelf(opened.module, &bias);
  if (!main_elf) return found;
  found.debug_file = debug_file(opened.module);
  for (int i = 0; i < count; ++i) {
    GElf_Sym symbol;
    GElf_Addr address = 0;
    GElf_Word section = 0;
    Elf* elf = nullptr;
    const char* name =
        dwfl_module_getsym_info(opened.module, i, &symbol, &address, &section, &elf, nullptr);
    if (!name || !*name || elf == main_elf || section == SHN_UNDEF ||
        GELF_ST_TYPE(symbol.st_info) != STT_FUNC) {
      continue;
    }
    const auto offset = code.file_offset(address - bias);
    if (!offset) continue;
    found.functions.push_back(
        {name, *offset, address - bias, symbol.st_size,
         found.debug_file.empty() ? SymbolSource::kMiniDebugInfo : SymbolSource::kDebugFile});
  }
  return found;
}

bool is_inlined_function(const std::string& path, const std::string& name) {
  const Opened opened(path);
  if (!opened.module) return false;
  struct Search {
    const std::string& name;
    bool found = false;
  } search{name};
  const auto look = [](Dwarf_Die* function, void* data) {
    auto& wanted = *static_cast<Search*>(data);
    const char* its_name = dwarf_diename(function);
    if (!its_name || wanted.name != its_name || dwarf_func_inline(function) == 0)
      return static_cast<int>(DWARF_CB_OK);
    wanted.found = true;
    return static_cast<int>(DWARF_CB_ABORT);
  };
  Dwarf_Addr bias = 0;
  for (Dwarf_Die* unit = nullptr;
       !search.found && (unit = dwfl_module_nextcu(opened.module, unit, &bias));) {
    dwarf_getfuncs(unit, look, &search, 0);
  }
  return search.found;
}

}  // namespace pgrec
