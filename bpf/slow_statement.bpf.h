/*
 * What is remembered of the statements of a slow-query log, and how one that is over gets to the
 * recorder: its text, and the record of it, where it took long enough.
 */
#ifndef PGREC_BPF_SLOW_STATEMENT_H
#define PGREC_BPF_SLOW_STATEMENT_H

/* Set by the recorder before loading. */
const volatile __u64 slow_ns;	   /* how long is slow */
const volatile __u32 tells_errors; /* what failed is told however fast */

/* By thread id; the recorder sets how many fit, and puts in what runs already. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct wire_slow_statement);
} slow_statements SEC(".maps");

/* What a statement begins as: one element, all zero. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct wire_slow_statement);
} fresh_slow_statement SEC(".maps");

/* How a statement ends. */
struct slow_end {
	struct wire_counts *counts;
	const struct hooked *hooked; /* 0: the server's memory is gone */
	__u64 sp;
	__u64 begun_ns;
	__u64 ended_ns;
	__u32 outcome; /* enum wire_slow_outcome */
	__u32 flags;   /* WIRE_SLOW_OF_MESSAGE, WIRE_SLOW_IN_PIPELINE, WIRE_SLOW_COMMITTED */
	__u32 exit;    /* where its memory is gone: enum wire_end_flags */
	__u32 sqlstate;
};

/* Of one that is over now, by a hook. */
static __always_inline struct slow_end slow_end_of(const struct hooked *hooked)
{
	struct slow_end end = {
		.counts = hooked->counts,
		.hooked = hooked,
		.sp = hooked->sp,
		.ended_ns = bpf_ktime_get_ns(),
	};

	return end;
}

/* What is remembered of the thread; 0 where it was not seen yet, or is not to be recorded. */
static __always_inline struct wire_slow_statement *slow_statement_of(const struct hooked *hooked)
{
	struct wire_slow_statement *statement = of_thread(&slow_statements, hooked);

	return statement && statement->pid_tgid == hooked->pid_tgid ? statement : 0;
}

static __always_inline struct wire_slow_statement *new_slow_statement(__u64 pid_tgid)
{
	struct wire_slow_statement *statement =
		new_of_thread(&slow_statements, &fresh_slow_statement, pid_tgid);

	if (statement)
		statement->pid_tgid = pid_tgid;
	return statement;
}

/* Sends the text, which is where it was reported to be. */
static __always_inline void send_slow_text(struct wire_slow_statement *statement)
{
	struct text_sending sending = {
		.query = {.key = statement->key},
		.pid_tgid = statement->pid_tgid,
		.from = statement->text,
		.left = text_limit,
		.flags = WIRE_TEXT_FIRST,
	};
	struct text_walk rest = {};
	int i, sent;

	if (statement->sent || !statement->text)
		return;
	if (statement->has_client)
		sending.flags |= WIRE_HAS_CLIENT;
	sent = send_first_piece(&sending);
	sending.flags &= ~WIRE_TEXT_FIRST;
	for (i = 0; i < WIRE_TEXT_MORE_PIECES && sent == SENT_ONE; i++)
		sent = send_next_piece(&sending);
	if (sent != SENT_LAST || sending.unreadable)
		return;
	rest.from = sending.from;
	rest.bytes = sending.from - statement->text;
	if (!sending.left)
		measure_rest(&rest);
	statement->text_bytes = rest.bytes;
	statement->sent = 1;
}

static __always_inline void fill_in_slow(struct wire_record *record,
					 const struct wire_slow_statement *statement,
					 const struct slow_end *end)
{
	struct wire_slow *slow = (void *)(record + 1);
	int ran = statement->ran_ns && !(end->flags & WIRE_SLOW_OF_MESSAGE);

	slow->key = statement->key;
	slow->begun_ns = end->begun_ns;
	slow->ran_ns = ran ? statement->ran_ns : 0;
	slow->done_ns = statement->done_ns;
	slow->ended_ns = end->ended_ns;
	slow->query_id = statement->query_id;
	slow->rows = statement->rows;
	read_usage_since(end->hooked, statement->usage, end->hooked && ran, slow->usage);
	slow->text_bytes = statement->sent ? statement->text_bytes : 0;
	slow->sqlstate = end->sqlstate;
	slow->outcome = end->outcome;
	slow->place = statement->place;
	slow->padding = 0;
}

