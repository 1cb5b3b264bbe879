/*
 * USDT probes: what the arguments are at the site that was reached, and how they get to the
 * recorder. A probe without arguments is a slot of the event ring; one with them a record of the
 * record ring.
 */
#ifndef PGREC_BPF_USDT_H
#define PGREC_BPF_USDT_H

static __always_inline __u64 register_at(struct pt_regs *ctx, __u16 offset)
{
	__u64 content = 0;

	if (offset <= sizeof(*ctx) - sizeof(content))
		bpf_probe_read_kernel(&content, sizeof(content), (void *)ctx + offset);
	return content;
}

/* Keeps the low `bytes` of it, and gives them its sign. */
static __always_inline __u64 cut_to(__u64 content, __u8 bytes, __u8 is_signed)
{
	__u32 shift = bytes < sizeof(content) ? 8 * (sizeof(content) - bytes) : 0;

	content <<= shift & 63;
	return is_signed ? (__u64)((__s64)content >> (shift & 63)) : content >> (shift & 63);
}

/* Puts the argument into `content`. False where it is not in memory. */
static __always_inline int read_argument(struct pt_regs *ctx, const struct wire_argument *argument,
					 __u64 *content)
{
	__u64 from = argument->value, found = 0;
	long failed;

	*content = 0;
	if (argument->operand == WIRE_CONSTANT) {
		*content = from;
		return 1;
	}
	if (argument->operand == WIRE_REGISTER) {
		*content = cut_to(register_at(ctx, argument->base), argument->bytes,
				  argument->is_signed);
		return 1;
	}
	from += register_at(ctx, argument->base);
	from += register_at(ctx, argument->index) << (argument->shift & 3);
	switch (argument->bytes) {
	case 1:
		failed = bpf_probe_read_user(&found, 1, (void *)from);
		break;
	case 2:
		failed = bpf_probe_read_user(&found, 2, (void *)from);
		break;
	case 4:
		failed = bpf_probe_read_user(&found, 4, (void *)from);
		break;
	default:
		failed = bpf_probe_read_user(&found, 8, (void *)from);
	}
	if (failed)
		return 0;
	*content = cut_to(found, argument->bytes, argument->is_signed);
	return 1;
}

static __always_inline void emit_point(struct pt_regs *ctx, struct wire_counts *counts,
				       __u64 pid_tgid, const struct wire_site *site, __u32 flags)
{
	struct wire_record *record;
	struct wire_point *point;
	__u64 content;
	int i;

	if (!site->arguments) {
		emit(counts, 0, PT_REGS_SP(ctx), pid_tgid, site->probe, WIRE_POINT, flags);
		return;
	}
	record = reserve_record(counts, PT_REGS_SP(ctx), pid_tgid, WIRE_POINT, flags,
				sizeof(*record) + sizeof(*point));
	if (!record)
		return;
	point = (void *)(record + 1);
	point->probe = site->probe;
	point->unreadable = 0;
	point->name[0] = 0;
	for (i = 0; i < WIRE_ARGUMENTS && i < site->arguments; i++) {
		if (!read_argument(ctx, &site->argument[i], &content))
			point->unreadable |= 1 << i;
		point->argument[i] = content;
		if (i == 0 && site->has_name &&
		    bpf_probe_read_user_str(point->name, sizeof(point->name), (void *)content) <
			    0) {
			point->name[0] = 0;
			point->unreadable |= 1;
		}
	}
	submit_record(record);
}

#endif
