/*
 * Comparing a person with themselves: as known then, as known now.
 *
 * Owns nothing; called by clawback.c on a loop's thread. Both sides are folded from the book, so
 * that they differ in nothing but the moment. It never judges a claim.
 */
#include "clawback_person.h"

#include <string.h>

static struct claw_state
claw_state(const struct interval *interval)
{
	if (interval == NULL)
		return (struct claw_state){STATUS_NORMAL, 0};
	return (struct claw_state){interval->status, interval->exempt};
}

static bool
claw_same(struct claw_state a, struct claw_state b)
{
	return a.status == b.status && a.exempt == b.exempt;
}

/* The first day after this one on which another interval begins or one ends. */
static struct day
claw_boundary(const struct interval *intervals, size_t count, struct day after)
{
	struct day next = DAY_FOREVER;

	for (size_t i = 0; i < count; i++) {
		if (day_before(after, intervals[i].from))
			next = day_min(next, intervals[i].from);
		if (day_before(after, intervals[i].until))
			next = day_min(next, intervals[i].until);
	}
	return next;
}

static const struct sanction *
claw_sanction(const struct standing *standing, const struct interval *interval)
{
	return interval == NULL ? NULL : &standing->sanctions[interval->sanction];
}

static bool
claw_registered(const struct standing *standing, const struct code *institution, struct day from,
		struct day until)
{
	for (size_t i = 0; i < standing->registrations_count; i++) {
		const struct registration *registration = &standing->registrations[i];
		if (code_equal(&registration->institution, institution) &&
		    day_before(registration->from, until) && day_before(from, registration->until))
			return true;
	}
	return false;
}

/* One stretch more, or the last one longer where it goes on alike. */
static void
claw_add(const struct query *query, struct claw_person *person, struct day from, struct day until)
{
	const struct code *institution = &person->institution;
	const struct interval *then = interval_at(person->intervals, person->intervals_count, from);
	const struct interval *now = query_interval(query, from);
	const struct sanction *sanction = now != NULL ? claw_sanction(&query->standing, now)
						      : claw_sanction(&person->standing, then);
	struct claw_stretch stretch = {
	    .from = from, .until = until, .before = claw_state(then), .after = claw_state(now)};

	if (claw_same(stretch.before, stretch.after))
		return;
	stretch.sanction = sanction->id;
	stretch.clause = sanction->clause;
	stretch.counts = code_is_empty(institution) ||
			 claw_registered(&query->standing, institution, from, until) ||
			 claw_registered(&person->standing, institution, from, until);
	struct claw_stretch *last =
	    person->count == 0 ? NULL : &person->stretches[person->count - 1];
	if (last != NULL && day_equal(last->until, from) && last->counts == stretch.counts &&
	    claw_same(last->before, stretch.before) && claw_same(last->after, stretch.after) &&
	    code_equal(&last->sanction, &stretch.sanction)) {
		last->until = until;
		return;
	}
	person->stretches[person->count++] = stretch;
}

static void
claw_compare(const struct query *query, struct claw_person *person)
{
	struct day day = DAY_NONE;

	while (!day_is_forever(day)) {
		struct day next =
		    day_min(claw_boundary(person->intervals, person->intervals_count, day),
			    claw_boundary(query->intervals, query->intervals_count, day));
		if (!day_is_none(day))
			claw_add(query, person, day, next);
		day = next;
	}
}

/*
 * Which record made the difference: the last one since that changed the status of the stretch's
 * first day. The person is folded once a record; the scratch is left at the last of them.
 */
static int
claw_blame(struct query *query, struct claw_person *person)
{
	struct claw_state at[CLAW_STRETCHES_MAX];
	struct lookup_page page;
	uint64_t after = person->since;
	int r;

	for (size_t k = 0; k < person->count; k++)
		at[k] = person->stretches[k].before;
	do {
		r = lookup_subject(&query->lookup, SUBJECT_PRACTITIONER, &person->practitioner,
				   after, person->as_of, true, &page);
		for (size_t i = 0; r == 0 && i < page.count; i++) {
			after = page.sequences[i];
			r = query_person(query, &person->practitioner, after);
			for (size_t k = 0; r == 0 && k < person->count; k++) {
				struct claw_stretch *stretch = &person->stretches[k];
				struct claw_state now =
				    claw_state(query_interval(query, stretch->from));
				if (!claw_same(at[k], now))
					stretch->sequence = after;
				at[k] = now;
			}
		}
	} while (r == 0 && page.count > 0);
	return r;
}

int
claw_person(struct query *query, struct claw_person *person, const struct code *practitioner,
	    const struct code *institution, uint64_t since, uint64_t as_of)
{
	if (person->since == since && person->as_of == as_of &&
	    code_equal(&person->practitioner, practitioner) &&
	    code_equal(&person->institution, institution))
		return 0;
	person->practitioner.size = 0;
	person->since = since;
	person->as_of = as_of;
	person->institution = *institution;
	person->count = 0;
	standing_init(&person->standing, practitioner);
	person->intervals_count = 0;
	/* Before the first record there was nobody. */
	int r = since == 0 ? 0 : query_person(query, practitioner, since);
	if (r < 0)
		return r;
	if (since != 0) {
		person->standing = query->standing;
		person->intervals_count = query->intervals_count;
		memcpy(person->intervals, query->intervals, sizeof(person->intervals));
	}
	r = query_person(query, practitioner, as_of);
	if (r < 0)
		return r;
	person->practitioner = *practitioner;
	claw_compare(query, person);
	if (person->count > 0)
		r = claw_blame(query, person);
	if (r < 0)
		person->practitioner.size = 0;
	return r;
}

const struct claw_stretch *
claw_at(const struct claw_person *person, struct day day)
{
	for (size_t i = 0; i < person->count; i++) {
		const struct claw_stretch *stretch = &person->stretches[i];
		if (!day_before(day, stretch->from) && day_before(day, stretch->until))
			return stretch;
	}
	return NULL;
}
