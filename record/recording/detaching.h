// The end of what a command has put into the kernel: the probes are taken out last, after the trace
// is closed and everything is said, because that can take minutes where the kernel has no
// uprobe_multi. It is said how far it is; and who does not want to wait can leave, as another
// process goes on with it.
#pragma once

#include "record/host/stop_signal.h"
#include "record/kernel/session.h"

namespace pgrec {

// Says on stderr, before recording begins, how long it will take to take the probes out, where that
// is long.
void announce_detaching(const KernelSession& session);

// Takes the probes out when it is destroyed, also where an exception ends the command. Says on
// stderr how far it is, where that takes long. On a stop signal it leaves the rest to a process of
// its own, which ends once the kernel has taken them out, and returns at once. Borrows both.
class Detaching {
 public:
  Detaching(KernelSession& session, StopSignal& signal) : session_(session), signal_(signal) {}
  ~Detaching();
  Detaching(const Detaching&) = delete;
  Detaching& operator=(const Detaching&) = delete;

 private:
  KernelSession& session_;
  StopSignal& signal_;
};

}  // namespace pgrec
