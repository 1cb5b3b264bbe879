// A limit of the address space of a child process, as prlimit --as sets it: memory is refused
// there.
#pragma once

#include <sys/resource.h>

#include <cstddef>
#include <fstream>
#include <functional>
#include <stdexcept>

#include "tests/unit/child_process.h"

namespace pgrec::test {

// Sanitizers need more address space than there is sense in limiting.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kCanLimitMemory = false;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool kCanLimitMemory = false;
#else
constexpr bool kCanLimitMemory = true;
#endif
#else
constexpr bool kCanLimitMemory = true;
#endif

// From now on this process gets `bytes` more at most, of which malloc() has already some.
inline void limit_memory(std::size_t bytes) {
  std::size_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  rlimit limit{};
  ::getrlimit(RLIMIT_AS, &limit);
  limit.rlim_cur = pages * 4096 + bytes;
  ::setrlimit(RLIMIT_AS, &limit);
}

// Whether `holds` is true in a child that gets `bytes` more at most. False also where it crashes.
inline bool holds_with_memory(std::size_t bytes, const std::function<bool()>& holds) {
  ChildProcess child([&](ChildProcess& /*self*/) {
    limit_memory(bytes);
    if (!holds()) throw std::runtime_error("it does not hold");
  });
  return child.wait().status == 0;
}

}  // namespace pgrec::test
