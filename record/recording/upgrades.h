// The probed binary is replaced while it is recorded, by a package upgrade: the probes stay in the
// old file, and the processes that start from the new one would not be seen. So the new file gets
// the same probes too, its functions found by their names; one that was probed in the old file
// keeps its id, and its calls are those of both.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "record/host/file_identity.h"
#include "record/kernel/probe_table.h"
#include "record/kernel/session.h"
#include "record/recording/recording_plan.h"

namespace pgrec {

class Upgrades {
 public:
  // Borrows both. The probes of `plan` are about to be put in place.
  Upgrades(KernelSession& session, const RecordingPlan& plan);

  // Looks whether a file was replaced, and probes the new one. Returns in words what it did, if
  // anything, also where nothing could be probed. Call it about once a second; a look costs a
  // system call or two.
  std::vector<std::string> look();

  // "PATH, build id …, PostgreSQL …: 2 of 2 functions" of each file that was probed so far, as
  // facts record.upgraded.1, .2, ….
  Metadata facts() const;

 private:
  struct Watched {
    std::string name;
    std::string path;               // where a new file would stand
    std::set<FileIdentity> probed;  // and so kept: no other file gets their identities
    bool has_functions = false;
    bool has_activity = false;
    int failures = 0;  // to read the new file
    std::string told;
  };
  void watch(const ServerBinary& binary, bool functions, bool activity);
  struct Probed {
    std::string what;  // was probed, and what not and why
    bool any = false;
  };
  Probed probe(const Watched& file);
  // Put the probes of the functions, and of the USDT probes, into the file; how many. They add what
  // is missing, and why.
  std::size_t probe_functions(const Watched& file, const ElfImage& image, std::string& missing);
  std::size_t probe_points(const Watched& file, const ElfImage& image, std::string& missing);
  // Puts the query hooks into the file. Nothing on success, else why not.
  std::optional<std::string> probe_hooks(const Watched& file, const ElfImage& image);

  KernelSession& session_;
  const RecordingPlan& plan_;
  ProbeTable probes_;
  std::vector<Watched> watched_;
  std::vector<std::string> probed_;
};

}  // namespace pgrec
