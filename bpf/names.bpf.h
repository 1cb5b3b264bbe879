/* What a process says of itself: its title in the process list, and its client's application_name.
 */
#ifndef PGREC_BPF_NAMES_H
#define PGREC_BPF_NAMES_H

/* Hands on the name, as far as it fits. */
static __always_inline void tell(const struct hooked *hooked, const char *name, __u32 kind)
{
	struct wire_record *record;
	long got;

	if (!fires(hooked, kind))
		return;
	record = reserve_record(hooked->counts, hooked->sp, hooked->pid_tgid, kind, 0,
				sizeof(*record) + WIRE_TEXT_FIRST_BYTES);
	if (!record)
		return;
	got = bpf_probe_read_user_str(record + 1, WIRE_TEXT_FIRST_BYTES, name);
	record->bytes = got > 0 ? got - 1 : 0;
	submit_record(record);
}

static __always_inline int tell_name(struct pt_regs *ctx, __u32 hook, __u32 kind)
{
	const char *name = (const char *)PT_REGS_PARM1(ctx);
	struct hooked hooked = {};

	/* In a slow-query log only this tells that a number belongs to a new process. */
	if ((name || tells_slow) && look_at(ctx, hook, &hooked))
		tell(&hooked, name, kind);
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
