// Covers record/server/parallel_workers.h: processes with titles such as parallel workers have.
#include "record/server/parallel_workers.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

#include "tests/unit/child_process.h"

namespace pgrec {
namespace {

// A child with that title, until it is told to end.
class Titled {
 public:
  explicit Titled(const std::string& title)
      : child_([title](test::ChildProcess& /*self*/) {
          ::execl("/bin/sleep", title.c_str(), "3600", nullptr);
        }) {}
  ~Titled() { child_.kill(); }
  std::uint32_t pid() const { return static_cast<std::uint32_t>(child_.pid()); }

 private:
  test::ChildProcess child_;
};

bool comes_true(const std::vector<std::uint32_t>& expected, std::uint32_t leader) {
  for (int i = 0; i < 1000; ++i) {
    if (parallel_workers_of({leader}) == expected) return true;
    ::usleep(10'000);
  }
  return false;
}

TEST(ParallelWorkers, AreThoseThatSayForWhomTheyWork) {
  const Titled leader("postgres: alice shop [local] SELECT");
  const Titled worker("postgres: parallel worker for PID " + std::to_string(leader.pid()) + " ");
  const Titled other("postgres: parallel worker for PID " + std::to_string(worker.pid()) + " ");
  EXPECT_TRUE(comes_true({worker.pid()}, leader.pid()));
  EXPECT_EQ(parallel_workers_of({}), std::vector<std::uint32_t>{});
}

// A process of another server can have the number of its leader in a pid namespace of its own.
TEST(ParallelWorkers, AreNotThoseOfAnotherPostmaster) {
  const auto own = static_cast<std::uint32_t>(::getpid());
  const Titled worker("postgres: parallel worker for PID " + std::to_string(own) + " ");
  const Titled leader("postgres: alice shop [local] SELECT");
  EXPECT_TRUE(comes_true({}, own));
}

}  // namespace
}  // namespace pgrec
