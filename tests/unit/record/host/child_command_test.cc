// Covers record/host/child_command.h: real commands, how they end, and those that cannot be run.
#include "record/host/child_command.h"

#include <gtest/gtest.h>
#include <poll.h>

#include <csignal>

#include "format/error.h"
#include "record/host/stop_signal.h"
#include "record/host/writing_signals.h"
#include "tests/unit/temporary_directory.h"

namespace pgrec {
namespace {

constexpr int kLongMs = 600'000;

std::string end_of(const std::vector<std::string>& arguments) {
  ChildCommand command(arguments);
  pollfd waits{command.fd(), POLLIN, 0};
  EXPECT_EQ(::poll(&waits, 1, kLongMs), 1);
  EXPECT_TRUE(command.running());
  std::string end = command.wait();
  EXPECT_FALSE(command.running());
  return end;
}

template <typename Action>
std::string refusal(Action action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "nothing thrown";
}

TEST(ChildCommand, SaysHowItEnded) {
  EXPECT_EQ(end_of({"sh", "-c", "exit 3"}), "status 3");
  EXPECT_EQ(end_of({"sh", "-c", "kill -9 $$"}), "signal 9 (Killed)");
}

TEST(ChildCommand, HasTheExitStatusThatAShellTells) {
  const auto status_of = [](const std::string& script) {
    ChildCommand command({"sh", "-c", script});
    pollfd waits{command.fd(), POLLIN, 0};
    EXPECT_EQ(::poll(&waits, 1, kLongMs), 1);
    command.wait();
    return command.exit_status();
  };
  EXPECT_EQ(status_of("exit 0"), 0);
  EXPECT_EQ(status_of("exit 255"), 255);
  EXPECT_EQ(status_of("kill -9 $$"), 137);
  EXPECT_EQ(status_of("kill -TERM $$"), 143);
}

TEST(ChildCommand, GetsItsArgumentsAsTheyAre) {
  EXPECT_EQ(end_of({"sh", "-c", "test \"$1\" = 'a  b' -a -z \"$2\"", "sh", "a  b", ""}),
            "status 0");
}

// A recording blocks them, and ignores what a full disk or a closed pipe would kill it with.
TEST(ChildCommand, GetsTheSignalsThatTheRecordingDoesNot) {
  const StopSignal blocked;
  ignore_writing_signals();
  EXPECT_EQ(end_of({"sh", "-c", "kill -TERM $$; exit 3"}), "signal 15 (Terminated)");
  EXPECT_EQ(end_of({"sh", "-c", "kill -PIPE $$; exit 3"}), "signal 13 (Broken pipe)");
  restore_writing_signals();
  StopSignal::unblock();
}

TEST(ChildCommand, IgnoresWhatWasIgnoredBeforeTheRecording) {
  for (const int signal : {SIGPIPE, SIGXFSZ, SIGHUP, SIGINT, SIGTERM}) {
    ::signal(signal, SIG_IGN);
    {
      const StopSignal blocked;
      ignore_writing_signals();
      EXPECT_EQ(end_of({"sh", "-c", "kill -" + std::to_string(signal) + " $$; exit 3"}),
                "status 3");
      restore_writing_signals();
      StopSignal::unblock();
    }
    ::signal(signal, SIG_DFL);
  }
}

TEST(ChildCommand, CannotBeWhatIsNoProgram) {
  const test::TemporaryDirectory directory;
  const std::string file = directory.file("text");
  test::write_file(file, Bytes{'a', '\n'});
  const auto run = [](const std::string& command) {
    return refusal([&] { const ChildCommand started({command}); });
  };
  EXPECT_EQ(run(file), "cannot run " + file + ": Permission denied");
  EXPECT_EQ(run("pgrec-no-such-command"),
            "cannot run pgrec-no-such-command: No such file or directory");
}

TEST(ChildCommand, IsCheckedBeforeItRuns) {
  const auto check = [](const std::string& command) {
    return refusal([&] { ChildCommand::check({command}); });
  };
  EXPECT_EQ(check("sh"), "nothing thrown");
  EXPECT_EQ(check("/bin/sh"), "nothing thrown");
  EXPECT_EQ(check("/"), "cannot run /: Is a directory");
  EXPECT_EQ(check("/no/such"), "cannot run /no/such: No such file or directory");
  EXPECT_EQ(check("pgrec-no-such-command"),
            "cannot run pgrec-no-such-command: No such file or directory");
}

}  // namespace
}  // namespace pgrec
