/*
 * The query hooks of a recording: from what the server reports of its activity, when a statement
 * runs, completes and fails, to the few events of an execution.
 *
 *                 simple protocol         extended protocol           event
 *   on_activity   the message             Parse, Bind, Execute        BEGIN, of the first of these
 *   on_replication  the same, of a walsender, before it says what it is
 *   on_run        each of its statements  Execute
 *   on_run_end    each of its statements  Execute                     (COMPLETED, of the next)
 *   on_completion each of its statements  Execute                     COMPLETED
 *   on_error      (an ERROR that nothing caught)                      FAILED
 *   on_activity   idle                    Sync                        IDLE
 *
 * The text of a BEGIN is sent before it, where the recorder has not got it yet.
 */
#ifndef PGREC_BPF_EXECUTION_H
#define PGREC_BPF_EXECUTION_H

/* By thread id; the recorder sets how many fit, and puts in what runs when recording begins. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct wire_statement);
} statements SEC(".maps");

/* What a statement begins as: one element, all zero. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct wire_statement);
} fresh_statement SEC(".maps");

/* What is remembered of the thread; 0 where it was not seen yet, or is not to be recorded. */
static __always_inline struct wire_statement *statement_of(const struct hooked *hooked)
{
	struct wire_statement *statement = of_thread(&statements, hooked);

	return statement && statement->pid_tgid == hooked->pid_tgid ? statement : 0;
}

static __always_inline struct wire_statement *new_statement(__u64 pid_tgid)
{
	struct wire_statement *statement = new_of_thread(&statements, &fresh_statement, pid_tgid);

	if (statement)
		statement->pid_tgid = pid_tgid;
	return statement;
}

/* The same of a thread that reports for the first time, which tells who it is. */
static __always_inline struct wire_statement *first_statement(const struct hooked *hooked)
{
	struct wire_statement *statement = new_statement(hooked->pid_tgid);

	if (statement)
		tell_identity(hooked);
	return statement;
}

static __always_inline void begin_to_run(const struct hooked *hooked,
					 struct wire_statement *statement, __u64 limit)
{
	statement->phase = WIRE_PHASE_RUNNING;
	statement->limit = limit;
	statement->ran_ns = bpf_ktime_get_ns();
	read_usage(hooked, statement->usage);
}

/* Tells what became of the query that runs; `kind` was counted as fired. */
static __always_inline void emit_done(const struct hooked *hooked, struct wire_statement *statement,
				      __u32 kind, __u32 flags, __u64 rows, __u32 sqlstate)
{
	struct wire_record *record;
	struct wire_done *done;

	if (keeps_threads())
		boundary(hooked->pid_tgid);
	if (!statement->recorded) {
		count(&hooked->counts->filtered[kind]);
		return;
	}
	record = reserve_record(hooked->counts, hooked->sp, hooked->pid_tgid, kind, flags,
				sizeof(*record) + sizeof(*done));
	if (!record)
		return;
	done = (void *)(record + 1);
	done->ran_ns = statement->ran_ns;
	done->query_id = statement->query_id;
	done->rows = rows;
	read_usage_since(hooked, statement->usage, statement->ran_ns != 0, done->usage);
	done->sqlstate = sqlstate;
	done->padding = 0;
	submit_record(record);
}

/* Another report comes while a query runs that has said nothing of its end. */
static __always_inline void end_unsaid(const struct hooked *hooked,
				       struct wire_statement *statement)
{
	int completed = statement->fastpath || statement->run.end == WIRE_RUN_WHOLE;
	__u32 kind = completed ? WIRE_COMPLETED : WIRE_SUSPENDED;

	if (statement->phase != WIRE_PHASE_RUNNING || !statement->has_client)
		return;
	/* Where errors are not told apart, it may have been one; or, if it did not complete, it may
	   have said so unseen. */
	if (!hooked->server->errors || (!completed && !is_in_part(hooked, &statement->run)))
		return;
	count(&hooked->counts->fired[kind]);
	emit_done(hooked, statement, kind, 0, statement->limit, 0);
}

/* The same where another may come in the same message; what it changed is of that. */
static __always_inline void end_before_next(struct hooked *hooked, struct wire_statement *statement)
{
	tell_changes(hooked, &statement->users_changed, &statement->application);
	end_unsaid(hooked, statement);
	statement->phase = WIRE_PHASE_BETWEEN;
}

