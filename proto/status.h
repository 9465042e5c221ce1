/*
 * The refusals of the protocol itself: their google.rpc code, stable reason and sentences in
 * English and Chinese. A rule's refusal is not here; the ledger's verdicts name those. Reasons
 * are a contract: added to, never renamed. Constants; any thread.
 */

#ifndef PROTO_STATUS_H
#define PROTO_STATUS_H

#include <stddef.h>

/* google.rpc.Code; the values of demerit.v1.Code. */
enum status_code {
	STATUS_CODE_OK = 0,
	STATUS_CODE_CANCELLED = 1,
	STATUS_CODE_UNKNOWN = 2,
	STATUS_CODE_INVALID_ARGUMENT = 3,
	STATUS_CODE_DEADLINE_EXCEEDED = 4,
	STATUS_CODE_NOT_FOUND = 5,
	STATUS_CODE_ALREADY_EXISTS = 6,
	STATUS_CODE_PERMISSION_DENIED = 7,
	STATUS_CODE_RESOURCE_EXHAUSTED = 8,
	STATUS_CODE_FAILED_PRECONDITION = 9,
	STATUS_CODE_ABORTED = 10,
	STATUS_CODE_OUT_OF_RANGE = 11,
	STATUS_CODE_UNIMPLEMENTED = 12,
	STATUS_CODE_INTERNAL = 13,
	STATUS_CODE_UNAVAILABLE = 14,
	STATUS_CODE_DATA_LOSS = 15,
	STATUS_CODE_UNAUTHENTICATED = 16,
};

enum status_reason {
	STATUS_OK,

	/* Bytes. */
	STATUS_HTTP_NOT_SPOKEN,
	STATUS_FRAME_BAD,
	STATUS_FRAME_TOO_LARGE,
	STATUS_MESSAGE_BAD,
	STATUS_FIELD_UNKNOWN,
	STATUS_FIELD_WIRE_TYPE,
	STATUS_FIELD_TWICE,
	STATUS_FIELD_RANGE,
	STATUS_FIELD_TOO_LONG,
	STATUS_FIELD_TOO_MANY,
	STATUS_FIELD_BAD_TEXT,
	STATUS_TOO_DEEP,
	STATUS_TOO_COSTLY,

	/* Requests. */
	STATUS_REQUEST_ID_MISSING,
	STATUS_BODY_MISSING,
	STATUS_BODY_UNKNOWN,
	STATUS_BODY_NOT_BUILT,
	STATUS_FIELD_MISSING,
	STATUS_FIELD_BAD_CODE,
	STATUS_FIELD_BAD_ID,
	STATUS_FIELD_BAD_DAY,
	STATUS_FIELD_BAD_VALUE,
	STATUS_KEY_MISSING,
	STATUS_KEY_REUSED,
	STATUS_EPOCH_UNKNOWN,
	STATUS_NOT_FRESH,
	STATUS_KNOWN_AT_AHEAD,

	/* Rights. */
	STATUS_PEER_UNKNOWN,
	STATUS_NOT_ALLOWED,

	/* What was asked for. */
	STATUS_NOT_FOUND,

	/* The daemon's own state. */
	STATUS_BUSY,
	STATUS_IN_FLIGHT_FULL,
	STATUS_REFUSALS_TOO_MANY,
	STATUS_DEADLINE_EXCEEDED,
	STATUS_DRAINING,
	STATUS_STARTING,
	STATUS_CLOCK_DOUBTFUL,
	STATUS_DISK_FULL,
	STATUS_OUTCOME_UNKNOWN,
	STATUS_CANCELLED,
	STATUS_BOOK_DAMAGED,
	STATUS_INTERNAL,
};

#define STATUS_REASONS_COUNT (STATUS_INTERNAL + 1)

struct status_row {
	enum status_code code;
	const char *reason;
	const char *message;
	const char *message_zh;
};

const struct status_row *status_get(enum status_reason);

/* "INVALID_ARGUMENT" and so on; NULL for a number that is no code. */
const char *status_code_name(unsigned code);

/* The reason of that name, or STATUS_OK if it is none of these. */
enum status_reason status_by_name(const char *reason);

#endif
