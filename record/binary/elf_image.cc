#include "record/binary/elf_image.h"

#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <span>
#include <tuple>

#include "format/error.h"
#include "format/frame/file.h"
#include "format/print/number.h"
#include "record/binary/command_tags.h"
#include "record/binary/eh_frame.h"
#include "record/host/descriptor.h"

namespace pgrec {
namespace {

struct EndElf {
  void operator()(Elf* elf) const { elf_end(elf); }
};
using ElfHandle = std::unique_ptr<Elf, EndElf>;

constexpr GElf_Half kThisMachine = EM_X86_64;
const std::string kThisKind = "x86-64";

// "a 32-bit program for i386".
std::string kind_of(const GElf_Ehdr& header) {
  struct Machine {
    GElf_Half number;
    const char* name;
  };
  static constexpr std::array<Machine, 7> kMachines = {{{EM_386, "i386"},
                                                        {EM_X86_64, "x86-64"},
                                                        {EM_ARM, "ARM"},
                                                        {EM_AARCH64, "ARM64"},
                                                        {EM_PPC64, "POWER"},
                                                        {EM_S390, "s390x"},
                                                        {EM_RISCV, "RISC-V"}}};
  const auto* known = std::find_if(kMachines.begin(), kMachines.end(), [&](const Machine& one) {
    return one.number == header.e_machine;
  });
  return std::string(header.e_ident[EI_CLASS] == ELFCLASS32 ? "a 32-bit program for "
                                                            : "a program for ") +
         (known == kMachines.end() ? "another processor" : known->name);
}

std::vector<GElf_Phdr> load_segments(Elf* elf) {
  std::vector<GElf_Phdr> segments;
  std::size_t count = 0;
  elf_getphdrnum(elf, &count);
  for (std::size_t i = 0; i < count; ++i) {
    GElf_Phdr segment;
    if (gelf_getphdr(elf, static_cast<int>(i), &segment) && segment.p_type == PT_LOAD) {
      segments.push_back(segment);
    }
  }
  return segments;
}

std::optional<std::uint64_t> file_offset(std::span<const GElf_Phdr> segments,
                                         std::uint64_t address) {
  for (const GElf_Phdr& segment : segments) {
    if (address >= segment.p_vaddr && address - segment.p_vaddr < segment.p_filesz) {
      return address - segment.p_vaddr + segment.p_offset;
    }
  }
  return std::nullopt;
}

void read_symbols(Elf* elf, Elf_Scn* section, const GElf_Shdr& header,
                  std::span<const GElf_Phdr> segments, ElfImage& image) {
  Elf_Data* data = elf_getdata(section, nullptr);
  if (!data || header.sh_entsize == 0) return;
  const auto count = static_cast<int>(header.sh_size / header.sh_entsize);
  const SymbolSource source =
      header.sh_type == SHT_DYNSYM ? SymbolSource::kDynsym : SymbolSource::kSymtab;
  for (int i = 0; i < count; ++i) {
    GElf_Sym symbol;
    if (!gelf_getsym(data, i, &symbol)) continue;
    const char* name = elf_strptr(elf, header.sh_link, symbol.st_name);
    if (!name || !*name || symbol.st_shndx == SHN_UNDEF) continue;
    if (GELF_ST_TYPE(symbol.st_info) == STT_FUNC) {
      if (const auto offset = file_offset(segments, symbol.st_value))
        image.functions.push_back({name, *offset, symbol.st_value, symbol.st_size, source});
    } else if (GELF_ST_TYPE(symbol.st_info) == STT_OBJECT) {
      const bool is_global = GELF_ST_BIND(symbol.st_info) == STB_GLOBAL;
      (is_global ? image.variables : image.locals)
          .push_back({name, symbol.st_value, symbol.st_size});
    }
  }
}

std::string read_build_id(Elf_Scn* section) {
  Elf_Data* data = elf_getdata(section, nullptr);
  GElf_Nhdr note;
  std::size_t name_at = 0;
  std::size_t id_at = 0;
  if (!data || gelf_getnote(data, 0, &note, &name_at, &id_at) == 0) return {};
  if (note.n_type != NT_GNU_BUILD_ID) return {};
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  const auto* id = static_cast<const std::uint8_t*>(data->d_buf) + id_at;
  for (std::size_t i = 0; i < note.n_descsz; ++i) {
    hex.push_back(kDigits[id[i] >> 4]);
    hex.push_back(kDigits[id[i] & 15]);
  }
  return hex;
}

// What version() answers ("PostgreSQL 15.18 (Debian …) on x86_64-…") stands as a constant in every
// server.
std::string read_server_version(Elf_Scn* section) {
  static constexpr std::string_view kStart = "PostgreSQL ";
  static constexpr std::string_view kEnd = " on ";
  Elf_Data* data = elf_getdata(section, nullptr);
  if (!data || !data->d_buf) return {};
  const std::string_view bytes(static_cast<const char*>(data->d_buf), data->d_size);
  for (std::size_t at = bytes.find(kStart); at != bytes.npos; at = bytes.find(kStart, at + 1)) {
    std::string_view text = bytes.substr(at + kStart.size());
    text = text.substr(0, text.find('\0'));
    const std::size_t end = text.find(kEnd);
    if (end != text.npos && text.find(", compiled by ") != text.npos && text[0] >= '0' &&
        text[0] <= '9') {
      return std::string(text.substr(0, end));
    }
  }
  return {};
}

void add_relocations(Elf_Scn* section, const GElf_Shdr& header, LoadedData& data) {
  Elf_Data* table = elf_getdata(section, nullptr);
  if (!table || header.sh_entsize == 0) return;
  for (std::size_t i = 0; i < header.sh_size / header.sh_entsize; ++i) {
    GElf_Rela one;
    if (gelf_getrela(table, static_cast<int>(i), &one) &&
        GELF_R_TYPE(one.r_info) == R_X86_64_RELATIVE)
      data.relocated.emplace(one.r_offset, static_cast<std::uint64_t>(one.r_addend));
  }
}

// Borrows from `elf`.
LoadedData loaded_data(Elf* elf) {
  LoadedData data;
  for (Elf_Scn* section = nullptr; (section = elf_nextscn(elf, section));) {
    GElf_Shdr header;
    if (!gelf_getshdr(section, &header) || (header.sh_flags & SHF_ALLOC) == 0) continue;
    if (header.sh_type == SHT_RELA) add_relocations(section, header, data);
    if (header.sh_type != SHT_PROGBITS || (header.sh_flags & SHF_EXECINSTR) != 0) continue;
    const Elf_Data* bytes = elf_rawdata(section, nullptr);
    if (!bytes || !bytes->d_buf) continue;
    data.sections.push_back(
        {header.sh_addr, {static_cast<const std::uint8_t*>(bytes->d_buf), bytes->d_size}});
  }
  return data;
}

// A USDT probe's note holds three addresses and three strings: where the probe is, where
// .stapsdt.base was when the note was written, where its semaphore is (0: none); then provider,
// name and arguments. A program that moved sections afterwards (prelink) left the notes as they
// were, so the addresses have moved by as much as .stapsdt.base has.
void read_usdt_sites(Elf_Scn* section, std::optional<std::uint64_t> base_now,
                     std::span<const GElf_Phdr> segments, std::vector<UsdtSite>& sites) {
  constexpr GElf_Word kProbe = 3;  // NT_STAPSDT
  constexpr std::size_t kAddressesBytes = 3 * sizeof(std::uint64_t);
  Elf_Data* data = elf_getdata(section, nullptr);
  if (!data || !data->d_buf) return;
  GElf_Nhdr note;
  std::size_t name_at = 0;
  std::size_t content_at = 0;
  for (std::size_t at = 0; (at = gelf_getnote(data, at, &note, &name_at, &content_at)) > 0;) {
    if (note.n_type != kProbe || note.n_descsz < kAddressesBytes) continue;
    const std::string_view content(static_cast<const char*>(data->d_buf) + content_at,
                                   note.n_descsz);
    std::array<std::uint64_t, 3> addresses{};
    std::memcpy(addresses.data(), content.data(), kAddressesBytes);
    const std::uint64_t moved = base_now && addresses[1] != 0 ? *base_now - addresses[1] : 0;
    std::array<std::string, 3> words;
    std::size_t word_at = kAddressesBytes;
    for (std::string& word : words) {
      const std::size_t end = std::min(content.find('\0', word_at), content.size());
      if (word_at < end) word = content.substr(word_at, end - word_at);
      word_at = end + 1;
    }
    const auto offset = file_offset(segments, addresses[0] + moved);
    const auto semaphore = file_offset(segments, addresses[2] + moved);
    // Without its counter a probe would be in place and never reached.
    if (!offset || words[1].empty() || (addresses[2] != 0 && !semaphore)) continue;
    sites.push_back({words[0], words[1], addresses[0] + moved, *offset,
                     addresses[2] == 0 ? 0 : *semaphore, words[2]});
  }
}

// `path`, open as an ELF file of this processor's kind.
struct OpenElf {
  explicit OpenElf(const std::string& path)
      : descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
    if (!descriptor.is_open())
      throw Error(fmt::format("cannot open {}: {}", path, reason_of(errno)));
    elf_version(EV_CURRENT);
    elf.reset(elf_begin(descriptor.get(), ELF_C_READ, nullptr));
    if (!elf || elf_kind(elf.get()) != ELF_K_ELF || !gelf_getehdr(elf.get(), &header)) {
      throw Error(fmt::format("cannot probe {}: it is not an ELF file", path),
                  "-x takes an executable or a shared library, for a server usually "
                  "/usr/lib/postgresql/VERSION/bin/postgres");
    }
    if (header.e_machine != kThisMachine || header.e_ident[EI_CLASS] != ELFCLASS64) {
      throw Error(fmt::format("cannot probe {}: it is {}, and pgrec probes {} programs only", path,
                              kind_of(header), kThisKind),
                  "name another binary with -x, one that is built for this machine");
    }
  }
  Descriptor descriptor;
  ElfHandle elf;
  GElf_Ehdr header{};
};

template <typename Item, typename Key>
void sort_without_doubles(std::vector<Item>& items, Key key) {
  std::stable_sort(items.begin(), items.end(),
                   [&](const Item& a, const Item& b) { return key(a) < key(b); });
  items.erase(std::unique(items.begin(), items.end(),
                          [&](const Item& a, const Item& b) { return key(a) == key(b); }),
              items.end());
}

std::optional<Variable> the_one(const std::vector<Variable>& variables, std::string_view name) {
  const auto by_name = [](const Variable& a, const Variable& b) { return a.name < b.name; };
  const auto [first, last] = std::equal_range(variables.begin(), variables.end(),
                                              Variable{std::string(name), 0, 0}, by_name);
  if (last - first != 1) return std::nullopt;
  return *first;
}

}  // namespace

