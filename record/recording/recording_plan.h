// What a recording is to be, worked out from the command line before anything is touched.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "format/clock.h"
#include "format/frame/file_sync.h"
#include "format/table/tables.h"
#include "record/kernel/places.h"
#include "record/kernel/session_config.h"
#include "record/matching/query_texts.h"
#include "record/probes/probe_selection.h"
#include "record/probes/usdt_arguments.h"
#include "record/recording/rotation.h"
#include "record/server/server_binary.h"
#include "record/server/server_hooks.h"

namespace pgrec {

// The command line of pgrec record.
struct RecordOptions {
  std::string exec;
  std::vector<std::uint32_t> pids;
  std::vector<std::string> functions;
  std::vector<std::string> presets;
  std::string output = "pgrec.pgt";
  bool force = false;
  std::optional<Duration> duration;
  std::optional<Duration> interval;  // of live histograms
  std::uint64_t ring_bytes = 8u << 20;
  Duration min_duration{};
  double max_overhead = 0;  // share of the CPU time; 0: no limit
  bool dry_run = false;
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

struct RecordingPlan {
  ServerBinary binary;
  ProbeSelection selection;
  std::vector<std::uint64_t>
      attach_offsets;  // of the selected functions' probes: bytes in the file
  // Of the selected USDT probes: what their events carry, and where their places have it.
  std::vector<UsdtArguments> arguments;
  std::vector<std::string> notes;  // "NAME: partial: …" where calls are seen otherwise than by name
  std::string build_id;
  std::string server_version;  // empty where it is not known
  Metadata server_settings;    // of the running server, where it is clear which
  std::string not_known;       // what of this may not be read, and why; mostly empty

  // Where queries are reported; none where no server is known or it does not export the function.
  struct Activity {
    ServerBinary server;
    ElfImage image;
    ServerHooks hooks;  // the activity function's is the first
    const HookPoint& point() const { return hooks.points.front(); }
  };
  std::optional<Activity> activity;

  // The trace's function table: the probed functions and the USDT probes in the order of selection,
  // then the activity function, named even where it is not attached.
  std::vector<Function> functions() const;
  // The classes of events that the trace describes.
  std::vector<EventClass> classes() const;
  KnownOfExecutions known_of_executions() const {
    return activity ? activity->hooks.known : KnownOfExecutions{};
  }
  // The classes of the USDT probes' events, in their order.
  std::vector<EventClass> point_classes() const;
  // All places of the USDT probes.
  std::vector<AttachSite> sites() const;
  // What the trace says of itself at its beginning, `realtime_ns` after 1970. Reads the machine's
  // facts.
  Metadata metadata(const RecordOptions& options, std::int64_t realtime_ns) const;
};

// Where the probes of a file's functions go: bytes in the file. Nothing for a function that cannot
// be probed there. Looks through its code, and at its debug symbols where `image` has none.
std::vector<std::optional<std::uint64_t>> attach_points(const std::string& path,
                                                        const ElfImage& image,
                                                        const std::vector<Symbol>& functions);

// The places of a USDT probe, with their `arguments`, as those of the probe index `probe`.
std::vector<AttachSite> attach_sites(const UsdtProbe& point, const UsdtArguments& arguments,
                                     std::uint32_t probe);

// Throws Error with a hint when the binary, the processes or the functions are not there.
RecordingPlan make_plan(const RecordOptions& options);

}  // namespace pgrec
