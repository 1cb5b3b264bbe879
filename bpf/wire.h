/*
 * What the kernel side hands to the recorder: the slots of the event rings, the records of the
 * record rings, the counters and the configuration. Shared by C (in the kernel) and C++ (the
 * recorder) of one build, so it may change freely; it is not the trace format.
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
	WIRE_BEGIN = 2, /* the server reported a query */
	WIRE_TEXT = 3,	/* a piece of a query's text; nothing of it is in the thread's life */
	WIRE_IDLE = 4,	/* the server reported that no query runs */
	WIRE_GONE = 5,	/* the thread ended; not counted among the events that fired */
	/* What became of the query that runs; in these words and WIRE_BEGIN lies the whole of it.
	 */
	WIRE_COMPLETED = 6, /* it reported its completion */
	WIRE_FAILED = 7,    /* it, or the commit behind it, ended by an ERROR */
	WIRE_SUSPENDED = 8, /* it gave the rows that were asked for, and can be asked for more */
	/* What a process says of itself. */
	WIRE_TITLE = 9,	       /* the beginning of its title in the process list */
	WIRE_APPLICATION = 10, /* application_name */
	WIRE_POINT = 11,       /* a USDT probe was reached; where it has arguments, they follow */
	/* Where only slow statements are told: one that is over; in these words lies all of it. */
	WIRE_SLOW = 12,
	WIRE_KINDS = 13,
};

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
};

/* Why an event that fired is not in a ring. */
enum wire_loss {
	WIRE_LOSS_RING_FULL = 0, /* the recorder did not drain the ring in time */
	WIRE_LOSS_NO_RING = 1,	 /* this CPU has no ring: it came online after recording began */
	WIRE_LOSS_RING_BUSY = 2, /* others kept taking the place that it was about to take */
	WIRE_LOSS_MAP_FULL = 3,	 /* no room for the state of another thread */
	WIRE_LOSSES = 4,
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

enum wire_record_flags {
	/* Of WIRE_TEXT, and WIRE_HAS_CLIENT too. */
	WIRE_TEXT_FIRST = 1,
	WIRE_TEXT_CONTINUES = 2, /* more pieces follow */
	/* Of WIRE_BEGIN. */
	WIRE_TEXT_LOST = 1,	  /* not all pieces of the text got through */
	WIRE_TEXT_UNREADABLE = 2, /* its bytes were not in memory when they were to be read */
	WIRE_FASTPATH = 4,	  /* a function call of the fast-path protocol; there is no text */
	WIRE_HAS_CLIENT = 8,	  /* the process serves a client */
	/* Of WIRE_COMPLETED: in the extended protocol, where the transaction's end is still to
	   come. */
	WIRE_IN_PIPELINE = 1,
	/* Of WIRE_SLOW. */
	WIRE_SLOW_CLIENT = 1,	   /* its process serves a client */
	WIRE_SLOW_FASTPATH = 2,	   /* as WIRE_FASTPATH */
	WIRE_SLOW_IN_PIPELINE = 4, /* in the extended protocol: it ended with what came next */
	WIRE_SLOW_TEXT_SENT = 8,   /* whole, in WIRE_TEXT with its key, before */
	WIRE_SLOW_TEXT_KEPT = 16,  /* its beginning follows */
	WIRE_SLOW_OF_MESSAGE = 32, /* all statements of a message together */
	WIRE_SLOW_FOUND = 64,	   /* it ran already when it was first looked at */
};

/* What does not fit a slot: a record of its CPU's record ring. What its kind needs follows. */
struct wire_record {
	__u64 ts_ns;	/* as of a wire_hit */
	__u64 sp;	/* as of a wire_hit */
	__u64 pid_tgid; /* as of a wire_hit */
	__u32 bytes;	/* that follow */
	__u16 kind;	/* enum wire_kind */
	__u16 flags;	/* enum wire_record_flags */
};
PGREC_ASSERT(sizeof(struct wire_record) == 32);
PGREC_ASSERT(__builtin_offsetof(struct wire_record, kind) == 28);

/* Follows in a WIRE_BEGIN; in a WIRE_TEXT too, and then the text, without NUL. */
struct wire_query {
	__u64 key;   /* stands for the text: its hash; 0: there is none */
	__u64 bytes; /* of the whole text; 0: not known */
};
PGREC_ASSERT(sizeof(struct wire_query) == 16);

/* The counters of a server that tell what its statements did. */
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
	__u64 rows;		       /* of WIRE_COMPLETED: retrieved or affected */
	__u64 usage[WIRE_USAGE_WORDS]; /* added since it ran; 0 where it did not, or nothing tells
					*/
	__u32 sqlstate;		       /* of WIRE_FAILED: as the server packs it; 0: not known */
	__u32 padding;
};
PGREC_ASSERT(sizeof(struct wire_done) == 8 * (3 + WIRE_USAGE_WORDS) + 8);

