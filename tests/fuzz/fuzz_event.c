/*
 * An event's canonical bytes: what decodes encodes to the same bytes again, so that a record has
 * one spelling; what does not is refused whole. An older version is written as the last one, and
 * says the same then.
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
	size_t size_again = event_encode(&event, again, sizeof(again));
	assert(size_again > 0);
	if (again[1] != bytes[1]) {
		assert(event_decode(again, size_again, &event) == size_again);
		return 0;
	}
	assert(size_again == taken);
	assert(memcmp(again, bytes, taken) == 0);
	return 0;
}
