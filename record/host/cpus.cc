#include "record/host/cpus.h"

#include <fstream>
#include <string>

#include "format/error.h"

namespace pgrec {
namespace {

std::vector<std::uint32_t> cpus_that_are(const std::string& state) {
  std::ifstream file("/sys/devices/system/cpu/" + state);
  std::vector<std::uint32_t> cpus = parse_cpu_list(file);
  if (cpus.empty()) throw Error("cannot tell which CPUs are " + state, "is /sys mounted?");
  return cpus;
}

}  // namespace

std::vector<std::uint32_t> online_cpus() {
  return cpus_that_are("online");
}

std::vector<std::uint32_t> possible_cpus() {
  return cpus_that_are("possible");
}

std::vector<std::uint32_t> parse_cpu_list(std::istream& list) {
  std::vector<std::uint32_t> cpus;
  std::uint32_t first = 0;
  while (list >> first) {
    std::uint32_t last = first;
    if (list.peek() == '-') list.ignore() >> last;
    for (std::uint32_t cpu = first; cpu <= last; ++cpu)
      cpus.push_back(cpu);
    list.ignore();  // the comma
  }
  return cpus;
}

}  // namespace pgrec
