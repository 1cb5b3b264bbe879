// A forked child that does what a test says, step by step.
#pragma once

#include <sys/types.h>

#include <functional>

namespace pgrec::test {

class ChildProcess {
 public:
  // The child calls `action` and exits: with 0, or 1 where it throws.
  explicit ChildProcess(const std::function<void(ChildProcess&)>& action);
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  // Kills a child that still runs.
  ~ChildProcess();

  // In the child: tells the test that a step is done, and waits until it may go on.
  void step();
  // In the test: waits until the child's next step is done; then lets it go on.
  void wait_for_step();
  void go_on();

  pid_t pid() const { return pid_; }
  void kill();
  struct Ended {
    int status = 0;           // of waitpid()
    long peak_kibibytes = 0;  // the most memory that it held
  };
  // Waits until the child has ended.
  Ended wait();

 private:
  pid_t pid_ = -1;
  int to_child_[2] = {-1, -1};
  int to_test_[2] = {-1, -1};
};

}  // namespace pgrec::test
