/*
 * Reversal lines.
 *
 * Owns a hash table of serial numbers; cmd_screen.c fills it in two walks over the file and asks
 * it in the third. It never guesses between two lines of the same number.
 */

#include "reversal.h"

#include <stdlib.h>
#include <string.h>

#define REVERSAL_SLOTS_MIN 1024
/* Longer chains of reversals of reversals are taken for circles. */
#define REVERSAL_CHAIN_MAX 64

struct reversal_slot {
	char *serial; /* NULL: free */
	size_t size;
	char *reverses; /* what that line itself takes back; NULL: nothing */
	size_t reverses_size;
	int32_t day;
	bool has_day;
	bool found;
	bool ambiguous;
};

struct reversal {
	struct reversal_slot *slots;
	size_t room; /* a power of two */
	size_t count;
};

struct reversal *
reversal_new(void)
{
	struct reversal *reversal = calloc(1, sizeof(*reversal));

	if (reversal == NULL)
		return NULL;
	reversal->room = REVERSAL_SLOTS_MIN;
	reversal->slots = calloc(reversal->room, sizeof(*reversal->slots));
	if (reversal->slots == NULL)
		return reversal_free(reversal);
	return reversal;
}

struct reversal *
reversal_free(struct reversal *reversal)
{
	if (reversal == NULL)
		return NULL;
	for (size_t i = 0; reversal->slots != NULL && i < reversal->room; i++) {
		free(reversal->slots[i].serial);
		free(reversal->slots[i].reverses);
	}
	free(reversal->slots);
	free(reversal);
	return NULL;
}

size_t
reversal_count(const struct reversal *reversal)
{
	return reversal->count;
}

/* FNV-1a. A file made to collide slows its own screening and nothing else. */
static size_t
reversal_hash(struct demerit_text serial)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < serial.size; i++)
		hash = (hash ^ (unsigned char)serial.bytes[i]) * UINT64_C(0x100000001b3);
	return (size_t)(hash ^ hash >> 32);
}

static struct reversal_slot *
reversal_slot(const struct reversal *reversal, struct demerit_text serial)
{
	size_t at = reversal_hash(serial) & (reversal->room - 1);

	for (;; at = (at + 1) & (reversal->room - 1)) {
		struct reversal_slot *slot = &reversal->slots[at];

		if (slot->serial == NULL || (slot->size == serial.size &&
					     memcmp(slot->serial, serial.bytes, serial.size) == 0))
			return slot;
	}
}

static bool
reversal_grow(struct reversal *reversal)
{
	struct reversal longer = {.room = 2 * reversal->room, .count = reversal->count};

	longer.slots = calloc(longer.room, sizeof(*longer.slots));
	if (longer.slots == NULL)
		return false;
	for (size_t i = 0; i < reversal->room; i++) {
		struct reversal_slot *old = &reversal->slots[i];

		if (old->serial != NULL)
			*reversal_slot(&longer, (struct demerit_text){old->serial, old->size}) =
			    *old;
	}
	free(reversal->slots);
	*reversal = longer;
	return true;
}

static char *
reversal_copy(struct demerit_text text)
{
	char *copy = malloc(text.size + 1);

	if (copy != NULL)
		memcpy(copy, text.bytes, text.size);
	return copy;
}

bool
reversal_want(struct reversal *reversal, struct demerit_text serial)
{
	struct reversal_slot *slot = reversal_slot(reversal, serial);

	if (slot->serial != NULL)
		return true;
	slot->serial = reversal_copy(serial);
	if (slot->serial == NULL)
		return false;
	slot->size = serial.size;
	reversal->count++;
	return reversal->count * 2 <= reversal->room || reversal_grow(reversal);
}

static bool
reversal_same(const struct reversal_slot *slot, struct demerit_text reverses, bool has_day,
	      int32_t day)
{
	return slot->has_day == has_day && (!has_day || slot->day == day) &&
	       slot->reverses_size == reverses.size &&
	       (reverses.size == 0 || memcmp(slot->reverses, reverses.bytes, reverses.size) == 0);
}

bool
reversal_found(struct reversal *reversal, struct demerit_text serial, struct demerit_text reverses,
	       bool has_day, int32_t day)
{
	struct reversal_slot *slot = reversal_slot(reversal, serial);

	if (slot->serial == NULL)
		return true;
	if (slot->found) {
		slot->ambiguous |= !reversal_same(slot, reverses, has_day, day);
		return true;
	}
	slot->found = true;
	slot->has_day = has_day;
	slot->day = day;
	slot->reverses_size = reverses.size;
	if (reverses.size > 0)
		slot->reverses = reversal_copy(reverses);
	return reverses.size == 0 || slot->reverses != NULL;
}

enum reversal_result
reversal_resolve(const struct reversal *reversal, struct demerit_text serial, int32_t *ret_day)
{
	for (int link = 0; link < REVERSAL_CHAIN_MAX; link++) {
		const struct reversal_slot *slot = reversal_slot(reversal, serial);

		if (slot->serial == NULL || !slot->found || slot->ambiguous)
			return REVERSAL_LOST;
		if (slot->reverses_size == 0) {
			if (slot->has_day)
				*ret_day = slot->day;
			return slot->has_day ? REVERSAL_DAY : REVERSAL_NO_DAY;
		}
		serial = (struct demerit_text){slot->reverses, slot->reverses_size};
	}
	return REVERSAL_LOST;
}
