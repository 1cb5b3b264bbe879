#include "record/bpf_features.h"

#include <bpf/bpf.h>
#include <linux/bpf.h>

#include <cerrno>
#include <vector>

#include "record/descriptor.h"

namespace pgrec {
namespace {

constexpr bpf_insn kSetReturnTo0 = {BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_0, 0, 0, 0};
constexpr bpf_insn kReturn = {BPF_JMP | BPF_EXIT, 0, 0, 0, 0};

Tried try_program(const std::vector<bpf_insn>& instructions, std::uint32_t flags = 0) {
  std::vector<char> log(4096);
  LIBBPF_OPTS(bpf_prog_load_opts, options);
  options.prog_flags = flags;
  options.log_level = 1;
  options.log_buf = log.data();
  options.log_size = static_cast<std::uint32_t>(log.size());
  const Descriptor program(bpf_prog_load(BPF_PROG_TYPE_KPROBE, "try", "GPL", instructions.data(),
                                         instructions.size(), &options));
  if (program.is_open()) return {};
  return {errno, log.data()};
}

}  // namespace

Tried try_sleepable_program() {
  return try_program({kSetReturnTo0, kReturn}, BPF_F_SLEEPABLE);
}

}  // namespace pgrec
