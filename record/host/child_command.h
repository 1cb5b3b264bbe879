// The command after `--`: started when the probes are in place, and recorded until it ends. It is
// the user's: where recording ends first, it is left running.
#pragma once

#include <sys/types.h>
#include <string>
#include <vector>

#include "record/host/descriptor.h"

namespace pgrec {

class ChildCommand {
 public:
  // Throws Error when the command does not exist or may not be run.
  static void check(const std::vector<std::string>& arguments);

  // Starts `arguments` (the first is looked up in PATH). Throws Error when it cannot be run.
  explicit ChildCommand(const std::vector<std::string>& arguments);
  ChildCommand(const ChildCommand&) = delete;
  ChildCommand& operator=(const ChildCommand&) = delete;
  // Becomes readable when the command has ended.
  int fd() const { return pidfd_.get(); }
  bool running() const { return pid_ > 0; }
  pid_t pid() const { return pid_; }
  // How it ended: "status 0" or "signal 9 (Killed)". Only after fd() became readable.
  std::string wait();
  // Once it has ended: its exit status as shells tell it, 128 + N where signal N ended it.
  int exit_status() const { return exit_status_; }

 private:
  pid_t pid_ = -1;
  int exit_status_ = 0;
  Descriptor pidfd_;
};

}  // namespace pgrec
