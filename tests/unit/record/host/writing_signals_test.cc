// Covers record/host/writing_signals.h, with a pipe that nobody reads and a file at its limit.
#include "record/host/writing_signals.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>

#include "format/error.h"
#include "tests/unit/child_process.h"

namespace pgrec {
namespace {

// The wait status of a child that does this.
template <typename Action>
int status_of(Action action) {
  return test::ChildProcess([&](test::ChildProcess& /*self*/) { action(); }).wait().status;
}

void write_to_nobody() {
  int ends[2];
  if (::pipe(ends) != 0) throw Error("no pipe");
  ::close(ends[0]);
  if (::write(ends[1], "x", 1) != -1 || errno != EPIPE) throw Error("it was written");
}

void write_past_the_limit() {
  std::FILE* file = std::tmpfile();
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_FSIZE, &none);
  if (::write(::fileno(file), "x", 1) != -1 || errno != EFBIG) throw Error("it was written");
}

TEST(WritingSignals, AreErrorsWhereTheyAreIgnored) {
  for (const auto write : {write_to_nobody, write_past_the_limit}) {
    EXPECT_EQ(status_of([write] {
                ignore_writing_signals();
                write();
              }),
              0);
  }
}

TEST(WritingSignals, KillAgainWhenTheyAreAsBefore) {
  const int status = status_of([] {
    ::signal(SIGPIPE, SIG_DFL);
    ignore_writing_signals();
    ignore_writing_signals();
    restore_writing_signals();
    write_to_nobody();
  });
  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(WTERMSIG(status), SIGPIPE);
}

TEST(WritingSignals, StayIgnoredWhereTheyWereBefore) {
  EXPECT_EQ(status_of([] {
              ::signal(SIGPIPE, SIG_IGN);
              ignore_writing_signals();
              restore_writing_signals();
              write_to_nobody();
            }),
            0);
}

}  // namespace
}  // namespace pgrec
