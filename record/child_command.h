// The command after `--`: started when the probes are in place, and recorded until it ends.
#pragma once

#include <sys/types.h>
#include <string>
#include <vector>

#include "record/descriptor.h"

namespace pgrec {

class ChildCommand {
 public:
  // Throws Error when the command does not exist or may not be run.
  static void check(const std::vector<std::string>& arguments);

  // Starts `arguments` (the first is looked up in PATH). Throws Error when it cannot be run.
  explicit ChildCommand(const std::vector<std::string>& arguments);
  ChildCommand(const ChildCommand&) = delete;
  ChildCommand& operator=(const ChildCommand&) = delete;
  // Terminates the command if it still runs, and waits for it.
  ~ChildCommand();

  // Becomes readable when the command has ended.
  int fd() const { return pidfd_.get(); }
  // How it ended: "status 0" or "signal 9 (Killed)". Only after fd() became readable.
  std::string wait();

 private:
  pid_t pid_ = -1;
  Descriptor pidfd_;
};

}  // namespace pgrec
