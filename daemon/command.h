/*
 * A command: one write on its way from a loop to the writer and back, with its outcome.
 *
 * Of fixed size, from the writer's pool; what can be long (a rulebook's text, the choices of an
 * overturning) hangs on it and is freed with it. Filled on the loop thread, the writer's from
 * writer_submit() until its note is posted, then the loop's again.
 */
#ifndef DAEMON_COMMAND_H
#define DAEMON_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "call.h"
#include "command_effect.h"
#include "command_kind.h"
#include "entry.h"
#include "ledger/decide_repair.h"
#include "proto/status.h"

#define COMMAND_TEXT_MAX    512 /* a name, a reason: a sealed field holds no more */
#define COMMAND_CHOICES_MAX 4096
#define COMMAND_EFFECTS_MAX 8

/* What the decision supplies for one person. */
struct command_choice {
	struct code practitioner;
	struct choice choice;
};

/* By practitioner, for qsort and bsearch: a command's choices are sorted. */
int command_choice_compare(const void *, const void *);

struct command_alias {
	struct event_alias alias;
	bool remove;
};

struct command_score { /* points record; points correct, with the entry that falls */
	struct command_points points;
	struct code corrects;
	struct slug rulebook;	 /* empty: by the institution's region */
	struct day version;	 /* DAY_NONE: the one in force */
	struct code institution; /* whose region judges it, where there is no penalty */
	bool practitioner_given;
};

struct command_procedure {
	enum procedure_step which;
	union {
		struct event_notice notice;
		struct event_objection objection;
		struct event_step step;
		struct command_review review;
		struct command_stay stay;
		struct command_resume resume;
		struct event_repair_requested repair_request;
		struct command_repair repair;
	};
	struct command_score score; /* review: what holds instead */
};

struct command_annul {
	struct code entry;
	struct day on;
};

struct command_end { /* of a foreign sanction */
	struct code sanction;
	struct day on;
	bool withdrawn; /* as if never set */
};

struct command_second {
	enum second_step step;
	struct code proposal;
	uint32_t body;	  /* propose: what, by its number on the wire; */
	uint8_t *request; /* owned; packed, without the texts that are personal */
	uint32_t request_size;
	uint16_t reason_size; /* approve: the second person's */
	char reason[COMMAND_TEXT_MAX];
};

/* What became of it. */
struct outcome {
	enum status_reason status; /* not STATUS_OK: not decided, and this is why */
	uint32_t retry_after_ms;
	bool dry_run;	   /* decided, not recorded */
	bool replayed;	   /* told from the record of an earlier attempt */
	uint64_t sequence; /* of its record */
	int64_t recorded_at;
	struct entry_head head;
	struct entry_need *needs; /* owned */
	uint32_t needs_count;
	uint8_t effects_count;
	bool effects_more;		/* than fit here */
	struct command_effect *effects; /* owned; at most COMMAND_EFFECTS_MAX */
	struct call_position position;
};

struct command {
	struct call_note note; /* first: the loop gets the command back by it */
	struct command *next;  /* in the writer's queue, in its pool */
	struct writer *writer;
	struct submit_batch *batch; /* it came in; NULL: alone */

	enum command_kind kind;
	const struct principal *principal;
	struct code on_behalf_of;
	struct code key;
	uint32_t index;
	bool dry_run;
	int64_t deadline_us; /* monotonic: not begun after it */
	uint8_t digest[ENTRY_DIGEST_SIZE];

	struct code practitioner; /* whom it is about; empty: nobody, or found by an id */
	struct text remark;	  /* kept with the record, as its note */
	uint16_t personal_size;	  /* of a name or a reason */
	char personal[COMMAND_TEXT_MAX];
	uint16_t entry_reason_size; /* a correction: why the new entry is as it is */
	char entry_reason[COMMAND_TEXT_MAX];

	struct command_second second;
	struct command_choice *choices; /* owned */
	uint32_t choices_count;
	uint8_t *text; /* owned; a rulebook's or policy's */
	uint32_t text_size;
	struct code rules_name; /* hunan@2025-03-01 */

	union {
		struct event_institution institution;
		struct command_add add;
		struct command_alias alias;
		struct event_institution_changed changed;
		struct event_registration registration;
		struct event_penalty penalty;
		struct event_overturned overturned;
		struct command_score score;
		struct command_annul annul;
		struct event_foreign foreign;
		struct command_end end;
		struct event_institution_noted noted;
		struct event_rules rules;
		struct command_procedure procedure;
	};
	struct outcome outcome;
};

#endif
