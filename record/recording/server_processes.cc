#include "record/recording/server_processes.h"

#include <string>

#include "record/host/proc_path.h"
#include "record/host/process_tree.h"

namespace pgrec {

std::vector<ServerProcess> server_processes(const RecordingPlan::Activity& activity,
                                            const std::optional<FileIdentity>& file,
                                            const std::vector<std::uint32_t>& pids,
                                            std::size_t text_limit_bytes) {
  std::vector<std::uint32_t> servers = pids.empty() ? all_processes() : with_descendants(pids);
  std::erase_if(servers,
                [&](std::uint32_t pid) { return identity(proc_path(pid, "exe")) != file; });
  return look_at_processes(servers, activity.image, activity.hooks, text_limit_bytes);
}

}  // namespace pgrec
