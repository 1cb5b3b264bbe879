/* How the texts of queries get to the recorder: the keys that stand for them, and their pieces. */
#ifndef PGREC_BPF_WIRE_TEXT_H
#define PGREC_BPF_WIRE_TEXT_H

#include "wire_kind.h"

/* Follows in a WIRE_BEGIN; in a WIRE_TEXT too, and then the text, without NUL. */
struct wire_query {
	__u64 key;   /* stands for the text: its hash; 0: there is none */
	__u64 bytes; /* of the whole text; 0: not known */
};
PGREC_ASSERT(sizeof(struct wire_query) == 16);

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

#endif
