/*
 * Institutions, practitioners, registrations, re-registration.
 *
 * Owns nothing; called by the writer. Pure. Each function is a column of refusals in order of
 * precedence, then the event.
 */
#include "decide.h"

#include <assert.h>
#include <string.h>

#include "refuse.h"

enum verdict
decide_institution_add(const struct event_institution *command, const struct facts *facts,
		       struct decision *ret)
{
	const struct institution_row *known = facts->institution;

	decision_init(ret);
	if (known != NULL) {
		if (!code_equal(&known->region, &command->region))
			return exists_with_another(ret, &command->code, "region");
		if (known->kind != command->kind)
			return exists_with_another(ret, &command->code, "kind");
		if (facts->name_differs)
			return exists_with_another(ret, &command->code, "name");
		return refused(ret, VERDICT_UNCHANGED, &command->code, DAY_NONE);
	}

	decision_event(ret, EVENT_INSTITUTION_ADDED, NULL)->institution = *command;
	return decided(ret, VERDICT_ACCEPTED);
}

static bool
is_unregistered(const struct event_registration *registration)
{
	return code_is_empty(&registration->institution);
}

/* Whether this very registration (same place, same first day) is there already. */
static bool
registration_stands(const struct standing *standing, const struct event_registration *command)
{
	for (size_t i = 0; i < standing->registrations_count; i++) {
		const struct registration *registration = &standing->registrations[i];
		if (code_equal(&registration->institution, &command->institution) &&
		    day_equal(registration->from, command->on) &&
		    day_is_forever(registration->until))
			return true;
	}
	return false;
}

static bool
is_closed(const struct event_registration *at, const struct facts *facts, struct decision *ret)
{
	if (!institution_closed(facts->institution, at->on))
		return false;
	(void)refused(ret, VERDICT_INSTITUTION_CLOSED, &at->institution,
		      facts->institution->closed_on);
	return true;
}

/* The first alias given that the person has not got; NULL: all are there. */
static const struct code *
alias_missing(const struct standing *standing, const struct command_add *command)
{
	for (size_t i = 0; i < command->aliases_count; i++) {
		if (!standing_has_alias(standing, &command->aliases[i]))
			return &command->aliases[i];
	}
	return NULL;
}

static enum verdict
practitioner_known(const struct code *practitioner, const struct command_add *command,
		   const struct facts *facts, struct decision *ret)
{
	if (facts->standing->category != command->person.category)
		return exists_with_another(ret, practitioner, "category");
	if (facts->name_differs)
		return exists_with_another(ret, practitioner, "name");
	/* A further place of practice is a registration, a further alias is set: not an add. */
	if (!is_unregistered(&command->at) && !registration_stands(facts->standing, &command->at))
		return exists_with_another(ret, practitioner, "at");
	if (alias_missing(facts->standing, command) != NULL)
		return exists_with_another(ret, practitioner, "aliases");
	return refused(ret, VERDICT_UNCHANGED, practitioner, DAY_NONE);
}

enum verdict
decide_practitioner_add(const struct code *practitioner, const struct command_add *command,
			const struct facts *facts, struct decision *ret)
{
	const struct event_registration *at = &command->at;

	decision_init(ret);
	if (!is_unregistered(at) && facts->institution == NULL)
		return refused(ret, VERDICT_INSTITUTION_UNKNOWN, &at->institution, DAY_NONE);
	if (facts->standing == NULL && !is_unregistered(at) && is_closed(at, facts, ret))
		return ret->verdict;
	if (facts->standing != NULL)
		return practitioner_known(practitioner, command, facts, ret);
	if (!is_unregistered(at) && day_before(facts->today, at->on))
		return refused(ret, VERDICT_DATE_IN_FUTURE, practitioner, at->on);
	if (facts->alias_owner != NULL)
		return refused(ret, VERDICT_ALIAS_TAKEN, facts->alias_owned, DAY_NONE);

	decision_event(ret, EVENT_PRACTITIONER_ADDED, practitioner)->practitioner_added =
	    command->person;
	if (!is_unregistered(at))
		decision_event(ret, EVENT_REGISTRATION_JOINED, practitioner)->registration = *at;
	for (size_t i = 0; i < command->aliases_count; i++)
		decision_event(ret, EVENT_ALIAS_SET, practitioner)->alias.alias =
		    command->aliases[i];
	return decided(ret, VERDICT_ACCEPTED);
}

