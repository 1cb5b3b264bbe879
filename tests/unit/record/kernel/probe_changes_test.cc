// Covers record/kernel/probe_changes.h: what needs no probe that is in place. The rest is in
// tests/live/change_tests.sh.
#include "record/kernel/probe_changes.h"

#include <gtest/gtest.h>

#include <thread>

#include "tests/unit/no_threads.h"

namespace pgrec {
namespace {

class ProbeChangesTest : public testing::Test {
 protected:
  // Begins a change, and gives the thread that it was made on.
  std::thread::id thread_of_a_change() {
    std::thread::id thread;
    changes_.begin([&](Attachments& /*to*/) { thread = std::this_thread::get_id(); });
    while (!changes_.is_idle()) {
    }
    return thread;
  }

  const LoadedPrograms programs_{};
  Attachments attachments_{programs_};
  ProbeChanges changes_{attachments_};
};

TEST_F(ProbeChangesTest, AreMadeOnAnotherThread) {
  const std::thread::id thread = thread_of_a_change();
  EXPECT_NE(thread, std::thread::id());
  EXPECT_NE(thread, std::this_thread::get_id());
}

TEST_F(ProbeChangesTest, AreMadeInPlaceWhereNoThreadCanBeStarted) {
  const test::NoThreads none;
  EXPECT_EQ(thread_of_a_change(), std::this_thread::get_id());
  EXPECT_EQ(thread_of_a_change(), std::this_thread::get_id());
}

}  // namespace
}  // namespace pgrec
