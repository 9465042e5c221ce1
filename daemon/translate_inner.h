/*
 * Shared by the translate family (translate*.c): the kinds of field. Nobody else's.
 */
#ifndef DAEMON_TRANSLATE_INNER_H
#define DAEMON_TRANSLATE_INNER_H

#include "proto/demerit.pb-c.h"
#include "translate.h"

/* Each keeps the first fault with the field's name. needed: an absent field is a fault. */
void translate_code(struct translation *, const char *field, const char *text, bool needed,
		    struct code *ret);
/* An id that the caller chose. */
void translate_id(struct translation *, const char *field, const char *text, bool needed,
		  struct code *ret);
void translate_text(struct translation *, const char *field, const char *text, bool needed,
		    struct text *ret);
void translate_long_text(struct translation *, const char *field, const char *text,
			 char ret[COMMAND_TEXT_MAX], uint16_t *ret_size);
/* A name or a reason: the command's personal text. */
void translate_personal(struct translation *, const char *field, const char *text, bool needed);
void translate_day(struct translation *, const char *field, bool has, int32_t number,
		   struct day absent, struct day *ret);
void translate_number(struct translation *, const char *field, bool has, uint32_t number,
		      uint32_t max, int32_t *ret);
void translate_need(struct translation *, const char *field, bool has);
/* 0 is "not given" in every list. */
void translate_need_word(struct translation *, const char *field, bool has, int number);
/* Words beside the decision: "published 2016-03; note". */
void translate_remark(struct translation *, const char *field, const char *label, const char *text,
		      struct text *ret);
void translate_exempt(struct translation *, const char *field, char **words, size_t count,
		      uint8_t *ret);

/* What holds of an entry; whole: everything has to be said, else what is left out stays. */
void translate_score(struct translation *, struct command_score *ret,
		     const Demerit__V1__PointsRecord *, bool whole);
void translate_choices(struct translation *, Demerit__V1__Choice **, size_t count);

/* translate_identity.c */
void translate_aliases(struct translation *, char **texts, size_t count, struct command_add *ret);
bool translate_identity(struct translation *, unsigned body, const ProtobufCMessage *);

/* translate_case.c: false: the body is none of its own. */
bool translate_case(struct translation *, unsigned body, const ProtobufCMessage *);

#endif
