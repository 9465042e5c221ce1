/*
 * The layout tables of event bodies. Private to event.c and event_layout.c.
 */
#ifndef LEDGER_EVENT_LAYOUT_H
#define LEDGER_EVENT_LAYOUT_H

#include "event.h"

enum field_type {
	FIELD_CODE,
	FIELD_SLUG,
	FIELD_TEXT,
	FIELD_SEALED,
	FIELD_KIND,
	FIELD_U8,
	FIELD_U32,
	FIELD_U64,
	FIELD_I32,
	FIELD_I64,
	FIELD_DAY,
	FIELD_HASH,
	FIELD_BLOB,
};

struct field {
	enum field_type type;
	size_t offset;
};

#define FIELDS_MAX 20

struct layout {
	const char *name;
	uint8_t version;
	uint8_t count;
	struct field fields[FIELDS_MAX];
};

/* The version that is written. NULL: no event of that kind. */
const struct layout *event_layout(unsigned kind);

/* NULL: no such kind, or no such version of it is known here. */
const struct layout *event_layout_version(unsigned kind, unsigned version);

#endif
