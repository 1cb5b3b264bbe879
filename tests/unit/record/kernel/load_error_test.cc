// Covers record/kernel/load_error.h: a verifier's refusal is not taken for a lack of rights.
#include "record/kernel/load_error.h"

#include <gtest/gtest.h>

#include <cerrno>

namespace pgrec {
namespace {

const std::string kRefusal =
    "libbpf: prog 'on_enter': BPF program load failed: Permission denied\n"
    "libbpf: prog 'on_enter': -- BEGIN PROG LOAD LOG --\n"
    "libbpf: failed to load object 'pgrec_bpf'\n";

std::string what(int error, const std::string& words) {
  const Error found = load_error(error, words);
  return found.what() + std::string(found.hint().empty() ? " (no hint)" : "");
}

TEST(LoadError, NamesTheProgramThatTheVerifierRefuses) {
  for (const int error : {EACCES, EINVAL, E2BIG}) {
    EXPECT_EQ(what(error, kRefusal), "the kernel's verifier refuses pgrec's program on_enter");
  }
}

TEST(LoadError, IsALackOfRightsWhereNoProgramWasRefused) {
  const std::string rights = "the kernel refuses pgrec's BPF programs to this process";
  EXPECT_EQ(what(EACCES, ""), rights);
  EXPECT_EQ(what(EPERM, "libbpf: Error in bpf_create_map_xattr(events): Operation not permitted\n"),
            rights);
  EXPECT_EQ(what(EPERM, kRefusal), rights);
}

TEST(LoadError, IsALackOfMemoryWhateverWasSaid) {
  EXPECT_EQ(what(ENOMEM, kRefusal), "there is not enough memory for the ring buffers");
}

TEST(LoadError, OfAnotherKindHasItsReasonInWords) {
  EXPECT_EQ(what(EINVAL, ""), "the kernel does not take pgrec's BPF programs: Invalid argument");
}

TEST(RefusedProgram, IsTheFirstThatFailedToLoad) {
  EXPECT_EQ(refused_program(kRefusal + "libbpf: prog 'other': BPF program load failed: x\n"),
            "on_enter");
  EXPECT_EQ(
      refused_program("libbpf: prog 'on_exit': relo #0: no matching targets found\n" + kRefusal),
      "on_enter");
  EXPECT_EQ(refused_program("libbpf: failed to load object 'pgrec_bpf'\n"), "");
  EXPECT_EQ(refused_program("': BPF program load failed"), "");
}

}  // namespace
}  // namespace pgrec
