#include "record/probes/usdt_arguments.h"

#include <linux/ptrace.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>
#include <regex>
#include <sstream>
#include <string>

#include "format/print/number.h"

namespace pgrec {
namespace {

struct Register {
  std::string_view stem;  // what is common to its names, see register_of
  std::size_t offset;
};

// Those with names of their own for each size: rax eax ax al, rsi esi si sil; rbp stands for ebp,
// bp and bpl.
constexpr std::array<Register, 9> kNamed = {{{"a", offsetof(pt_regs, rax)},
                                             {"b", offsetof(pt_regs, rbx)},
                                             {"c", offsetof(pt_regs, rcx)},
                                             {"d", offsetof(pt_regs, rdx)},
                                             {"si", offsetof(pt_regs, rsi)},
                                             {"di", offsetof(pt_regs, rdi)},
                                             {"bp", offsetof(pt_regs, rbp)},
                                             {"sp", offsetof(pt_regs, rsp)},
                                             {"ip", offsetof(pt_regs, rip)}}};
// r8 to r15, with d, w or b behind it for its lower parts.
constexpr std::array<std::size_t, 8> kNumbered = {
    offsetof(pt_regs, r8),  offsetof(pt_regs, r9),  offsetof(pt_regs, r10), offsetof(pt_regs, r11),
    offsetof(pt_regs, r12), offsetof(pt_regs, r13), offsetof(pt_regs, r14), offsetof(pt_regs, r15)};

// Where a register, named without %, stands in struct pt_regs: bytes.
std::optional<std::uint16_t> register_of(const std::string& name) {
  static const std::regex kNumberedName("r(8|9|1[0-5])[dwb]?");
  static const std::regex kLetterName("[re]?([abcd])x|([abcd])([lh])");
  static const std::regex kOtherName("[re]?(si|di|bp|sp|ip)|(si|di|bp|sp)l");
  std::smatch parts;
  if (std::regex_match(name, parts, kNumberedName)) {
    return static_cast<std::uint16_t>(
        kNumbered.at(parse_number<std::size_t>(parts[1].str()).value() - 8));
  }
  std::string stem;
  std::size_t within = 0;
  if (std::regex_match(name, parts, kLetterName)) {
    stem = parts[1].matched ? parts[1] : parts[2];
    within = parts[3] == "h" ? 1 : 0;  // ah is the second byte of ax
  } else if (std::regex_match(name, parts, kOtherName)) {
    stem = parts[1].matched ? parts[1] : parts[2];
  }
  for (const Register& known : kNamed) {
    if (known.stem == stem) return static_cast<std::uint16_t>(known.offset + within);
  }
  return std::nullopt;
}

// The memory operand OFFSET(BASE,INDEX,SCALE): any of them may be missing, and the offset may be a
// sum of numbers and the name of a variable. Such a name stands with %rip, which at a probe is the
// address of the site; the assembler would have taken the difference of the two.
std::optional<wire_argument> memory_operand(const std::string& text, const ElfImage& image,
                                            std::uint64_t address) {
  static const std::regex kForm(R"(([-+\w$.]*)\((?:%(\w+))?(?:,%(\w+)(?:,([1248]))?)?\))");
  static const std::regex kTerm(R"(([-+]?)(?:(\d+|0x[0-9a-f]+)|([A-Za-z_.$][\w.$]*)))");
  std::smatch parts;
  if (!std::regex_match(text, parts, kForm)) return std::nullopt;
  wire_argument argument{};
  argument.operand = WIRE_MEMORY;
  argument.base = argument.index = WIRE_NO_REGISTER;
  for (const int which : {2, 3}) {
    if (!parts[which].matched) continue;
    const auto found = register_of(parts[which]);
    if (!found) return std::nullopt;
    (which == 2 ? argument.base : argument.index) = *found;
  }
  if (parts[4].matched) {
    const int scale = parse_number<int>(parts[4].str()).value();
    argument.shift = static_cast<std::uint8_t>(scale == 8 ? 3 : scale / 2);
  }
  std::uint64_t value = 0;
  bool has_variable = false;
  std::string offset = parts[1];
  for (std::smatch term; !offset.empty(); offset = term.suffix()) {
    if (!std::regex_search(offset, term, kTerm, std::regex_constants::match_continuous))
      return std::nullopt;
    if (term[2].matched) {
      const std::uint64_t number = std::strtoull(term[2].str().c_str(), nullptr, 0);
      value += term[1] == "-" ? 0 - number : number;
      continue;
    }
    const auto variable = image.find_variable(term[3].str());
    if (!variable || term[1] == "-" || parts[2] != "rip") return std::nullopt;
    value += variable->address - address;
    has_variable = true;
  }
  if (parts[2] == "rip" && !has_variable) return std::nullopt;
  argument.value = static_cast<std::int64_t>(value);
  return argument;
}

// What PostgreSQL calls the arguments of its probes (src/backend/utils/probes.d, the same from 13
// to 18 but for those that came and went). "*": a pointer, of no use to anyone; "name*": a pointer
// to a name.
struct Signature {
  std::string_view probe;  // to its end, or the beginning of several's
  std::vector<std::string_view> names;
};

const std::vector<Signature>& signatures() {
  static const std::vector<Signature> kSignatures = {
      {"transaction__", {"local_xid"}},
      {"lwlock__", {"tranche*", "mode"}},
      {"lwlock__release", {"tranche*"}},
      {"lock__wait__", {"field1", "field2", "field3", "field4", "type", "mode"}},
      {"query__", {"*"}},
      {"statement__status", {"*"}},
      {"sort__start", {"kind", "unique", "keys", "work_mem_kb", "random_access", "parallel"}},
      {"sort__done", {"external", "space_used"}},
      {"buffer__read__start", {"fork", "block", "tablespace", "database", "relation", "backend"}},
      {"buffer__read__start",
       {"fork", "block", "tablespace", "database", "relation", "backend", "extend"}},
      {"buffer__read__done",
       {"fork", "block", "tablespace", "database", "relation", "backend", "hit"}},
      {"buffer__read__done",
       {"fork", "block", "tablespace", "database", "relation", "backend", "extend", "hit"}},
      {"buffer__extend__start",
       {"fork", "tablespace", "database", "relation", "backend", "extend_by"}},
      {"buffer__extend__done",
       {"fork", "tablespace", "database", "relation", "backend", "extended_by", "first_block"}},
      {"buffer__flush__", {"fork", "block", "tablespace", "database", "relation"}},
      {"buffer__write__dirty__", {"fork", "block", "tablespace", "database", "relation"}},
      {"buffer__checkpoint__start", {"flags"}},
      {"buffer__sync__start", {"buffers", "to_write"}},
      {"buffer__sync__written", {"buffer"}},
      {"buffer__sync__done", {"buffers", "written", "to_write"}},
      {"checkpoint__start", {"flags"}},
      {"checkpoint__done",
       {"written", "buffers", "segments_added", "segments_removed", "segments_recycled"}},
      {"smgr__md__", {"fork", "block", "tablespace", "database", "relation", "backend"}},
      {"smgr__md__read__done",
       {"fork", "block", "tablespace", "database", "relation", "backend", "bytes", "bytes_asked"}},
      {"smgr__md__write__done",
       {"fork", "block", "tablespace", "database", "relation", "backend", "bytes", "bytes_asked"}},
      {"wal__insert", {"resource_manager", "info"}},
  };
  return kSignatures;
}

// Of the signatures for a probe with so many arguments the one that says most; empty where none is
// known.
std::vector<std::string_view> names_of(const UsdtProbe& probe, std::size_t arguments) {
  if (probe.provider != "postgresql") return {};
  const Signature* best = nullptr;
  for (const Signature& one : signatures()) {
    if (!std::string_view(probe.sites.front().name).starts_with(one.probe) ||
        one.names.size() != arguments || (best && best->probe.size() > one.probe.size())) {
      continue;
    }
    best = &one;
  }
  return best ? best->names : std::vector<std::string_view>{};
}

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> words;
  for (std::string word; in >> word;)
    words.push_back(word);
  return words;
}

}  // namespace

