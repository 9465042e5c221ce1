#include "suites.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/ledger/event.h"

#define BUFFER_SIZE 8192

static struct code
code(const char *text)
{
	struct code made;

	ck_assert(code_set(text, strlen(text), &made));
	return made;
}

static struct text
text(const char *words)
{
	struct text made;

	ck_assert(text_set(words, strlen(words), &made));
	return made;
}

static const uint8_t blob[] = "slug: hunan\n";

static struct event_points
example_points(const struct rulebook_id *id, const struct sealed *sealed)
{
	return (struct event_points){code("E1"), code("P"), code("H"),	  code("other"), 12,
				     LEVEL_MAIN, {20201},   {19000},	  {20100},	 12,
				     21,	 5,	    code("talk"), *id,		 *sealed,
				     code("C1"), -1,	    code("A1")};
}

static struct event_sanction
example_sanction(const struct rulebook_id *id)
{
	return (struct event_sanction){code("S9"),  STATUS_SUSPENDED,	PATH_ACCUMULATED,
				       {20202},	    DAY_FOREVER,	6,
				       3,	    DAY_NONE,		5,
				       2,	    0x8000000000000001, 3,
				       NUMBER_NONE, OVERLAP_KEEP,	7,
				       *id,	    text("clause")};
}

/* Of the procedure. */
static void
example_case(struct event *event, const struct rulebook_id *id, const struct sealed *sealed)
{
	switch ((int)event->kind) {
	case EVENT_NOTICE_SERVED:
		event->notice = (struct event_notice){code("N1"), code("E1"),	code("H1"), {20200},
						      {20214},	  text("post"), *id,	    *id};
		break;
	case EVENT_OBJECTION_FILED:
		event->objection = (struct event_objection){
		    code("O1"), code("E1"), code("D1"), {20201}, {20214}, 1, 1, *sealed};
		break;
	case EVENT_OBJECTION_REVIEWED:
		event->reviewed = (struct event_reviewed){code("O1"),	  REVIEW_CHANGED, {20230},
							  text("医保局"), code("E2"),	  *sealed};
		break;
	case EVENT_SANCTION_STAYED:
		event->stayed = (struct event_stayed){
		    code("Y1"), 3, {20231}, code("O1"), text("法院"), text("no 5"), *sealed};
		break;
	case EVENT_SANCTION_RESUMED:
		event->resumed = (struct event_resumed){code("Y1"), 3, {20240}, {20300}, *sealed};
		break;
	case EVENT_REPAIR_REQUESTED:
		event->repair_requested = (struct event_repair_requested){
		    code("R1"), code("training"), {20250}, 1, *sealed};
		break;
	case EVENT_REPAIRED:
		event->repaired = (struct event_repaired){
		    code("R1"), {20251}, 1, 2025, REPAIR_FROM_CAPPED, *id, text("c"), *sealed};
		break;
	case EVENT_SANCTION_SHORTENED:
		event->shortened = (struct event_shortened){code("R1"), 3, {20251}, {20260}};
		break;
	case EVENT_PROPOSED:
		event->proposed = (struct event_proposed){
		    code("P1"), {20260}, {20290}, 67, {blob, (uint32_t)sizeof(blob) - 1},
		    code("H1"), *sealed, *sealed};
		break;
	case EVENT_REFERRAL_SENT:
		event->referral = (struct event_referral){code("F1"),	  code("E1"), code("P"),
							  text("卫健委"), {20252},    text("t")};
		break;
	case EVENT_REFERRAL_RECEIVED:
		event->receipt =
		    (struct event_receipt){code("F1"), {20259}, text("no 7"), text("t")};
		break;
	case EVENT_OBJECTION_EXPLAINED:
	case EVENT_REPAIR_DENIED:
	case EVENT_PROPOSAL_APPROVED:
	case EVENT_PROPOSAL_DENIED:
		event->step = (struct event_step){code("R1"), {20252}, *sealed};
		break;
	}
}

