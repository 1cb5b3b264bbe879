/* An error that the server reports: an ERROR, a FATAL or a PANIC, of a statement or not. */
#ifndef PGREC_BPF_WIRE_ERROR_H
#define PGREC_BPF_WIRE_ERROR_H

#include "wire_kind.h"

enum wire_severity {
	WIRE_SEVERITY_UNKNOWN = 0,
	WIRE_SEVERITY_ERROR = 1,
	WIRE_SEVERITY_FATAL = 2,
	WIRE_SEVERITY_PANIC = 3,
};

enum wire_message {
	WIRE_MESSAGE_BYTES = 512
}; /* of a message that is kept, with the closing NUL */

/* Follows in a WIRE_ERROR; behind it the message, as far as it is kept, without the NUL. */
struct wire_error {
	__u32 sqlstate; /* as the server packs it; 0: not known */
	__u32 severity; /* enum wire_severity */
};
PGREC_ASSERT(sizeof(struct wire_error) == 8);

#endif
