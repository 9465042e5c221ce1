/*
 * The agenda's rows, byte by byte: 'p', u32 due day (big-endian, from the lowest), u8 kind, code;
 * and one row 'l'.
 *
 * Owns their layout, which is no format: the view is made again from the book. Called by apply.c
 * and by the writer. Never asks whether a marker is due.
 */
#include "agenda.h"

#include <assert.h>
#include <endian.h>
#include <string.h>

#define PLAN_LETTER 'p'
#define LAST_LETTER 'l'
#define PLAN_SIZE   (1 + sizeof(uint32_t) + 1)

static_assert((size_t)PLAN_SIZE + CODE_SIZE_MAX <= (size_t)APPLY_KEY_MAX, "a plan fits a key");

void
agenda_key(struct apply_key *key, const struct marker_plan *plan)
{
	uint32_t due = htobe32((uint32_t)plan->due.number ^ UINT32_C(0x80000000));

	key->bytes[0] = PLAN_LETTER;
	memcpy(key->bytes + 1, &due, sizeof(due));
	key->bytes[1 + sizeof(due)] = (uint8_t)plan->what;
	memcpy(key->bytes + PLAN_SIZE, plan->about.text, plan->about.size);
	key->size = (uint8_t)(PLAN_SIZE + plan->about.size);
}

bool
agenda_read(const uint8_t *key, size_t size, struct marker_plan *ret)
{
	uint32_t due;

	if (size < PLAN_SIZE || key[0] != PLAN_LETTER)
		return false;
	memset(ret, 0, sizeof(*ret));
	memcpy(&due, key + 1, sizeof(due));
	ret->due.number = (int32_t)(be32toh(due) ^ UINT32_C(0x80000000));
	ret->what = (enum marker)key[1 + sizeof(due)];
	return size == PLAN_SIZE ||
	       code_set((const char *)key + PLAN_SIZE, size - PLAN_SIZE, &ret->about);
}

void
agenda_key_last(struct apply_key *key)
{
	key->bytes[0] = LAST_LETTER;
	key->size = 1;
}

void
agenda_marked(const struct event *event, struct marker_plan *ret)
{
	const struct event_marker *marker = &event->marker;

	assert(event->kind == EVENT_MARKER);
	*ret = (struct marker_plan){.what = marker->what, .due = marker->due};
	switch (marker->what) {
	case MARKER_SUSPENSION_OVER:
	case MARKER_BAR_OVER:
		if (marker->superseded)
			ret->what = MARKER_NONE;
		ret->about = event->practitioner;
		return;
	case MARKER_OBJECTION_DUE:
	case MARKER_PROPOSAL_EXPIRED:
		ret->about = marker->subject;
		return;
	case MARKER_YEAR_TURNED:
		return;
	}
}
