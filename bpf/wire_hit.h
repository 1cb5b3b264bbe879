/* The event rings: the slots that hold events without text, and how far each ring is. */
#ifndef PGREC_BPF_WIRE_HIT_H
#define PGREC_BPF_WIRE_HIT_H

#include "wire_kind.h"

/* What else there is to say of a hit. */
enum wire_flags {
	/* Of an enter: the function was jumped to by one whose return is probed, and both return at
	   once. */
	WIRE_CHAINED = 1,
	/* Of an exit while executions are sampled: the call may have been entered before the last
	   report of activity, so it is to be recorded if its enter was. */
	WIRE_STRADDLES = 2,
	/* The probe is of a set with an odd number: while a set is replaced, a hit can fire two. */
	WIRE_ODD = 4,
	/* Of an enter: it is handed on later than others that came after it. */
	WIRE_WAITED = 8,
	/* Of a report that no query runs: a transaction is open; and it has failed. */
	WIRE_IN_TRANSACTION = 16,
	WIRE_IN_FAILED_TRANSACTION = 32,
	/* Of an enter: the thread has as many probed returns as the kernel keeps, so this call's is
	   not. */
	WIRE_NO_RETURN = 64,
};

/* Of the end of a thread, instead of these. */
enum wire_end_flags {
	WIRE_END_RUNNING = 1, /* in the middle of a statement, which was not only prepared */
	WIRE_END_FAILED = 2,  /* with an exit status other than 0, or by a signal */
	WIRE_END_CRASHED =
		4, /* the same, but not with 1 either: as the postmaster counts crashes */
};

/*
 * An event without text: a slot of its CPU's event ring. Events of one thread that stand in several
 * rings are told apart by their times only.
 */
struct wire_hit {
	__u64 ts_ns; /* CLOCK_MONOTONIC, taken after the slot was reserved */
	__u64 sp;    /* stack pointer: at an exit, the entry's + 8 on x86-64; of WIRE_GONE: CPU time
			of the thread, ns */
	__u64 pid_tgid; /* process << 32 | thread, as the recorder's pid namespace numbers them */
	__u64 stamp;	/* written last: see below */
};
PGREC_ASSERT(sizeof(struct wire_hit) == 32);
PGREC_ASSERT(__builtin_offsetof(struct wire_hit, stamp) == 24);

/*
 * The stamp: low half of the slot's position + 1 (32 bits), probe (16), enum wire_kind (8), enum
 * wire_flags (8). A slot holds the event of a position once its stamp begins with it.
 */
#define WIRE_STAMP_PROBE 32
#define WIRE_STAMP_KIND	 48
#define WIRE_STAMP_FLAGS 56

/* How far one event ring has been filled and drained, in slots since the beginning. */
struct wire_position {
	__u64 head; /* reserved by the kernel side */
	__u64 head_line[7];
	__u64 tail; /* drained by the recorder; on a cache line of its own */
	__u64 tail_line[7];
};
PGREC_ASSERT(sizeof(struct wire_position) == 128);
PGREC_ASSERT(__builtin_offsetof(struct wire_position, tail) == 64);

#endif
