/*
 * What the kernel side hands to the recorder, and the recorder to it, by subject. Shared by C (in
 * the kernel) and C++ (the recorder) of one build, so it may change freely; it is not the trace
 * format.
 *
 * Fixed-width types, no implicit padding; sizes and offsets are asserted in both languages.
 */
#ifndef PGREC_BPF_WIRE_H
#define PGREC_BPF_WIRE_H

#include "wire_counts.h"
#include "wire_error.h"
#include "wire_execution.h"
#include "wire_hit.h"
#include "wire_identity.h"
#include "wire_kind.h"
#include "wire_record.h"
#include "wire_server.h"
#include "wire_slow.h"
#include "wire_text.h"
#include "wire_thread.h"
#include "wire_usdt.h"

#endif