/* What became of a slow statement. */
enum wire_slow_outcome {
	WIRE_SLOW_COMPLETED = 0,
	WIRE_SLOW_FAILED = 1,
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
	__u64 rows;		       /* as of a wire_done */
	__u64 usage[WIRE_USAGE_WORDS]; /* as of a wire_done */
	__u64 text_bytes;	       /* of the whole text; 0: not known */
	__u32 sqlstate;		       /* as of a wire_done */
	__u32 outcome;		       /* enum wire_slow_outcome */
	__u32 place;		       /* among the statements of its message, from 0 */
	__u32 padding;
};
PGREC_ASSERT(sizeof(struct wire_slow) == 8 * (8 + WIRE_USAGE_WORDS) + 16);

/*
 * Records of texts come in two sizes, so that a short query takes little room in the ring. A title
 * or an application's name takes one of the first.
 */
enum wire_text_sizes {
	WIRE_TEXT_FIRST_BYTES = 256 - 48, /* in the first piece, with the closing NUL */
	WIRE_TEXT_MORE_BYTES = 4096 - 48, /* in each other, with the closing NUL */
	WIRE_TEXT_MOST_BYTES = 1 << 20,	  /* that can be kept of a text */
	WIRE_TEXT_MORE_PIECES = WIRE_TEXT_MOST_BYTES / (WIRE_TEXT_MORE_BYTES - 1) + 1,
	WIRE_TEXT_BLOCK_BYTES = 184, /* that are hashed at once, without the closing NUL */
	WIRE_TEXT_TURN_BLOCKS = 76,  /* that are hashed in a turn */
	WIRE_TEXT_TURNS =
		WIRE_TEXT_MOST_BYTES / (WIRE_TEXT_BLOCK_BYTES * WIRE_TEXT_TURN_BLOCKS) + 1,
	WIRE_TEXT_STRIDE_BYTES = 32 << 10, /* by which the rest of a longer one is measured */
	WIRE_TEXT_TURN_STRIDES = 32,	   /* that are measured in a turn */
	WIRE_TEXT_STRIDE_TURNS = 32,
};

/* What the programs of the query hooks have to know of the server whose functions they are on. */
enum wire_hook {
	WIRE_ON_ACTIVITY = 0,	      /* pgstat_report_activity */
	WIRE_ON_RUN = 1,	      /* PortalRun */
	WIRE_ON_COMPLETION = 2,	      /* EndCommand */
	WIRE_ON_REPLICATION_DONE = 3, /* EndReplicationCommand */
	WIRE_ON_ERROR = 4,	      /* EmitErrorReport */
	WIRE_ON_TITLE = 5,	      /* init_ps_display */
	WIRE_ON_APPLICATION = 6,      /* pgstat_report_appname */
	WIRE_HOOKS = 7,
};

/*
 * Addresses are virtual, as the file has them: what the process's are is told by where the hook
 * that fires stands. 0: not known.
 */
struct wire_server {
	__u64 hooks[WIRE_HOOKS];
	__u64 client;	      /* MyProcPort */
	__u64 buffer_usage;   /* pgBufferUsage */
	__u64 wal_usage;      /* pgWalUsage */
	__u64 error_depth;    /* errordata_stack_depth */
	__u64 errors;	      /* errordata */
	__u32 error_bytes;    /* of one of errordata */
	__u32 sqlstate_at;    /* in one of errordata */
	__u32 least_error;    /* ERROR of elog.h */
	__u32 fastpath;	      /* STATE_FASTPATH of BackendState; … */
	__u32 in_transaction; /* … and STATE_IDLEINTRANSACTION */
	__u32 statements_at;  /* in a PortalData */
	__u32 padding[2];
};
PGREC_ASSERT(sizeof(struct wire_server) == 8 * (WIRE_HOOKS + 5) + 32);

/* How many servers' files are told apart: the first, and those that replace it while it is
 * recorded. */
enum wire_servers { WIRE_SERVERS = 64 };

/* What of a thread's query the kernel side remembers from hook to hook. */
enum wire_phase {
	WIRE_PHASE_NONE = 0,	  /* no query runs */
	WIRE_PHASE_PREPARING = 1, /* it was reported, and does not run yet */
	WIRE_PHASE_RUNNING = 2,
	WIRE_PHASE_DONE = 3,	/* it completed or failed, and nothing else was reported since */
	WIRE_PHASE_BETWEEN = 4, /* it completed, and the same text may have another behind it */
};

