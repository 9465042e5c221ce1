/*
 * A court stays a sanction, or an objection stays execution where the rulebook says so; and what
 * ends a stay.
 *
 * Owns nothing; called by the writer and by decide_case.c. Pure. While stayed a sanction does not
 * hold; its own days stand when it resumes, unless the order names another end.
 */
#include <assert.h>

#include "decide_case.h"
#include "refuse.h"

static const struct stay *
stay_running(const struct standing *standing, uint8_t sanction)
{
	for (size_t i = 0; i < standing->stays_count; i++) {
		const struct stay *stay = &standing->stays[i];
		if (stay->sanction == sanction && day_is_forever(stay->until))
			return stay;
	}
	return NULL;
}

/* Does it hold on that day or later? */
static bool
still_holds(const struct standing *standing, const struct sanction *sanction, struct day on)
{
	struct day end = standing_sanction_end(standing, sanction);

	return day_before(sanction->from, end) && day_before(on, end);
}

static const char *
difference(const struct case_file *file, uint8_t sanction, struct day on)
{
	if (file == NULL)
		return NULL;
	if (file->sanction != sanction)
		return "sanction";
	return day_equal(file->opened_on, on) ? NULL : "on";
}

static enum verdict
refuse_stay(const struct command_stay *command, const struct facts *facts,
	    const struct case_facts *cases, struct decision *ret)
{
	const struct standing *standing = facts->standing;
	const struct sanction *sanction = standing_sanction(standing, &command->sanction);
	const struct event_stayed *stayed = &command->stayed;

	if (sanction == NULL)
		return refused(ret, VERDICT_SANCTION_UNKNOWN, &command->sanction, DAY_NONE);
	uint8_t number = (uint8_t)(sanction - standing->sanctions);
	enum verdict verdict = case_refuse_taken(cases->file, CASE_STAY,
						 difference(cases->file, number, stayed->on), ret);
	if (verdict != VERDICT_ACCEPTED)
		return verdict;
	if (day_before(facts->today, stayed->on))
		return refused(ret, VERDICT_DATE_IN_FUTURE, NULL, stayed->on);
	if (!still_holds(standing, sanction, stayed->on))
		return refused(ret, VERDICT_SANCTION_NOT_RUNNING, &command->sanction,
			       standing_sanction_end(standing, sanction));
	const struct stay *running = stay_running(standing, number);
	if (running != NULL)
		return refused(ret, VERDICT_SANCTION_STAYED, &command->sanction, running->from);
	if (standing->stays_count == STANDING_STAYS_MAX)
		return refused(ret, VERDICT_STANDING_FULL, &standing->practitioner, DAY_NONE);
	return VERDICT_ACCEPTED;
}

enum verdict
decide_stay(const struct command_stay *command, const struct facts *facts,
	    const struct case_facts *cases, struct decision *ret)
{
	decision_init(ret);
	if (facts->standing == NULL)
		return refused(ret, VERDICT_SANCTION_UNKNOWN, &command->sanction, DAY_NONE);
	enum verdict verdict = refuse_stay(command, facts, cases, ret);
	if (verdict != VERDICT_ACCEPTED)
		return decided(ret, verdict);
	const struct sanction *sanction = standing_sanction(facts->standing, &command->sanction);
	struct event *event =
	    decision_event(ret, EVENT_SANCTION_STAYED, &facts->standing->practitioner);
	event->stayed = command->stayed;
	event->stayed.sanction = (uint8_t)(sanction - facts->standing->sanctions);
	return decided(ret, VERDICT_ACCEPTED);
}

enum verdict
decide_resume(const struct command_resume *command, const struct facts *facts,
	      const struct case_facts *cases, struct decision *ret)
{
	const struct event_resumed *resumed = &command->resumed;
	const struct case_file *file = cases->file;

	decision_init(ret);
	enum verdict verdict =
	    case_refuse_step(file, CASE_STAY, &resumed->id, resumed->on, facts, ret);
	if (verdict != VERDICT_ACCEPTED)
		return decided(ret, verdict);
	assert(file->sanction < facts->standing->sanctions_count);
	const struct sanction *sanction = &facts->standing->sanctions[file->sanction];
	if (!day_is_none(resumed->until)) {
		if (sanction->kind == STATUS_TERMINATED ||
		    !day_before(resumed->on, resumed->until)) {
			ret->detail.parameter = "until";
			ret->detail.min = resumed->on.number;
			return refused(ret, VERDICT_NEW_END_NOT_ALLOWED, &sanction->id,
				       resumed->on);
		}
		if (!command->reason_given) {
			ret->needs[ret->needs_count++] = (struct need){.parameter = "reason"};
			ret->detail.parameter = "reason";
			return refused(ret, VERDICT_NEEDS_CHOICE, &sanction->id, DAY_NONE);
		}
	}
	struct event *event =
	    decision_event(ret, EVENT_SANCTION_RESUMED, &facts->standing->practitioner);
	event->resumed = *resumed;
	event->resumed.sanction = file->sanction;
	return decided(ret, VERDICT_ACCEPTED);
}

enum verdict
stay_for_objection(const struct event_objection *objection, const struct standing *standing,
		   uint8_t entry, const struct case_facts *cases, struct decision *ret)
{
	size_t used = 0;

	for (uint8_t i = 0; i < standing->sanctions_count; i++) {
		const struct sanction *sanction = &standing->sanctions[i];
		if (sanction->path == PATH_FOREIGN || sanction->lifted != 0 ||
		    (sanction->basis >> entry & 1) == 0 || stay_running(standing, i) != NULL ||
		    !still_holds(standing, sanction, objection->received_on))
			continue;
		if (used == cases->stay_ids_count ||
		    standing->stays_count + used == STANDING_STAYS_MAX)
			return refused(ret, VERDICT_STANDING_FULL, &standing->practitioner,
				       DAY_NONE);
		struct event *event =
		    decision_event(ret, EVENT_SANCTION_STAYED, &standing->practitioner);
		event->stayed.id = cases->stay_ids[used++];
		event->stayed.sanction = i;
		event->stayed.on = objection->received_on;
		event->stayed.objection = objection->id;
	}
	return VERDICT_ACCEPTED;
}

void
resume_of_objection(const struct code *objection, const struct standing *standing, struct day on,
		    struct decision *ret)
{
	for (size_t i = 0; i < standing->stays_count; i++) {
		const struct stay *stay = &standing->stays[i];
		if (!code_equal(&stay->objection, objection) || !day_is_forever(stay->until))
			continue;
		struct event *event =
		    decision_event(ret, EVENT_SANCTION_RESUMED, &standing->practitioner);
		event->resumed.id = stay->id;
		event->resumed.sanction = stay->sanction;
		event->resumed.on = on;
		event->resumed.until = DAY_NONE;
	}
}
