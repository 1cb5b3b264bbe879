/*
 * The query hooks of a slow-query log: they hand on nothing until a statement is over and took long
 * enough, and then its text and all that is to be said of it (struct wire_slow).
 *
 *                 simple protocol             extended protocol                ends a statement
 *   on_activity   the message                 Parse, Bind, Execute             the one before
 *   on_run        each of its statements      Execute
 *   on_completion each of its statements      Execute                          simple protocol
 *   on_error      (an ERROR that nothing caught)                               both
 *   on_activity   idle                        Sync                             extended protocol
 *
 * In the simple protocol a statement completes after its commit, and its text is in memory then. In
 * the extended protocol the commit comes later, when the text may be gone: where the statement is
 * slow by its completion, the text is sent then. The first bytes of every text are kept at its
 * beginning, for what becomes slow only by its commit, is suspended or only prepared, or ends with
 * its process.
 */
#ifndef PGREC_BPF_SLOW_H
#define PGREC_BPF_SLOW_H

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
	__u32 flags;   /* WIRE_SLOW_OF_MESSAGE, WIRE_SLOW_IN_PIPELINE */
	__u32 sqlstate;
};

static __always_inline struct wire_slow_statement *slow_statement_of(const struct hooked *hooked)
{
	__u32 tid = (__u32)hooked->pid_tgid;
	struct wire_slow_statement *statement;

	if (!hooked->wanted)
		return 0;
	statement = bpf_map_lookup_elem(&slow_statements, &tid);
	return statement && statement->pid_tgid == hooked->pid_tgid ? statement : 0;
}

