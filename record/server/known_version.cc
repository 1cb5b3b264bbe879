#include "record/server/known_version.h"

#include <fmt/core.h>

#include "record/binary/elf_image.h"

namespace pgrec {
namespace {

constexpr int kOldest = 13;
constexpr int kNewest = 18;

}  // namespace

int known_version(const std::string& server_version) {
  const int major = major_version(server_version);
  const bool known =
      major >= kOldest && major <= kNewest && server_version.find("devel") == server_version.npos;
  return known ? major : 0;
}

std::string known_versions() {
  return fmt::format("{} to {}", kOldest, kNewest);
}

}  // namespace pgrec
