// What pgrec record is asked for: its command line, parsed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "format/clock.h"
#include "format/frame/file_sync.h"
#include "format/table/tables.h"
#include "record/kernel/session_config.h"
#include "record/matching/query_texts.h"
#include "record/recording/recording_plan.h"
#include "record/recording/rotation.h"

namespace pgrec {

struct RecordOptions {
  PlanRequest request;
  std::string output = "pgrec.pgt";
  bool force = false;
  std::optional<Duration> duration;
  std::optional<Duration> interval;  // of live histograms
  std::uint64_t ring_bytes = 8u << 20;
  Duration min_duration{};
  double max_overhead = 0;  // share of the CPU time; 0: no limit
  bool dry_run = false;
  bool strict = false;  // what cannot be probed is an error
  std::uint32_t sample_every = 1;
  TextMode text = TextMode::kFull;
  std::uint32_t text_limit_bytes = 64u << 10;
  AttachMethod attach = AttachMethod::kAuto;
  Sync sync = Sync::kEverySecond;
  Rotation rotation;
  Metadata labels;  // facts named label.KEY
  bool verbose = false;
  std::vector<std::string> command;
};

}  // namespace pgrec
