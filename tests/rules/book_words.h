/* What the files of a table's commands share: reading a row's words, saying what came of it. */
#ifndef TEST_RULES_BOOK_WORDS_H
#define TEST_RULES_BOOK_WORDS_H

#include "book_inner.h"

/* The command in hand. */
struct doing {
	struct book *book;
	const struct row *row;
	struct result *ret;
};

/* False, and the result says so: what the table asks for cannot be done. */
bool doing_cannot(struct doing *, const char *says, const char *word);

bool doing_word_code(struct doing *, size_t index, struct code *ret);
bool doing_value_code(struct doing *, const char *key, const char *otherwise, struct code *ret);
bool doing_value_day(struct doing *, const char *key, struct day otherwise, struct day *ret);
bool doing_value_kind(struct doing *, const char *key, enum kind_list, unsigned otherwise,
		      unsigned *ret);
/* A set of visit kinds, "rescue+emergency". */
bool doing_value_exempt(struct doing *, uint8_t *ret);
bool doing_number_of(const char *text, int32_t *ret);
/* The choice of a command, or the one for a person: "P1:months=3,from=2025-05-20". */
bool doing_choice_read(struct doing *, const char *person, struct choice *ret);
/* A reason stands behind every command, unless reason=none. */
bool doing_reason_given(const struct doing *);

/* P1, P2, … are doctors at H1 since 2025-01-01, as soon as something is said of them. */
bool doing_person_ready(struct doing *, const struct code *);
/* I1, I2, … are recorded when first named: on the day given, else the first day, else today. */
bool doing_penalty_ready(struct doing *, const struct code *);

/* Fold if accepted, and say what came of it. */
bool doing_finish(struct doing *, enum verdict);

/* "@P1": the sanction that P1's points brought last; its id is the writer's. */
bool doing_sanction_named(struct doing *, struct code *sanction);

/* book_case.c */
bool do_notice(struct doing *);
bool do_objection(struct doing *);
bool do_explain(struct doing *);
bool do_review(struct doing *);
bool do_stay(struct doing *);
bool do_resume(struct doing *);

/* book_repair.c */
bool do_repair(struct doing *);
bool do_approve(struct doing *);
bool do_deny(struct doing *);

/* book_proposal.c */
bool do_propose(struct doing *);
bool do_second(struct doing *);
bool do_reject(struct doing *);
/* What becomes of an accepted command where two persons are at work. */
enum verdict doing_second_person(struct doing *);

/* book_points.c */
bool do_points(struct doing *);
bool do_correct(struct doing *);
bool do_annul(struct doing *);
bool do_overturn(struct doing *);

#endif
