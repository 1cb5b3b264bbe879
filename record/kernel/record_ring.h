// The consumer's side of one CPU's record ring, a BPF ring buffer that is mapped into the recorder.
// libbpf's own consumer hides where it stopped and why; the order of events across CPUs depends on
// knowing it (record/matching/hit_order.h).
//
// Layout and protocol: the kernel's Documentation/bpf/ringbuf.rst and include/uapi/linux/bpf.h.
#pragma once

#include <linux/bpf.h>

#include <cstddef>
#include <cstdint>
#include <span>

namespace pgrec {

class RecordRing {
 public:
  // Maps the ring buffer `map_fd`, made with `bytes` of data; borrows the descriptor only during
  // the call. Throws Error.
  RecordRing(int map_fd, std::size_t bytes);
  RecordRing(RecordRing&& other) noexcept;
  RecordRing& operator=(RecordRing&&) = delete;
  ~RecordRing();

  // Gives `visit` each record that the kernel side has submitted, oldest first, as a
  // std::span<const std::byte>, and frees its room. The bytes are valid during the call only.
  // Returns true when everything reserved before the call has been visited, false when a record
  // still being written stands in the way.
  template <typename Visit>
  bool drain(Visit visit) {
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
      if (!(header & BPF_RINGBUF_DISCARD_BIT))
        visit(std::span<const std::byte>(record + BPF_RINGBUF_HDR_SZ, length));
      position += (length + BPF_RINGBUF_HDR_SZ + 7) / 8 * 8;
      __atomic_store_n(static_cast<unsigned long*>(consumer_), position, __ATOMIC_RELEASE);
    }
    return position >= reserved;
  }

  // How many bytes of records it holds.
  std::size_t bytes() const { return mask_ + 1; }

 private:
  static unsigned long load_acquire(const void* at) {
    return __atomic_load_n(static_cast<const unsigned long*>(at), __ATOMIC_ACQUIRE);
  }

  std::size_t mask_ = 0;
  std::size_t page_ = 0;
  void* consumer_ = nullptr;  // one page, ours to write: the consumer's position
  void* producer_ = nullptr;  // one page with the producer's position, then the data twice
};

}  // namespace pgrec
