#include "record/kernel/attachments.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "bpf/pgrec.skel.h"
#include "record/host/clocks.h"
#include "record/kernel/load_error.h"

namespace pgrec {
namespace {

std::shared_ptr<Descriptor> open_file(const std::string& path) {
  return std::make_shared<Descriptor>(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
}

// The cookies of probes or sites, of that generation.
std::vector<std::uint64_t> cookies(const std::vector<std::uint64_t>& of, std::uint32_t generation) {
  std::vector<std::uint64_t> all = of;
  for (std::uint64_t& cookie : all)
    cookie |= std::uint64_t{generation} << 32;
  return all;
}

}  // namespace

Attachments::Attachments(const LoadedPrograms& programs)
    : programs_(programs),
      function_links_(programs.uprobe_multi),
      other_links_(programs.uprobe_multi),
      trial_links_(programs.uprobe_multi),
      spare_links_(programs.uprobe_multi) {}

template <typename Wanted>
Attachments::ProbedFile Attachments::ProbedFile::only(Wanted wanted) const {
  ProbedFile some{file};
  for (std::size_t i = 0; i < offsets.size(); ++i) {
    if (!wanted(i)) continue;
    some.offsets.push_back(offsets[i]);
    some.probes.push_back(probes[i]);
    if (!of_sites()) continue;
    some.semaphores.push_back(semaphores[i]);
    some.site_numbers.push_back(site_numbers[i]);
  }
  return some;
}

Refusals Attachments::attach_functions(const std::string& binary,
                                       const std::vector<std::uint64_t>& offsets,
                                       const std::vector<std::uint64_t>& probes) {
  return attach_file(binary, ProbedFile{open_file(binary), offsets, probes});
}

Refusals Attachments::attach_sites(const std::string& binary,
                                   const std::vector<AttachSite>& sites) {
  ProbedFile all{open_file(binary)};
  for (const AttachSite& one : sites) {
    if (sites_ == kMostSites)
      return {sites.size(), "there are more than " + std::to_string(kMostSites) + " places"};
    throw_if_failed(bpf_map_update_elem(bpf_map__fd(programs_.skeleton->maps.sites), &sites_,
                                        &one.site, BPF_ANY));
    all.offsets.push_back(one.offset);
    all.probes.push_back(one.site.probe);
    all.semaphores.push_back(one.semaphore_offset);
    all.site_numbers.push_back(sites_++);
  }
  return attach_file(binary, all);
}

Refusals Attachments::attach_hooks(const std::string& binary, const wire_server& server,
                                   const std::vector<HookSite>& sites) {
  if (servers_ == WIRE_SERVERS)
    return {sites.size(), "the server was replaced too often in this recording"};
  throw_if_failed(bpf_map_update_elem(bpf_map__fd(programs_.skeleton->maps.servers), &servers_,
                                      &server, BPF_ANY));
  Refusals refusals(sites.size());
  for (std::size_t i = sites.size(); i-- > 0;) {
    const HookSite& site = sites[i];
    bpf_program* program = programs_.program_of(site.hook);
    if (!bpf_program__autoload(program)) continue;  // it is not needed
    errno = ECANCELED;
    if (given_up_ || !other_links_.attach(program, binary, {{site.offset}, {servers_}, {}},
                                          site.hook == WIRE_ON_RUN_END))
      refusals[i] = refusal_reason(errno);
  }
  ++servers_;
  return refusals;
}

std::optional<std::string> Attachments::attach_processes(bool births) {
  const auto& programs = programs_.skeleton->progs;
  if (!other_links_.attach_raw_tracepoint(programs.on_thread_exit, "sched_process_exit") ||
      (births && !other_links_.attach_raw_tracepoint(programs.on_fork, "sched_process_fork")))
    return refusal_reason(errno);
  return std::nullopt;
}

bool Attachments::attach_trial(const std::string& binary, std::uint64_t offset,
                               std::uint32_t probe) {
  return attach(trial_links_, binary, ProbedFile{nullptr, {offset}, {probe}}, generation_);
}

void Attachments::detach_trial() {
  while (trial_links_.size() > 0)
    detach_one(trial_links_);
}

Refusals Attachments::attach_file(const std::string& binary, const ProbedFile& all) {
  Refusals refusals(all.offsets.size());
  if (refusals.empty()) return refusals;
  const std::vector<int> errors =
      programs_.uprobe_multi ? attach_together(binary, all) : attach_one_by_one(binary, all);
  ProbedFile taken = all.only([&](std::size_t i) { return errors[i] == 0; });
  if (!taken.probes.empty()) files_.push_back(std::move(taken));
  std::transform(errors.begin(), errors.end(), refusals.begin(), [](int error) {
    return error == 0 ? std::nullopt : std::optional(refusal_reason(error));
  });
  return refusals;
}

// What the kernel does not let be probed at its return it does not let be probed at its entry.
std::vector<int> Attachments::attach_together(const std::string& binary, const ProbedFile& all) {
  Links links(true);
  std::vector<int> errors =
      attach_by_halves(all.offsets.size(), [&](std::size_t first, std::size_t last) {
        const ProbedFile some = all.only([&](std::size_t i) { return first <= i && i < last; });
        return attach_first(links, binary, some, generation_) ? 0 : errno;
      });
  const ProbedFile taken = all.only([&](std::size_t i) { return errors[i] == 0; });
  if (!all.of_sites() && !attach_enters(links, binary, taken, generation_)) {
    std::replace(errors.begin(), errors.end(), 0, errno);
    return errors;
  }
  function_links_.take(std::move(links));
  return errors;
}

std::vector<int> Attachments::attach_one_by_one(const std::string& binary, const ProbedFile& all) {
  std::vector<int> errors(all.offsets.size());
  for (std::size_t one = 0; one < errors.size(); ++one) {
    if (!attach_one(function_links_, binary, all, one, generation_)) errors[one] = errno;
  }
  return errors;
}

bool Attachments::attach_one(Links& links, const std::string& binary, const ProbedFile& all,
                             std::size_t one, std::uint32_t generation) const {
  errno = ECANCELED;
  return !given_up_ &&
         attach(links, binary, all.only([&](std::size_t i) { return i == one; }), generation);
}

bool Attachments::attach_each(Links& links, const std::string& binary, const ProbedFile& file,
                              std::uint32_t generation) const {
  if (programs_.uprobe_multi) return attach(links, binary, file, generation);
  for (std::size_t one = 0; one < file.offsets.size(); ++one) {
    if (!attach_one(links, binary, file, one, generation)) return false;
  }
  return true;
}

bool Attachments::attach(Links& links, const std::string& binary, const ProbedFile& file,
                         std::uint32_t generation) const {
  Links added(programs_.uprobe_multi);
  if (!attach_first(added, binary, file, generation) ||
      (!file.of_sites() && !attach_enters(added, binary, file, generation))) {
    const int error = errno;
    added = Links(programs_.uprobe_multi);
    errno = error;
    return false;
  }
  links.take(std::move(added));
  return true;
}

bool Attachments::attach_first(Links& links, const std::string& binary, const ProbedFile& file,
                               std::uint32_t generation) const {
  const auto& programs = programs_.skeleton->progs;
  if (file.of_sites()) {
    return links.attach(programs.on_point, binary,
                        {file.offsets, cookies(file.site_numbers, generation), file.semaphores},
                        false);
  }
  return links.attach(programs.on_exit, binary,
                      {file.offsets, cookies(file.probes, generation), {}}, true);
}

bool Attachments::attach_enters(Links& links, const std::string& binary, const ProbedFile& file,
                                std::uint32_t generation) const {
  return file.probes.empty() ||
         links.attach(programs_.skeleton->progs.on_enter, binary,
                      {file.offsets, cookies(file.probes, generation), {}}, false);
}

std::optional<std::string> Attachments::attach_without(const std::vector<std::size_t>& off) {
  next_files_.clear();
  next_off_ = off_;
  next_off_.insert(off.begin(), off.end());
  Links links(programs_.uprobe_multi);
  for (const ProbedFile& file : files_) {
    ProbedFile rest = file.only([&](std::size_t i) { return !next_off_.contains(file.probes[i]); });
    if (rest.probes.empty()) continue;
    const std::string path = "/proc/self/fd/" + std::to_string(file.file->get());
    if (!attach_each(links, path, rest, generation_ + 1)) return refusal_reason(errno);
    next_files_.push_back(std::move(rest));
  }
  spare_links_ = std::move(links);
  return std::nullopt;
}

void Attachments::count_both() {
  programs_.skeleton->bss->generations = std::uint64_t{generation_ + 1} << 32 | generation_;
}

void Attachments::count_new() {
  ++generation_;
  programs_.skeleton->bss->generations = std::uint64_t{generation_} << 32 | generation_;
  std::swap(function_links_, spare_links_);
  files_ = std::move(next_files_);
  off_ = std::move(next_off_);
}

void Attachments::detach_old() {
  spare_links_ = Links(programs_.uprobe_multi);
}

std::size_t Attachments::links() const {
  return function_links_.size() + spare_links_.size() + other_links_.size();
}

void Attachments::detach_one(Links& from) {
  const std::uint64_t begin = monotonic_ns();
  from.detach_one();
  detach_of_one_ = std::max(detach_of_one_, Duration(monotonic_ns() - begin));
}

bool Attachments::detach(const DetachStep& goes_on) {
  const std::size_t all = links();
  for (Links* of_kind : {&spare_links_, &function_links_, &other_links_}) {
    while (of_kind->size() > 0) {
      detach_one(*of_kind);
      if (goes_on && !goes_on(all - links(), all)) return false;
    }
  }
  return true;
}

}  // namespace pgrec
