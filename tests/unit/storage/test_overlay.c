/*
 * The overlay: rows in order, the newest hides the older, nobody waits and nothing is freed under
 * a reader.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "tests/fault/disk.h"
#include "storage/overlay.h"
#include "suites.h"

static const uint8_t root[STORE_HASH_SIZE];

static void
put(struct store_puts *puts, uint8_t table, const char *key, const char *value)
{
	int error = value == NULL
			? store_puts_erase(puts, table, key, strlen(key))
			: store_puts_put(puts, table, key, strlen(key), value, strlen(value));

	ck_assert_int_eq(error, 0);
}

START_TEST(rows_are_walked_in_order_whatever_the_order_they_came_in)
{
	struct overlay_layer *layer = overlay_layer_new();
	struct overlay_node *node;
	struct store_puts puts;
	uint64_t random = 5;
	char before[16] = "";
	unsigned count = 0;
	unsigned i;

	overlay_puts_init(&puts, 2);
	for (i = 0; i < 5000; i++) {
		char key[16];

		(void)snprintf(key, sizeof(key), "%llu",
			       (unsigned long long)(disk_random(&random) % 3000));
		put(&puts, (uint8_t)(1 + i % 2), key, key);
		if (i % 7 == 0)
			overlay_layer_add(layer, &puts);
	}
	overlay_layer_add(layer, &puts);
	ck_assert_uint_eq(puts.count, 0);
	for (node = overlay_layer_seek(layer, 1, "", 0); node != NULL && node->table == 1;
	     node = overlay_node_next(node)) {
		char key[16] = "";

		memcpy(key, node->key, node->key_size);
		ck_assert_str_gt(key, before);
		ck_assert_mem_eq(overlay_node_value(node)->bytes, key, node->key_size);
		memcpy(before, key, sizeof(before));
		count++;
	}
	ck_assert_uint_gt(count, 1000);
	ck_assert_uint_eq(overlay_layer_seek(layer, 2, "", 0)->table, 2);
	ck_assert_ptr_null(overlay_layer_seek(layer, 3, "", 0));
	overlay_layer_free(layer);
	ck_assert_ptr_null(overlay_layer_free(NULL));
}
END_TEST

START_TEST(prefix_stands_before_what_it_begins)
{
	ck_assert_int_lt(overlay_compare("ab", 2, "abc", 3), 0);
	ck_assert_int_gt(overlay_compare("b", 1, "abc", 3), 0);
	ck_assert_int_eq(overlay_compare("", 0, "", 0), 0);
	ck_assert_int_lt(overlay_compare("", 0, "\0", 1), 0);
	ck_assert_int_gt(overlay_compare("\xff", 1, "\x01", 1), 0);
}
END_TEST

START_TEST(puts_beyond_their_limits_are_refused)
{
	static uint8_t bytes[STORE_KEY_MAX + 1];
	struct store_puts puts;

	overlay_puts_init(&puts, 2);
	ck_assert_int_eq(store_puts_put(&puts, 0, "k", 1, "", 0), STORE_BAD_CONFIG);
	ck_assert_int_eq(store_puts_put(&puts, 3, "k", 1, "", 0), STORE_BAD_CONFIG);
	ck_assert_int_eq(store_puts_put(&puts, 1, "", 0, "", 0), STORE_TOO_LARGE);
	ck_assert_int_eq(store_puts_erase(&puts, 1, bytes, sizeof(bytes)), STORE_TOO_LARGE);
	ck_assert_int_eq(store_puts_put(&puts, 1, "k", 1, bytes, STORE_VALUE_MAX + 1),
			 STORE_TOO_LARGE);
	ck_assert_int_eq(store_puts_put(&puts, 1, bytes, STORE_KEY_MAX, "", 0), 0);
	ck_assert_uint_eq(puts.count, 1);
	overlay_puts_done(&puts);
}
END_TEST

static const char *
found(struct overlay *overlay, const char *key)
{
	static char text[32];
	const struct overlay_value *value;
	struct overlay_hold hold;

	overlay_hold(overlay, &hold);
	value = overlay_find(&hold, 1, key, strlen(key));
	if (value == NULL)
		(void)snprintf(text, sizeof(text), "(unknown)");
	else if (value->erase)
		(void)snprintf(text, sizeof(text), "(erased)");
	else
		(void)snprintf(text, sizeof(text), "%.*s", (int)value->size,
			       (const char *)value->bytes);
	overlay_release(overlay, &hold);
	return text;
}

START_TEST(newest_value_hides_the_older)
{
	struct overlay overlay;
	struct store_puts puts;

	ck_assert_int_eq(overlay_init(&overlay, 1 << 20, 100), 0);
	overlay_puts_init(&puts, 1);
	ck_assert_ptr_null(overlay_oldest(&overlay));
	put(&puts, 1, "a", "1");
	put(&puts, 1, "b", "1");
	overlay_add(&overlay, &puts, 1, 1, root);
	ck_assert_ptr_nonnull(overlay_oldest(&overlay));
	put(&puts, 1, "a", "2");
	put(&puts, 1, "b", NULL);
	put(&puts, 1, "c", "x");
	put(&puts, 1, "c", "2");
	overlay_add(&overlay, &puts, 2, 1, root);
	ck_assert_uint_eq(overlay_oldest(&overlay)->sequence, 1);
	ck_assert_str_eq(found(&overlay, "a"), "2");
	ck_assert_str_eq(found(&overlay, "b"), "(erased)");
	ck_assert_str_eq(found(&overlay, "c"), "2");
	ck_assert_str_eq(found(&overlay, "d"), "(unknown)");
	overlay_drop_oldest(&overlay);
	ck_assert_uint_eq(overlay_oldest(&overlay)->sequence, 2);
	ck_assert_str_eq(found(&overlay, "b"), "(erased)");
	overlay_drop_oldest(&overlay);
	ck_assert_str_eq(found(&overlay, "a"), "(unknown)");
	ck_assert_uint_eq(overlay_bytes(&overlay), 0);
	overlay_done(&overlay);
}
END_TEST

START_TEST(held_layer_outlives_its_drop)
{
	const struct overlay_value *value;
	struct overlay overlay;
	struct overlay_hold hold;
	struct store_puts puts;

	ck_assert_int_eq(overlay_init(&overlay, 1 << 20, 100), 0);
	overlay_puts_init(&puts, 1);
	put(&puts, 1, "a", "1");
	overlay_add(&overlay, &puts, 1, 1, root);
	overlay_hold(&overlay, &hold);
	ck_assert_ptr_nonnull(overlay_oldest(&overlay));
	overlay_drop_oldest(&overlay);
	value = overlay_find(&hold, 1, "a", 1);
	ck_assert_ptr_nonnull(value);
	ck_assert_mem_eq(value->bytes, "1", 1);
	overlay_release(&overlay, &hold);
	overlay_done(&overlay);
}
END_TEST

START_TEST(overlay_is_full_at_its_limits_and_empties)
{
	struct overlay overlay;
	struct store_puts puts;
	uint64_t sequence = 0;
	char key[16];

	ck_assert_int_eq(overlay_init(&overlay, UINT64_MAX, 10), 0);
	overlay_puts_init(&puts, 1);
	while (!overlay_is_full(&overlay)) {
		(void)snprintf(key, sizeof(key), "%llu", (unsigned long long)sequence);
		put(&puts, 1, key, key);
		overlay_add(&overlay, &puts, ++sequence, 1, root);
	}
	ck_assert_uint_eq(sequence, 10);
	ck_assert(!overlay_wait(&overlay, 5));
	ck_assert_ptr_nonnull(overlay_oldest(&overlay));
	overlay_drop_oldest(&overlay);
	ck_assert(overlay_wait(&overlay, 0));
	overlay_done(&overlay);
	ck_assert_int_eq(overlay_init(&overlay, 100, 1000), 0);
	put(&puts, 1, "a", "a value that is long enough to fill so small a place, as can be seen");
	overlay_add(&overlay, &puts, 1, 1, root);
	ck_assert(overlay_is_full(&overlay));
	overlay_done(&overlay);
}
END_TEST

static struct overlay shared;
static atomic_uint_fast64_t published;
static atomic_uint_fast64_t taken;
static atomic_bool ended;

static void *
read_all_the_time(void *user)
{
	uint64_t random = (uint64_t)(uintptr_t)user;

	while (!atomic_load(&ended)) {
		uint64_t last = atomic_load(&published);
		char key[24];
		struct overlay_hold hold;
		const struct overlay_value *value;
		uint64_t number;

		if (last == 0)
			continue;
		number = 1 + disk_random(&random) % last;
		(void)snprintf(key, sizeof(key), "%llu", (unsigned long long)number);
		overlay_hold(&shared, &hold);
		value = overlay_find(&hold, 1, key, strlen(key));
		/* Only what the view has taken may be gone. */
		if (value == NULL && number > atomic_load(&taken))
			ck_abort_msg("%s is gone", key);
		if (value != NULL && memcmp(value->bytes, key, strlen(key)) != 0)
			ck_abort_msg("%s is another", key);
		overlay_release(&shared, &hold);
	}
	return NULL;
}

