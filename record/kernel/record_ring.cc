#include "record/kernel/record_ring.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "format/error.h"
#include "format/frame/file.h"

namespace pgrec {
namespace {

void* map_pages(int fd, std::size_t bytes, int protection, std::size_t offset) {
  void* at = ::mmap(nullptr, bytes, protection, MAP_SHARED, fd, static_cast<off_t>(offset));
  if (at == MAP_FAILED) throw Error("cannot map a ring buffer: " + reason_of(errno));
  return at;
}

}  // namespace

RecordRing::RecordRing(int map_fd, std::size_t bytes)
    : mask_(bytes - 1), page_(static_cast<std::size_t>(::sysconf(_SC_PAGESIZE))) {
  consumer_ = map_pages(map_fd, page_, PROT_READ | PROT_WRITE, 0);
  try {
    producer_ = map_pages(map_fd, page_ + 2 * bytes, PROT_READ, page_);
  } catch (const Error&) {
    ::munmap(consumer_, page_);
    throw;
  }
}

RecordRing::RecordRing(RecordRing&& other) noexcept
    : mask_(other.mask_),
      page_(other.page_),
      consumer_(std::exchange(other.consumer_, nullptr)),
      producer_(std::exchange(other.producer_, nullptr)) {}

RecordRing::~RecordRing() {
  if (consumer_) ::munmap(consumer_, page_);
  if (producer_) ::munmap(producer_, page_ + 2 * (mask_ + 1));
}

}  // namespace pgrec
