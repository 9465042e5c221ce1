/*
 * What a command does: decide(command, facts, rulebook) -> verdict and, if accepted, events.
 *
 * Pure: no clock, no heap, no I/O. The writer gathers the facts beforehand and folds the events
 * afterwards. Each decide_*() is a column of refusals in order of precedence. A refused command
 * has changed nothing.
 */
#ifndef LEDGER_DECIDE_H
#define LEDGER_DECIDE_H

#include "decision.h"
#include "institution.h"

/* Size of code 0: not in the ledger. */
struct penalty_row {
	struct event_penalty recorded;
	bool overturned;
	struct day overturned_on;
};

/* What a decision may supply where the rulebook leaves room; values < 0 or DAY_NONE: not given. */
struct choice {
	int32_t months;
	int32_t bar_years;
	struct day from;
	enum overlap overlap;
	int32_t credit_days;
};
#define CHOICE_NONE ((struct choice){-1, -1, DAY_NONE, OVERLAP_NONE, -1})

struct command_points {
	struct code entry; /* its id; given, or made by the writer (E and the sequence) */
	struct code penalty;
	struct code situation;
	int32_t points; /* 1..12: checked by the loop */
	enum level level;
	struct day on; /* of a situation without penalty; DAY_NONE */
	struct day conduct_from;
	struct day conduct_to;
	struct code catalogue;
	struct code act;
	int32_t band_shift; /* -1, 0, 1 */
	struct choice choice;
	bool reason_given;
	struct sealed reason;
};

/* What the writer knows when it decides; all borrowed. */
struct facts {
	struct day today;		 /* of the group's instant, UTC+8 */
	const struct code *practitioner; /* whom the command is about; NULL: nobody */
	const struct standing *standing; /* NULL: no such practitioner */
	const struct institution_row *institution;
	const struct institution_row *successor; /* a change: into which it is merged */
	const struct penalty_row *penalty;
	const struct rulebook *rulebook; /* resolved; NULL: see rulebook_missing */
	/* NO_RULEBOOK_IN_FORCE, RULEBOOK_UNKNOWN or RULEBOOK_AMBIGUOUS */
	enum verdict rulebook_missing;
	struct day rulebook_earliest; /* the first day any is in force */
	struct code rulebook_named;   /* the slug that was asked for, or the region's */
	bool rulebook_of_parent;      /* the jurisdiction has no version of its own that day */
	/* The id for a sanction that is set now: S and the sequence. */
	const struct code *sanction;
	/* Whom the first alias given that is not free names; NULL: all are free. */
	const struct code *alias_owner;
	const struct code *alias_owned; /* that one */
	bool name_differs;		/* add: the plain name given is not the one recorded */
	bool id_taken; /* points: the id is an entry's of somebody else; sanction likewise */
};

enum verdict decide_institution_add(const struct event_institution *, const struct facts *,
				    struct decision *ret);
/* at.institution empty: no registration with it. */
#define ADD_ALIASES_MAX 4
struct command_add {
	struct event_practitioner person;
	struct event_registration at;
	uint8_t aliases_count;
	struct code aliases[ADD_ALIASES_MAX]; /* kind:value, each once */
};
enum verdict decide_practitioner_add(const struct code *practitioner, const struct command_add *,
				     const struct facts *, struct decision *ret);
/* facts->alias_owner is whom it names now. */
enum verdict decide_alias_set(const struct event_alias *, const struct facts *,
			      struct decision *ret);
enum verdict decide_alias_remove(const struct event_alias *, const struct facts *,
				 struct decision *ret);
enum verdict decide_registration_join(const struct event_registration *, const struct facts *,
				      struct decision *ret);
enum verdict decide_registration_leave(const struct event_registration *, const struct facts *,
				       struct decision *ret);
enum verdict decide_reregister(const struct event_registration *, const struct facts *,
			       struct decision *ret);

enum verdict decide_penalty_record(const struct event_penalty *, const struct facts *,
				   struct decision *ret);
/* The head of an overturning; each subject then goes through decide_fall(). */
enum verdict decide_penalty_overturn(const struct event_overturned *, const struct facts *,
				     struct decision *ret);

/* The day whose rules judge it: the penalty's, or the one given. DAY_NONE: neither. */
struct day points_scored_on(const struct command_points *, const struct penalty_row *);

enum verdict decide_points_record(const struct command_points *, const struct facts *,
				  struct decision *ret);

struct command_fall {
	uint64_t entries; /* which of the person's entries fall */
	enum fall why;
	struct day on;
	struct choice choice;
	bool reason_given;
	struct sealed reason; /* empty for an overturning: its head carries it */
};

/*
 * The rulebook that judges what remains once these entries fall: that of the last sanction that
 * falls with them, as in force on the day. False: none falls, and decide_fall() needs no rulebook.
 */
bool fall_rulebook(const struct standing *, uint64_t entries, struct rulebook_id *ret_id,
		   struct day *ret_on);

/* Entries of one person fall; facts->rulebook is the one fall_rulebook() named. */
enum verdict decide_fall(const struct command_fall *, const struct facts *, struct decision *ret);

/* Annul one entry and record another in its place, decided as one. */
enum verdict decide_points_correct(const struct code *entry, const struct command_points *,
				   const struct facts *, struct decision *ret);

/* The same on a day, for another reason: a review that changes the points. */
enum verdict decide_points_replace(const struct code *entry, const struct command_points *,
				   enum fall why, struct day on, const struct facts *,
				   struct decision *ret);

/* The entry an annulment or correction names: found, of this person, and still standing. */
enum verdict decide_entry_stands(const struct standing *, const struct code *entry,
				 struct decision *ret, uint8_t *ret_number);

enum verdict decide_foreign_set(const struct event_foreign *, const struct facts *,
				struct decision *ret);
enum verdict decide_foreign_end(const struct code *sanction, struct day on, const struct facts *,
				struct decision *ret);
enum verdict decide_institution_change(const struct event_institution_changed *, bool name_given,
				       const struct facts *, struct decision *ret);
enum verdict decide_institution_note(const struct event_institution_noted *, const struct facts *,
				     struct decision *ret);

#endif
