/*
 * Folding events into a person's standing, and reading it. Owns nothing: a standing is a value.
 * Called by the writer on scratch, by the start-up fold, and by questions about the past, each on
 * its own thread. Never decides and never reads a rulebook: effects stand in the events.
 */
#include "standing.h"

#include <assert.h>
#include <string.h>

static_assert(STANDING_ENTRIES_MAX <= 64, "a basis is a set in 64 bits");
static_assert(STANDING_SANCTIONS_MAX <= 64, "supersedes is a set in 64 bits");
static_assert(STANDING_ENTRIES_MAX < NUMBER_NONE, "255 is no entry");

static uint64_t
bit(size_t number)
{
	assert(number < 64);
	return UINT64_C(1) << number;
}

void
standing_init(struct standing *standing, const struct code *practitioner)
{
	memset(standing, 0, sizeof(*standing));
	standing->practitioner = *practitioner;
}

bool
standing_has_room(const struct standing *standing)
{
	return standing->entries_count < STANDING_ENTRIES_MAX &&
	       standing->sanctions_count < STANDING_SANCTIONS_MAX &&
	       standing->registrations_count < STANDING_REGISTRATIONS_MAX;
}

static bool
registration_open(struct standing *standing, const struct event_registration *event)
{
	if (standing->registrations_count == STANDING_REGISTRATIONS_MAX)
		return false;

	struct registration *registration =
	    &standing->registrations[standing->registrations_count++];
	registration->institution = event->institution;
	registration->from = event->on;
	registration->until = DAY_FOREVER;
	return true;
}

static bool
registration_close(struct standing *standing, const struct event_registration *event)
{
	for (size_t i = standing->registrations_count; i > 0; i--) {
		struct registration *registration = &standing->registrations[i - 1];
		if (day_is_forever(registration->until) &&
		    code_equal(&registration->institution, &event->institution)) {
			registration->until = event->on;
			return true;
		}
	}
	return false;
}

static bool
reregister(struct standing *standing, const struct event_registration *event, uint64_t sequence)
{
	if (standing->reregistrations_count == STANDING_REREGISTRATIONS_MAX) {
		memmove(&standing->reregistrations[0], &standing->reregistrations[1],
			(STANDING_REREGISTRATIONS_MAX - 1) * sizeof(standing->reregistrations[0]));
		standing->reregistrations_count--;
	}
	standing->reregistrations[standing->reregistrations_count++] =
	    (struct reregistration){event->on, sequence};
	return registration_open(standing, event);
}

static bool
entry_add(struct standing *standing, const struct event_points *event, uint64_t sequence)
{
	if (standing->entries_count == STANDING_ENTRIES_MAX)
		return false;

	struct entry *entry = &standing->entries[standing->entries_count++];
	entry->id = event->entry;
	entry->penalty = event->penalty;
	entry->institution = event->institution;
	entry->situation = event->situation;
	entry->sequence = sequence;
	entry->points = event->points;
	entry->level = event->level;
	entry->scored_on = event->scored_on;
	entry->conduct_from = event->conduct_from;
	entry->conduct_to = event->conduct_to;
	entry->catalogue = event->catalogue;
	entry->act = event->act;
	entry->band_shift = event->band_shift;
	entry->cap = event->cap;
	entry->measure_threshold = event->measure_threshold;
	entry->measure_action = event->measure_action;
	entry->rulebook = event->rulebook;
	entry->fallen_on = DAY_NONE;
	return true;
}

static bool
entry_fall(struct standing *standing, const struct event_fell *event)
{
	if (event->entry >= standing->entries_count || standing->entries[event->entry].fallen != 0)
		return false;
	standing->entries[event->entry].fallen = event->why;
	standing->entries[event->entry].fallen_on = event->on;
	return true;
}

