#include "record/binary/machine_code.h"

#include <Zydis/Zydis.h>

#include <algorithm>
#include <array>
#include <bit>
#include <span>

namespace pgrec {
namespace {

ZydisDecoder make_decoder() {
  ZydisDecoder decoder;
  ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
  return decoder;
}

// What arch/x86/kernel/uprobes.c emulates since Linux 5.0 (branch_setup_xol_ops and
// push_setup_xol_ops): jmp, call and jcc by a distance, push of a register, and nop. Only the
// spellings without a prefix: before 6.18 no longer nop is, and one that begins with 66 is even
// refused.
bool is_emulated(ByteView code) {
  const auto byte = [&](std::size_t i) { return i < code.size() ? unsigned{code[i]} : 0u; };
  const auto is_push = [](unsigned opcode) { return opcode >= 0x50 && opcode <= 0x57; };
  const unsigned first = byte(0);
  if (first == 0x0f) return byte(1) >= 0x80 && byte(1) <= 0x8f;
  if (first == 0x41) return is_push(byte(1));
  return is_push(first) || (first >= 0x70 && first <= 0x7f) || first == 0x90 || first == 0xe8 ||
         first == 0xe9 || first == 0xeb;
}

Instruction::Kind kind_of(const ZydisDecodedInstruction& instruction, bool direct,
                          bool pushes_register) {
  switch (instruction.mnemonic) {
    case ZYDIS_MNEMONIC_ENDBR64:
      return Instruction::Kind::kEndbr64;
    case ZYDIS_MNEMONIC_PUSH:
      return pushes_register ? Instruction::Kind::kPush : Instruction::Kind::kOther;
    case ZYDIS_MNEMONIC_CALL:
      return direct ? Instruction::Kind::kCall : Instruction::Kind::kIndirectCall;
    case ZYDIS_MNEMONIC_JMP:
      return direct ? Instruction::Kind::kJump : Instruction::Kind::kIndirectJump;
    case ZYDIS_MNEMONIC_UD2:
    case ZYDIS_MNEMONIC_INT3:
    case ZYDIS_MNEMONIC_HLT:
      return Instruction::Kind::kTrap;
    default:
      break;
  }
  switch (instruction.meta.category) {
    case ZYDIS_CATEGORY_NOP:
    case ZYDIS_CATEGORY_WIDENOP:
      return Instruction::Kind::kNop;
    case ZYDIS_CATEGORY_RET:
      return Instruction::Kind::kReturn;
    default:
      return direct ? Instruction::Kind::kConditionalJump : Instruction::Kind::kOther;
  }
}

// What computes in its operands and the flags only; what these are is looked at besides.
bool computes(ZydisMnemonic mnemonic) {
  switch (mnemonic) {
    case ZYDIS_MNEMONIC_MOV:
    case ZYDIS_MNEMONIC_MOVSX:
    case ZYDIS_MNEMONIC_MOVSXD:
    case ZYDIS_MNEMONIC_MOVZX:
    case ZYDIS_MNEMONIC_LEA:
    case ZYDIS_MNEMONIC_ADD:
    case ZYDIS_MNEMONIC_SUB:
    case ZYDIS_MNEMONIC_AND:
    case ZYDIS_MNEMONIC_OR:
    case ZYDIS_MNEMONIC_XOR:
    case ZYDIS_MNEMONIC_CMP:
    case ZYDIS_MNEMONIC_TEST:
    case ZYDIS_MNEMONIC_BT:
    case ZYDIS_MNEMONIC_INC:
    case ZYDIS_MNEMONIC_DEC:
    case ZYDIS_MNEMONIC_NEG:
    case ZYDIS_MNEMONIC_NOT:
    case ZYDIS_MNEMONIC_SHL:
    case ZYDIS_MNEMONIC_SHR:
    case ZYDIS_MNEMONIC_SAR:
      return true;
    default:
      return false;
  }
}

// The general register that `reg` is or is a part of, as a bit; 0 for any other.
std::uint16_t register_bit(ZydisRegister reg) {
  const ZydisRegister whole = ZydisRegisterGetLargestEnclosing(ZYDIS_MACHINE_MODE_LONG_64, reg);
  if (whole < ZYDIS_REGISTER_RAX || whole > ZYDIS_REGISTER_R15) return 0;
  return static_cast<std::uint16_t>(1u << (whole - ZYDIS_REGISTER_RAX));
}

// Whether it takes part in nothing but general registers and the flags. What lea names as memory it
// only computes the address of.
bool is_in_registers(const ZydisDecodedOperand& operand, bool is_lea) {
  switch (operand.type) {
    case ZYDIS_OPERAND_TYPE_IMMEDIATE:
      return true;
    case ZYDIS_OPERAND_TYPE_MEMORY:
      return is_lea;
    case ZYDIS_OPERAND_TYPE_REGISTER:
      return operand.reg.value == ZYDIS_REGISTER_RFLAGS ||
             operand.reg.value == ZYDIS_REGISTER_EFLAGS || register_bit(operand.reg.value) != 0;
    default:
      return false;
  }
}

int register_number(ZydisRegister reg) {
  const std::uint16_t bit = register_bit(reg);
  return bit == 0 ? Operand::kNone : std::countr_zero(bit);
}

Operation::Kind operation_of(ZydisMnemonic mnemonic) {
  switch (mnemonic) {
    case ZYDIS_MNEMONIC_MOV:
    case ZYDIS_MNEMONIC_MOVSXD:
      return Operation::Kind::kMove;
    case ZYDIS_MNEMONIC_LEA:
      return Operation::Kind::kLoadAddress;
    case ZYDIS_MNEMONIC_IMUL:
      return Operation::Kind::kMultiply;
    case ZYDIS_MNEMONIC_SHL:
      return Operation::Kind::kShiftLeft;
    case ZYDIS_MNEMONIC_ADD:
      return Operation::Kind::kAdd;
    case ZYDIS_MNEMONIC_SUB:
      return Operation::Kind::kSubtract;
    case ZYDIS_MNEMONIC_XOR:
      return Operation::Kind::kExclusiveOr;
    case ZYDIS_MNEMONIC_CDQE:
      return Operation::Kind::kExtend;
    case ZYDIS_MNEMONIC_PUSH:
      return Operation::Kind::kPush;
    case ZYDIS_MNEMONIC_POP:
      return Operation::Kind::kPop;
    case ZYDIS_MNEMONIC_LEAVE:
      return Operation::Kind::kLeave;
    default:
      return Operation::Kind::kOther;
  }
}

Operand operand_of(const ZydisDecodedOperand& decoded, std::uint64_t behind) {
  Operand operand;
  operand.bytes = decoded.size / 8;
  operand.written = (decoded.actions & ZYDIS_OPERAND_ACTION_MASK_WRITE) != 0;
  switch (decoded.type) {
    case ZYDIS_OPERAND_TYPE_REGISTER:
      operand.kind = Operand::Kind::kRegister;
      operand.base = register_number(decoded.reg.value);
      break;
    case ZYDIS_OPERAND_TYPE_MEMORY:
      if (decoded.mem.segment == ZYDIS_REGISTER_FS || decoded.mem.segment == ZYDIS_REGISTER_GS)
        break;
      operand.kind = Operand::Kind::kMemory;
      operand.base = register_number(decoded.mem.base);
      operand.index = register_number(decoded.mem.index);
      operand.scale = decoded.mem.scale;
      operand.value = decoded.mem.disp.has_displacement ? decoded.mem.disp.value : 0;
      operand.relative = decoded.mem.base == ZYDIS_REGISTER_RIP;
      if (operand.relative) operand.value += static_cast<std::int64_t>(behind);
      break;
    case ZYDIS_OPERAND_TYPE_IMMEDIATE:
      operand.kind = Operand::Kind::kImmediate;
      operand.value = decoded.imm.value.s;
      break;
    default:
      break;
  }
  return operand;
}

// An instruction with its operands, valid up to operand_count.
struct Decoded {
  ZydisDecodedInstruction instruction;
  std::array<ZydisDecodedOperand, ZYDIS_MAX_OPERAND_COUNT> operands;
};

std::optional<Decoded> decode(ByteView code) {
  static const ZydisDecoder decoder = make_decoder();
  Decoded decoded;
  if (code.empty() ||
      ZYAN_FAILED(ZydisDecoderDecodeFull(&decoder, code.data(), code.size(), &decoded.instruction,
                                         decoded.operands.data()))) {
    return std::nullopt;
  }
  return decoded;
}

}  // namespace

std::optional<Operation> decode_operation(ByteView code, std::uint64_t address) {
  const auto decoded = decode(code);
  if (!decoded) return std::nullopt;
  Operation operation;
  operation.kind = operation_of(decoded->instruction.mnemonic);
  const std::size_t visible = decoded->instruction.operand_count_visible;
  for (std::size_t i = 0; i < std::min(visible, operation.operands.size()); ++i) {
    operation.operands[i] = operand_of(decoded->operands[i], address + decoded->instruction.length);
  }
  return operation;
}

std::optional<Instruction> decode_instruction(ByteView code, std::uint64_t address) {
  const auto decoded = decode(code);
  if (!decoded) return std::nullopt;
  const ZydisDecodedInstruction& instruction = decoded->instruction;
  const std::span used(decoded->operands.data(), instruction.operand_count);
  Instruction found;
  found.length_bytes = instruction.length;
  bool pushes_register = false;
  bool in_registers = true;
  for (const ZydisDecodedOperand& operand : used) {
    const bool is_register = operand.type == ZYDIS_OPERAND_TYPE_REGISTER;
    if (is_register && (operand.actions & ZYDIS_OPERAND_ACTION_MASK_WRITE) != 0)
      found.written = static_cast<std::uint16_t>(found.written | register_bit(operand.reg.value));
    if (!is_in_registers(operand, instruction.mnemonic == ZYDIS_MNEMONIC_LEA)) in_registers = false;
    if (operand.visibility == ZYDIS_OPERAND_VISIBILITY_HIDDEN) continue;
    if (operand.type == ZYDIS_OPERAND_TYPE_IMMEDIATE && operand.imm.is_relative)
      found.target = address + instruction.length + operand.imm.value.u;
    if (is_register) pushes_register = true;
  }
  found.kind = kind_of(instruction, found.target.has_value(), pushes_register);
  found.notrack = (instruction.attributes & ZYDIS_ATTRIB_HAS_NOTRACK) != 0;
  found.emulated = is_emulated(code.first(instruction.length));
  // Whatever memory a nop names, it does not touch it.
  found.registers_only =
      found.kind == Instruction::Kind::kNop || (computes(instruction.mnemonic) && in_registers);
  return found;
}

}  // namespace pgrec
