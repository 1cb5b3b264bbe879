/*
 * The query hooks of a slow-query log: they hand on nothing until a statement is over and took long
 * enough, and then its text and all that is to be said of it (struct wire_slow).
 *
 *                 simple protocol             extended protocol                ends a statement
 *   on_activity   the message                 Parse, Bind, Execute             the one before
 *   on_replication  the same, of a walsender, before it says what it is
 *   on_run        each of its statements      Execute
 *   on_run_end    each of its statements      Execute
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

/* A hash of its first bytes: where they are the same it is taken for the same text. */
static __always_inline __u64 head_of(__u64 text)
{
	struct text_walk walk = {.from = text};

	walk.v[0] = hash_key[0];
	walk.v[1] = hash_key[1];
	hash_block(&walk);
	return walk.v[0] ^ walk.v[1] ^ walk.v[2] ^ walk.v[3] ^ walk.bytes;
}

/* The server reports a query. */
static __always_inline void slow_report(struct hooked *hooked,
					struct wire_slow_statement *statement, __u64 text)
{
	struct slow_end end = slow_end_of(hooked);
	__u64 now = end.ended_ns, head = text ? head_of(text) : 0, client;
	long kept = 0;

	/* The extended protocol reports one query for Parse, Bind and Execute: see report_query().
	 */
	if (statement && statement->phase == WIRE_PHASE_PREPARING && statement->has_client &&
	    text && statement->head == head &&
	    !(statement->in_parse && statement->slept != times_slept())) {
		statement->in_parse = 0;
		statement->text = text;
		if (statement->walsender)
			statement->walsender = WIRE_REPORTED_BY_WALSENDER;
		return;
	}
	if (statement) {
		end_statement(statement, &end);
	} else {
		statement = new_slow_statement(hooked->pid_tgid);
		if (statement)
			tell_identity(hooked);
	}
	if (!statement) {
		count_lost(hooked->counts, WIRE_LOSS_MAP_FULL, WIRE_SLOW);
		return;
	}
	tell_changes(hooked, &statement->users_changed, &statement->application);
	client = client_of(hooked);
	statement->key = statement->begun_ns = now;
	statement->ran_ns = statement->done_ns = 0;
	statement->text = text;
	statement->head = head;
	statement->text_bytes = statement->query_id = statement->rows = 0;
	statement->place = 0;
	statement->has_client = client != 0;
	statement->fastpath = !text;
	statement->in_parse = text && is_in_parse(text);
	if (statement->in_parse)
		statement->slept = times_slept();
	statement->walsender = WIRE_NOT_TO_WALSENDER;
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
	if (statement && is_before_text(statement->phase, statement->walsender, text))
		return 0;
	if (reports_query(&hooked, state, text)) {
		slow_report(&hooked, statement, text);
	} else if (statement) {
		struct slow_end end = slow_end_of(&hooked);

		if (statement->phase == WIRE_PHASE_DONE && is_idle_outside(&hooked, state))
			end.flags = WIRE_SLOW_COMMITTED;
		end_statement(statement, &end);
		tell_changes(&hooked, &statement->users_changed, &statement->application);
	} else if (new_slow_statement(hooked.pid_tgid)) {
		/* What it ran before is over, which who looks at its memory may not know. */
		tell_identity(&hooked);
	}
	return 0;
}

SEC("uprobe")
int slow_on_replication(struct pt_regs *ctx)
{
	__u64 text = PT_REGS_PARM1(ctx);
	struct hooked hooked = {};
	struct wire_slow_statement *statement;

	if (!text || !look_at(ctx, WIRE_ON_REPLICATION, &hooked) || !hooked.wanted)
		return 0;
	slow_report(&hooked, slow_statement_of(&hooked), text);
	statement = slow_statement_of(&hooked);
	if (statement)
		statement->walsender = WIRE_TO_WALSENDER;
	return 0;
}

/* A statement completes, of which the rows are known. */
static __always_inline void slow_complete(struct hooked *hooked,
					  struct wire_slow_statement *statement, int in_pipeline)
{
	struct slow_end end;

