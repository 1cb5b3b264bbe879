// What a service tells systemd, or any other manager with the same protocol: a datagram to the
// socket that NOTIFY_SOCKET names (sd_notify(3)). Without libsystemd, which is not there
// everywhere.
#pragma once

#include <string>

namespace pgrec {

// Sends `state`, such as "READY=1". Nothing where nobody asked to be told, and nothing where
// telling fails: the manager then waits and says so.
void tell_service_manager(const std::string& state);

}  // namespace pgrec