static __always_inline void report_idle(struct hooked *hooked, struct wire_statement *statement,
					__u32 state)
{
	__u32 probe = hooks_probe, open = hooked->server->in_transaction, flags = 0;

	if (statement)
		end_unsaid(hooked, statement);
	if (!fires(hooked, WIRE_IDLE))
		return;
	if (!statement)
		statement = first_statement(hooked);
	if (statement) {
		tell_changes(hooked, &statement->users_changed, &statement->application);
		statement->phase = WIRE_PHASE_NONE;
	}
	if (keeps_threads() && !filter_activity(hooked->sp, hooked->pid_tgid, WIRE_IDLE)) {
		count(&hooked->counts->filtered[WIRE_IDLE]);
		return;
	}
	/* Of BackendState, STATE_FASTPATH stands between the two. */
	if (open && state == open)
		flags = WIRE_IN_TRANSACTION;
	else if (open && state == open + 2)
		flags = WIRE_IN_TRANSACTION | WIRE_IN_FAILED_TRANSACTION;
	emit(hooked->counts, 0, hooked->sp, hooked->pid_tgid, probe, WIRE_IDLE, flags);
}

static __always_inline void report_query(struct hooked *hooked, struct wire_statement *statement,
					 __u64 text)
{
	struct wire_query query = {};
	struct wire_record *record;
	__u32 flags = 0;
	__u64 client;

	if (text && hooked->wanted) {
		hash_text(text, &query);
		/* The extended protocol reports one query for Parse, Bind and Execute. A Parse that
		   others did not come with was a preparation. */
		if (statement && statement->phase == WIRE_PHASE_PREPARING && query.key &&
		    statement->key == query.key && statement->has_client &&
		    !(statement->in_parse && statement->slept != times_slept())) {
			statement->in_parse = 0;
			if (statement->walsender)
				statement->walsender = WIRE_REPORTED_BY_WALSENDER;
			return;
		}
	}
	if (statement)
		end_unsaid(hooked, statement);
	if (!fires(hooked, WIRE_BEGIN))
		return;
	if (!statement)
		statement = first_statement(hooked);
	if (!statement) {
		count_lost(hooked->counts, WIRE_LOSS_MAP_FULL, WIRE_BEGIN);
		return;
	}
	tell_changes(hooked, &statement->users_changed, &statement->application);
	client = client_of(hooked);
	statement->key = query.key;
	statement->ran_ns = 0;
	statement->query_id = 0;
	statement->has_client = client != 0;
	statement->fastpath = !text;
	statement->in_parse = text && is_in_parse(text);
	if (statement->in_parse)
		statement->slept = times_slept();
	statement->walsender = WIRE_NOT_TO_WALSENDER;
	statement->phase = WIRE_PHASE_PREPARING;
	/* The idle report before it was not seen. */
	if (hooked->server->idle_unseen && keeps_threads())
		filter_activity(hooked->sp, hooked->pid_tgid, WIRE_IDLE);
	statement->recorded =
		!keeps_threads() || filter_activity(hooked->sp, hooked->pid_tgid, WIRE_BEGIN);
	if (!text)
		begin_to_run(hooked, statement, 0);
	if (!statement->recorded) {
		count(&hooked->counts->filtered[WIRE_BEGIN]);
		return;
	}
	if (client)
		flags |= WIRE_HAS_CLIENT;
	if (!text)
		flags |= WIRE_FASTPATH;
	else if (!query.key)
		flags |= WIRE_TEXT_UNREADABLE;
	else if (!send_text(text, &query, hooked->pid_tgid, flags))
		flags |= WIRE_TEXT_LOST;
	record = reserve_record(hooked->counts, hooked->sp, hooked->pid_tgid, WIRE_BEGIN, flags,
				sizeof(*record) + sizeof(query));
	if (!record)
		return;
	*(struct wire_query *)(record + 1) = query;
	submit_record(record);
}

/* void pgstat_report_activity(BackendState state, const char *cmd_str) */
SEC("uprobe")
int on_activity(struct pt_regs *ctx)
{
	__u32 state = (__u32)PT_REGS_PARM1(ctx);
	__u64 text = PT_REGS_PARM2(ctx);
	struct hooked hooked = {};
	struct wire_statement *statement;

	if (!look_at(ctx, WIRE_ON_ACTIVITY, &hooked))
		return 0;
	statement = statement_of(&hooked);
	if (statement && is_before_text(statement->phase, statement->walsender, text))
		return 0;
	if (reports_query(&hooked, state, text))
		report_query(&hooked, statement, text);
	else
		report_idle(&hooked, statement, state);
	return 0;
}

/* bool exec_replication_command(const char *cmd_string): a message to a walsender, SQL or not */
SEC("uprobe")
int on_replication(struct pt_regs *ctx)
{
	__u64 text = PT_REGS_PARM1(ctx);
	struct hooked hooked = {};
	struct wire_statement *statement;

	if (!text || !look_at(ctx, WIRE_ON_REPLICATION, &hooked))
		return 0;
	report_query(&hooked, statement_of(&hooked), text);
	statement = statement_of(&hooked);
	if (statement)
		statement->walsender = WIRE_TO_WALSENDER;
	return 0;
}

