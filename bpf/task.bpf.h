/*
 * Which process a probe fired in, as the recorder knows it, and whether it is to be recorded; and
 * what the kernel keeps of its thread's probed returns.
 */
#ifndef PGREC_BPF_TASK_H
#define PGREC_BPF_TASK_H

/* The fields read of the kernel's own structures; relocated when loaded. */
struct ns_common {
	unsigned int inum;
} __attribute__((preserve_access_index));

struct pid_namespace {
	struct ns_common ns;
} __attribute__((preserve_access_index));

struct upid {
	int nr;
	struct pid_namespace *ns;
} __attribute__((preserve_access_index));

struct pid {
	unsigned int level;
	struct upid numbers[1];
} __attribute__((preserve_access_index));

struct sched_entity {
	__u64 sum_exec_runtime;
} __attribute__((preserve_access_index));

/* A return that is probed: the kernel keeps a list of a thread's, the innermost first. */
struct return_instance {
	unsigned long stack; /* pointer at the function's entry */
} __attribute__((preserve_access_index));

struct uprobe_task {
	unsigned int depth; /* of return_instances */
	struct return_instance *return_instances;
} __attribute__((preserve_access_index));

/* What a process has of itself in the process list is at its own address. */
struct mm_struct {
	unsigned long arg_start;
} __attribute__((preserve_access_index));

struct task_struct {
	struct mm_struct *mm;
	int tgid;
	int exit_code;
	struct uprobe_task *utask;
	struct task_struct *group_leader;
	struct pid *thread_pid;
	struct sched_entity se;
	unsigned long nvcsw; /* how often it slept */
} __attribute__((preserve_access_index));

#define MOST_LEVELS 32 /* MAX_PID_NS_LEVEL of include/linux/pid_namespace.h */

/* A thread's or process's number in the recorder's pid namespace; 0 where it has none there. */
static __always_inline __u32 own_number(struct pid *pid)
{
	__u32 level = BPF_CORE_READ(pid, level), i;
	struct upid number;

	/* Its own namespace has the last level, and is mostly the one. */
	for (i = 0; i <= MOST_LEVELS && i <= level; i++) {
		if (bpf_core_read(&number, sizeof(number), &pid->numbers[level - i]))
			return 0;
		if (BPF_CORE_READ(number.ns, ns.inum) == pidns_inum)
			return number.nr;
	}
	return 0;
}

static __always_inline __u32 process_id(struct task_struct *task)
{
	if (!pidns_inum)
		return BPF_CORE_READ(task, tgid);
	return own_number(BPF_CORE_READ(task, group_leader, thread_pid));
}

/*
 * The current thread, numbered as in the recorder's pid namespace. False where it has no number
 * there.
 */
static __always_inline int current_ids(__u64 *pid_tgid)
{
	struct task_struct *task;
	__u32 pid;

	if (!pidns_inum) {
		*pid_tgid = bpf_get_current_pid_tgid();
		return 1;
	}
	task = (struct task_struct *)bpf_get_current_task();
	pid = process_id(task);
	*pid_tgid = (__u64)pid << 32 | own_number(BPF_CORE_READ(task, thread_pid));
	return pid != 0;
}

/*
 * Whether the current process is to be recorded. The processes that were named are in `targets`,
 * and on_fork() adds the children of each: a postmaster stands for its backends.
 */
static __always_inline int is_wanted(__u64 *pid_tgid)
{
	__u32 pid;

	if (!current_ids(pid_tgid))
		return 0;
	pid = *pid_tgid >> 32;
	return !filter_by_pid || bpf_map_lookup_elem(&targets, &pid);
}

/*
 * The first thread of a process ends, and in all but strange programs the process with it: its
 * number is free for another.
 */
static __always_inline void forget_process(__u64 pid_tgid)
{
	__u32 pid = pid_tgid >> 32;

	if (pid == (__u32)pid_tgid)
		bpf_map_delete_elem(&targets, &pid);
}

/*
 * Where the kernel maps the trampoline that a probed return goes through: as high as it can, in the
 * last page below the end of the address space (xol_add_vma() in kernel/events/uprobes.c). No code
 * that calls a function is mapped there.
 */
#define TRAMPOLINE_FROM 0x7fffffffe000ULL

#define MOST_RETURNS 64 /* MAX_URETPROBE_DEPTH of include/linux/uprobes.h */

/*
 * What the kernel's list of the thread's probed returns tells of a function at its entry. The list
 * has not got this one yet. Where the list is full the kernel adds none, even if entries in it are
 * dead (prepare_uretprobe() of kernel/events/uprobes.c); other tracers' returns are in it too, and
 * after a fork those of the parent.
 *
 * The function is chained where it will return to the trampoline: then it was jumped to at the end
 * of another probed function, which left its return address in place. To read the address costs 20
 * ns, so the list is asked first: a function that was jumped from has its entry at the same stack
 * pointer. The list is in order, and what is dead in it is further inside.
 */
static __always_inline __u32 flags_of_enter(struct pt_regs *ctx)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct uprobe_task *utask = task->utask;
	struct return_instance *innermost = utask ? utask->return_instances : 0;
	__u64 return_address = 0;
	__u32 flags;

	if (!innermost)
		return 0;
	flags = utask->depth >= MOST_RETURNS ? WIRE_NO_RETURN : 0;
	if (innermost->stack > PT_REGS_SP(ctx))
		return flags;
	bpf_probe_read_user(&return_address, sizeof(return_address), (void *)PT_REGS_SP(ctx));
	return return_address >= TRAMPOLINE_FROM ? flags | WIRE_CHAINED : flags;
}

#endif