static bool
sanction_add(struct standing *standing, const struct event_sanction *event, uint64_t sequence)
{
	uint8_t number = standing->sanctions_count;

	if (number == STANDING_SANCTIONS_MAX)
		return false;
	if (event->entry >= standing->entries_count)
		return false;
	if (event->superseded_by != NUMBER_NONE && event->superseded_by >= number)
		return false;
	if (number > 0 ? (event->supersedes >> (number - 1)) >> 1 != 0 : event->supersedes != 0)
		return false;

	struct sanction *sanction = &standing->sanctions[standing->sanctions_count++];
	sanction->id = event->sanction;
	sanction->sequence = sequence;
	sanction->kind = event->kind;
	sanction->path = event->path;
	sanction->from = event->from;
	sanction->until = event->until;
	sanction->months = event->months;
	sanction->bar_years = event->bar_years;
	sanction->bar_until = event->bar_until;
	sanction->exempt = event->exempt;
	sanction->entry = event->entry;
	sanction->basis = event->basis;
	sanction->superseded_by = event->superseded_by;
	sanction->supersedes = event->supersedes;
	sanction->overlap = event->overlap;
	sanction->lifted_on = DAY_NONE;
	sanction->rulebook = event->rulebook;
	sanction->clause = event->clause;
	for (uint8_t i = 0; i < number; i++) {
		if ((event->supersedes & bit(i)) != 0)
			standing->sanctions[i].superseded_by = number;
	}
	return true;
}

/*
 * A termination supersedes every suspension set before it that it meets; one that was superseded
 * wholly when it came is not in its set.
 */
static bool
supersedes(const struct standing *standing, size_t number, size_t superseded)
{
	const struct sanction *sanction = &standing->sanctions[number];
	const struct sanction *earlier = &standing->sanctions[superseded];

	if (sanction->lifted != 0 && sanction->lifted != FALL_REPAIRED)
		return false;
	if ((sanction->supersedes & bit(superseded)) != 0)
		return true;
	return sanction->kind == STATUS_TERMINATED && sanction->path != PATH_FOREIGN &&
	       earlier->kind == STATUS_SUSPENDED && number > superseded &&
	       day_before(sanction->from, earlier->until);
}

/* The sanction that supersedes this one: of those that stand, the one that begins first. */
static uint8_t
superseder(const struct standing *standing, size_t superseded)
{
	uint8_t first = NUMBER_NONE;

	for (uint8_t i = 0; i < standing->sanctions_count; i++) {
		const struct sanction *sanction = &standing->sanctions[i];
		if (!supersedes(standing, i, superseded))
			continue;
		if (first == NUMBER_NONE ||
		    day_before(sanction->from, standing->sanctions[first].from))
			first = i;
	}
	return first;
}

/*
 * What this sanction superseded is superseded by it no longer: its own days hold again, unless
 * another one that stands had superseded it too.
 */
static bool
sanction_lift(struct standing *standing, const struct event_lifted *event)
{
	if (event->sanction >= standing->sanctions_count)
		return false;
	/* What ended by repair can still be lifted as if never set, when its entry falls. */
	enum fall before = standing->sanctions[event->sanction].lifted;
	if (before != 0 && (before != FALL_REPAIRED || event->why == FALL_REPAIRED))
		return false;
	standing->sanctions[event->sanction].lifted = event->why;
	standing->sanctions[event->sanction].lifted_on = event->on;
	if (event->why == FALL_REPAIRED) /* it held until now, and so did what it superseded */
		return true;
	for (size_t i = 0; i < standing->sanctions_count; i++) {
		if (standing->sanctions[i].superseded_by == event->sanction)
			standing->sanctions[i].superseded_by = superseder(standing, i);
	}
	return true;
}

static bool
foreign_add(struct standing *standing, const struct event_foreign *event, uint64_t sequence)
{
	if (standing->sanctions_count == STANDING_SANCTIONS_MAX)
		return false;

	struct sanction *sanction = &standing->sanctions[standing->sanctions_count++];
	sanction->id = event->sanction;
	sanction->sequence = sequence;
	sanction->kind = event->kind;
	sanction->path = PATH_FOREIGN;
	sanction->from = event->from;
	sanction->until = event->until;
	sanction->bar_until = DAY_NONE;
	sanction->exempt = event->exempt;
	sanction->entry = NUMBER_NONE;
	sanction->superseded_by = NUMBER_NONE;
	sanction->lifted_on = DAY_NONE;
	sanction->source = event->source;
	sanction->clause = event->clause;
	return true;
}

static bool
foreign_end(struct standing *standing, const struct event_foreign_ended *event)
{
	if (event->sanction >= standing->sanctions_count ||
	    standing->sanctions[event->sanction].path != PATH_FOREIGN)
		return false;
	standing->sanctions[event->sanction].until = event->on;
	standing->sanctions[event->sanction].foreign_ended = true;
	return true;
}

