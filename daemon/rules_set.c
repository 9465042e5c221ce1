/*
 * Which rules hold on a day, and which did as far as anybody knew then. Owns every version that
 * the book has loaded; one thread adds, any thread looks up. Never drops a version: entries name
 * theirs for ever.
 *
 * Versions are appended and published by their count, so that a look-up needs no lock: whoever
 * sees the count sees what stands below it.
 */
#include "rules.h"

#include <assert.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct loaded {
	uint64_t sequence;
	struct slug slug;
	struct day version;
	struct day until;
	const void *rules; /* struct rulebook, struct policy or struct calendar */
};

struct shelf {
	atomic_size_t count;
	struct loaded versions[RULES_VERSIONS_MAX];
};

struct rules_set {
	struct shelf rulebooks;
	struct shelf policies;
	struct shelf calendars;
};

/*
 * The provinces by the first two digits of a region. Those the description of the scheme names are
 * known from the start; another province is, once rules of its own are loaded.
 */
static const struct province {
	char digits[3];
	bool known;
	const char *slug;
} provinces[] = {
    {"", true, "national"},    {"11", true, "beijing"},	   {"12", true, "tianjin"},
    {"13", false, "hebei"},    {"14", false, "shanxi"},	   {"15", true, "inner-mongolia"},
    {"21", true, "liaoning"},  {"22", false, "jilin"},	   {"23", false, "heilongjiang"},
    {"31", true, "shanghai"},  {"32", false, "jiangsu"},   {"33", false, "zhejiang"},
    {"34", false, "anhui"},    {"35", true, "fujian"},	   {"36", false, "jiangxi"},
    {"37", false, "shandong"}, {"41", false, "henan"},	   {"42", false, "hubei"},
    {"43", true, "hunan"},     {"44", false, "guangdong"}, {"45", false, "guangxi"},
    {"46", true, "hainan"},    {"50", true, "chongqing"},  {"51", true, "sichuan"},
    {"52", true, "guizhou"},   {"53", false, "yunnan"},	   {"54", false, "tibet"},
    {"61", false, "shaanxi"},  {"62", false, "gansu"},	   {"63", false, "qinghai"},
    {"64", false, "ningxia"},  {"65", false, "xinjiang"},  {"66", false, "xinjiang-corps"},
};
#define PROVINCES_COUNT (sizeof(provinces) / sizeof(provinces[0]))

static struct slug
national(void)
{
	struct slug slug = {.text = "national"};

	return slug;
}

struct rules_set *
rules_set_new(void)
{
	struct rules_set *set = calloc(1, sizeof(*set));

	if (set == NULL)
		return NULL;
	atomic_init(&set->rulebooks.count, 0);
	atomic_init(&set->policies.count, 0);
	atomic_init(&set->calendars.count, 0);
	return set;
}

static void
shelf_done(struct shelf *shelf)
{
	size_t count = atomic_load_explicit(&shelf->count, memory_order_acquire);

	for (size_t i = 0; i < count; i++)
		free((void *)(uintptr_t)shelf->versions[i].rules);
}

struct rules_set *
rules_set_free(struct rules_set *set)
{
	if (set == NULL)
		return NULL;
	shelf_done(&set->rulebooks);
	shelf_done(&set->policies);
	shelf_done(&set->calendars);
	free(set);
	return NULL;
}

static size_t
shelf_count(const struct shelf *shelf)
{
	return atomic_load_explicit(&shelf->count, memory_order_acquire);
}

static int
shelf_add(struct shelf *shelf, const struct loaded *loaded, const void *rules, size_t size)
{
	size_t count = shelf_count(shelf);
	void *copy;

	if (count == RULES_VERSIONS_MAX)
		return -ENOSPC;
	/* Records are applied in order: a look-up as of a sequence relies on it. */
	assert(count == 0 || shelf->versions[count - 1].sequence <= loaded->sequence);
	copy = malloc(size);
	if (copy == NULL)
		return -ENOMEM;
	memcpy(copy, rules, size);
	shelf->versions[count] = *loaded;
	shelf->versions[count].rules = copy;
	atomic_store_explicit(&shelf->count, count + 1, memory_order_release);
	return 0;
}