static void
example_identity(struct event *event, const struct sealed *sealed)
{
	switch ((int)event->kind) {
	case EVENT_ALIAS_SET:
	case EVENT_ALIAS_REMOVED:
		event->alias.alias = code("cert:1");
		break;
	case EVENT_MERGED:
	case EVENT_UNMERGED:
		event->merged = (struct event_merged){code("D2"), 1, *sealed};
		break;
	case EVENT_INSTITUTION_CHANGED:
		event->practitioner = (struct code){0};
		event->changed = (struct event_institution_changed){
		    code("H1"), {20253}, code("430102"), code("H2"), {20254}, *sealed, text("r")};
		break;
	case EVENT_MARKING_ACKNOWLEDGED:
		event->marking = (struct event_marking){code("H1"), code("S1"), {20255}};
		break;
	case EVENT_MARKER:
		event->marker =
		    (struct event_marker){MARKER_SUSPENSION_OVER, code("S1"), {20256}, 1};
		break;
	}
}

/* One event of each kind with every field set to something of its own. */
static struct event
example(enum event_kind kind)
{
	struct event event = {.kind = kind};
	struct rulebook_id id = {.version = {20148}};
	struct sealed sealed = {.size = 5, .bytes = "\x01\x02\x00\x04\x05"};

	memcpy(id.slug.text, "hunan", 5);
	memset(id.hash, 0xab, sizeof(id.hash));
	event.practitioner = code("D350102000001");
	example_case(&event, &id, &sealed);
	example_identity(&event, &sealed);
	switch ((int)kind) {
	case EVENT_INSTITUTION_ADDED:
		event.practitioner = (struct code){0};
		event.institution = (struct event_institution){code("H1"), code("430102"),
							       INSTITUTION_PHARMACY, sealed};
		break;
	case EVENT_PRACTITIONER_ADDED:
		event.practitioner_added = (struct event_practitioner){CATEGORY_BILLING, sealed};
		break;
	case EVENT_REGISTRATION_JOINED:
	case EVENT_REGISTRATION_LEFT:
	case EVENT_REREGISTERED:
		event.registration = (struct event_registration){code("H2"), {20000}};
		break;
	case EVENT_PENALTY_RECORDED:
		event.penalty = (struct event_penalty){
		    code("P"),	     code("H"),	      PENALTY_AGREEMENT, {20200},	-123456789,
		    text("warning"), text("Art. 38"), text("医保局"),	 code("clue-1")};
		break;
	case EVENT_PENALTY_OVERTURNED:
		event.overturned = (struct event_overturned){code("P"), {20300}, 4096, sealed};
		break;
	case EVENT_POINTS_RECORDED:
		event.points = example_points(&id, &sealed);
		break;
	case EVENT_POINTS_FELL:
		event.fell = (struct event_fell){63, FALL_OVERTURNED, {20301}, sealed};
		break;
	case EVENT_SANCTION_SET:
		event.sanction = example_sanction(&id);
		break;
	case EVENT_SANCTION_LIFTED:
		event.lifted = (struct event_lifted){1, FALL_CORRECTED, {20302}};
		break;
	case EVENT_FOREIGN_SANCTION_SET:
		event.foreign = (struct event_foreign){
		    code("F1"), STATUS_TERMINATED, {5000},	 DAY_FOREVER,	 {6000},
		    2,		text("OIG"),	   text("no 1"), text("1128a1"), text("note")};
		break;
	case EVENT_FOREIGN_SANCTION_ENDED:
		event.foreign_ended = (struct event_foreign_ended){4, {20303}};
		break;
	case EVENT_INSTITUTION_NOTED:
		event.practitioner = (struct code){0};
		event.noted = (struct event_institution_noted){
		    code("H3"), {1}, {2}, text("s"), text("n"), text("c"), text("t")};
		break;
	case EVENT_RULES_LOADED:
		event.practitioner = (struct code){0};
		event.rules =
		    (struct event_rules){RULES_POLICY, id, {blob, (uint32_t)sizeof(blob) - 1}};
		break;
	case EVENT_LEDGER_BEGUN:
	case EVENT_EPOCH_BEGUN:
	case EVENT_TAIL_CUT:
	case EVENT_CLOCK_ACCEPTED:
		event.practitioner = (struct code){0};
		event.operator=(struct event_operator){UINT64_MAX, 77, {0xcd}, text("why")};
		break;
	}
	return event;
}