static bool
repair_add(struct standing *standing, const struct event_repaired *event)
{
	if (event->points == 0) /* only a period was shortened */
		return true;
	if (standing->repairs_count == STANDING_REPAIRS_MAX)
		return false;
	standing->repairs[standing->repairs_count++] = (struct repair){
	    event->id, event->on, event->points, event->year, event->basis,
	};
	return true;
}

static bool
sanction_shorten(struct standing *standing, const struct event_shortened *event)
{
	if (event->sanction >= standing->sanctions_count)
		return false;
	standing->sanctions[event->sanction].until = event->until;
	return true;
}

static bool
sanction_stay(struct standing *standing, const struct event_stayed *event)
{
	if (event->sanction >= standing->sanctions_count ||
	    standing->stays_count == STANDING_STAYS_MAX)
		return false;

	struct stay *stay = &standing->stays[standing->stays_count++];
	stay->id = event->id;
	stay->objection = event->objection;
	stay->sanction = event->sanction;
	stay->from = event->on;
	stay->until = DAY_FOREVER;
	return true;
}

static bool
sanction_resume(struct standing *standing, const struct event_resumed *event)
{
	for (size_t i = 0; i < standing->stays_count; i++) {
		struct stay *stay = &standing->stays[i];
		if (!code_equal(&stay->id, &event->id) || !day_is_forever(stay->until))
			continue;
		stay->until = event->on;
		if (!day_is_none(event->until))
			standing->sanctions[stay->sanction].until = event->until;
		return true;
	}
	return false;
}

static bool
alias_add(struct standing *standing, const struct code *alias)
{
	if (standing->aliases_count == STANDING_ALIASES_MAX || standing_has_alias(standing, alias))
		return false;
	standing->aliases[standing->aliases_count++] = *alias;
	return true;
}

static bool
alias_remove(struct standing *standing, const struct code *alias)
{
	for (size_t i = 0; i < standing->aliases_count; i++) {
		if (!code_equal(&standing->aliases[i], alias))
			continue;
		size_t behind = standing->aliases_count - i - 1u;
		memmove(&standing->aliases[i], &standing->aliases[i + 1], behind * sizeof(*alias));
		standing->aliases_count--;
		memset(&standing->aliases[standing->aliases_count], 0, sizeof(*alias));
		return true;
	}
	return false;
}

static bool
apply_body(struct standing *standing, const struct event *event, uint64_t sequence)
{
	switch (event->kind) {
	case EVENT_PRACTITIONER_ADDED:
		standing->category = event->practitioner_added.category;
		standing->name = event->practitioner_added.name;
		return true;
	case EVENT_REGISTRATION_JOINED:
		return registration_open(standing, &event->registration);
	case EVENT_REGISTRATION_LEFT:
		return registration_close(standing, &event->registration);
	case EVENT_REREGISTERED:
		return reregister(standing, &event->registration, sequence);
	case EVENT_POINTS_RECORDED:
		return entry_add(standing, &event->points, sequence);
	case EVENT_POINTS_FELL:
		return entry_fall(standing, &event->fell);
	case EVENT_SANCTION_SET:
		return sanction_add(standing, &event->sanction, sequence);
	case EVENT_SANCTION_LIFTED:
		return sanction_lift(standing, &event->lifted);
	case EVENT_FOREIGN_SANCTION_SET:
		return foreign_add(standing, &event->foreign, sequence);
	case EVENT_FOREIGN_SANCTION_ENDED:
		return foreign_end(standing, &event->foreign_ended);
	case EVENT_REPAIRED:
		return repair_add(standing, &event->repaired);
	case EVENT_SANCTION_SHORTENED:
		return sanction_shorten(standing, &event->shortened);
	case EVENT_SANCTION_STAYED:
		return sanction_stay(standing, &event->stayed);
	case EVENT_SANCTION_RESUMED:
		return sanction_resume(standing, &event->resumed);
	case EVENT_ALIAS_SET:
		return alias_add(standing, &event->alias.alias);
	case EVENT_ALIAS_REMOVED:
		return alias_remove(standing, &event->alias.alias);
	case EVENT_INSTITUTION_ADDED:
	case EVENT_PENALTY_RECORDED:
	case EVENT_PENALTY_OVERTURNED:
	case EVENT_INSTITUTION_NOTED:
	case EVENT_RULES_LOADED:
	case EVENT_LEDGER_BEGUN:
	case EVENT_EPOCH_BEGUN:
	case EVENT_TAIL_CUT:
	case EVENT_CLOCK_ACCEPTED:
	case EVENT_NOTICE_SERVED:
	case EVENT_OBJECTION_FILED:
	case EVENT_OBJECTION_EXPLAINED:
	case EVENT_OBJECTION_REVIEWED:
	case EVENT_REPAIR_REQUESTED:
	case EVENT_REPAIR_DENIED:
	case EVENT_PROPOSED:
	case EVENT_PROPOSAL_APPROVED:
	case EVENT_PROPOSAL_DENIED:
	case EVENT_MERGED:
	case EVENT_UNMERGED:
	case EVENT_INSTITUTION_CHANGED:
	case EVENT_REFERRAL_SENT:
	case EVENT_REFERRAL_RECEIVED:
	case EVENT_MARKING_ACKNOWLEDGED:
	case EVENT_MARKER:
		return true; /* about no person's standing */
	}
	return false;
}