/* The version of that name: the text last loaded for it as of the sequence. */
static const struct loaded *
shelf_version(const struct shelf *shelf, const struct slug *slug, struct day version,
	      uint64_t as_of)
{
	for (size_t i = shelf_count(shelf); i-- > 0;) {
		const struct loaded *loaded = &shelf->versions[i];
		if (loaded->sequence <= as_of && day_equal(loaded->version, version) &&
		    slug_equal(&loaded->slug, slug))
			return loaded;
	}
	return NULL;
}

/*
 * The version in force: the latest that has begun, unless it has ended. A later version ends the
 * one before it, also where that one's text names no end.
 */
static const struct loaded *
shelf_in_force(const struct shelf *shelf, const struct slug *slug, struct day on, uint64_t as_of)
{
	const struct loaded *found = NULL;

	for (size_t i = shelf_count(shelf); i-- > 0;) {
		const struct loaded *loaded = &shelf->versions[i];
		if (loaded->sequence > as_of || day_before(on, loaded->version) ||
		    !slug_equal(&loaded->slug, slug))
			continue;
		/* From the newest record back: a correction comes before what it corrects. */
		if (found == NULL || day_before(found->version, loaded->version))
			found = loaded;
	}
	return found != NULL && day_before(on, found->until) ? found : NULL;
}

int
rules_set_add_rulebook(struct rules_set *set, const struct rulebook *rulebook, uint64_t sequence)
{
	const struct loaded *there =
	    shelf_version(&set->rulebooks, &rulebook->id.slug, rulebook->id.version, sequence);
	struct loaded loaded = {
	    .sequence = sequence,
	    .slug = rulebook->id.slug,
	    .version = rulebook->id.version,
	    .until = rulebook->in_force_until,
	};

	if (there != NULL &&
	    rulebook_id_equal(&((const struct rulebook *)there->rules)->id, &rulebook->id))
		return -EEXIST;
	return shelf_add(&set->rulebooks, &loaded, rulebook, sizeof(*rulebook));
}

int
rules_set_add_policy(struct rules_set *set, const struct policy *policy, uint64_t sequence)
{
	const struct loaded *there =
	    shelf_version(&set->policies, &policy->id.slug, policy->id.version, sequence);
	struct loaded loaded = {
	    .sequence = sequence,
	    .slug = policy->id.slug,
	    .version = policy->id.version,
	    .until = policy->in_force_until,
	};

	if (there != NULL &&
	    rulebook_id_equal(&((const struct policy *)there->rules)->id, &policy->id))
		return -EEXIST;
	return shelf_add(&set->policies, &loaded, policy, sizeof(*policy));
}

int
rules_set_add_calendar(struct rules_set *set, const struct calendar *calendar, uint64_t sequence)
{
	const struct rulebook_id *id = &calendar->years[0].id;
	const struct loaded *there =
	    shelf_version(&set->calendars, &id->slug, id->version, sequence);
	struct loaded loaded = {
	    .sequence = sequence,
	    .slug = id->slug,
	    .version = id->version,
	    .until = DAY_FOREVER,
	};

	if (there != NULL &&
	    rulebook_id_equal(&((const struct calendar *)there->rules)->years[0].id, id))
		return -EEXIST;
	return shelf_add(&set->calendars, &loaded, calendar, sizeof(*calendar));
}

int
rules_identify(enum rules_kind kind, const uint8_t *text, size_t size, struct rulebook_id *ret,
	       struct rules_error *ret_error)
{
	struct rulebook rulebook; /* some 30 KiB: a loop's stack has room */
	struct calendar calendar;
	struct policy policy;
	int r = -EINVAL;

	switch (kind) {
	case RULES_RULEBOOK:
		r = rules_parse_rulebook(text, size, &rulebook, ret_error);
		if (r == 0)
			*ret = rulebook.id;
		break;
	case RULES_POLICY:
		r = rules_parse_policy(text, size, &policy, ret_error);
		if (r == 0)
			*ret = policy.id;
		break;
	case RULES_CALENDAR:
		r = rules_parse_calendar(text, size, &calendar, ret_error);
		if (r == 0)
			*ret = calendar.years[0].id;
		break;
	}
	return r;
}

int
rules_set_load(struct rules_set *set, const struct event_rules *event, uint64_t sequence,
	       struct rules_error *ret_error)
{
	struct rulebook rulebook;
	struct policy policy;
	struct calendar calendar;
	int r;

