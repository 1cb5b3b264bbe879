#include "record/binary/probe_point.h"

#include <algorithm>
#include <optional>

#include "record/binary/far_branches.h"
#include "record/binary/machine_code.h"

namespace pgrec {
namespace {

using Kind = Instruction::Kind;

constexpr std::size_t kMostPassed = 4;  // instructions, beside an endbr64
constexpr std::uint64_t kMostPassedBytes = 16;
constexpr std::uint64_t kEndbr64Bytes = 4;
constexpr std::uint64_t kShortReach = 128;          // bytes that a jump by 8 bits goes, at most
constexpr std::uint64_t kLongestShortJump = 2 + 1;  // bytes, with a prefix
constexpr std::uint64_t kMostDecoded = 64 << 10;    // bytes before a function

// rax, rcx, rdx, rsp, rsi, rdi, r8 and r9: the stack, the arguments and the number of those in
// vector registers.
constexpr std::uint16_t kKept =
    1u << 0 | 1u << 1 | 1u << 2 | 1u << 4 | 1u << 6 | 1u << 7 | 1u << 8 | 1u << 9;

// A function that would be probed behind its first byte.
struct Candidate {
  std::size_t index = 0;  // in the caller's list
  Extent function;
  std::uint64_t behind = 0;  // where the probes would go: bytes behind its first
  bool endbr64 = false;      // it begins with one
  bool refused = false;

  bool passes(std::uint64_t address) const {
    return address > function.address && address <= function.address + behind;
  }
};

// Visits the instructions of [from, until) one after the other. False where one cannot be decoded,
// or the last goes beyond `until`.
template <typename Visit>
bool walk(const Code& code, std::uint64_t from, std::uint64_t until, Visit visit) {
  ByteView bytes = code.at(from);
  while (from < until) {
    const auto instruction = decode_instruction(bytes, from);
    if (!instruction || instruction->length_bytes > until - from) return false;
    visit(from, *instruction);
    bytes = bytes.subspan(instruction->length_bytes);
    from += instruction->length_bytes;
  }
  return true;
}

// Where the probes would go if nothing but the function's beginning spoke against it; nothing for
// its first byte.
std::optional<Candidate> candidate(std::size_t index, const Extent& function, const Code& code) {
  Candidate found{index, function};
  const ByteView all = code.at(function.address);
  const std::uint64_t end =
      function.bytes == 0 ? all.size() : std::min<std::uint64_t>(function.bytes, all.size());
  std::size_t passed = 0;
  for (std::uint64_t at = 0; at < end;) {
    const auto instruction = decode_instruction(all.subspan(at, end - at), function.address + at);
    if (!instruction) return std::nullopt;
    if (instruction->emulated) {
      found.behind = at;
      return at > 0 ? std::optional(found) : std::nullopt;
    }
    if (at == 0 && instruction->kind == Kind::kEndbr64) {
      found.endbr64 = true;
    } else if (!instruction->registers_only || (instruction->written & kKept) != 0 ||
               ++passed > kMostPassed) {
      return std::nullopt;
    }
    at += instruction->length_bytes;
    if (at > kMostPassedBytes + (found.endbr64 ? kEndbr64Bytes : 0)) return std::nullopt;
  }
  return std::nullopt;
}

class Arrivals {
 public:
  Arrivals(std::vector<Candidate>& candidates, const Code& code,
           std::span<const std::uint64_t> starts)
      : candidates_(candidates), code_(code), starts_(starts) {}

  // Refuses what a jump or call gets into.
  void find() {
    for (Candidate& one : candidates_) {
      look_inside(one);
      if (!one.refused) look_before(one);
    }
    for (const CodeSegment& segment : code_.segments) {
      for_each_far_branch(
          segment, [this](std::uint64_t, std::uint64_t to, bool is_call) { arrive(to, is_call); });
    }
  }

 private:
  void arrive(std::uint64_t address, bool is_call) {
    auto one = std::lower_bound(
        candidates_.begin(), candidates_.end(), address,
        [](const Candidate& c, std::uint64_t wanted) { return c.function.address < wanted; });
    // Those that begin before it, back to where none reaches any more.
    while (one != candidates_.begin()) {
      --one;
      if (address - one->function.address > kMostPassedBytes + kEndbr64Bytes) return;
      const bool enters =
          is_call && one->endbr64 && address == one->function.address + kEndbr64Bytes;
      if (one->passes(address) && !enters) one->refused = true;
    }
  }

