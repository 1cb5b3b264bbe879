// Puts the probes of a recording into a file that has replaced a probed one, functions and USDT
// probes found by their names. Slow: it reads the file, and the kernel takes its time. Knows no
// thread: it asks and changes nothing but the attachments.
#pragma once

#include <string>

#include "record/kernel/attachments.h"
#include "record/recording/recording_plan.h"

namespace pgrec {

// The file, and what of the recording belongs into it.
struct NewFile {
  std::string name;  // as it is told
  std::string path;
  ProbeRange functions;
  ProbeRange points;
  bool has_activity = false;
};

struct ProbedFile {
  std::string what;      // was probed, and what not and why
  bool is_done = false;  // something is probed in it, or all that could be was taken off
};

// Probes that were taken off are left out. Throws Error where the file cannot be read.
ProbedFile probe_file(const NewFile& file, const RecordingPlan& plan, Attachments& attachments);

}  // namespace pgrec
