// The recorder's side of one CPU's event ring: an array of slots that the kernel side fills and
// that is mapped here (bpf/emit.bpf.h has the other side and the rules). The kernel's own ring
// buffer takes a lock and two calls for each record; these slots take neither.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "bpf/wire.h"

namespace pgrec {

struct UnmapPositions {
  std::size_t bytes = 0;
  void operator()(wire_position* positions) const;
};
// Of each possible CPU, by its number.
using Positions = std::unique_ptr<wire_position[], UnmapPositions>;

// Maps the array `map_fd` of positions of so many CPUs. Throws Error.
Positions map_positions(int map_fd, std::size_t cpus);

class EventRing {
 public:
  // Maps the array `map_fd` of `slots` (a power of two); borrows the descriptor during the call,
  // and `position` as long as it lives. Throws Error.
  EventRing(int map_fd, std::size_t slots, wire_position* position);
  EventRing(EventRing&& other) noexcept;
  EventRing& operator=(EventRing&&) = delete;
  ~EventRing();

  // Gives `visit` each event that is whole, oldest first, and frees its slot. Returns true when
  // everything reserved before the call has been visited, false when a slot still being written
  // stands in the way.
  template <typename Visit>
  bool drain(Visit visit) {
    const std::uint64_t reserved = __atomic_load_n(&position_->head, __ATOMIC_ACQUIRE);
    std::uint64_t at = position_->tail;
    // The kernel side waits for no one, so its room is given back now and then.
    constexpr std::uint64_t kStep = 256;
    for (std::uint64_t next = at + kStep; at != reserved; ++at) {
      const wire_hit& hit = slots_[at & mask_];
      const std::uint64_t stamp = __atomic_load_n(&hit.stamp, __ATOMIC_ACQUIRE);
      if (static_cast<std::uint32_t>(stamp) != static_cast<std::uint32_t>(at + 1)) break;
      visit(hit);
      if (at == next) {
        __atomic_store_n(&position_->tail, at, __ATOMIC_RELEASE);
        next = at + kStep;
      }
    }
    __atomic_store_n(&position_->tail, at, __ATOMIC_RELEASE);
    return at == reserved;
  }

  // How many events it holds.
  std::size_t slots() const { return mask_ + 1; }

 private:
  std::size_t mask_;
  wire_hit* slots_;
  wire_position* position_;
};

}  // namespace pgrec
