#include "record/recording/preflight.h"

#include <algorithm>
#include <ostream>

#include "format/error.h"
#include "format/print/printable.h"
#include "format/print/units.h"
#include "record/host/privileges.h"
#include "record/kernel/obstacle.h"
#include "record/server/server_binary.h"

namespace pgrec {
namespace {

// Lines of one kind.
constexpr std::size_t kPrinted = 10;

// A path is looked up as the processes see it; where that may not be asked, it can be another file.
void warn_of_unseen(std::ostream& out, const std::vector<std::uint32_t>& pids,
                    const std::string& exec) {
  if (exec.find('/') == std::string::npos) return;
  const auto pid = first_unseen(pids);
  if (!pid) return;
  out << "pgrec: which file process " << *pid << " sees at " << printable(exec) << " is not known; "
      << missing_to_see_processes() << "\n"
      << "hint: it is taken for the one seen from here, which is right unless the process runs "
         "in a container or a chroot"
      << std::endl;
}

// Processes that will not be recorded although their binary has the name of the one that is.
void warn_of_older(std::ostream& out, const ServerBinary& binary) {
  if (binary.path != binary.name) return;
  const auto older = processes_of_an_older(binary.path);
  if (older.empty()) return;
  out << "pgrec: " << plural(older.size(), "process")
      << (older.size() == 1 ? " still runs" : " still run") << " an older "
      << printable(binary.name) << ", which is not recorded\n"
      << "hint: restart the server, or record what runs: -p " << older.front() << std::endl;
}

}  // namespace

void check_can_record(const std::string& as_root, AttachMethod attach) {
  if (const auto obstacle = find_obstacle(as_root)) throw Error(obstacle->what, obstacle->hint);
  if (attach != AttachMethod::kPerfEvent || own_privileges().root) return;
  throw Error("a perf event for each probe needs root; CAP_SYS_ADMIN is missing",
              "from Linux 6.6 on, and without --attach, CAP_BPF and CAP_PERFMON are enough");
}

void warn_of_other_files(std::ostream& out, const RecordingPlan& plan,
                         const std::vector<std::string>& execs) {
  for (const std::string& exec : execs)
    warn_of_unseen(out, plan.pids, exec);
  if (!plan.pids.empty()) return;
  for (const PlannedFile& file : plan.files)
    warn_of_older(out, file.binary);
}

void print_not_probed(std::ostream& out, const std::vector<NotProbed>& not_probed) {
  for (std::size_t i = 0; i < std::min(not_probed.size(), kPrinted); ++i)
    print_line(out, "pgrec: not probed: " + not_probed[i].name + ": " + not_probed[i].reason);
  if (not_probed.size() > kPrinted)
    out << "pgrec: not probed: and " << not_probed.size() - kPrinted << " more\n";
}

void require_all_probed(std::vector<NotProbed> not_probed) {
  std::erase_if(not_probed, [](const NotProbed& one) { return one.same_code; });
  if (not_probed.empty()) return;
  throw Error("not everything can be probed: " + to_text(not_probed),
              "without --strict what can be probed is recorded");
}

void print_notes(std::ostream& out, const std::vector<std::string>& notes) {
  for (std::size_t i = 0; i < std::min(notes.size(), kPrinted); ++i)
    print_line(out, "pgrec: " + notes[i]);
  if (notes.size() > kPrinted) {
    out << "pgrec: and " << plural(notes.size() - kPrinted, "more such function")
        << ", which pgrec list names\n";
  }
}

}  // namespace pgrec
