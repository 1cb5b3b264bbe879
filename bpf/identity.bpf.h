/*
 * Who a process is: told once, when it first reports something, and as whom it works from then on:
 * told when that has changed and something ends or begins. A statement costs the look at a flag.
 */
#ifndef PGREC_BPF_IDENTITY_H
#define PGREC_BPF_IDENTITY_H

/* Hands on the name, as far as it fits. */
static __always_inline void tell_name(const struct hooked *hooked, const char *name, __u32 kind,
				      __u32 flags)
{
	struct wire_record *record;
	long got;

	if (!fires(hooked, kind))
		return;
	record = reserve_record(hooked->counts, hooked->sp, hooked->pid_tgid, kind, flags,
				sizeof(*record) + WIRE_TEXT_FIRST_BYTES);
	if (!record)
		return;
	got = bpf_probe_read_user_str(record + 1, WIRE_TEXT_FIRST_BYTES, name);
	record->bytes = got > 0 ? got - 1 : 0;
	submit_record(record);
}

/* What the variable at an address of the server's file holds; 0 where that is not known. */
static __always_inline __u32 variable(const struct hooked *hooked, __u64 address)
{
	__u32 value = 0;

	if (address)
		bpf_probe_read_user(&value, sizeof(value), (void *)(hooked->base + address));
	return value;
}

static __always_inline void read_users(const struct hooked *hooked, struct wire_users *users)
{
	users->session_user = variable(hooked, hooked->server->session_user);
	users->user = variable(hooked, hooked->server->user);
}

static __always_inline void read_name(char *name, __u32 bytes, __u64 address)
{
	if (!address || bpf_probe_read_user_str(name, bytes, (void *)address) < 0)
		name[0] = 0;
}

/* Functions of their own, so that the programs have no more on their stacks for what is rare. */
static __attribute__((noinline)) int tell_identity(const struct hooked *hooked)
{
	const struct wire_server *server = hooked->server;
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	__u64 port = server->client ? read_u64(hooked->base + server->client) : 0;
	struct wire_identity *identity;
	struct wire_record *record;
	__u64 worker = 0;

	count(&hooked->counts->fired[WIRE_IDENTITY]);
	record = reserve_record(hooked->counts, hooked->sp, hooked->pid_tgid, WIRE_IDENTITY, 0,
				sizeof(*record) + sizeof(*identity));
	if (!record)
		return 0;
	identity = (void *)(record + 1);
	identity->major = server->major;
	identity->backend_type = variable(hooked, server->backend_type);
	identity->database = variable(hooked, server->database);
	identity->login = variable(hooked, server->login);
	read_users(hooked, &identity->users);
	identity->has_client = port != 0;
	if (!port && server->worker)
		worker = read_u64(hooked->base + server->worker);
	read_name(identity->user_name, WIRE_IDENTIFIER_BYTES,
		  port && server->user_name_at ? read_u64(port + server->user_name_at) : 0);
	read_name(identity->database_name, WIRE_IDENTIFIER_BYTES,
		  port && server->database_name_at ? read_u64(port + server->database_name_at) : 0);
	read_name(identity->application, WIRE_IDENTIFIER_BYTES,
		  server->application ? read_u64(hooked->base + server->application) : 0);
	read_name(identity->worker_name, WIRE_WORKER_BYTES, worker);
	read_name(identity->worker_type, WIRE_WORKER_BYTES,
		  worker ? worker + WIRE_WORKER_BYTES : 0);
	read_name(identity->title, WIRE_TITLE_BYTES, BPF_CORE_READ(task, mm, arg_start));
	submit_record(record);
	return 0;
}

static __attribute__((noinline)) int tell_users(const struct hooked *hooked)
{
	struct wire_record *record;

	count(&hooked->counts->fired[WIRE_USERS]);
	record = reserve_record(hooked->counts, hooked->sp, hooked->pid_tgid, WIRE_USERS, 0,
				sizeof(*record) + sizeof(struct wire_users));
	if (!record)
		return 0;
	read_users(hooked, (void *)(record + 1));
	submit_record(record);
	return 0;
}

static __attribute__((noinline)) int tell_application(const struct hooked *hooked, __u64 name)
{
	tell_name(hooked, (const char *)name, WIRE_APPLICATION, 0);
	return 0;
}

/*
 * Both are of what is remembered of the thread: whether its users have changed, and where the name
 * of its application was last. A setting that changes has its value elsewhere.
 */
static __always_inline void tell_changes(const struct hooked *hooked, __u8 *users_changed,
					 __u64 *application)
{
	__u64 name;

	if (*users_changed) {
		*users_changed = 0;
		tell_users(hooked);
	}
	if (!hooked->server->application_unseen)
		return;
	name = read_u64(hooked->base + hooked->server->application);
	if (!name || name == *application)
		return;
	*application = name;
	tell_application(hooked, name);
}

#endif
