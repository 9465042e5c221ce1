/*
 * Screening: claim lines by the thousand, each decided as a check of its people would be.
 *
 * Called on a loop's thread, a chunk of lines a request. Answers that outgrow one frame go on as a
 * stream, which keeps the rest of the request. Never answers two lines of a chunk as of different
 * sequences.
 */
#include "screen.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "basis.h"

/* What it takes in the answer, at most. */
static size_t
screen_result_size(const Demerit__V1__ScreenResult *result)
{
	size_t size = 24;

	if (result->practitioner != NULL)
		size += 8 + strlen(result->practitioner);
	for (size_t i = 0; i < result->n_entries; i++)
		size += 4 + strlen(result->entries[i]);
	if (result->clause != NULL)
		size += 4 + strlen(result->clause);
	return size;
}

static bool
screen_results(struct call *call, const struct screen_lines *lines, size_t first, size_t *ret_next)
{
	Demerit__V1__ScreenReply reply = DEMERIT__V1__SCREEN_REPLY__INIT;
	Demerit__V1__Response response = DEMERIT__V1__RESPONSE__INIT;
	const Demerit__V1__Screen *asked = lines->asked;
	struct screen screen = {.call = call, .moment = lines->moment};
	size_t count = asked->n_items - first, size = 0;

	screen.detail = query_tells_detail(call, asked->has_detail, asked->detail);
	basis_settle(call->context->query->bases);
	Demerit__V1__ScreenResult *results = query_alloc(call, count, sizeof(*results));
	reply.results = query_alloc(call, count, sizeof(*reply.results));
	for (size_t i = 0; i < count && !call->arena->exhausted && size < SCREEN_REPLY_SIZE; i++) {
		demerit__v1__screen_result__init(&results[i]);
		int r = screen_decide(&screen, asked->items[first + i], &results[i]);
		if (r < 0) {
			(void)query_fail(call, r);
			return false;
		}
		size += screen_result_size(&results[i]);
		reply.results[reply.n_results++] = &results[i];
	}
	*ret_next = first + reply.n_results;
	bool exhausted = call->arena->exhausted;
	response.body_case = DEMERIT__V1__RESPONSE__BODY_SCREEN;
	response.screen = &reply;
	response.has_end = true;
	response.end = *ret_next == asked->n_items;
	(void)query_reply(call, &lines->moment, &response);
	return !exhausted;
}

/* ---- the rest of a chunk whose answer outgrew a frame ---- */

struct screen_rest {
	struct call_stream stream; /* first */
	struct screen_lines lines; /* but for what was asked, which is packed again */
	size_t next;
	size_t size;
	uint8_t request[];
};

static enum call_result
screen_rest_more(struct call *call, struct call_stream *stream)
{
	struct screen_rest *rest = (struct screen_rest *)stream;
	struct screen_lines lines = rest->lines;
	Demerit__V1__Screen *asked =
	    demerit__v1__screen__unpack(&call->arena->allocator, rest->size, rest->request);

	if (asked == NULL)
		return query_refuse(call, STATUS_TOO_COSTLY, NULL);
	lines.asked = asked;
	if (!lines.slice(call, &lines, rest->next, &rest->next))
		return CALL_DONE;
	return rest->next == asked->n_items ? CALL_DONE : CALL_MORE;
}

static enum call_result
screen_go_on(struct call *call, const struct screen_lines *lines, size_t next)
{
	size_t size = demerit__v1__screen__get_packed_size(lines->asked);
	struct screen_rest *rest = malloc(sizeof(*rest) + size);

	if (rest == NULL) {
		call_fail_later(call, STATUS_BUSY, 1000);
		return CALL_DONE;
	}
	*rest = (struct screen_rest){
	    .stream = {.more = screen_rest_more, .free = query_stream_free},
	    .lines = *lines,
	    .next = next,
	    .size = demerit__v1__screen__pack(lines->asked, rest->request),
	};
	rest->lines.asked = NULL;
	assert(rest->size == size);
	call_stream(call, &rest->stream);
	return CALL_MORE;
}

enum call_result
screen_answer(struct call *call, const struct screen_lines *lines)
{
	size_t next;

	if (!lines->slice(call, lines, 0, &next) || next == lines->asked->n_items)
		return CALL_DONE;
	return screen_go_on(call, lines, next);
}

enum call_result
query_screen(struct call *call)
{
	struct screen_lines lines = {.slice = screen_results, .asked = call->request->screen};

	if (!query_begin(call, &lines.moment))
		return CALL_DONE;
	return screen_answer(call, &lines);
}