std::optional<wire_argument> parse_usdt_argument(std::string_view text, const ElfImage& image,
                                                 std::uint64_t address) {
  static const std::regex kForm(R"((-?)([1248])@(.+))");
  static const std::regex kConstant(R"(\$(-?(?:\d+|0x[0-9a-f]+)))");
  static const std::regex kRegister(R"(%(\w+))");
  constexpr std::size_t kLongest = 200;  // the library's regular expressions recurse
  const std::string whole(text);
  std::smatch form;
  if (whole.size() > kLongest || !std::regex_match(whole, form, kForm)) return std::nullopt;
  const std::string operand = form[3];
  std::optional<wire_argument> argument(wire_argument{});
  argument->base = argument->index = WIRE_NO_REGISTER;
  std::smatch parts;
  if (std::regex_match(operand, parts, kConstant)) {
    argument->operand = WIRE_CONSTANT;
    argument->value = static_cast<std::int64_t>(std::strtoll(parts[1].str().c_str(), nullptr, 0));
  } else if (std::regex_match(operand, parts, kRegister)) {
    const auto found = register_of(parts[1]);
    if (!found) return std::nullopt;
    argument->operand = WIRE_REGISTER;
    argument->base = *found;
  } else {
    argument = memory_operand(operand, image, address);
  }
  if (!argument) return std::nullopt;
  argument->bytes = parse_number<std::uint8_t>(form[2].str()).value();
  argument->is_signed = form[1] == "-" ? 1 : 0;
  return argument;
}

