// What a recording is to be: the binary, the probes, the server. Worked out from what was asked
// for, before anything is touched.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "format/print/name_list.h"
#include "format/table/tables.h"
#include "record/kernel/probe_table.h"
#include "record/kernel/sites.h"
#include "record/matching/query_texts.h"
#include "record/probes/probe_selection.h"
#include "record/probes/usdt_arguments.h"
#include "record/server/server_binary.h"
#include "record/server/server_hooks.h"

namespace pgrec {

// What a plan is made from.
struct PlanRequest {
  std::vector<std::string> execs;  // what -x said: paths and bare names
  std::vector<std::uint32_t> pids;
  NameList functions;                // names and globs; none, with no presets: no probes
  std::vector<std::string> presets;  // lists of names of presets
};

// What of one file is probed.
struct PlannedFile {
  ServerBinary binary;
  std::string build_id{};
  std::vector<Symbol> functions{};              // by name
  std::vector<std::uint64_t> attach_offsets{};  // where their probes go: bytes in the file
  std::vector<bool> stepped{};                  // is_stepped() there
  std::vector<UsdtProbe> points{};              // by name
  std::vector<UsdtArguments> arguments{};  // what their events carry, and where their sites have it
};

struct RecordingPlan {
  std::vector<PlannedFile> files;   // at least one, as -x named them
  std::vector<std::uint32_t> pids;  // only these and their descendants; empty: all
  std::vector<NotProbed> not_probed;
  std::vector<std::string> notes;  // "NAME: partial: …" where calls are seen otherwise than by name
  std::string server_version;      // empty where it is not known
  Metadata server_settings;        // of the running server, where it is clear which
  std::string not_known;           // what of this may not be read, and why; mostly empty

  // Where the server reports its queries. None where no server is known, or it does not export the
  // function.
  struct Activity {
    ServerBinary server;
    ElfImage image;
    ServerHooks hooks;  // the activity function's is the first
    const FoundHook& hook() const { return hooks.found.front(); }
  };
  std::optional<Activity> activity;

  // The names of the files: "postgres and plpgsql.so".
  std::string files_text() const;
  // The probes by their numbers: the functions of all files, in their order, and then the USDT
  // probes. The hooks have the name of the activity function also where it is not attached.
  ProbeTable probes() const;
  // Those in the file of that place in `files`.
  ProbeRange functions_of(std::size_t file) const;
  ProbeRange points_of(std::size_t file) const;
  // The classes of events that the trace describes.
  std::vector<EventClass> classes() const;
  KnownOfExecutions known_of_executions() const {
    return activity ? activity->hooks.known : KnownOfExecutions{};
  }
  // All sites of the USDT probes in the file of that place in `files`.
  std::vector<AttachSite> sites_of(std::size_t file) const;
};

// Where the probes of functions of `image`, whose code is `code`, go: bytes in its file. Nothing
// for a function that cannot be probed there.
std::vector<std::optional<std::uint64_t>> attach_offsets(const std::vector<Symbol>& functions,
                                                         const ElfImage& image, const Code& code);

// The sites of a USDT probe, with their `arguments`, for hits of the number `probe`.
std::vector<AttachSite> attach_sites(const UsdtProbe& point, const UsdtArguments& arguments,
                                     std::uint32_t probe);

// What is recorded of errors' texts in that mode: `message_at` of SessionConfig. What a message was
// made of has nothing of a client's.
std::uint32_t message_at(TextMode mode);

// Throws Error with a hint when the binary, the processes or the functions are not there.
RecordingPlan make_plan(const PlanRequest& request);

}  // namespace pgrec
