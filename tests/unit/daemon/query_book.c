#include "query_book.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/clock.h"
#include "daemon/health.h"
#include "proto/codec.h"

#define ARENA_SIZE (8 << 20)

struct book book;

static char folder[64];
static uint8_t body[STORE_BODY_MAX];
static struct standing standing;

struct code
named(const char *text)
{
	struct code code = {0};

	ck_assert(code_set(text, strlen(text), &code));
	return code;
}

struct day
at(const char *text)
{
	struct day day = DAY_NONE;

	ck_assert_msg(day_parse(text, strlen(text), &day), "%s", text);
	return day;
}

/* ---- what call.c and health.c do in the daemon ---- */

void
call_reply_at(struct call *call, const struct call_position *at,
	      struct Demerit__V1__Response *response)
{
	static uint8_t bytes[PROTO_FRAME_MAX];
	Demerit__V1__Position position = DEMERIT__V1__POSITION__INIT;

	position.has_sequence = true;
	position.sequence = at->sequence;
	response->position = &position;
	size_t size = demerit__v1__response__get_packed_size(response);

	(void)call;
	ck_assert_uint_le(size, sizeof(bytes));
	ck_assert_uint_lt(book.answers_count, BOOK_ANSWERS_MAX);
	demerit__v1__response__pack(response, bytes);
	Demerit__V1__Response *kept =
	    demerit__v1__response__unpack(&book.kept.allocator, size, bytes);
	ck_assert_ptr_nonnull(kept);
	book.answers[book.answers_count++] = kept;
	response->position = NULL;
}

void
call_reply(struct call *call, struct Demerit__V1__Response *response)
{
	call_reply_at(call, &call->context->position, response);
}

void
call_fail(struct call *call, enum status_reason reason, const char *field)
{
	(void)call;
	ck_assert_int_eq(book.refused, STATUS_OK);
	book.refused = reason;
	snprintf(book.field, sizeof(book.field), "%s", field == NULL ? "" : field);
}

void
call_fail_later(struct call *call, enum status_reason reason, uint32_t retry_after_ms)
{
	ck_assert_uint_gt(retry_after_ms, 0);
	call_fail(call, reason, NULL);
}

static struct call_stream *streaming;

void
call_stream(struct call *call, struct call_stream *stream)
{
	(void)call;
	ck_assert_ptr_null(streaming);
	streaming = stream;
}

void
health_report(const struct health *health, struct health_report *ret)
{
	(void)health;
	memset(ret, 0, sizeof(*ret));
	ret->ready = true;
	store_stats(book.parts.store, &ret->store);
	standings_stats(book.parts.standings, &ret->standings);
	ret->alarms[ret->alarms_count++] =
	    (struct health_alarm){"disk_low", "little is free", "空间不足", false};
}

/* ---- records ---- */

static void
publish(void)
{
	struct store_head head;
	struct call_position position;

	store_head(book.parts.store, &head);
	memcpy(position.ledger, head.ledger, sizeof(position.ledger));
	position.epoch = head.epoch;
	position.sequence = head.sequence;
	position.recorded_at = head.recorded_at;
	standings_publish(book.parts.standings, &position);
	book.context.position = position;
	book.sequence = head.sequence;
}

static void
append(enum record_kind kind, struct entry_pen *pen)
{
	struct store_record record = {
	    .kind = kind,
	    /* A minute apart. */
	    .recorded_at = BOOK_FIRST_TIME + (int64_t)book.sequence * 60000000,
	    .body = body,
	    .body_size = entry_end(pen),
	};

	ck_assert_uint_gt(record.body_size, 0);
	ck_assert_int_eq(store_append(book.parts.store, &record, 1), 0);
	publish();
}

static void
remember(const struct code *practitioner)
{
	const struct lookup lookup = {book.context.reader, NULL};

	ck_assert_int_eq(lookup_person(&lookup, practitioner, LOOKUP_NOW, &standing), 0);
	ck_assert_int_eq(standings_put(book.parts.standings, &standing, book.sequence), 0);
}

static void
put_subject(struct entry_pen *pen, const struct event *event)
{
	if (event->practitioner.size > 0)
		entry_put_subject(pen, SUBJECT_PRACTITIONER, &event->practitioner);
	if (event->kind == EVENT_INSTITUTION_ADDED)
		entry_put_subject(pen, SUBJECT_INSTITUTION, &event->institution.code);
	if (event->kind == EVENT_INSTITUTION_NOTED)
		entry_put_subject(pen, SUBJECT_INSTITUTION, &event->noted.institution);
	if (event->kind == EVENT_PENALTY_RECORDED)
		entry_put_subject(pen, SUBJECT_PENALTY, &event->penalty.penalty);
	if (event->kind == EVENT_PENALTY_OVERTURNED)
		entry_put_subject(pen, SUBJECT_PENALTY, &event->overturned.penalty);
	if (event->kind == EVENT_POINTS_RECORDED && event->points.penalty.size > 0)
		entry_put_subject(pen, SUBJECT_PENALTY, &event->points.penalty);
}

