// Ctrl-C, SIGTERM and SIGHUP as a descriptor to poll: they end a recording in order instead of
// killing it.
#pragma once

#include <optional>

#include "record/host/descriptor.h"

namespace pgrec {

class StopSignal {
 public:
  // Blocks the three signals for this process, until it ends. A child that is to get them again
  // calls unblock() before it runs anything.
  StopSignal();
  static void unblock();

  int fd() const { return fd_.get(); }
  // The signal that has arrived, if one has.
  std::optional<int> take();

 private:
  Descriptor fd_;
};

}  // namespace pgrec
