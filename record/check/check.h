// Finds out what of recording works on this machine, feature by feature
// (record/check/feature_tries.h), and the one thing that stands in the way where it does not.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "format/table/tables.h"
#include "record/kernel/obstacle.h"

namespace pgrec {

struct Feature {
  enum class Works { kYes, kNo, kNotTried };

  std::string name;
  Works works = Works::kNotTried;
  std::string remark;  // why not, or with what limits; may be empty
  std::string hint;    // what to do where it does not work; may be empty
  bool needed = true;  // false: recording goes on without it
};
const char* name(Feature::Works works);

struct MachineCheck {
  Metadata facts;  // of the machine, of this process and of the server
  std::vector<Feature> features;
  // What stands in the way of recording, if anything does.
  std::optional<Obstacle> obstacle;
};

// `exec`: the server whose query hooks are looked for, as for find_server_binary(), which throws
// Error where there is no such binary; empty: the one that runs, if there is one. `verbose` is for
// KernelSession.
MachineCheck check_machine(const std::string& exec, bool verbose);

}  // namespace pgrec
