/*
 * Records and groups as bytes (FORMAT.md, "Group" and "Record").
 *
 * Owns nothing. Called by the log to write and by everything that reads: recovery, the scan,
 * verify. Any thread. It never touches a file and trusts no byte it is given to judge.
 */
#include "book.h"

#include <assert.h>
#include <string.h>

#include "bytes.h"

static const uint8_t group_magic[4] = {'D', 'G', 'R', 'P'};

/* Group header, offsets. */
enum {
	G_MAGIC = 0,
	G_CRC = 4,
	G_VERSION = 8,
	G_HEADER_SIZE = 12,
	G_LEDGER = 16,
	G_EPOCH = 32,
	G_COUNT = 36,
	G_FIRST = 40,
	G_LENGTH = 48,
	G_PREVIOUS_LENGTH = 52,
	G_ALGORITHM = 56,
	G_ROOT_BEFORE = 64,
	G_PREVIOUS_ROOT = 96,
};
static_assert(G_PREVIOUS_ROOT + STORE_HASH_SIZE == BOOK_GROUP_HEADER, "the frontier follows");

/* Record, offsets; what is hashed as the public header is R_PUBLIC..R_SALT. */
enum {
	R_CRC = 0,
	R_BODY_SIZE = 4,
	R_PUBLIC = 8,
	R_VERSION = 8,
	R_KIND = 9,
	R_ALGORITHM = 10,
	R_ZERO = 11,
	R_EPOCH = 12,
	R_SEQUENCE = 16,
	R_RECORDED_AT = 24,
	R_SALT = 32,
	R_BODY = 48,
};
static_assert(R_BODY == (int)BOOK_RECORD_HEADER, "a record's header");
static_assert(R_PUBLIC + STORE_PUBLIC_SIZE == R_SALT, "the salt stands behind the public header");
static_assert(R_SALT + BOOK_SALT_SIZE == R_BODY, "the salt stands before the body");
static_assert(BOOK_GROUP_HEADER_MAX + STORE_GROUP_RECORDS_MAX <= STORE_GROUP_MAX, "a group fits");
static_assert(BOOK_RECORD_HEADER + STORE_BODY_MAX <= STORE_GROUP_RECORDS_MAX, "a record fits");

void
book_tip_init(struct book_tip *tip, struct checksum_sha *sha, const uint8_t ledger[STORE_ID_SIZE])
{
	memset(tip, 0, sizeof(*tip));
	memcpy(tip->ledger, ledger, sizeof(tip->ledger));
	tip->epoch = 1;
	tip->recorded_at = INT64_MIN;
	tree_init(&tip->tree);
	tree_root(&tip->tree, sha, tip->root);
}

static size_t
group_header_size(uint64_t first)
{
	assert(first > 0);
	return BOOK_GROUP_HEADER + tree_packed_size(first - 1);
}

size_t
book_group_length(const struct book_tip *tip, const struct store_record *records, size_t count)
{
	size_t sum = 0;
	size_t i;

	if (count == 0 || count > STORE_GROUP_COUNT_MAX)
		return 0;
	for (i = 0; i < count; i++) {
		if (records[i].body_size > STORE_BODY_MAX)
			return 0;
		sum += store_record_size(records[i].body_size);
		if (sum > STORE_GROUP_RECORDS_MAX)
			return 0;
	}
	return group_header_size(tip->tree.size + 1) + sum;
}

static void
record_encode(const struct store_record *record, const uint8_t *salt, uint8_t *at)
{
	size_t size = store_record_size(record->body_size);

	bytes_put_u32(at + R_BODY_SIZE, (uint32_t)record->body_size);
	at[R_VERSION] = BOOK_VERSION;
	at[R_KIND] = (uint8_t)record->kind;
	at[R_ALGORITHM] = BOOK_ALGORITHM_SHA256;
	at[R_ZERO] = 0;
	bytes_put_u32(at + R_EPOCH, record->epoch);
	bytes_put_u64(at + R_SEQUENCE, record->sequence);
	bytes_put_u64(at + R_RECORDED_AT, (uint64_t)record->recorded_at);
	memcpy(at + R_SALT, salt, BOOK_SALT_SIZE);
	if (record->body_size > 0)
		memcpy(at + R_BODY, record->body, record->body_size);
	memset(at + R_BODY + record->body_size, 0, size - R_BODY - record->body_size);
	bytes_put_u32(at + R_CRC, checksum_crc32c(0, at + R_BODY_SIZE,
						  R_BODY - R_BODY_SIZE + record->body_size));
}

/* The leaf of an encoded record whose sizes are known to be right. */
static void
record_append(struct tree *tree, struct checksum_sha *sha, const uint8_t *at)
{
	uint8_t leaf[TREE_HASH_SIZE];

	tree_leaf(sha, at + R_PUBLIC, STORE_PUBLIC_SIZE, at + R_SALT, BOOK_SALT_SIZE, at + R_BODY,
		  bytes_get_u32(at + R_BODY_SIZE), leaf);
	tree_append(tree, sha, leaf);
}

