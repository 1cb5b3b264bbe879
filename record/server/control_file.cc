#include "record/server/control_file.h"

#include <bit>
#include <fstream>
#include <iterator>

#include "record/host/proc_path.h"

namespace pgrec {
namespace {

constexpr auto kFloatFormat = std::bit_cast<std::uint64_t>(1234567.0);
constexpr std::size_t kFieldsBytes = 48;  // from floatFormat to the end of the last that is read

bool is_power_of_two(std::uint32_t number, std::uint32_t least, std::uint32_t most) {
  return std::has_single_bit(number) && number >= least && number <= most;
}

std::optional<ControlFile> fields_behind(std::uint64_t system_identifier, ByteView fields) {
  const auto u32 = [&](std::size_t at) {
    return ByteReader(fields.subspan(at, sizeof(std::uint32_t))).u32();
  };
  const ControlFile file{system_identifier, u32(8), u32(16), u32(20), u32(44)};
  // The sizes that configure and initdb take.
  if (!is_power_of_two(file.block_bytes, 1u << 10, 32u << 10) ||
      !is_power_of_two(file.wal_block_bytes, 1u << 10, 64u << 10) ||
      !is_power_of_two(file.wal_segment_bytes, 1u << 20, 1u << 30)) {
    return std::nullopt;
  }
  return file;
}

}  // namespace

std::optional<ControlFile> parse_control_file(ByteView bytes) {
  for (std::size_t at = 0; at + kFieldsBytes <= bytes.size(); at += alignof(double)) {
    if (ByteReader(bytes.subspan(at)).u64() == kFloatFormat)
      return fields_behind(ByteReader(bytes).u64(), bytes.subspan(at, kFieldsBytes));
  }
  return std::nullopt;
}

std::optional<ControlFile> read_control_file(std::uint32_t pid) {
  std::ifstream file(proc_path(pid, "cwd/global/pg_control"), std::ios::binary);
  const Bytes bytes{std::istreambuf_iterator<char>(file), {}};
  return parse_control_file(bytes);
}

}  // namespace pgrec
