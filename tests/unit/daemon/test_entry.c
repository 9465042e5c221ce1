#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/apply.h"
#include "daemon/batch.h"
#include "daemon/entry.h"
#include "writer_suites.h"

static struct code
code(const char *text)
{
	struct code ret = {0};
	ck_assert(code_set(text, strlen(text), &ret));
	return ret;
}

static struct entry_head
refused_head(void)
{
	struct entry_head head = {
	    .verdict = VERDICT_NEEDS_CHOICE,
	    .principal = code("clerk"),
	    .on_behalf_of = code("W-17"),
	    .key = code("key-1"),
	    .index = 7,
	    .reply = code("E17"),
	    .warnings_count = 2,
	    .warnings = {WARNING_RULES_OF_PARENT, WARNING_NOT_REGISTERED_THERE},
	    .has_detail = true,
	};

	memset(head.digest, 0xab, sizeof(head.digest));
	strcpy(head.detail.parameter, "months");
	strcpy(head.detail.field, "name");
	head.detail.thing = code("D350102000001");
	head.detail.day = (struct day){20000};
	head.detail.min = 1;
	head.detail.max = 6;
	head.detail.total = 10;
	ck_assert(text_set("第六条", strlen("第六条"), &head.detail.clause));
	ck_assert(text_set("published 2016-03", strlen("published 2016-03"), &head.note));
	return head;
}

static size_t
whole_body(uint8_t *bytes, size_t size)
{
	struct entry_head head = refused_head();
	struct code person = code("D350102000001");
	struct code penalty = code("P1");
	struct entry_key key = {{SUBJECT_PRACTITIONER, person}, {42, UINT64_C(0x1122334455667788)}};
	struct need need = {"from", 20000, INT32_MAX, 10};
	struct event event = {.kind = EVENT_REGISTRATION_JOINED, .practitioner = person};
	struct entry_pen pen;

	event.registration.institution = code("H35010200001");
	event.registration.on = (struct day){20001};
	entry_begin(&pen, bytes, size, &head);
	entry_put_subject(&pen, SUBJECT_PRACTITIONER, &person);
	entry_put_subject(&pen, SUBJECT_PENALTY, &penalty);
	entry_put_key(&pen, &key);
	entry_put_need(&pen, &person, &need);
	entry_put_event(&pen, &event);
	return entry_end(&pen);
}

START_TEST(what_was_written_is_read)
{
	uint8_t bytes[2048];
	size_t size = whole_body(bytes, sizeof(bytes));
	struct entry_head head = refused_head();
	struct entry_body body;
	struct entry_subject subject;
	struct entry_key key;
	struct entry_need need;
	struct event event;

	ck_assert_uint_gt(size, 0);
	ck_assert(entry_read(bytes, size, &body));
	ck_assert_uint_eq(body.head.verdict, head.verdict);
	ck_assert(code_equal(&body.head.principal, &head.principal));
	ck_assert(code_equal(&body.head.on_behalf_of, &head.on_behalf_of));
	ck_assert(code_equal(&body.head.key, &head.key));
	ck_assert_uint_eq(body.head.index, 7);
	ck_assert_mem_eq(body.head.digest, head.digest, sizeof(head.digest));
	ck_assert(code_equal(&body.head.reply, &head.reply));
	ck_assert(text_equal(&body.head.note, &head.note));
	ck_assert_uint_eq(body.head.warnings_count, 2);
	ck_assert_mem_eq(body.head.warnings, head.warnings, 2);
	ck_assert(body.head.has_detail);
	ck_assert_str_eq(body.head.detail.parameter, "months");
	ck_assert_str_eq(body.head.detail.field, "name");
	ck_assert(text_equal(&body.head.detail.clause, &head.detail.clause));
	ck_assert_int_eq(body.head.detail.day.number, 20000);
	ck_assert_int_eq(body.head.detail.total, 10);

	ck_assert(entry_next_subject(&body.subjects, &subject));
	ck_assert_int_eq(subject.kind, SUBJECT_PRACTITIONER);
	ck_assert(entry_next_subject(&body.subjects, &subject));
	ck_assert_int_eq(subject.kind, SUBJECT_PENALTY);
	ck_assert(!entry_next_subject(&body.subjects, &subject));
	ck_assert_uint_eq(body.subjects.left, 0);
	ck_assert(entry_next_key(&body.keys, &key));
	ck_assert_uint_eq(key.key.slot, 42);
	ck_assert_uint_eq(key.key.id, UINT64_C(0x1122334455667788));
	ck_assert(entry_next_need(&body.needs, &need));
	ck_assert_str_eq(need.parameter, "from");
	ck_assert_int_eq(need.max, INT32_MAX);
	ck_assert(entry_next_event(&body.events, &event));
	ck_assert_int_eq(event.kind, EVENT_REGISTRATION_JOINED);
	ck_assert_int_eq(event.registration.on.number, 20001);
	ck_assert(!entry_next_event(&body.events, &event));
	ck_assert_uint_eq(body.events.left, 0);
}
END_TEST

