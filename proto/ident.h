/*
 * Codes, ids, keys and slugs: what is allowed to stand on the wire, and what a code looks like.
 * Real data carries junk, so a code's look is a hint for people and never a reason to refuse.
 * Pure; any thread. Sizes in bytes; nothing needs to end in NUL.
 */

#ifndef PROTO_IDENT_H
#define PROTO_IDENT_H

#include <stdbool.h>
#include <stddef.h>

enum ident_class {
	IDENT_OTHER,		 /* issued locally, or junk */
	IDENT_DOCTOR,		 /* D + 12 digits */
	IDENT_NURSE,		 /* HS + 12 */
	IDENT_PHARMACIST,	 /* HY + 12 */
	IDENT_TECHNICIAN,	 /* HJ + 12 */
	IDENT_RETAIL_PHARMACIST, /* YS + 12 */
	IDENT_HOSPITAL,		 /* H + 11 */
	IDENT_PHARMACY,		 /* P + 11 */
};

/* 1 to 64 bytes of printable ASCII without blanks: codes, keys, principals. */
bool ident_code_valid(const char *bytes, size_t size);

/* 1 to 64 of [A-Za-z0-9._:-]: the ids callers choose for penalties, entries, sanctions. */
bool ident_id_valid(const char *bytes, size_t size);

/* 1 to 31 of [a-z0-9-]: jurisdictions and situations. */
bool ident_slug_valid(const char *bytes, size_t size);

/* Exactly six digits. */
bool ident_region_valid(const char *bytes, size_t size);

/* What the code looks like, judged by form alone. */
enum ident_class ident_classify(const char *bytes, size_t size);

#endif
