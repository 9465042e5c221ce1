/*
 * A response's bytes, as a client meets them: validated, unpacked within the cost told, and the
 * frame in front of them read without trust.
 */

#include "fuzz.h"

#include <assert.h>

#include "proto/codec.h"
#include "proto/demerit.pb-c.h"
#include "proto/frame.h"
#include "proto/precheck.h"

static uint8_t fuzz_memory[2 * PROTO_COST_MAX] __attribute__((aligned(16)));

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	Demerit__V1__Response *response;
	struct precheck checked;
	struct arena arena;
	struct frame frame;

	switch (frame_peek(bytes, size, PROTO_FRAME_MAX, &frame)) {
	case FRAME_OK:
		assert(frame.body_size <= PROTO_FRAME_MAX);
		assert(frame.header_size >= 1 && frame.header_size <= FRAME_HEADER_MAX);
		assert(frame.header_size <= size);
		break;
	case FRAME_OVERSIZE:
		assert(frame.body_size > PROTO_FRAME_MAX);
		break;
	case FRAME_MORE:
		assert(size < FRAME_HEADER_MAX);
		break;
	case FRAME_BAD:
	case FRAME_HTTP:
		break;
	}
	if (precheck_response(bytes, size, &checked) != STATUS_OK)
		return 0;
	arena_init(&arena, fuzz_memory, checked.cost);
	assert(codec_response_unpack(bytes, size, &arena, &response) == STATUS_OK);
	assert(response->request_id == checked.request_id);
	return 0;
}
