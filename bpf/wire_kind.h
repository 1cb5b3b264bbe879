/* What can fire, and why what fired is not in a ring: the words of all parts of the wire. */
#ifndef PGREC_BPF_WIRE_KIND_H
#define PGREC_BPF_WIRE_KIND_H

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
	WIRE_BEGIN = 2, /* the server reported a query */
	WIRE_TEXT = 3,	/* a piece of a query's text; nothing of it is in the thread's life */
	WIRE_IDLE = 4,	/* the server reported that no query runs */
	WIRE_GONE = 5,	/* the thread ended; not counted among the events that fired */
	/* What became of the query that runs; these and WIRE_BEGIN tell all of it. */
	WIRE_COMPLETED = 6, /* it reported its completion */
	WIRE_FAILED = 7,    /* it, or the commit behind it, ended by an ERROR */
	WIRE_SUSPENDED = 8, /* it gave the rows that were asked for, and can be asked for more */
	/* What a process says of itself. */
	WIRE_TITLE = 9,	       /* the beginning of its title in the process list */
	WIRE_APPLICATION = 10, /* application_name */
	WIRE_POINT = 11,       /* a USDT probe was reached; where it has arguments, they follow */
	/* Where only slow statements are wanted: one that is over; it tells all of it. */
	WIRE_SLOW = 12,
	/* Who a process is, and as whom it works: see wire_identity.h. */
	WIRE_IDENTITY = 13,
	WIRE_USERS = 14,
	WIRE_ROLE = 15,
	WIRE_ERROR = 16, /* the server reported an error: see wire_error.h */
	WIRE_KINDS = 17,
};

/* Why an event that fired is not in a ring. */
enum wire_loss {
	WIRE_LOSS_RING_FULL = 0, /* the recorder did not drain the ring in time */
	WIRE_LOSS_NO_RING = 1,	 /* this CPU has no ring: it came online after recording began */
	WIRE_LOSS_RING_BUSY = 2, /* others kept taking the place that it was about to take */
	WIRE_LOSS_MAP_FULL = 3,	 /* no room for the state of another thread */
	WIRE_LOSSES = 4,
};

#endif
