/*
 * What the kernel side hands to the recorder: the slots of the event rings, the records of the text
 * rings, the counters and the configuration. Shared by C (in the kernel) and C++ (the recorder) of
 * one build, so it may change freely; it is not the trace format.
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
	WIRE_POINT = 6, /* a USDT probe was reached; where it has arguments, they follow */
	WIRE_KINDS = 7,
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
	__u64 ts_ns;   /* CLOCK_MONOTONIC, taken after the slot was reserved */
	__u64 sp;      /* stack pointer: at an exit, the entry's + 8 on x86-64; of WIRE_GONE: CPU time
			  of the thread, ns */
	__u64 pid_tgid; /* process << 32 | thread, as the recorder's pid namespace numbers them */
	__u64 stamp;   /* written last: see below */
};
PGREC_ASSERT(sizeof(struct wire_hit) == 32);
PGREC_ASSERT(__builtin_offsetof(struct wire_hit, stamp) == 24);

/*
 * The stamp: low half of the slot's position + 1 (32 bits), probe (16), enum wire_kind (8), enum
 * wire_flags (8). A slot holds the event of a position once its stamp begins with it.
 */
#define WIRE_STAMP_PROBE 32
#define WIRE_STAMP_KIND 48
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

enum wire_text_flags {
	WIRE_TEXT_CONTINUES = 1,  /* more pieces follow */
	WIRE_TEXT_CUT = 2,	  /* the text goes on, but not in the trace */
	WIRE_TEXT_UNREADABLE = 4, /* the bytes were not in memory when they were to be read */
};

/* A piece of a query's text: a record of its CPU's text ring. The text follows. */
struct wire_text {
	__u64 ts_ns;    /* as of a wire_hit */
	__u64 sp;       /* as of a wire_hit */
	__u64 pid_tgid; /* as of a wire_hit */
	__u32 bytes;    /* of text that follow, without NUL */
	__u16 kind;     /* WIRE_BEGIN or WIRE_MORE */
	__u16 flags;    /* enum wire_text_flags */
};
PGREC_ASSERT(sizeof(struct wire_text) == 32);
PGREC_ASSERT(__builtin_offsetof(struct wire_text, kind) == 28);

/* Records of a text come in two sizes, so that a short query takes little room in the ring. */
enum wire_text_sizes {
	WIRE_TEXT_FIRST_BYTES = 256 - 32,  /* in a WIRE_BEGIN, with the closing NUL */
	WIRE_TEXT_MORE_BYTES = 4096 - 32,  /* in a WIRE_MORE, with the closing NUL */
	WIRE_TEXT_MORE_PIECES = 17,	   /* at most */
	WIRE_TEXT_LIMIT_BYTES = 64 * 1024, /* kept of a text; the pieces hold a little more */
};

PGREC_ASSERT(WIRE_TEXT_FIRST_BYTES - 1 + WIRE_TEXT_MORE_PIECES * (WIRE_TEXT_MORE_BYTES - 1) >
	     WIRE_TEXT_LIMIT_BYTES);

/* How an argument of a USDT probe is found where the probe is. */
enum wire_operand {
	WIRE_CONSTANT = 0, /* it is `value` */
	WIRE_REGISTER = 1, /* it is in `base` */
	WIRE_MEMORY = 2,   /* it stands at base + (index << shift) + value */
};

#define WIRE_NO_REGISTER 0xffff

struct wire_argument {
	__s64 value;
	__u16 base;  /* where the register is in struct pt_regs, bytes, or WIRE_NO_REGISTER */
	__u16 index; /* as base */
	__u8 shift;  /* of the index; bits */
	__u8 operand; /* enum wire_operand */
	__u8 bytes;  /* 1, 2, 4 or 8 */
	__u8 is_signed;
};
PGREC_ASSERT(sizeof(struct wire_argument) == 16);

enum wire_point_sizes {
	WIRE_ARGUMENTS = 12,	     /* of a USDT probe, at most */
	WIRE_NAME_BYTES = 32,	     /* of a name, with its closing NUL; a longer one is cut */
};

/* One of the places of a USDT probe. */
struct wire_site {
	__u32 probe;
	__u16 arguments; /* how many of them */
	__u16 has_name;	 /* the first argument points to a name, and that is wanted */
	struct wire_argument argument[WIRE_ARGUMENTS];
};
PGREC_ASSERT(sizeof(struct wire_site) == 8 + 16 * WIRE_ARGUMENTS);

/* A USDT probe with arguments was reached: a record of its CPU's text ring. */
struct wire_point {
	__u64 ts_ns;	/* as of a wire_hit */
	__u64 sp;	/* as of a wire_hit */
	__u64 pid_tgid; /* as of a wire_hit */
	__u16 probe;
	__u16 unreadable; /* bits: these arguments were not in memory, and are 0; the first is bit 0 */
	__u16 kind;	  /* WIRE_POINT; where a wire_text has its kind */
	__u16 flags;	  /* enum wire_flags */
	__u64 argument[WIRE_ARGUMENTS];
	char name[WIRE_NAME_BYTES];
};
PGREC_ASSERT(sizeof(struct wire_point) == 32 + 8 * WIRE_ARGUMENTS + WIRE_NAME_BYTES);
PGREC_ASSERT(__builtin_offsetof(struct wire_point, kind) == 28);

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
	__u64 boundary_sp; /* stack pointer at the last report of activity; all ones before the first */
	__u8 sampled;	   /* what runs now is recorded */
	__u8 running;	   /* an execution runs */
	__u8 padding[6];
	__u32 first; /* of the pending enters, counted since the thread began; they wait at … */
	__u32 end;   /* … first to end - 1, modulo WIRE_PENDING, outermost first */
	struct wire_pending_enter pending[WIRE_PENDING];
};
PGREC_ASSERT(sizeof(struct wire_thread) == 32 + 24 * WIRE_PENDING);

#endif