/* A registration joins two that the ledger knows. */
static enum verdict
refuse_strangers(const struct event_registration *command, const struct facts *facts,
		 struct decision *ret)
{
	if (facts->standing == NULL)
		return refused(ret, VERDICT_PRACTITIONER_UNKNOWN, facts->practitioner, DAY_NONE);
	if (facts->institution == NULL)
		return refused(ret, VERDICT_INSTITUTION_UNKNOWN, &command->institution, DAY_NONE);
	return VERDICT_ACCEPTED;
}

enum verdict
decide_registration_join(const struct event_registration *command, const struct facts *facts,
			 struct decision *ret)
{
	const struct standing *standing = facts->standing;
	struct interval intervals[STANDING_INTERVALS_MAX];

	decision_init(ret);
	if (refuse_strangers(command, facts, ret) != VERDICT_ACCEPTED)
		return ret->verdict;
	if (day_before(facts->today, command->on))
		return refused(ret, VERDICT_DATE_IN_FUTURE, &command->institution, command->on);
	if (registration_stands(standing, command))
		return refused(ret, VERDICT_UNCHANGED, &command->institution, DAY_NONE);
	if (is_closed(command, facts, ret))
		return ret->verdict;
	for (size_t i = 0; i < standing->registrations_count; i++) {
		const struct registration *registration = &standing->registrations[i];
		if (code_equal(&registration->institution, &command->institution) &&
		    day_before(command->on, registration->until))
			return refused(ret, VERDICT_ALREADY_REGISTERED, &command->institution,
				       registration->from);
	}

	/* National text: who is terminated may not be registered again within the bar. */
	size_t count = standing_intervals(standing, intervals);
	const struct interval *interval = interval_at(intervals, count, command->on);
	if (interval != NULL && interval->status == STATUS_TERMINATED)
		return refused(ret, VERDICT_TERMINATED_NEEDS_REREGISTRATION,
			       &standing->practitioner, interval->bar_until);
	if (!standing_has_room(standing))
		return refused(ret, VERDICT_STANDING_FULL, &standing->practitioner, DAY_NONE);

	decision_event(ret, EVENT_REGISTRATION_JOINED, &standing->practitioner)->registration =
	    *command;
	return decided(ret, VERDICT_ACCEPTED);
}

enum verdict
decide_registration_leave(const struct event_registration *command, const struct facts *facts,
			  struct decision *ret)
{
	const struct standing *standing = facts->standing;

	decision_init(ret);
	if (refuse_strangers(command, facts, ret) != VERDICT_ACCEPTED)
		return ret->verdict;
	if (day_before(facts->today, command->on))
		return refused(ret, VERDICT_DATE_IN_FUTURE, &command->institution, command->on);

	for (size_t i = standing->registrations_count; i > 0; i--) {
		const struct registration *registration = &standing->registrations[i - 1];
		if (!code_equal(&registration->institution, &command->institution))
			continue;
		if (day_equal(registration->until, command->on))
			return refused(ret, VERDICT_UNCHANGED, &command->institution, DAY_NONE);
		if (!day_is_forever(registration->until) ||
		    day_before(command->on, registration->from))
			continue;
		decision_event(ret, EVENT_REGISTRATION_LEFT, &standing->practitioner)
		    ->registration = *command;
		return decided(ret, VERDICT_ACCEPTED);
	}
	return refused(ret, VERDICT_NOT_REGISTERED, &command->institution, command->on);
}

enum verdict
decide_reregister(const struct event_registration *command, const struct facts *facts,
		  struct decision *ret)
{
	const struct standing *standing = facts->standing;

	decision_init(ret);
	if (refuse_strangers(command, facts, ret) != VERDICT_ACCEPTED)
		return ret->verdict;
	if (standing_terminated(standing) == NULL)
		return refused(ret, VERDICT_NOT_TERMINATED, &standing->practitioner, DAY_NONE);
	if (day_before(facts->today, command->on))
		return refused(ret, VERDICT_DATE_IN_FUTURE, &standing->practitioner, command->on);
	if (is_closed(command, facts, ret))
		return ret->verdict;

	for (size_t i = 0; i < standing->sanctions_count; i++) {
		const struct sanction *sanction = &standing->sanctions[i];
		if (sanction->kind != STATUS_TERMINATED || sanction->path == PATH_FOREIGN ||
		    !day_is_forever(standing_sanction_end(standing, sanction)))
			continue;
		if (day_before(command->on, sanction->bar_until))
			return refused(ret, VERDICT_BAR_RUNNING, &standing->practitioner,
				       sanction->bar_until);
	}
	if (!standing_has_room(standing))
		return refused(ret, VERDICT_STANDING_FULL, &standing->practitioner, DAY_NONE);

	decision_event(ret, EVENT_REREGISTERED, &standing->practitioner)->registration = *command;
	return decided(ret, VERDICT_ACCEPTED);
}