START_TEST(every_kind_comes_back_as_it_was)
{
	enum event_kind kind = (enum event_kind)_i;
	struct event event = example(kind), back;
	uint8_t bytes[BUFFER_SIZE], again[BUFFER_SIZE];
	size_t size = event_encode(&event, bytes, sizeof(bytes));

	ck_assert_uint_gt(size, 6);
	ck_assert_uint_eq(event_decode(bytes, size, &back), size);
	if (kind == EVENT_PROPOSED)
		back.proposed.request.bytes = blob;
	if (kind == EVENT_RULES_LOADED) {
		ck_assert_mem_eq(back.rules.text.bytes, blob, back.rules.text.size);
		back.rules.text.bytes = blob;
	}
	/* gcc zeroes the padding of what we build here; clang 14 and its sanitizers do not. */
#if !defined(__clang__) && !defined(__SANITIZE_THREAD__)
	ck_assert_mem_eq(&event, &back, sizeof(event));
#endif

	/* Canonical: the same event has the same bytes, whatever lies behind them. */
	ck_assert_uint_eq(event_encode(&back, again, sizeof(again)), size);
	ck_assert_mem_eq(bytes, again, size);
	ck_assert_uint_eq(event_decode(bytes, sizeof(bytes), &back), size);
}
END_TEST

START_TEST(a_buffer_one_byte_short_is_refused)
{
	struct event event = example((enum event_kind)_i);
	uint8_t bytes[BUFFER_SIZE];
	size_t size = event_encode(&event, bytes, sizeof(bytes));

	for (size_t less = 1; less <= size; less++)
		ck_assert_uint_eq(event_encode(&event, bytes, size - less), 0);
}
END_TEST

START_TEST(bytes_cut_anywhere_are_no_event)
{
	struct event event = example((enum event_kind)_i), back;
	uint8_t bytes[BUFFER_SIZE];
	size_t size = event_encode(&event, bytes, sizeof(bytes));

	for (size_t less = 1; less <= size; less++) {
		ck_assert_uint_eq(event_decode(bytes, size - less, &back), 0);
		/* A size field that agrees with the cut does not help. */
		if (less + 6 > size)
			continue;
		bytes[2] = (uint8_t)(size - 6 - less);
		bytes[3] = (uint8_t)((size - 6 - less) >> 8);
		ck_assert_uint_eq(event_decode(bytes, size - less, &back), 0);
		bytes[2] = (uint8_t)(size - 6);
		bytes[3] = (uint8_t)((size - 6) >> 8);
	}
}
END_TEST

START_TEST(an_unknown_kind_or_version_is_refused)
{
	struct event event = example(EVENT_POINTS_FELL), back;
	uint8_t bytes[BUFFER_SIZE];
	size_t size = event_encode(&event, bytes, sizeof(bytes));

	bytes[1] = 2;
	ck_assert_uint_eq(event_decode(bytes, size, &back), 0);
	bytes[1] = 0;
	ck_assert_uint_eq(event_decode(bytes, size, &back), 0);
	bytes[1] = 1;
	bytes[0] = 0;
	ck_assert_uint_eq(event_decode(bytes, size, &back), 0);
	bytes[0] = 250;
	ck_assert_uint_eq(event_decode(bytes, size, &back), 0);
}
END_TEST

START_TEST(changed_bytes_never_do_harm)
{
	struct event event = example((enum event_kind)_i), back;
	uint8_t bytes[BUFFER_SIZE];
	size_t size = event_encode(&event, bytes, sizeof(bytes));

	srand(7);
	for (unsigned round = 0; round < 20000; round++) {
		uint8_t changed[BUFFER_SIZE];
		memcpy(changed, bytes, size);
		for (int flips = rand() % 4; flips >= 0; flips--)
			changed[(size_t)rand() % size] = (uint8_t)rand();
		if (event_decode(changed, size, &back) == 0)
			continue;
		/* Whatever decodes has exactly one encoding: its own. */
		uint8_t again[BUFFER_SIZE];
		size_t took = event_decode(changed, size, &back);
		if (changed[1] != bytes[1]) /* an older version is written as the last one */
			continue;
		ck_assert_uint_eq(event_encode(&back, again, sizeof(again)), took);
		ck_assert_mem_eq(again, changed, took);
	}
}
END_TEST

