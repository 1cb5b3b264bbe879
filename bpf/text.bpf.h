/*
 * How the text of a query gets to the recorder: whole, in pieces, and once. A text is hashed where
 * the server has it; what was sent already is known by its hash, and only that is told again.
 *
 * The hash is SipHash-1-3 (Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012) with a
 * key of this recording's own, so that nobody can make two texts that pgrec takes for one.
 */
#ifndef PGREC_BPF_TEXT_H
#define PGREC_BPF_TEXT_H

const volatile __u32 text_limit = 64 << 10; /* bytes kept of a text; set before loading */
const volatile __u64 hash_key[2];	    /* set before loading */

/* What was sent before this changes is to be sent again: the recorder has forgotten it. */
volatile __u32 text_generation;

/* Texts that were sent, by their hashes: the generation in which. The kernel forgets some at will.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1);
	__type(key, __u64);
	__type(value, __u32);
} known_texts SEC(".maps");

/* Where the rest of a long text is read to, only to know how long it is. */
struct text_stride {
	char bytes[WIRE_TEXT_STRIDE_BYTES];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct text_stride);
} strides SEC(".maps");

/* A text that is being hashed. */
struct text_walk {
	__u64 from;  /* where its next block is */
	__u64 bytes; /* read so far */
	__u64 v[4];  /* SipHash's state */
	__u32 unreadable;
	__u32 padding;
};

#define ROTATED(x, bits) ((x) << (bits) | (x) >> (64 - (bits)))

static __always_inline void sip_round(__u64 *v0, __u64 *v1, __u64 *v2, __u64 *v3)
{
	*v0 += *v1;
	*v1 = ROTATED(*v1, 13) ^ *v0;
	*v0 = ROTATED(*v0, 32);
	*v2 += *v3;
	*v3 = ROTATED(*v3, 16) ^ *v2;
	*v0 += *v3;
	*v3 = ROTATED(*v3, 21) ^ *v0;
	*v2 += *v1;
	*v1 = ROTATED(*v1, 17) ^ *v2;
	*v2 = ROTATED(*v2, 32);
}

/*
 * Takes in the next block. Returns whether the text may go on. A function of its own, so that the
 * verifier looks at it once and not for each block.
 */
__attribute__((noinline)) int hash_block(struct text_walk *walk)
{
	__u64 words[WIRE_TEXT_BLOCK_BYTES / 8 + 1] = {};
	__u64 v0, v1, v2, v3;
	long got;
	int i;

	if (!walk)
		return 0;
	got = bpf_probe_read_user_str(words, WIRE_TEXT_BLOCK_BYTES + 1, (void *)walk->from);
	if (got <= 0) {
		walk->unreadable = 1;
		return 0;
	}
	v0 = walk->v[0];
	v1 = walk->v[1];
	v2 = walk->v[2];
	v3 = walk->v[3];
	for (i = 0; i < WIRE_TEXT_BLOCK_BYTES / 8 && i * 8 < got - 1; i++) {
		v3 ^= words[i];
		sip_round(&v0, &v1, &v2, &v3);
		v0 ^= words[i];
	}
	walk->v[0] = v0;
	walk->v[1] = v1;
	walk->v[2] = v2;
	walk->v[3] = v3;
	walk->bytes += got - 1;
	walk->from += WIRE_TEXT_BLOCK_BYTES;
	return got > WIRE_TEXT_BLOCK_BYTES;
}

/*
 * Takes in blocks until the text ends or as much as is kept was read, at most a turn of them.
 * Returns whether the text may go on. The loop over all blocks is two, each in a function that is
 * looked at once: the verifier walks every round of a loop, and 76 and 75 are fewer than 5,700.
 */
__attribute__((noinline)) int hash_blocks(struct text_walk *walk)
{
	int i, goes_on = 1;

	if (!walk)
		return 0;
	for (i = 0; i < WIRE_TEXT_TURN_BLOCKS && goes_on && walk->bytes < text_limit; i++)
		goes_on = hash_block(walk);
	return goes_on;
}

/* Counts what is left of a text, a turn of strides. Returns whether it may go on. */
__attribute__((noinline)) int measure_strides(struct text_walk *walk)
{
	__u32 only = 0;
	struct text_stride *stride = bpf_map_lookup_elem(&strides, &only);
	long got;
	int i;

	if (!walk || !stride)
		return 0;
	for (i = 0; i < WIRE_TEXT_TURN_STRIDES; i++) {
		got = bpf_probe_read_user_str(stride, sizeof(*stride), (void *)walk->from);
		if (got <= 0) {
			walk->unreadable = 1;
			return 0;
		}
		walk->bytes += got - 1;
		if (got < (long)sizeof(*stride))
			return 0;
		walk->from += sizeof(*stride) - 1;
	}
	return 1;
}

/* Counts what is left of a text; leaves 0 for the whole where that cannot be told. */
static __always_inline void measure_rest(struct text_walk *walk)
{
	int i, goes_on = 1;

	for (i = 0; i < WIRE_TEXT_STRIDE_TURNS && goes_on; i++)
		goes_on = measure_strides(walk);
	if (goes_on || walk->unreadable)
		walk->bytes = 0;
}

