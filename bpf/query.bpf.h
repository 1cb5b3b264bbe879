/*
 * The query hooks: from what the server reports of its activity, when a statement runs, completes
 * and fails, to the few events of an execution. What they need of the server is in `servers`.
 *
 *                 simple protocol         extended protocol           event
 *   on_activity   the message             Parse, Bind, Execute        BEGIN, of the first of these
 *   on_run        each of its statements  Execute
 *   on_completion each of its statements  Execute                     COMPLETED
 *   on_error      (an ERROR that nothing caught)                      FAILED
 *   on_activity   idle                    Sync                        IDLE
 *
 * The text of a BEGIN is sent before it, where the recorder has not got it yet.
 */
#ifndef PGREC_BPF_QUERY_H
#define PGREC_BPF_QUERY_H

const volatile __u32 tells_slow; /* the programs of slow.bpf.h are in use; set before loading */

/* By the cookies of the hooks; set by the recorder. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, WIRE_SERVERS);
	__type(key, __u32);
	__type(value, struct wire_server);
} servers SEC(".maps");

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

/* A hook that fired. */
struct hooked {
	struct wire_counts *counts;
	const struct wire_server *server;
	__u64 pid_tgid;
	__u64 sp;
	__u64 base; /* where the server's file is loaded: to be added to the addresses of `server`
		     */
	int wanted; /* its process is to be recorded */
};

/* False where the hit is not to be looked at. */
static __always_inline int look_at(struct pt_regs *ctx, __u32 hook, struct hooked *hooked)
{
	__u32 probe = activity_probe, which = (__u32)bpf_get_attach_cookie(ctx);

	if (!recording)
		return 0;
	hooked->counts = bpf_map_lookup_elem(&counters, &probe);
	hooked->server = bpf_map_lookup_elem(&servers, &which);
	if (!hooked->counts || !hooked->server)
		return 0;
	hooked->sp = PT_REGS_SP(ctx);
	hooked->base = PT_REGS_IP(ctx) - hooked->server->hooks[hook];
	hooked->wanted = is_wanted(&hooked->pid_tgid);
	return 1;
}

/* Counts an event of a kind, and says whether it is to be recorded. */
static __always_inline int fires(const struct hooked *hooked, __u32 kind)
{
	count(&hooked->counts->fired[kind]);
	if (hooked->wanted)
		return 1;
	count(&hooked->counts->foreign[kind]);
	return 0;
}

/* What is remembered of the thread; 0 where it was not seen yet, or is not to be recorded. */
static __always_inline struct wire_statement *statement_of(const struct hooked *hooked)
{
	__u32 tid = (__u32)hooked->pid_tgid;
	struct wire_statement *statement;

	if (!hooked->wanted)
		return 0;
	statement = bpf_map_lookup_elem(&statements, &tid);
	return statement && statement->pid_tgid == hooked->pid_tgid ? statement : 0;
}

static __always_inline struct wire_statement *new_statement(__u64 pid_tgid)
{
	__u32 tid = (__u32)pid_tgid, only = 0;
	struct wire_statement *statement = bpf_map_lookup_elem(&fresh_statement, &only);

	if (!statement || bpf_map_update_elem(&statements, &tid, statement, BPF_ANY))
		return 0;
	statement = bpf_map_lookup_elem(&statements, &tid);
	if (statement)
		statement->pid_tgid = pid_tgid;
	return statement;
}

static __always_inline __u64 read_u64(__u64 address)
{
	__u64 value = 0;

	bpf_probe_read_user(&value, sizeof(value), (void *)address);
	return value;
}

/*
 * Reads the server's counters into `usage`, which is WIRE_USAGE_WORDS long. BufferUsage of
 * include/executor/instrument.h begins with ten counters: shared hit, read, dirtied and written,
 * the same of local blocks, temp read and written; WalUsage with three. They are read where they
 * are to be, in two reads and without a copy on the stack: the local ones, which nobody asks for,
 * make room. Returns 0 on success.
 */
static __always_inline long read_usage(const struct hooked *hooked, __u64 *usage)
{
	const __u32 buffers = WIRE_USAGE_WORDS * sizeof(*usage);
	const __u32 wal = (WIRE_USAGES - WIRE_WAL_RECORDS) * sizeof(*usage);
	long failed = 0;

	if (hooked->server->buffer_usage)
		failed = bpf_probe_read_user(usage, buffers,
					     (void *)(hooked->base + hooked->server->buffer_usage));
	else
		__builtin_memset(usage, 0, buffers);
	usage[WIRE_TEMP_READ] = usage[8];
	usage[WIRE_TEMP_WRITTEN] = usage[9];
	if (hooked->server->wal_usage)
		failed |= bpf_probe_read_user(usage + WIRE_WAL_RECORDS, wal,
					      (void *)(hooked->base + hooked->server->wal_usage));
	else
		__builtin_memset(usage + WIRE_WAL_RECORDS, 0, wal);
	return failed;
}

