/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The kernel side of pgrec: programs for the entry and the return of every probed function, those
 * of the query hooks, and two that follow processes. They count, filter, take the time and hand a
 * small record to the recorder; nothing is decided here that can be decided later.
 */
#include <linux/bpf.h>
#include <linux/ptrace.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "wire.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* Set by the recorder before loading. */
const volatile __u32 filter_by_pid;    /* only the processes in `targets` */
const volatile __u32 hooks_probe;      /* index of the query hooks among the counters */
const volatile __u64 min_duration_ns;  /* filter shorter calls; 0: none */
const volatile __u32 short_rows = 1;   /* of the histograms in `short_calls` */
const volatile __u32 sample_every = 1; /* record one of so many executions */
const volatile __u32 pidns_inum;       /* of the recorder's pid namespace; 0: the initial one */

/* Set while the recorder wants events; probes are in place before and after. */
volatile __u32 recording;

/* Set while the recorder only wants to know how often the probes fire. */
volatile __u32 rehearsing;

/*
 * Sets of probes have numbers, in the upper halves of their cookies. These are the first (low half)
 * and the last (high half) that count: two while the recorder replaces one by the next, so that a
 * hit that meets both at that moment is not missed.
 */
volatile __u64 generations;

/* Set from when the recorder begins to when it has closed its trace: ends of threads are told. */
volatile __u32 telling_ends;

/*
 * Ends of threads that found no room in a ring, as is likely where the thread has just filled it,
 * and those after the recording; and how many there were so far.
 */
struct {
	__uint(type, BPF_MAP_TYPE_QUEUE);
	__uint(max_entries, WIRE_LATE_ENDS);
	__uint(value_size, sizeof(struct wire_late_end));
} late_ends SEC(".maps");
__u64 late_ends_told;

/* Ends of threads that found no room there either: the recorder has to look for itself. */
__u64 lost_thread_ends;

/* Children of wanted processes that found no room in `targets`. */
__u64 lost_children;

/* By probe: WIRE_OCTAVES sums, then `short_rows` counts; the recorder sets the size. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, 8 * (WIRE_OCTAVES + 1));
} short_calls SEC(".maps");

/* The processes to record, with all that descend from them; the recorder sets how many fit. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u8);
} targets SEC(".maps");

/* By thread id; the recorder sets how many fit. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct wire_thread);
} threads SEC(".maps");

/* What a thread begins as: one element, all zero. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct wire_thread);
} fresh_thread SEC(".maps");

/* The sites of USDT probes; the recorder sets how many. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct wire_site);
} sites SEC(".maps");

#include "task.bpf.h"
#include "rings.bpf.h"
#include "emit.bpf.h"
#include "filter.bpf.h"
#include "text.bpf.h"
#include "server.bpf.h"
#include "identity.bpf.h"
#include "errors.bpf.h"
#include "execution.bpf.h"
#include "slow_statement.bpf.h"
#include "slow.bpf.h"
#include "names.bpf.h"
#include "workers.bpf.h"
#include "usdt.bpf.h"

/* Whether a hit of that generation of probes is to be looked at. */
static __always_inline int is_counted(__u32 generation)
{
	__u64 counted = generations;

	return (recording || rehearsing) && generation >= (__u32)counted &&
	       generation <= (__u32)(counted >> 32);
}

/* The counts of a probe, or 0 where its hit is only to be counted, and was. */
static __always_inline struct wire_counts *counts_while_recording(__u32 probe)
{
	struct wire_counts *counts = bpf_map_lookup_elem(&counters, &probe);

	if (recording || !counts)
		return counts;
	count(&counts->rehearsed);
	return 0;
}

/* The probe of a hit and its counts, or 0 where the hit is not to be looked at. */
static __always_inline struct wire_counts *counts_of(__u64 cookie, __u32 *probe, __u32 *flags)
{
	__u32 generation = cookie >> 32;

	if (!is_counted(generation))
		return 0;
	*probe = (__u32)cookie;
	*flags = generation & 1 ? WIRE_ODD : 0;
	return counts_while_recording(*probe);
}

