/* What the kernel side keeps of a thread that it filters, and of one that has ended. */
#ifndef PGREC_BPF_WIRE_THREAD_H
#define PGREC_BPF_WIRE_THREAD_H

#include "wire_hit.h"

/* Enters of one thread that wait for whether their calls are long enough. */
enum wire_pending {
	WIRE_PENDING = 64, /* a power of two */
};

/* One of them. */
struct wire_pending_enter {
	__u64 ts_ns;
	__u64 sp;
	__u32 probe;
	__u32 flags; /* enum wire_flags */
};
PGREC_ASSERT(sizeof(struct wire_pending_enter) == 24);

/* What the kernel side keeps of a thread while it filters by duration or samples executions. */
struct wire_thread {
	__u64 pid_tgid;	   /* as of a wire_hit */
	__u64 boundary_sp; /* stack pointer at the last report of activity; all ones before the
			      first */
	__u8 sampled;	   /* what runs now is recorded */
	__u8 running;	   /* an execution runs */
	__u8 padding[6];
	__u32 first; /* of the pending enters, counted since the thread began; they wait at … */
	__u32 end;   /* … first to end - 1, modulo WIRE_PENDING, outermost first */
	struct wire_pending_enter pending[WIRE_PENDING];
};
PGREC_ASSERT(sizeof(struct wire_thread) == 32 + 24 * WIRE_PENDING);

/* The end of a thread that is in no ring. */
struct wire_late_end {
	__u64 ts_ns; /* as of a wire_hit; 0: after the recording, when ends tell only of CPU time */
	__u64 pid_tgid; /* as of a wire_hit */
	__u64 cpu_ns;	/* CPU time of the thread */
	__u64 flags;	/* enum wire_end_flags */
};
PGREC_ASSERT(sizeof(struct wire_late_end) == 32);

/* How many of them wait for the recorder, at most. */
enum wire_late_ends { WIRE_LATE_ENDS = 8192 };

#endif
