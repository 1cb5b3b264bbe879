#include "record/binary/data_flow.h"

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <optional>
#include <utility>

#include "record/binary/machine_code.h"

namespace pgrec {
namespace {

using Of = Value::Of;
using Kind = Instruction::Kind;

// By the numbers of machine_code.h.
constexpr std::array<int, 6> kArguments = {7, 6, 2, 1, 8, 9};
constexpr std::array<int, 9> kLostInCalls = {0, 1, 2, 6, 7, 8, 9, 10, 11};
constexpr int kStackPointer = 4;
constexpr int kFramePointer = 5;

constexpr int kMostLooks = 8;  // at an instruction
constexpr std::size_t kMostSteps = 1 << 16;

std::int64_t sum(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}

std::int64_t product(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) * static_cast<std::uint64_t>(b));
}

Value times(Value value, std::int64_t by) {
  if (value.of == Of::kUnknown) return value;
  value.factor = product(value.factor, by);
  value.number = product(value.number, by);
  return value;
}

Value plus(const Value& a, const Value& b) {
  if (a.of == Of::kUnknown || b.of == Of::kUnknown) return {};
  Value value = a.of == Of::kNumber ? b : a;
  if (a.of != Of::kNumber && b.of != Of::kNumber) {
    if (a.of != b.of || a.which != b.which) return {};
    value.factor = sum(a.factor, b.factor);
    if (value.factor == 0) value = Value::of_number(0);
  }
  value.number = sum(a.number, b.number);
  return value;
}

// A place in the function's own part of the stack.
bool is_own(const Value& address) {
  return address.of == Of::kStack && address.factor == 1;
}

class Stack {
 public:
  void put(std::int64_t at, unsigned bytes, const Value& value) {
    for (auto slot = slots_.lower_bound(at - kMostBytes);
         slot != slots_.end() && slot->first < at + bytes;) {
      const bool overlaps = slot->first + slot->second.bytes > at;
      slot = overlaps ? slots_.erase(slot) : std::next(slot);
    }
    if (value.of != Of::kUnknown) slots_[at] = {value, bytes};
  }
  Value get(std::int64_t at, unsigned bytes) const {
    const auto slot = slots_.find(at);
    return slot == slots_.end() || slot->second.bytes < bytes ? Value{} : slot->second.value;
  }

 private:
  static constexpr std::int64_t kMostBytes = 64;  // of a store
  struct Slot {
    Value value;
    unsigned bytes = 0;
  };
  std::map<std::int64_t, Slot> slots_;  // by their distance from the stack pointer at the beginning
};

// What is known at one instruction.
struct State {
  std::uint64_t at = 0;
  Extent piece;
  std::array<Value, 16> registers{};
  Stack stack;
};

class Follower {
 public:
  Follower(const Code& code, const std::function<bool(std::uint64_t)>& is_function)
      : code_(code), is_function_(is_function) {}

  DataFlow all(const Extent& function) {
    State first;
    first.at = function.address;
    first.piece = function;
    if (const Extent* piece = code_.piece_at(function.address); piece && function.bytes == 0)
      first.piece = *piece;
    first.registers[kStackPointer] = {Of::kStack, 0, 1, 0};
    for (std::size_t i = 0; i < kArguments.size(); ++i)
      first.registers[static_cast<std::size_t>(kArguments[i])] = Value::argument(i);
    flow_.complete = true;
    ways_.push_back(std::move(first));
    while (!ways_.empty()) {
      State state = std::move(ways_.front());
      ways_.pop_front();
      go(state);
    }
    return std::move(flow_);
  }

 private:
  // One way to its end.
  void go(State& state) {
    while (state.at - state.piece.address < state.piece.bytes) {
      if (++steps_ > kMostSteps) {
        flow_.complete = false;
        ways_.clear();
        return;
      }
      if (++looks_[state.at] > kMostLooks) return;
      const ByteView bytes = code_.at(state.at);
      const auto instruction = decode_instruction(bytes, state.at);
      if (!instruction) {
        flow_.complete = false;
        return;
      }
      const std::uint64_t next = state.at + instruction->length_bytes;
      switch (instruction->kind) {
        case Kind::kReturn:
        case Kind::kTrap:
          return;
        case Kind::kIndirectJump:
          flow_.complete = false;
          return;
        case Kind::kCall:
          flow_.calls.push_back({*instruction->target, next, state.registers[7]});
          return behind_call(state, next);
        case Kind::kIndirectCall:
          return behind_call(state, next);
        case Kind::kConditionalJump: {
          State other = state;
          if (jump(other, *instruction->target)) ways_.push_front(std::move(other));
          break;
        }
        case Kind::kJump:
          if (!jump(state, *instruction->target)) return;
          continue;
        case Kind::kNop:
        case Kind::kEndbr64:
          break;
        default:
          if (const auto operation = decode_operation(bytes, state.at))
            apply(*operation, *instruction, state);
      }
      state.at = next;
    }
  }

  // False where that leads out of what is followed.
  bool jump(State& state, std::uint64_t target) {
    state.at = target;
    if (target - state.piece.address < state.piece.bytes) return true;
    const Extent* piece = code_.piece_at(target);
    if (is_function_(target)) {
      flow_.calls.push_back({target, 0, state.registers[7]});
      return false;
    }
    if (!piece) {
      flow_.complete = false;
      return false;
    }
    state.piece = *piece;
    return true;
  }

