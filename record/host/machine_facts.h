// What the trace says of the machine it was recorded on, and of how pgrec was called there.
#pragma once

#include <istream>
#include <string>

#include "format/table/tables.h"

namespace pgrec {

// host.name, host.kernel, host.machine, host.cpus, host.boot_id; and, each only where the kernel
// tells it: host.pid_namespace, host.cpu, host.cpu_governor, host.hypervisor.
Metadata machine_facts();

// host.cpu and host.hypervisor of a file like /proc/cpuinfo: those of its first processor.
Metadata processor_facts(std::istream& cpuinfo);

// "x86_64", and "Debian GNU/Linux 12 (bookworm)" as /etc/os-release has it; "not known" without
// one.
std::string machine_name();
std::string system_name();

// The command line this process was called with, as a shell would need it, with or without what
// stands behind "--"; empty where /proc does not tell it.
std::string own_command_line(bool with_command);

}  // namespace pgrec
