/*
 * Slow statements, where only those are wanted: what the kernel side remembers of a statement, and
 * what it tells of a slow one that is over.
 */
#ifndef PGREC_BPF_WIRE_SLOW_H
#define PGREC_BPF_WIRE_SLOW_H

#include "wire_execution.h"

/* What else there is to say of a WIRE_SLOW. */
enum wire_slow_flags {
	WIRE_SLOW_CLIENT = 1,	   /* its process serves a client */
	WIRE_SLOW_FASTPATH = 2,	   /* as WIRE_FASTPATH */
	WIRE_SLOW_IN_PIPELINE = 4, /* in the extended protocol: it ended with what came next */
	WIRE_SLOW_TEXT_SENT = 8,   /* whole, in WIRE_TEXT with its key, before */
	WIRE_SLOW_TEXT_KEPT = 16,  /* its beginning follows */
	WIRE_SLOW_OF_MESSAGE = 32, /* all statements of a message together */
	WIRE_SLOW_FOUND = 64,	   /* it ran already when it was first looked at */
	WIRE_SLOW_WALSENDER = 128, /* it is a message to a walsender */
	WIRE_SLOW_COMMITTED = 256, /* it ended with its transaction, by what came after it */
};

/* What became of a slow statement. */
enum wire_slow_outcome {
	WIRE_SLOW_COMPLETED = 0,
	WIRE_SLOW_FAILED = 1, /* with an ERROR or with its process */
	WIRE_SLOW_SUSPENDED = 2,
	WIRE_SLOW_NOT_RUN = 3, /* it was only prepared */
	WIRE_SLOW_ENDED = 4,   /* nobody says how */
};

/* Follows in a WIRE_SLOW; behind it the text, without NUL, with WIRE_SLOW_TEXT_KEPT. Times are
   CLOCK_MONOTONIC. */
struct wire_slow {
	__u64 key;		       /* of its text: when the message began that it is in */
	__u64 begun_ns;		       /* the statement, or with WIRE_SLOW_OF_MESSAGE all of them */
	__u64 ran_ns;		       /* when it began to run; 0: it did not */
	__u64 done_ns;		       /* when it reported its completion; 0: it did not */
	__u64 ended_ns;		       /* when it was over, with its transaction's end */
	__u64 query_id;		       /* as of a wire_done */
	__u64 rows;		       /* as of a wire_done, by `outcome` */
	__u64 usage[WIRE_USAGE_WORDS]; /* as of a wire_done */
	__u64 text_bytes;	       /* of the whole text; 0: not known */
	__u32 sqlstate;		       /* as of a wire_done */
	__u32 outcome;		       /* enum wire_slow_outcome */
	__u32 place;		       /* among the statements of its message, from 0 */
	__u32 padding;
};
PGREC_ASSERT(sizeof(struct wire_slow) == 8 * (8 + WIRE_USAGE_WORDS) + 16);

enum wire_slow_sizes {
	WIRE_SLOW_KEPT_BYTES = 1024, /* of its text, with the closing NUL */
};

/* What the kernel side remembers of the statement of a thread. */
struct wire_slow_statement {
	__u64 pid_tgid;	   /* as of a wire_hit */
	__u64 application; /* as of a wire_statement */
	__u64 key;	   /* as of a wire_slow, like the next */
	__u64 begun_ns;
	__u64 ran_ns;
	__u64 done_ns;
	__u64 text; /* its address */
	__u64 head; /* a hash of its first bytes */
	__u64 text_bytes;
	__u64 query_id;
	__u64 rows;
	struct wire_run run;
	__u64 usage[WIRE_USAGE_WORDS]; /* the counters when it ran */
	__u32 phase;		       /* enum wire_phase */
	__u32 place;
	__u32 kept_bytes; /* of `kept`, without NUL */
	__u8 has_client;
	__u8 fastpath;
	__u8 sent;	    /* the text was, or is known otherwise */
	__u8 told;	    /* of a statement of the message */
	__u8 found;	    /* as WIRE_SLOW_FOUND */
	__u8 users_changed; /* as of a wire_statement */
	__u8 walsender;	    /* enum wire_walsender */
	__u8 in_parse;	    /* as of a wire_statement, like the next */
	__u32 slept;
	char kept[WIRE_SLOW_KEPT_BYTES];
};
PGREC_ASSERT(sizeof(struct wire_slow_statement) ==
	     8 * (15 + WIRE_USAGE_WORDS) + 24 + WIRE_SLOW_KEPT_BYTES);

#endif
