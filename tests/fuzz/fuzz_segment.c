/*
 * The log's bytes: a segment's header and trailer, a group and its records. Their checksums are
 * made to hold where the input allows, so that what lies behind them is reached too.
 */

#include "fuzz.h"

#include <assert.h>
#include <string.h>

#include "storage/book.h"
#include "storage/checksum.h"
#include "storage/segment.h"

static void
fuzz_header(const uint8_t *bytes, size_t size)
{
	uint8_t header[SEGMENT_HEADER] = {0};
	static uint8_t trailer[1 << 20];
	struct segment *segment = NULL;

	memcpy(header, bytes, size < sizeof(header) ? size : sizeof(header));
	if (segment_header_decode(header, &segment) != 0)
		return;
	assert(segment != NULL);
	if (segment_trailer_size(segment->size) <= sizeof(trailer)) {
		memset(trailer, 0, sizeof(trailer));
		memcpy(trailer, bytes, size < sizeof(trailer) ? size : sizeof(trailer));
		/* Any answer is right; gcc wants to see it looked at. */
		int decoded = segment_trailer_decode(segment, trailer);
		(void)decoded;
	}
	segment_free(segment);
}

static void
fuzz_records(const uint8_t *bytes, size_t size)
{
	struct store_record record;
	size_t offset = 0;

	while (offset < size) {
		size_t before = offset;

		if (book_record_next(bytes, size, &offset, &record) != 0)
			break;
		assert(offset > before && offset <= size);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static const uint8_t ledger[STORE_ID_SIZE] = {1};
	struct checksum_sha *sha = checksum_sha_new();
	struct book_group group;
	struct book_tip tip;
	const char *why = NULL;

	assert(sha != NULL);
	book_tip_init(&tip, sha, ledger);
	fuzz_header(bytes, size);
	if (book_group_peek(bytes, size, &group) == 0)
		(void)book_group_continues(&tip, &group);
	int checked = book_group_check(&tip, sha, bytes, size, &group, &why);
	assert(checked == 0 || why != NULL || checked < 0);
	fuzz_records(bytes, size);
	checksum_sha_free(sha);
	return 0;
}