	switch (event->kind) {
	case RULES_RULEBOOK:
		r = rules_parse_rulebook(event->text.bytes, event->text.size, &rulebook, ret_error);
		return r < 0 ? r : rules_set_add_rulebook(set, &rulebook, sequence);
	case RULES_POLICY:
		r = rules_parse_policy(event->text.bytes, event->text.size, &policy, ret_error);
		return r < 0 ? r : rules_set_add_policy(set, &policy, sequence);
	case RULES_CALENDAR:
		r = rules_parse_calendar(event->text.bytes, event->text.size, &calendar, ret_error);
		return r < 0 ? r : rules_set_add_calendar(set, &calendar, sequence);
	}
	return -EINVAL;
}

/* The first day on which the jurisdiction or the national frame has any rules. */
static struct day
earliest(const struct rules_set *set, const struct slug *slug, uint64_t as_of)
{
	struct slug frame = national();
	struct day first = DAY_NONE;

	for (size_t i = 0; i < shelf_count(&set->rulebooks); i++) {
		const struct loaded *loaded = &set->rulebooks.versions[i];
		if (loaded->sequence > as_of ||
		    (!slug_equal(&loaded->slug, slug) && !slug_equal(&loaded->slug, &frame)))
			continue;
		if (day_is_none(first) || day_before(loaded->version, first))
			first = loaded->version;
	}
	return first;
}

/* Hand out a version with what it inherits on that day. */
static void
resolve(const struct rules_set *set, const struct loaded *loaded, struct day on, uint64_t as_of,
	struct rulebook *ret)
{
	*ret = *(const struct rulebook *)loaded->rules;
	if (ret->parent.text[0] == '\0')
		return;
	const struct loaded *parent = shelf_in_force(&set->rulebooks, &ret->parent, on, as_of);
	if (parent != NULL)
		rulebook_inherit(ret, parent->rules);
}

enum rules_found
rules_set_rulebook(const struct rules_set *set, const struct slug *slug, struct day on,
		   uint64_t as_of, struct rulebook *ret, struct day *ret_earliest)
{
	struct slug frame = national();
	const struct loaded *loaded;

	if (!rules_set_knows(set, slug, as_of))
		return RULES_FOUND_UNKNOWN;
	loaded = shelf_in_force(&set->rulebooks, slug, on, as_of);
	if (loaded != NULL) {
		resolve(set, loaded, on, as_of, ret);
		return RULES_FOUND_OWN;
	}
	loaded = shelf_in_force(&set->rulebooks, &frame, on, as_of);
	if (loaded != NULL) {
		resolve(set, loaded, on, as_of, ret);
		return RULES_FOUND_PARENT;
	}
	*ret_earliest = earliest(set, slug, as_of);
	return RULES_FOUND_NONE;
}

enum rules_found
rules_set_rulebook_version(const struct rules_set *set, const struct slug *slug, struct day version,
			   const uint8_t *hash, struct day on, uint64_t as_of, struct rulebook *ret,
			   struct day *ret_earliest)
{
	const struct loaded *loaded = shelf_version(&set->rulebooks, slug, version, as_of);

	if (hash != NULL) {
		const struct shelf *shelf = &set->rulebooks;
		loaded = NULL;
		for (size_t i = shelf_count(shelf); i-- > 0 && loaded == NULL;) {
			const struct rulebook *rulebook = shelf->versions[i].rules;
			if (shelf->versions[i].sequence <= as_of &&
			    slug_equal(&rulebook->id.slug, slug) &&
			    day_equal(rulebook->id.version, version) &&
			    memcmp(rulebook->id.hash, hash, RULEBOOK_HASH_SIZE) == 0)
				loaded = &shelf->versions[i];
		}
	}
	if (loaded == NULL)
		return RULES_FOUND_UNKNOWN;
	if (day_before(on, loaded->version)) {
		*ret_earliest = loaded->version;
		return RULES_FOUND_NONE;
	}
	resolve(set, loaded, on, as_of, ret);
	return RULES_FOUND_OWN;
}

