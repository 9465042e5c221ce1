/*
 * Events: what a decision changed, with its effect already decided.
 *
 * Folding events needs no rules: points, months, days, bar, exempt kinds, basis and the rulebook
 * version that decided stand in the event. The canonical bytes are defined by event_encode();
 * they are kept for ever, each event with its own version, and old versions are decoded for ever.
 */
#ifndef LEDGER_EVENT_H
#define LEDGER_EVENT_H

#include "event_body.h"
#include "event_identity.h"

enum event_kind {
	EVENT_INSTITUTION_ADDED = 1,
	EVENT_PRACTITIONER_ADDED = 2,
	EVENT_REGISTRATION_JOINED = 3,
	EVENT_REGISTRATION_LEFT = 4,
	EVENT_REREGISTERED = 5,
	EVENT_PENALTY_RECORDED = 6,
	EVENT_PENALTY_OVERTURNED = 7,
	EVENT_POINTS_RECORDED = 8,
	EVENT_POINTS_FELL = 9,
	EVENT_SANCTION_SET = 10,
	EVENT_SANCTION_LIFTED = 11,
	EVENT_FOREIGN_SANCTION_SET = 12,
	EVENT_FOREIGN_SANCTION_ENDED = 13,
	EVENT_INSTITUTION_NOTED = 14,
	EVENT_RULES_LOADED = 15,
	EVENT_LEDGER_BEGUN = 16,
	EVENT_EPOCH_BEGUN = 17,
	EVENT_TAIL_CUT = 18,
	EVENT_CLOCK_ACCEPTED = 19,
	EVENT_NOTICE_SERVED = 20,
	EVENT_OBJECTION_FILED = 21,
	EVENT_OBJECTION_EXPLAINED = 22,
	EVENT_OBJECTION_REVIEWED = 23,
	EVENT_SANCTION_STAYED = 24,
	EVENT_SANCTION_RESUMED = 25,
	EVENT_REPAIR_REQUESTED = 26,
	EVENT_REPAIRED = 27,
	EVENT_REPAIR_DENIED = 28,
	EVENT_SANCTION_SHORTENED = 29,
	EVENT_PROPOSED = 30,
	EVENT_PROPOSAL_APPROVED = 31,
	EVENT_PROPOSAL_DENIED = 32,
	EVENT_ALIAS_SET = 33,
	EVENT_ALIAS_REMOVED = 34,
	EVENT_MERGED = 35,
	EVENT_UNMERGED = 36,
	EVENT_INSTITUTION_CHANGED = 37,
	EVENT_REFERRAL_SENT = 38,
	EVENT_REFERRAL_RECEIVED = 39,
	EVENT_MARKING_ACKNOWLEDGED = 40,
	EVENT_MARKER = 41,
	EVENT_KIND_LAST = EVENT_MARKER,
};

struct event {
	enum event_kind kind;
	struct code practitioner; /* whose standing it changes; empty for the others */
	union {
		struct event_institution institution;
		struct event_practitioner practitioner_added;
		struct event_registration registration;
		struct event_penalty penalty;
		struct event_overturned overturned;
		struct event_points points;
		struct event_fell fell;
		struct event_sanction sanction;
		struct event_lifted lifted;
		struct event_foreign foreign;
		struct event_foreign_ended foreign_ended;
		struct event_institution_noted noted;
		struct event_rules rules;
		struct event_operator operator;
		struct event_notice notice;
		struct event_objection objection;
		struct event_step step; /* explained; repair denied; proposal approved, denied */
		struct event_reviewed reviewed;
		struct event_stayed stayed;
		struct event_resumed resumed;
		struct event_repair_requested repair_requested;
		struct event_repaired repaired;
		struct event_shortened shortened;
		struct event_proposed proposed;
		struct event_alias alias;
		struct event_merged merged;
		struct event_institution_changed changed;
		struct event_referral referral;
		struct event_receipt receipt;
		struct event_marking marking;
		struct event_marker marker;
	};
};

/*
 * The canonical bytes: kind, version, size, body; little-endian, no padding. Returns the bytes
 * written, or 0 when they do not fit. FORMAT of each body: event_layout.c, table by table.
 */
size_t event_encode(const struct event *, uint8_t *buffer, size_t size);

/*
 * One event from the head of the bytes; returns the bytes it took, or 0 when they are not an
 * event of a version known here. ret_event borrows blobs from the bytes.
 */
size_t event_decode(const uint8_t *bytes, size_t size, struct event *ret_event);

const char *event_kind_name(enum event_kind); /* "points_recorded" */

#endif