uint64_t
book_record(const struct event *events, size_t count)
{
	struct entry_head head = {.verdict = VERDICT_ACCEPTED, .principal = named("clerk")};
	struct entry_pen pen;
	char key[32];

	snprintf(key, sizeof(key), "key-%llu", (unsigned long long)book.sequence + 1);
	head.key = named(key);
	apply_default_id('E', book.sequence + 1, 0, &head.reply);
	entry_begin(&pen, body, sizeof(body), &head);
	put_subject(&pen, &events[0]);
	for (size_t i = 0; i < count; i++)
		entry_put_event(&pen, &events[i]);
	append(RECORD_ACCEPTED, &pen);
	if (events[0].practitioner.size > 0)
		remember(&events[0].practitioner);
	if (events[0].kind == EVENT_INSTITUTION_ADDED)
		ck_assert_int_eq(
		    standings_put_institution(book.parts.standings, &events[0].institution.code,
					      events[0].institution.kind,
					      &events[0].institution.region, book.sequence),
		    0);
	return book.sequence;
}

uint64_t
book_refused(const char *practitioner, const char *key, enum verdict verdict)
{
	struct entry_head head = {
	    .verdict = (uint16_t)verdict,
	    .principal = named("clerk"),
	    .key = named(key),
	    .has_detail = true,
	    .detail = {.thing = named(practitioner), .day = DAY_NONE},
	};
	struct code subject = named(practitioner);
	struct entry_pen pen;

	entry_begin(&pen, body, sizeof(body), &head);
	entry_put_subject(&pen, SUBJECT_PRACTITIONER, &subject);
	append(RECORD_REFUSED, &pen);
	return book.sequence;
}

uint64_t
book_institution(const char *code, const char *region, enum institution_kind kind)
{
	struct event event = {.kind = EVENT_INSTITUTION_ADDED};

	event.institution.code = named(code);
	event.institution.region = named(region);
	event.institution.kind = kind;
	return book_record(&event, 1);
}

uint64_t
book_person(const char *code, enum category category, const char *institution)
{
	struct event events[2] = {
	    {.kind = EVENT_PRACTITIONER_ADDED, .practitioner = named(code)},
	    {.kind = EVENT_REGISTRATION_JOINED, .practitioner = named(code)},
	};

	events[0].practitioner_added.category = category;
	if (institution == NULL)
		return book_record(events, 1);
	events[1].registration.institution = named(institution);
	events[1].registration.on = at("2025-01-01");
	return book_record(events, 2);
}

uint64_t
book_penalty(const char *id, const char *institution, const char *on)
{
	struct event event = {.kind = EVENT_PENALTY_RECORDED};

	event.penalty.penalty = named(id);
	event.penalty.institution = named(institution);
	event.penalty.kind = PENALTY_ADMINISTRATIVE;
	event.penalty.on = at(on);
	event.penalty.amount_fen = 120000;
	ck_assert(text_set("fine", 4, &event.penalty.measure));
	ck_assert(text_set("Art. 40", 7, &event.penalty.article));
	ck_assert(text_set("Bureau", 6, &event.penalty.authority));
	return book_record(&event, 1);
}

uint64_t
book_foreign(const char *practitioner, const char *id, enum status kind, const char *from,
	     const char *until, uint8_t exempt)
{
	struct event event = {.kind = EVENT_FOREIGN_SANCTION_SET,
			      .practitioner = named(practitioner)};

	event.foreign.sanction = named(id);
	event.foreign.kind = kind;
	event.foreign.from = at(from);
	event.foreign.until = until == NULL ? DAY_FOREVER : at(until);
	event.foreign.noted_on = DAY_NONE;
	event.foreign.exempt = exempt;
	ck_assert(text_set("OIG", 3, &event.foreign.source));
	ck_assert(text_set("N-7", 3, &event.foreign.number));
	ck_assert(text_set("1128a1", 6, &event.foreign.clause));
	return book_record(&event, 1);
}

static struct rulebook_id
judged_by(const char *slug, const char *version)
{
	struct rules_version found;
	struct rulebook_id id = {0};

	for (size_t i = 0; rules_set_rulebook_at(book.parts.rules, i, &found); i++) {
		if (strcmp(found.rulebook->id.slug.text, slug) == 0 &&
		    day_equal(found.rulebook->id.version, at(version)))
			id = found.rulebook->id;
	}
	ck_assert(id.slug.text[0] != '\0');
	return id;
}

