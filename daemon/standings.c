/*
 * Standings in memory: one cache line a person, found by open addressing.
 *
 * Owns the table and what its slots refer to; filled by the writer's thread (before it runs, by
 * whoever folds the book), read by the loops. A plain check is answered from here alone: no lock,
 * no allocator, no disk. Never decides: it keeps what standing_intervals() said.
 *
 * One interval stands in the slot, several in an array beside it. Nineteen people in twenty have
 * none, so that one line a person is what a check costs.
 *
 * Torn reads are seen by a version per slot (a sequence lock over atomics): odd while the writer
 * is in it. Words are stored with release and loaded with acquire order, so that a reader who saw
 * a new word also sees the version that goes with it; fences would say the same, but the thread
 * sanitizer does not understand them.
 */
#include "standings.h"

#include <assert.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "random.h"
#include "rules.h"
#include "standings_inner.h"

#define CAPACITY_MIN 1024
/* Slots taken of each eight: beyond that the table grows by half. */
#define LOAD_EIGHTHS 6

uint64_t
slot_meta(size_t size, unsigned kind, size_t count)
{
	return (uint64_t)size | (uint64_t)kind << 8 | (uint64_t)count << 16;
}

static bool
code_is_inline(const struct code *code)
{
	return code->size <= SLOT_CODE_SIZE;
}

