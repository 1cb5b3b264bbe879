#include "format/frame/checksum.h"

#include <array>

namespace pgrec {
namespace {

constexpr std::uint32_t kReflectedPolynomial = 0x82F63B78;

constexpr std::array<std::uint32_t, 256> make_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit)
      crc = (crc >> 1) ^ ((crc & 1) ? kReflectedPolynomial : 0);
    table[byte] = crc;
  }
  return table;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) std::uint32_t crc32c_by_instruction(ByteView data,
                                                                      std::uint32_t seed) {
  std::uint64_t crc = ~seed;
  while (data.size() >= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, data.data(), sizeof word);
    crc = __builtin_ia32_crc32di(crc, word);
    data = data.subspan(8);
  }
  auto narrow = static_cast<std::uint32_t>(crc);
  for (const std::uint8_t byte : data)
    narrow = __builtin_ia32_crc32qi(narrow, byte);
  return ~narrow;
}
#endif

}  // namespace

std::uint32_t crc32c_by_table(ByteView data, std::uint32_t seed) {
  static constexpr auto kTable = make_table();
  std::uint32_t crc = ~seed;
  for (const std::uint8_t byte : data)
    crc = (crc >> 8) ^ kTable[(crc ^ byte) & 0xFF];
  return ~crc;
}

std::uint32_t crc32c(ByteView data, std::uint32_t seed) {
#if defined(__x86_64__)
  static const bool kHasInstruction = __builtin_cpu_supports("sse4.2") != 0;
  if (kHasInstruction) return crc32c_by_instruction(data, seed);
#endif
  return crc32c_by_table(data, seed);
}

}  // namespace pgrec
