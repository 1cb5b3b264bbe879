#include "tests/unit/written_rings.h"

#include <linux/bpf.h>
#include <sys/mman.h>
#include <unistd.h>

#include <stdexcept>

namespace pgrec::test {
namespace {

std::size_t page_bytes() {
  return static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace

SharedMemory::SharedMemory(std::size_t bytes)
    : bytes_(bytes), file_(::memfd_create("ring", MFD_CLOEXEC)) {
  if (::ftruncate(file_.get(), static_cast<off_t>(bytes)) != 0)
    throw std::runtime_error("there is no memory for a ring");
  void* at = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file_.get(), 0);
  if (at == MAP_FAILED) throw std::runtime_error("the memory of a ring cannot be mapped");
  memory_ = static_cast<std::byte*>(at);
}

SharedMemory::~SharedMemory() {
  ::munmap(memory_, bytes_);
}

WrittenEventRing::WrittenEventRing(std::size_t slots, std::uint64_t first)
    : slots_(slots), memory_(slots * sizeof(wire_hit)) {
  position_.head = position_.tail = first;
}

void WrittenEventRing::fill(std::uint64_t place, std::uint64_t ts_ns, wire_kind kind) {
  auto* slot = reinterpret_cast<wire_hit*>(memory_.at(place % slots_ * sizeof(wire_hit)));
  slot->ts_ns = ts_ns;
  slot->pid_tgid = std::uint64_t{11} << 32 | 12;
  slot->stamp = static_cast<std::uint32_t>(place + 1) | static_cast<std::uint64_t>(kind)
                                                            << WIRE_STAMP_KIND;
}

WrittenRecordRing::WrittenRecordRing(std::size_t bytes)
    : bytes_(bytes), page_(page_bytes()), memory_(2 * page_ + 2 * bytes) {}

std::uint64_t WrittenRecordRing::reserve(std::size_t bytes) {
  auto* produced = reinterpret_cast<std::uint64_t*>(memory_.at(page_));
  const std::uint64_t place = *produced;
  write_header(place, static_cast<std::uint32_t>(bytes) | BPF_RINGBUF_BUSY_BIT);
  *produced += (BPF_RINGBUF_HDR_SZ + bytes + 7) / 8 * 8;
  return place;
}

void WrittenRecordRing::submit(std::uint64_t place, std::string_view record) {
  write(place + BPF_RINGBUF_HDR_SZ, record);
  write_header(place, static_cast<std::uint32_t>(record.size()));
}

void WrittenRecordRing::discard(std::uint64_t place, std::size_t bytes) {
  write_header(place, static_cast<std::uint32_t>(bytes) | BPF_RINGBUF_DISCARD_BIT);
}

bool WrittenRecordRing::is_empty() const {
  return *reinterpret_cast<std::uint64_t*>(memory_.at(0)) ==
         *reinterpret_cast<std::uint64_t*>(memory_.at(page_));
}

void WrittenRecordRing::write_header(std::uint64_t place, std::uint32_t header) {
  write(place, {reinterpret_cast<const char*>(&header), sizeof header});
}

void WrittenRecordRing::write(std::uint64_t place, std::string_view bytes) {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const std::size_t at = 2 * page_ + (place + i) % bytes_;
    *memory_.at(at) = *memory_.at(at + bytes_) = static_cast<std::byte>(bytes[i]);
  }
}

}  // namespace pgrec::test