SEC("uprobe")
int on_enter(struct pt_regs *ctx)
{
	__u32 probe, flags;
	struct wire_counts *counts = counts_of(bpf_get_attach_cookie(ctx), &probe, &flags);
	__u64 pid_tgid;

	if (!counts)
		return 0;
	count(&counts->fired[WIRE_ENTER]);
	if (!is_wanted(&pid_tgid))
		count(&counts->foreign[WIRE_ENTER]);
	else if (keeps_threads())
		filter_enter(ctx, counts, pid_tgid, probe, flags);
	else
		emit(counts, 0, PT_REGS_SP(ctx), pid_tgid, probe, WIRE_ENTER,
		     flags | flags_of_enter(ctx));
	return 0;
}

SEC("uretprobe")
int on_exit(struct pt_regs *ctx)
{
	__u32 probe, flags;
	struct wire_counts *counts = counts_of(bpf_get_attach_cookie(ctx), &probe, &flags);
	__u64 pid_tgid;

	if (!counts)
		return 0;
	count(&counts->fired[WIRE_EXIT]);
	if (!is_wanted(&pid_tgid))
		count(&counts->foreign[WIRE_EXIT]);
	else if (keeps_threads())
		filter_exit(ctx, counts, pid_tgid, probe, flags);
	else
		emit(counts, 0, PT_REGS_SP(ctx), pid_tgid, probe, WIRE_EXIT, flags);
	return 0;
}

/* A site of a USDT probe is reached. */
SEC("uprobe")
int on_point(struct pt_regs *ctx)
{
	__u64 cookie = bpf_get_attach_cookie(ctx);
	__u32 number = (__u32)cookie, generation = cookie >> 32;
	struct wire_site *site = bpf_map_lookup_elem(&sites, &number);
	struct wire_counts *counts;
	__u64 pid_tgid;

	if (!site || !is_counted(generation))
		return 0;
	counts = counts_while_recording(site->probe);
	if (!counts)
		return 0;
	count(&counts->fired[WIRE_POINT]);
	if (!is_wanted(&pid_tgid))
		count(&counts->foreign[WIRE_POINT]);
	else if (!keeps_threads() || filter_point(counts, pid_tgid))
		emit_point(ctx, counts, pid_tgid, site, generation & 1 ? WIRE_ODD : 0);
	return 0;
}

static __always_inline void tell_late_end(__u64 ts_ns, __u64 pid_tgid, __u64 cpu_ns, __u32 flags)
{
	struct wire_late_end end = {ts_ns, pid_tgid, cpu_ns, flags};

	if (bpf_map_push_elem(&late_ends, &end, BPF_ANY))
		count(&lost_thread_ends);
	else
		count(&late_ends_told);
}

/*
 * A thread ends: whatever it had open will not end otherwise. All threads of the machine come here;
 * the recorder knows which it has seen. Not one of the probes, so not counted with them.
 */
SEC("raw_tp/sched_process_exit")
int on_thread_exit(void *ctx)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	__u64 pid_tgid, cpu_ns;
	__u32 tid, flags;
	int exit_code;

	if (!current_ids(&pid_tgid))
		return 0;
	if (filter_by_pid) {
		forget_process(pid_tgid);
		forget_leader(pid_tgid);
	}
	tid = (__u32)pid_tgid;
	exit_code = BPF_CORE_READ(task, exit_code);
	flags = end_with_thread(pid_tgid, exit_code);
	if (tells_slow) {
		end_by_exit(pid_tgid, exit_code);
		bpf_map_delete_elem(&slow_statements, &tid);
	}
	if (!telling_ends)
		return 0;
	cpu_ns = BPF_CORE_READ(task, se.sum_exec_runtime);
	if (!recording) {
		tell_late_end(0, pid_tgid, cpu_ns, flags);
		return 0;
	}
	if (keeps_threads())
		forget_thread(pid_tgid);
	if (put_hit(0, cpu_ns, pid_tgid, 0, WIRE_GONE, flags))
		tell_late_end(bpf_ktime_get_ns(), pid_tgid, cpu_ns, flags);
	return 0;
}

/* A process makes another: a child of a wanted one is wanted. */
SEC("raw_tp/sched_process_fork")
int on_fork(__u64 *ctx)
{
	struct task_struct *child = (struct task_struct *)ctx[1];
	__u64 pid_tgid;
	__u32 pid;
	__u8 present = 1;

	if (!is_wanted(&pid_tgid))
		return 0;
	pid = process_id(child);
	if (pid && pid != pid_tgid >> 32 && bpf_map_update_elem(&targets, &pid, &present, BPF_ANY))
		count(&lost_children);
	return 0;
}