  // What comes there with more that is known is to be looked at first; and many a call of a server
  // does not return.
  void behind_call(State& state, std::uint64_t next) {
    for (const int lost : kLostInCalls)
      state.registers[static_cast<std::size_t>(lost)] = {};
    state.at = next;
    ways_.push_back(std::move(state));
  }

  static Value register_of(const State& state, int number) {
    return number == Operand::kNone ? Value{} : state.registers[static_cast<std::size_t>(number)];
  }

  static Value address_of(const State& state, const Operand& memory) {
    Value address = Value::of_number(memory.value);
    if (memory.base != Operand::kNone) address = plus(address, register_of(state, memory.base));
    if (memory.index != Operand::kNone)
      address = plus(address, times(register_of(state, memory.index), memory.scale));
    return address;
  }

  void note(bool store, const Operand& memory, const Value& address, const Value& stored = {}) {
    if (address.of == Of::kUnknown || is_own(address)) return;
    flow_.accesses.push_back({store, memory.bytes, address, stored});
  }

  Value read(const State& state, const Operand& from) {
    switch (from.kind) {
      case Operand::Kind::kImmediate:
        return Value::of_number(from.value);
      case Operand::Kind::kRegister:
        return from.bytes < 4 ? Value{} : register_of(state, from.base);
      case Operand::Kind::kMemory: {
        const Value address = address_of(state, from);
        note(false, from, address);
        if (is_own(address)) return state.stack.get(address.number, from.bytes);
        if (address.of == Of::kNumber && from.bytes == 4)
          return Value::variable(static_cast<std::uint64_t>(address.number));
        return {};
      }
      case Operand::Kind::kOther:
        return {};
    }
    return {};
  }

  void write(State& state, const Operand& to, const Value& value, bool is_move) {
    if (to.kind == Operand::Kind::kRegister && to.base != Operand::kNone) {
      state.registers[static_cast<std::size_t>(to.base)] = to.bytes < 4 ? Value{} : value;
      if (value.of == Of::kVariable && to.bytes == 8) flow_.sums.push_back(value);
    } else if (to.kind == Operand::Kind::kMemory) {
      const Value address = address_of(state, to);
      note(is_move, to, address, is_move ? value : Value{});
      if (is_own(address)) state.stack.put(address.number, to.bytes, value);
    }
  }

  void apply(const Operation& operation, const Instruction& instruction, State& state) {
    using Does = Operation::Kind;
    const auto& [to, from, by] = operation.operands;
    Value& top = state.registers[kStackPointer];
    switch (operation.kind) {
      case Does::kMove:
        return write(state, to, read(state, from), true);
      case Does::kLoadAddress:
        return write(state, to, address_of(state, from), false);
      case Does::kAdd:
        return write(state, to, plus(read(state, to), read(state, from)), false);
      case Does::kSubtract:
        return write(state, to, plus(read(state, to), times(read(state, from), -1)), false);
      case Does::kMultiply:
        if (by.kind != Operand::Kind::kImmediate) break;
        return write(state, to, times(read(state, from), by.value), false);
      case Does::kShiftLeft:
        if (from.kind != Operand::Kind::kImmediate || from.value < 0 || from.value > 31) break;
        return write(state, to, times(read(state, to), std::int64_t{1} << from.value), false);
      case Does::kExclusiveOr:
        if (to.kind != Operand::Kind::kRegister || from.kind != to.kind || to.base != from.base)
          break;
        return write(state, to, Value::of_number(0), false);
      case Does::kExtend:
        return;
      case Does::kPush:
        top = plus(top, Value::of_number(-8));
        if (is_own(top)) state.stack.put(top.number, 8, read(state, to));
        return;
      case Does::kLeave:
        top = state.registers[kFramePointer];
        state.registers[kFramePointer] = pop(state);
        return;
      case Does::kPop:
        return write(state, to, pop(state), false);
      case Does::kOther:
        break;
    }
    lose(operation, instruction, state);
  }

  static Value pop(State& state) {
    Value& top = state.registers[kStackPointer];
    const Value value = is_own(top) ? state.stack.get(top.number, 8) : Value{};
    top = plus(top, Value::of_number(8));
    return value;
  }

  // It writes what is not known.
  void lose(const Operation& operation, const Instruction& instruction, State& state) {
    for (const Operand& operand : operation.operands) {
      if (operand.kind != Operand::Kind::kMemory) continue;
      const Value address = address_of(state, operand);
      note(false, operand, address);
      if (operand.written && is_own(address)) state.stack.put(address.number, operand.bytes, {});
    }
    for (std::size_t i = 0; i < state.registers.size(); ++i) {
      if ((instruction.written >> i & 1) != 0) state.registers[i] = {};
    }
  }

  const Code& code_;
  const std::function<bool(std::uint64_t)>& is_function_;
  DataFlow flow_;
  std::deque<State> ways_;
  std::map<std::uint64_t, int> looks_;
  std::size_t steps_ = 0;
};

}  // namespace

DataFlow follow(const Extent& function, const Code& code,
                const std::function<bool(std::uint64_t)>& is_function) {
  return Follower(code, is_function).all(function);
}

}  // namespace pgrec
