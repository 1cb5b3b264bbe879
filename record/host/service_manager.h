// Sends a service's state to systemd, or to any manager with the same protocol: a datagram to the
// socket that NOTIFY_SOCKET names (sd_notify(3)). Does without libsystemd, which not every machine
// has.
#pragma once

#include <string>

namespace pgrec {

// Sends `state`, such as "READY=1". Does nothing where no manager asked for it, or where sending
// fails: the manager then waits and says so.
void tell_service_manager(const std::string& state);

}  // namespace pgrec
