#include "record/server/identity_places.h"

#include <algorithm>

#include "record/binary/machine_code.h"

namespace pgrec {
namespace {

constexpr int kResult = 0;  // rax

// Of struct Port of libpq/libpq-be.h.
struct PortPlaces {
  int oldest;  // version
  std::uint32_t user_name, database_name;
};
constexpr PortPlaces kPorts[] = {{18, 392, 384}, {17, 328, 320}, {13, 336, 328}};

std::uint64_t variable(const ElfImage& image, const char* name, std::uint64_t bytes) {
  const auto found = image.find_variable(name);
  return found && found->bytes == bytes ? found->address : 0;
}

std::uint64_t returned_by(const char* function, const ElfImage& image, const Code& code) {
  const auto found = image.find(function);
  if (found.empty()) return 0;
  const ByteView bytes = code.at(found.front().address);
  return find_returned_variable(
             bytes.first(std::min<std::size_t>(bytes.size(), found.front().bytes)),
             found.front().address)
      .value_or(0);
}

}  // namespace

// The last load of rax before the return; with assertions others stand before it, which never go
// elsewhere.
std::optional<std::uint64_t> find_returned_variable(ByteView code, std::uint64_t address) {
  using Kind = Instruction::Kind;
  std::optional<std::uint64_t> loaded;
  while (const auto instruction = decode_instruction(code, address)) {
    if (instruction->kind == Kind::kReturn) return loaded;
    const bool goes_on = instruction->kind == Kind::kOther || instruction->kind == Kind::kPush ||
                         instruction->kind == Kind::kNop || instruction->kind == Kind::kEndbr64 ||
                         instruction->kind == Kind::kConditionalJump;
    if (!goes_on) return std::nullopt;
    if (const auto operation = decode_operation(code, address)) {
      const Operand& to = operation->operands[0];
      const Operand& from = operation->operands[1];
      const bool to_result = to.kind == Operand::Kind::kRegister && to.base == kResult;
      if (operation->kind == Operation::Kind::kMove && to_result) {
        loaded.reset();
        if (from.kind == Operand::Kind::kMemory && from.relative && from.bytes == 4)
          loaded = static_cast<std::uint64_t>(from.value);
      }
    }
    code = code.subspan(instruction->length_bytes);
    address += instruction->length_bytes;
  }
  return std::nullopt;
}

bool find_identity_places(const ElfImage& image, const Code& code, int major, wire_server& server) {
  if (major == 0) return false;
  server.major = static_cast<std::uint32_t>(major);
  server.backend_type = variable(image, "MyBackendType", 4);
  server.database = variable(image, "MyDatabaseId", 4);
  server.worker = variable(image, "MyBgworkerEntry", 8);
  if (server.hooks[WIRE_ON_APPLICATION] != 0)
    server.application = variable(image, "application_name", 8);
  server.login = returned_by("GetAuthenticatedUserId", image, code);
  // Without these hooks nobody would notice that they change.
  if (server.hooks[WIRE_ON_ROLE] != 0 && server.hooks[WIRE_ON_SESSION_USER] != 0) {
    server.session_user = returned_by("GetSessionUserId", image, code);
    server.user = returned_by("GetOuterUserId", image, code);
  }
  for (const PortPlaces& port : kPorts) {
    if (major < port.oldest) continue;
    server.user_name_at = port.user_name;
    server.database_name_at = port.database_name;
    break;
  }
  return server.backend_type != 0 && server.database != 0 && server.worker != 0 &&
         server.login != 0 && server.session_user != 0 && server.user != 0 &&
         server.application != 0;
}

}  // namespace pgrec
