/*
 * The vault: what was sealed opens, only where it belongs, and never after its key was erased.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fault/disk.h"
#include "storage/vault_file.h"
#include "suites.h"

static struct disk *disk;
static struct vault *vault;
static struct store_report report;
static uint64_t state;
static const uint8_t ledger[STORE_ID_SIZE] = "ledger";

static int
seeded(void *user, void *bytes, size_t size)
{
	uint8_t *at = bytes;

	(void)user;
	while (size-- > 0)
		*at++ = (uint8_t)disk_random(&state);
	return 0;
}

static int
no_random(void *user, void *bytes, size_t size)
{
	(void)user, (void)bytes, (void)size;
	return -EIO;
}

static void
reopen(void)
{
	vault = vault_free(vault);
	ck_assert_int_eq(vault_new(disk_files(disk), "v", ledger, seeded, NULL, &vault, &report),
			 0);
}

static void
setup(void)
{
	state = 1;
	disk = disk_new();
	ck_assert_int_eq(vault_create(disk_files(disk), "v", ledger, seeded, NULL, &report), 0);
	reopen();
}

static void
teardown(void)
{
	vault = vault_free(vault);
	disk = disk_free(disk);
}

START_TEST(sealed_field_opens_with_its_key_and_context)
{
	static const uint8_t text[] = "\xe6\x9d\x8e\xe6\x9f\x90\xe6\xa2\x85";
	uint8_t sealed[sizeof(text) + VAULT_OVERHEAD];
	uint8_t opened[sizeof(text)];
	struct vault_key key;
	struct vault_key named;

	ck_assert_int_eq(vault_key_new(vault, &key), 0);
	ck_assert_int_eq(vault_seal(vault, &key, "name", 4, text, sizeof(text), sealed), 0);
	ck_assert_ptr_null(memmem(sealed, sizeof(sealed), text, 9));
	ck_assert_int_eq(vault_unseal(vault, "name", 4, sealed, sizeof(sealed), opened), 0);
	ck_assert_mem_eq(opened, text, sizeof(text));
	ck_assert_int_eq(vault_sealed_key(sealed, sizeof(sealed), &named), 0);
	ck_assert_uint_eq(named.slot, key.slot);
	ck_assert_uint_eq(named.id, key.id);
	ck_assert_int_eq(vault_unseal(vault, "note", 4, sealed, sizeof(sealed), opened),
			 STORE_DAMAGED);
	ck_assert_int_eq(vault_unseal(vault, NULL, 0, sealed, sizeof(sealed), opened),
			 STORE_DAMAGED);
}
END_TEST

START_TEST(empty_field_and_empty_context_are_fields_too)
{
	uint8_t sealed[VAULT_OVERHEAD];
	uint8_t opened[1];
	struct vault_key key;

	ck_assert_int_eq(vault_key_new(vault, &key), 0);
	ck_assert_int_eq(vault_seal(vault, &key, NULL, 0, "", 0, sealed), 0);
	ck_assert_int_eq(vault_unseal(vault, NULL, 0, sealed, sizeof(sealed), opened), 0);
	sealed[VAULT_OVERHEAD - 1] ^= 1;
	ck_assert_int_eq(vault_unseal(vault, NULL, 0, sealed, sizeof(sealed), opened),
			 STORE_DAMAGED);
}
END_TEST

START_TEST(any_flip_in_a_sealed_field_is_seen)
{
	uint8_t sealed[20 + VAULT_OVERHEAD];
	uint8_t opened[20];
	struct vault_key key;
	size_t bit;

	ck_assert_int_eq(vault_key_new(vault, &key), 0);
	ck_assert_int_eq(vault_seal(vault, &key, "n", 1, "12345678901234567890", 20, sealed), 0);
	for (bit = 0; bit < sizeof(sealed) * 8; bit++) {
		sealed[bit / 8] ^= (uint8_t)(1u << (bit % 8));
		ck_assert_int_lt(vault_unseal(vault, "n", 1, sealed, sizeof(sealed), opened), 0);
		sealed[bit / 8] ^= (uint8_t)(1u << (bit % 8));
	}
}
END_TEST

START_TEST(erased_key_opens_nothing_for_ever)
{
	uint8_t sealed[4 + VAULT_OVERHEAD];
	uint8_t opened[4];
	struct vault_key key;
	struct vault_key other;
	uint8_t secret[32];
	uint8_t *bytes;
	size_t size;

	ck_assert_int_eq(vault_key_new(vault, &key), 0);
	ck_assert_int_eq(vault_key_new(vault, &other), 0);
	ck_assert_int_eq(vault_seal(vault, &key, "n", 1, "text", 4, sealed), 0);
	bytes = disk_bytes(disk, "v", &size);
	memcpy(secret, bytes + 1024 + (size_t)key.slot * 512 + 32, sizeof(secret));
	ck_assert_ptr_nonnull(memmem(bytes, size, secret, sizeof(secret)));
	ck_assert_int_eq(vault_erase(vault, &key), 0);
	ck_assert_int_eq(vault_unseal(vault, "n", 1, sealed, sizeof(sealed), opened), STORE_ERASED);
	ck_assert_int_eq(vault_seal(vault, &key, "n", 1, "text", 4, sealed), STORE_ERASED);
	ck_assert_int_eq(vault_erase(vault, &key), 0);
	/* On the disk at once, and gone from it. */
	vault = vault_free(vault);
	disk_power_cut(disk, DISK_CUT_NONE, 0);
	bytes = disk_bytes(disk, "v", &size);
	ck_assert_ptr_null(memmem(bytes, size, secret, sizeof(secret)));
	reopen();
	ck_assert_int_eq(vault_unseal(vault, "n", 1, sealed, sizeof(sealed), opened), STORE_ERASED);
	ck_assert_int_eq(vault_seal(vault, &other, "n", 1, "text", 4, sealed), 0);
}
END_TEST

