// Covers record/host/process_ends.h, on real processes.
#include "record/host/process_ends.h"

#include <gtest/gtest.h>

#include "tests/unit/child_process.h"

namespace pgrec {
namespace {

using test::ChildProcess;

// Above every process id.
constexpr std::uint32_t kNobody = 4'194'305;

std::uint32_t pid_of(const ChildProcess& process) {
  return static_cast<std::uint32_t>(process.pid());
}

void end(ChildProcess& process) {
  process.go_on();
  process.wait();
}

TEST(ProcessEnds, AreThoseOfAllProcesses) {
  const auto one_step = [](ChildProcess& self) { self.step(); };
  ChildProcess first(one_step), second(one_step), third(one_step);
  for (ChildProcess* one : {&first, &second, &third})
    one->wait_for_step();
  ProcessEnds ends({pid_of(first), pid_of(second), pid_of(third)});
  EXPECT_FALSE(ends.all_ended());
  end(third);
  end(first);
  EXPECT_FALSE(ends.all_ended());
  end(second);
  EXPECT_TRUE(ends.all_ended());
  EXPECT_TRUE(ends.all_ended());
}

TEST(ProcessEnds, AreKnownOfProcessesThatWereGoneBefore) {
  EXPECT_TRUE(ProcessEnds({kNobody}).all_ended());
  ChildProcess child([](ChildProcess& self) { self.step(); });
  child.wait_for_step();
  EXPECT_FALSE(ProcessEnds({kNobody, pid_of(child)}).all_ended());
}

TEST(ProcessEnds, AreNoneOfNoProcesses) {
  EXPECT_FALSE(ProcessEnds({}).all_ended());
}

TEST(ProcessEnds, NameFiveProcessesAtMost) {
  EXPECT_EQ(ProcessEnds({12}).what(), "the end of process 12");
  EXPECT_EQ(ProcessEnds({kNobody, kNobody + 1}).what(), "the end of processes 4194305, 4194306");
  const std::uint32_t n = kNobody;
  EXPECT_EQ(ProcessEnds({n, n, n, n, n, n + 1, n + 2}).what(),
            "the end of processes 4194305, 4194305, 4194305, 4194305, 4194305 and 2 more");
}

}  // namespace
}  // namespace pgrec
