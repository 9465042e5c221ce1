/*
 * A batch of decided, not yet durable records, with their rows in a small hash table.
 *
 * Owns the bytes of the group under construction; called by the writer alone. Rows come from
 * apply_rows(), as they will in the store. Never decides and never touches the disk.
 */
#include "batch.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define BUCKETS_COUNT 8192 /* a power of two, about the records of a full group */
#define NODE_NONE     UINT32_MAX

struct node {
	uint32_t next;
	uint8_t table;
	uint8_t key_size;
	uint16_t value_size;
	uint32_t bytes; /* offset of key, then value, in the row bytes */
};

struct bucket {
	uint32_t first;
	uint32_t last;
};

struct batch {
	struct store_record records[STORE_GROUP_COUNT_MAX];
	size_t count;
	size_t stored_size; /* sum of store_record_size */
	size_t bodies_size;
	uint8_t *bodies;

	struct bucket buckets[BUCKETS_COUNT];
	struct node *nodes;
	size_t nodes_count;
	size_t nodes_max;
	uint8_t *bytes;
	size_t bytes_size;
	size_t bytes_max;
};

static void
buckets_clear(struct batch *batch)
{
	memset(batch->buckets, 0xff, sizeof(batch->buckets));
	static_assert(NODE_NONE == 0xffffffff, "all ones is no node");
}

struct batch *
batch_new(void)
{
	struct batch *batch = calloc(1, sizeof(*batch));

	if (batch == NULL)
		return NULL;
	batch->bodies = malloc(STORE_GROUP_RECORDS_MAX);
	if (batch->bodies == NULL)
		return batch_free(batch);
	buckets_clear(batch);
	return batch;
}

struct batch *
batch_free(struct batch *batch)
{
	if (batch != NULL) {
		free(batch->bodies);
		free(batch->nodes);
		free(batch->bytes);
		free(batch);
	}
	return NULL;
}

void
batch_reset(struct batch *batch)
{
	if (batch->nodes_count != 0)
		buckets_clear(batch);
	batch->count = 0;
	batch->stored_size = 0;
	batch->bodies_size = 0;
	batch->nodes_count = 0;
	batch->bytes_size = 0;
}

bool
batch_has_room(const struct batch *batch, size_t body_size)
{
	assert(body_size <= STORE_BODY_MAX);
	return batch->count < STORE_GROUP_COUNT_MAX &&
	       batch->stored_size + store_record_size(body_size) <= STORE_GROUP_RECORDS_MAX;
}

/* FNV-1a: keys are short, and nobody outside can choose what shares a batch for long. */
static size_t
bucket_of(uint8_t table, const uint8_t *key, size_t size)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325) ^ table;

	for (size_t i = 0; i < size; i++)
		hash = (hash ^ key[i]) * UINT64_C(0x100000001b3);
	return (size_t)(hash ^ hash >> 32) & (BUCKETS_COUNT - 1);
}

static bool
grow(void **array, size_t *max, size_t needed, size_t item_size)
{
	if (needed <= *max)
		return true;

	size_t wanted = *max == 0 ? 4096 : *max;
	while (wanted < needed)
		wanted *= 2;
	void *more = realloc(*array, wanted * item_size);
	if (more == NULL)
		return false;
	*array = more;
	*max = wanted;
	return true;
}

/* Rows of one subject hang together: the bucket is chosen without their sequence. */
static size_t
hashed_size(uint8_t table, size_t key_size)
{
	return table == TABLE_SUBJECT ? key_size - sizeof(uint64_t) : key_size;
}

static int
row_add(void *user, enum apply_table table, const void *key, size_t key_size, const void *value,
	size_t value_size)
{
	struct batch *batch = user;
	void *nodes = batch->nodes;
	void *bytes = batch->bytes;

	assert(key_size <= UINT8_MAX && value_size <= UINT16_MAX);
	bool room = grow(&nodes, &batch->nodes_max, batch->nodes_count + 1, sizeof(struct node)) &&
		    grow(&bytes, &batch->bytes_max, batch->bytes_size + key_size + value_size, 1);
	batch->nodes = nodes;
	batch->bytes = bytes;
	if (!room || batch->bytes_size + key_size + value_size > UINT32_MAX)
		return STORE_MEMORY;

	uint32_t number = (uint32_t)batch->nodes_count++;
	struct node *node = &batch->nodes[number];
	*node = (struct node){
	    .next = NODE_NONE,
	    .table = (uint8_t)table,
	    .key_size = (uint8_t)key_size,
	    .value_size = (uint16_t)value_size,
	    .bytes = (uint32_t)batch->bytes_size,
	};
	memcpy(batch->bytes + batch->bytes_size, key, key_size);
	memcpy(batch->bytes + batch->bytes_size + key_size, value, value_size);
	batch->bytes_size += key_size + value_size;

	struct bucket *bucket =
	    &batch->buckets[bucket_of(node->table, key, hashed_size(node->table, key_size))];
	if (bucket->first == NODE_NONE)
		bucket->first = number;
	else
		batch->nodes[bucket->last].next = number;
	bucket->last = number;
	return 0;
}

