#include "record/kernel/record_ring.h"

#include <linux/bpf.h>
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

unsigned long load_acquire(const void* at) {
  return __atomic_load_n(static_cast<const unsigned long*>(at), __ATOMIC_ACQUIRE);
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

bool RecordRing::drain(const std::function<void(std::span<const std::byte>)>& visit) {
  const unsigned long reserved = load_acquire(producer_);
  const auto* data = static_cast<const std::byte*>(producer_) + page_;
  unsigned long position = load_acquire(consumer_);
  while (position < reserved) {
    // A record is its length with two flags, four bytes for the kernel, then the data, in steps
    // of 8.
    const std::byte* record = data + (position & mask_);
    const auto header =
        __atomic_load_n(reinterpret_cast<const std::uint32_t*>(record), __ATOMIC_ACQUIRE);
    if (header & BPF_RINGBUF_BUSY_BIT) break;
    const std::size_t length = header & ~(BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT);
    if (!(header & BPF_RINGBUF_DISCARD_BIT)) visit({record + BPF_RINGBUF_HDR_SZ, length});
    position += (length + BPF_RINGBUF_HDR_SZ + 7) / 8 * 8;
    __atomic_store_n(static_cast<unsigned long*>(consumer_), position, __ATOMIC_RELEASE);
  }
  return position >= reserved;
}

}  // namespace pgrec
