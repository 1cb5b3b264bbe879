#include "record/kernel/features.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <iterator>
#include <memory>
#include <vector>

#include "record/host/descriptor.h"
#include "record/kernel/uprobe_multi.h"

namespace pgrec {
namespace {

constexpr bpf_insn kEnd[] = {
    {BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_0, 0, 0, 0},
    {BPF_JMP | BPF_EXIT, 0, 0, 0, 0},
};

constexpr bpf_insn call(int function) {
  return {BPF_JMP | BPF_CALL, 0, 0, 0, function};
}

// Errno, 0 where the kernel takes the program.
int try_program(std::vector<bpf_insn> instructions, std::uint32_t flags = 0) {
  instructions.insert(instructions.end(), std::begin(kEnd), std::end(kEnd));
  LIBBPF_OPTS(bpf_prog_load_opts, options);
  options.prog_flags = flags;
  const Descriptor program(bpf_prog_load(BPF_PROG_TYPE_KPROBE, "try", "GPL", instructions.data(),
                                         instructions.size(), &options));
  return program.is_open() ? 0 : errno;
}

int try_cookies() {
  return try_program({call(BPF_FUNC_get_attach_cookie)});
}

int try_atomics() {
  return try_program({
      {BPF_ST | BPF_MEM | BPF_DW, BPF_REG_10, 0, -8, 0},
      {BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_1, 0, 0, 1},
      {BPF_STX | BPF_ATOMIC | BPF_DW, BPF_REG_10, BPF_REG_1, -8, BPF_ADD | BPF_FETCH},
  });
}

int try_kernel_reads() {
  return try_program({
      {BPF_ALU64 | BPF_MOV | BPF_X, BPF_REG_1, BPF_REG_10, 0, 0},
      {BPF_ALU64 | BPF_ADD | BPF_K, BPF_REG_1, 0, 0, -8},
      {BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_2, 0, 0, 8},
      {BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_3, 0, 0, 0},
      call(BPF_FUNC_probe_read_kernel),
  });
}

struct FreeBtf {
  void operator()(btf* types) const { btf__free(types); }
};

// libbpf has other places to look where the kernel has none, and says so of each.
bool has_btf() {
  if (::access("/sys/kernel/btf/vmlinux", F_OK) == 0) return true;
  const libbpf_print_fn_t print = libbpf_set_print(nullptr);
  const std::unique_ptr<btf, FreeBtf> types(btf__load_vmlinux_btf());
  libbpf_set_print(print);
  return types != nullptr;
}

}  // namespace

KernelFeatures try_kernel_features() {
  KernelFeatures features;
  features.programs = try_program({});
  if (features.programs != 0) return features;
  features.cookies = try_cookies();
  features.atomics = try_atomics();
  features.kernel_reads = try_kernel_reads();
  features.btf = has_btf();
  features.uprobe_multi = has_uprobe_multi();
  return features;
}

// Since the change that also lets such programs sleep (8c7dcb84e3b7) the kernel counts all of them.
bool counts_missed_hits() {
  return try_program({}, BPF_F_SLEEPABLE) == 0;
}

}  // namespace pgrec
