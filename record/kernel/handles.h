// One owner for each kind of libbpf and kernel handle.
#pragma once

#include <bpf/libbpf.h>

#include <memory>

#include "bpf/pgrec.skel.h"

namespace pgrec {

struct DestroySkeleton {
  void operator()(pgrec_bpf* skeleton) const { pgrec_bpf__destroy(skeleton); }
};
using Skeleton = std::unique_ptr<pgrec_bpf, DestroySkeleton>;

struct DestroyLink {
  void operator()(bpf_link* link) const { bpf_link__destroy(link); }
};
using Link = std::unique_ptr<bpf_link, DestroyLink>;

}  // namespace pgrec
