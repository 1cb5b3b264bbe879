// The consumer's side of one BPF ring buffer, mapped into the recorder. libbpf's own consumer hides
// where it stopped and why; the order of events across CPUs depends on knowing it
// (record/matching/hit_order.h).
//
// Layout and protocol: the kernel's Documentation/bpf/ringbuf.rst and include/uapi/linux/bpf.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
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

  // Gives `visit` each record that the kernel side has submitted, oldest first, and frees its room.
  // The bytes are valid during the call only. Returns true when everything reserved before the call
  // has been visited, false when a record still being written stands in the way.
  bool drain(const std::function<void(std::span<const std::byte>)>& visit);

 private:
  std::size_t mask_ = 0;
  std::size_t page_ = 0;
  void* consumer_ = nullptr;  // one page, ours to write: the consumer's position
  void* producer_ = nullptr;  // one page with the producer's position, then the data twice
};

}  // namespace pgrec
