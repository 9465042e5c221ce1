/*
 * The overlay.
 *
 * Owns the layers and their memory: chunks that came with each group's puts, freed with the layer.
 * Added to on the writer's thread, taken from on the view's, walked on any. A row once linked is
 * never unlinked; only whole layers go. It never touches the disk.
 */
#include "overlay.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { CHUNK_MIN = 1 << 10, CHUNK_MAX = 256 << 10 };

void
overlay_puts_init(struct store_puts *puts, size_t table_count)
{
	memset(puts, 0, sizeof(*puts));
	puts->last = &puts->first;
	puts->seed = 0x9e3779b97f4a7c15u;
	puts->table_count = table_count;
}

static void
chunks_free(struct overlay_chunk *chunk)
{
	while (chunk != NULL) {
		struct overlay_chunk *next = chunk->next;

		free(chunk);
		chunk = next;
	}
}

void
overlay_puts_done(struct store_puts *puts)
{
	chunks_free(puts->chunks);
	puts->chunks = NULL;
	puts->first = NULL;
	puts->last = &puts->first;
	puts->count = 0;
	puts->bytes = 0;
}

static void *
puts_alloc(struct store_puts *puts, size_t size)
{
	struct overlay_chunk *chunk = puts->chunks;
	uint8_t *at;

	size = (size + 7) & ~(size_t)7;
	if (chunk == NULL || chunk->size - chunk->used < size) {
		/* Small for a group of one, larger as the group proves large. */
		size_t room = chunk == NULL ? CHUNK_MIN : chunk->size * 2;

		room = room > CHUNK_MAX ? CHUNK_MAX : room;
		room = room < size ? size : room;
		chunk = malloc(sizeof(*chunk) + room);
		if (chunk == NULL)
			return NULL;
		chunk->next = puts->chunks;
		chunk->used = 0;
		chunk->size = room;
		puts->chunks = chunk;
	}
	at = chunk->bytes + chunk->used;
	chunk->used += size;
	puts->bytes += size;
	return at;
}

/* One in four rows is a level higher; xorshift, the same in every run. */
static uint8_t
puts_height(struct store_puts *puts)
{
	uint8_t height = 1;

	puts->seed ^= puts->seed << 13;
	puts->seed ^= puts->seed >> 7;
	puts->seed ^= puts->seed << 17;
	while (height < OVERLAY_HEIGHT_MAX && ((puts->seed >> (2 * height)) & 3) == 0)
		height++;
	return height;
}

static int
puts_add(struct store_puts *puts, uint8_t table, const void *key, size_t key_size,
	 const void *bytes, size_t size, bool erase)
{
	uint8_t height = puts_height(puts);
	struct overlay_value *value;
	struct overlay_node *node;
	uint8_t *copy;

	if (table == 0 || table > puts->table_count)
		return STORE_BAD_CONFIG;
	if (key_size == 0 || key_size > STORE_KEY_MAX || size > STORE_VALUE_MAX)
		return STORE_TOO_LARGE;
	node = puts_alloc(puts, sizeof(*node) + height * sizeof(node->next[0]) + key_size);
	value = puts_alloc(puts, sizeof(*value) + size);
	if (node == NULL || value == NULL)
		return STORE_MEMORY;
	copy = (uint8_t *)&node->next[height];
	memcpy(copy, key, key_size);
	value->size = (uint32_t)size;
	value->erase = erase;
	if (size > 0)
		memcpy(value->bytes, bytes, size);
	node->batch_next = NULL;
	atomic_init(&node->value, value);
	node->key = copy;
	node->key_size = (uint16_t)key_size;
	node->table = table;
	node->height = height;
	*puts->last = node;
	puts->last = &node->batch_next;
	puts->count++;
	return 0;
}

int
store_puts_put(struct store_puts *puts, uint8_t table, const void *key, size_t key_size,
	       const void *value, size_t value_size)
{
	return puts_add(puts, table, key, key_size, value, value_size, false);
}

int
store_puts_erase(struct store_puts *puts, uint8_t table, const void *key, size_t key_size)
{
	return puts_add(puts, table, key, key_size, NULL, 0, true);
}

int
overlay_compare(const void *left, size_t left_size, const void *right, size_t right_size)
{
	size_t size = left_size < right_size ? left_size : right_size;
	int order = size == 0 ? 0 : memcmp(left, right, size);

	if (order != 0)
		return order;
	return (left_size > right_size) - (left_size < right_size);
}

static int
node_compare(const struct overlay_node *node, uint8_t table, const void *key, size_t key_size)
{
	if (node->table != table)
		return node->table < table ? -1 : 1;
	return overlay_compare(node->key, node->key_size, key, key_size);
}

