/*
 * Where only some processes are wanted: the parallel workers of a wanted process are wanted too.
 * The postmaster makes them, so on_fork() does not see whose they are. A worker says for whom it
 * works before it does anything else, by the number that the other has in their pid namespace.
 */
#ifndef PGREC_BPF_WORKERS_H
#define PGREC_BPF_WORKERS_H

/* The processes that were named, with all that descended from them then; the recorder sets how many
 * fit. Of those that are born later the postmaster is wanted, and so is whatever it makes. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, struct wire_leader);
	__type(value, __u8);
} leaders SEC(".maps");

/* The current process as it numbers itself. */
static __always_inline struct wire_leader own_leader(void)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct pid *pid = BPF_CORE_READ(task, group_leader, thread_pid);
	__u32 level = BPF_CORE_READ(pid, level);
	struct wire_leader own = {};
	struct upid number;

	if (level > MOST_LEVELS || bpf_core_read(&number, sizeof(number), &pid->numbers[level]))
		return own;
	own.pid = number.nr;
	own.pidns = BPF_CORE_READ(number.ns, ns.inum);
	return own;
}

/* bool BecomeLockGroupMember(PGPROC *leader, int pid) */
SEC("uprobe")
int on_worker(struct pt_regs *ctx)
{
	struct wire_leader leader = own_leader();
	struct hooked hooked = {};
	__u64 pid_tgid, name;
	__u32 pid;
	__u8 present = 1;

	leader.pid = (__u32)PT_REGS_PARM2(ctx);
	if (!bpf_map_lookup_elem(&leaders, &leader) || !current_ids(&pid_tgid))
		return 0;
	pid = pid_tgid >> 32;
	if (bpf_map_update_elem(&targets, &pid, &present, BPF_ANY))
		count(&lost_children);
	/* It took its title when it was not wanted yet: a BackgroundWorker begins with that. */
	if (!look_at(ctx, WIRE_ON_WORKER, &hooked) || !hooked.server->worker)
		return 0;
	name = read_u64(hooked.base + hooked.server->worker);
	if (name)
		tell_name(&hooked, (const char *)name, WIRE_TITLE, 0);
	return 0;
}

/* The first thread of a process ends: see forget_process(). */
static __always_inline void forget_leader(__u64 pid_tgid)
{
	struct wire_leader leader;

	if (pid_tgid >> 32 != (__u32)pid_tgid)
		return;
	leader = own_leader();
	bpf_map_delete_elem(&leaders, &leader);
}

#endif
