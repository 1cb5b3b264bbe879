#include "record/binary/uprobe_rules.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace pgrec {
namespace {

struct Range {
  std::uint8_t first;
  std::uint8_t last;
};

bool is_in(std::span<const Range> ranges, std::uint8_t byte) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [byte](const Range& one) { return one.first <= byte && byte <= one.last; });
}

// Opcodes that good_insns_64 has not.
constexpr std::array<Range, 20> kRefused = {
    {{0x06, 0x07}, {0x0e, 0x0e}, {0x16, 0x17}, {0x1e, 0x1f}, {0x27, 0x27},
     {0x2f, 0x2f}, {0x37, 0x37}, {0x3f, 0x3f}, {0x60, 0x62}, {0x6c, 0x6f},
     {0x82, 0x82}, {0x9a, 0x9a}, {0xcc, 0xcf}, {0xd4, 0xd6}, {0xe4, 0xe7},
     {0xea, 0xea}, {0xec, 0xef}, {0xf1, 0xf1}, {0xf4, 0xf4}, {0xfa, 0xfb}}};
// Of AMD's alone, which its decoder does not know: FMA4 in the third map of AVX, extrq and insertq.
constexpr std::array<Range, 5> kUnknownOfThird = {
    {{0x3e, 0x3e}, {0x48, 0x49}, {0x5c, 0x5f}, {0x68, 0x6b}, {0x78, 0x7f}}};
constexpr std::array<Range, 1> kUnknownOfTwo = {{{0x78, 0x79}}};
// jcc, call and jmp by a distance.
constexpr std::array<Range, 3> kBranches = {{{0x70, 0x7f}, {0xe8, 0xe9}, {0xeb, 0xeb}}};
// popf, and what goes elsewhere (ret, indirect jumps): it looks after their flags and their place.
constexpr std::array<Range, 4> kLookedAfter = {
    {{0x9d, 0x9d}, {0xc2, 0xc3}, {0xca, 0xcb}, {0xff, 0xff}}};

constexpr std::uint8_t kTwoBytes = 0x0f;
constexpr std::uint8_t kNop = 0x90;
constexpr std::uint8_t kMoveToSegment = 0x8e;
constexpr unsigned kSs = 2;

// An instruction as far as the kernel's rules go.
struct Opcode {
  bool bad_prefix = false;
  bool operand_size = false;  // prefix 66
  bool of_string = false;     // prefix f2
  bool extended = false;      // REX.B: of a register in the opcode
  bool vector = false;        // AVX, AVX-512 or XOP: `first` is the byte behind their prefix
  bool third_map = false;     // of AVX
  std::uint8_t first = 0;
  std::uint8_t second = 0;  // of two bytes; the ModRM byte behind one
};

// The bytes from the prefix of AVX (c4, c5), AVX-512 (62) or XOP (8f) to the opcode; 0: it is none.
std::size_t vector_prefix_bytes(std::uint8_t byte, std::uint8_t next) {
  switch (byte) {
    case 0xc5:
      return 2;
    case 0xc4:
      return 3;
    case 0x62:
      return 4;
    case 0x8f:
      return (next & 0x1f) >= 8 ? 3 : 0;  // else pop
    default:
      return 0;
  }
}

Opcode opcode_of(ByteView code) {
  static constexpr std::string_view kBad = "\x26\x2e\x36\x3e\xf0";
  static constexpr std::string_view kOthers = "\x64\x65\x66\x67\xf2\xf3";
  const auto byte = [code](std::size_t i) { return i < code.size() ? code[i] : std::uint8_t{0}; };
  const auto is_one = [](std::string_view of, std::uint8_t one) {
    return of.find(static_cast<char>(one)) != of.npos;
  };
  Opcode opcode;
  std::size_t at = 0;
  for (; is_one(kBad, byte(at)) || is_one(kOthers, byte(at)); ++at) {
    opcode.bad_prefix = opcode.bad_prefix || is_one(kBad, byte(at));
    opcode.operand_size = opcode.operand_size || byte(at) == 0x66;
    opcode.of_string = opcode.of_string || byte(at) == 0xf2;
  }
  if ((byte(at) & 0xf0) == 0x40) opcode.extended = (byte(at++) & 1) != 0;
  const std::size_t vector = vector_prefix_bytes(byte(at), byte(at + 1));
  opcode.vector = vector > 0;
  opcode.third_map = byte(at) == 0xc4 && (byte(at + 1) & 0x1f) == 3;
  opcode.first = byte(at + vector);
  opcode.second = byte(at + vector + 1);
  return opcode;
}

bool is_unknown(const Opcode& opcode) {
  if (opcode.vector) return opcode.third_map && is_in(kUnknownOfThird, opcode.first);
  return opcode.first == kTwoBytes && (opcode.operand_size || opcode.of_string) &&
         is_in(kUnknownOfTwo, opcode.second);
}

bool is_branch(const Opcode& opcode) {
  return is_in(kBranches, opcode.first) ||
         (opcode.first == kTwoBytes && (opcode.second & 0xf0) == 0x80);
}

}  // namespace

UprobeFate uprobe_fate(ByteView code, KernelVersion kernel) {
  constexpr KernelVersion kKnowsNops{6, 18};  // by all their bytes
  const Opcode opcode = opcode_of(code);
  const bool looks_like_nop = opcode.first == kNop && kernel < kKnowsNops;
  if (opcode.bad_prefix || is_unknown(opcode)) return UprobeFate::kRefused;
  if (opcode.first == kMoveToSegment && (opcode.second >> 3 & 7) == kSs)
    return UprobeFate::kRefused;
  if (is_in(kRefused, opcode.first)) return UprobeFate::kRefused;
  if (opcode.vector) {
    const bool misread =
        looks_like_nop || is_in(kBranches, opcode.first) || is_in(kLookedAfter, opcode.first);
    return misread ? UprobeFate::kMisread : UprobeFate::kTaken;
  }
  if (opcode.operand_size && (looks_like_nop || is_branch(opcode))) return UprobeFate::kRefused;
  if (looks_like_nop && opcode.extended) return UprobeFate::kMisread;  // it exchanges with r8
  return UprobeFate::kTaken;
}

const char* why_unprobeable(ByteView code, KernelVersion kernel) {
  switch (uprobe_fate(code, kernel)) {
    case UprobeFate::kRefused:
      return "the kernel cannot probe its first instruction";
    case UprobeFate::kMisread:
      return "a probe would break the program: the kernel takes its first instruction for another";
    case UprobeFate::kTaken:
      break;
  }
  return nullptr;
}

}  // namespace pgrec
