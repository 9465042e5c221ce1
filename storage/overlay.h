/*
 * The overlay: rows that are in the log and not yet in the view, in memory, in order.
 *
 * It is a few layers, each a skip list. The writer adds to the newest; the view's thread takes the
 * oldest away when it has it; readers walk any of them without a lock, on references. A row in a
 * newer layer hides the same in an older one and in the view.
 */
#ifndef STORAGE_OVERLAY_H
#define STORAGE_OVERLAY_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "store.h"

enum {
	OVERLAY_LAYERS_MAX = 8,
	OVERLAY_HEIGHT_MAX = 12,
	OVERLAY_LAYER_BYTES = 32 << 20, /* a fuller newest layer is followed by another */
};

struct overlay_value {
	uint32_t size;
	bool erase;
	uint8_t bytes[];
};

/* A row. Everything but value and next is fixed once it is in a layer. */
struct overlay_node {
	struct overlay_node *batch_next; /* in the puts it came in */
	_Atomic(struct overlay_value *) value;
	const uint8_t *key;
	uint16_t key_size;
	uint8_t table;
	uint8_t height;
	_Atomic(struct overlay_node *) next[];
};

struct overlay_chunk {
	struct overlay_chunk *next;
	size_t used;
	size_t size;
	_Alignas(16) uint8_t bytes[];
};

/* What apply makes of a group's records: rows ready to be linked, so that linking cannot fail. */
struct store_puts {
	struct overlay_chunk *chunks;
	struct overlay_node *first;
	struct overlay_node **last;
	uint64_t count;
	uint64_t bytes;
	uint64_t seed; /* of the towers' heights */
	size_t table_count;
};

void overlay_puts_init(struct store_puts *, size_t table_count);
void overlay_puts_done(struct store_puts *);

struct overlay_layer {
	unsigned references; /* under the overlay's lock */
	uint64_t bytes;
	uint64_t puts;
	struct overlay_chunk *chunks;
	_Atomic(struct overlay_node *) head[OVERLAY_HEIGHT_MAX];

	/* The last group in it. */
	uint64_t sequence; /* 0: empty */
	uint32_t epoch;
	uint8_t root[STORE_HASH_SIZE];
};

struct overlay_layer *overlay_layer_new(void);
struct overlay_layer *overlay_layer_free(struct overlay_layer *);
/* Link the puts, which are empty after. One thread adds, any may walk. */
void overlay_layer_add(struct overlay_layer *, struct store_puts *);
/* The first row at or behind (table, key), the row behind a row; NULL: none. */
struct overlay_node *overlay_layer_seek(const struct overlay_layer *, uint8_t table,
					const void *key, size_t key_size);
static inline struct overlay_node *
overlay_node_next(const struct overlay_node *node)
{
	return atomic_load_explicit(&node->next[0], memory_order_acquire);
}
static inline const struct overlay_value *
overlay_node_value(const struct overlay_node *node)
{
	return atomic_load_explicit(&node->value, memory_order_acquire);
}
/* Bytes in the order of the view's keys: a prefix stands before what it begins. */
int overlay_compare(const void *left, size_t left_size, const void *right, size_t right_size);

struct overlay {
	pthread_mutex_t lock;
	pthread_cond_t changed;				  /* a layer went away */
	struct overlay_layer *layers[OVERLAY_LAYERS_MAX]; /* oldest first; the last is added to */
	size_t count;
	bool adding; /* the writer is linking a group into the newest layer */
	uint64_t bytes_max;
	uint64_t puts_max;
	uint64_t bytes;
	uint64_t puts;
};

int overlay_init(struct overlay *, uint64_t bytes_max, uint64_t puts_max) NODISCARD;
void overlay_done(struct overlay *);

bool overlay_is_full(struct overlay *);
uint64_t overlay_bytes(struct overlay *);
/* Wait until it is not, at most so long; false: it still is. */
bool overlay_wait(struct overlay *, uint32_t timeout_ms);
/* Add a group's puts, which are empty after, with the group's end. The writer. */
void overlay_add(struct overlay *, struct store_puts *, uint64_t sequence, uint32_t epoch,
		 const uint8_t root[STORE_HASH_SIZE]);
/* The oldest layer, if nobody adds to it any more; NULL: empty or not now. The view's thread. */
struct overlay_layer *overlay_oldest(struct overlay *);
/* It is in the view now. */
void overlay_drop_oldest(struct overlay *);

/* References to all layers, newest first. Any thread. */
struct overlay_hold {
	struct overlay_layer *layers[OVERLAY_LAYERS_MAX];
	size_t count;
};
void overlay_hold(struct overlay *, struct overlay_hold *ret);
void overlay_release(struct overlay *, struct overlay_hold *);
/* The newest value of a key, good until release; NULL: no layer knows it. */
const struct overlay_value *overlay_find(const struct overlay_hold *, uint8_t table,
					 const void *key, size_t key_size);

#endif
