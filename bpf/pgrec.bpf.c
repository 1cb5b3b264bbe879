/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The kernel side of pgrec: programs for the entry and the return of every probed function, and one
 * for the server's report of what it runs. They filter, take the time and hand a small record to
 * the recorder; nothing is decided here that can be decided later.
 */
#include <linux/bpf.h>
#include <linux/ptrace.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "wire.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* Set by the recorder before loading. */
const volatile __u32 filter_by_pid;  /* only the processes in `targets` and their children */
const volatile __u32 activity_probe; /* index of the activity function among the counters */

/* Set while the recorder wants events; probes are in place before and after. */
volatile __u32 recording;

/* Events lost, of all probes and causes: lets the recorder notice a loss without a system call. */
__u64 lost_events;

/* Ends of threads that found no room in a ring: the recorder has to look for itself. */
__u64 lost_thread_ends;

/* Inner map of `rings`; the recorder makes one of its own size for every CPU. */
struct ring {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__type(key, __u32);
	__array(values, struct ring);
} rings SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct wire_counts);
} counters SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, __u8);
} targets SEC(".maps");

/* The two fields read of the kernel's own structure; relocated when loaded. */
struct task_struct {
	int tgid;
	struct task_struct *real_parent;
} __attribute__((preserve_access_index));

#include "emit.bpf.h"

/*
 * Whether the current process is to be recorded. A process is a target itself or the child of one:
 * a postmaster stands for its backends, present and future, and no list of them can grow stale.
 */
static __always_inline int is_wanted(void)
{
	struct task_struct *task;
	__u32 pid, parent;

	if (!recording)
		return 0;
	if (!filter_by_pid)
		return 1;
	pid = bpf_get_current_pid_tgid() >> 32;
	if (bpf_map_lookup_elem(&targets, &pid))
		return 1;
	task = (struct task_struct *)bpf_get_current_task();
	parent = BPF_CORE_READ(task, real_parent, tgid);
	return bpf_map_lookup_elem(&targets, &parent) != 0;
}

SEC("uprobe")
int on_enter(struct pt_regs *ctx)
{
	if (is_wanted())
		emit(ctx, (__u32)bpf_get_attach_cookie(ctx), WIRE_ENTER);
	return 0;
}

SEC("uretprobe")
int on_exit(struct pt_regs *ctx)
{
	if (is_wanted())
		emit(ctx, (__u32)bpf_get_attach_cookie(ctx), WIRE_EXIT);
	return 0;
}

/*
 * void pgstat_report_activity(BackendState state, const char *cmd_str): a text means that the
 * server begins to run it, none that it runs nothing. The states' numbers differ between versions
 * and are not needed.
 */
SEC("uprobe")
int on_activity(struct pt_regs *ctx)
{
	const char *text = (const char *)PT_REGS_PARM2(ctx);
	int i;

	if (!is_wanted())
		return 0;
	if (!text) {
		emit(ctx, activity_probe, WIRE_IDLE);
		return 0;
	}
	if (!emit_piece(ctx, activity_probe, WIRE_BEGIN, &text, WIRE_TEXT_FIRST_BYTES, 0))
		return 0;
	for (i = 1; i <= WIRE_TEXT_MORE_PIECES; i++) {
		if (!emit_piece(ctx, activity_probe, WIRE_MORE, &text, WIRE_TEXT_MORE_BYTES,
				i == WIRE_TEXT_MORE_PIECES))
			break;
	}
	return 0;
}

/*
 * A thread ends: whatever it had open will not end otherwise. All threads of the machine come here;
 * the recorder knows which it has seen. Not one of the probes, so not counted with them.
 */
SEC("raw_tp/sched_process_exit")
int on_thread_exit(void *ctx)
{
	struct wire_event *event;
	__u64 id = bpf_get_current_pid_tgid();
	void *ring = ring_of_this_cpu();

	if (!is_wanted())
		return 0;
	event = ring ? bpf_ringbuf_reserve(ring, sizeof(*event), 0) : 0;
	if (!event) {
		count(&lost_thread_ends);
		return 0;
	}
	event->ts_ns = bpf_ktime_get_ns();
	event->sp = 0;
	event->pid = id >> 32;
	event->tid = (__u32)id;
	event->probe = 0;
	event->kind = WIRE_GONE;
	event->flags = 0;
	bpf_ringbuf_submit(event, BPF_RB_NO_WAKEUP);
	return 0;
}