START_TEST(slot_of_an_erased_key_is_not_used_again)
{
	struct vault_key first;
	struct vault_key second;

	ck_assert_int_eq(vault_key_new(vault, &first), 0);
	ck_assert_int_eq(vault_erase(vault, &first), 0);
	reopen();
	ck_assert_int_eq(vault_key_new(vault, &second), 0);
	ck_assert_uint_ne(first.slot, second.slot);
}
END_TEST

START_TEST(keys_go_on_after_opening_again)
{
	struct vault_key keys[300];
	uint8_t sealed[300][4 + VAULT_OVERHEAD];
	uint8_t opened[4];
	size_t i;

	for (i = 0; i < 300; i++) {
		ck_assert_int_eq(vault_key_new(vault, &keys[i]), 0);
		ck_assert_uint_eq(keys[i].slot, i);
		ck_assert_int_eq(vault_seal(vault, &keys[i], "n", 1, &i, 4, sealed[i]), 0);
		if (i % 50 == 0)
			reopen();
	}
	ck_assert_int_eq(vault_sync(vault), 0);
	for (i = 0; i < 300; i++) {
		ck_assert_int_eq(vault_unseal(vault, "n", 1, sealed[i], sizeof(sealed[i]), opened),
				 0);
		ck_assert_mem_eq(opened, &i, 4);
	}
}
END_TEST

START_TEST(slot_missing_among_its_neighbours_is_passed_over)
{
	struct vault_key keys[8];
	struct vault_key next;
	uint8_t *bytes;
	size_t size;
	size_t i;

	for (i = 0; i < 8; i++)
		ck_assert_int_eq(vault_key_new(vault, &keys[i]), 0);
	bytes = disk_bytes(disk, "v", &size);
	/* As after a power cut: half way, where the search looks first. */
	memset(bytes + 1024 + 2 * 512, 0, 512);
	memset(bytes + 1024 + 4 * 512, 0, 512);
	reopen();
	for (i = 0; i < 6; i++) {
		ck_assert_int_eq(vault_key_new(vault, &next), 0);
		ck_assert(next.slot == 2 || next.slot == 4 || next.slot > 7);
	}
}
END_TEST

START_TEST(key_torn_while_it_was_made_is_none)
{
	struct vault_key key;
	uint64_t keys;
	uint64_t erased;
	uint8_t *bytes;
	size_t size;

	ck_assert_int_eq(vault_key_new(vault, &key), 0);
	bytes = disk_bytes(disk, "v", &size);
	memset(bytes + 1024 + 40, 0, 512 - 40);
	ck_assert_int_eq(vault_check(vault, &keys, &erased, &report), 0);
	ck_assert_uint_eq(keys, 0);
	reopen();
	ck_assert_int_eq(vault_key_new(vault, &key), 0);
	ck_assert_uint_eq(key.slot, 1);
}
END_TEST

