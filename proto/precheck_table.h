/*
 * The shape of the pre-validator's table. generate.py writes the table from demerit.proto and
 * limits.table; only precheck.c and its test read it.
 */

#ifndef PROTO_PRECHECK_TABLE_H
#define PROTO_PRECHECK_TABLE_H

#include <stddef.h>
#include <stdint.h>

enum precheck_kind {
	PRECHECK_INT32,
	PRECHECK_SINT32,
	PRECHECK_UINT32,
	PRECHECK_INT64,
	PRECHECK_UINT64,
	PRECHECK_BOOL,
	PRECHECK_ENUM,
	PRECHECK_STRING,
	PRECHECK_BYTES,
	PRECHECK_MESSAGE,
};

/* Index of a repeated field's counter, and of a field's bit in the set of those seen. */
#define PRECHECK_REPEATED_MAX 8
#define PRECHECK_FIELDS_MAX   128

struct precheck_field {
	const char *name;
	uint16_t number;
	uint8_t kind;
	uint8_t repeated;
	uint8_t seen;	     /* members of one oneof share a bit */
	uint8_t slot;	     /* repeated: which counter */
	uint8_t large;	     /* a body that may use a frame above PROTO_FRAME_SMALL_MAX */
	uint16_t submessage; /* into precheck_messages */
	uint32_t size_max;   /* bytes of text; the highest value of an enum */
	uint32_t count_max;
};

struct precheck_message {
	const char *name;
	const struct precheck_field *fields;
	const uint8_t *index; /* field number -> position in `fields` + 1, 0: unknown */
	uint32_t number_max;
	uint32_t cost; /* at least what protobuf-c allocates for the struct */
};

/* Request is the first, Response the second. */
extern const struct precheck_message precheck_messages[];
extern const size_t precheck_messages_count;

#endif