static struct event_sanction
sanction(const char *id, enum status kind, enum path path, const char *from)
{
	struct event_sanction event = {
	    .sanction = named(id),
	    .kind = kind,
	    .path = path,
	    .from = at(from),
	    .until = DAY_FOREVER,
	    .bar_until = DAY_NONE,
	    .superseded_by = NUMBER_NONE,
	    .rulebook = judged_by("national", "2025-01-01"),
	};

	ck_assert(text_set("Art. 14", 7, &event.clause));
	return event;
}

struct event_sanction
book_suspension(const char *id, const char *from, int months)
{
	struct event_sanction event = sanction(id, STATUS_SUSPENDED, PATH_ACCUMULATED, from);

	event.months = months;
	event.until = day_add_months(event.from, months);
	event.exempt = VISIT_FIRST_AID | VISIT_RESCUE;
	return event;
}

struct event_sanction
book_termination(const char *id, enum path path, const char *from, int years)
{
	struct event_sanction event = sanction(id, STATUS_TERMINATED, path, from);

	event.bar_years = years;
	event.bar_until = day_add_years(event.from, years);
	return event;
}

uint64_t
book_points(const char *practitioner, const char *id, int points, const char *penalty,
	    const char *on, const struct event_sanction *brought)
{
	const struct lookup lookup = {book.context.reader, NULL};
	struct event events[2] = {
	    {.kind = EVENT_POINTS_RECORDED, .practitioner = named(practitioner)},
	    {.kind = EVENT_SANCTION_SET, .practitioner = named(practitioner)},
	};
	struct event_points *entry = &events[0].points;

	ck_assert_int_eq(lookup_person(&lookup, &events[0].practitioner, LOOKUP_NOW, &standing), 0);
	entry->entry = named(id);
	entry->penalty = named(penalty);
	entry->institution = named("H1");
	entry->situation = named("other");
	entry->points = points;
	entry->level = LEVEL_MAIN;
	entry->scored_on = at(on);
	entry->conduct_from = entry->conduct_to = at("2025-01-01");
	entry->rulebook = judged_by("national", "2025-01-01");
	entry->total = points + standing_total(&standing, day_year(at(on)), DAY_FOREVER).raw;
	if (brought == NULL)
		return book_record(events, 1);
	events[1].sanction = *brought;
	events[1].sanction.entry = standing.entries_count;
	events[1].sanction.basis = (UINT64_C(1) << standing.entries_count) |
				   standing_entries_of(&standing, day_year(at(on)), DAY_FOREVER);
	return book_record(events, 2);
}

uint64_t
book_fall(const char *practitioner, uint8_t entry, uint64_t sanctions)
{
	struct event events[1 + STANDING_SANCTIONS_MAX] = {
	    {.kind = EVENT_POINTS_FELL, .practitioner = named(practitioner)}};
	size_t count = 1;

	events[0].fell.entry = entry;
	events[0].fell.why = FALL_ANNULLED;
	events[0].fell.on = at("2025-12-01");
	for (uint8_t i = 0; i < STANDING_SANCTIONS_MAX; i++) {
		if ((sanctions >> i & 1) == 0)
			continue;
		events[count] = (struct event){.kind = EVENT_SANCTION_LIFTED,
					       .practitioner = named(practitioner)};
		events[count].lifted.sanction = i;
		events[count].lifted.why = FALL_ANNULLED;
		events[count++].lifted.on = at("2025-12-01");
	}
	return book_record(events, count);
}

/* ---- life ---- */

static void
load_rules(void)
{
	struct rules_error error;
	struct rules_file file;

	for (size_t i = 0; rules_shipped(i, &file); i++) {
		struct event event = {.kind = EVENT_RULES_LOADED};
		event.rules.kind = file.kind;
		event.rules.text.bytes = file.text;
		event.rules.text.size = (uint32_t)file.size;
		ck_assert_int_eq(
		    rules_identify(file.kind, file.text, file.size, &event.rules.id, &error), 0);
		uint64_t sequence = book_record(&event, 1);
		ck_assert_int_eq(rules_set_load(book.parts.rules, &event.rules, sequence, &error),
				 0);
	}
}

