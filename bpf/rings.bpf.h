/* The rings of each CPU, how far they are, and the counts of each probe: what emit.bpf.h fills. */
#ifndef PGREC_BPF_RINGS_H
#define PGREC_BPF_RINGS_H

const volatile __u32 slot_mask; /* slots of an event ring - 1; set by the recorder before loading */

/* Events lost, of all probes and causes: lets the recorder notice a loss without a system call. */
__u64 lost_events;

/* The slots of a CPU's event ring; the recorder makes one for every CPU. */
struct event_ring {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 128);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(struct wire_hit));
	__uint(map_flags, BPF_F_MMAPABLE);
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__type(key, __u32);
	__array(values, struct event_ring);
} event_rings SEC(".maps");

/* How far each CPU's event ring is. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct wire_position);
	__uint(map_flags, BPF_F_MMAPABLE);
} positions SEC(".maps");

/* Inner map of `record_rings`; the recorder makes one of its own size for every CPU. */
struct record_ring {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__type(key, __u32);
	__array(values, struct record_ring);
} record_rings SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct wire_counts);
} counters SEC(".maps");

#endif
