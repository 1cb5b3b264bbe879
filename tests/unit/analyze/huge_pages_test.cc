// Covers analyze/huge_pages.h: what the kernel was told of the memory that malloc gives.
#include "analyze/huge_pages.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>

// The sanitizers bring a malloc of their own.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && defined(__GLIBC__)

namespace pgrec {
namespace {

// Whether the mapping of this address may have huge pages: "hg" among its flags.
bool may_be_huge(const void* address) {
  const auto wanted = reinterpret_cast<std::uintptr_t>(address);
  std::ifstream maps("/proc/self/smaps");
  bool is_mapping = false;
  for (std::string line; std::getline(maps, line);) {
    std::uintptr_t begin = 0, end = 0;
    char dash = 0;
    std::istringstream range(line);
    if (range >> std::hex >> begin >> dash >> end && dash == '-')
      is_mapping = begin <= wanted && wanted < end;
    else if (is_mapping && line.starts_with("VmFlags:"))
      return (line + ' ').find(" hg ") != std::string::npos;
  }
  return false;
}

bool kernel_has_them() {
  return std::filesystem::exists("/sys/kernel/mm/transparent_hugepage/enabled");
}

TEST(HugePagesTest, AreAllowedInWhatMallocGives) {
  use_huge_pages();
  constexpr std::size_t kHugePage = 2u << 20;
  for (const std::size_t size : {2 * kHugePage, 3 * kHugePage, 6 * kHugePage}) {
    const std::unique_ptr<char, decltype(&std::free)> memory(static_cast<char*>(std::malloc(size)),
                                                             &std::free);
    ASSERT_TRUE(memory);
    EXPECT_EQ(may_be_huge(memory.get() + kHugePage), kernel_has_them()) << size;
  }
}

TEST(HugePagesTest, MayBeAskedForAgain) {
  use_huge_pages();
  use_huge_pages();
  const std::unique_ptr<char, decltype(&std::free)> memory(static_cast<char*>(std::malloc(1)),
                                                           &std::free);
  EXPECT_TRUE(memory);
}

}  // namespace
}  // namespace pgrec

#endif