void
book_begin(void)
{
	static const struct clock clock = {NULL, NULL, NULL, NULL};
	static struct health health;
	struct store_report report;
	struct store_config config = {
	    .data = folder,
	    .create = true,
	    .manual = true,
	    .tables = apply_tables,
	    .table_count = TABLE_COUNT,
	    .apply = apply_record,
	    .first_segment_size = 1 << 20,
	    .view_map_size = 64 << 20,
	};

	(void)clock;
	memset(&book, 0, sizeof(book));
	snprintf(folder, sizeof(folder), "/tmp/test-query-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	ck_assert_msg(store_open(&config, &book.parts.store, &report) == 0, "%s", report.text);
	book.parts.rules = rules_set_new();
	book.parts.standings = standings_new(book.parts.rules, 64);
	book.parts.clock = &clock_system;
	book.parts.health = &health;
	book.parts.server = "demeritd test";
	standings_loops(book.parts.standings, 1);
	ck_assert_int_eq(store_reader_new(book.parts.store, &book.context.reader), 0);
	book.context.book = &book.parts;
	book.context.query = query_new(&book.parts, book.context.reader);
	book.context.today = at("2025-12-31");
	snprintf(book.principal.name, sizeof(book.principal.name), "clerk");
	atomic_store(&book.principal.rights, RIGHTS_ALL);
	arena_init(&book.arena, aligned_alloc(16, ARENA_SIZE), ARENA_SIZE);
	arena_init(&book.kept, aligned_alloc(16, ARENA_SIZE), ARENA_SIZE);
	load_rules();
	book_institution("H1", "350102", INSTITUTION_HOSPITAL);
	book_institution("HB", "110101", INSTITUTION_HOSPITAL);
	book_institution("P1", "350102", INSTITUTION_PHARMACY);
}

static int
remove_one(const char *path, const struct stat *info, int kind, struct FTW *place)
{
	(void)info;
	(void)kind;
	(void)place;
	return remove(path);
}

void
book_end(void)
{
	char beside[80];

	book.context.query = query_free(book.context.query);
	store_reader_free(book.context.reader);
	store_close(book.parts.store);
	standings_free(book.parts.standings);
	rules_set_free(book.parts.rules);
	free(book.arena.base);
	free(book.kept.base);
	nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	snprintf(beside, sizeof(beside), "%s.mark", folder);
	(void)unlink(beside);
	snprintf(beside, sizeof(beside), "%s.vault", folder);
	(void)unlink(beside);
}

/* ---- asking ---- */

static void
drain(struct call *call)
{
	struct call_stream *stream = streaming;
	enum call_result result;

	ck_assert_ptr_nonnull(stream);
	do {
		arena_reset(&book.arena);
		call->request = NULL;
		result = stream->more(call, stream);
	} while (result == CALL_MORE);
	ck_assert_int_eq((int)result, CALL_DONE);
	stream->free(stream);
	streaming = NULL;
}

void
book_ask(call_handler handler, Demerit__V1__Request *request)
{
	struct call call = {
	    .context = &book.context,
	    .principal = &book.principal,
	    .request = request,
	    .arena = &book.arena,
	    .deadline_us = INT64_MAX,
	};

	arena_reset(&book.arena);
	arena_reset(&book.kept);
	book.answers_count = 0;
	book.refused = STATUS_OK;
	book.field[0] = '\0';
	if (handler(&call) == CALL_MORE)
		drain(&call);
	ck_assert(book.answers_count > 0 || book.refused != STATUS_OK);
}

Demerit__V1__Response *
book_answer(Demerit__V1__Response__BodyCase wanted)
{
	ck_assert_msg(book.refused == STATUS_OK, "refused: %s %s", status_get(book.refused)->reason,
		      book.field);
	ck_assert_uint_eq(book.answers_count, 1);
	ck_assert_int_eq((int)book.answers[0]->body_case, (int)wanted);
	ck_assert_uint_eq(book.answers[0]->position->sequence, book.context.position.sequence);
	return book.answers[0];
}

void
book_is_refused(enum status_reason reason, const char *field)
{
	ck_assert_str_eq(status_get(book.refused)->reason, status_get(reason)->reason);
	ck_assert_str_eq(book.field, field);
	ck_assert_uint_eq(book.answers_count, 0);
}

Demerit__V1__CheckReply *
book_check(const char *practitioner, const char *on, uint64_t known_at, bool detail)
{
	Demerit__V1__Check check = DEMERIT__V1__CHECK__INIT;
	Demerit__V1__Request request = DEMERIT__V1__REQUEST__INIT;

	check.practitioner = (char *)(uintptr_t)practitioner;
	check.has_on = true;
	check.on = at(on).number;
	check.has_detail = true;
	check.detail = detail;
	request.has_known_at = known_at != 0;
	request.known_at = known_at;
	request.body_case = DEMERIT__V1__REQUEST__BODY_CHECK;
	request.check = &check;
	book_ask(query_check, &request);
	return book_answer(DEMERIT__V1__RESPONSE__BODY_CHECK)->check;
}
