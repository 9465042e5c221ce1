/*
 * The validator in front of protobuf-c: it walks the bytes of one Request or Response and lets
 * only those pass that unpacking cannot be hurt by. It allocates nothing, recurses nowhere and
 * reads every byte once. For a Check it has the fields in hand afterwards, so that the hot path
 * unpacks nothing at all.
 *
 * What it refuses: unknown fields, wrong wire types, a second occurrence of a singular field or
 * of a oneof, too many items, too long texts, texts that are no UTF-8 or hold a NUL, numbers
 * outside their type or enum, nesting below PROTO_DEPTH_MAX, bodies whose unpacking would cost
 * more than PROTO_COST_MAX, and above PROTO_FRAME_SMALL_MAX any body that has no need of it.
 * What a field means, and whether a needed one is there, its handler checks.
 *
 * Pure functions of the bytes given; any thread.
 */

#ifndef PROTO_PRECHECK_H
#define PROTO_PRECHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "status.h"

/* Borrowed from the bytes given; not NUL-terminated. `bytes` is NULL where the field is absent. */
struct precheck_text {
	const char *bytes;
	size_t size;
};

/* Field numbers of Request and Response that the callers of this file need to know. */
enum precheck_number {
	PRECHECK_ERROR = 5,
	PRECHECK_BODY_MIN = 10,
	PRECHECK_CHECK = 10,
	PRECHECK_WRITES_MIN = 60, /* bodies from here on are writes */
};

struct precheck_check {
	struct precheck_text practitioner;
	struct precheck_text institution;
	struct precheck_text visit_type;
	int32_t on;
	bool has_on;
	bool emergency;
	bool detail;
};

/* What a Request's envelope says. `has` has a bit (1 << field number) for each field present. */
struct precheck {
	uint64_t request_id; /* also set on refusal, if the bytes got that far */
	uint32_t body;	     /* the body's field number, 0: none */
	uint32_t has;
	uint32_t deadline_ms;
	bool dry_run;
	struct precheck_text idempotency_key;
	struct precheck_text on_behalf_of;
	uint64_t min_seq;
	uint64_t known_at;
	uint64_t epoch;
	int64_t known_at_time;
	struct precheck_check check; /* only where body is PRECHECK_CHECK */
	size_t cost;		     /* what unpacking allocates at most */

	/* Only on refusal: the message and field it was about; constants, NULL where unknown. */
	const char *message_name;
	const char *field_name;
};

/* STATUS_OK, or why the bytes are refused. `ret` is always set. */
enum status_reason precheck_request(const uint8_t *bytes, size_t size, struct precheck *ret);

/*
 * The same for a Response: request_id, body, has (of position, end, known_at) and cost are set.
 * Here the sender is a daemon that may be newer: fields this side does not know still refuse.
 */
enum status_reason precheck_response(const uint8_t *bytes, size_t size, struct precheck *ret);

/*
 * The short cut for a plain Check in the order every encoder writes it. True if the bytes are
 * such a one and `ret` says exactly what precheck_request() would; false says nothing about the
 * bytes. precheck_request() tries it first; the fuzzer holds the two against each other.
 */
bool precheck_check_short(const uint8_t *bytes, size_t size, struct precheck *ret);

/* precheck_request() without the short cut, for that comparison. */
enum status_reason precheck_request_long(const uint8_t *bytes, size_t size, struct precheck *ret);

#endif
