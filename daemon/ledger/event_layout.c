/*
 * The layout of each kind of event. Owns the tables; read by event.c, on any thread. Never looks at
 * an event.
 *
 * One event: kind u8, version u8, size u32 of what follows, then the practitioner's code and the
 * fields of its kind in the order of the tables below. Little-endian, no padding:
 *
 *   code, text     u8 size, bytes          slug        as code
 *   sealed         u16 size, bytes         blob        u32 size, bytes
 *   u8 u32 u64 i64                         kind        u8 (an enum)
 *   i32, day       4 bytes, two's complement           hash 32 bytes
 *
 * A later version of a kind gets a layout of its own beside the old one, which stays.
 */
#include "event_layout.h"

#include <assert.h>

#define AT(type, member)                                                                           \
	{                                                                                          \
		type, offsetof(struct event, member)                                               \
	}
#define RULEBOOK_ID(member)                                                                        \
	AT(FIELD_SLUG, member.slug), AT(FIELD_DAY, member.version), AT(FIELD_HASH, member.hash)
#define REGISTRATION_LAYOUT(event_name)                                                            \
	{                                                                                          \
		event_name, 1, 2,                                                                  \
		{                                                                                  \
			AT(FIELD_CODE, registration.institution), AT(FIELD_DAY, registration.on)   \
		}                                                                                  \
	}
#define OPERATOR_LAYOUT(event_name)                                                                \
	{                                                                                          \
		event_name, 1, 4,                                                                  \
		{                                                                                  \
			AT(FIELD_U64, operator.number), AT(FIELD_U64, operator.sequence),          \
			    AT(FIELD_HASH, operator.root), AT(FIELD_TEXT, operator.note)           \
		}                                                                                  \
	}

#define STEP_LAYOUT(event_name)                                                                    \
	{                                                                                          \
		event_name, 1, 3,                                                                  \
		{                                                                                  \
			AT(FIELD_CODE, step.id), AT(FIELD_DAY, step.on),                           \
			    AT(FIELD_SEALED, step.text)                                            \
		}                                                                                  \
	}
#define MERGED_LAYOUT(event_name)                                                                  \
	{                                                                                          \
		event_name, 1, 3,                                                                  \
		{                                                                                  \
			AT(FIELD_CODE, merged.other), AT(FIELD_U8, merged.absorbs),                \
			    AT(FIELD_SEALED, merged.reason)                                        \
		}                                                                                  \
	}

#define POINTS_V1                                                                                  \
	AT(FIELD_CODE, points.entry), AT(FIELD_CODE, points.penalty),                              \
	    AT(FIELD_CODE, points.institution), AT(FIELD_CODE, points.situation),                  \
	    AT(FIELD_I32, points.points), AT(FIELD_KIND, points.level),                            \
	    AT(FIELD_DAY, points.scored_on), AT(FIELD_DAY, points.conduct_from),                   \
	    AT(FIELD_DAY, points.conduct_to), AT(FIELD_I32, points.cap),                           \
	    AT(FIELD_I32, points.total), AT(FIELD_I32, points.measure_threshold),                  \
	    AT(FIELD_CODE, points.measure_action), RULEBOOK_ID(points.rulebook),                   \
	    AT(FIELD_SEALED, points.reason)

/* Enums are written as one byte and live in memory as ints. */
static_assert(sizeof(enum category) == 4, "FIELD_KIND reads and writes four bytes in memory");

