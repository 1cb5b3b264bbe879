#include "record/host/machine_facts.h"

#include <sys/utsname.h>
#include <unistd.h>

#include <fstream>
#include <string_view>
#include <vector>

#include "record/host/first_line.h"
#include "record/host/proc_path.h"
#include "record/host/shell_words.h"

namespace pgrec {
namespace {

// "model name\t: AMD EPYC" -> "AMD EPYC".
std::string value_of(const std::string& line) {
  const std::size_t colon = line.find(':');
  const std::size_t start = colon == line.npos ? colon : line.find_first_not_of(" \t", colon + 1);
  return start == line.npos ? "" : line.substr(start);
}

bool has_key(std::string_view line, std::string_view key) {
  return line.substr(0, line.find_first_of("\t:")) == key;
}

bool has_word(const std::string& words, const std::string& word) {
  return (" " + words + " ").find(" " + word + " ") != std::string::npos;
}

}  // namespace

Metadata processor_facts(std::istream& cpuinfo) {
  Metadata facts;
  for (std::string line; std::getline(cpuinfo, line) && !line.empty();) {
    if (has_key(line, "model name") && !value_of(line).empty()) {
      facts.emplace_back("host.cpu", value_of(line));
    } else if (has_key(line, "flags") && has_word(value_of(line), "hypervisor")) {
      facts.emplace_back("host.hypervisor", "yes");
    }
  }
  return facts;
}

Metadata machine_facts() {
  utsname machine{};
  ::uname(&machine);
  Metadata facts = {
      {"host.name", machine.nodename},
      {"host.kernel", machine.release},
      {"host.machine", machine.machine},
      {"host.cpus", std::to_string(::sysconf(_SC_NPROCESSORS_ONLN))},
      {"host.boot_id", first_line("/proc/sys/kernel/random/boot_id")},
  };
  if (const auto space = own_pid_namespace())
    facts.emplace_back("host.pid_namespace", std::to_string(*space));
  std::ifstream cpuinfo("/proc/cpuinfo");
  for (auto& fact : processor_facts(cpuinfo))
    facts.push_back(std::move(fact));
  const std::string governor = first_line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
  if (!governor.empty()) facts.emplace_back("host.cpu_governor", governor);
  return facts;
}

std::string machine_name() {
  utsname machine{};
  ::uname(&machine);
  return machine.machine;
}

std::string system_name() {
  constexpr std::string_view kKey = "PRETTY_NAME=";
  std::ifstream file("/etc/os-release");
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with(kKey)) continue;
    std::string name = line.substr(kKey.size());
    std::erase(name, '"');
    return name;
  }
  return "not known";
}

std::string own_command_line(bool with_command) {
  std::ifstream file("/proc/self/cmdline");
  std::vector<std::string> arguments;
  for (std::string argument; std::getline(file, argument, '\0');) {
    arguments.push_back(argument);
    if (argument == "--" && !with_command) break;
  }
  return shell_line(arguments);
}

}  // namespace pgrec
