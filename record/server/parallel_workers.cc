#include "record/server/parallel_workers.h"

#include <set>
#include <utility>

#include "format/postgres/process_title.h"
#include "record/host/proc_path.h"
#include "record/host/process_status.h"
#include "record/host/process_tree.h"
#include "record/server/process_titles.h"

namespace pgrec {

// A title has its leader's number in their pid namespace, which is that of their postmaster.
std::vector<std::uint32_t> parallel_workers_of(const std::vector<std::uint32_t>& leaders) {
  std::set<std::pair<std::uint32_t, std::uint32_t>> wanted;  // postmaster, own number
  for (const std::uint32_t pid : leaders) {
    const auto own = last_status_number(proc_path(pid, "status"), "NSpid");
    if (own) wanted.emplace(parent_of(pid), *own);
  }
  std::vector<std::uint32_t> workers;
  for (const std::uint32_t pid : all_processes()) {
    const auto leader = parse_process_title(process_title(pid)).leader_pid;
    if (leader && wanted.contains({parent_of(pid), *leader})) workers.push_back(pid);
  }
  return workers;
}

}  // namespace pgrec
