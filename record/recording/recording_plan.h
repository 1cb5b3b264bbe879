// What a recording is to be: the binary, the probes, the server. Worked out from what was asked
// for, before anything is touched.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "format/table/tables.h"
#include "record/kernel/probe_table.h"
#include "record/kernel/sites.h"
#include "record/probes/probe_selection.h"
#include "record/probes/usdt_arguments.h"
#include "record/server/server_binary.h"
#include "record/server/server_hooks.h"

namespace pgrec {

// What a plan is made from.
struct PlanRequest {
  std::string exec;  // what -x said: a path or a bare name; empty: nothing
  std::vector<std::uint32_t> pids;
  std::vector<std::string> functions;  // names and globs; none, with no presets: no probes
  NamePlaces places;                   // of those from files
  std::vector<std::string> presets;    // lists of names of presets
};

struct RecordingPlan {
  ServerBinary binary;
  std::vector<std::uint32_t> pids;  // only these and their descendants; empty: all
  ProbeSelection selection;
  // Where the probes of the selected functions go: bytes in the file.
  std::vector<std::uint64_t> attach_offsets;
  // What the events of the selected USDT probes carry, and where their sites have it.
  std::vector<UsdtArguments> arguments;
  std::vector<std::string> notes;  // "NAME: partial: …" where calls are seen otherwise than by name
  std::string build_id;
  std::string server_version;  // empty where it is not known
  Metadata server_settings;    // of the running server, where it is clear which
  std::string not_known;       // what of this may not be read, and why; mostly empty

  // Where the server reports its queries. None where no server is known, or it does not export the
  // function.
  struct Activity {
    ServerBinary server;
    ElfImage image;
    ServerHooks hooks;  // the activity function's is the first
    const FoundHook& hook() const { return hooks.found.front(); }
  };
  std::optional<Activity> activity;

  // The probes by their numbers: those of the selection, in its order. The hooks have the name of
  // the activity function also where it is not attached.
  ProbeTable probes() const;
  // The classes of events that the trace describes.
  std::vector<EventClass> classes() const;
  KnownOfExecutions known_of_executions() const {
    return activity ? activity->hooks.known : KnownOfExecutions{};
  }
  // All sites of the USDT probes.
  std::vector<AttachSite> sites() const;
};

// Where the probes of functions of `image`, whose code is `code`, go: bytes in its file. Nothing
// for a function that cannot be probed there.
std::vector<std::optional<std::uint64_t>> attach_offsets(const std::vector<Symbol>& functions,
                                                         const ElfImage& image, const Code& code);

// The sites of a USDT probe, with their `arguments`, for hits of the number `probe`.
std::vector<AttachSite> attach_sites(const UsdtProbe& point, const UsdtArguments& arguments,
                                     std::uint32_t probe);

// Throws Error with a hint when the binary, the processes or the functions are not there.
RecordingPlan make_plan(const PlanRequest& request);

}  // namespace pgrec