bool
standing_has_alias(const struct standing *standing, const struct code *alias)
{
	for (size_t i = 0; i < standing->aliases_count; i++) {
		if (code_equal(&standing->aliases[i], alias))
			return true;
	}
	return false;
}

bool
standing_apply(struct standing *standing, const struct event *event, uint64_t sequence)
{
	assert(sequence >= standing->sequence);
	if (!code_equal(&standing->practitioner, &event->practitioner))
		return true;
	if (!apply_body(standing, event, sequence))
		return false;
	standing->sequence = sequence;
	return true;
}

/* Does the entry stand, of that year and scored by that day? */
static bool
entry_stands(const struct entry *entry, int year, struct day up_to)
{
	return entry->fallen == 0 && day_year(entry->scored_on) == year &&
	       !day_before(up_to, entry->scored_on);
}

/* Another heading of the same act weighs more, or as much and came first. */
static bool
entry_outweighed(const struct standing *standing, size_t number, int year, struct day up_to)
{
	const struct entry *entry = &standing->entries[number];

	if (code_is_empty(&entry->act))
		return false;
	for (size_t i = 0; i < standing->entries_count; i++) {
		const struct entry *other = &standing->entries[i];
		if (i == number || !code_equal(&other->act, &entry->act) ||
		    !entry_stands(other, year, up_to))
			continue;
		if (other->points > entry->points || (other->points == entry->points && i < number))
			return true;
	}
	return false;
}

uint64_t
standing_entries_of(const struct standing *standing, int year, struct day up_to)
{
	uint64_t entries = 0;

	for (size_t i = 0; i < standing->entries_count; i++) {
		if (entry_stands(&standing->entries[i], year, up_to) &&
		    !entry_outweighed(standing, i, year, up_to))
			entries |= bit(i);
	}
	return entries;
}

int32_t
standing_act_points(const struct standing *standing, int year, const struct code *act,
		    uint8_t except)
{
	int32_t points = 0;

	if (code_is_empty(act))
		return 0;
	for (size_t i = 0; i < standing->entries_count; i++) {
		const struct entry *entry = &standing->entries[i];
		if (i != except && code_equal(&entry->act, act) &&
		    entry_stands(entry, year, DAY_FOREVER) && entry->points > points)
			points = entry->points;
	}
	return points;
}

int32_t
standing_repaired(const struct standing *standing, int year, struct day up_to)
{
	int32_t points = 0;

	for (size_t i = 0; i < standing->repairs_count; i++) {
		const struct repair *repair = &standing->repairs[i];
		if (repair->year == year && !day_before(up_to, repair->on))
			points += repair->points;
	}
	return points;
}

/* Of those repairs, what is taken from the plain sum, before the cap. */
static int32_t
repaired_raw(const struct standing *standing, int year, struct day up_to)
{
	int32_t points = 0;

	for (size_t i = 0; i < standing->repairs_count; i++) {
		const struct repair *repair = &standing->repairs[i];
		if (repair->year == year && !day_before(up_to, repair->on) &&
		    repair->basis == REPAIR_FROM_RAW)
			points += repair->points;
	}
	return points;
}