struct overlay_layer *
overlay_layer_new(void)
{
	struct overlay_layer *layer = calloc(1, sizeof(*layer));
	size_t i;

	if (layer == NULL)
		return NULL;
	layer->references = 1;
	for (i = 0; i < OVERLAY_HEIGHT_MAX; i++)
		atomic_init(&layer->head[i], NULL);
	return layer;
}

struct overlay_layer *
overlay_layer_free(struct overlay_layer *layer)
{
	if (layer == NULL)
		return NULL;
	chunks_free(layer->chunks);
	free(layer);
	return NULL;
}

/*
 * The towers that point at or behind the key, one a level; returns the node there. links[k] is
 * where a node of that height would be hung in.
 */
static struct overlay_node *
layer_search(const struct overlay_layer *layer, uint8_t table, const void *key, size_t key_size,
	     const _Atomic(struct overlay_node *) *links[OVERLAY_HEIGHT_MAX])
{
	const _Atomic(struct overlay_node *) *tower = layer->head;
	struct overlay_node *node = NULL;
	size_t level = OVERLAY_HEIGHT_MAX;

	while (level-- > 0) {
		for (;;) {
			node = atomic_load_explicit(&tower[level], memory_order_acquire);
			if (node == NULL || node_compare(node, table, key, key_size) >= 0)
				break;
			tower = node->next;
		}
		if (links != NULL)
			links[level] = &tower[level];
	}
	return node;
}

static void
layer_link(struct overlay_layer *layer, struct overlay_node *node)
{
	const _Atomic(struct overlay_node *) *links[OVERLAY_HEIGHT_MAX];
	struct overlay_node *there =
	    layer_search(layer, node->table, node->key, node->key_size, links);
	size_t level;

	if (there != NULL && node_compare(there, node->table, node->key, node->key_size) == 0) {
		struct overlay_value *value =
		    atomic_load_explicit(&node->value, memory_order_relaxed);

		atomic_store_explicit(&there->value, value, memory_order_release);
		return;
	}
	/* From below: whoever meets the node on a level finds it whole on those beneath. */
	for (level = 0; level < node->height; level++) {
		/* The search only reads, hence its const; the links are this layer's own. */
		_Atomic(struct overlay_node *) *link =
		    (_Atomic(struct overlay_node *) *)(uintptr_t)links[level];

		atomic_init(&node->next[level], atomic_load_explicit(link, memory_order_relaxed));
		atomic_store_explicit(link, node, memory_order_release);
	}
	layer->puts++;
}

void
overlay_layer_add(struct overlay_layer *layer, struct store_puts *puts)
{
	struct overlay_node *node = puts->first;
	struct overlay_chunk *chunk = puts->chunks;

	while (node != NULL) {
		struct overlay_node *next = node->batch_next;

		layer_link(layer, node);
		node = next;
	}
	while (chunk != NULL) {
		struct overlay_chunk *next = chunk->next;

		layer->bytes += sizeof(*chunk) + chunk->size;
		chunk->next = layer->chunks;
		layer->chunks = chunk;
		chunk = next;
	}
	puts->chunks = NULL;
	overlay_puts_done(puts);
}

struct overlay_node *
overlay_layer_seek(const struct overlay_layer *layer, uint8_t table, const void *key,
		   size_t key_size)
{
	return layer_search(layer, table, key, key_size, NULL);
}

int
overlay_init(struct overlay *overlay, uint64_t bytes_max, uint64_t puts_max)
{
	pthread_condattr_t monotonic;

	memset(overlay, 0, sizeof(*overlay));
	overlay->bytes_max = bytes_max;
	overlay->puts_max = puts_max;
	pthread_mutex_init(&overlay->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&overlay->changed, &monotonic);
	pthread_condattr_destroy(&monotonic);
	overlay->layers[0] = overlay_layer_new();
	overlay->count = 1;
	if (overlay->layers[0] == NULL) {
		overlay_done(overlay);
		return STORE_MEMORY;
	}
	return 0;
}

void
overlay_done(struct overlay *overlay)
{
	size_t i;

	for (i = 0; i < overlay->count; i++)
		overlay_layer_free(overlay->layers[i]);
	overlay->count = 0;
	pthread_cond_destroy(&overlay->changed);
	pthread_mutex_destroy(&overlay->lock);
}

static bool
full(const struct overlay *overlay)
{
	return overlay->bytes >= overlay->bytes_max || overlay->puts >= overlay->puts_max;
}

bool
overlay_is_full(struct overlay *overlay)
{
	bool answer;

	pthread_mutex_lock(&overlay->lock);
	answer = full(overlay);
	pthread_mutex_unlock(&overlay->lock);
	return answer;
}

uint64_t
overlay_bytes(struct overlay *overlay)
{
	uint64_t answer;

	pthread_mutex_lock(&overlay->lock);
	answer = overlay->bytes;
	pthread_mutex_unlock(&overlay->lock);
	return answer;
}

