// Ctrl-C, SIGTERM and SIGHUP as a descriptor to poll: they end a recording in order instead of
// killing it.
//
// One that is ignored when pgrec starts stays ignored, as its starter wants it: nohup has it ignore
// SIGHUP. Shells that are not interactive have what they start in the background ignore SIGINT, so
// that Ctrl-C is for the foreground alone; then a SIGINT of the terminal is ignored, and one that
// somebody sends on purpose (kill -INT) is not.
#pragma once

#include <optional>

#include "record/host/descriptor.h"

namespace pgrec {

class StopSignal {
 public:
  // Blocks these signals for this process, until it ends. A child that is to get them again calls
  // unblock() before it runs anything.
  StopSignal();
  static void unblock();

  int fd() const { return fd_.get(); }
  // The signal that has arrived, if one has.
  std::optional<int> take();

 private:
  Descriptor fd_;
};

}  // namespace pgrec
