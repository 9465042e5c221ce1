/*
 * An event's canonical bytes: what decodes encodes to the same bytes again, so that a record has
 * one spelling; what does not is refused whole.
 */

#include "fuzz.h"

#include <assert.h>
#include <string.h>

#include "daemon/ledger/event.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static uint8_t again[1 << 20];
	static struct event event;
	size_t taken = event_decode(bytes, size, &event);

	assert(taken <= size);
	if (taken == 0 || taken > sizeof(again))
		return 0;
	assert(event_kind_name(event.kind) != NULL);
	assert(event_encode(&event, again, sizeof(again)) == taken);
	assert(memcmp(again, bytes, taken) == 0);
	return 0;
}