/* The hash of the text at `from`, and how long it is; 0 where it cannot be read. */
static __always_inline void hash_text(__u64 from, struct wire_query *query)
{
	struct text_walk walk = {.from = from};
	__u64 v0, v1, v2, v3;
	int i, goes_on = 1;

	walk.v[0] = hash_key[0] ^ 0x736f6d6570736575ULL;
	walk.v[1] = hash_key[1] ^ 0x646f72616e646f6dULL;
	walk.v[2] = hash_key[0] ^ 0x6c7967656e657261ULL;
	walk.v[3] = hash_key[1] ^ 0x7465646279746573ULL;
	for (i = 0; i < WIRE_TEXT_TURNS && goes_on && walk.bytes < text_limit; i++)
		goes_on = hash_blocks(&walk);
	if (walk.unreadable) {
		query->key = query->bytes = 0;
		return;
	}
	if (goes_on)
		measure_rest(&walk);
	v0 = walk.v[0];
	v1 = walk.v[1];
	v2 = walk.v[2];
	v3 = walk.v[3] ^ walk.bytes;
	sip_round(&v0, &v1, &v2, &v3);
	v0 ^= walk.bytes;
	v2 ^= 0xff;
	for (i = 0; i < 3; i++)
		sip_round(&v0, &v1, &v2, &v3);
	query->key = v0 ^ v1 ^ v2 ^ v3;
	if (!query->key)
		query->key = 1;
	query->bytes = walk.bytes;
}

/* A text that is being sent. */
struct text_sending {
	struct wire_query query;
	__u64 pid_tgid;
	__u64 from;	  /* where its next piece is */
	__u32 left;	  /* bytes that may be kept of it yet */
	__u32 flags;	  /* enum wire_record_flags, of the next piece */
	__u32 unreadable; /* a piece of it was */
	__u32 padding;
};

enum sending {
	SENT_LAST = 0,
	SENT_ONE = 1,
	SENDING_FAILED = 2,
};

/* As hash_block(): looked at once. Returns enum sending. */
static __always_inline int send_piece_of(struct text_sending *sending, const __u32 room)
{
	__u32 probe = hooks_probe;
	struct wire_counts *counts = bpf_map_lookup_elem(&counters, &probe);
	struct wire_record *record;
	struct wire_query *query;
	__u32 most = sending->left + 1;
	long got;

	if (!counts)
		return SENDING_FAILED;
	count(&counts->fired[WIRE_TEXT]);
	record = reserve_record(counts, 0, sending->pid_tgid, WIRE_TEXT, sending->flags,
				sizeof(*record) + sizeof(*query) + room);
	if (!record)
		return SENDING_FAILED;
	query = (void *)(record + 1);
	query->key = sending->query.key;
	query->bytes = sending->query.bytes;
	if (most > room)
		most = room;
	got = bpf_probe_read_user_str(query + 1, most, (void *)sending->from);
	if (got < 1) {
		got = 1; /* what is missing is told by the length */
		sending->unreadable = 1;
	}
	record->bytes = sizeof(*query) + got - 1;
	sending->from += got - 1;
	sending->left -= got - 1;
	if (got == room && sending->left > 0)
		record->flags |= WIRE_TEXT_CONTINUES;
	most = record->flags & WIRE_TEXT_CONTINUES;
	submit_record(record);
	return most ? SENT_ONE : SENT_LAST;
}

__attribute__((noinline)) int send_first_piece(struct text_sending *sending)
{
	return sending ? send_piece_of(sending, WIRE_TEXT_FIRST_BYTES) : SENDING_FAILED;
}

__attribute__((noinline)) int send_next_piece(struct text_sending *sending)
{
	return sending ? send_piece_of(sending, WIRE_TEXT_MORE_BYTES) : SENDING_FAILED;
}

/*
 * Sends the text at `from`, which was hashed, unless it is known. `client`: WIRE_HAS_CLIENT, if it
 * has one. Returns whether the recorder has it.
 */
static __always_inline int send_text(__u64 from, const struct wire_query *query, __u64 pid_tgid,
				     __u32 client)
{
	__u64 key = query->key;
	__u32 generation = text_generation;
	__u32 *known = bpf_map_lookup_elem(&known_texts, &key);
	struct text_sending sending = {
		.query = *query,
		.pid_tgid = pid_tgid,
		.from = from,
		.left = text_limit,
		.flags = WIRE_TEXT_FIRST | client,
	};
	int i, sent;

	if (known && *known == generation)
		return 1;
	sent = send_first_piece(&sending);
	sending.flags = client;
	for (i = 0; i < WIRE_TEXT_MORE_PIECES && sent == SENT_ONE; i++)
		sent = send_next_piece(&sending);
	if (sent != SENT_LAST)
		return 0;
	bpf_map_update_elem(&known_texts, &key, &generation, BPF_ANY);
	return 1;
}

#endif
