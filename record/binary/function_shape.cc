#include "record/binary/function_shape.h"

#include <algorithm>
#include <optional>
#include <set>

#include "record/binary/far_branches.h"
#include "record/binary/machine_code.h"

namespace pgrec {
namespace {

using Kind = Instruction::Kind;

constexpr std::uint64_t kLargestStubBytes = 128;

// rdx, rcx, rsi, rdi, r8 and r9.
constexpr std::uint16_t kArgumentRegisters =
    1u << 1 | 1u << 2 | 1u << 6 | 1u << 7 | 1u << 8 | 1u << 9;

// What the ways through a small function lead to.
struct Ways {
  std::set<std::uint64_t> leave_to;  // calls and jumps out of it
  bool return_early = false;         // a return before any call
  bool branch = false;               // there is a conditional jump
  bool call = false;
  bool arguments_written = false;
  bool unclear = false;  // an indirect branch, or what cannot be decoded
};

// Follows every way from the first byte up to where it leaves or returns; behind a call only to see
// whether more leaves it.
class Walk {
 public:
  Walk(const Extent& function, const Code& code) : function_(function), code_(code) {}

  Ways ways() {
    follow(function_.address, false);
    return found_;
  }

 private:
  bool is_inside(std::uint64_t address) const {
    return address - function_.address < function_.bytes;
  }

  void arrive(std::uint64_t address, bool called) {
    if (is_inside(address)) {
      follow(address, called);
    } else {
      found_.leave_to.insert(address);
    }
  }

  // At most two visits of each byte, so the depth is bounded by the size of a stub.
  void follow(std::uint64_t at, bool called) {
    while (!found_.unclear && seen_.emplace(at, called).second) {
      const auto instruction = is_inside(at) ? decode_instruction(code_.at(at), at) : std::nullopt;
      if (!instruction) {
        found_.unclear = true;
        return;
      }
      if (!called && (instruction->written & kArgumentRegisters) != 0)
        found_.arguments_written = true;
      switch (instruction->kind) {
        case Kind::kReturn:
          if (!called) found_.return_early = true;
          return;
        case Kind::kTrap:
          return;
        case Kind::kIndirectCall:
        case Kind::kIndirectJump:
          found_.unclear = true;
          return;
        case Kind::kCall:
          found_.leave_to.insert(*instruction->target);
          found_.call = called = true;
          break;
        case Kind::kJump:
          arrive(*instruction->target, called);
          return;
        case Kind::kConditionalJump:
          found_.branch = true;
          arrive(*instruction->target, called);
          break;
        default:
          break;
      }
      at += instruction->length_bytes;
    }
  }

  Extent function_;
  const Code& code_;
  Ways found_;
  std::set<std::pair<std::uint64_t, bool>> seen_;
};

const std::string* name_at(const NamesByAddress& names, std::uint64_t address) {
  const auto found = names.find(address);
  return found == names.end() ? nullptr : &found->second;
}

// The piece of code that begins at `address`.
std::optional<Extent> piece_from(const Code& code, std::uint64_t address) {
  const Extent* piece = code.piece_at(address);
  if (!piece || piece->address != address) return std::nullopt;
  return *piece;
}

// Whether what is at `body` can be the body of `stub`.
bool belongs_to(std::uint64_t body, std::uint64_t stub, const Ways& ways,
                const NamesByAddress& names) {
  const std::string* name = name_at(names, body);
  if (!name) return !ways.call && !ways.arguments_written;
  const std::string* own = name_at(names, stub);
  return own && name->compare(0, own->size() + 6, *own + ".part.") == 0;
}

struct Stub {
  std::size_t index = 0;                  // in the caller's list
  std::set<std::uint64_t> bypassed_by{};  // pieces of code
};

}  // namespace

std::vector<FunctionShape> function_shapes(std::span<const Extent> functions, const Code& code,
                                           const NamesByAddress& names) {
  std::vector<FunctionShape> shapes(functions.size());
  std::multimap<std::uint64_t, Stub> stubs;  // by the address of the body
  for (std::size_t i = 0; i < functions.size(); ++i) {
    const Extent& function = functions[i];
    if (function.bytes == 0 || function.bytes > kLargestStubBytes) continue;
    const Ways ways = Walk(function, code).ways();
    if (ways.unclear || ways.leave_to.size() != 1) continue;
    const std::uint64_t other = *ways.leave_to.begin();
    if (!ways.branch && !ways.call) {
      const auto piece = piece_from(code, other);
      shapes[i] = {FunctionShape::Kind::kWrapper, piece.value_or(Extent{other, 0})};
    } else if (ways.return_early && belongs_to(other, function.address, ways, names)) {
      if (piece_from(code, other)) stubs.emplace(other, Stub{i});
    }
  }
  if (stubs.empty()) return shapes;

  for (const CodeSegment& segment : code.segments) {
    for_each_far_branch(segment, [&](std::uint64_t from, std::uint64_t to, bool) {
      for (auto [stub, last] = stubs.equal_range(to); stub != last; ++stub) {
        const Extent* piece = code.piece_at(from);
        if (!piece || piece->address == to) continue;
        const Extent& own = functions[stub->second.index];
        if (from - own.address >= own.bytes) stub->second.bypassed_by.insert(piece->address);
      }
    });
  }
  for (const auto& [body, stub] : stubs) {
    if (stub.bypassed_by.empty() || stubs.count(body) > 1) continue;
    shapes[stub.index] = {FunctionShape::Kind::kPartial, *piece_from(code, body),
                          stub.bypassed_by.size()};
  }
  return shapes;
}

}  // namespace pgrec