START_TEST(rotten_key_is_named_and_its_twin_stands_in)
{
	uint8_t sealed[4 + VAULT_OVERHEAD];
	uint8_t opened[4];
	struct vault_key key;
	uint64_t keys;
	uint64_t erased;
	uint8_t *bytes;
	size_t size;

	ck_assert_int_eq(vault_key_new(vault, &key), 0);
	ck_assert_int_eq(vault_seal(vault, &key, "n", 1, "text", 4, sealed), 0);
	bytes = disk_bytes(disk, "v", &size);
	bytes[1024 + 40] ^= 1;
	ck_assert_int_eq(vault_unseal(vault, "n", 1, sealed, sizeof(sealed), opened), 0);
	bytes[1024 + 256 + 40] ^= 1;
	ck_assert_int_eq(vault_unseal(vault, "n", 1, sealed, sizeof(sealed), opened),
			 STORE_DAMAGED);
	ck_assert_int_eq(vault_check(vault, &keys, &erased, &report), STORE_DAMAGED);
	ck_assert_ptr_nonnull(strstr(report.text, "slot 0"));
	ck_assert_uint_eq(report.offset, 1024);
	ck_assert_int_eq(vault_erase(vault, &key), 0);
	ck_assert_int_eq(vault_check(vault, &keys, &erased, &report), 0);
	ck_assert_uint_eq(erased, 1);
}
END_TEST

START_TEST(header_is_kept_twice)
{
	uint8_t before[VAULT_HMAC_SIZE];
	uint8_t after[VAULT_HMAC_SIZE];
	uint64_t keys;
	uint64_t erased;
	size_t size;

	ck_assert_int_eq(vault_hmac(vault, "command", 7, before), 0);
	disk_bytes(disk, "v", &size)[70] ^= 1;
	reopen();
	ck_assert_int_eq(vault_hmac(vault, "command", 7, after), 0);
	ck_assert_mem_eq(before, after, sizeof(before));
	ck_assert_int_eq(vault_check(vault, &keys, &erased, &report), STORE_DAMAGED);
	ck_assert_int_eq(vault_hmac(vault, "Command", 7, after), 0);
	ck_assert_mem_ne(before, after, sizeof(before));
}
END_TEST

START_TEST(key_of_another_vault_is_lost_not_guessed)
{
	uint8_t sealed[4 + VAULT_OVERHEAD];
	uint8_t opened[4];
	struct vault_key key;

	ck_assert_int_eq(vault_key_new(vault, &key), 0);
	ck_assert_int_eq(vault_seal(vault, &key, "n", 1, "text", 4, sealed), 0);
	disk_remove(disk, "v");
	ck_assert_int_eq(vault_create(disk_files(disk), "v", ledger, seeded, NULL, &report), 0);
	reopen();
	ck_assert_int_eq(vault_unseal(vault, "n", 1, sealed, sizeof(sealed), opened),
			 STORE_KEY_LOST);
	/* The slot is somebody else's now. */
	ck_assert_int_eq(vault_key_new(vault, &key), 0);
	ck_assert_int_eq(vault_unseal(vault, "n", 1, sealed, sizeof(sealed), opened),
			 STORE_KEY_LOST);
	key.id++;
	ck_assert_int_eq(vault_erase(vault, &key), STORE_KEY_LOST);
	key.slot += 1000;
	ck_assert_int_eq(vault_erase(vault, &key), STORE_KEY_LOST);
}
END_TEST

START_TEST(vault_of_another_ledger_is_refused)
{
	static const uint8_t other[STORE_ID_SIZE] = "another";
	struct vault *second = NULL;

	ck_assert_int_eq(vault_new(disk_files(disk), "v", other, seeded, NULL, &second, &report),
			 STORE_FOREIGN);
	ck_assert_int_eq(vault_new(disk_files(disk), "w", other, seeded, NULL, &second, &report),
			 STORE_NO_VAULT);
	ck_assert_ptr_null(second);
}
END_TEST