static __always_inline struct wire_slow_statement *new_slow_statement(__u64 pid_tgid)
{
	__u32 tid = (__u32)pid_tgid, only = 0;
	struct wire_slow_statement *statement = bpf_map_lookup_elem(&fresh_slow_statement, &only);

	if (!statement || bpf_map_update_elem(&slow_statements, &tid, statement, BPF_ANY))
		return 0;
	statement = bpf_map_lookup_elem(&slow_statements, &tid);
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

/* What runs, or waits for what comes next, is over. */
static __always_inline void end_statement(struct wire_slow_statement *statement,
					  struct slow_end *end)
{
	int errors_known = end->hooked && end->hooked->server->errors;

	end->begun_ns = statement->begun_ns;
	switch (statement->phase) {
	case WIRE_PHASE_PREPARING:
		if (statement->has_client)
			end->outcome = end->hooked ? WIRE_SLOW_NOT_RUN : WIRE_SLOW_ENDED;
		break;
	case WIRE_PHASE_RUNNING:
		if (!statement->has_client || statement->fastpath)
			break;
		end->outcome =
			errors_known && !statement->found ? WIRE_SLOW_SUSPENDED : WIRE_SLOW_ENDED;
		break;
	case WIRE_PHASE_DONE:
		end->outcome = end->hooked ? WIRE_SLOW_COMPLETED : WIRE_SLOW_ENDED;
		end->flags = WIRE_SLOW_IN_PIPELINE;
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
	if (end->ended_ns && is_slow(end->begun_ns, end->ended_ns))
		emit_slow(statement, end);
}

/* A hash of its first bytes: where they are the same it is taken for the same text. */
static __always_inline __u64 head_of(__u64 text)
{
	struct text_walk walk = {.from = text};

	walk.v[0] = hash_key[0];
	walk.v[1] = hash_key[1];
	hash_block(&walk);
	return walk.v[0] ^ walk.v[1] ^ walk.v[2] ^ walk.v[3] ^ walk.bytes;
}

static __always_inline void slow_report(struct hooked *hooked,
					struct wire_slow_statement *statement, __u64 text)
{
	__u64 now = bpf_ktime_get_ns(), head = text ? head_of(text) : 0, client;
	struct slow_end end = {
		.counts = hooked->counts,
		.hooked = hooked,
		.sp = hooked->sp,
		.ended_ns = now,
	};
	long kept = 0;

	/* The extended protocol reports one query for Parse, Bind and Execute. */
	if (statement && statement->phase == WIRE_PHASE_PREPARING && statement->has_client &&
	    text && statement->head == head) {
		statement->text = text;
		return;
	}
	if (statement)
		end_statement(statement, &end);
	else
		statement = new_slow_statement(hooked->pid_tgid);
	if (!statement) {
		count_lost(hooked->counts, WIRE_LOSS_MAP_FULL, WIRE_SLOW);
		return;
	}
	client = hooked->server->client ? read_u64(hooked->base + hooked->server->client) : 1;
	statement->key = statement->begun_ns = now;
	statement->ran_ns = statement->done_ns = 0;
	statement->text = text;
	statement->head = head;
	statement->text_bytes = statement->query_id = statement->rows = 0;
	statement->place = 0;
	statement->has_client = client != 0;
	statement->fastpath = !text;
	statement->sent = statement->told = statement->found = 0;
	if (text)
		kept = bpf_probe_read_user_str(statement->kept, WIRE_SLOW_KEPT_BYTES, (void *)text);
	statement->kept_bytes = kept > 0 ? kept - 1 : 0;
	statement->phase = WIRE_PHASE_PREPARING;
	if (text)
		return;
	statement->phase = WIRE_PHASE_RUNNING;
	statement->ran_ns = now;
	read_usage(hooked, statement->usage);
}

SEC("uprobe")
int slow_on_activity(struct pt_regs *ctx)
{
	__u32 state = (__u32)PT_REGS_PARM1(ctx);
	__u64 text = PT_REGS_PARM2(ctx);
	struct hooked hooked = {};
	struct wire_slow_statement *statement;

	if (!look_at(ctx, WIRE_ON_ACTIVITY, &hooked) || !hooked.wanted)
		return 0;
	statement = slow_statement_of(&hooked);
	if (text || (state == hooked.server->fastpath && hooked.server->fastpath)) {
		slow_report(&hooked, statement, text);
	} else if (statement) {
		struct slow_end end = {
			.counts = hooked.counts,
			.hooked = &hooked,
			.sp = hooked.sp,
			.ended_ns = bpf_ktime_get_ns(),
		};

		end_statement(statement, &end);
	} else {
		/* What it ran before is over, which who looks at its memory may not know. */
		new_slow_statement(hooked.pid_tgid);
	}
	return 0;
}

SEC("uprobe")
int slow_on_run(struct pt_regs *ctx)
{
	struct hooked hooked = {};
	struct wire_slow_statement *statement;
	__u64 query_id;

	if (!look_at(ctx, WIRE_ON_RUN, &hooked))
		return 0;
	statement = slow_statement_of(&hooked);
	if (!statement || statement->phase == WIRE_PHASE_NONE ||
	    statement->phase == WIRE_PHASE_DONE)
		return 0;
	query_id = query_id_of(&hooked, PT_REGS_PARM1(ctx));
	if (statement->phase == WIRE_PHASE_RUNNING) {
		if (query_id)
			statement->query_id = query_id;
		return 0;
	}
	statement->query_id = query_id;
	statement->phase = WIRE_PHASE_RUNNING;
	statement->ran_ns = bpf_ktime_get_ns();
	statement->done_ns = 0;
	read_usage(&hooked, statement->usage);
	return 0;
}

SEC("uprobe")
int slow_on_completion(struct pt_regs *ctx)
{
	struct hooked hooked = {};
	struct wire_slow_statement *statement;
	struct slow_end end = {};

	if (!look_at(ctx, WIRE_ON_COMPLETION, &hooked))
		return 0;
	statement = slow_statement_of(&hooked);
	if (!statement || statement->phase == WIRE_PHASE_NONE ||
	    statement->phase == WIRE_PHASE_DONE)
		return 0;
	end.counts = hooked.counts;
	end.hooked = &hooked;
	end.sp = hooked.sp;
	end.begun_ns = statement->begun_ns;
	end.ended_ns = bpf_ktime_get_ns();
	statement->done_ns = end.ended_ns;
	statement->rows = read_u64(PT_REGS_PARM1(ctx) + 8);
	if (is_slow(statement->key, end.ended_ns))
		send_slow_text(statement);
	if ((__u32)PT_REGS_PARM2(ctx) == DEST_REMOTE_EXECUTE) {
		statement->phase = WIRE_PHASE_DONE;
		return 0;
	}
	if (is_slow(end.begun_ns, end.ended_ns))
		emit_slow(statement, &end);
	statement->phase = WIRE_PHASE_BETWEEN;
	statement->begun_ns = end.ended_ns;
	statement->ran_ns = statement->query_id = 0;
	statement->found = 0;
	statement->place++;
	return 0;
}

/* A replication command can go on for as long as there is a replica: that is not slow. */
SEC("uprobe")
int slow_on_replication_done(struct pt_regs *ctx)
{
	struct hooked hooked = {};
	struct wire_slow_statement *statement;

	if (!look_at(ctx, WIRE_ON_REPLICATION_DONE, &hooked))
		return 0;
	statement = slow_statement_of(&hooked);
	if (statement)
		statement->phase = WIRE_PHASE_NONE;
	return 0;
}

SEC("uprobe")
int slow_on_error(struct pt_regs *ctx)
{
	struct slow_end end = {.outcome = WIRE_SLOW_FAILED};
	struct hooked hooked = {};
	struct wire_slow_statement *statement;

	if (!look_at(ctx, WIRE_ON_ERROR, &hooked))
		return 0;
	statement = slow_statement_of(&hooked);
	if (!statement || statement->phase == WIRE_PHASE_NONE ||
	    !is_end_by_error(&hooked, &end.sqlstate))
		return 0;
	end.counts = hooked.counts;
	end.hooked = &hooked;
	end.sp = hooked.sp;
	end.begun_ns = statement->begun_ns;
	end.ended_ns = bpf_ktime_get_ns();
	if (!tells_errors && !is_slow(end.begun_ns, end.ended_ns) && !statement->told) {
		end.begun_ns = statement->key;
		end.flags = WIRE_SLOW_OF_MESSAGE;
	}
	if (tells_errors || is_slow(end.begun_ns, end.ended_ns)) {
		if (statement->phase == WIRE_PHASE_DONE)
			end.flags |= WIRE_SLOW_IN_PIPELINE;
		else
			send_slow_text(statement);
		emit_slow(statement, &end);
	}
	statement->phase = WIRE_PHASE_NONE;
	return 0;
}

/* The thread ends, and `exit_code` says how: what it ran ends with it. */
static __always_inline void end_by_exit(__u64 pid_tgid, int exit_code)
{
	__u32 tid = (__u32)pid_tgid, probe = activity_probe;
	struct wire_slow_statement *statement = bpf_map_lookup_elem(&slow_statements, &tid);
	struct slow_end end = {.ended_ns = bpf_ktime_get_ns()};

	end.counts = bpf_map_lookup_elem(&counters, &probe);
	if (!recording || !end.counts || !statement || statement->pid_tgid != pid_tgid)
		return;
	/* Who serves no client ends in order by ending. */
	if (exit_code)
		end.outcome = WIRE_SLOW_ENDED;
	end_statement(statement, &end);
}

#endif
