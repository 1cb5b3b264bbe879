/*
 * What the kernel side hands to the recorder: the records in the ring buffers, the counters and the
 * configuration. Shared by C (in the kernel) and C++ (the recorder) of one build, so it may change
 * freely; it is not the trace format.
 *
 * Fixed-width types, no implicit padding; sizes and offsets are asserted in both languages.
 */
#ifndef PGREC_BPF_WIRE_H
#define PGREC_BPF_WIRE_H

#ifdef __cplusplus
#include <linux/types.h>
#define PGREC_ASSERT(condition) static_assert(condition)
#else
#define PGREC_ASSERT(condition) _Static_assert(condition, #condition)
#endif

/* What fired. */
enum wire_kind {
	WIRE_ENTER = 0, /* a probed function was entered */
	WIRE_EXIT = 1,	/* a probed function returned */
	WIRE_BEGIN = 2, /* the server reported a query; its text follows in the same record */
	WIRE_MORE = 3,	/* the next piece of the text of the BEGIN before it */
	WIRE_IDLE = 4,	/* the server reported that no query runs */
	WIRE_GONE = 5,	/* the thread ended; not counted among the events that fired */
	WIRE_KINDS = 6,
};

enum wire_flags {
	/* Of an enter: the function was jumped to by one whose return is probed, and both return at
	   once. */
	WIRE_CHAINED = 1,
};

/* Why an event that fired is not in a ring. */
enum wire_loss {
	WIRE_LOSS_RING_FULL = 0, /* the recorder did not drain the ring in time */
	WIRE_LOSS_NO_RING = 1,	 /* this CPU has no ring: it came online after recording began */
	WIRE_LOSSES = 2,
};

/* One event. */
struct wire_event {
	__u64 ts_ns; /* CLOCK_MONOTONIC, taken after the record was reserved */
	__u64 sp;    /* stack pointer: at an exit, the entry's + 8 on x86-64 */
	__u32 pid;   /* thread group, as the initial pid namespace numbers it */
	__u32 tid;
	__u32 probe; /* index that the recorder gave the function */
	__u16 kind;  /* enum wire_kind */
	__u16 flags; /* enum wire_flags */
};
PGREC_ASSERT(sizeof(struct wire_event) == 32);
PGREC_ASSERT(__builtin_offsetof(struct wire_event, pid) == 16);
PGREC_ASSERT(__builtin_offsetof(struct wire_event, kind) == 28);

enum wire_text_flags {
	WIRE_TEXT_CONTINUES = 1,  /* more pieces follow */
	WIRE_TEXT_CUT = 2,	  /* the text goes on, but not in the trace */
	WIRE_TEXT_UNREADABLE = 4, /* the bytes were not in memory when they were to be read */
};

/* A piece of a query's text: a WIRE_BEGIN or WIRE_MORE event and the bytes. */
struct wire_text {
	struct wire_event event;
	__u32 bytes; /* of text that follow, without NUL */
	__u32 flags; /* enum wire_text_flags */
};
PGREC_ASSERT(sizeof(struct wire_text) == 40);

/* Records of a text come in two sizes, so that a short query takes little room in the ring. */
enum wire_text_sizes {
	WIRE_TEXT_FIRST_BYTES = 256 - 40,  /* in a WIRE_BEGIN, with the closing NUL */
	WIRE_TEXT_MORE_BYTES = 4096 - 40,  /* in a WIRE_MORE, with the closing NUL */
	WIRE_TEXT_MORE_PIECES = 17,	   /* at most */
	WIRE_TEXT_LIMIT_BYTES = 64 * 1024, /* kept of a text; the pieces hold a little more */
};

PGREC_ASSERT(WIRE_TEXT_FIRST_BYTES - 1 + WIRE_TEXT_MORE_PIECES * (WIRE_TEXT_MORE_BYTES - 1) >
	     WIRE_TEXT_LIMIT_BYTES);

/* Counts of one probe on one CPU since recording began. */
struct wire_counts {
	__u64 fired[WIRE_KINDS];
	__u64 lost[WIRE_LOSSES][WIRE_KINDS];
};
PGREC_ASSERT(sizeof(struct wire_counts) == 8u * WIRE_KINDS * (1u + WIRE_LOSSES));

#endif
