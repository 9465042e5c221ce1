/*
 * Export: the book's records as they are stored, for who keeps a copy or checks the tree.
 *
 * Called on a loop's thread; a stream that ends where the book stood when it was asked. Owns the
 * place in it. Nothing is decoded on the way: header, salt and body are the log's own bytes, from
 * which the leaf can be computed again (FORMAT.md), and what is sealed in them stays sealed.
 */
#include "query.h"

#include <string.h>

#include "query_inner.h"
#include "storage/store.h"

#define EXPORT_RECORDS 1024
#define EXPORT_BYTES   ((size_t)256 << 10) /* of one answer, unless a single record is larger */

static_assert(STORE_PUBLIC_SIZE + STORE_SALT_SIZE + STORE_BODY_MAX < (1 << 20) - 1024,
	      "the largest record fits a frame");

struct export
{
	struct call_stream stream; /* first */
	struct query_moment moment;
	uint64_t next;
	uint64_t end; /* the first that is not told */
	int64_t deadline_us;
};

struct export_page {
	struct call *call;
	size_t bytes;
	size_t count;
	Demerit__V1__ExportRecord **list;
};

static const char *const export_kinds[] = {
    [RECORD_GENESIS] = "genesis", [RECORD_ACCEPTED] = "accepted", [RECORD_REFUSED] = "refused",
    [RECORD_MARKER] = "marker",	  [RECORD_OPERATOR] = "operator",
};

/* The walk's own bytes are good for this record alone. */
static int
export_record(void *user, const struct store_record *record)
{
	struct export_page *page = user;
	struct call *call = page->call;
	size_t size = STORE_PUBLIC_SIZE + STORE_SALT_SIZE + record->body_size;

	if (page->count == EXPORT_RECORDS || (page->count > 0 && page->bytes + size > EXPORT_BYTES))
		return 1;
	Demerit__V1__ExportRecord *told = query_alloc(call, 1, sizeof(*told));
	uint8_t *bytes = arena_alloc(call->arena, size);
	if (told == NULL || bytes == NULL)
		return STORE_MEMORY;
	memcpy(bytes, record->stored, STORE_PUBLIC_SIZE + STORE_SALT_SIZE);
	if (record->body_size > 0)
		memcpy(bytes + STORE_PUBLIC_SIZE + STORE_SALT_SIZE, record->body,
		       record->body_size);

	demerit__v1__export_record__init(told);
	told->has_sequence = true;
	told->sequence = record->sequence;
	told->has_recorded_at = true;
	told->recorded_at = record->recorded_at;
	/* The generated struct has char * for text it never changes. */
	told->kind = (char *)(uintptr_t)export_kinds[record->kind];
	told->has_header = true;
	told->header = (ProtobufCBinaryData){STORE_PUBLIC_SIZE, bytes};
	told->has_salt = true;
	told->salt = (ProtobufCBinaryData){STORE_SALT_SIZE, bytes + STORE_PUBLIC_SIZE};
	told->has_body = true;
	told->body =
	    (ProtobufCBinaryData){record->body_size, bytes + STORE_PUBLIC_SIZE + STORE_SALT_SIZE};
	page->list[page->count++] = told;
	page->bytes += size;
	return 0;
}

static enum call_result
export_more(struct call *call, struct call_stream *stream)
{
	struct export *export = (struct export *)stream;
	Demerit__V1__ExportReply reply = DEMERIT__V1__EXPORT_REPLY__INIT;
	Demerit__V1__Response response = DEMERIT__V1__RESPONSE__INIT;
	struct export_page page = {.call = call};

	/* A whole book takes its time: who was cut off goes on behind what it has. */
	if (call->context->draining)
		return query_refuse(call, STATUS_DRAINING, NULL);
	if (call->context->now_us >= export->deadline_us)
		return query_refuse(call, STATUS_DEADLINE_EXCEEDED, NULL);
	page.list = query_alloc(call, EXPORT_RECORDS, sizeof(*page.list));
	if (page.list == NULL)
		return query_refuse(call, STATUS_TOO_COSTLY, NULL);
	if (export->next < export->end) {
		int r = store_walk(call->context->reader, export->next, export->end - 1,
				   export_record, &page);
		if (r < 0)
			return query_fail(call, r);
		export->next += page.count;
	}
	reply.n_records = page.count;
	reply.records = page.list;
	response.has_end = true;
	response.end = export->next >= export->end;
	response.body_case = DEMERIT__V1__RESPONSE__BODY_EXPORT;
	response.export = &reply;
	call_reply_at(call, &export->moment.position, &response);
	return response.end ? CALL_DONE : CALL_MORE;
}

enum call_result
query_export(struct call *call)
{
	const Demerit__V1__Export *asked = call->request->export;
	struct export draft = {
	    .stream = {.more = export_more}, .next = 1, .deadline_us = call->deadline_us};

	if (!query_begin_since(call, asked->has_since ? asked->since : 0, &draft.moment))
		return CALL_DONE;
	draft.end = draft.moment.position.sequence + 1;
	if (asked->has_since && asked->since > 0)
		draft.next = asked->since;
	if (asked->has_until && asked->until < draft.next)
		return query_refuse(call, STATUS_FIELD_BAD_VALUE, "until");
	if (asked->has_until && asked->until > draft.end)
		return query_refuse(call, STATUS_NOT_FRESH, "until");
	if (asked->has_until)
		draft.end = asked->until;
	return query_stream(call, &draft, sizeof(draft));
}
