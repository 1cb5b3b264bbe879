/* Executions: what the kernel side remembers of a statement, and what it tells of its end. */
#ifndef PGREC_BPF_WIRE_EXECUTION_H
#define PGREC_BPF_WIRE_EXECUTION_H

#include "wire_kind.h"

/*
 * The counters of a server that tell what its statements did. read_usage() of server.bpf.h reads
 * those of blocks, and those of WAL, in one piece each: they keep the server's order.
 */
enum wire_usage {
	WIRE_SHARED_HIT = 0, /* blocks */
	WIRE_SHARED_READ = 1,
	WIRE_SHARED_DIRTIED = 2,
	WIRE_SHARED_WRITTEN = 3,
	WIRE_TEMP_READ = 4,
	WIRE_TEMP_WRITTEN = 5,
	WIRE_WAL_RECORDS = 6,
	WIRE_WAL_FPI = 7,
	WIRE_WAL_BYTES = 8,
	WIRE_USAGES = 9,
	WIRE_USAGE_WORDS = 10, /* of room to read them into; the last word is none of them */
};

/* Follows in a WIRE_COMPLETED, WIRE_FAILED and WIRE_SUSPENDED. */
struct wire_done {
	__u64 ran_ns;		       /* when it began to run, CLOCK_MONOTONIC; 0: it did not */
	__u64 query_id;		       /* the server's; 0: it computed none */
	__u64 rows;		       /* of WIRE_COMPLETED: retrieved or affected; of
					  WIRE_SUSPENDED: given; then 0: not known */
	__u64 usage[WIRE_USAGE_WORDS]; /* added since it ran; 0: it did not, or not known */
	__u32 sqlstate;		       /* of WIRE_FAILED: as the server packs it; 0: not known */
	__u32 padding;
};
PGREC_ASSERT(sizeof(struct wire_done) == 8 * (3 + WIRE_USAGE_WORDS) + 8);

/* What of a thread's query the kernel side remembers from hook to hook. */
enum wire_phase {
	WIRE_PHASE_NONE = 0,	  /* no query runs */
	WIRE_PHASE_PREPARING = 1, /* it was reported, and does not run yet */
	WIRE_PHASE_RUNNING = 2,
	WIRE_PHASE_DONE = 3,	/* it completed, and nothing else was reported since */
	WIRE_PHASE_BETWEEN = 4, /* it completed, and the same text may have another behind it */
};

/* Whether a statement is a message to a walsender, which says itself what it is. */
enum wire_walsender {
	WIRE_NOT_TO_WALSENDER = 0,
	WIRE_TO_WALSENDER = 1,		/* it came, and was not reported yet */
	WIRE_REPORTED_BY_WALSENDER = 2, /* since, as a replication command or as SQL */
};

/* How a PortalRun returned. */
enum wire_run_end {
	WIRE_RUN_UNSEEN = 0, /* not yet, or nobody saw it begin */
	WIRE_RUN_WHOLE = 1,  /* with its portal at the end */
	WIRE_RUN_PART = 2,   /* with more to come */
};

/* What is remembered of a PortalRun whose return tells of the completion (WIRE_ON_RUN_END). */
struct wire_run {
	__u64 sp;	  /* at its entry; 0: none runs */
	__u64 base;	  /* where the server's file is loaded */
	__u64 completion; /* the address of what it fills in: a QueryCompletion */
	__u32 end;	  /* enum wire_run_end */
	__u32 padding;
};
PGREC_ASSERT(sizeof(struct wire_run) == 32);

/* What the kernel side remembers of the statement of a thread. */
struct wire_statement {
	__u64 pid_tgid;	   /* as of a wire_hit */
	__u64 application; /* where its name was when it was last told */
	__u64 key;	   /* of its text */
	__u64 ran_ns;	   /* as of a wire_done */
	__u64 query_id;	   /* as of a wire_done */
	__u64 limit; /* of the rows that its Execute gives at most, 0: none; its rows when its run
			is whole */
	struct wire_run run;
	__u64 usage[WIRE_USAGE_WORDS]; /* the counters when it ran */
	__u32 phase;		       /* enum wire_phase */
	__u8 has_client;
	__u8 fastpath;
	__u8 recorded;	    /* it is not among those that are not sampled */
	__u8 users_changed; /* since they were told */
	__u8 walsender;	    /* enum wire_walsender */
	__u8 in_parse;	    /* its text was reported out of a Parse message, */
	__u8 padding[2];
	__u32 slept; /* and so often had the thread slept until then */
};
PGREC_ASSERT(sizeof(struct wire_statement) == 8 * (10 + WIRE_USAGE_WORDS) + 16);

#endif