struct wire_statement {
	__u64 pid_tgid;		       /* as of a wire_hit */
	__u64 key;		       /* of its text */
	__u64 ran_ns;		       /* as of a wire_done */
	__u64 query_id;		       /* as of a wire_done */
	__u64 usage[WIRE_USAGE_WORDS]; /* the counters when it ran */
	__u32 phase;		       /* enum wire_phase */
	__u8 has_client;
	__u8 fastpath;
	__u8 recorded; /* it is not among those that are not sampled */
	__u8 padding;
};
PGREC_ASSERT(sizeof(struct wire_statement) == 8 * (4 + WIRE_USAGE_WORDS) + 8);

/* How an argument of a USDT probe is found where the probe is. */
enum wire_operand {
	WIRE_CONSTANT = 0, /* it is `value` */
	WIRE_REGISTER = 1, /* it is in `base` */
	WIRE_MEMORY = 2,   /* it stands at base + (index << shift) + value */
};

#define WIRE_NO_REGISTER 0xffff

struct wire_argument {
	__s64 value;
	__u16 base;   /* where the register is in struct pt_regs, bytes, or WIRE_NO_REGISTER */
	__u16 index;  /* as base */
	__u8 shift;   /* of the index; bits */
	__u8 operand; /* enum wire_operand */
	__u8 bytes;   /* 1, 2, 4 or 8 */
	__u8 is_signed;
};
PGREC_ASSERT(sizeof(struct wire_argument) == 16);

enum wire_point_sizes {
	WIRE_ARGUMENTS = 12,  /* of a USDT probe, at most */
	WIRE_NAME_BYTES = 32, /* of a name, with its closing NUL; a longer one is cut */
};

/* One of the places of a USDT probe. */
struct wire_site {
	__u32 probe;
	__u16 arguments; /* how many of them */
	__u16 has_name;	 /* the first argument points to a name, and that is wanted */
	struct wire_argument argument[WIRE_ARGUMENTS];
};
PGREC_ASSERT(sizeof(struct wire_site) == 8 + 16 * WIRE_ARGUMENTS);

/* Follows in a WIRE_POINT, whose flags are those of a wire_hit. */
struct wire_point {
	__u32 probe;
	__u32 unreadable; /* bits: these arguments were not in memory, and are 0; the first is bit 0
			   */
	__u64 argument[WIRE_ARGUMENTS];
	char name[WIRE_NAME_BYTES];
};
PGREC_ASSERT(sizeof(struct wire_point) == 8 + 8 * WIRE_ARGUMENTS + WIRE_NAME_BYTES);

/* What is remembered of a thread's statement where only slow ones are told. */
enum wire_slow_sizes {
	WIRE_SLOW_KEPT_BYTES = 1024, /* of its text, with the closing NUL */
};

struct wire_slow_statement {
	__u64 pid_tgid; /* as of a wire_hit */
	__u64 key;	/* as of a wire_slow, like the next */
	__u64 begun_ns;
	__u64 ran_ns;
	__u64 done_ns;
	__u64 text; /* its address */
	__u64 head; /* a hash of its first bytes */
	__u64 text_bytes;
	__u64 query_id;
	__u64 rows;
	__u64 usage[WIRE_USAGE_WORDS]; /* the counters when it ran */
	__u32 phase;		       /* enum wire_phase */
	__u32 place;
	__u32 kept_bytes; /* of `kept`, without NUL */
	__u8 has_client;
	__u8 fastpath;
	__u8 sent;  /* the text was, or is known otherwise */
	__u8 told;  /* of a statement of the message */
	__u8 found; /* as WIRE_SLOW_FOUND */
	__u8 padding[7];
	char kept[WIRE_SLOW_KEPT_BYTES];
};
PGREC_ASSERT(sizeof(struct wire_slow_statement) ==
	     8 * (10 + WIRE_USAGE_WORDS) + 24 + WIRE_SLOW_KEPT_BYTES);

/* Counts of one probe on one CPU since recording began. */
struct wire_counts {
	__u64 fired[WIRE_KINDS];
	__u64 filtered[WIRE_KINDS]; /* left out as asked: too short, or not sampled */
	__u64 foreign[WIRE_KINDS];  /* left out as asked: of another process */
	__u64 lost[WIRE_LOSSES][WIRE_KINDS];
	__u64 rehearsed; /* hits before recording began, while the recorder counted them */
};
PGREC_ASSERT(sizeof(struct wire_counts) == 8u * (WIRE_KINDS * (3u + WIRE_LOSSES) + 1u));

/*
 * The durations of one probe's calls on one CPU that were filtered because they were too short: the
 * sum of each octave of nanoseconds, then the calls in each row, with rows as in the trace format's
 * histograms (docs/format.md). How many rows there are is configuration.
 */
enum wire_short_calls {
	WIRE_OCTAVES = 64,
	WIRE_ROWS = 1024, /* at most; a power of two above the last row of the format */
};

/* Enters of one thread that wait for whether their calls are long enough. */
enum wire_pending {
	WIRE_PENDING = 64, /* a power of two */
};

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

#endif
