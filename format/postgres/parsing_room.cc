#include "format/postgres/parsing_room.h"

#include <pthread.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <fstream>
#include <new>

namespace pgrec {
namespace {

// A caller's stack has this much left, of the 8 MiB that are usual.
constexpr std::size_t kOwnStackBytes = 4u << 20;
constexpr std::size_t kLeastStackBytes = 8u << 20;
constexpr std::size_t kPageBytes = 4096;

std::atomic<std::uint64_t> without_room{0};

rlim_t limit_of(int resource) {
  rlimit limit{};
  return ::getrlimit(static_cast<__rlimit_resource>(resource), &limit) == 0 ? limit.rlim_cur
                                                                            : RLIM_INFINITY;
}

// Whether the kernel promises no more memory than there is.
bool is_commitment_strict() {
  int mode = 0;
  return std::ifstream("/proc/sys/vm/overcommit_memory") >> mode && mode == 2;
}

bool may_be_refused() {
  static const bool strict = is_commitment_strict();
  return strict || limit_of(RLIMIT_AS) != RLIM_INFINITY || limit_of(RLIMIT_DATA) != RLIM_INFINITY;
}

// Memory that is there, as far as the kernel promises it.
class Reserved {
 public:
  explicit Reserved(std::size_t bytes)
      : place_(::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)),
        bytes_(bytes) {}
  Reserved(const Reserved&) = delete;
  Reserved& operator=(const Reserved&) = delete;
  ~Reserved() { give_back(); }
  bool is_there() const { return place_ != MAP_FAILED; }
  void* place() const { return place_; }
  std::size_t bytes() const { return bytes_; }
  void give_back() {
    if (is_there()) ::munmap(place_, bytes_);
    place_ = MAP_FAILED;
  }

 private:
  void* place_;
  std::size_t bytes_;
};

struct Job {
  const std::function<void()>& work;
  std::exception_ptr failure;
};

void* run_job(void* argument) {
  auto* job = static_cast<Job*>(argument);
  try {
    job->work();  // libpg_query frees what it holds when the thread ends
  } catch (...) {
    job->failure = std::current_exception();
  }
  return nullptr;
}

// The stack is not the C library's, which would keep it for the next thread.
bool run_in_thread(const Reserved& stack, const std::function<void()>& work) {
  ::mprotect(stack.place(), kPageBytes, PROT_NONE);  // whoever needs more ends there
  Job job{work, nullptr};
  pthread_attr_t attributes;
  if (::pthread_attr_init(&attributes) != 0) return false;
  pthread_t thread;
  const bool begun = ::pthread_attr_setstack(&attributes, stack.place(), stack.bytes()) == 0 &&
                     ::pthread_create(&thread, &attributes, run_job, &job) == 0;
  ::pthread_attr_destroy(&attributes);
  if (!begun) return false;
  ::pthread_join(thread, nullptr);
  if (job.failure) std::rethrow_exception(job.failure);
  return true;
}

// What it reserves for the work it gives back untouched, which costs a microsecond.
bool try_in_room(const ParsingRoom& room, const std::function<void()>& work) {
  const bool own = room.stack_bytes <= kOwnStackBytes && limit_of(RLIMIT_STACK) >= kLeastStackBytes;
  if (own && !may_be_refused()) {
    work();
    return true;
  }
  Reserved stack(std::max(room.stack_bytes, own ? kPageBytes : kOwnStackBytes));
  Reserved heap(room.heap_bytes);
  if (!stack.is_there() || !heap.is_there()) return false;
  heap.give_back();
  if (!own) return run_in_thread(stack, work);
  stack.give_back();
  work();
  return true;
}

}  // namespace

bool run_in_room(const ParsingRoom& room, const std::function<void()>& work) {
  bool ran = false;
  try {
    ran = try_in_room(room, work);
  } catch (const std::bad_alloc&) {
  }
  if (!ran) ++without_room;
  return ran;
}

std::uint64_t parsings_without_room() {
  return without_room;
}

}  // namespace pgrec
