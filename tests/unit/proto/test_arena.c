/*
 * The arena: a hard end, and everything given back in one stroke.
 */

#include "suites.h"

#include "proto/arena.h"

START_TEST(allocations_are_aligned_and_end_at_the_end)
{
	static uint8_t memory[64] __attribute__((aligned(16)));
	struct arena arena;
	uint8_t *first;

	arena_init(&arena, memory, sizeof(memory));
	first = arena_alloc(&arena, 1);
	ck_assert_ptr_eq(first, memory);
	ck_assert_ptr_eq(arena_alloc(&arena, 16), memory + 16);
	ck_assert_ptr_eq(arena_alloc(&arena, 32), memory + 32);
	ck_assert(!arena.exhausted);
	ck_assert_ptr_null(arena_alloc(&arena, 1));
	ck_assert(arena.exhausted);
	arena_reset(&arena);
	ck_assert(!arena.exhausted);
	ck_assert_ptr_eq(arena_alloc(&arena, 64), memory);
}
END_TEST

START_TEST(an_absurd_size_is_refused)
{
	static uint8_t memory[64] __attribute__((aligned(16)));
	struct arena arena;

	arena_init(&arena, memory, sizeof(memory));
	ck_assert_ptr_null(arena.allocator.alloc(arena.allocator.allocator_data, SIZE_MAX));
	ck_assert_ptr_null(arena_alloc(&arena, 65));
	ck_assert_uint_eq(arena.used, 0);
}
END_TEST

Suite *
suite_arena(void)
{
	Suite *suite = suite_create("arena");
	TCase *tcase = tcase_create("arena");

	tcase_add_test(tcase, allocations_are_aligned_and_end_at_the_end);
	tcase_add_test(tcase, an_absurd_size_is_refused);
	suite_add_tcase(suite, tcase);
	return suite;
}