/* 64 bits of one multiplication, folded: mixes well, needs no table. */
static uint64_t
mix(uint64_t a, uint64_t b)
{
	__uint128_t product = (__uint128_t)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

uint64_t
table_hash(const struct table_set *set, const char *bytes, size_t size)
{
	uint64_t hash = set->seed[0] ^ size;

	assert(size <= CODE_SIZE_MAX);
	for (size_t at = 0; at < size; at += 8) {
		uint64_t word = 0;
		memcpy(&word, bytes + at, size - at < 8 ? size - at : 8);
		hash = mix(hash ^ word, set->seed[1]);
	}
	return mix(hash, set->seed[0] | 1);
}

static size_t
table_place(const struct table *table, uint64_t hash)
{
	return (size_t)(((__uint128_t)hash * table->capacity) >> 64);
}

struct slot *
table_slot(struct table *table, uint64_t hash)
{
	return &table->slots[table_place(table, hash)];
}

static struct table *
table_new(size_t capacity)
{
	struct table *table = malloc(sizeof(*table));

	if (table == NULL)
		return NULL;
	table->capacity = capacity;
	table->used = 0;
	table->slots = aligned_alloc(sizeof(struct slot), capacity * sizeof(struct slot));
	if (table->slots == NULL) {
		free(table);
		return NULL;
	}
	memset(table->slots, 0, capacity * sizeof(struct slot));
	return table;
}

static struct table *
table_free(struct table *table)
{
	if (table != NULL)
		free(table->slots);
	free(table);
	return NULL;
}

/* A consistent copy of one slot; false: it kept moving. */
static bool
slot_read(struct slot *slot, struct slot_words *ret)
{
	for (unsigned tries = 0; tries < SLOT_TRIES_MAX; tries++) {
		uint64_t before = atomic_load_explicit(&slot->version, memory_order_acquire);
		if ((before & 1) != 0)
			continue;
		for (size_t i = 0; i < SLOT_WORDS; i++)
			ret->words[i] = atomic_load_explicit(&slot->words[i], memory_order_acquire);
		if (atomic_load_explicit(&slot->version, memory_order_relaxed) == before)
			return true;
	}
	return false;
}

static void
slot_write(struct slot *slot, const struct slot_words *words)
{
	uint64_t version = atomic_load_explicit(&slot->version, memory_order_relaxed);

	assert((version & 1) == 0);
	atomic_store_explicit(&slot->version, version + 1, memory_order_relaxed);
	for (size_t i = 0; i < SLOT_WORDS; i++)
		atomic_store_explicit(&slot->words[i], words->words[i], memory_order_release);
	atomic_store_explicit(&slot->version, version + 2, memory_order_release);
}

static bool
slot_is_of(const struct slot_words *words, const char *bytes, size_t size)
{
	if (slot_size(words) != size)
		return false;
	if (size <= SLOT_CODE_SIZE)
		return memcmp(&words->words[SLOT_CODE], bytes, size) == 0;

	/* A fingerprint alone would one day answer for the wrong doctor. */
	const struct code *code = (const void *)(uintptr_t)words->words[SLOT_CODE];
	return memcmp(code->text, bytes, size) == 0;
}

/*
 * The slot of a code, or the free one where it would go. STANDINGS_NONE leaves ret_words as the
 * free slot's.
 */
enum standings_found
table_find(struct table *table, const char *bytes, size_t size, uint64_t hash,
	   struct slot_words *ret_words, struct slot **ret_slot)
{
	size_t at = table_place(table, hash);

	for (size_t probed = 0; probed < table->capacity; probed++) {
		struct slot *slot = &table->slots[at];
		if (!slot_read(slot, ret_words))
			return STANDINGS_MOVING;
		*ret_slot = slot;
		if (slot_size(ret_words) == 0)
			return STANDINGS_NONE;
		if (slot_is_of(ret_words, bytes, size))
			return STANDINGS_FOUND;
		at = at + 1 == table->capacity ? 0 : at + 1;
	}
	return STANDINGS_MOVING; /* never: a table is never full */
}

/* ---- what readers may still be in ---- */

static bool
retired_is_free(const struct table_set *set, const struct retired *retired)
{
	for (unsigned i = 0; i < set->loops; i++) {
		if (atomic_load_explicit(&set->quiet[i], memory_order_acquire) <= retired->quiet[i])
			return false;
	}
	return true;
}

static void
retired_release(struct retired *retired)
{
	if (retired->table != NULL)
		table_free(retired->table);
	free(retired->memory);
	free(retired);
}

static void
reclaim(struct table_set *set)
{
	while (set->retired != NULL && retired_is_free(set, set->retired)) {
		struct retired *first = set->retired;
		set->retired = first->next;
		if (set->retired == NULL)
			set->retired_last = &set->retired;
		retired_release(first);
	}
}

/* Freed once every loop has said that it is in nothing it found before now. */
static void
retire(struct table_set *set, struct retired *retired, struct table *table, void *memory)
{
	retired->next = NULL;
	retired->table = table;
	retired->memory = memory;
	for (unsigned i = 0; i < set->loops; i++)
		retired->quiet[i] = atomic_load_explicit(&set->quiet[i], memory_order_acquire);
	*set->retired_last = retired;
	set->retired_last = &retired->next;
	reclaim(set);
}

/* ---- writing ---- */

static int
table_grow(struct table_set *set, _Atomic(struct table *) *place, size_t more)
{
	struct table *old = atomic_load_explicit(place, memory_order_relaxed);
	size_t capacity = old->capacity;

	if ((old->used + more) * 8 <= capacity * LOAD_EIGHTHS)
		return 0;
	while ((old->used + more) * 8 > capacity * LOAD_EIGHTHS)
		capacity += capacity / 2;

	struct retired *retired = malloc(sizeof(*retired));
	struct table *grown = table_new(capacity);
	if (retired == NULL || grown == NULL) {
		free(retired);
		table_free(grown);
		return -ENOMEM;
	}
	for (size_t i = 0; i < old->capacity; i++) {
		struct slot_words words, empty;
		struct slot *slot;
		bool still = slot_read(&old->slots[i], &words);
		assert(still); /* nobody else writes */
		(void)still;
		if (slot_size(&words) == 0)
			continue;
		struct code code = slot_code(&words);
		uint64_t hash = table_hash(set, code.text, code.size);
		enum standings_found found =
		    table_find(grown, code.text, code.size, hash, &empty, &slot);
		assert(found == STANDINGS_NONE);
		(void)found;
		slot_write(slot, &words);
		grown->used++;
	}
	atomic_store_explicit(place, grown, memory_order_release);
	set->growths++;
	retire(set, retired, old, NULL);
	return 0;
}

/*
 * Put one row: the meta, the payload of two words, and an array or text beside the slot (owned by
 * the table from here on, also on failure).
 */
int
table_put(struct table_set *set, _Atomic(struct table *) *place, const struct code *code,
	  const struct slot_words *payload, void *beside)
{
	struct retired *retired = NULL;
	struct slot_words words;
	struct slot *slot;
	int error = table_grow(set, place, 1);

	if (error != 0) {
		free(beside);
		return error;
	}
	struct table *table = atomic_load_explicit(place, memory_order_relaxed);
	uint64_t hash = table_hash(set, code->text, code->size);
	enum standings_found found = table_find(table, code->text, code->size, hash, &words, &slot);
	assert(found != STANDINGS_MOVING);

	uint64_t code_words[SLOT_CODE_WORDS];
	memcpy(code_words, &words.words[SLOT_CODE], sizeof(code_words));
	void *old_beside = slot_beside(&words);
	if (found == STANDINGS_FOUND && old_beside != NULL) {
		retired = malloc(sizeof(*retired));
		if (retired == NULL) {
			free(beside);
			return -ENOMEM;
		}
	} else if (found == STANDINGS_NONE && !code_is_inline(code)) {
		struct code *copy = malloc(sizeof(*copy));
		if (copy == NULL) {
			free(beside);
			return -ENOMEM;
		}
		*copy = *code;
		memset(code_words, 0, sizeof(code_words));
		code_words[0] = (uintptr_t)copy;
		set->bytes_beside += sizeof(*copy);
	} else if (found == STANDINGS_NONE) {
		memset(code_words, 0, sizeof(code_words));
		memcpy(code_words, code->text, code->size);
	}

	words = *payload;
	memcpy(&words.words[SLOT_CODE], code_words, sizeof(code_words));
	if (beside != NULL)
		words.words[SLOT_PAYLOAD] = (uintptr_t)beside;
	slot_write(slot, &words);
	if (found == STANDINGS_NONE)
		table->used++;
	if (retired != NULL)
		retire(set, retired, NULL, old_beside);
	reclaim(set);
	return 0;
}

static struct packed_interval
interval_pack(const struct interval *interval)
{
	return (struct packed_interval){
	    .from = interval->from.number,
	    .until = interval->until.number,
	    .bar_until = interval->bar_until.number,
	    .status = (uint8_t)interval->status,
	    .exempt = interval->exempt,
	    .sanction = interval->sanction,
	};
}

int
standings_put(struct standings *standings, const struct standing *standing, uint64_t sequence)
{
	struct interval intervals[STANDING_INTERVALS_MAX];
	size_t count = standing_intervals(standing, intervals);

	return standings_put_intervals(standings, &standing->practitioner, standing->category,
				       intervals, count, sequence);
}

int
standings_put_intervals(struct standings *standings, const struct code *practitioner,
			enum category category, const struct interval *intervals, size_t count,
			uint64_t sequence)
{
	struct table_set *set = &standings->set;
	struct slot_words words = {{0}};
	struct packed_interval *beside = NULL;

	assert(practitioner->size > 0);
	assert(count <= STANDING_INTERVALS_MAX);
	words.words[SLOT_META] = slot_meta(practitioner->size, (unsigned)category, count);
	words.words[SLOT_SINCE] = sequence;
	if (count > 1) {
		beside = malloc(count * sizeof(*beside));
		if (beside == NULL)
			return -ENOMEM;
		for (size_t i = 0; i < count; i++)
			beside[i] = interval_pack(&intervals[i]);
		set->bytes_beside += count * sizeof(*beside);
	}
	if (count == 1) {
		struct packed_interval packed = interval_pack(&intervals[0]);
		memcpy(&words.words[SLOT_PAYLOAD], &packed, sizeof(packed));
	}
	return table_put(set, &standings->people, practitioner, &words, beside);
}

int
standings_put_institution(struct standings *standings, const struct code *institution,
			  enum institution_kind kind, const struct code *region, uint64_t sequence)
{
	return standings_move_institution(standings, institution, kind, region, DAY_NONE, sequence);
}

int
standings_move_institution(struct standings *standings, const struct code *institution,
			   enum institution_kind kind, const struct code *region, struct day from,
			   uint64_t sequence)
{
	struct slot_words words = {{0}};
	struct code *beside = malloc(sizeof(*beside));

	if (beside == NULL)
		return -ENOMEM;
	*beside = *region;
	words.words[SLOT_META] = slot_meta(institution->size, (unsigned)kind, 2);
	words.words[SLOT_SINCE] = sequence;
	words.words[SLOT_PAYLOAD + 1] = (uint32_t)from.number;
	return table_put(&standings->set, &standings->places, institution, &words, beside);
}

int
standings_reserve(struct standings *standings, size_t people)
{
	return table_grow(&standings->set, &standings->people, people);
}

/* ---- reading ---- */

enum standings_found
standings_find_person(const struct standings *standings, const char *bytes, size_t size,
		      uint64_t hash, struct slot_words *ret)
{
	struct table *table = atomic_load_explicit(&standings->people, memory_order_acquire);
	struct slot *slot;

	return table_find(table, bytes, size, hash, ret, &slot);
}

const struct packed_interval *
slot_intervals(const struct slot_words *words, size_t *ret_count)
{
	*ret_count = slot_count(words);
	if (*ret_count > 1)
		return slot_beside(words);
	return (const void *)&words->words[SLOT_PAYLOAD];
}

static struct interval
interval_unpack(const struct packed_interval *packed)
{
	return (struct interval){
	    .from = {packed->from},
	    .until = {packed->until},
	    .bar_until = {packed->bar_until},
	    .status = (enum status)packed->status,
	    .exempt = packed->exempt,
	    .sanction = packed->sanction,
	};
}

enum standings_found
standings_person(const struct standings *standings, const struct code *code,
		 struct standings_person *ret)
{
	uint64_t hash = table_hash(&standings->set, code->text, code->size);
	struct slot_words words;
	enum standings_found found =
	    standings_find_person(standings, code->text, code->size, hash, &words);

	if (found != STANDINGS_FOUND) {
		if (found == STANDINGS_MOVING)
			standings_given_up(standings);
		return found;
	}
	ret->since = words.words[SLOT_SINCE];
	ret->category = (enum category)slot_kind(&words);
	const struct packed_interval *packed = slot_intervals(&words, &ret->count);
	assert(ret->count <= STANDING_INTERVALS_MAX);
	for (size_t i = 0; i < ret->count; i++)
		ret->intervals[i] = interval_unpack(&packed[i]);
	return STANDINGS_FOUND;
}

enum standings_found
standings_find_place(const struct standings *standings, const char *bytes, size_t size,
		     struct standings_place *ret)
{
	struct table *table = atomic_load_explicit(&standings->places, memory_order_acquire);
	uint64_t hash = table_hash(&standings->set, bytes, size);
	struct slot_words words;
	struct slot *slot;
	enum standings_found found = table_find(table, bytes, size, hash, &words, &slot);

	if (found != STANDINGS_FOUND)
		return found;
	ret->since = words.words[SLOT_SINCE];
	ret->kind = (enum institution_kind)slot_kind(&words);
	const struct code *region = slot_beside(&words);
	assert(region != NULL);
	ret->region = *region;
	ret->from = (struct day){(int32_t)(uint32_t)words.words[SLOT_PAYLOAD + 1]};
	return STANDINGS_FOUND;
}

enum standings_found
standings_institution(const struct standings *standings, const struct code *code,
		      struct standings_place *ret)
{
	return standings_find_place(standings, code->text, code->size, ret);
}

/* ---- life ---- */

struct standings *
standings_new(const struct rules_set *rules, size_t people)
{
	struct standings *standings = calloc(1, sizeof(*standings));
	size_t capacity = people * 8 / LOAD_EIGHTHS + 1;

	if (standings == NULL)
		return NULL;
	standings->rules = rules;
	bell_init(&standings->bell);
	standings->set.retired_last = &standings->set.retired;
	struct table *folk = table_new(capacity < CAPACITY_MIN ? CAPACITY_MIN : capacity);
	struct table *places = table_new(CAPACITY_MIN);
	struct table *aliases = table_new(CAPACITY_MIN);
	atomic_init(&standings->people, folk);
	atomic_init(&standings->places, places);
	atomic_init(&standings->aliases, aliases);
	/* Codes come from outside: an unknown seed keeps them from being chosen to collide. */
	if (folk == NULL || places == NULL || aliases == NULL ||
	    random_fill(&random_system, standings->set.seed, sizeof(standings->set.seed)) != 0)
		return standings_free(standings);
	return standings;
}

static void
table_empty(struct table *table)
{
	if (table == NULL)
		return;
	for (size_t i = 0; i < table->capacity; i++) {
		struct slot_words words;
		if (!slot_read(&table->slots[i], &words) || slot_size(&words) == 0)
			continue;
		free(slot_beside(&words));
		if (slot_size(&words) > SLOT_CODE_SIZE)
			free((void *)(uintptr_t)words.words[SLOT_CODE]);
	}
	table_free(table);
}

struct standings *
standings_free(struct standings *standings)
{
	if (standings == NULL)
		return NULL;
	while (standings->set.retired != NULL) {
		struct retired *first = standings->set.retired;
		standings->set.retired = first->next;
		retired_release(first);
	}
	table_empty(atomic_load_explicit(&standings->people, memory_order_relaxed));
	table_empty(atomic_load_explicit(&standings->places, memory_order_relaxed));
	table_empty(atomic_load_explicit(&standings->aliases, memory_order_relaxed));
	free(standings);
	return NULL;
}

void
standings_stats(const struct standings *standings, struct standings_stats *ret)
{
	const struct table *people = atomic_load_explicit(&standings->people, memory_order_acquire);
	const struct table *places = atomic_load_explicit(&standings->places, memory_order_acquire);
	const struct table *aliases =
	    atomic_load_explicit(&standings->aliases, memory_order_acquire);

	memset(ret, 0, sizeof(*ret));
	ret->practitioners = people->used;
	ret->institutions = places->used;
	ret->bytes =
	    (people->capacity + places->capacity + aliases->capacity) * sizeof(struct slot) +
	    standings->set.bytes_beside;
	ret->growths = standings->set.growths;
	ret->retries_given_up = atomic_load_explicit(&standings->given_up, memory_order_relaxed);
}

void
standings_loops(struct standings *standings, unsigned count)
{
	assert(count <= STANDINGS_LOOPS_MAX);
	assert(standings->set.retired == NULL);
	standings->set.loops = count;
}

void
standings_quiet(struct standings *standings, unsigned loop)
{
	assert(loop < standings->set.loops);
	atomic_fetch_add_explicit(&standings->set.quiet[loop], 1, memory_order_release);
}