static bool
reads_whole(const uint8_t *bytes, size_t size)
{
	struct entry_body body;
	struct event event;

	if (!entry_read(bytes, size, &body))
		return false;
	while (entry_next_event(&body.events, &event))
		;
	return body.events.left == 0;
}

START_TEST(no_beginning_of_a_body_is_a_body)
{
	uint8_t bytes[2048];
	size_t size = whole_body(bytes, sizeof(bytes));

	ck_assert(reads_whole(bytes, size));
	for (size_t cut = 0; cut < size; cut++) {
		/* Exactly as long as it is: a byte read too far is seen by the sanitizer. */
		uint8_t *short_bytes = malloc(cut + 1);
		memcpy(short_bytes, bytes, cut);
		ck_assert_msg(!reads_whole(short_bytes, cut), "%zu of %zu bytes", cut, size);
		free(short_bytes);
	}
}
END_TEST

START_TEST(a_body_that_does_not_fit_is_none)
{
	uint8_t bytes[2048];
	size_t size = whole_body(bytes, sizeof(bytes));

	for (size_t room = 0; room < size; room++)
		ck_assert_uint_eq(whole_body(bytes, room), 0);
	ck_assert_uint_eq(whole_body(bytes, size), size);
}
END_TEST

START_TEST(changed_bytes_never_read_beyond_the_body)
{
	uint8_t bytes[2048];
	size_t size = whole_body(bytes, sizeof(bytes));

	for (size_t at = 0; at < size; at++) {
		for (unsigned bit = 0; bit < 8; bit++) {
			uint8_t *flipped = malloc(size);
			memcpy(flipped, bytes, size);
			flipped[at] ^= (uint8_t)(1u << bit);
			(void)reads_whole(flipped, size);
			free(flipped);
		}
	}
}
END_TEST

/* daemon/FORMAT.md. If this test fails, the change is wrong: such bytes are on disks. */
START_TEST(the_bytes_of_version_one_are_these)
{
	static const char expected[] =
	    "01032f0105636c65726b04572d3137056b65792d3107000000ababababababababababababababab"
	    "ababababababababababababababababab03453137117075626c697368656420323031362d303302"
	    "0103066d6f6e746873046e616d650d44333530313032303030303031204e00000100000006000000"
	    "0a00000009e7acace585ade69da102000000010d4433353031303230303030303103025031010000"
	    "00010d443335303130323030303030312a0000008877665544332211010000000d44333530313032"
	    "3030303030310466726f6d204e0000ffffff7f0a0000000100000003011f0000000d443335303130"
	    "323030303030310c483335303130323030303031214e0000";
	uint8_t bytes[2048];
	size_t size = whole_body(bytes, sizeof(bytes));
	char hex[4097];

	for (size_t i = 0; i < size; i++)
		snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
	ck_assert_str_eq(hex, expected);
}
END_TEST

