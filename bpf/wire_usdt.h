/* USDT probes: where their arguments are to be found, and what was found. */
#ifndef PGREC_BPF_WIRE_USDT_H
#define PGREC_BPF_WIRE_USDT_H

#include "wire_kind.h"

/* How an argument of a USDT probe is found where the probe is. */
enum wire_operand {
	WIRE_CONSTANT = 0, /* it is `value` */
	WIRE_REGISTER = 1, /* it is in `base` */
	WIRE_MEMORY = 2,   /* it stands at base + (index << shift) + value */
};

#define WIRE_NO_REGISTER 0xffff

/* An argument, and where it is. */
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

/* One of the sites of a USDT probe. */
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
	__u32 unreadable; /* bits, the first is bit 0: these were not in memory, and are 0 or no
			     name */
	__u64 argument[WIRE_ARGUMENTS];
	char name[WIRE_NAME_BYTES];
};
PGREC_ASSERT(sizeof(struct wire_point) == 8 + 8 * WIRE_ARGUMENTS + WIRE_NAME_BYTES);

#endif