UsdtArguments usdt_arguments(const UsdtProbe& probe, const ElfImage& image) {
  std::vector<std::vector<std::optional<wire_argument>>> of_sites;
  std::size_t count = WIRE_ARGUMENTS;
  for (const UsdtSite& site : probe.sites) {
    std::vector<std::optional<wire_argument>>& found = of_sites.emplace_back();
    for (const std::string& word : words_of(site.arguments))
      found.push_back(parse_usdt_argument(word, image, site.address));
    count = std::min(count, found.size());
  }
  const auto names = names_of(probe, count);
  UsdtArguments all;
  all.sites.resize(probe.sites.size());
  bool any_in_memory = false;
  for (std::size_t i = 0; i < count; ++i) {
    std::string name = names.empty() ? "arg" + std::to_string(i + 1) : std::string(names[i]);
    const bool is_pointer = name.ends_with('*');
    const bool is_name = is_pointer && name.size() > 1 && all.types.empty();
    const bool known = std::all_of(of_sites.begin(), of_sites.end(),
                                   [&](const auto& site) { return site[i].has_value(); });
    if (!known || (is_pointer && !is_name)) continue;
    if (is_name) name.pop_back();
    bool is_signed = false;
    for (std::size_t site = 0; site < of_sites.size(); ++site) {
      const wire_argument& argument = *of_sites[site][i];
      wire_site& filled = all.sites[site];
      filled.argument[filled.arguments++] = argument;
      filled.has_name |= is_name ? 1 : 0;
      is_signed = is_signed || argument.is_signed != 0;
      any_in_memory = any_in_memory || is_name || argument.operand == WIRE_MEMORY;
    }
    all.types.push_back({name,
                         is_name     ? ArgumentType::Kind::kString
                         : is_signed ? ArgumentType::Kind::kSigned
                                     : ArgumentType::Kind::kUnsigned,
                         ""});
  }
  if (any_in_memory)
    all.types.push_back({std::string(kUnreadableArguments), ArgumentType::Kind::kUnsigned, ""});
  return all;
}

}  // namespace pgrec
