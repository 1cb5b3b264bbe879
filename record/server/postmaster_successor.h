// Finds the new postmaster of a server that was restarted: the one that runs a binary of the same
// name in the same data directory. For recordings that follow the old one.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "record/host/descriptor.h"

namespace pgrec {

class PostmasterSuccessor {
 public:
  // Those of `pids` that are postmasters: processes whose parent does not run the same binary.
  explicit PostmasterSuccessor(const std::vector<std::uint32_t>& pids);

  // Whether one of them is a postmaster, so that it can come again.
  bool has_any() const { return !servers_.empty(); }

  struct News {
    std::uint32_t ended = 0;
    std::uint32_t successor = 0;  // 0: it has only ended yet
  };
  // What became of postmasters since the last call. To be called a few times a second; costs a
  // system call for each while they run.
  std::vector<News> look();

 private:
  struct Server {
    std::uint32_t pid = 0;
    std::string binary;  // its name
    std::string directory;
    std::string root;
    Descriptor running;
    bool ended = false;
  };
  static Server server_of(std::uint32_t pid);

  std::vector<Server> servers_;
};

}  // namespace pgrec
