/*
 * What the query hooks need of the server whose functions they are on, whichever programs ask: its
 * memory, where it keeps things, and the statement that a thread of it runs.
 */
#ifndef PGREC_BPF_SERVER_H
#define PGREC_BPF_SERVER_H

const volatile __u32 tells_slow; /* the programs of slow.bpf.h are in use; set before loading */

/* By the cookies of the hooks; set by the recorder. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, WIRE_SERVERS);
	__type(key, __u32);
	__type(value, struct wire_server);
} servers SEC(".maps");

/* A hook that fired. */
struct hooked {
	struct wire_counts *counts;
	const struct wire_server *server;
	__u64 pid_tgid;
	__u64 sp;
	__u64 base; /* where the server's file is loaded: add it to the addresses of `server` */
	int wanted; /* its process is to be recorded */
};

/* False where the hit is not to be looked at. */
static __always_inline int look_at(struct pt_regs *ctx, __u32 hook, struct hooked *hooked)
{
	__u32 probe = hooks_probe, which = (__u32)bpf_get_attach_cookie(ctx);

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

/* The element of the thread in a map by thread id; 0 where there is none, or its process is not
 * wanted. */
static __always_inline void *of_thread(void *map, const struct hooked *hooked)
{
	__u32 tid = (__u32)hooked->pid_tgid;

	return hooked->wanted ? bpf_map_lookup_elem(map, &tid) : 0;
}

/* A new element of the thread, as the only one of `fresh` is; 0 where there is no room. */
static __always_inline void *new_of_thread(void *map, void *fresh, __u64 pid_tgid)
{
	__u32 tid = (__u32)pid_tgid, only = 0;
	void *element = bpf_map_lookup_elem(fresh, &only);

	if (!element || bpf_map_update_elem(map, &tid, element, BPF_ANY))
		return 0;
	return bpf_map_lookup_elem(map, &tid);
}

static __always_inline __u64 read_u64(__u64 address)
{
	__u64 value = 0;

	bpf_probe_read_user(&value, sizeof(value), (void *)address);
	return value;
}

/* The client that the process serves; 0: none. Where that is not known it is taken to have one. */
static __always_inline __u64 client_of(const struct hooked *hooked)
{
	return hooked->server->client ? read_u64(hooked->base + hooked->server->client) : 1;
}

/*
 * Whether pgstat_report_activity(BackendState state, const char *cmd_str) reports a query: while it
 * runs with a text, or is a fast-path call. A background worker may give its last text when it is
 * idle. Of BackendState, STATE_IDLE and STATE_RUNNING stand before STATE_IDLEINTRANSACTION.
 */
static __always_inline int reports_query(const struct hooked *hooked, __u32 state, __u64 text)
{
	const struct wire_server *server = hooked->server;

	if (!server->in_transaction)
		return text != 0;
	return (text && state == server->in_transaction - 1) || state == server->fastpath;
}

/* Whether a report that is none of a query says that no transaction is open. */
static __always_inline int is_idle_outside(const struct hooked *hooked, __u32 state)
{
	__u32 open = hooked->server->in_transaction;

	return open && state == open - 2;
}

/*
 * Whether a text that is reported lies in a Parse message, behind the statement's name and its NUL.
 * Others are at the beginning of a message or of memory of their own, which is aligned and has 0
 * before it.
 */
static __always_inline int is_in_parse(__u64 text)
{
	__u8 before[2] = {};

	if (text % sizeof(__u64))
		return 1;
	bpf_probe_read_user(before, sizeof(before), (void *)(text - sizeof(before)));
	return before[0] && !before[1];
}

static __always_inline __u32 times_slept(void)
{
	return (__u32)bpf_get_current_task_btf()->nvcsw;
}

#define BUFFER_USAGE_WORDS 10

PGREC_ASSERT(WIRE_USAGE_WORDS >= BUFFER_USAGE_WORDS && WIRE_USAGE_WORDS == WIRE_USAGES + 1);
PGREC_ASSERT(WIRE_SHARED_HIT == 0 && WIRE_SHARED_WRITTEN == 3 && WIRE_TEMP_WRITTEN < 8);

/*
 * Reads the server's counters into `usage`, which is WIRE_USAGE_WORDS long. BufferUsage of
 * include/executor/instrument.h begins with ten counters: shared hit, read, dirtied and written,
 * the same of local blocks, temp read and written; WalUsage with three. They are read where they
 * are to be, in two reads and without a copy on the stack: the local ones, which nobody asks for,
 * make room. Returns 0 on success.
 */
static __always_inline long read_usage(const struct hooked *hooked, __u64 *usage)
{
	const __u32 buffers = BUFFER_USAGE_WORDS * sizeof(*usage);
	const __u32 wal = (WIRE_WAL_BYTES + 1 - WIRE_WAL_RECORDS) * sizeof(*usage);
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

/*
 * bool PortalRun(Portal portal, …) begins: whether a statement in `phase` begins to run by that.
 * If it ran already, the portal is what an EXECUTE runs, its own or one inside it. An EXECUTE
 * has no query id where pg_stat_statements counts it as what it executes; then that has it.
 */
static __always_inline int begins_to_run(struct pt_regs *ctx, const struct hooked *hooked,
					 __u32 phase, __u64 *query_id)
{
	__u64 of_portal = query_id_of(hooked, PT_REGS_PARM1(ctx));

	if (phase != WIRE_PHASE_RUNNING || !*query_id)
		*query_id = of_portal;
	return phase != WIRE_PHASE_RUNNING;
}

/* Whether the server does not count the rows that such a statement returns: EXPLAIN has lines. */
static __always_inline int is_uncounted(const struct hooked *hooked, __u32 tag)
{
	const struct wire_server *server = hooked->server;

	return tag && (tag == server->uncounted[0] || tag == server->uncounted[1] ||
		       tag == server->uncounted[2]);
}

#define FETCH_ALL	 (~0ULL >> 1) /* of include/nodes/parsenodes.h */
#define TAG_BEFORE_PLANS 24	      /* bytes: commandTag, qc and stmts of a PortalData */

/*
 * How many rows PortalRun(Portal portal, long count, …) gives at most; 0 where there is no limit,
 * or they are not counted. A portal that gives fewer has come to its end: so a statement that is
 * suspended has given as many (PortalRunSelect() of tcop/pquery.c).
 */
static __always_inline __u64 limit_of(struct pt_regs *ctx, const struct hooked *hooked)
{
	__u64 count = PT_REGS_PARM2(ctx), at = hooked->server->statements_at;

	if (count - 1 >= FETCH_ALL - 1)
		return 0;
	if (at && is_uncounted(hooked, (__u32)read_u64(PT_REGS_PARM1(ctx) + at - TAG_BEFORE_PLANS)))
		return 0;
	return count;
}

#define DEST_REMOTE_EXECUTE 3 /* of CommandDest: the Execute message of the extended protocol */

/* QueryCompletion of include/tcop/cmdtag.h. */
struct query_completion {
	__u32 tag;
	__u32 padding;
	__u64 rows;
};

/* The rows of EndCommand(const QueryCompletion *qc, CommandDest dest, …), or of PortalRun. */
static __always_inline __u64 completed_rows(const struct hooked *hooked, __u64 qc)
{
	struct query_completion completion = {};

	bpf_probe_read_user(&completion, sizeof(completion), (void *)qc);
	return is_uncounted(hooked, completion.tag) ? 0 : completion.rows;
}

/*
 * PortalRun(Portal portal, long count, bool isTopLevel, bool run_once, DestReceiver *dest,
 * DestReceiver *altdest, QueryCompletion *qc) begins, the outermost; 18 has no run_once.
 */
static __always_inline void enter_run(struct pt_regs *ctx, const struct hooked *hooked,
				      struct wire_run *run)
{
	run->end = WIRE_RUN_UNSEEN;
	if (!hooked->server->hooks[WIRE_ON_RUN_END])
		return;
	run->sp = hooked->sp;
	run->base = hooked->base;
	run->completion =
		hooked->server->major >= 18 ? ctx->r9 : read_u64(hooked->sp + sizeof(__u64));
}

/*
 * One has returned, by `ctx`: whether it was this one, which then is over. A return fires where the
 * caller goes on, which says nothing of where the file is loaded.
 */
static __always_inline int leave_run(struct pt_regs *ctx, struct hooked *hooked,
				     struct wire_run *run)
{
	if (!run->sp || run->sp + sizeof(__u64) != hooked->sp)
		return 0;
	run->sp = 0;
	hooked->base = run->base;
	run->end = (__u8)PT_REGS_RC(ctx) ? WIRE_RUN_WHOLE : WIRE_RUN_PART;
	return 1;
}

/* Whether a statement in `phase` has completed, and that is yet to be told. */
static __always_inline int is_to_complete(__u32 phase, const struct wire_run *run)
{
	return phase == WIRE_PHASE_RUNNING && run->end == WIRE_RUN_WHOLE;
}

/* Whether a run that said nothing of its end has more to come. */
static __always_inline int is_in_part(const struct hooked *hooked, const struct wire_run *run)
{
	const struct wire_server *server = hooked->server;

	if (server->hooks[WIRE_ON_RUN_END])
		return run->end == WIRE_RUN_PART;
	return server->hooks[WIRE_ON_COMPLETION] != 0;
}

/*
 * Whether a statement in `phase` completes again, of which only the first time counts. A walsender
 * ends START_REPLICATION twice ("dupe, but necessary", exec_replication_command() of
 * replication/walsender.c). Behind a statement of a text another one runs before it completes.
 */
static __always_inline int completes_again(const struct hooked *hooked, __u32 phase)
{
	return phase == WIRE_PHASE_DONE ||
	       (phase == WIRE_PHASE_BETWEEN && hooked->server->hooks[WIRE_ON_RUN]);
}

/*
 * Whether a report of a walsender without a text says nothing of the message that came. In
 * PostgreSQL 13 it reports each so before it has a text, and SQL to be none of its commands.
 */
static __always_inline int is_before_text(__u32 phase, __u32 walsender, __u64 text)
{
	return !text && phase == WIRE_PHASE_PREPARING && walsender == WIRE_TO_WALSENDER;
}

static __always_inline int completes_in_pipeline(struct pt_regs *ctx)
{
	return (__u32)PT_REGS_PARM2(ctx) == DEST_REMOTE_EXECUTE;
}

/* enum wire_end_flags of a thread that ends with `exit_code`, `running` as in the first of them. */
static __always_inline __u32 end_flags(int exit_code, int running)
{
	__u32 flags = running ? WIRE_END_RUNNING : 0;

	if (exit_code)
		flags |= WIRE_END_FAILED;
	if (exit_code && exit_code != 1 << 8)
		flags |= WIRE_END_CRASHED;
	return flags;
}

#endif
