// Covers record/server/process_memory.h: this test program reads its own memory.
#include "record/server/process_memory.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>

extern "C" {
std::uint64_t pgrec_test_answer = 42;
}

namespace pgrec {
namespace {

// Above every process id.
constexpr std::uint32_t kNoProcess = 4'194'305;

// A page that may be read, with one behind it that may not.
class ProcessMemoryTest : public testing::Test {
 protected:
  ProcessMemoryTest() {
    ::munmap(memory_ + page_, page_);
    std::memset(memory_, 'x', page_);
  }
  ~ProcessMemoryTest() override { ::munmap(memory_, page_); }

  static std::uint32_t own_pid() { return static_cast<std::uint32_t>(::getpid()); }
  static std::uint64_t address_of(const void* at) { return reinterpret_cast<std::uint64_t>(at); }
  // The text that begins so many bytes before the end of the page.
  std::optional<std::string> last(std::size_t bytes, std::size_t most_bytes) const {
    return memory_of_self_.read_string(address_of(memory_ + page_ - bytes), most_bytes);
  }

  const std::size_t page_ = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  char* const memory_ = static_cast<char*>(
      ::mmap(nullptr, 2 * page_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  const ProcessMemory memory_of_self_{own_pid()};
};

TEST_F(ProcessMemoryTest, HasTextsUpToTheEndOfAPage) {
  memory_[page_ - 1] = '\0';
  EXPECT_EQ(last(4, 100), "xxx");
  EXPECT_EQ(last(1, 100), "");
}

TEST_F(ProcessMemoryTest, HasNoTextThatGoesOnWhereItMayNotBeRead) {
  EXPECT_EQ(last(4, 100), std::nullopt);
  EXPECT_EQ(last(4, 4), "xxxx");
  EXPECT_EQ(last(4, 5), std::nullopt);
}

TEST_F(ProcessMemoryTest, HasTextsOverPagesUpToTheLimit) {
  std::string text(3 * page_, 'a');
  text.back() = '\0';
  const std::uint64_t at = address_of(text.data());
  EXPECT_EQ(memory_of_self_.read_string(at, 10 * page_), text.substr(0, 3 * page_ - 1));
  EXPECT_EQ(memory_of_self_.read_string(at, 2 * page_), text.substr(0, 2 * page_));
  EXPECT_EQ(memory_of_self_.read_string(at, 0), "");
}

TEST_F(ProcessMemoryTest, HasNoValueThatCannotBeReadWhole) {
  EXPECT_EQ(memory_of_self_.read<char>(address_of(memory_ + page_ - 1)), 'x');
  EXPECT_EQ(memory_of_self_.read<std::uint64_t>(address_of(memory_ + page_ - 4)), std::nullopt);
  EXPECT_EQ(memory_of_self_.read<std::uint64_t>(0), std::nullopt);
}

TEST_F(ProcessMemoryTest, IsNoneOfAProcessThatIsGone) {
  const ProcessMemory memory(kNoProcess);
  EXPECT_EQ(memory.read<std::uint64_t>(address_of(memory_)), std::nullopt);
  EXPECT_EQ(memory.read_string(address_of(memory_), 1), std::nullopt);
}

TEST(LoadBias, LeadsFromTheFileToTheMemory) {
  const ElfImage image = read_elf("/proc/self/exe");
  const auto pid = static_cast<std::uint32_t>(::getpid());
  const auto variable = image.find_variable("pgrec_test_answer");
  ASSERT_TRUE(variable);
  const auto bias = load_bias(pid, image);
  ASSERT_TRUE(bias);
  EXPECT_EQ(*bias + variable->address, reinterpret_cast<std::uint64_t>(&pgrec_test_answer));
  EXPECT_EQ(load_bias(kNoProcess, image), std::nullopt);
}

}  // namespace
}  // namespace pgrec
