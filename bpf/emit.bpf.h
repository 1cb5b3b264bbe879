/* How an event gets from a probe into the rings of its CPU, and what is counted on the way. */
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

/* How often a place in a ring is tried for before it is given up. */
#define PLACE_TRIES 8

/*
 * Puts an event into the event ring of this CPU. Returns 0, or 1 + enum wire_loss.
 *
 * The ring is an array of slots, a power of two, that the recorder has mapped. A place is taken by
 * moving the head, which a preempting task on this CPU may do at the same moment; the recorder
 * moves the tail. The stamp is written last and says that the slot is whole: on x86-64 stores are
 * seen in the order in which they were made, so it needs no barrier but the compiler's.
 *
 * The time is taken after the place was: the recorder can then conclude that whatever fired before
 * a moment stands below the head that it reads after that moment. Enters that waited have an older
 * time, given in `ts_ns`; 0 means now.
 */
static __always_inline __u32 put_hit(__u64 ts_ns, __u64 sp, __u64 pid_tgid, __u32 probe, __u32 kind,
				     __u32 flags)
{
	__u32 cpu = bpf_get_smp_processor_id();
	struct wire_position *position = bpf_map_lookup_elem(&positions, &cpu);
	void *ring = bpf_map_lookup_elem(&event_rings, &cpu);
	struct wire_hit *hit;
	__u64 head;
	__u32 slot;
	int i;

	if (!position || !ring)
		return 1 + WIRE_LOSS_NO_RING;
	for (i = 0; i < PLACE_TRIES; i++) {
		head = *(volatile __u64 *)&position->head;
		if (head - *(volatile __u64 *)&position->tail > slot_mask)
			return 1 + WIRE_LOSS_RING_FULL;
		if (__sync_val_compare_and_swap(&position->head, head, head + 1) == head)
			break;
	}
	if (i == PLACE_TRIES)
		return 1 + WIRE_LOSS_RING_BUSY;
	slot = head & slot_mask;
	hit = bpf_map_lookup_elem(ring, &slot);
	if (!hit)
		return 1 + WIRE_LOSS_NO_RING;
	hit->ts_ns = ts_ns ? ts_ns : bpf_ktime_get_ns();
	hit->sp = sp;
	hit->pid_tgid = pid_tgid;
	barrier();
	*(volatile __u64 *)&hit->stamp = (__u32)(head + 1) | (__u64)probe << WIRE_STAMP_PROBE |
					 (__u64)kind << WIRE_STAMP_KIND |
					 (__u64)flags << WIRE_STAMP_FLAGS;
	return 0;
}

/* An event without text that was counted as fired; counts why it is not in the ring, if it is not.
 */
static __always_inline void emit(struct wire_counts *counts, __u64 ts_ns, __u64 sp, __u64 pid_tgid,
				 __u32 probe, __u32 kind, __u32 flags)
{
	__u32 lost = put_hit(ts_ns, sp, pid_tgid, probe, kind, flags);

	if (lost)
		count_lost(counts, (lost - 1) % WIRE_LOSSES, kind);
}

/*
 * Room for a record of `bytes` in all in the record ring of this CPU, its head filled in; 0, and
 * counted as lost, where there is none. The time is taken after the room was reserved, as in
 * put_hit().
 */
static __always_inline struct wire_record *reserve_record(struct wire_counts *counts, __u64 sp,
							  __u64 pid_tgid, __u32 kind, __u32 flags,
							  const __u32 bytes)
{
	__u32 cpu = bpf_get_smp_processor_id();
	void *ring = bpf_map_lookup_elem(&record_rings, &cpu);
	struct wire_record *record;

	if (!ring) {
		count_lost(counts, WIRE_LOSS_NO_RING, kind);
		return 0;
	}
	record = bpf_ringbuf_reserve(ring, bytes, 0);
	if (!record) {
		count_lost(counts, WIRE_LOSS_RING_FULL, kind);
		return 0;
	}
	record->ts_ns = bpf_ktime_get_ns();
	record->sp = sp;
	record->pid_tgid = pid_tgid;
	record->bytes = bytes - sizeof(*record);
	record->kind = kind;
	record->flags = flags;
	return record;
}

static __always_inline void submit_record(struct wire_record *record)
{
	bpf_ringbuf_submit(record, BPF_RB_NO_WAKEUP);
}

#endif