/* What the counters have now and `before` had not; all 0 where nothing `ran`, or they cannot be
 * read. */
static __always_inline void read_usage_since(const struct hooked *hooked, const __u64 *before,
					     int ran, __u64 *usage)
{
	int i;

	if (!ran || read_usage(hooked, usage)) {
		__builtin_memset(usage, 0, WIRE_USAGE_WORDS * sizeof(*usage));
		return;
	}
	for (i = 0; i < WIRE_USAGES; i++)
		usage[i] -= before[i];
	usage[WIRE_USAGES] = 0;
}

static __always_inline void begin_to_run(const struct hooked *hooked,
					 struct wire_statement *statement)
{
	statement->phase = WIRE_PHASE_RUNNING;
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
	__u32 kind = statement->fastpath ? WIRE_COMPLETED : WIRE_SUSPENDED;

	if (statement->phase != WIRE_PHASE_RUNNING || !statement->has_client)
		return;
	/* Where errors are not told apart, it may have been one. */
	if (!hooked->server->errors)
		return;
	count(&hooked->counts->fired[kind]);
	emit_done(hooked, statement, kind, 0, 0, 0);
}

static __always_inline void report_idle(struct hooked *hooked, struct wire_statement *statement,
					__u32 state)
{
	__u32 probe = activity_probe, open = hooked->server->in_transaction, flags = 0;

	if (statement)
		end_unsaid(hooked, statement);
	if (!fires(hooked, WIRE_IDLE))
		return;
	if (!statement)
		statement = new_statement(hooked->pid_tgid);
	if (statement)
		statement->phase = WIRE_PHASE_NONE;
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
		/* The extended protocol reports one query for Parse, Bind and Execute. */
		if (statement && statement->phase == WIRE_PHASE_PREPARING && query.key &&
		    statement->key == query.key && statement->has_client)
			return;
	}
	if (statement)
		end_unsaid(hooked, statement);
	if (!fires(hooked, WIRE_BEGIN))
		return;
	if (!statement)
		statement = new_statement(hooked->pid_tgid);
	if (!statement) {
		count_lost(hooked->counts, WIRE_LOSS_MAP_FULL, WIRE_BEGIN);
		return;
	}
	client = hooked->server->client ? read_u64(hooked->base + hooked->server->client) : 1;
	statement->key = query.key;
	statement->ran_ns = 0;
	statement->query_id = 0;
	statement->has_client = client != 0;
	statement->fastpath = !text;
	statement->phase = WIRE_PHASE_PREPARING;
	statement->recorded =
		!keeps_threads() || filter_activity(hooked->sp, hooked->pid_tgid, WIRE_BEGIN);
	if (!text)
		begin_to_run(hooked, statement);
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

/*
 * void pgstat_report_activity(BackendState state, const char *cmd_str): a text means that the
 * server begins to run it, none that it runs nothing, but for a fast-path call.
 */
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
	if (text || (state == hooked.server->fastpath && hooked.server->fastpath))
		report_query(&hooked, statement, text);
	else
		report_idle(&hooked, statement, state);
	return 0;
}

/*
 * That of the first of the portal's plans: List of include/nodes/pg_list.h, PlannedStmt of
 * include/nodes/plannodes.h.
 */
static __always_inline __u64 query_id_of(const struct hooked *hooked, __u64 portal)
{
	__u64 plans, plan;

	if (!hooked->server->statements_at)
		return 0;
	plans = read_u64(portal + hooked->server->statements_at);
	plan = read_u64(read_u64(plans + 16));
	return read_u64(plan + 8);
}

/* bool PortalRun(Portal portal, …): a statement runs; within another, it is what EXECUTE runs. */
SEC("uprobe")
int on_run(struct pt_regs *ctx)
{
	struct hooked hooked = {};
	struct wire_statement *statement;
	__u64 query_id;

	if (!look_at(ctx, WIRE_ON_RUN, &hooked))
		return 0;
	statement = statement_of(&hooked);
	if (!statement || statement->phase == WIRE_PHASE_NONE)
		return 0;
	query_id = query_id_of(&hooked, PT_REGS_PARM1(ctx));
	if (statement->phase == WIRE_PHASE_RUNNING) {
		if (query_id)
			statement->query_id = query_id;
		return 0;
	}
	statement->query_id = query_id;
	begin_to_run(&hooked, statement);
	return 0;
}

#define DEST_REMOTE_EXECUTE 3 /* of CommandDest: the Execute message of the extended protocol */