  bool is_start(std::uint64_t address) const {
    return std::binary_search(starts_.begin(), starts_.end(), address);
  }

  // Jumps by the instructions of the function and of what is behind it as far as matters; refuses
  // where an indirect jump could get into it.
  void look_inside(Candidate& one) {
    const std::uint64_t begin = one.function.address;
    const std::uint64_t end = begin + one.function.bytes;
    bool indirect = false;
    bool condition = false;
    bool leaves = false;
    const auto look = [&](std::uint64_t, const Instruction& instruction) {
      if (instruction.kind == Kind::kConditionalJump) condition = true;
      if (instruction.kind == Kind::kIndirectJump && (instruction.notrack || !one.endbr64))
        indirect = true;
      if (!instruction.is_direct_jump()) return;
      const std::uint64_t target = *instruction.target;
      if (one.passes(target)) one.refused = true;
      if ((target < begin || target >= end) && !is_start(target)) leaves = true;
    };
    const bool known = one.function.bytes > 0 && walk(code_, begin, end, look);
    if (indirect || (leaves && condition) || !known) {
      const auto there = decode_instruction(code_.at(begin + one.behind), begin + one.behind);
      if (!(one.endbr64 && one.behind == kEndbr64Bytes && there && there->kind == Kind::kPush))
        one.refused = true;
    }
    const std::uint64_t reach = begin + one.behind + kShortReach + kLongestShortJump;
    std::uint64_t read = known ? end : begin;
    if (known) {
      walk(code_, end, std::max(end, reach), [&](std::uint64_t at, const Instruction& instruction) {
        if (instruction.is_direct_jump()) arrive(*instruction.target, false);
        read = at + instruction.length_bytes;
      });
    }
    look_at_every_byte(read, reach);
  }

  // Jumps by 8 bits from before the function.
  void look_before(const Candidate& one) {
    const std::uint64_t begin = one.function.address;
    const std::uint64_t reach = begin - std::min(begin, kShortReach + kLongestShortJump);
    const auto behind = std::upper_bound(starts_.begin(), starts_.end(), reach);
    if (behind != starts_.begin() && begin - *std::prev(behind) <= kMostDecoded) {
      std::vector<std::uint64_t> targets;
      if (walk(code_, *std::prev(behind), begin,
               [&](std::uint64_t, const Instruction& instruction) {
                 if (instruction.is_direct_jump()) targets.push_back(*instruction.target);
               })) {
        for (const std::uint64_t target : targets)
          arrive(target, false);
        return;
      }
    }
    look_at_every_byte(reach, begin);
  }

  // Whatever could be a jump by 8 bits that begins in [from, until).
  void look_at_every_byte(std::uint64_t from, std::uint64_t until) {
    ByteView bytes = code_.at(from);
    for (; from < until && bytes.size() >= 2; ++from, bytes = bytes.subspan(1)) {
      const std::uint8_t opcode = bytes[0];
      if (opcode == 0xeb || (opcode >= 0x70 && opcode <= 0x7f) ||
          (opcode >= 0xe0 && opcode <= 0xe3)) {
        const auto distance = static_cast<std::int8_t>(bytes[1]);
        arrive(from + 2 + static_cast<std::uint64_t>(std::int64_t{distance}), false);
      }
    }
  }

  std::vector<Candidate>& candidates_;  // by address
  const Code& code_;
  std::span<const std::uint64_t> starts_;
};

}  // namespace

std::vector<std::uint64_t> probe_points(std::span<const Extent> functions, const Code& code,
                                        std::span<const std::uint64_t> starts) {
  std::vector<std::uint64_t> points(functions.size());
  std::vector<Candidate> candidates;
  for (std::size_t i = 0; i < functions.size(); ++i) {
    if (const auto one = candidate(i, functions[i], code)) candidates.push_back(*one);
  }
  if (candidates.empty()) return points;
  std::sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) {
    return a.function.address < b.function.address;
  });
  Arrivals(candidates, code, starts).find();
  for (const Candidate& one : candidates)
    points[one.index] = one.refused ? 0 : one.behind;
  return points;
}

bool is_stepped(std::uint64_t address, const Code& code) {
  const auto instruction = decode_instruction(code.at(address), address);
  return !instruction || !instruction->emulated;
}

}  // namespace pgrec
