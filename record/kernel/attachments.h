// The probes that are in place: puts pgrec's programs on functions, USDT probes, query hooks and
// the events of processes, takes some off while the others record on, and takes all out in the end.
// It says probe by probe what the kernel refuses, and alone knows which probes are off. Owned by
// one thread at a time: while recording, record/kernel/probe_changes.h says by which.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "bpf/wire.h"
#include "format/clock.h"
#include "record/host/descriptor.h"
#include "record/kernel/links.h"
#include "record/kernel/loading.h"
#include "record/kernel/refusals.h"
#include "record/kernel/sites.h"

namespace pgrec {

class Attachments {
 public:
  // Borrows the programs.
  explicit Attachments(const LoadedPrograms& programs);

  // Puts entry and return probes into `binary` at the file offsets (bytes) of the functions whose
  // probe indexes are `probes`. The probes that are in place stay, in this file and in others.
  Refusals attach_functions(const std::string& binary, const std::vector<std::uint64_t>& offsets,
                            const std::vector<std::uint64_t>& probes);
  // Puts probes at sites of USDT probes in `binary`, and raises their semaphores in all processes
  // that run it, present and future. Throws Error.
  Refusals attach_sites(const std::string& binary, const std::vector<AttachSite>& sites);
  // Puts the query hooks at `sites` of the server `binary`, of which `server` says where it keeps
  // what they read; of several files, where they are asked for again. Throws Error.
  Refusals attach_hooks(const std::string& binary, const wire_server& server,
                        const std::vector<HookSite>& sites);
  // Puts probes on the ends of threads, and with `births` on those of processes. Nothing on
  // success, else the reason.
  std::optional<std::string> attach_processes(bool births);

  // Puts entry and return probes at one site of `binary`, whose hits have the index `probe`. They
  // are the first that are attached, and taken out by detach_trial(). False where the kernel
  // refuses.
  bool attach_trial(const std::string& binary, std::uint64_t offset, std::uint32_t probe);
  void detach_trial();

  // How the probes are attached, for the trace's metadata: "uprobe_multi" or "perf_event".
  const char* method() const { return programs_.uprobe_multi ? "uprobe_multi" : "perf_event"; }

  // Takes the probes of some functions out, `off` by probe index, while the others record on
  // without a gap. A link for many probes cannot give up one of them: so the others get links anew,
  // and for a moment the hits of both sets count. These are the steps, in their order.
  //
  // The others get their new links, whose hits do not count yet. Slow. Nothing on success, else why
  // the kernel does not let it: then all is as it was.
  std::optional<std::string> attach_without(const std::vector<std::size_t>& off);
  // From now on the hits of both sets count, …
  void count_both();
  // … and from now on those of the new one only: `off` are off.
  void count_new();
  // The old links are gone. Slow.
  void detach_old();
  // Whether the probe was taken off, and those that were, by probe index. They are not put in place
  // again, in another file either.
  bool is_off(std::size_t probe) const { return off_.contains(probe); }
  const std::set<std::size_t>& off() const { return off_; }

  // How long detach() will take, as far as taking out the first probes has shown. Where each probe
  // is a perf event, the kernel takes a tenth of a second for it.
  Duration detach_time() const { return detach_of_one_ * static_cast<int>(links()); }
  // Takes the probes out. After each link `goes_on` is asked, with how many of all are out by now;
  // where it says no, the others stay. Returns whether all are out. Without it nobody is asked.
  using DetachStep = std::function<bool(std::size_t gone, std::size_t all)>;
  bool detach(const DetachStep& goes_on = {});
  // What is attached one by one, on whatever thread, ends soon: the rest of it is refused.
  void give_up() { given_up_ = true; }
  std::size_t links() const;

 private:
  // The functions, or the sites of USDT probes, that are probed in one file: their offsets and
  // probe indexes; of sites also their semaphores and numbers.
  struct ProbedFile {
    std::shared_ptr<Descriptor> file;  // open, so that it stays the same file whatever its name is
    std::vector<std::uint64_t> offsets{};
    std::vector<std::uint64_t> probes{};
    std::vector<std::uint64_t> semaphores{};
    std::vector<std::uint64_t> site_numbers{};

    bool of_sites() const { return !site_numbers.empty(); }
    // Those of them that `wanted(index)` names.
    template <typename Wanted>
    ProbedFile only(Wanted wanted) const;
  };
  // Puts the programs for calls, or the one for sites, at all of `file`, for hits of that
  // generation. False, and errno, when the kernel refuses one; then none is there.
  bool attach(Links& links, const std::string& binary, const ProbedFile& file,
              std::uint32_t generation) const;
  // The two steps of it. The program for exits comes first, or the one for sites: an enter whose
  // exit is not probed would look like a call that did not return.
  bool attach_first(Links& links, const std::string& binary, const ProbedFile& file,
                    std::uint32_t generation) const;
  bool attach_enters(Links& links, const std::string& binary, const ProbedFile& file,
                     std::uint32_t generation) const;
  // The same without those that the kernel refuses.
  Refusals attach_file(const std::string& binary, const ProbedFile& all);
  // Its two ways: the errno of each, 0 where it is attached.
  std::vector<int> attach_together(const std::string& binary, const ProbedFile& all);
  std::vector<int> attach_one_by_one(const std::string& binary, const ProbedFile& all);
  // Puts one of `all` in place; and all of `file`, which may fail in the middle of it. Refused
  // where it was given up.
  bool attach_one(Links& links, const std::string& binary, const ProbedFile& all, std::size_t one,
                  std::uint32_t generation) const;
  bool attach_each(Links& links, const std::string& binary, const ProbedFile& file,
                   std::uint32_t generation) const;
  // Takes a link out of `from`, and notes how long that took.
  void detach_one(Links& from);

  const LoadedPrograms& programs_;
  Links function_links_;
  Links other_links_;
  Links trial_links_;
  std::vector<ProbedFile> files_;
  std::set<std::size_t> off_;
  // Between the steps of taking off: the other set of links, which is the new one until it counts
  // alone, and what it will be that is probed and what off.
  Links spare_links_;
  std::vector<ProbedFile> next_files_;
  std::set<std::size_t> next_off_;
  std::atomic<bool> given_up_ = false;
  std::uint32_t servers_ = 0;     // whose hooks were attached
  std::uint32_t sites_ = 0;       // of USDT probes that have got a number
  std::uint32_t generation_ = 0;  // of the functions' probes: the kernel side's
  Duration detach_of_one_{};      // the longest that it took to take out a link
};

}  // namespace pgrec
