#include "record/kernel/handles.h"

#include <bpf/libbpf.h>

#include "bpf/pgrec.skel.h"

namespace pgrec {

void DestroySkeleton::operator()(pgrec_bpf* skeleton) const {
  pgrec_bpf__destroy(skeleton);
}

void DestroyLink::operator()(bpf_link* link) const {
  bpf_link__destroy(link);
}

}  // namespace pgrec
