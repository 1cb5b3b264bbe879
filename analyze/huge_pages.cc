#include "analyze/huge_pages.h"

#include <cstdint>
#include <cstdlib>

#ifdef __GLIBC__
#include <malloc.h>
#include <sys/mman.h>
#endif

namespace pgrec {

void use_huge_pages() {
#ifdef __GLIBC__
  constexpr std::size_t kHugePage = 2u << 20;
  constexpr std::size_t kHeap = 16u << 20;
  // What is as large as a chunk's columns comes from the heap too, and stays there when freed.
  mallopt(M_MMAP_THRESHOLD, 2 * kHeap);
  mallopt(M_TRIM_THRESHOLD, 2 * kHeap);
  void* const grown = std::malloc(kHeap);
  if (!grown) return;
  const auto begin = reinterpret_cast<std::uintptr_t>(grown);
  const std::uintptr_t first = (begin + kHugePage - 1) / kHugePage * kHugePage;
  const std::uintptr_t end = (begin + kHeap) / kHugePage * kHugePage;
  madvise(reinterpret_cast<void*>(first), end - first, MADV_HUGEPAGE);
  std::free(grown);
#endif
}

}  // namespace pgrec