static void
group_header_encode(const struct book_tip *tip, size_t count, size_t length, uint8_t *at)
{
	uint64_t first = tip->tree.size + 1;
	size_t size = group_header_size(first);

	memset(at, 0, BOOK_GROUP_HEADER);
	memcpy(at + G_MAGIC, group_magic, sizeof(group_magic));
	bytes_put_u32(at + G_VERSION, BOOK_VERSION);
	bytes_put_u32(at + G_HEADER_SIZE, (uint32_t)size);
	memcpy(at + G_LEDGER, tip->ledger, STORE_ID_SIZE);
	bytes_put_u32(at + G_EPOCH, tip->epoch);
	bytes_put_u32(at + G_COUNT, (uint32_t)count);
	bytes_put_u64(at + G_FIRST, first);
	bytes_put_u32(at + G_LENGTH, (uint32_t)length);
	bytes_put_u32(at + G_PREVIOUS_LENGTH, tip->previous_length);
	bytes_put_u32(at + G_ALGORITHM, BOOK_ALGORITHM_SHA256);
	memcpy(at + G_ROOT_BEFORE, tip->root, STORE_HASH_SIZE);
	memcpy(at + G_PREVIOUS_ROOT, tip->previous_root, STORE_HASH_SIZE);
	tree_pack(&tip->tree, at + BOOK_GROUP_HEADER);
	bytes_put_u32(at + G_CRC, checksum_crc32c(0, at + G_VERSION, size - G_VERSION));
}

void
book_group_encode(const struct book_tip *tip, struct checksum_sha *sha,
		  const struct store_record *records, size_t count, const uint8_t *salts,
		  uint8_t *ret_bytes, struct book_tip *ret_next)
{
	size_t length = book_group_length(tip, records, count);
	size_t offset = group_header_size(tip->tree.size + 1);
	size_t i;

	assert(length > 0);
	assert(length <= STORE_GROUP_MAX);
	*ret_next = *tip;
	group_header_encode(tip, count, length, ret_bytes);
	for (i = 0; i < count; i++) {
		assert(records[i].epoch == tip->epoch);
		assert(records[i].sequence == ret_next->tree.size + 1);
		assert(records[i].recorded_at >= ret_next->recorded_at);
		record_encode(&records[i], salts + i * BOOK_SALT_SIZE, ret_bytes + offset);
		record_append(&ret_next->tree, sha, ret_bytes + offset);
		ret_next->recorded_at = records[i].recorded_at;
		offset += store_record_size(records[i].body_size);
	}
	assert(offset == length);
	memset(ret_bytes + length, 0, book_padded(length) - length);
	memcpy(ret_next->previous_root, tip->root, STORE_HASH_SIZE);
	ret_next->previous_length = (uint32_t)length;
	tree_root(&ret_next->tree, sha, ret_next->root);
}

int
book_group_peek(const uint8_t *bytes, size_t size, struct book_group *ret)
{
	uint32_t header_size;

	if (size < BOOK_GROUP_HEADER || memcmp(bytes, group_magic, sizeof(group_magic)) != 0)
		return STORE_DAMAGED;
	header_size = bytes_get_u32(bytes + G_HEADER_SIZE);
	if (header_size < BOOK_GROUP_HEADER || header_size > BOOK_GROUP_HEADER_MAX ||
	    header_size > size)
		return STORE_DAMAGED;
	if (bytes_get_u32(bytes + G_CRC) !=
	    checksum_crc32c(0, bytes + G_VERSION, header_size - G_VERSION))
		return STORE_DAMAGED;
	/* From here on these are the bytes that were written; by whom is another question. */
	if (bytes_get_u32(bytes + G_VERSION) > BOOK_VERSION)
		return STORE_NEWER_FORMAT;
	if (bytes_get_u32(bytes + G_ALGORITHM) != BOOK_ALGORITHM_SHA256)
		return STORE_NEWER_FORMAT;
	memcpy(ret->ledger, bytes + G_LEDGER, STORE_ID_SIZE);
	ret->epoch = bytes_get_u32(bytes + G_EPOCH);
	ret->header_size = header_size;
	ret->length = bytes_get_u32(bytes + G_LENGTH);
	ret->count = bytes_get_u32(bytes + G_COUNT);
	ret->first = bytes_get_u64(bytes + G_FIRST);
	ret->previous_length = bytes_get_u32(bytes + G_PREVIOUS_LENGTH);
	memcpy(ret->previous_root, bytes + G_PREVIOUS_ROOT, STORE_HASH_SIZE);
	memcpy(ret->root_before, bytes + G_ROOT_BEFORE, STORE_HASH_SIZE);
	ret->frontier = bytes + BOOK_GROUP_HEADER;
	if (ret->first == 0 || ret->count == 0 || ret->count > STORE_GROUP_COUNT_MAX ||
	    ret->first > UINT64_MAX - ret->count || header_size != group_header_size(ret->first) ||
	    ret->length > STORE_GROUP_MAX || ret->length < header_size + BOOK_RECORD_HEADER)
		return STORE_DAMAGED;
	return 0;
}