bool
overlay_wait(struct overlay *overlay, uint32_t timeout_ms)
{
	struct timespec until;
	int timed_out = 0;
	bool answer;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += timeout_ms / 1000;
	until.tv_nsec += (long)(timeout_ms % 1000) * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	pthread_mutex_lock(&overlay->lock);
	while (full(overlay) && timed_out == 0)
		timed_out = pthread_cond_timedwait(&overlay->changed, &overlay->lock, &until);
	answer = !full(overlay);
	pthread_mutex_unlock(&overlay->lock);
	return answer;
}

/* Under the lock. Without memory for another layer, the newest goes on growing. */
static void
push_layer(struct overlay *overlay)
{
	struct overlay_layer *layer;

	if (overlay->count == OVERLAY_LAYERS_MAX)
		return;
	layer = overlay_layer_new();
	if (layer != NULL)
		overlay->layers[overlay->count++] = layer;
}

void
overlay_add(struct overlay *overlay, struct store_puts *puts, uint64_t sequence, uint32_t epoch,
	    const uint8_t root[STORE_HASH_SIZE])
{
	struct overlay_layer *layer;
	uint64_t bytes;
	uint64_t count;

	pthread_mutex_lock(&overlay->lock);
	if (overlay->layers[overlay->count - 1]->bytes >= OVERLAY_LAYER_BYTES)
		push_layer(overlay);
	layer = overlay->layers[overlay->count - 1];
	overlay->adding = true;
	pthread_mutex_unlock(&overlay->lock);

	/* Without the lock, so that no reader waits for a large group to be linked. */
	bytes = layer->bytes;
	count = layer->puts;
	assert(sequence > layer->sequence);
	overlay_layer_add(layer, puts);

	pthread_mutex_lock(&overlay->lock);
	layer->sequence = sequence;
	layer->epoch = epoch;
	memcpy(layer->root, root, STORE_HASH_SIZE);
	overlay->bytes += layer->bytes - bytes;
	overlay->puts += layer->puts - count;
	overlay->adding = false;
	pthread_mutex_unlock(&overlay->lock);
}

struct overlay_layer *
overlay_oldest(struct overlay *overlay)
{
	struct overlay_layer *oldest = NULL;

	pthread_mutex_lock(&overlay->lock);
	if (overlay->count == 1 && overlay->layers[0]->sequence > 0 && !overlay->adding)
		push_layer(overlay);
	if (overlay->count > 1)
		oldest = overlay->layers[0];
	pthread_mutex_unlock(&overlay->lock);
	return oldest;
}

/* Under the lock: true if it was the last reference and the layer is to be freed. */
static bool
layer_unref(struct overlay_layer *layer)
{
	assert(layer->references > 0);
	return --layer->references == 0;
}

void
overlay_drop_oldest(struct overlay *overlay)
{
	struct overlay_layer *oldest;
	bool last;

	pthread_mutex_lock(&overlay->lock);
	assert(overlay->count > 1);
	oldest = overlay->layers[0];
	memmove(overlay->layers, overlay->layers + 1,
		(overlay->count - 1) * sizeof(overlay->layers[0]));
	overlay->count--;
	overlay->bytes -= oldest->bytes;
	overlay->puts -= oldest->puts;
	last = layer_unref(oldest);
	pthread_cond_broadcast(&overlay->changed);
	pthread_mutex_unlock(&overlay->lock);
	if (last)
		overlay_layer_free(oldest);
}

void
overlay_hold(struct overlay *overlay, struct overlay_hold *ret)
{
	size_t i;

	pthread_mutex_lock(&overlay->lock);
	ret->count = overlay->count;
	for (i = 0; i < overlay->count; i++) {
		ret->layers[i] = overlay->layers[overlay->count - 1 - i];
		ret->layers[i]->references++;
	}
	pthread_mutex_unlock(&overlay->lock);
}

void
overlay_release(struct overlay *overlay, struct overlay_hold *hold)
{
	struct overlay_layer *gone[OVERLAY_LAYERS_MAX];
	size_t count = 0;
	size_t i;

	pthread_mutex_lock(&overlay->lock);
	for (i = 0; i < hold->count; i++)
		if (layer_unref(hold->layers[i]))
			gone[count++] = hold->layers[i];
	pthread_mutex_unlock(&overlay->lock);
	for (i = 0; i < count; i++)
		overlay_layer_free(gone[i]);
	hold->count = 0;
}

const struct overlay_value *
overlay_find(const struct overlay_hold *hold, uint8_t table, const void *key, size_t key_size)
{
	size_t i;

	for (i = 0; i < hold->count; i++) {
		struct overlay_node *node =
		    overlay_layer_seek(hold->layers[i], table, key, key_size);

		if (node != NULL && node_compare(node, table, key, key_size) == 0)
			return overlay_node_value(node);
	}
	return NULL;
}
