/*
 * Checksums: the published values, and the two ways to compute the same.
 */
#include <stdint.h>
#include <string.h>

#include "storage/checksum.h"
#include "suites.h"

START_TEST(crc32c_is_castagnolis)
{
	static const uint8_t zeros[32];

	/* RFC 3720, B.4. */
	ck_assert_uint_eq(checksum_crc32c(0, "123456789", 9), 0xe3069283);
	ck_assert_uint_eq(checksum_crc32c(0, zeros, sizeof(zeros)), 0x8a9136aa);
	ck_assert_uint_eq(checksum_crc32c(0, "", 0), 0);
}
END_TEST

START_TEST(crc32c_by_instruction_and_by_table_are_the_same)
{
	uint8_t bytes[200];
	size_t size;
	size_t i;

	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 31 + 7);
	for (size = 0; size <= sizeof(bytes); size++)
		ck_assert_uint_eq(checksum_crc32c(0, bytes, size),
				  checksum_crc32c_portable(0, bytes, size));
}
END_TEST

START_TEST(crc32c_goes_on_where_it_was)
{
	size_t cut;

	for (cut = 0; cut <= 9; cut++)
		ck_assert_uint_eq(checksum_crc32c(checksum_crc32c(0, "123456789", cut),
						  &"123456789"[cut], 9 - cut),
				  0xe3069283);
}
END_TEST

START_TEST(sha_is_sha256_and_can_begin_again)
{
	static const uint8_t abc[32] = {0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea,
					0x41, 0x41, 0x40, 0xde, 0x5d, 0xae, 0x22, 0x23,
					0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17, 0x7a, 0x9c,
					0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad};
	struct checksum_sha *sha = checksum_sha_new();
	uint8_t hash[32];
	int round;

	ck_assert_ptr_nonnull(sha);
	for (round = 0; round < 3; round++) {
		checksum_sha_begin(sha);
		checksum_sha_add(sha, "a", 1);
		checksum_sha_add(sha, "bc", 2);
		checksum_sha_end(sha, hash);
		ck_assert_mem_eq(hash, abc, sizeof(hash));
	}
	ck_assert_ptr_null(checksum_sha_free(sha));
	ck_assert_ptr_null(checksum_sha_free(NULL));
}
END_TEST

Suite *
suite_checksum(void)
{
	Suite *suite = suite_create("checksum");
	TCase *tests = tcase_create("checksum");

	tcase_add_test(tests, crc32c_is_castagnolis);
	tcase_add_test(tests, crc32c_by_instruction_and_by_table_are_the_same);
	tcase_add_test(tests, crc32c_goes_on_where_it_was);
	tcase_add_test(tests, sha_is_sha256_and_can_begin_again);
	suite_add_tcase(suite, tests);
	return suite;
}