/* The sum of the entries that count, and the cap of the latest entry's rulebook (0: none). */
static int32_t
year_sum(const struct standing *standing, int year, struct day up_to, int32_t *ret_cap)
{
	uint64_t entries = standing_entries_of(standing, year, up_to);
	int32_t sum = 0;

	*ret_cap = 0;
	for (size_t i = 0; i < standing->entries_count; i++) {
		if ((entries & bit(i)) == 0)
			continue;
		sum += standing->entries[i].points;
		*ret_cap = standing->entries[i].cap;
	}
	return sum;
}

static struct year_total
year_total(const struct standing *standing, int year, struct day up_to, struct day repaired_to)
{
	int32_t cap;
	int32_t sum = year_sum(standing, year, up_to, &cap);
	int32_t before_cap = repaired_raw(standing, year, repaired_to);
	int32_t after_cap = standing_repaired(standing, year, repaired_to) - before_cap;
	int32_t counted = sum - before_cap;

	if (cap > 0 && counted > cap)
		counted = cap;
	counted -= after_cap;
	return (struct year_total){sum, counted > 0 ? counted : 0};
}

struct year_total
standing_total(const struct standing *standing, int year, struct day up_to)
{
	return year_total(standing, year, up_to, up_to);
}

int32_t
standing_judged(const struct standing *standing, int year, struct day scored_on)
{
	return year_total(standing, year, DAY_FOREVER, scored_on).capped;
}

int32_t
standing_cap(const struct standing *standing, int year, struct day up_to)
{
	int32_t cap;

	(void)year_sum(standing, year, up_to, &cap);
	return cap;
}

const struct entry *
standing_entry(const struct standing *standing, const struct code *id)
{
	for (size_t i = 0; i < standing->entries_count; i++) {
		if (code_equal(&standing->entries[i].id, id))
			return &standing->entries[i];
	}
	return NULL;
}

const struct sanction *
standing_sanction(const struct standing *standing, const struct code *id)
{
	for (size_t i = 0; i < standing->sanctions_count; i++) {
		if (code_equal(&standing->sanctions[i].id, id))
			return &standing->sanctions[i];
	}
	return NULL;
}

/*
 * The first re-registration after it began ends a termination. One that was recorded before the
 * termination (a late entry) cannot have been about it.
 */
static struct day
reregistered_after(const struct standing *standing, const struct sanction *sanction)
{
	struct day first = DAY_FOREVER;

	for (size_t i = 0; i < standing->reregistrations_count; i++) {
		const struct reregistration *again = &standing->reregistrations[i];
		if (again->sequence > sanction->sequence && day_before(sanction->from, again->on))
			first = day_min(first, again->on);
	}
	return first;
}

/* After supersession, whatever repair did. */
static struct day
end_unrepaired(const struct standing *standing, const struct sanction *sanction)
{
	if (sanction->path == PATH_FOREIGN)
		return sanction->until;
	if (sanction->kind == STATUS_TERMINATED)
		return reregistered_after(standing, sanction);
	if (sanction->superseded_by == NUMBER_NONE)
		return sanction->until;

	/* "keep": the running one stands and this one never counted. */
	assert(sanction->superseded_by < standing->sanctions_count);
	const struct sanction *by = &standing->sanctions[sanction->superseded_by];
	if (by < sanction)
		return sanction->from;
	return day_max(sanction->from, day_min(sanction->until, by->from));
}

struct day
standing_sanction_end(const struct standing *standing, const struct sanction *sanction)
{
	if (sanction->lifted == FALL_REPAIRED)
		return day_max(sanction->from,
			       day_min(end_unrepaired(standing, sanction), sanction->lifted_on));
	if (sanction->lifted != 0)
		return sanction->from;
	return end_unrepaired(standing, sanction);
}

const struct sanction *
standing_terminated(const struct standing *standing)
{
	for (size_t i = standing->sanctions_count; i > 0; i--) {
		const struct sanction *sanction = &standing->sanctions[i - 1];
		if (sanction->kind == STATUS_TERMINATED && sanction->path != PATH_FOREIGN &&
		    sanction->lifted == 0 &&
		    day_is_forever(standing_sanction_end(standing, sanction)))
			return sanction;
	}
	return NULL;
}

bool
standing_registered(const struct standing *standing, const struct code *institution, struct day day)
{
	for (size_t i = 0; i < standing->registrations_count; i++) {
		const struct registration *registration = &standing->registrations[i];
		if (code_equal(&registration->institution, institution) &&
		    !day_before(day, registration->from) && day_before(day, registration->until))
			return true;
	}
	return false;
}
