// Covers record/recording/stops.h: what ends a recording, with real signals, commands and
// processes.
#include "record/recording/stops.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>

#include "tests/unit/child_process.h"

namespace pgrec {
namespace {

using test::ChildProcess;

// Longer than any test may take.
constexpr int kLongMs = 600'000;

class StopsTest : public testing::Test {
 protected:
  StopsTest() : child_([](ChildProcess& self) { self.step(); }) { child_.wait_for_step(); }

  std::vector<std::uint32_t> child() const { return {static_cast<std::uint32_t>(child_.pid())}; }
  void end_child() {
    child_.go_on();
    child_.wait();
  }

  ChildProcess child_;
  StopSignal signal_;
};

TEST_F(StopsTest, EndByTheNameOfASignal) {
  Stops stops(signal_, {});
  ::kill(::getpid(), SIGTERM);
  EXPECT_EQ(stops.wait(kLongMs), "SIGTERM");
  EXPECT_EQ(stops.wait(0), std::nullopt);
}

TEST_F(StopsTest, EndWithTheirCommand) {
  ChildCommand command({"sh", "-c", "exit 3"});
  Stops stops(signal_, {});
  stops.end_with(command);
  EXPECT_EQ(stops.wait(kLongMs), "its command, with status 3");
}

TEST_F(StopsTest, EndByASignalBeforeTheCommandThatHasEndedToo) {
  ChildCommand command({"true"});
  Stops stops(signal_, {});
  stops.end_with(command);
  ::kill(::getpid(), SIGINT);
  EXPECT_EQ(stops.wait(kLongMs), "SIGINT");
  EXPECT_EQ(stops.wait(kLongMs), "its command, with status 0");
}

TEST_F(StopsTest, EndWhenTheirProcessesHaveEnded) {
  const std::string pid = std::to_string(child_.pid());
  Stops stops(signal_, child());
  EXPECT_EQ(stops.wait(0), std::nullopt);
  end_child();
  EXPECT_EQ(stops.wait(0), "the end of process " + pid);
}

TEST_F(StopsTest, GoOnWhileDescendantsOfTheirProcessesRun) {
  bool has_followed = true;
  Stops stops(signal_, child());
  stops.follow([&] { return has_followed; });
  end_child();
  EXPECT_EQ(stops.wait(0), std::nullopt);
  has_followed = false;
  EXPECT_NE(stops.wait(0), std::nullopt);
}

TEST_F(StopsTest, OfNoProcessesGoOn) {
  Stops stops(signal_, {});
  end_child();
  EXPECT_EQ(stops.wait(0), std::nullopt);
}

TEST_F(StopsTest, WakeAtADescriptorAndGoOn) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const Descriptor reader(ends[0]);
  const Descriptor writer(ends[1]);
  Stops stops(signal_, {});
  stops.wake_at(reader.get());
  ASSERT_EQ(::write(writer.get(), "q", 1), 1);
  EXPECT_EQ(stops.wait(kLongMs), std::nullopt);
}

TEST_F(StopsTest, EndWhenTheirTimeIsUp) {
  const Stops stops(signal_, {}, std::chrono::seconds(2));
  EXPECT_EQ(stops.time_is_up(std::chrono::milliseconds(1999)), std::nullopt);
  EXPECT_EQ(stops.time_is_up(std::chrono::seconds(2)), "its time being up");
}

TEST_F(StopsTest, HaveAllTheTimeWhereNoneIsGiven) {
  EXPECT_EQ(Stops(signal_, {}).time_is_up(std::chrono::hours(1000)), std::nullopt);
}

}  // namespace
}  // namespace pgrec
