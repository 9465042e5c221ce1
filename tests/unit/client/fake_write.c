/*
 * The stand-in's writes: it remembers keys and nothing else.
 */

#include "fake.h"

#include <stdlib.h>
#include <string.h>

#include "proto/precheck.h"

#define FAKE_KEYS_MAX 65536

static struct {
	char key[65];
	unsigned tries;
	uint64_t sequence;
} fake_keys[FAKE_KEYS_MAX];
static size_t fake_keys_count;

static size_t
fake_key(const char *key)
{
	size_t at = 0;

	while (at < fake_keys_count && strcmp(fake_keys[at].key, key) != 0)
		at++;
	if (at == fake_keys_count && at < FAKE_KEYS_MAX - 1) {
		strncpy(fake_keys[at].key, key, 64);
		fake_keys[at].sequence = FAKE_SEQUENCE + ++fake_keys_count;
	}
	return at;
}

/* The id or code a write is about: every write's first text. */
static const char *
fake_subject(const Demerit__V1__Request *request)
{
	const ProtobufCMessage *body = (const ProtobufCMessage *)request->check;
	const ProtobufCFieldDescriptor *field = &body->descriptor->fields[0];
	const char *text;

	memcpy(&text, (const uint8_t *)body + field->offset, sizeof(text));
	return text == NULL ? "" : text;
}

static void
fake_refuse(struct fake_session *session, const Demerit__V1__Request *request,
	    Demerit__V1__Code code, const char *reason, uint32_t verdict)
{
	Demerit__V1__Response response = DEMERIT__V1__RESPONSE__INIT;
	Demerit__V1__Error error = DEMERIT__V1__ERROR__INIT;
	Demerit__V1__ChoiceNeeded months = DEMERIT__V1__CHOICE_NEEDED__INIT;
	Demerit__V1__ChoiceNeeded overlap = DEMERIT__V1__CHOICE_NEEDED__INIT;
	Demerit__V1__ChoiceNeeded *choices[] = {&months, &overlap};
	char *allowed[] = {(char[]){"replace"}, (char[]){"keep"}};

	months.practitioner = overlap.practitioner = (char[]){"D1"};
	months.has_total = overlap.has_total = true;
	months.total = overlap.total = 9;
	months.parameter = (char[]){"months"};
	months.has_min = months.has_max = true;
	months.min = 1;
	months.max = 6;
	overlap.parameter = (char[]){"overlap"};
	overlap.allowed = allowed;
	overlap.n_allowed = 2;
	error.has_code = true;
	error.code = code;
	error.reason = (char *)(uintptr_t)reason;
	error.message = (char[]){"the stand-in refuses"};
	error.message_zh = (char[]){"替身拒绝"};
	error.has_verdict = verdict != 0;
	error.verdict = verdict;
	error.clause = verdict != 0 ? (char[]){"art. 3"} : NULL;
	error.field = (char[]){"id"};
	error.has_sequence = verdict != 0;
	error.sequence = FAKE_SEQUENCE;
	if (strcmp(reason, "NEEDS_CHOICE") == 0) {
		error.parameter = months.parameter;
		error.choices = choices;
		error.n_choices = 2;
	}
	response.body_case = DEMERIT__V1__RESPONSE__BODY_ERROR;
	response.error = &error;
	fake_answer(session, request, &response);
}

static void
fake_accept(struct fake_session *session, const Demerit__V1__Request *request, uint64_t sequence)
{
	Demerit__V1__Response response = DEMERIT__V1__RESPONSE__INIT;
	Demerit__V1__WriteReply reply = DEMERIT__V1__WRITE_REPLY__INIT;
	Demerit__V1__Warning warning = DEMERIT__V1__WARNING__INIT;
	Demerit__V1__Warning *warnings[] = {&warning};
	bool unchanged = strcmp(fake_subject(request), "UNCHANGED") == 0;

	reply.id = (char *)(uintptr_t)fake_subject(request);
	reply.has_verdict = true;
	reply.verdict = unchanged ? 2 : 1;
	reply.verdict_name = unchanged ? (char[]){"UNCHANGED"} : (char[]){"ACCEPTED"};
	reply.has_unchanged = reply.unchanged = unchanged;
	reply.has_dry_run = reply.dry_run = request->dry_run;
	if (!request->dry_run) {
		reply.has_sequence = reply.has_recorded_at = true;
		reply.sequence = sequence;
		reply.recorded_at = INT64_C(1750000000000001);
	}
	warning.reason = (char[]){"AS_PARENT"};
	warning.message = (char[]){"as its parent"};
	warning.message_zh = (char[]){"沿用上级规则"};
	if (strcmp(fake_subject(request), "WARN") == 0) {
		reply.warnings = warnings;
		reply.n_warnings = 1;
	}
	response.body_case = DEMERIT__V1__RESPONSE__BODY_WRITE;
	response.write = &reply;
	fake_answer(session, request, &response);
}

bool
fake_write(struct fake_session *session, const Demerit__V1__Request *request)
{
	const char *subject;
	size_t key;

	if ((unsigned)request->body_case < PRECHECK_WRITES_MIN || request->idempotency_key == NULL)
		return false;
	subject = fake_subject(request);
	key = fake_key(request->idempotency_key);
	fake_keys[key].tries++;
	if (strncmp(subject, "HANGUP-", 7) == 0 &&
	    fake_keys[key].tries <= (unsigned)(subject[7] - '0'))
		session->hang_up = true;
	else if (strncmp(subject, "BUSY", 4) == 0 && fake_keys[key].tries <= 2)
		fake_refuse(session, request, DEMERIT__V1__CODE__CODE_UNAVAILABLE, "BUSY", 0);
	else if (strcmp(subject, "REFUSE") == 0)
		fake_refuse(session, request, DEMERIT__V1__CODE__CODE_FAILED_PRECONDITION,
			    "DATE_IN_FUTURE", 106);
	else if (strcmp(subject, "NEEDS") == 0)
		fake_refuse(session, request, DEMERIT__V1__CODE__CODE_FAILED_PRECONDITION,
			    "NEEDS_CHOICE", 303);
	else if (strcmp(subject, "MISSING") == 0 ||
		 request->body_case == DEMERIT__V1__REQUEST__BODY_FOREIGN_SANCTION_END)
		fake_refuse(session, request, DEMERIT__V1__CODE__CODE_NOT_FOUND, "SANCTION_UNKNOWN",
			    403);
	else
		fake_accept(session, request, fake_keys[key].sequence);
	return true;
}
