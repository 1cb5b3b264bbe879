// Covers record/binary/elf_image.h on the file of this test program.
#include "record/binary/elf_image.h"

#include <elf.h>
#include <gtest/gtest.h>

#include <cstring>

#include "format/error.h"
#include "tests/unit/temporary_directory.h"

extern "C" {
std::int16_t pgrec_test_variable = 1;
void pgrec_test_function() {}
}

// A USDT probe with two sites and a semaphore, as <sys/sdt.h> notes them; one of the notes says
// that .stapsdt.base was 16 bytes lower when it was written.
extern "C" {
__attribute__((section(".probes"), used)) volatile std::uint16_t pgrec_test_semaphore;
}
asm(".pushsection .stapsdt.base,\"aG\",\"progbits\",.stapsdt.base,comdat\n"
    ".weak _.stapsdt.base\n"
    ".hidden _.stapsdt.base\n"
    "_.stapsdt.base: .space 1\n"
    ".size _.stapsdt.base, 1\n"
    ".popsection\n"
    ".globl pgrec_test_site\n"
    ".type pgrec_test_site, @function\n"
    "pgrec_test_site: nop\n"
    "ret\n"
    ".size pgrec_test_site, 2\n"
    ".macro note moved, arguments\n"
    ".pushsection .note.stapsdt,\"\",\"note\"\n"
    ".balign 4\n"
    ".4byte 992f-991f, 994f-993f, 3\n"
    "991: .asciz \"stapsdt\"\n"
    "992: .balign 4\n"
    "993: .8byte pgrec_test_site - \\moved, _.stapsdt.base - \\moved\n"
    ".8byte pgrec_test_semaphore - \\moved\n"
    ".asciz \"pgrec_test\"\n"
    ".asciz \"placed\"\n"
    ".asciz \"\\arguments\"\n"
    "994: .balign 4\n"
    ".popsection\n"
    ".endm\n"
    "note 0, \"4@%eax\"\n"
    "note 16, \"\"\n");

namespace pgrec {
namespace {

std::vector<UsdtSite> placed(const ElfImage& image) {
  std::vector<UsdtSite> sites;
  for (const UsdtSite& site : image.usdt_sites) {
    if (site.name == "placed") sites.push_back(site);
  }
  return sites;
}

TEST(ReadElf, FindsUsdtProbesWhereverSectionsHaveMoved) {
  const ElfImage image = read_elf("/proc/self/exe");
  const auto sites = placed(image);
  const auto functions = image.find("pgrec_test_site");
  const auto semaphore = image.find_variable("pgrec_test_semaphore");
  ASSERT_EQ(sites.size(), 2u);
  ASSERT_EQ(functions.size(), 1u);
  ASSERT_TRUE(semaphore);
  for (const UsdtSite& site : sites) {
    EXPECT_EQ(site.provider, "pgrec_test");
    EXPECT_EQ(site.address, functions.front().address);
    EXPECT_EQ(site.file_offset, functions.front().file_offset);
    // Its segment is moved in memory by what it is moved by in the file, or a few pages more.
    EXPECT_NE(site.semaphore_offset, 0u);
    EXPECT_EQ(site.semaphore_offset % 4096, semaphore->address % 4096);
  }
  EXPECT_EQ(sites[0].arguments + sites[1].arguments, "4@%eax");
}

TEST(ReadElf, FindsGlobalVariablesWithTheirSizes) {
  const ElfImage image = read_elf("/proc/self/exe");
  const auto variable = image.find_variable("pgrec_test_variable");
  ASSERT_TRUE(variable);
  EXPECT_EQ(variable->bytes, sizeof pgrec_test_variable);
  EXPECT_FALSE(image.find_variable("pgrec_test_function"));
  EXPECT_FALSE(image.find_variable("pgrec_test_nothing"));
}

TEST(ReadElf, TellsFunctionsFromVariables) {
  const ElfImage image = read_elf("/proc/self/exe");
  EXPECT_EQ(image.find("pgrec_test_function").size(), 1u);
  EXPECT_TRUE(image.find("pgrec_test_variable").empty());
}

TEST(ReadElf, FindsNoVariableOfANameThatTwoHave) {
  ElfImage image;
  image.variables = {{"one", 1, 4}, {"two", 2, 4}, {"two", 3, 4}};
  EXPECT_TRUE(image.find_variable("one"));
  EXPECT_FALSE(image.find_variable("two"));
}

TEST(ReadElf, RefusesWhatIsNoElfFile) {
  EXPECT_THROW(read_elf("/proc/self/status"), Error);
}

// What is said of a file with that machine and class in its header.
std::string refusal(std::uint16_t machine, unsigned char elf_class) {
  const test::TemporaryDirectory directory;
  Elf64_Ehdr header{};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = elf_class;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_ident[EI_VERSION] = EV_CURRENT;
  header.e_type = ET_EXEC;  // the two classes' headers agree up to here
  header.e_machine = machine;
  header.e_version = EV_CURRENT;
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(&header);
  test::write_file(directory.file("program"), ByteView(bytes, sizeof header));
  try {
    read_elf(directory.file("program"));
  } catch (const Error& error) {
    const std::string what = error.what();
    return what.substr(what.find(": ") + 2) + (error.hint().empty() ? " (no hint)" : "");
  }
  return "nothing";
}

TEST(ReadElf, SaysWhichProcessorAProgramIsFor) {
  const std::string only = ", and pgrec probes x86-64 programs only";
  EXPECT_EQ(refusal(EM_386, ELFCLASS32), "it is a 32-bit program for i386" + only);
  EXPECT_EQ(refusal(EM_X86_64, ELFCLASS32), "it is a 32-bit program for x86-64" + only);
  EXPECT_EQ(refusal(EM_AARCH64, ELFCLASS64), "it is a program for ARM64" + only);
  EXPECT_EQ(refusal(EM_SPARCV9, ELFCLASS64), "it is a program for another processor" + only);
}

TEST(MajorVersion, IsTheFirstNumber) {
  EXPECT_EQ(major_version("15.18 (Debian 15.18-0+deb12u1)"), 15);
  EXPECT_EQ(major_version("18beta1"), 18);
  EXPECT_EQ(major_version(""), 0);
}

}  // namespace
}  // namespace pgrec
