/*
 * The judgement of plain checks, a wake-up at a time, and the position they are given as of.
 *
 * Owns nothing; called by the loops. Never waits and never reads the book: what memory alone cannot
 * judge goes the long way.
 */
#include <assert.h>
#include <string.h>

#include "call_check.h"
#include "rules.h"
#include "standings_inner.h"

static_assert(sizeof(struct slot) == 64, "a slot is a cache line");
static_assert(STANDINGS_LOOPS_MAX <= BELL_LOOPS_MAX, "every loop has a bit");

void
standings_prepare(const struct standings *standings, struct call_check *check)
{
	struct table *table = atomic_load_explicit(&standings->people, memory_order_acquire);

	check->hash = table_hash(&standings->set, check->practitioner, check->practitioner_size);
	__builtin_prefetch(table_slot(table, check->hash));
}

static const struct packed_interval *
covering(const struct packed_interval *intervals, size_t count, int32_t day)
{
	for (size_t i = 0; i < count; i++) {
		if (intervals[i].from <= day && day < intervals[i].until)
			return &intervals[i];
	}
	return NULL;
}

/* Adjoining stretches with the same status count as one. */
static struct day
status_until(const struct packed_interval *intervals, size_t count,
	     const struct packed_interval *at)
{
	int32_t until = at->until;

	for (size_t i = (size_t)(at - intervals) + 1; i < count; i++) {
		if (intervals[i].from != until || intervals[i].status != at->status)
			break;
		until = intervals[i].until;
	}
	return (struct day){until};
}

/* The policy of the institution's jurisdiction on that day; false: ask the book. */
static bool
policy_of(const struct standings *standings, const struct call_context *context,
	  const struct call_check *check, enum institution_kind *ret_kind,
	  const struct policy **ret_policy)
{
	uint64_t as_of = context->position.sequence;
	struct slug slug = {"national"};

	*ret_kind = 0;
	if (check->institution_size > 0) {
		struct standings_place place;
		enum standings_found found = standings_find_place(standings, check->institution,
								  check->institution_size, &place);
		if (found == STANDINGS_MOVING)
			return false;
		if (found == STANDINGS_FOUND) {
			if (place.since > as_of || day_before(check->on, place.from))
				return false;
			*ret_kind = place.kind;
			slug = rules_set_region(standings->rules, &place.region, as_of);
		}
	}
	*ret_policy = rules_set_policy(standings->rules, &slug, check->on, as_of);
	return *ret_policy == NULL || !(*ret_policy)->registration_decides;
}

static void
judge(const struct call_check *check, const struct slot_words *words, struct claim *claim,
      const struct policy *policy, struct eligibility *ret, struct day *ret_until,
      struct day *ret_bar_until)
{
	size_t count;
	const struct packed_interval *intervals = slot_intervals(words, &count);
	const struct packed_interval *at = covering(intervals, count, check->on.number);
	struct interval interval;

	*ret_until = DAY_NONE;
	*ret_bar_until = DAY_NONE;
	claim->category = (enum category)slot_kind(words);
	if (at == NULL) {
		*ret = eligibility(NULL, claim, policy);
		return;
	}
	interval = (struct interval){
	    .from = {at->from},
	    .until = {at->until},
	    .status = (enum status)at->status,
	    .exempt = at->exempt,
	    .sanction = at->sanction,
	    .bar_until = {at->bar_until},
	};
	*ret = eligibility(&interval, claim, policy);
	if (interval.status == STATUS_TERMINATED)
		*ret_bar_until = interval.bar_until;
	else
		*ret_until = status_until(intervals, count, at);
}

/* Nobody is registered under what was given: it may be an alias, or an earlier code. */
static enum standings_found
find_by_other_name(const struct standings *standings, const struct call_context *context,
		   const struct call_check *check, struct slot_words *ret)
{
	struct code code;
	enum standings_found found =
	    standings_other_name(standings, check->practitioner, check->practitioner_size,
				 context->position.sequence, &code);

	if (found != STANDINGS_FOUND)
		return found;
	uint64_t hash = table_hash(&standings->set, code.text, code.size);
	return standings_find_person(standings, code.text, code.size, hash, ret);
}

bool
standings_check(const struct standings *standings, const struct call_context *context,
		struct call_check *check)
{
	struct claim claim = {.on = check->on, .registered = true};
	const struct policy *policy;
	struct slot_words words;

	enum standings_found found = standings_find_person(
	    standings, check->practitioner, check->practitioner_size, check->hash, &words);
	if (found == STANDINGS_NONE)
		found = find_by_other_name(standings, context, check, &words);
	if (found == STANDINGS_MOVING) {
		standings_given_up(standings);
		return false;
	}
	check->until = DAY_NONE;
	check->bar_until = DAY_NONE;
	if (found == STANDINGS_NONE) {
		check->eligibility = eligibility(NULL, &claim, NULL);
		return true;
	}
	/* Newer than the answer's position: the book knows what held then. */
	if (words.words[SLOT_SINCE] > context->position.sequence)
		return false;
	if (!policy_of(standings, context, check, &claim.institution_kind, &policy))
		return false;
	if (policy != NULL && (check->emergency || check->visit_type_size > 0)) {
		struct code visit = {0};
		/* What is no code is a type that no policy lists. */
		if (check->visit_type_size > 0)
			(void)code_set(check->visit_type, check->visit_type_size, &visit);
		claim.visit_kinds = policy_visit_kinds(policy, &visit, check->emergency);
	} else if (check->emergency) {
		/* Without a policy the flag means what the national interface says it does. */
		claim.visit_kinds = VISIT_FIRST_AID | VISIT_RESCUE;
	}
	judge(check, &words, &claim, policy, &check->eligibility, &check->until, &check->bar_until);
	return true;
}

/* ---- the position ---- */

void
standings_publish(struct standings *standings, const struct call_position *position)
{
	uint64_t words[5] = {0, 0, position->epoch, position->sequence,
			     (uint64_t)position->recorded_at};
	uint64_t version = atomic_load_explicit(&standings->position.version, memory_order_relaxed);

	memcpy(words, position->ledger, sizeof(position->ledger));
	atomic_store_explicit(&standings->position.version, version + 1, memory_order_relaxed);
	for (size_t i = 0; i < 5; i++)
		atomic_store_explicit(&standings->position.words[i], words[i],
				      memory_order_release);
	atomic_store_explicit(&standings->position.version, version + 2, memory_order_release);
	bell_ring(&standings->bell);
}

struct bell *
standings_bell(struct standings *standings)
{
	return &standings->bell;
}

/* The writer is in there for nanoseconds; unlike a slot, there is nothing else to answer from. */
void
standings_position(const struct standings *standings, struct call_position *ret)
{
	uint64_t words[5], before;

	do {
		before = atomic_load_explicit(&standings->position.version, memory_order_acquire);
		for (size_t i = 0; i < 5; i++)
			words[i] = atomic_load_explicit(&standings->position.words[i],
							memory_order_acquire);
	} while ((before & 1) != 0 || atomic_load_explicit(&standings->position.version,
							   memory_order_relaxed) != before);

	memcpy(ret->ledger, words, sizeof(ret->ledger));
	ret->epoch = (uint32_t)words[2];
	ret->sequence = words[3];
	ret->recorded_at = (int64_t)words[4];
}
