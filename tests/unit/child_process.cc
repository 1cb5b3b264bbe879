#include "tests/unit/child_process.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <stdexcept>

namespace pgrec::test {
namespace {

void put(int fd) {
  if (::write(fd, "s", 1) != 1) throw std::runtime_error("the other process is gone");
}

void get(int fd) {
  char step = 0;
  if (::read(fd, &step, 1) != 1) throw std::runtime_error("the other process is gone");
}

}  // namespace

ChildProcess::ChildProcess(const std::function<void(ChildProcess&)>& action) {
  if (::pipe(to_child_) != 0 || ::pipe(to_test_) != 0) throw std::runtime_error("no pipes");
  pid_ = ::fork();
  if (pid_ != 0) {
    ::close(to_child_[0]);
    ::close(to_test_[1]);
    return;
  }
  ::close(to_child_[1]);
  ::close(to_test_[0]);
  try {
    action(*this);
  } catch (...) {
    ::_exit(1);
  }
  ::_exit(0);
}

ChildProcess::~ChildProcess() {
  ::close(to_child_[1]);
  ::close(to_test_[0]);
  if (pid_ > 0) {
    kill();
    wait();
  }
}

void ChildProcess::step() {
  put(to_test_[1]);
  get(to_child_[0]);
}

void ChildProcess::wait_for_step() {
  get(to_test_[0]);
}

void ChildProcess::go_on() {
  put(to_child_[1]);
}

void ChildProcess::kill() {
  ::kill(pid_, SIGKILL);
}

ChildProcess::Ended ChildProcess::wait() {
  Ended ended;
  struct rusage usage {};
  if (::wait4(pid_, &ended.status, 0, &usage) != pid_) throw std::runtime_error("no child");
  ended.peak_kibibytes = usage.ru_maxrss;
  pid_ = -1;
  return ended;
}

}  // namespace pgrec::test
