/*
 * The arena: memory of one request, given back in one stroke.
 *
 * Owns no memory itself; a session or a connection lends it a buffer. Called on that session's
 * thread alone. It never grows and never calls malloc: hostile bytes end at its hard end.
 */

#include "arena.h"

#include <assert.h>

#define ARENA_ALIGNMENT 16

static void *
arena_on_alloc(void *data, size_t size)
{
	struct arena *arena = (struct arena *)data;

	return arena_alloc(arena, size);
}

static void
arena_on_free(void *data, void *memory)
{
	(void)data;
	(void)memory;
}

void
arena_init(struct arena *arena, void *buffer, size_t size)
{
	assert(arena != NULL);
	assert(buffer != NULL);
	assert((uintptr_t)buffer % ARENA_ALIGNMENT == 0);

	*arena = (struct arena){
	    .base = (uint8_t *)buffer,
	    .size = size,
	    .allocator = {.alloc = arena_on_alloc, .free = arena_on_free, .allocator_data = arena},
	};
}

void *
arena_alloc(struct arena *arena, size_t size)
{
	size_t rounded;
	void *memory;

	assert(arena->used <= arena->size);
	if (__builtin_add_overflow(size, (size_t)ARENA_ALIGNMENT - 1, &rounded) ||
	    (rounded &= ~(size_t)(ARENA_ALIGNMENT - 1)) > arena->size - arena->used) {
		arena->exhausted = true;
		return NULL;
	}
	memory = arena->base + arena->used;
	arena->used += rounded;
	assert(arena->used <= arena->size);
	return memory;
}

void
arena_reset(struct arena *arena)
{
	arena->used = 0;
	arena->exhausted = false;
}
