// What keeps probes in place: links between programs and sites in files, one for each probe or one
// for many. When a link is gone, its probes are out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "record/host/descriptor.h"
#include "record/kernel/handles.h"

struct bpf_program;

namespace pgrec {

// Where a program is put in one file. All lists have the same length.
struct LinkSites {
  std::vector<std::uint64_t> offsets;     // bytes in the file
  std::vector<std::uint64_t> cookies;     // the number that each gives the program
  std::vector<std::uint64_t> semaphores;  // as of attach_uprobe_multi(); empty: there are none
};

class Links {
 public:
  // `multi`: one link for many probes, which the kernel has; else a perf event for each.
  explicit Links(bool multi) : multi_(multi) {}

  // Puts `program` at all `sites` of `binary`, before the instruction there or at the return from
  // it. False, and errno, when the kernel refuses one; then none of these is there.
  bool attach(bpf_program* program, const std::string& binary, const LinkSites& sites,
              bool at_return);
  // Puts it on a tracepoint of the kernel. False, and errno, when the kernel refuses it.
  bool attach_raw_tracepoint(bpf_program* program, const char* tracepoint);

  // Adds those of `other`.
  void take(Links&& other);
  // Takes the probes of one link out. There is one.
  void detach_one();

  std::size_t size() const { return single_.size() + shared_.size(); }

 private:
  bool multi_;
  std::vector<Link> single_;
  std::vector<Descriptor> shared_;
};

}  // namespace pgrec
