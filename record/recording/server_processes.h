// What a recording begins with: the server's processes that are to be recorded, with what they run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "record/host/file_identity.h"
#include "record/recording/recording_plan.h"
#include "record/server/running_queries.h"

namespace pgrec {

// The processes that run `file`, which is the server of `activity`: those of `pids` and of their
// descendants, or all where `pids` is empty. As they are now, with at most `text_limit_bytes` of a
// text. Leaves out what cannot be read.
std::vector<ServerProcess> server_processes(const RecordingPlan::Activity& activity,
                                            const std::optional<FileIdentity>& file,
                                            const std::vector<std::uint32_t>& pids,
                                            std::size_t text_limit_bytes);

}  // namespace pgrec
