// Why this process cannot record on this machine: the first cause, in words, of those that can be
// seen or tried before anything is touched. So the answer is one clear line, and not the kernel's
// refusal of some later step.
#pragma once

#include <optional>
#include <string>

#include "record/host/privileges.h"
#include "record/kernel/features.h"
#include "record/kernel/host_facts.h"

namespace pgrec {

struct Obstacle {
  std::string what;
  std::string hint;
};

// Nothing where everything that recording needs is there. `as_root`: the hint for whom privileges
// are missing, such as "sudo pgrec record …".
std::optional<Obstacle> find_obstacle(const std::string& as_root);

// Its steps, by what was seen and tried. The first is that of the process alone: what is to be
// tried takes its privileges.
std::optional<Obstacle> obstacle_of_process(const HostFacts& host, const Privileges& privileges,
                                            bool user_is_root, const std::string& as_root);
std::optional<Obstacle> obstacle_of_kernel(const HostFacts& host, const KernelFeatures& features);
// Of a process that is not root.
std::optional<Obstacle> obstacle_of_attaching(const HostFacts& host, const Privileges& privileges,
                                              const KernelFeatures& features,
                                              const std::string& as_root);

}  // namespace pgrec
