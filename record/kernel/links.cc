#include "record/kernel/links.h"

#include <bpf/libbpf.h>

#include <cerrno>
#include <iterator>
#include <utility>

#include "record/kernel/uprobe_multi.h"

namespace pgrec {

bool Links::attach(bpf_program* program, const std::string& binary, const LinkSites& sites,
                   bool at_return) {
  if (multi_) {
    Descriptor link = attach_uprobe_multi(bpf_program__fd(program), binary, sites.offsets,
                                          sites.cookies, at_return, sites.semaphores);
    if (!link.is_open()) return false;
    shared_.push_back(std::move(link));
    return true;
  }
  const std::size_t before = single_.size();
  for (std::size_t i = 0; i < sites.offsets.size(); ++i) {
    LIBBPF_OPTS(bpf_uprobe_opts, options,
                .ref_ctr_offset = sites.semaphores.empty() ? 0 : sites.semaphores[i],
                .bpf_cookie = sites.cookies[i], .retprobe = at_return);
    Link link(
        bpf_program__attach_uprobe_opts(program, -1, binary.c_str(), sites.offsets[i], &options));
    if (!link) {
      const int error = errno;
      single_.resize(before);
      errno = error;
      return false;
    }
    single_.push_back(std::move(link));
  }
  return true;
}

bool Links::attach_raw_tracepoint(bpf_program* program, const char* tracepoint) {
  Link link(bpf_program__attach_raw_tracepoint(program, tracepoint));
  if (!link) return false;
  single_.push_back(std::move(link));
  return true;
}

void Links::take(Links&& other) {
  std::move(other.single_.begin(), other.single_.end(), std::back_inserter(single_));
  std::move(other.shared_.begin(), other.shared_.end(), std::back_inserter(shared_));
}

void Links::detach_one() {
  if (!single_.empty()) {
    single_.pop_back();
  } else {
    shared_.pop_back();
  }
}

}  // namespace pgrec
