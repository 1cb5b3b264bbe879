/*
 * Filters that need to know what a thread did before: only calls of a least duration, only one of N
 * executions. Compiled away where neither is asked for.
 *
 * Least duration. An enter waits here until its call ends, and is dropped with its exit when that
 * was soon. A call that lasts long enough makes all that are open around it long enough too, so
 * what waits are always the innermost open calls, and they are let go outermost first, with their
 * own times. That keeps a thread's events in the order of their times, because nothing else of the
 * thread is handed on while enters wait: what else happens first lets them go. So these are kept as
 * well: calls that did not return (found as in record/matching/call_matcher.h, by the stack
 * pointer), calls in which a query began or ended or a USDT probe was reached, and the calls around
 * them.
 *
 * Sampling. Each report of activity that begins an execution draws whether it is recorded, and each
 * that ends one draws for what the thread does until the next begins; what it does in between goes
 * the same way. A call that is open at such a report is recorded if it was entered while recorded:
 * its exit, which stands above the report on the stack, goes to the recorder, which knows.
 */
#ifndef PGREC_BPF_FILTER_H
#define PGREC_BPF_FILTER_H

#define RETURN_ADDRESS_BYTES 8 /* what a return takes off the stack before its probe fires */

static __always_inline int keeps_threads(void)
{
	return min_duration_ns > 0 || sample_every > 1;
}

static __always_inline void draw(struct wire_thread *thread)
{
	thread->sampled = sample_every <= 1 || bpf_get_prandom_u32() % sample_every == 0;
}

static __always_inline struct wire_pending_enter *pending_at(struct wire_thread *thread,
							     __u32 place)
{
	return &thread->pending[place & (WIRE_PENDING - 1)];
}

/* A function of its own, so that the verifier looks at it once and not for each that waits. */
__attribute__((noinline)) int emit_pending(__u64 ts_ns, __u64 sp, __u64 pid_tgid, __u32 probe,
					   __u32 flags)
{
	struct wire_counts *counts = bpf_map_lookup_elem(&counters, &probe);

	if (counts)
		emit(counts, ts_ns, sp, pid_tgid, probe, WIRE_ENTER, flags);
	return 0;
}

/* Lets go the enters that wait and are not after `until_ns`. */
static __always_inline void let_go(struct wire_thread *thread, __u64 until_ns)
{
	struct wire_pending_enter *enter;
	int i;

	for (i = 0; i < WIRE_PENDING && thread->first != thread->end; i++) {
		enter = pending_at(thread, thread->first);
		if (enter->ts_ns > until_ns)
			break;
		emit_pending(enter->ts_ns, enter->sp, thread->pid_tgid, enter->probe, enter->flags);
		thread->first++;
	}
}

/* The state of the current thread; 0 where there is no room for another. */
static __always_inline struct wire_thread *thread_of(__u64 pid_tgid)
{
	__u32 tid = (__u32)pid_tgid;
	__u32 only = 0;
	struct wire_thread *thread = bpf_map_lookup_elem(&threads, &tid);

	if (thread && thread->pid_tgid == pid_tgid)
		return thread;
	if (!thread) {
		thread = bpf_map_lookup_elem(&fresh_thread, &only);
		if (!thread || bpf_map_update_elem(&threads, &tid, thread, BPF_ANY))
			return 0;
		thread = bpf_map_lookup_elem(&threads, &tid);
		if (!thread)
			return 0;
	}
	/* New, or its number was another's whose end was not seen. */
	let_go(thread, ~0ULL);
	thread->pid_tgid = pid_tgid;
	thread->boundary_sp = ~0ULL;
	thread->running = 0;
	thread->first = thread->end = 0;
	draw(thread);
	return thread;
}

static __always_inline void filter_enter(struct pt_regs *ctx, struct wire_counts *counts,
					 __u64 pid_tgid, __u32 probe, __u32 flags)
{
	struct wire_thread *thread = thread_of(pid_tgid);
	struct wire_pending_enter *enter;
	__u64 sp = PT_REGS_SP(ctx), now, until;

	if (!thread) {
		count_lost(counts, WIRE_LOSS_MAP_FULL, WIRE_ENTER);
		return;
	}
	if (!thread->sampled) {
		count(&counts->filtered[WIRE_ENTER]);
		return;
	}
	flags |= flags_of_enter(ctx);
	if (!min_duration_ns) {
		emit(counts, 0, sp, pid_tgid, probe, WIRE_ENTER, flags);
		return;
	}
	now = bpf_ktime_get_ns();
	if (thread->first != thread->end) {
		until = now > min_duration_ns ? now - min_duration_ns : 0;
		enter = pending_at(thread, thread->end - 1);
		if (enter->sp < sp || (enter->sp == sp && !(flags & WIRE_CHAINED)) ||
		    thread->end - thread->first >= WIRE_PENDING)
			until = ~0ULL;
		let_go(thread, until);
	}
	enter = pending_at(thread, thread->end);
	enter->ts_ns = now;
	enter->sp = sp;
	enter->probe = probe;
	enter->flags = flags | WIRE_WAITED;
	thread->end++;
}

