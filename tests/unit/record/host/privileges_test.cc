// Covers record/host/privileges.h, in children that give up what they have.
#include "record/host/privileges.h"

#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>

#include "tests/unit/child_process.h"

namespace pgrec {
namespace {

void give_up_everything() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  const std::array<__user_cap_data_struct, 2> none{};
  if (::syscall(SYS_capset, &header, none.data()) != 0) ::_exit(2);
}

// Whether `holds` is true in a process without any capability.
template <typename Holds>
bool holds_without_any(Holds holds) {
  test::ChildProcess child([&](test::ChildProcess&) {
    give_up_everything();
    ::_exit(holds() ? 0 : 1);
  });
  return child.wait().status == 0;
}

TEST(Privileges, LoadProgramsAsRootOrWithTwoCapabilities) {
  EXPECT_TRUE((Privileges{true, false, false}.load_programs()));
  EXPECT_TRUE((Privileges{false, true, true}.load_programs()));
  EXPECT_FALSE((Privileges{false, true, false}.load_programs()));
  EXPECT_FALSE((Privileges{false, false, true}.load_programs()));
}

TEST(Privileges, AreNoneOfAProcessThatGaveThemUp) {
  EXPECT_TRUE(holds_without_any([] {
    const Privileges own = own_privileges();
    return !own.root && !own.bpf && !own.perfmon;
  }));
}

TEST(Privileges, NameWhatIsMissing) {
  EXPECT_TRUE(
      holds_without_any([] { return missing_to_see_processes() == "CAP_SYS_PTRACE is missing"; }));
  EXPECT_TRUE(holds_without_any([] {
    return missing_to_read_processes() == "CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH are missing";
  }));
}

}  // namespace
}  // namespace pgrec
