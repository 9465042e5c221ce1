/*
 * A request's bytes: whatever the validator lets through unpacks, within the cost it told, and
 * packs again; its short cut and its long way agree; and for a check its fields are those that
 * protobuf-c finds. The two decoders of the most frequent request must never disagree.
 */

#include "fuzz.h"

#include <assert.h>
#include <string.h>

#include "proto/codec.h"
#include "proto/demerit.pb-c.h"
#include "proto/ident.h"
#include "proto/precheck.h"

static uint8_t fuzz_memory[2 * PROTO_COST_MAX] __attribute__((aligned(16)));

static void
fuzz_text(struct precheck_text mine, const char *theirs)
{
	assert((mine.bytes == NULL) == (theirs == NULL));
	if (theirs != NULL) {
		assert(mine.size == strlen(theirs));
		assert(memcmp(mine.bytes, theirs, mine.size) == 0);
		(void)ident_code_valid(mine.bytes, mine.size);
		(void)ident_classify(mine.bytes, mine.size);
	}
}

static void
fuzz_check(const struct precheck *checked, const Demerit__V1__Check *check)
{
	fuzz_text(checked->check.practitioner, check->practitioner);
	fuzz_text(checked->check.institution, check->institution);
	fuzz_text(checked->check.visit_type, check->visit_type);
	assert(checked->check.has_on == (check->has_on != 0));
	assert(!check->has_on || checked->check.on == check->on);
	assert(checked->check.emergency == (check->has_emergency && check->emergency));
	assert(checked->check.detail == (check->has_detail && check->detail));
}

static void
fuzz_envelope(const struct precheck *checked, const Demerit__V1__Request *request)
{
	assert(checked->request_id == request->request_id);
	assert(checked->body == (uint32_t)request->body_case);
	assert(checked->deadline_ms == (request->has_deadline_ms ? request->deadline_ms : 0));
	assert(checked->dry_run == (request->has_dry_run && request->dry_run));
	assert(checked->min_seq == (request->has_min_seq ? request->min_seq : 0));
	assert(checked->known_at == (request->has_known_at ? request->known_at : 0));
	assert(checked->epoch == (request->has_epoch ? request->epoch : 0));
	assert(checked->known_at_time == (request->has_known_at_time ? request->known_at_time : 0));
	fuzz_text(checked->idempotency_key, request->idempotency_key);
	fuzz_text(checked->on_behalf_of, request->on_behalf_of);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static uint8_t again[4 * PROTO_FRAME_MAX];
	struct precheck checked, slow, fast;
	Demerit__V1__Request *request;
	struct arena arena;
	enum status_reason reason = precheck_request(bytes, size, &checked);

	assert(precheck_request_long(bytes, size, &slow) == reason);
	if (precheck_check_short(bytes, size, &fast)) {
		assert(reason == STATUS_OK);
		assert(memcmp(&fast, &slow, sizeof(fast)) == 0);
	}
	if (reason != STATUS_OK) {
		assert(status_get(reason)->code != STATUS_CODE_OK);
		return 0;
	}
	assert(checked.cost <= PROTO_COST_MAX);
	arena_init(&arena, fuzz_memory, checked.cost);
	assert(codec_request_unpack(bytes, size, &arena, &request) == STATUS_OK);
	fuzz_envelope(&checked, request);
	if (checked.body == PRECHECK_CHECK)
		fuzz_check(&checked, request->check);
	/* What was let in is small enough to be said again. */
	assert(codec_request_put(request, again, sizeof(again)) > 0 ||
	       codec_request_size(request) > PROTO_FRAME_MAX);
	return 0;
}
