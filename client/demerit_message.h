/*
 * libdemerit: every request and every reply, by the names of demerit.proto. Included by
 * demerit.h, which says what results, values, threads and ownership mean.
 *
 *	struct demerit_message *request = demerit_request_new("penalty_record");
 *
 *	demerit_set_text(request, "id", "I-2025-7");
 *	demerit_set_word(request, "kind", "administrative");
 *	demerit_set_int(request, "on", day);
 *	...
 *	result = demerit_ask(connection, &(struct demerit_call){.key = key}, request, &reply);
 *	demerit_request_free(request);
 *
 * Setting answers 0, -ENOENT (no such field), -EINVAL (the field is of another type, the word or
 * number does not fit) or -ENOMEM. Getting answers false where the field is absent.
 */

#ifndef DEMERIT_MESSAGE_H
#define DEMERIT_MESSAGE_H

#include "demerit.h"

#ifdef __cplusplus
extern "C" {
#endif

enum demerit_type {
	DEMERIT_TYPE_NUMBER,
	DEMERIT_TYPE_DAY,
	DEMERIT_TYPE_INSTANT,
	DEMERIT_TYPE_BOOL,
	DEMERIT_TYPE_WORD, /* a number on the wire, a word to people */
	DEMERIT_TYPE_TEXT,
	DEMERIT_TYPE_BYTES,
	DEMERIT_TYPE_MESSAGE,
};

/* A field of a message: what it is, and how often it is there (0 or 1 unless repeated). */
struct demerit_field {
	const char *name;
	enum demerit_type type;
	bool repeated;
	size_t count;
};

/* NULL if there is no such body or no memory. */
struct demerit_message *demerit_request_new(const char *body);

/* Only what demerit_request_new() returned. Accepts NULL; returns NULL. */
struct demerit_message *demerit_request_free(struct demerit_message *);

int demerit_set_text(struct demerit_message *, const char *field, const char *text);
int demerit_set_int(struct demerit_message *, const char *field, int64_t number);
int demerit_set_bool(struct demerit_message *, const char *field, bool flag);
int demerit_set_word(struct demerit_message *, const char *field, const char *word);

/* One more text in a repeated field. */
int demerit_add_text(struct demerit_message *, const char *field, const char *text);

/*
 * A message inside: the one that is there or a new one; in a repeated field always a new one.
 * NULL if the field is none of those or memory is short. Part of the request it belongs to.
 */
struct demerit_message *demerit_add(struct demerit_message *, const char *field);

/* The words a field takes, NULL after the last. 0 is the first. */
const char *demerit_word(const struct demerit_message *, const char *field, size_t index);

/* Fields by position, in the order of their numbers; false after the last. */
bool demerit_field_at(const struct demerit_message *, size_t position, struct demerit_field *ret);
bool demerit_field(const struct demerit_message *, const char *field, struct demerit_field *ret);

/* What an index-th value is; index is 0 where the field is not repeated. */
bool demerit_get_text(const struct demerit_message *, const char *field, size_t index,
		      const char **ret);
bool demerit_get_int(const struct demerit_message *, const char *field, int64_t *ret);
bool demerit_get_bool(const struct demerit_message *, const char *field, bool *ret);
bool demerit_get_word(const struct demerit_message *, const char *field, const char **ret);
bool demerit_get_bytes(const struct demerit_message *, const char *field, size_t index,
		       const uint8_t **ret, size_t *ret_size);
const struct demerit_message *demerit_get(const struct demerit_message *, const char *field,
					  size_t index);

#ifdef __cplusplus
}
#endif

#endif