	/* What follows in the same message begins at this end, and has them. */
	tell_changes(hooked, &statement->users_changed, &statement->application);
	end = slow_end_of(hooked);
	end.begun_ns = statement->begun_ns;
	statement->done_ns = end.ended_ns;
	if (is_slow(statement->key, end.ended_ns))
		send_slow_text(statement);
	if (in_pipeline) {
		statement->phase = WIRE_PHASE_DONE;
		return;
	}
	if (is_slow(end.begun_ns, end.ended_ns))
		emit_slow(statement, &end);
	statement->phase = WIRE_PHASE_BETWEEN;
	statement->begun_ns = end.ended_ns;
	statement->ran_ns = statement->query_id = 0;
	statement->found = 0;
	statement->place++;
}

SEC("uprobe")
int slow_on_run(struct pt_regs *ctx)
{
	struct hooked hooked = {};
	struct wire_slow_statement *statement;

	if (!look_at(ctx, WIRE_ON_RUN, &hooked))
		return 0;
	statement = slow_statement_of(&hooked);
	if (!statement || statement->phase == WIRE_PHASE_NONE ||
	    statement->phase == WIRE_PHASE_DONE)
		return 0;
	if (is_to_complete(statement->phase, &statement->run))
		slow_complete(&hooked, statement, 0);
	if (!begins_to_run(ctx, &hooked, statement->phase, &statement->query_id))
		return 0;
	statement->phase = WIRE_PHASE_RUNNING;
	statement->ran_ns = bpf_ktime_get_ns();
	statement->done_ns = 0;
	statement->rows = limit_of(ctx, &hooked);
	enter_run(ctx, &hooked, &statement->run);
	read_usage(&hooked, statement->usage);
	return 0;
}

SEC("uretprobe")
int slow_on_run_end(struct pt_regs *ctx)
{
	struct hooked hooked = {};
	struct wire_slow_statement *statement;
	struct slow_end end;

	if (!look_at(ctx, WIRE_ON_RUN_END, &hooked))
		return 0;
	statement = slow_statement_of(&hooked);
	if (!statement || statement->phase != WIRE_PHASE_RUNNING ||
	    !leave_run(ctx, &hooked, &statement->run))
		return 0;
	end = slow_end_of(&hooked);
	if (is_slow(statement->key, end.ended_ns))
		send_slow_text(statement);
	if (statement->run.end == WIRE_RUN_WHOLE) {
		statement->rows = completed_rows(&hooked, statement->run.completion);
		if (hooked.server->idle_unseen)
			slow_complete(&hooked, statement, 0);
	} else if (hooked.server->idle_unseen) {
		end_statement(statement, &end);
	}
	return 0;
}

SEC("uprobe")
int slow_on_completion(struct pt_regs *ctx)
{
	struct hooked hooked = {};
	struct wire_slow_statement *statement;

	if (!look_at(ctx, WIRE_ON_COMPLETION, &hooked))
		return 0;
	statement = slow_statement_of(&hooked);
	if (!statement || statement->phase == WIRE_PHASE_NONE ||
	    completes_again(&hooked, statement->phase))
		return 0;
	statement->rows = completed_rows(&hooked, PT_REGS_PARM1(ctx));
	slow_complete(&hooked, statement, completes_in_pipeline(ctx));
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
	struct reported_error error = {};
	struct hooked hooked = {};
	struct wire_slow_statement *statement;
	struct slow_end end;
	int of_statement;

	if (!look_at(ctx, WIRE_ON_ERROR, &hooked) || !is_error(&hooked, &error))
		return 0;
	statement = slow_statement_of(&hooked);
	of_statement = statement &&
		       is_of_statement(statement->phase, &statement->run, error.wire.sqlstate);
	if (statement && !of_statement && is_to_complete(statement->phase, &statement->run))
		slow_complete(&hooked, statement, 0);
	if (tells_errors)
		tell_error(&hooked, &error, statement != 0, 1,
			   of_statement ? WIRE_OF_STATEMENT : 0);
	if (!of_statement)
		return 0;
	end = slow_end_of(&hooked);
	end.outcome = WIRE_SLOW_FAILED;
	end.sqlstate = error.wire.sqlstate;
	end.begun_ns = statement->begun_ns;
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

#endif