START_TEST(a_later_version_is_not_read_as_this_one)
{
	uint8_t bytes[2048];
	struct entry_body body;
	size_t size = whole_body(bytes, sizeof(bytes));

	bytes[0] = 2;
	ck_assert(!entry_read(bytes, size, &body));
}
END_TEST

START_TEST(a_default_id_names_its_record)
{
	struct code id;

	apply_default_id('E', 17, 0, &id);
	ck_assert_str_eq(id.text, "E17");
	ck_assert_uint_eq(apply_default_sequence('E', &id), 17);
	apply_default_id('S', UINT64_C(123456789012345678), 4095, &id);
	ck_assert_str_eq(id.text, "S123456789012345678-4096");
	ck_assert_uint_eq(apply_default_sequence('S', &id), UINT64_C(123456789012345678));
}
END_TEST

START_TEST(another_form_of_id_names_no_record)
{
	static const char *const others[] = {
	    "E",
	    "E0",
	    "E017",
	    "E17-",
	    "E17-1",
	    "E17-02",
	    "E17-2x",
	    "X17",
	    "E17x",
	    "E-17",
	    "E1.17",
	    "e17",
	    "E1234567890123456789",
	    "E17-0",
	    "17",
	};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		struct code id = code(others[i]);
		ck_assert_msg(apply_default_sequence('E', &id) == 0, "%s", others[i]);
	}
}
END_TEST

START_TEST(rows_of_a_code_are_not_those_of_a_longer_one)
{
	struct code shorter = code("D1");
	struct code longer = code("D10");
	struct apply_key prefix, row;

	apply_key_subject(&prefix, SUBJECT_PRACTITIONER, &shorter, 0);
	apply_key_subject(&row, SUBJECT_PRACTITIONER, &longer, 5);
	ck_assert(memcmp(prefix.bytes, row.bytes, prefix.size) != 0);
	apply_key_subject(&row, SUBJECT_INSTITUTION, &shorter, 5);
	ck_assert(memcmp(prefix.bytes, row.bytes, prefix.size) != 0);
	apply_key_subject(&row, SUBJECT_PRACTITIONER, &shorter, 5);
	ck_assert(memcmp(prefix.bytes, row.bytes, prefix.size) == 0);
	ck_assert_uint_eq(apply_sequence_of_key(row.bytes, row.size), 5);
}
END_TEST

START_TEST(keys_of_two_principals_are_two_keys)
{
	struct code a = code("ab"), b = code("a"), c = code("c"), bc = code("bc");
	struct apply_key one, two;

	apply_key_outcome(&one, &a, &c, 0);
	apply_key_outcome(&two, &b, &bc, 0);
	ck_assert(one.size != two.size || memcmp(one.bytes, two.bytes, one.size) != 0);
}
END_TEST

static struct store_record
record_of(uint8_t *bytes, size_t size, uint64_t sequence)
{
	return (struct store_record){
	    .kind = RECORD_ACCEPTED,
	    .sequence = sequence,
	    .body = bytes,
	    .body_size = whole_body(bytes, size),
	};
}

START_TEST(a_batch_answers_for_its_records)
{
	uint8_t bytes[2048];
	struct batch *batch = batch_new();
	struct store_record first = record_of(bytes, sizeof(bytes), 100);
	struct store_record second = first;
	struct code person = code("D350102000001"), principal = code("clerk"), key = code("key-1");
	struct apply_key row;
	struct store_value value;
	enum record_kind kind = 0;

	second.sequence = 101;
	second.kind = RECORD_REFUSED;
	ck_assert_int_eq(batch_add(batch, &first), 0);
	ck_assert_int_eq(batch_add(batch, &second), 0);
	ck_assert_uint_eq(batch_count(batch), 2);
	apply_key_outcome(&row, &principal, &key, 7);
	ck_assert(batch_get(batch, TABLE_OUTCOME, &row, &value));
	ck_assert_uint_eq(apply_sequence_of_value(value.bytes, value.size), 101);
	apply_key_outcome(&row, &principal, &key, 8);
	ck_assert(!batch_get(batch, TABLE_OUTCOME, &row, &value));

	apply_key_subject(&row, SUBJECT_PRACTITIONER, &person, 0);
	ck_assert_uint_eq(batch_next(batch, &row, 0, &kind), 100);
	ck_assert_int_eq(kind, RECORD_ACCEPTED);
	ck_assert_uint_eq(batch_next(batch, &row, 100, &kind), 101);
	ck_assert_int_eq(kind, RECORD_REFUSED);
	ck_assert_uint_eq(batch_next(batch, &row, 101, &kind), 0);
	ck_assert_ptr_null(batch_record(batch, 99));
	ck_assert_uint_eq(batch_record(batch, 101)->sequence, 101);
	ck_assert_ptr_null(batch_record(batch, 102));

	batch_reset(batch);
	ck_assert_uint_eq(batch_next(batch, &row, 0, &kind), 0);
	batch_free(batch);
}
END_TEST