/* Position of the highest bit that is set; of 0: 0. */
static __always_inline __u32 octave_of(__u64 ns)
{
	__u32 octave = 0;

	if (ns >> 32) {
		ns >>= 32;
		octave += 32;
	}
	if (ns >> 16) {
		ns >>= 16;
		octave += 16;
	}
	if (ns >> 8) {
		ns >>= 8;
		octave += 8;
	}
	if (ns >> 4) {
		ns >>= 4;
		octave += 4;
	}
	if (ns >> 2) {
		ns >>= 2;
		octave += 2;
	}
	return octave + (ns >> 1);
}

static __always_inline void count_short(__u32 probe, __u64 ns)
{
	__u64 *sums = bpf_map_lookup_elem(&short_calls, &probe);
	__u32 octave = octave_of(ns);
	__u64 row = ns < 32 ? ns : 16 * (octave - 4) + (ns >> (octave - 4));

	if (!sums)
		return;
	__sync_fetch_and_add(&sums[octave & (WIRE_OCTAVES - 1)], ns);
	if (row < short_rows)
		count(&sums[WIRE_OCTAVES + row]);
}

static __always_inline void filter_exit(struct pt_regs *ctx, struct wire_counts *counts,
					__u64 pid_tgid, __u32 probe, __u32 flags)
{
	struct wire_thread *thread = thread_of(pid_tgid);
	struct wire_pending_enter *enter;
	__u64 sp = PT_REGS_SP(ctx), entered_at = sp - RETURN_ADDRESS_BYTES, took;

	if (!thread) {
		count_lost(counts, WIRE_LOSS_MAP_FULL, WIRE_EXIT);
		return;
	}
	if (thread->first != thread->end) {
		enter = pending_at(thread, thread->end - 1);
		took = bpf_ktime_get_ns() - enter->ts_ns;
		if (enter->sp == entered_at && enter->probe == probe && took < min_duration_ns) {
			thread->end--;
			count(&counts->filtered[WIRE_ENTER]);
			count(&counts->filtered[WIRE_EXIT]);
			count_short(probe, took);
			return;
		}
		let_go(thread, ~0ULL);
	}
	if (sample_every > 1 && entered_at > thread->boundary_sp) {
		flags |= WIRE_STRADDLES;
	} else if (!thread->sampled) {
		count(&counts->filtered[WIRE_EXIT]);
		return;
	}
	emit(counts, 0, sp, pid_tgid, probe, WIRE_EXIT, flags);
}

/* Whether a report of activity is recorded. */
static __always_inline int filter_activity(__u64 sp, __u64 pid_tgid, __u32 kind)
{
	struct wire_thread *thread = thread_of(pid_tgid);
	int recorded;

	if (!thread)
		return 1;
	let_go(thread, ~0ULL);
	thread->boundary_sp = sp;
	if (kind == WIRE_BEGIN && !thread->running)
		draw(thread);
	recorded = thread->sampled;
	thread->running = kind == WIRE_BEGIN;
	if (kind == WIRE_IDLE)
		draw(thread);
	return recorded;
}

/* Something else of the thread is about to be handed on. */
static __always_inline void boundary(__u64 pid_tgid)
{
	__u32 tid = (__u32)pid_tgid;
	struct wire_thread *thread = bpf_map_lookup_elem(&threads, &tid);

	if (thread && thread->pid_tgid == pid_tgid)
		let_go(thread, ~0ULL);
}

/* Whether a USDT probe that was reached is recorded; counts what became of it where it is not. */
static __always_inline int filter_point(struct wire_counts *counts, __u64 pid_tgid)
{
	struct wire_thread *thread = thread_of(pid_tgid);

	if (!thread) {
		count_lost(counts, WIRE_LOSS_MAP_FULL, WIRE_POINT);
		return 0;
	}
	if (!thread->sampled) {
		count(&counts->filtered[WIRE_POINT]);
		return 0;
	}
	let_go(thread, ~0ULL);
	return 1;
}

/* A thread ends: what waits has not returned. */
static __always_inline void forget_thread(__u64 pid_tgid)
{
	__u32 tid = (__u32)pid_tgid;
	struct wire_thread *thread = bpf_map_lookup_elem(&threads, &tid);

	if (!thread)
		return;
	if (thread->pid_tgid == pid_tgid)
		let_go(thread, ~0ULL);
	bpf_map_delete_elem(&threads, &tid);
}

#endif
