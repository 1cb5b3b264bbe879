/*
 * What a process says of itself: its title in the process list, its client's application_name, and
 * the roles that it takes.
 */
#ifndef PGREC_BPF_NAMES_H
#define PGREC_BPF_NAMES_H

/* The flag of the thread that its users have changed; 0 where nothing is remembered of it. */
static __always_inline __u8 *users_changed_of(const struct hooked *hooked)
{
	struct wire_slow_statement *slow;
	struct wire_statement *statement;

	if (tells_slow) {
		slow = slow_statement_of(hooked);
		return slow ? &slow->users_changed : 0;
	}
	statement = statement_of(hooked);
	return statement ? &statement->users_changed : 0;
}

/* void init_ps_display(const char *fixed_part): without one, as the type of the process says. */
SEC("uprobe")
int on_title(struct pt_regs *ctx)
{
	const char *name = (const char *)PT_REGS_PARM1(ctx);
	struct hooked hooked = {};

	if (!look_at(ctx, WIRE_ON_TITLE, &hooked))
		return 0;
	tell_name(&hooked, name, WIRE_TITLE,
		  hooked.server->client && client_of(&hooked) ? WIRE_HAS_CLIENT : 0);
	return 0;
}

/*
 * void pgstat_report_appname(const char *appname): every process that can run something calls it
 * when it knows its database, and some never report anything else.
 */
SEC("uprobe")
int on_application(struct pt_regs *ctx)
{
	const char *name = (const char *)PT_REGS_PARM1(ctx);
	struct hooked hooked = {};

	if (!name || !look_at(ctx, WIRE_ON_APPLICATION, &hooked))
		return 0;
	tell_name(&hooked, name, WIRE_APPLICATION, 0);
	if (hooked.wanted && !client_of(&hooked) && !users_changed_of(&hooked))
		tell_identity(&hooked);
	return 0;
}

/*
 * The roles take effect behind this: who the process works as is told with the next report. Behind
 * `extra` stands the OID of the role; of "none" there is none (role_auth_extra of variable.c).
 */
static __always_inline int tell_role(struct pt_regs *ctx, __u32 hook)
{
	const char *name = (const char *)PT_REGS_PARM1(ctx);
	__u64 extra = PT_REGS_PARM2(ctx);
	struct hooked hooked = {};
	struct wire_record *record;
	struct wire_role *role;
	__u8 *changed;
	__u32 oid;

	if (!extra || !look_at(ctx, hook, &hooked))
		return 0;
	changed = users_changed_of(&hooked);
	if (changed)
		*changed = 1;
	oid = (__u32)read_u64(extra);
	if (!oid || !name || !fires(&hooked, WIRE_ROLE))
		return 0;
	record = reserve_record(hooked.counts, hooked.sp, hooked.pid_tgid, WIRE_ROLE, 0,
				sizeof(*record) + sizeof(*role));
	if (!record)
		return 0;
	role = (void *)(record + 1);
	role->role = oid;
	read_name(role->name, WIRE_IDENTIFIER_BYTES, (__u64)name);
	submit_record(record);
	return 0;
}

/* void assign_role(const char *newval, void *extra) */
SEC("uprobe")
int on_role(struct pt_regs *ctx)
{
	return tell_role(ctx, WIRE_ON_ROLE);
}

/* void assign_session_authorization(const char *newval, void *extra) */
SEC("uprobe")
int on_session_user(struct pt_regs *ctx)
{
	return tell_role(ctx, WIRE_ON_SESSION_USER);
}

#endif
