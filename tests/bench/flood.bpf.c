/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Fills the event ring of a CPU with calls that nobody made, as fast as the kernel side can: run by
 * tests/bench/flood.cc, with the rings and counters of a recording in place of its own.
 */
#include <linux/bpf.h>
#include <linux/ptrace.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "bpf/wire_counts.h"
#include "bpf/wire_hit.h"
#include "bpf/wire_record.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

const volatile __u64 pid_tgid; /* whose calls they are */

__u32 calls; /* to make in one run */

#include "bpf/rings.bpf.h"
#include "bpf/emit.bpf.h"

#define SP 0x7ffc00001000ULL

static long one_call(__u64 i, void *counts_of_probe)
{
	__u32 probe = 0;
	struct wire_counts *counts = bpf_map_lookup_elem(&counters, &probe);

	if (!counts)
		return 1;
	count(&counts->fired[WIRE_ENTER]);
	emit(counts, 0, SP, pid_tgid, probe, WIRE_ENTER, 0);
	count(&counts->fired[WIRE_EXIT]);
	emit(counts, 0, SP + 8, pid_tgid, probe, WIRE_EXIT, 0);
	return 0;
}

SEC("raw_tp/flood")
int flood(void *ctx)
{
	bpf_loop(calls, one_call, 0, 0);
	return 0;
}