bool
rules_name_parse(const char *text, size_t size, struct slug *ret_slug, struct day *ret_version)
{
	const char *at = memchr(text, '@', size);
	size_t length = at == NULL ? size : (size_t)(at - text);
	struct day version = DAY_NONE;
	struct slug slug;

	if (!slug_set(text, length, &slug))
		return false;
	if (at != NULL && !day_parse(at + 1, size - length - 1, &version))
		return false;
	*ret_slug = slug;
	*ret_version = version;
	return true;
}

const struct policy *
rules_set_policy(const struct rules_set *set, const struct slug *slug, struct day on,
		 uint64_t as_of)
{
	struct slug frame = national();
	const struct loaded *loaded = shelf_in_force(&set->policies, slug, on, as_of);

	if (loaded == NULL)
		loaded = shelf_in_force(&set->policies, &frame, on, as_of);
	return loaded != NULL ? loaded->rules : NULL;
}

void
rules_set_calendar(const struct rules_set *set, int first_year, uint64_t as_of,
		   struct calendar *ret)
{
	memset(ret, 0, sizeof(*ret));
	for (int year = first_year; year < first_year + CALENDAR_YEARS_MAX; year++) {
		const struct calendar_year *found = NULL;
		for (size_t i = shelf_count(&set->calendars); found == NULL && i-- > 0;) {
			const struct loaded *loaded = &set->calendars.versions[i];
			if (loaded->sequence <= as_of)
				found = calendar_year(loaded->rules, year);
		}
		if (found != NULL)
			ret->years[ret->years_count++] = *found;
	}
}

static bool
shelf_knows(const struct shelf *shelf, const struct slug *slug, uint64_t as_of)
{
	for (size_t i = 0; i < shelf_count(shelf); i++) {
		const struct loaded *loaded = &shelf->versions[i];
		if (loaded->sequence <= as_of && slug_equal(&loaded->slug, slug))
			return true;
	}
	return false;
}

static bool
is_loaded(const struct rules_set *set, const struct slug *slug, uint64_t as_of)
{
	return shelf_knows(&set->rulebooks, slug, as_of) ||
	       shelf_knows(&set->policies, slug, as_of);
}

bool
rules_set_knows(const struct rules_set *set, const struct slug *slug, uint64_t as_of)
{
	for (size_t i = 0; i < PROVINCES_COUNT; i++) {
		if (provinces[i].known && strcmp(provinces[i].slug, slug->text) == 0)
			return true;
	}
	return is_loaded(set, slug, as_of);
}

struct slug
rules_set_region(const struct rules_set *set, const struct code *region, uint64_t as_of)
{
	for (size_t i = 1; i < PROVINCES_COUNT && region->size >= 2; i++) {
		struct slug slug;
		if (memcmp(provinces[i].digits, region->text, 2) != 0)
			continue;
		bool is_slug = slug_set(provinces[i].slug, strlen(provinces[i].slug), &slug);
		assert(is_slug);
		(void)is_slug;
		return provinces[i].known || is_loaded(set, &slug, as_of) ? slug : national();
	}
	return national();
}

static bool
shelf_at(const struct shelf *shelf, size_t index, struct loaded *ret)
{
	if (index >= shelf_count(shelf))
		return false;
	*ret = shelf->versions[index];
	return true;
}

bool
rules_set_rulebook_at(const struct rules_set *set, size_t index, struct rules_version *ret)
{
	struct loaded loaded;

	if (!shelf_at(&set->rulebooks, index, &loaded))
		return false;
	*ret = (struct rules_version){.sequence = loaded.sequence, .rulebook = loaded.rules};
	return true;
}

bool
rules_set_policy_at(const struct rules_set *set, size_t index, struct rules_version *ret)
{
	struct loaded loaded;

	if (!shelf_at(&set->policies, index, &loaded))
		return false;
	*ret = (struct rules_version){.sequence = loaded.sequence, .policy = loaded.rules};
	return true;
}

bool
rules_set_calendar_at(const struct rules_set *set, size_t index, struct rules_version *ret)
{
	struct loaded loaded;

	if (!shelf_at(&set->calendars, index, &loaded))
		return false;
	*ret = (struct rules_version){.sequence = loaded.sequence, .calendar = loaded.rules};
	return true;
}

const char *
rules_slug_at(size_t index)
{
	for (size_t i = 0; i < PROVINCES_COUNT; i++) {
		if (provinces[i].known && index-- == 0)
			return provinces[i].slug;
	}
	return NULL;
}