std::vector<Symbol> ElfImage::find(std::string_view name) const {
  const auto by_name = [](const Symbol& a, const Symbol& b) { return a.name < b.name; };
  const auto [first, last] =
      std::equal_range(functions.begin(), functions.end(), Symbol{std::string(name)}, by_name);
  return {first, last};
}

std::optional<Variable> ElfImage::find_variable(std::string_view name) const {
  return the_one(variables, name);
}

std::optional<Variable> ElfImage::find_local(std::string_view name) const {
  return the_one(locals, name);
}

void ElfImage::add(std::vector<Symbol> more) {
  functions.insert(functions.end(), std::make_move_iterator(more.begin()),
                   std::make_move_iterator(more.end()));
  sort_without_doubles(functions, [](const Symbol& s) { return std::tie(s.name, s.file_offset); });
}

std::vector<std::uint64_t> function_starts(const ElfImage& image) {
  std::vector<std::uint64_t> starts;
  for (const Symbol& function : image.functions) {
    if (function.name.find(".cold") == std::string::npos) starts.push_back(function.address);
  }
  std::sort(starts.begin(), starts.end());
  starts.erase(std::unique(starts.begin(), starts.end()), starts.end());
  return starts;
}

ElfImage read_elf(const std::string& path) {
  const OpenElf file(path);
  const ElfHandle& elf = file.elf;
  ElfImage image;
  const auto segments = load_segments(elf.get());
  std::size_t names = 0;
  elf_getshdrstrndx(elf.get(), &names);
  std::vector<Elf_Scn*> usdt_notes;
  std::optional<std::uint64_t> usdt_base;
  for (Elf_Scn* section = nullptr; (section = elf_nextscn(elf.get(), section));) {
    GElf_Shdr section_header;
    if (!gelf_getshdr(section, &section_header)) continue;
    const char* name = elf_strptr(elf.get(), names, section_header.sh_name);
    if (section_header.sh_type == SHT_DYNSYM || section_header.sh_type == SHT_SYMTAB) {
      read_symbols(elf.get(), section, section_header, segments, image);
    } else if (name && std::strcmp(name, ".note.gnu.build-id") == 0) {
      image.build_id = read_build_id(section);
    } else if (name && std::strcmp(name, ".rodata") == 0) {
      image.server_version = read_server_version(section);
    } else if (name && std::strcmp(name, ".note.stapsdt") == 0) {
      usdt_notes.push_back(section);
    } else if (name && std::strcmp(name, ".stapsdt.base") == 0) {
      usdt_base = section_header.sh_addr;
    }
  }
  for (Elf_Scn* section : usdt_notes)
    read_usdt_sites(section, usdt_base, segments, image.usdt_sites);
  std::sort(
      image.usdt_sites.begin(), image.usdt_sites.end(), [](const UsdtSite& a, const UsdtSite& b) {
        return std::tie(a.provider, a.name, a.address) < std::tie(b.provider, b.name, b.address);
      });
  if (!image.server_version.empty()) image.command_tags = find_command_tags(loaded_data(elf.get()));
  image.entry = file.header.e_entry;
  image.add({});
  for (auto* variables : {&image.variables, &image.locals}) {
    sort_without_doubles(*variables,
                         [](const Variable& v) { return std::tie(v.name, v.address, v.bytes); });
  }
  return image;
}