/* Tells of a statement that is over; of its text, what was sent or kept before. */
static __always_inline void emit_slow(struct wire_slow_statement *statement,
				      const struct slow_end *end)
{
	const __u32 bytes = sizeof(struct wire_record) + sizeof(struct wire_slow);
	struct wire_record *record;
	__u32 flags = end->flags, kept = statement->kept_bytes;

	if (statement->has_client)
		flags |= WIRE_SLOW_CLIENT;
	if (statement->fastpath)
		flags |= WIRE_SLOW_FASTPATH;
	if (statement->found)
		flags |= WIRE_SLOW_FOUND;
	if (statement->walsender)
		flags |= WIRE_SLOW_WALSENDER;
	count(&end->counts->fired[WIRE_SLOW]);
	if (statement->sent || !kept) {
		if (statement->sent)
			flags |= WIRE_SLOW_TEXT_SENT;
		record = reserve_record(end->counts, end->sp, statement->pid_tgid, WIRE_SLOW, flags,
					bytes);
		if (!record)
			return;
		fill_in_slow(record, statement, end);
	} else {
		record = reserve_record(end->counts, end->sp, statement->pid_tgid, WIRE_SLOW,
					flags | WIRE_SLOW_TEXT_KEPT, bytes + WIRE_SLOW_KEPT_BYTES);
		if (!record)
			return;
		fill_in_slow(record, statement, end);
		bpf_probe_read_kernel((void *)record + bytes, WIRE_SLOW_KEPT_BYTES,
				      statement->kept);
		record->bytes = sizeof(struct wire_slow) + kept;
	}
	statement->told = 1;
	submit_record(record);
}

static __always_inline int is_slow(__u64 from_ns, __u64 to_ns)
{
	return to_ns - from_ns >= slow_ns;
}

/* The outcome of one that said nothing of its end, as docs/glossary.md defines it. */
static __always_inline __u32 unsaid_outcome(const struct wire_slow_statement *statement,
					    const struct slow_end *end)
{
	int prepared = statement->phase == WIRE_PHASE_PREPARING;
	__u32 failed = statement->has_client ? WIRE_END_FAILED : WIRE_END_CRASHED;

	if (!end->hooked && (end->exit & failed))
		return WIRE_SLOW_FAILED;
	if (!statement->has_client)
		return WIRE_SLOW_ENDED;
	if (!end->hooked)
		return prepared && !statement->walsender ? WIRE_SLOW_NOT_RUN : WIRE_SLOW_ENDED;
	/* Where errors are not told apart, it may have been one. */
	if (!end->hooked->server->errors)
		return WIRE_SLOW_ENDED;
	if (prepared)
		return WIRE_SLOW_NOT_RUN;
	if (statement->fastpath || statement->run.end == WIRE_RUN_WHOLE)
		return WIRE_SLOW_COMPLETED;
	if (statement->found || !is_in_part(end->hooked, &statement->run))
		return WIRE_SLOW_ENDED;
	return WIRE_SLOW_SUSPENDED;
}

/* What runs, or waits for what comes next, is over. */
static __always_inline void end_statement(struct wire_slow_statement *statement,
					  struct slow_end *end)
{
	end->begun_ns = statement->begun_ns;
	switch (statement->phase) {
	case WIRE_PHASE_PREPARING:
	case WIRE_PHASE_RUNNING:
		end->outcome = unsaid_outcome(statement, end);
		if (end->outcome == WIRE_SLOW_COMPLETED && !statement->fastpath)
			statement->done_ns = end->ended_ns;
		break;
	case WIRE_PHASE_DONE:
		end->flags |= WIRE_SLOW_IN_PIPELINE;
		break;
	case WIRE_PHASE_BETWEEN:
		end->outcome = WIRE_SLOW_COMPLETED;
		end->flags = WIRE_SLOW_OF_MESSAGE;
		end->begun_ns = statement->key;
		end->ended_ns = statement->done_ns;
		if (statement->told || statement->place < 2)
			end->ended_ns = 0;
		break;
	default:
		end->ended_ns = 0;
	}
	statement->phase = WIRE_PHASE_NONE;
	if (end->ended_ns && (is_slow(end->begun_ns, end->ended_ns) ||
			      (tells_errors && end->outcome == WIRE_SLOW_FAILED)))
		emit_slow(statement, end);
}

/* The thread ends, and `exit_code` says how: what it ran ends with it. */
static __always_inline void end_by_exit(__u64 pid_tgid, int exit_code)
{
	__u32 tid = (__u32)pid_tgid, probe = hooks_probe;
	struct wire_slow_statement *statement = bpf_map_lookup_elem(&slow_statements, &tid);
	struct slow_end end = {.ended_ns = bpf_ktime_get_ns()};

	end.counts = bpf_map_lookup_elem(&counters, &probe);
	if (!recording || !end.counts || !statement || statement->pid_tgid != pid_tgid)
		return;
	end.exit = end_flags(exit_code, 0);
	end_statement(statement, &end);
}

#endif
