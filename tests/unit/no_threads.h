// While it lives, this process can start no thread: pthread_create() fails with EAGAIN, as where a
// limit of processes is reached, because no thread's stack has room.
#pragma once

#include <pthread.h>

#include <cstddef>
#include <stdexcept>

namespace pgrec::test {

class NoThreads {
 public:
  NoThreads() {
    constexpr std::size_t kMoreThanThereIs = std::size_t{1} << 50;
    pthread_attr_t none;
    ::pthread_getattr_default_np(&before_);
    ::pthread_attr_init(&none);
    ::pthread_attr_setstacksize(&none, kMoreThanThereIs);
    if (::pthread_setattr_default_np(&none) != 0) throw std::runtime_error("no such stacks");
    ::pthread_attr_destroy(&none);
  }
  NoThreads(const NoThreads&) = delete;
  NoThreads& operator=(const NoThreads&) = delete;
  ~NoThreads() {
    ::pthread_setattr_default_np(&before_);
    ::pthread_attr_destroy(&before_);
  }

 private:
  pthread_attr_t before_;
};

}  // namespace pgrec::test
