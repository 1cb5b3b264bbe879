// The kernel side of a ring, in memory that a ring of record/kernel maps like one of the kernel's:
// what a test puts into it is what the ring drains.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "bpf/wire.h"
#include "record/host/descriptor.h"
#include "record/kernel/event_ring.h"
#include "record/kernel/record_ring.h"

namespace pgrec::test {

// Memory without a name, all 0, mapped here for as long as this lives.
class SharedMemory {
 public:
  explicit SharedMemory(std::size_t bytes);
  ~SharedMemory();
  SharedMemory(const SharedMemory&) = delete;
  SharedMemory& operator=(const SharedMemory&) = delete;

  int fd() const { return file_.get(); }
  std::byte* at(std::size_t offset) const { return memory_ + offset; }

 private:
  std::size_t bytes_;
  Descriptor file_;
  std::byte* memory_;
};

// An event ring, as bpf/emit.bpf.h fills it.
class WrittenEventRing {
 public:
  // `slots`: a power of two. Its first event has the place `first`.
  explicit WrittenEventRing(std::size_t slots, std::uint64_t first = 0);

  // Borrows this.
  EventRing map() { return EventRing(memory_.fd(), slots_, &position_); }

  // Takes the next place, whose slot is not filled yet.
  std::uint64_t reserve() { return position_.head++; }
  // Fills the slot of that place with an event of this time, ns.
  void fill(std::uint64_t place, std::uint64_t ts_ns, wire_kind kind = WIRE_ENTER);
  void put(std::uint64_t ts_ns, wire_kind kind = WIRE_ENTER) { fill(reserve(), ts_ns, kind); }
  // The first place that is not free for another event.
  std::uint64_t drained() const { return position_.tail; }

 private:
  std::size_t slots_;
  SharedMemory memory_;
  wire_position position_{};
};

// A record ring, as the kernel's bpf_ringbuf_reserve() and bpf_ringbuf_submit() fill it.
class WrittenRecordRing {
 public:
  // `bytes`: a power of two.
  explicit WrittenRecordRing(std::size_t bytes);

  // The ring, which does not need this any more.
  RecordRing map() const { return RecordRing(memory_.fd(), bytes_); }

  // Takes room for a record of so many bytes, which is not submitted yet. Gives its place.
  std::uint64_t reserve(std::size_t bytes);
  void submit(std::uint64_t place, std::string_view record);
  void discard(std::uint64_t place, std::size_t bytes);
  void put(std::string_view record) { submit(reserve(record.size()), record); }
  // Whether all its room is free.
  bool is_empty() const;

 private:
  void write_header(std::uint64_t place, std::uint32_t header);
  // The data stand there twice, one after the other, so that a record is never in two pieces.
  void write(std::uint64_t place, std::string_view bytes);

  std::size_t bytes_;
  std::size_t page_;
  SharedMemory memory_;
};

}  // namespace pgrec::test