START_TEST(a_record_that_is_none_leaves_no_row_behind)
{
	uint8_t bytes[2048], bad[2048];
	struct batch *batch = batch_new();
	struct store_record good = record_of(bytes, sizeof(bytes), 100);
	struct store_record wrong = record_of(bad, sizeof(bad), 101);
	struct code person = code("D350102000001");
	struct apply_key row;
	enum record_kind kind;

	wrong.body_size -= 3; /* subjects are whole, the event is not */
	ck_assert_int_eq(batch_add(batch, &good), 0);
	ck_assert_int_eq(batch_add(batch, &wrong), STORE_DAMAGED);
	ck_assert_uint_eq(batch_count(batch), 1);
	apply_key_subject(&row, SUBJECT_PRACTITIONER, &person, 0);
	ck_assert_uint_eq(batch_next(batch, &row, 0, &kind), 100);
	ck_assert_uint_eq(batch_next(batch, &row, 100, &kind), 0);
	batch_free(batch);
}
END_TEST

START_TEST(a_batch_ends_where_a_group_does)
{
	static uint8_t bytes[2048];
	struct batch *batch = batch_new();
	struct store_record record = record_of(bytes, sizeof(bytes), 1);
	size_t count = 0;

	while (batch_has_room(batch, record.body_size)) {
		ck_assert_int_eq(batch_add(batch, &record), 0);
		record.sequence++;
		count++;
	}
	size_t each = store_record_size(record.body_size);
	ck_assert_uint_le(count * each, STORE_GROUP_RECORDS_MAX);
	ck_assert(count == STORE_GROUP_COUNT_MAX || (count + 1) * each > STORE_GROUP_RECORDS_MAX);
	batch_free(batch);
}
END_TEST

Suite *
suite_entry(void)
{
	Suite *suite = suite_create("entry");
	TCase *body = tcase_create("body");
	TCase *rows = tcase_create("rows");
	TCase *batch = tcase_create("batch");

	tcase_add_test(body, what_was_written_is_read);
	tcase_add_test(body, no_beginning_of_a_body_is_a_body);
	tcase_add_test(body, a_body_that_does_not_fit_is_none);
	tcase_add_test(body, changed_bytes_never_read_beyond_the_body);
	tcase_add_test(body, the_bytes_of_version_one_are_these);
	tcase_add_test(body, a_later_version_is_not_read_as_this_one);
	suite_add_tcase(suite, body);
	tcase_add_test(rows, a_default_id_names_its_record);
	tcase_add_test(rows, another_form_of_id_names_no_record);
	tcase_add_test(rows, rows_of_a_code_are_not_those_of_a_longer_one);
	tcase_add_test(rows, keys_of_two_principals_are_two_keys);
	suite_add_tcase(suite, rows);
	tcase_add_test(batch, a_batch_answers_for_its_records);
	tcase_add_test(batch, a_record_that_is_none_leaves_no_row_behind);
	tcase_add_test(batch, a_batch_ends_where_a_group_does);
	suite_add_tcase(suite, batch);
	return suite;
}
