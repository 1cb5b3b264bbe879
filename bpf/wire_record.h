/* The record rings: the head of every record. What follows depends on its kind. */
#ifndef PGREC_BPF_WIRE_RECORD_H
#define PGREC_BPF_WIRE_RECORD_H

#include "wire_kind.h"

/* What else there is to say of a record; each kind has its own. */
enum wire_record_flags {
	/* Of WIRE_TEXT, and WIRE_HAS_CLIENT too, which WIRE_TITLE has as well. */
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
	/* Of WIRE_ERROR: it ended a statement, of which WIRE_FAILED or WIRE_SLOW tells next. */
	WIRE_OF_STATEMENT = 1,
};

/* What does not fit a slot: a record of its CPU's record ring. What its kind needs follows. */
struct wire_record {
	__u64 ts_ns;	/* as of a wire_hit */
	__u64 sp;	/* as of a wire_hit */
	__u64 pid_tgid; /* as of a wire_hit */
	__u32 bytes;	/* that follow */
	__u16 kind;	/* enum wire_kind */
	__u16 flags;	/* of WIRE_SLOW enum wire_slow_flags, of WIRE_POINT enum
			   wire_flags, else enum wire_record_flags */
};
PGREC_ASSERT(sizeof(struct wire_record) == 32);
PGREC_ASSERT(__builtin_offsetof(struct wire_record, kind) == 28);

#endif
