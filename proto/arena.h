/*
 * A bump allocator with a hard end, for unpacking one message: allocations are handed out of
 * one buffer, freeing is nothing, a reset gives all of it back. One thread at a time.
 */

#ifndef PROTO_ARENA_H
#define PROTO_ARENA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <protobuf-c/protobuf-c.h>

struct arena {
	uint8_t *base;
	size_t size;
	size_t used;
	bool exhausted;		      /* something did not fit since the last reset */
	ProtobufCAllocator allocator; /* hand this to protobuf-c; points back at the arena */
};

/* Use `buffer`, which stays the caller's and must outlive the arena; aligned to 16 bytes. */
void arena_init(struct arena *, void *buffer, size_t size);

/* 16-byte aligned memory, or NULL when the end is reached. Valid until the next reset. */
void *arena_alloc(struct arena *, size_t size);

/* Everything handed out before is dead. */
void arena_reset(struct arena *);

#endif