START_TEST(failed_sync_is_never_tried_again)
{
	struct vault_key old;
	struct vault_key key;

	ck_assert_int_eq(vault_key_new(vault, &old), 0);
	ck_assert_int_eq(vault_sync(vault), 0);
	ck_assert_int_eq(vault_key_new(vault, &key), 0);
	disk_fail_at(disk, DISK_SYNC, 1, EIO, false);
	ck_assert_int_eq(vault_sync(vault), STORE_IO);
	/* The disk would say yes now, and have nothing. */
	ck_assert_int_eq(vault_sync(vault), STORE_IO);
	ck_assert_int_eq(vault_key_new(vault, &key), STORE_IO);
	ck_assert_int_eq(vault_erase(vault, &old), STORE_IO);
}
END_TEST

START_TEST(failed_erasure_is_never_said_to_be_done)
{
	struct vault_key key;

	ck_assert_int_eq(vault_key_new(vault, &key), 0);
	ck_assert_int_eq(vault_sync(vault), 0);
	disk_fail_at(disk, DISK_SYNC, 1, EIO, false);
	ck_assert_int_eq(vault_erase(vault, &key), STORE_IO);
	ck_assert_int_eq(vault_erase(vault, &key), STORE_IO);
	ck_assert_int_eq(vault_sync(vault), STORE_IO);
}
END_TEST

START_TEST(limits_and_failures_have_names)
{
	uint8_t *large = calloc(1, VAULT_FIELD_MAX + VAULT_OVERHEAD + 2);
	struct vault_key key;
	struct vault *failing = NULL;

	ck_assert_int_eq(vault_key_new(vault, &key), 0);
	ck_assert_int_eq(vault_seal(vault, &key, "n", 1, large, VAULT_FIELD_MAX + 1, large),
			 STORE_TOO_LARGE);
	ck_assert_int_eq(vault_unseal(vault, "n", 1, large, VAULT_OVERHEAD - 1, large),
			 STORE_DAMAGED);
	ck_assert_int_eq(
	    vault_unseal(vault, "n", 1, large, VAULT_FIELD_MAX + VAULT_OVERHEAD + 1, large),
	    STORE_DAMAGED);
	ck_assert_int_eq(vault_create(disk_files(disk), "w", ledger, no_random, NULL, &report),
			 STORE_IO);
	ck_assert_int_eq(
	    vault_new(disk_files(disk), "v", ledger, no_random, NULL, &failing, &report), 0);
	ck_assert_int_eq(vault_key_new(failing, &key), STORE_IO);
	vault_free(failing);
	disk_set_space(disk, 0);
	/* Slots that exist are used up; then there is no more. */
	while (vault_key_new(vault, &key) == 0)
		;
	ck_assert_int_eq(vault_key_new(vault, &key), STORE_FULL);
	disk_set_space(disk, UINT64_MAX);
	ck_assert_int_eq(vault_key_new(vault, &key), 0);
	free(large);
}
END_TEST

Suite *
suite_vault(void)
{
	Suite *suite = suite_create("vault");
	TCase *tests = tcase_create("vault");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, sealed_field_opens_with_its_key_and_context);
	tcase_add_test(tests, empty_field_and_empty_context_are_fields_too);
	tcase_add_test(tests, any_flip_in_a_sealed_field_is_seen);
	tcase_add_test(tests, erased_key_opens_nothing_for_ever);
	tcase_add_test(tests, slot_of_an_erased_key_is_not_used_again);
	tcase_add_test(tests, keys_go_on_after_opening_again);
	tcase_add_test(tests, slot_missing_among_its_neighbours_is_passed_over);
	tcase_add_test(tests, key_torn_while_it_was_made_is_none);
	tcase_add_test(tests, rotten_key_is_named_and_its_twin_stands_in);
	tcase_add_test(tests, header_is_kept_twice);
	tcase_add_test(tests, key_of_another_vault_is_lost_not_guessed);
	tcase_add_test(tests, vault_of_another_ledger_is_refused);
	tcase_add_test(tests, failed_sync_is_never_tried_again);
	tcase_add_test(tests, failed_erasure_is_never_said_to_be_done);
	tcase_add_test(tests, limits_and_failures_have_names);
	suite_add_tcase(suite, tests);
	return suite;
}