static const struct layout layouts[] = {
    [EVENT_INSTITUTION_ADDED] = {"institution_added",
				 1,
				 4,
				 {AT(FIELD_CODE, institution.code),
				  AT(FIELD_CODE, institution.region),
				  AT(FIELD_KIND, institution.kind),
				  AT(FIELD_SEALED, institution.name)}},
    [EVENT_PRACTITIONER_ADDED] = {"practitioner_added",
				  1,
				  2,
				  {AT(FIELD_KIND, practitioner_added.category),
				   AT(FIELD_SEALED, practitioner_added.name)}},
    [EVENT_REGISTRATION_JOINED] = REGISTRATION_LAYOUT("registration_joined"),
    [EVENT_REGISTRATION_LEFT] = REGISTRATION_LAYOUT("registration_left"),
    [EVENT_REREGISTERED] = REGISTRATION_LAYOUT("reregistered"),
    [EVENT_PENALTY_RECORDED] = {"penalty_recorded",
				1,
				9,
				{AT(FIELD_CODE, penalty.penalty),
				 AT(FIELD_CODE, penalty.institution), AT(FIELD_KIND, penalty.kind),
				 AT(FIELD_DAY, penalty.on), AT(FIELD_I64, penalty.amount_fen),
				 AT(FIELD_TEXT, penalty.measure), AT(FIELD_TEXT, penalty.article),
				 AT(FIELD_TEXT, penalty.authority), AT(FIELD_CODE, penalty.clue)}},
    [EVENT_PENALTY_OVERTURNED] = {"penalty_overturned",
				  1,
				  4,
				  {AT(FIELD_CODE, overturned.penalty), AT(FIELD_DAY, overturned.on),
				   AT(FIELD_U32, overturned.subjects),
				   AT(FIELD_SEALED, overturned.reason)}},
    [EVENT_POINTS_RECORDED] = {"points_recorded",
			       2,
			       20,
			       {POINTS_V1, AT(FIELD_CODE, points.catalogue),
				AT(FIELD_I32, points.band_shift), AT(FIELD_CODE, points.act)}},
    [EVENT_POINTS_FELL] = {"points_fell",
			   1,
			   4,
			   {AT(FIELD_U8, fell.entry), AT(FIELD_KIND, fell.why),
			    AT(FIELD_DAY, fell.on), AT(FIELD_SEALED, fell.reason)}},
    [EVENT_SANCTION_SET] = {"sanction_set",
			    1,
			    19,
			    {AT(FIELD_CODE, sanction.sanction), AT(FIELD_KIND, sanction.kind),
			     AT(FIELD_KIND, sanction.path), AT(FIELD_DAY, sanction.from),
			     AT(FIELD_DAY, sanction.until), AT(FIELD_I32, sanction.months),
			     AT(FIELD_I32, sanction.bar_years), AT(FIELD_DAY, sanction.bar_until),
			     AT(FIELD_U8, sanction.exempt), AT(FIELD_U8, sanction.entry),
			     AT(FIELD_U64, sanction.basis), AT(FIELD_U64, sanction.supersedes),
			     AT(FIELD_U8, sanction.superseded_by), AT(FIELD_KIND, sanction.overlap),
			     AT(FIELD_I32, sanction.credit_days), RULEBOOK_ID(sanction.rulebook),
			     AT(FIELD_TEXT, sanction.clause)}},
    [EVENT_SANCTION_LIFTED] = {"sanction_lifted",
			       1,
			       3,
			       {AT(FIELD_U8, lifted.sanction), AT(FIELD_KIND, lifted.why),
				AT(FIELD_DAY, lifted.on)}},
    [EVENT_FOREIGN_SANCTION_SET] = {"foreign_sanction_set",
				    1,
				    10,
				    {AT(FIELD_CODE, foreign.sanction), AT(FIELD_KIND, foreign.kind),
				     AT(FIELD_DAY, foreign.from), AT(FIELD_DAY, foreign.until),
				     AT(FIELD_DAY, foreign.noted_on), AT(FIELD_U8, foreign.exempt),
				     AT(FIELD_TEXT, foreign.source), AT(FIELD_TEXT, foreign.number),
				     AT(FIELD_TEXT, foreign.clause), AT(FIELD_TEXT, foreign.note)}},
    [EVENT_FOREIGN_SANCTION_ENDED] = {"foreign_sanction_ended",
				      1,
				      2,
				      {AT(FIELD_U8, foreign_ended.sanction),
				       AT(FIELD_DAY, foreign_ended.on)}},
    [EVENT_INSTITUTION_NOTED] = {"institution_noted",
				 1,
				 7,
				 {AT(FIELD_CODE, noted.institution), AT(FIELD_DAY, noted.from),
				  AT(FIELD_DAY, noted.until), AT(FIELD_TEXT, noted.source),
				  AT(FIELD_TEXT, noted.number), AT(FIELD_TEXT, noted.clause),
				  AT(FIELD_TEXT, noted.note)}},
    [EVENT_RULES_LOADED] = {"rules_loaded",
			    1,
			    5,
			    {AT(FIELD_KIND, rules.kind), RULEBOOK_ID(rules.id),
			     AT(FIELD_BLOB, rules.text)}},
    [EVENT_LEDGER_BEGUN] = OPERATOR_LAYOUT("ledger_begun"),
    [EVENT_EPOCH_BEGUN] = OPERATOR_LAYOUT("epoch_begun"),
    [EVENT_TAIL_CUT] = OPERATOR_LAYOUT("tail_cut"),
    [EVENT_CLOCK_ACCEPTED] = OPERATOR_LAYOUT("clock_accepted"),
    [EVENT_NOTICE_SERVED] = {"notice_served",
			     1,
			     12,
			     {AT(FIELD_CODE, notice.id), AT(FIELD_CODE, notice.entry),
			      AT(FIELD_CODE, notice.to), AT(FIELD_DAY, notice.served_on),
			      AT(FIELD_DAY, notice.due_on), AT(FIELD_TEXT, notice.channel),
			      RULEBOOK_ID(notice.rulebook), RULEBOOK_ID(notice.calendar)}},
    [EVENT_OBJECTION_FILED] = {"objection_filed",
			       1,
			       8,
			       {AT(FIELD_CODE, objection.id), AT(FIELD_CODE, objection.entry),
				AT(FIELD_CODE, objection.by), AT(FIELD_DAY, objection.received_on),
				AT(FIELD_DAY, objection.due_on),
				AT(FIELD_U8, objection.signed_by_person),
				AT(FIELD_U8, objection.stamped), AT(FIELD_SEALED, objection.text)}},
    [EVENT_OBJECTION_EXPLAINED] = STEP_LAYOUT("objection_explained"),
    [EVENT_OBJECTION_REVIEWED] = {"objection_reviewed",
				  1,
				  6,
				  {AT(FIELD_CODE, reviewed.id), AT(FIELD_KIND, reviewed.outcome),
				   AT(FIELD_DAY, reviewed.on), AT(FIELD_TEXT, reviewed.department),
				   AT(FIELD_CODE, reviewed.replacement),
				   AT(FIELD_SEALED, reviewed.reason)}},
    [EVENT_SANCTION_STAYED] = {"sanction_stayed",
			       1,
			       7,
			       {AT(FIELD_CODE, stayed.id), AT(FIELD_U8, stayed.sanction),
				AT(FIELD_DAY, stayed.on), AT(FIELD_CODE, stayed.objection),
				AT(FIELD_TEXT, stayed.court), AT(FIELD_TEXT, stayed.number),
				AT(FIELD_SEALED, stayed.reason)}},
    [EVENT_SANCTION_RESUMED] = {"sanction_resumed",
				1,
				5,
				{AT(FIELD_CODE, resumed.id), AT(FIELD_U8, resumed.sanction),
				 AT(FIELD_DAY, resumed.on), AT(FIELD_DAY, resumed.until),
				 AT(FIELD_SEALED, resumed.reason)}},
    [EVENT_REPAIR_REQUESTED] = {"repair_requested",
				1,
				5,
				{AT(FIELD_CODE, repair_requested.id),
				 AT(FIELD_CODE, repair_requested.activity),
				 AT(FIELD_DAY, repair_requested.on),
				 AT(FIELD_I32, repair_requested.points),
				 AT(FIELD_SEALED, repair_requested.text)}},
    [EVENT_REPAIRED] = {"repaired",
			1,
			10,
			{AT(FIELD_CODE, repaired.id), AT(FIELD_DAY, repaired.on),
			 AT(FIELD_I32, repaired.points), AT(FIELD_I32, repaired.year),
			 AT(FIELD_KIND, repaired.basis), RULEBOOK_ID(repaired.rulebook),
			 AT(FIELD_TEXT, repaired.clause), AT(FIELD_SEALED, repaired.reason)}},
    [EVENT_REPAIR_DENIED] = STEP_LAYOUT("repair_denied"),
    [EVENT_SANCTION_SHORTENED] = {"sanction_shortened",
				  1,
				  4,
				  {AT(FIELD_CODE, shortened.repair),
				   AT(FIELD_U8, shortened.sanction), AT(FIELD_DAY, shortened.on),
				   AT(FIELD_DAY, shortened.until)}},
    [EVENT_PROPOSED] = {"proposed",
			1,
			8,
			{AT(FIELD_CODE, proposed.id), AT(FIELD_DAY, proposed.on),
			 AT(FIELD_DAY, proposed.expires_on), AT(FIELD_U32, proposed.body),
			 AT(FIELD_BLOB, proposed.request), AT(FIELD_CODE, proposed.institution),
			 AT(FIELD_SEALED, proposed.reason),
			 AT(FIELD_SEALED, proposed.entry_reason)}},
    [EVENT_PROPOSAL_APPROVED] = STEP_LAYOUT("proposal_approved"),
    [EVENT_PROPOSAL_DENIED] = STEP_LAYOUT("proposal_denied"),
    [EVENT_ALIAS_SET] = {"alias_set", 1, 1, {AT(FIELD_CODE, alias.alias)}},
    [EVENT_ALIAS_REMOVED] = {"alias_removed", 1, 1, {AT(FIELD_CODE, alias.alias)}},
    [EVENT_MERGED] = MERGED_LAYOUT("merged"),
    [EVENT_UNMERGED] = MERGED_LAYOUT("unmerged"),
    [EVENT_INSTITUTION_CHANGED] = {"institution_changed",
				   1,
				   7,
				   {AT(FIELD_CODE, changed.institution), AT(FIELD_DAY, changed.on),
				    AT(FIELD_CODE, changed.region),
				    AT(FIELD_CODE, changed.merged_into),
				    AT(FIELD_DAY, changed.closed_on),
				    AT(FIELD_SEALED, changed.name),
				    AT(FIELD_TEXT, changed.reason)}},
    [EVENT_REFERRAL_SENT] = {"referral_sent",
			     1,
			     6,
			     {AT(FIELD_CODE, referral.id), AT(FIELD_CODE, referral.entry),
			      AT(FIELD_CODE, referral.penalty), AT(FIELD_TEXT, referral.to),
			      AT(FIELD_DAY, referral.on), AT(FIELD_TEXT, referral.text)}},
    [EVENT_REFERRAL_RECEIVED] = {"referral_received",
				 1,
				 4,
				 {AT(FIELD_CODE, receipt.id), AT(FIELD_DAY, receipt.on),
				  AT(FIELD_TEXT, receipt.number), AT(FIELD_TEXT, receipt.text)}},
    [EVENT_MARKING_ACKNOWLEDGED] = {"marking_acknowledged",
				    1,
				    3,
				    {AT(FIELD_CODE, marking.institution),
				     AT(FIELD_CODE, marking.sanction), AT(FIELD_DAY, marking.on)}},
    [EVENT_MARKER] = {"marker",
		      1,
		      4,
		      {AT(FIELD_KIND, marker.what), AT(FIELD_CODE, marker.subject),
		       AT(FIELD_DAY, marker.due), AT(FIELD_U8, marker.superseded)}},
};

/* What was written once stays readable: a kind's versions before its last one. */
static const struct older {
	enum event_kind kind;
	struct layout layout;
} older[] = {
    {EVENT_POINTS_RECORDED, {"points_recorded", 1, 17, {POINTS_V1}}},
};

const struct layout *
event_layout(unsigned kind)
{
	if (kind >= sizeof(layouts) / sizeof(layouts[0]) || layouts[kind].name == NULL)
		return NULL;
	return &layouts[kind];
}

const struct layout *
event_layout_version(unsigned kind, unsigned version)
{
	const struct layout *last = event_layout(kind);

	if (last == NULL || last->version == version)
		return last;
	for (size_t i = 0; i < sizeof(older) / sizeof(older[0]); i++) {
		if ((unsigned)older[i].kind == kind && older[i].layout.version == version)
			return &older[i].layout;
	}
	return NULL;
}
