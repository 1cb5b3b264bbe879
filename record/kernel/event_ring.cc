#include "record/kernel/event_ring.h"

#include <sys/mman.h>

#include <cerrno>
#include <utility>

#include "format/error.h"
#include "format/frame/file.h"

namespace pgrec {
namespace {

void* map_pages(int map_fd, std::size_t bytes, int protection) {
  void* at = ::mmap(nullptr, bytes, protection, MAP_SHARED, map_fd, 0);
  if (at == MAP_FAILED) throw Error("cannot map an event ring: " + reason_of(errno));
  return at;
}

}  // namespace

void UnmapPositions::operator()(wire_position* positions) const {
  ::munmap(positions, bytes);
}

Positions map_positions(int map_fd, std::size_t cpus) {
  const std::size_t bytes = cpus * sizeof(wire_position);
  void* at = map_pages(map_fd, bytes, PROT_READ | PROT_WRITE);
  return Positions(static_cast<wire_position*>(at), UnmapPositions{bytes});
}

EventRing::EventRing(int map_fd, std::size_t slots, wire_position* position)
    : mask_(slots - 1),
      slots_(static_cast<wire_hit*>(map_pages(map_fd, slots * sizeof(wire_hit), PROT_READ))),
      position_(position) {}

EventRing::EventRing(EventRing&& other) noexcept
    : mask_(other.mask_),
      slots_(std::exchange(other.slots_, nullptr)),
      position_(other.position_) {}

EventRing::~EventRing() {
  if (slots_) ::munmap(slots_, (mask_ + 1) * sizeof(wire_hit));
}

}  // namespace pgrec
