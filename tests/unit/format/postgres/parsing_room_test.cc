// Covers format/postgres/parsing_room.h: work that has the room it asks for, and processes whose
// memory or threads are limited.
#include "format/postgres/parsing_room.h"

#include <gtest/gtest.h>
#include <pthread.h>

#include <new>
#include <stdexcept>

#include "tests/unit/memory_limit.h"

namespace pgrec {
namespace {

using test::holds_with_memory;

constexpr std::size_t kMiB = 1u << 20;

// Bytes of this thread's stack.
std::size_t stack_bytes() {
  pthread_attr_t attributes;
  void* place = nullptr;
  std::size_t bytes = 0;
  ::pthread_getattr_np(::pthread_self(), &attributes);
  ::pthread_attr_getstack(&attributes, &place, &bytes);
  ::pthread_attr_destroy(&attributes);
  return bytes;
}

TEST(ParsingRoom, IsTheStackThatWasAskedFor) {
  for (const std::size_t wanted : {64u << 10, 4u << 20, 64u << 20, 128u << 20}) {
    std::size_t got = 0;
    EXPECT_TRUE(run_in_room({kMiB, wanted}, [&] { got = stack_bytes(); }));
    EXPECT_GE(got, wanted);
  }
}

TEST(ParsingRoom, OfLittleStackIsInTheCallersThread) {
  const pthread_t own = ::pthread_self();
  bool same = false;
  EXPECT_TRUE(run_in_room({kMiB, kMiB}, [&] { same = ::pthread_equal(own, ::pthread_self()); }));
  EXPECT_TRUE(same);
}

TEST(ParsingRoom, IsAThreadOfItsOwnWhereTheCallersStackIsSmall) {
  if (!test::kCanLimitMemory) GTEST_SKIP() << "the address space cannot be limited";
  const bool own = holds_with_memory(kMiB << 10, [] {
    const rlimit small{1u << 20, RLIM_INFINITY};
    ::setrlimit(RLIMIT_STACK, &small);
    const pthread_t caller = ::pthread_self();
    bool same = true;
    return run_in_room({kMiB, kMiB},
                       [&] { same = ::pthread_equal(caller, ::pthread_self()) != 0; }) &&
           !same;
  });
  EXPECT_TRUE(own);
}

TEST(ParsingRoom, LetsExceptionsThrough) {
  for (const std::size_t stack : {kMiB, 64 * kMiB}) {
    EXPECT_THROW(run_in_room({kMiB, stack}, [] { throw std::runtime_error("x"); }),
                 std::runtime_error);
  }
}

TEST(ParsingRoom, IsNotThereWhereMemoryIsRefused) {
  if (!test::kCanLimitMemory) GTEST_SKIP() << "the address space cannot be limited";
  const std::uint64_t before = parsings_without_room();
  EXPECT_FALSE(run_in_room({kMiB, kMiB}, [] { throw std::bad_alloc(); }));
  EXPECT_EQ(parsings_without_room(), before + 1);
  const auto runs = [](std::size_t heap, std::size_t stack) {
    bool ran = false;
    const bool said = run_in_room({heap, stack}, [&] { ran = true; });
    if (ran != said) throw std::logic_error("it says otherwise than it does");
    return ran;
  };
  EXPECT_TRUE(holds_with_memory(48 * kMiB, [&] {
    const std::uint64_t first = parsings_without_room();
    for (int i = 0; i < 3; ++i) {  // the room is there again
      if (!runs(8 * kMiB, kMiB) || !runs(8 * kMiB, 32 * kMiB)) return false;
    }
    return parsings_without_room() == first && !runs(64 * kMiB, kMiB) && !runs(kMiB, 64 * kMiB) &&
           !runs(30 * kMiB, 30 * kMiB) && parsings_without_room() == first + 3 &&
           runs(8 * kMiB, 8 * kMiB);
  }));
}

}  // namespace
}  // namespace pgrec
