// What a recording came to, for the person who made it: on stderr, at its end.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "record/recording/parts.h"
#include "record/recording/recorder.h"
#include "record/recording/recording_plan.h"
#include "record/recording/upgrades.h"

namespace pgrec {

// `call_cost`: of the two probes of a call, where it was measured. The recording has been finished.
void print_summary(const RecordOptions& options, const RecordingPlan& plan,
                   const Upgrades& upgrades, const std::vector<NotProbed>& not_probed,
                   const std::optional<Duration>& call_cost, const Parts& parts, Recorder& recorder,
                   const std::string& ended_by);

}  // namespace pgrec
