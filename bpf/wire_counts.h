/* What is counted of a probe on one CPU, independently of the rings. */
#ifndef PGREC_BPF_WIRE_COUNTS_H
#define PGREC_BPF_WIRE_COUNTS_H

#include "wire_kind.h"

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

#endif