Code read_code(const std::string& path) {
  const OpenElf file(path);
  Code code;
  for (const GElf_Phdr& segment : load_segments(file.elf.get())) {
    if ((segment.p_flags & PF_X) == 0 || segment.p_filesz == 0) continue;
    Elf_Data* data = elf_getdata_rawchunk(
        file.elf.get(), static_cast<std::int64_t>(segment.p_offset), segment.p_filesz, ELF_T_BYTE);
    if (!data || !data->d_buf) continue;
    const auto* first = static_cast<const std::uint8_t*>(data->d_buf);
    code.segments.push_back({segment.p_vaddr, segment.p_offset, {first, first + data->d_size}});
  }
  std::size_t names = 0;
  elf_getshdrstrndx(file.elf.get(), &names);
  for (Elf_Scn* section = nullptr; (section = elf_nextscn(file.elf.get(), section));) {
    GElf_Shdr header;
    if (!gelf_getshdr(section, &header) || header.sh_type == SHT_NOBITS) continue;
    const char* name = elf_strptr(file.elf.get(), names, header.sh_name);
    if (!name || std::strcmp(name, ".eh_frame") != 0) continue;
    const Elf_Data* data = elf_rawdata(section, nullptr);
    if (!data || !data->d_buf) continue;
    code.pieces = frame_extents({static_cast<const std::uint8_t*>(data->d_buf), data->d_size},
                                header.sh_addr);
  }
  return code;
}

int major_version(const std::string& server_version) {
  return parse_number<int>(leading_digits(server_version)).value_or(0);
}

}  // namespace pgrec