START_TEST(readers_walk_while_the_writer_adds_and_the_view_takes)
{
	pthread_t threads[2];
	struct store_puts puts;
	uint64_t sequence;
	size_t i;

	ck_assert_int_eq(overlay_init(&shared, UINT64_MAX, UINT64_MAX), 0);
	overlay_puts_init(&puts, 1);
	for (i = 0; i < 2; i++)
		ck_assert_int_eq(
		    pthread_create(&threads[i], NULL, read_all_the_time, (void *)(i + 1)), 0);
	for (sequence = 1; sequence <= 20000; sequence++) {
		char key[24];

		(void)snprintf(key, sizeof(key), "%llu", (unsigned long long)sequence);
		put(&puts, 1, key, key);
		overlay_add(&shared, &puts, sequence, 1, root);
		atomic_store(&published, sequence);
		if (sequence % 500 == 0 && overlay_oldest(&shared) != NULL) {
			atomic_store(&taken, overlay_oldest(&shared)->sequence);
			overlay_drop_oldest(&shared);
		}
	}
	atomic_store(&ended, true);
	for (i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	overlay_done(&shared);
}
END_TEST

Suite *
suite_overlay(void)
{
	Suite *suite = suite_create("overlay");
	TCase *tests = tcase_create("overlay");

	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, rows_are_walked_in_order_whatever_the_order_they_came_in);
	tcase_add_test(tests, prefix_stands_before_what_it_begins);
	tcase_add_test(tests, puts_beyond_their_limits_are_refused);
	tcase_add_test(tests, newest_value_hides_the_older);
	tcase_add_test(tests, held_layer_outlives_its_drop);
	tcase_add_test(tests, overlay_is_full_at_its_limits_and_empties);
	tcase_add_test(tests, readers_walk_while_the_writer_adds_and_the_view_takes);
	suite_add_tcase(suite, tests);
	return suite;
}