/* Take the rows of a record that turned out to be unusable off again. */
static void
rows_undo(struct batch *batch, size_t nodes_count, size_t bytes_size)
{
	size_t count = nodes_count;

	buckets_clear(batch);
	batch->nodes_count = 0;
	batch->bytes_size = bytes_size;
	for (size_t i = 0; i < count; i++) {
		struct node *node = &batch->nodes[i];
		size_t hashed = hashed_size(node->table, node->key_size);
		struct bucket *bucket =
		    &batch->buckets[bucket_of(node->table, batch->bytes + node->bytes, hashed)];
		node->next = NODE_NONE;
		if (bucket->first == NODE_NONE)
			bucket->first = (uint32_t)i;
		else
			batch->nodes[bucket->last].next = (uint32_t)i;
		bucket->last = (uint32_t)i;
	}
	batch->nodes_count = count;
}

int
batch_add(struct batch *batch, const struct store_record *record)
{
	size_t nodes_count = batch->nodes_count;
	size_t bytes_size = batch->bytes_size;

	assert(batch_has_room(batch, record->body_size));
	assert(batch->count == 0 ||
	       record->sequence == batch->records[batch->count - 1].sequence + 1);
	struct store_record *kept = &batch->records[batch->count];
	*kept = *record;
	kept->body = batch->bodies + batch->bodies_size;
	memcpy(batch->bodies + batch->bodies_size, record->body, record->body_size);

	int r = apply_rows(kept, row_add, batch);
	if (r != 0) {
		rows_undo(batch, nodes_count, bytes_size);
		return r;
	}
	batch->bodies_size += record->body_size;
	batch->stored_size += store_record_size(record->body_size);
	batch->count++;
	return 0;
}

size_t
batch_count(const struct batch *batch)
{
	return batch->count;
}

struct store_record *
batch_records(struct batch *batch)
{
	return batch->records;
}

const struct store_record *
batch_record(const struct batch *batch, uint64_t sequence)
{
	if (batch->count == 0 || sequence < batch->records[0].sequence ||
	    sequence - batch->records[0].sequence >= batch->count)
		return NULL;
	return &batch->records[sequence - batch->records[0].sequence];
}

bool
batch_get(const struct batch *batch, enum apply_table table, const struct apply_key *key,
	  struct store_value *ret)
{
	size_t bucket = bucket_of((uint8_t)table, key->bytes, key->size);
	bool found = false;

	assert(table != TABLE_SUBJECT);
	for (uint32_t i = batch->buckets[bucket].first; i != NODE_NONE; i = batch->nodes[i].next) {
		const struct node *node = &batch->nodes[i];
		if (node->table != table || node->key_size != key->size ||
		    memcmp(batch->bytes + node->bytes, key->bytes, key->size) != 0)
			continue;
		/* A later row of the same key is the one that holds. */
		*ret = (struct store_value){batch->bytes + node->bytes + node->key_size,
					    node->value_size};
		found = true;
	}
	return found;
}

uint64_t
batch_next(const struct batch *batch, const struct apply_key *subject, uint64_t after,
	   enum record_kind *ret_kind)
{
	size_t bucket = bucket_of(TABLE_SUBJECT, subject->bytes, subject->size);

	for (uint32_t i = batch->buckets[bucket].first; i != NODE_NONE; i = batch->nodes[i].next) {
		const struct node *node = &batch->nodes[i];
		const uint8_t *key = batch->bytes + node->bytes;
		if (node->table != TABLE_SUBJECT ||
		    node->key_size != subject->size + sizeof(uint64_t) ||
		    memcmp(key, subject->bytes, subject->size) != 0)
			continue;
		uint64_t sequence = apply_sequence_of_key(key, node->key_size);
		if (sequence <= after)
			continue;
		*ret_kind = (enum record_kind)key[node->key_size];
		return sequence;
	}
	return 0;
}
