#include "record/kernel/uprobe_multi.h"

#include <bpf/bpf.h>
#include <linux/bpf.h>
#include <sys/syscall.h>

#include <cerrno>

namespace pgrec {
namespace {

// link_create of the kernel's union bpf_attr with its uprobe_multi member.
struct LinkCreate {
  std::uint32_t prog_fd;
  std::uint32_t target_fd;
  std::uint32_t attach_type;
  std::uint32_t flags;
  std::uint64_t path;
  std::uint64_t offsets;
  std::uint64_t ref_ctr_offsets;
  std::uint64_t cookies;
  std::uint32_t count;
  std::uint32_t multi_flags;
  std::uint32_t pid;  // 0: every process
  std::uint32_t padding;
};
static_assert(sizeof(LinkCreate) == 64);

constexpr std::uint32_t kAtReturn = 1;  // BPF_F_UPROBE_MULTI_RETURN

std::uint64_t address(const void* pointer) {
  return reinterpret_cast<std::uintptr_t>(pointer);
}

}  // namespace

Descriptor load_empty_program() {
  const bpf_insn instructions[] = {
      {BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_0, 0, 0, 0},
      {BPF_JMP | BPF_EXIT, 0, 0, 0, 0},
  };
  LIBBPF_OPTS(bpf_prog_load_opts, options);
  options.expected_attach_type = static_cast<bpf_attach_type>(kUprobeMultiAttachType);
  return Descriptor(bpf_prog_load(BPF_PROG_TYPE_KPROBE, "empty", "GPL", instructions, 2, &options));
}

bool has_uprobe_multi() {
  const Descriptor program = load_empty_program();
  if (!program.is_open()) return false;
  // A directory cannot be probed: a kernel that knows the link says so, another knows no such type.
  const Descriptor link = attach_uprobe_multi(program.get(), "/", {0}, {0}, false);
  return !link.is_open() && errno == EBADF;
}

Descriptor attach_uprobe_multi(int program_fd, const std::string& binary,
                               const std::vector<std::uint64_t>& offsets,
                               const std::vector<std::uint64_t>& cookies, bool at_return,
                               const std::vector<std::uint64_t>& semaphores) {
  LinkCreate arguments{};
  arguments.prog_fd = static_cast<std::uint32_t>(program_fd);
  arguments.attach_type = kUprobeMultiAttachType;
  arguments.path = address(binary.c_str());
  arguments.offsets = address(offsets.data());
  if (!semaphores.empty()) arguments.ref_ctr_offsets = address(semaphores.data());
  arguments.cookies = address(cookies.data());
  arguments.count = static_cast<std::uint32_t>(offsets.size());
  arguments.multi_flags = at_return ? kAtReturn : 0;
  return Descriptor(static_cast<int>(
      ::syscall(SYS_bpf, BPF_LINK_CREATE, &arguments, static_cast<unsigned>(sizeof arguments))));
}

}  // namespace pgrec