/* bool PortalRun(Portal portal, …) */
SEC("uprobe")
int on_run(struct pt_regs *ctx)
{
	struct hooked hooked = {};
	struct wire_statement *statement;

	if (!look_at(ctx, WIRE_ON_RUN, &hooked))
		return 0;
	statement = statement_of(&hooked);
	if (!statement || statement->phase == WIRE_PHASE_NONE)
		return 0;
	if (is_to_complete(statement->phase, &statement->run))
		end_before_next(&hooked, statement);
	if (begins_to_run(ctx, &hooked, statement->phase, &statement->query_id)) {
		begin_to_run(&hooked, statement, limit_of(ctx, &hooked));
		enter_run(ctx, &hooked, &statement->run);
	}
	return 0;
}

SEC("uretprobe")
int on_run_end(struct pt_regs *ctx)
{
	struct hooked hooked = {};
	struct wire_statement *statement;

	if (!look_at(ctx, WIRE_ON_RUN_END, &hooked))
		return 0;
	statement = statement_of(&hooked);
	if (!statement || statement->phase != WIRE_PHASE_RUNNING ||
	    !leave_run(ctx, &hooked, &statement->run))
		return 0;
	if (statement->run.end == WIRE_RUN_WHOLE)
		statement->limit = completed_rows(&hooked, statement->run.completion);
	if (hooked.server->idle_unseen) {
		hooked.sp -= 2 * sizeof(__u64); /* PortalRun may be probed, and its exit come yet */
		end_before_next(&hooked, statement);
	}
	return 0;
}

static __always_inline int complete(struct pt_regs *ctx, __u32 hook)
{
	int of_statement = hook == WIRE_ON_COMPLETION;
	int in_pipeline = !of_statement || completes_in_pipeline(ctx);
	struct hooked hooked = {};
	struct wire_statement *statement;

	if (!look_at(ctx, hook, &hooked))
		return 0;
	statement = statement_of(&hooked);
	if (!statement || statement->phase == WIRE_PHASE_NONE ||
	    completes_again(&hooked, statement->phase) || !fires(&hooked, WIRE_COMPLETED))
		return 0;
	/* What follows in the same message has them. */
	tell_changes(&hooked, &statement->users_changed, &statement->application);
	emit_done(&hooked, statement, WIRE_COMPLETED, in_pipeline ? WIRE_IN_PIPELINE : 0,
		  of_statement ? completed_rows(&hooked, PT_REGS_PARM1(ctx)) : 0, 0);
	statement->phase = WIRE_PHASE_DONE;
	if (in_pipeline)
		return 0;
	statement->phase = WIRE_PHASE_BETWEEN;
	statement->ran_ns = 0;
	statement->query_id = 0;
	return 0;
}

/* void EndCommand(const QueryCompletion *qc, CommandDest dest, …) */
SEC("uprobe")
int on_completion(struct pt_regs *ctx)
{
	return complete(ctx, WIRE_ON_COMPLETION);
}

/* void EndReplicationCommand(const char *commandTag) */
SEC("uprobe")
int on_replication_done(struct pt_regs *ctx)
{
	return complete(ctx, WIRE_ON_REPLICATION_DONE);
}

/* void EmitErrorReport(void) */
SEC("uprobe")
int on_error(struct pt_regs *ctx)
{
	struct reported_error error = {};
	struct hooked hooked = {};
	struct wire_statement *statement;
	int of_statement;

	if (!look_at(ctx, WIRE_ON_ERROR, &hooked) || !is_error(&hooked, &error))
		return 0;
	statement = statement_of(&hooked);
	of_statement = statement &&
		       is_of_statement(statement->phase, &statement->run, error.wire.sqlstate);
	if (statement && !of_statement && is_to_complete(statement->phase, &statement->run))
		end_before_next(&hooked, statement);
	tell_error(&hooked, &error, statement != 0, !of_statement || statement->recorded,
		   of_statement ? WIRE_OF_STATEMENT : 0);
	if (!of_statement || !fires(&hooked, WIRE_FAILED))
		return 0;
	emit_done(&hooked, statement, WIRE_FAILED, 0, 0, error.wire.sqlstate);
	statement->phase = WIRE_PHASE_NONE;
	return 0;
}

/* The thread ends: enum wire_end_flags of it. Forgets its statement. */
static __always_inline __u32 end_with_thread(__u64 pid_tgid, int exit_code)
{
	__u32 tid = (__u32)pid_tgid;
	struct wire_statement *statement = bpf_map_lookup_elem(&statements, &tid);
	int running = 0;

	if (statement && statement->pid_tgid == pid_tgid)
		running = statement->phase == WIRE_PHASE_RUNNING ||
			  (statement->phase == WIRE_PHASE_PREPARING && statement->walsender);
	bpf_map_delete_elem(&statements, &tid);
	return end_flags(exit_code, running);
}

#endif