int
book_record_next(const uint8_t *group, size_t length, size_t *offset, struct store_record *ret)
{
	const uint8_t *at = group + *offset;
	size_t left = length - *offset;
	uint32_t body_size;

	assert(*offset <= length);
	if (left < BOOK_RECORD_HEADER)
		return STORE_DAMAGED;
	body_size = bytes_get_u32(at + R_BODY_SIZE);
	if (body_size > STORE_BODY_MAX || store_record_size(body_size) > left)
		return STORE_DAMAGED;
	if (bytes_get_u32(at + R_CRC) !=
	    checksum_crc32c(0, at + R_BODY_SIZE, R_BODY - R_BODY_SIZE + body_size))
		return STORE_DAMAGED;
	if (!bytes_all_zero(at + R_BODY + body_size,
			    store_record_size(body_size) - R_BODY - body_size))
		return STORE_DAMAGED;
	if (at[R_VERSION] > BOOK_VERSION)
		return STORE_NEWER_FORMAT;
	if (at[R_KIND] < RECORD_GENESIS || at[R_KIND] > RECORD_OPERATOR ||
	    at[R_ALGORITHM] != BOOK_ALGORITHM_SHA256 || at[R_ZERO] != 0)
		return STORE_DAMAGED;
	ret->kind = (enum record_kind)at[R_KIND];
	ret->epoch = bytes_get_u32(at + R_EPOCH);
	ret->sequence = bytes_get_u64(at + R_SEQUENCE);
	ret->recorded_at = (int64_t)bytes_get_u64(at + R_RECORDED_AT);
	ret->body = at + R_BODY;
	ret->body_size = body_size;
	ret->stored = at + R_PUBLIC;
	*offset += store_record_size(body_size);
	return 0;
}

const char *
book_group_continues(const struct book_tip *tip, const struct book_group *group)
{
	uint8_t frontier[TREE_PACKED_MAX];

	if (memcmp(group->ledger, tip->ledger, STORE_ID_SIZE) != 0)
		return "a group of another ledger";
	if (group->epoch != tip->epoch)
		return "a group of another epoch than its segment";
	if (group->first != tip->tree.size + 1)
		return "a group that does not continue the sequence";
	if (memcmp(group->root_before, tip->root, STORE_HASH_SIZE) != 0)
		return "a group whose root before it is not the root of what stands before it";
	tree_pack(&tip->tree, frontier);
	if (memcmp(group->frontier, frontier, tree_packed_size(tip->tree.size)) != 0)
		return "a group whose frontier is not that of what stands before it";
	if (group->previous_length != tip->previous_length ||
	    memcmp(group->previous_root, tip->previous_root, STORE_HASH_SIZE) != 0)
		return "a group that names another group as the one before it";
	return NULL;
}

/* The records of a group whose header continues tip; tip moves behind them. */
static int
group_records_check(struct book_tip *tip, struct checksum_sha *sha, const uint8_t *bytes,
		    const struct book_group *group, const char **ret_why)
{
	size_t offset = group->header_size;
	uint32_t i;

	for (i = 0; i < group->count; i++) {
		const uint8_t *at = bytes + offset;
		struct store_record record;
		int error = book_record_next(bytes, group->length, &offset, &record);

		*ret_why = "a record whose checksum does not hold";
		if (error == STORE_NEWER_FORMAT)
			*ret_why = "a record of a later format";
		if (error < 0)
			return error;
		*ret_why = "a record that does not continue the sequence";
		if (record.sequence != tip->tree.size + 1 || record.epoch != tip->epoch)
			return STORE_DAMAGED;
		*ret_why = "a record from before the record before it";
		if (record.recorded_at < tip->recorded_at)
			return STORE_DAMAGED;
		record_append(&tip->tree, sha, at);
		tip->recorded_at = record.recorded_at;
	}
	*ret_why = "a group that is longer than its records";
	if (offset != group->length)
		return STORE_DAMAGED;
	*ret_why = "bytes between two groups that should be zero";
	if (!bytes_all_zero(bytes + offset, book_padded(offset) - offset))
		return STORE_DAMAGED;
	return 0;
}

int
book_group_check(struct book_tip *tip, struct checksum_sha *sha, const uint8_t *bytes, size_t size,
		 struct book_group *ret_group, const char **ret_why)
{
	struct book_tip next = *tip;
	int error = book_group_peek(bytes, size, ret_group);

	*ret_why = "a group's header whose checksum does not hold";
	if (error == STORE_NEWER_FORMAT)
		*ret_why = "a group of a later format";
	if (error < 0)
		return error;
	*ret_why = book_group_continues(tip, ret_group);
	if (*ret_why != NULL)
		return STORE_DAMAGED;
	*ret_why = "a group that is cut short";
	if (book_padded(ret_group->length) > size)
		return STORE_DAMAGED;
	error = group_records_check(&next, sha, bytes, ret_group, ret_why);
	if (error < 0)
		return error;
	memcpy(next.previous_root, tip->root, STORE_HASH_SIZE);
	next.previous_length = ret_group->length;
	tree_root(&next.tree, sha, next.root);
	*tip = next;
	*ret_why = NULL;
	assert(tip->tree.size == ret_group->first + ret_group->count - 1);
	return 0;
}