static __always_inline int complete(struct pt_regs *ctx, __u32 hook, __u64 rows, int in_pipeline)
{
	struct hooked hooked = {};
	struct wire_statement *statement;

	if (!look_at(ctx, hook, &hooked))
		return 0;
	statement = statement_of(&hooked);
	if (!statement || statement->phase == WIRE_PHASE_NONE || !fires(&hooked, WIRE_COMPLETED))
		return 0;
	emit_done(&hooked, statement, WIRE_COMPLETED, in_pipeline ? WIRE_IN_PIPELINE : 0, rows, 0);
	statement->phase = WIRE_PHASE_DONE;
	if (in_pipeline)
		return 0;
	statement->phase = WIRE_PHASE_BETWEEN;
	statement->ran_ns = 0;
	statement->query_id = 0;
	return 0;
}

/*
 * void EndCommand(const QueryCompletion *qc, CommandDest dest, …). QueryCompletion of
 * include/tcop/cmdtag.h has the number of rows behind the tag.
 */
SEC("uprobe")
int on_completion(struct pt_regs *ctx)
{
	return complete(ctx, WIRE_ON_COMPLETION, read_u64(PT_REGS_PARM1(ctx) + 8),
			(__u32)PT_REGS_PARM2(ctx) == DEST_REMOTE_EXECUTE);
}

/* void EndReplicationCommand(const char *commandTag) */
SEC("uprobe")
int on_replication_done(struct pt_regs *ctx)
{
	return complete(ctx, WIRE_ON_REPLICATION_DONE, 0, 1);
}

/* Whether what is reported is an error that ends what its process was doing; then its code. */
static __always_inline int is_end_by_error(const struct hooked *hooked, __u32 *sqlstate)
{
	const struct wire_server *server = hooked->server;
	__s32 depth = -1;
	__u32 level = 0;
	__u64 error;

	if (!server->errors)
		return 0;
	bpf_probe_read_user(&depth, sizeof(depth), (void *)(hooked->base + server->error_depth));
	if (depth < 0)
		return 0;
	error = hooked->base + server->errors + (__u64)depth * server->error_bytes;
	bpf_probe_read_user(&level, sizeof(level), (void *)error);
	if (level < server->least_error)
		return 0;
	bpf_probe_read_user(sqlstate, sizeof(*sqlstate), (void *)(error + server->sqlstate_at));
	return 1;
}

/*
 * void EmitErrorReport(void): the innermost of the errors that are being handled is reported. One
 * of at least ERROR is the end of what its process was doing: what was caught is not reported.
 */
SEC("uprobe")
int on_error(struct pt_regs *ctx)
{
	struct hooked hooked = {};
	struct wire_statement *statement;
	__u32 sqlstate = 0;

	if (!look_at(ctx, WIRE_ON_ERROR, &hooked))
		return 0;
	statement = statement_of(&hooked);
	if (!statement || statement->phase == WIRE_PHASE_NONE ||
	    !is_end_by_error(&hooked, &sqlstate))
		return 0;
	if (!fires(&hooked, WIRE_FAILED))
		return 0;
	emit_done(&hooked, statement, WIRE_FAILED, 0, 0, sqlstate);
	statement->phase = WIRE_PHASE_DONE;
	return 0;
}

/* What a process says of itself, and how long that is at most. */
static __always_inline int tell_name(struct pt_regs *ctx, __u32 hook, __u32 kind)
{
	const char *name = (const char *)PT_REGS_PARM1(ctx);
	struct hooked hooked = {};
	struct wire_record *record;
	long got;

	/* Where only slow statements are told, nothing else tells who looks that there is a
	 * process. */
	if ((!name && !tells_slow) || !look_at(ctx, hook, &hooked) || !fires(&hooked, kind))
		return 0;
	record = reserve_record(hooked.counts, hooked.sp, hooked.pid_tgid, kind, 0,
				sizeof(*record) + WIRE_TEXT_FIRST_BYTES);
	if (!record)
		return 0;
	got = bpf_probe_read_user_str(record + 1, WIRE_TEXT_FIRST_BYTES, name);
	record->bytes = got > 0 ? got - 1 : 0;
	submit_record(record);
	return 0;
}

/* void init_ps_display(const char *fixed_part) */
SEC("uprobe")
int on_title(struct pt_regs *ctx)
{
	return tell_name(ctx, WIRE_ON_TITLE, WIRE_TITLE);
}

/* void pgstat_report_appname(const char *appname) */
SEC("uprobe")
int on_application(struct pt_regs *ctx)
{
	return tell_name(ctx, WIRE_ON_APPLICATION, WIRE_APPLICATION);
}

#endif
