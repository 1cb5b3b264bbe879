/*
 * The errors that the server reports by EmitErrorReport(void): which of its reports are errors,
 * what they say, and whether they end a statement. What was caught is not reported.
 */
#ifndef PGREC_BPF_ERRORS_H
#define PGREC_BPF_ERRORS_H

/* What of an error's text is recorded: how far it stands behind the SQLSTATE in an ErrorData of
 * include/utils/elog.h; 0: nothing. Set before loading. */
const volatile __u32 message_at;

/* ERRORDATA_STACK_SIZE of elog.c; DEBUG5 and the level behind PANIC of elog.h. */
#define ERRORS_AT_MOST 5
#define LEAST_LEVEL    10
#define LEVELS_END     25

struct reported_error {
	struct wire_error wire;
	__u64 message; /* its address; 0: not known */
};

/*
 * Whether the innermost of the errors that are being handled ends what its process was doing, and
 * what it is, as far as that is known. What does not look like an error is none that was found:
 * then its caller tells.
 */
static __always_inline int is_error(const struct hooked *hooked, struct reported_error *reported)
{
	const struct wire_server *server = hooked->server;
	__s32 depth = -1;
	__u32 level = 0;
	__u64 error, caller;

	if (!server->errors)
		return 0;
	if (server->error_depth)
		bpf_probe_read_user(&depth, sizeof(depth),
				    (void *)(hooked->base + server->error_depth));
	if (depth >= 0 && depth < ERRORS_AT_MOST) {
		error = hooked->base + (__u64)depth * server->error_bytes;
		if (server->sqlstates) {
			bpf_probe_read_user(&reported->wire.sqlstate, sizeof(__u32),
					    (void *)(error + server->sqlstates));
			if (server->major && message_at)
				reported->message =
					read_u64(error + server->sqlstates + message_at);
		}
		if (server->errors & WIRE_ERRORS_BY_LEVEL)
			bpf_probe_read_user(&level, sizeof(level),
					    (void *)(error + server->error_levels));
		if (level >= LEAST_LEVEL && level < LEVELS_END) {
			if (level < server->least_error)
				return 0;
			reported->wire.severity = level - server->least_error + WIRE_SEVERITY_ERROR;
			return 1;
		}
	}
	if (!(server->errors & WIRE_ERRORS_BY_CALLER))
		return 0;
	caller = read_u64(hooked->sp) - hooked->base;
	return caller != server->notices[0] && caller != server->notices[1];
}

/* PostgreSQL's code of an SQLSTATE: MAKE_SQLSTATE of elog.h. */
#define SQLSTATE(a, b, c, d, e)                                                                    \
	((a - '0') | (b - '0') << 6 | (c - '0') << 12 | (d - '0') << 18 | (e - '0') << 24)

/*
 * Whether an error is of the statement that is in `phase`, with that run. In a pipeline a Bind, a
 * Describe or an Execute that names what is not there fails before it is reported, and so does a
 * message that is none: behind a statement that has completed, of which it is not.
 */
static __always_inline int is_of_statement(__u32 phase, const struct wire_run *run, __u32 sqlstate)
{
	if (phase == WIRE_PHASE_NONE)
		return 0;
	if (phase != WIRE_PHASE_DONE && !is_to_complete(phase, run))
		return 1;
	return sqlstate != SQLSTATE('2', '6', '0', '0', '0') &&
	       sqlstate != SQLSTATE('3', '4', '0', '0', '0') &&
	       sqlstate != SQLSTATE('0', '8', 'P', '0', '1');
}

/* A function of its own, as tell_identity(). */
static __attribute__((noinline)) int emit_error(const struct hooked *hooked,
						const struct reported_error *reported, __u32 flags)
{
	struct wire_record *record;
	struct wire_error *error;
	long got = 0;

	if (keeps_threads())
		boundary(hooked->pid_tgid);
	record = reserve_record(hooked->counts, hooked->sp, hooked->pid_tgid, WIRE_ERROR, flags,
				sizeof(*record) + sizeof(*error) + WIRE_MESSAGE_BYTES);
	if (!record)
		return 0;
	error = (void *)(record + 1);
	*error = reported->wire;
	if (reported->message)
		got = bpf_probe_read_user_str(error + 1, WIRE_MESSAGE_BYTES,
					      (void *)reported->message);
	record->bytes = sizeof(*error) + (got > 0 ? got - 1 : 0);
	submit_record(record);
	return 0;
}

/*
 * Tells of an error. `known`: something is remembered of its thread, which has told who it is.
 * `recorded`: it is not of a statement that is not sampled.
 */
static __always_inline void tell_error(const struct hooked *hooked,
				       const struct reported_error *reported, int known,
				       int recorded, __u32 flags)
{
	if (!fires(hooked, WIRE_ERROR))
		return;
	if (!recorded) {
		count(&hooked->counts->filtered[WIRE_ERROR]);
		return;
	}
	if (!known)
		tell_identity(hooked);
	emit_error(hooked, reported, flags);
}

#endif
