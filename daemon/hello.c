/*
 * The greeting: limits are announced, not discovered by hitting them.
 *
 * Handlers of route.c, on a loop's thread. They look into no book.
 */
#include "hello.h"

#include "clock.h"
#include "proto/demerit.pb-c.h"
#include "proto/descriptor.h"
#include "proto/limit.h"
#include "session.h"

enum call_result
hello_greet(struct call *call)
{
	const struct call_context *context = call->context;
	Demerit__V1__HelloReply reply = DEMERIT__V1__HELLO_REPLY__INIT;
	Demerit__V1__Response response = DEMERIT__V1__RESPONSE__INIT;

	/* The generated struct has char * for text it never changes. */
	reply.server = (char *)(uintptr_t)context->book->server;
	reply.principal = (char *)(uintptr_t)call->principal->name;
	reply.has_protocol = true;
	reply.protocol = PROTO_VERSION;
	reply.has_frame_max = true;
	reply.frame_max = PROTO_FRAME_MAX;
	reply.has_frame_small_max = true;
	reply.frame_small_max = PROTO_FRAME_SMALL_MAX;
	reply.has_items_max = true;
	reply.items_max = PROTO_ITEMS_MAX;
	reply.has_in_flight_max = true;
	reply.in_flight_max = SESSION_IN_FLIGHT_MAX;
	reply.has_now = true;
	reply.now = clock_utc_us(context->book->clock);
	reply.has_today = true;
	reply.today = context->today.number;
	response.body_case = DEMERIT__V1__RESPONSE__BODY_HELLO;
	response.hello = &reply;
	call_reply(call, &response);
	return CALL_DONE;
}

enum call_result
hello_descriptor(struct call *call)
{
	Demerit__V1__GetDescriptorReply reply = DEMERIT__V1__GET_DESCRIPTOR_REPLY__INIT;
	Demerit__V1__Response response = DEMERIT__V1__RESPONSE__INIT;

	reply.has_file_descriptor_set = true;
	reply.file_descriptor_set.len = descriptor_size;
	reply.file_descriptor_set.data = (uint8_t *)(uintptr_t)descriptor_bytes;
	response.body_case = DEMERIT__V1__RESPONSE__BODY_GET_DESCRIPTOR;
	response.get_descriptor = &reply;
	call_reply(call, &response);
	return CALL_DONE;
}
