// Notices when the processes that a recording is limited to (-p) have ended: nothing more can come
// then.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "record/host/descriptor.h"

namespace pgrec {

class ProcessEnds {
 public:
  // Watches these; one that is gone already counts as ended.
  explicit ProcessEnds(const std::vector<std::uint32_t>& pids);

  // Whether there were any and all have ended. Costs one system call.
  bool all_ended();
  // "the end of process 12", "the end of processes 12, 14 and 3 more".
  std::string what() const;

 private:
  std::vector<std::uint32_t> pids_;
  std::vector<Descriptor> running_;
};

}  // namespace pgrec
