/* How an event gets from a probe into the ring of its CPU, and what is counted on the way. */
#ifndef PGREC_BPF_EMIT_H
#define PGREC_BPF_EMIT_H

/*
 * Programs on user-space probes run with migration disabled but can be preempted by another probed
 * task on the same CPU, so even a per-CPU counter needs an atomic addition.
 */
static __always_inline void count(__u64 *counter)
{
	__sync_fetch_and_add(counter, 1);
}

static __always_inline void count_lost(struct wire_counts *counts, __u32 cause, __u32 kind)
{
	count(&counts->lost[cause][kind]);
	count(&lost_events);
}

static __always_inline void *ring_of_this_cpu(void)
{
	__u32 cpu = bpf_get_smp_processor_id();

	return bpf_map_lookup_elem(&rings, &cpu);
}

/*
 * Reserves a record for an event that fired, or counts why there is none. `bytes` is a constant, as
 * the verifier demands.
 */
static __always_inline void *reserve(struct wire_counts *counts, __u32 kind, __u64 bytes)
{
	void *ring, *record;

	count(&counts->fired[kind]);
	ring = ring_of_this_cpu();
	if (!ring) {
		count_lost(counts, WIRE_LOSS_NO_RING, kind);
		return 0;
	}
	record = bpf_ringbuf_reserve(ring, bytes, 0);
	if (!record)
		count_lost(counts, WIRE_LOSS_RING_FULL, kind);
	return record;
}

/*
 * The time is taken here, after the record was reserved: the recorder can then conclude that
 * whatever fired before a moment stands below the producer position it reads after that moment.
 */
static __always_inline void fill(struct wire_event *event, struct pt_regs *ctx, __u32 probe,
				 __u32 kind)
{
	__u64 id = bpf_get_current_pid_tgid();

	event->ts_ns = bpf_ktime_get_ns();
	event->sp = PT_REGS_SP(ctx);
	event->pid = id >> 32;
	event->tid = (__u32)id;
	event->probe = probe;
	event->kind = kind;
	event->flags = 0;
}

/*
 * Where the kernel maps the trampoline that a probed return goes through: as high as it can, in the
 * last page below the end of the address space (xol_add_vma() in kernel/events/uprobes.c). No code
 * that calls a function is mapped there.
 */
#define TRAMPOLINE_FROM 0x7fffffffe000ULL

/*
 * Whether the function at its entry will return to the trampoline: then it was jumped to at the end
 * of another probed function, which left its return address in place.
 */
static __always_inline __u16 chained(struct pt_regs *ctx)
{
	__u64 return_address = 0;

	bpf_probe_read_user(&return_address, sizeof(return_address), (void *)PT_REGS_SP(ctx));
	return return_address >= TRAMPOLINE_FROM ? WIRE_CHAINED : 0;
}

/* An event without text. */
static __always_inline void emit(struct pt_regs *ctx, __u32 probe, __u32 kind)
{
	struct wire_counts *counts = bpf_map_lookup_elem(&counters, &probe);
	struct wire_event *event;

	if (!counts)
		return;
	event = reserve(counts, kind, sizeof(*event));
	if (!event)
		return;
	fill(event, ctx, probe, kind);
	if (kind == WIRE_ENTER)
		event->flags = chained(ctx);
	bpf_ringbuf_submit(event, BPF_RB_NO_WAKEUP);
}

/*
 * One piece of the text at `*from`, of at most `room` bytes with its NUL. Returns whether the text
 * goes on, and moves `*from` past what was sent.
 */
static __always_inline int emit_piece(struct pt_regs *ctx, __u32 probe, __u32 kind,
				      const char **from, const __u32 room, int last)
{
	struct wire_counts *counts = bpf_map_lookup_elem(&counters, &probe);
	struct wire_text *text;
	long got;

	if (!counts)
		return 0;
	text = reserve(counts, kind, sizeof(*text) + room);
	if (!text)
		return 0;
	fill(&text->event, ctx, probe, kind);
	got = bpf_probe_read_user_str(text + 1, room, *from);
	text->bytes = got > 0 ? got - 1 : 0;
	if (got < 0)
		text->flags = WIRE_TEXT_UNREADABLE;
	else if (got < (long)room)
		text->flags = 0;
	else
		text->flags = last ? WIRE_TEXT_CUT : WIRE_TEXT_CONTINUES;
	bpf_ringbuf_submit(text, BPF_RB_NO_WAKEUP);
	*from += room - 1;
	return got == room;
}

#endif