/* The format is final: these bytes must decode, and encode, for ever. */
START_TEST(the_first_format_stays)
{
	static const char expected[] = "0a01"
				       "49000000"
				       "0d44333530313032303030303031"
				       "025339"
				       "02"
				       "02"
				       "ea4e0000"
				       "ffffff7f"
				       "06000000"
				       "03000000"
				       "00000080"
				       "05"
				       "02"
				       "0100000000000080"
				       "0300000000000000"
				       "ff"
				       "04"
				       "07000000"
				       "0568756e616e";
	struct event event = example(EVENT_SANCTION_SET);
	uint8_t bytes[BUFFER_SIZE];
	char hex[2 * BUFFER_SIZE + 1];
	size_t size = event_encode(&event, bytes, sizeof(bytes));

	for (size_t i = 0; i < size; i++) {
		hex[2 * i] = "0123456789abcdef"[bytes[i] >> 4];
		hex[2 * i + 1] = "0123456789abcdef"[bytes[i] & 15];
	}
	hex[2 * size] = '\0';
	/* The size field counts the hash and the clause that follow here. */
	ck_assert_uint_eq(size, 6 + 14 + 3 + 1 + 1 + 4 + 4 + 4 + 4 + 4 + 1 + 1 + 8 + 8 + 1 + 1 + 4 +
				    6 + 4 + 32 + 7);
	ck_assert_mem_eq(hex, expected, 4);
	ck_assert_mem_eq(hex + 12, expected + 12, sizeof(expected) - 1 - 12);
}
END_TEST

/* What was written before entries named a catalogue code, a shift and an act. */
START_TEST(points_of_the_first_version_are_read)
{
	struct event event = example(EVENT_POINTS_RECORDED), back;
	uint8_t bytes[BUFFER_SIZE];

	event.points.catalogue = (struct code){0};
	event.points.band_shift = 0;
	event.points.act = (struct code){0};
	size_t size = event_encode(&event, bytes, sizeof(bytes));
	const size_t since = 1 + 4 + 1; /* two empty codes and a number */

	ck_assert_uint_eq(bytes[1], 2);
	bytes[1] = 1;
	ck_assert_uint_eq(event_decode(bytes, size, &back), 0);
	bytes[2] = (uint8_t)(size - 6 - since);
	bytes[3] = (uint8_t)((size - 6 - since) >> 8);
	ck_assert_uint_eq(event_decode(bytes, size - since, &back), size - since);
	ck_assert(code_equal(&back.points.entry, &event.points.entry));
	ck_assert_int_eq(back.points.points, event.points.points);
	ck_assert_uint_eq(back.points.reason.size, event.points.reason.size);
	ck_assert(code_is_empty(&back.points.act));
}
END_TEST

Suite *
suite_event(void)
{
	Suite *suite = suite_create("event");
	TCase *tests = tcase_create("event");
	const int first = EVENT_INSTITUTION_ADDED, end = EVENT_KIND_LAST + 1;

	tcase_set_timeout(tests, 60);
	tcase_add_loop_test(tests, every_kind_comes_back_as_it_was, first, end);
	tcase_add_loop_test(tests, a_buffer_one_byte_short_is_refused, first, end);
	tcase_add_loop_test(tests, bytes_cut_anywhere_are_no_event, first, end);
	tcase_add_test(tests, an_unknown_kind_or_version_is_refused);
	tcase_add_loop_test(tests, changed_bytes_never_do_harm, first, end);
	tcase_add_test(tests, the_first_format_stays);
	tcase_add_test(tests, points_of_the_first_version_are_read);
	suite_add_tcase(suite, tests);
	return suite;
}
