// The probed binary is replaced while it is recorded, by a package upgrade: the probes stay in the
// old file, and the processes that start from the new one would not be seen. So the new file gets
// the same probes too, its functions found by their names; one that was probed in the old file
// keeps its id, and its calls are those of both. A probe that was taken off stays off. To read the
// file and to put the probes in place is the work of ProbeChanges' thread.
#pragma once

#include <cstdint>
#include <future>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "record/host/file_identity.h"
#include "record/kernel/session.h"
#include "record/recording/probed_file.h"
#include "record/recording/recording_plan.h"

namespace pgrec {

class Upgrades {
 public:
  // Borrows both; `plan` also for what is still under way when this is gone. Its probes are about
  // to be put in place.
  Upgrades(KernelSession& session, const RecordingPlan& plan);

  // Looks whether a file was replaced, and begins to probe the new one, unless the probes are being
  // changed already. Call it about once a second; a look costs a system call or two.
  void look();
  // In words what was done since the last call, if anything, also where nothing could be probed.
  // Costs nothing.
  std::vector<std::string> news();
  // Recording ends: the last of the news.
  std::vector<std::string> last_news();

  // "PATH, build id …, PostgreSQL …: 2 of 2 functions" of each file that was probed so far, as
  // facts record.upgraded.1, .2, ….
  Metadata facts() const;

 private:
  struct Watched {
    NewFile file;
    std::set<FileIdentity> probed;  // and so kept: no other file gets their identities
    int failures = 0;               // to read the new file
    std::string told;
  };
  void watch(const ServerBinary& binary, ProbeRange functions, ProbeRange points, bool activity);
  // What became of the file that was probed, in words; what is to be told of it, if anything.
  std::optional<std::string> note(Watched& file, const FileIdentity& probed,
                                  std::future<ProbedFile> result);

  // A file that is being probed.
  struct Probing {
    std::size_t watched = 0;
    FileIdentity file;
    std::future<ProbedFile> result;
  };

  KernelSession& session_;
  const RecordingPlan& plan_;
  std::vector<Watched> watched_;
  std::size_t looked_at_ = 0;  // of those last
  std::optional<Probing> probing_;
  std::vector<std::string> probed_;
};

}  // namespace pgrec
