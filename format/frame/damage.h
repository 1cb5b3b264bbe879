// Bytes of a trace that could not be read; none where frames are missing between two.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace pgrec {

struct Damage {
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;
  std::string reason;
  // Whether a chunk may have been there, as far as the bytes and their neighbours tell.
  bool may_hold_chunk = true;
  bool operator==(const Damage&) const = default;
};

// All damage of a file that was found, each once, by offset.
class Damages {
 public:
  // What is listed at most; of a file with more, one last entry says so.
  static constexpr std::size_t kListed = 4096;

  // `file_bytes`: of the file, for that last entry.
  void add(Damage damage, std::uint64_t file_bytes);
  const std::vector<Damage>& all() const { return all_; }

 private:
  std::vector<Damage> all_;
};

}  // namespace pgrec
