// One owner for each kind of libbpf handle. Who includes this needs no header of libbpf.
#pragma once

#include <memory>

struct bpf_link;
struct pgrec_bpf;

namespace pgrec {

struct DestroySkeleton {
  void operator()(pgrec_bpf* skeleton) const;
};
using Skeleton = std::unique_ptr<pgrec_bpf, DestroySkeleton>;

struct DestroyLink {
  void operator()(bpf_link* link) const;
};
using Link = std::unique_ptr<bpf_link, DestroyLink>;

}  // namespace pgrec
