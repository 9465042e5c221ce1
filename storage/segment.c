/*
 * One file of the log.
 *
 * Owns the layout of header and trailer and the window of a scan. Called by the log (writer),
 * recovery, readers, verify and backup, each with its own scan. It never decides whether bytes
 * that do not hold are damage or an unfinished end: recovery does.
 */
#include "segment.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"

static const uint8_t header_magic[8] = {'D', 'M', 'R', 'T', 'S', 'E', 'G', 'M'};
static const uint8_t trailer_magic[8] = {'D', 'M', 'R', 'T', 'T', 'R', 'L', 'R'};

/* Header and trailer begin alike. */
enum {
	S_MAGIC = 0,
	S_VERSION = 8,
	S_CRC = 12,
	S_LEDGER = 16,
	S_EPOCH = 32,
};
enum {
	H_ALGORITHM = 36,
	H_FIRST = 40,
	H_SIZE = 48,
	H_ROOT_BEFORE = 64,
	H_END = 96,
};
enum {
	T_PLACES = 36,
	T_FIRST = 40,
	T_LAST = 48,
	T_END = 56,
	T_ROOT_AFTER = 64,
	T_RECORDED_AT = 96,
	T_PREVIOUS_LENGTH = 104,
	T_PREVIOUS_ROOT = 112,
	T_FIXED_END = 144,
	T_PLACE = 16, /* size of one */
};
static_assert(T_FIXED_END <= (int)SEGMENT_TRAILER_FIXED, "the trailer's fixed part");

struct segment *
segment_new(uint64_t size)
{
	uint32_t places = (uint32_t)(size / SEGMENT_PLACE_STEP) + 1;
	struct segment *segment;

	assert(size >= SEGMENT_SIZE_MIN && size <= SEGMENT_SIZE_MAX);
	segment = calloc(1, sizeof(*segment) + places * sizeof(segment->places[0]));
	if (segment == NULL)
		return NULL;
	segment->size = size;
	segment->end = SEGMENT_HEADER;
	segment->recorded_at = INT64_MIN;
	segment->place_max = places;
	return segment;
}

struct segment *
segment_free(struct segment *segment)
{
	free(segment);
	return NULL;
}

void
segment_name(uint64_t first, char ret_name[SEGMENT_NAME_SIZE])
{
	(void)snprintf(ret_name, SEGMENT_NAME_SIZE, "%020" PRIu64 ".segment", first);
}

bool
segment_name_parse(const char *name, uint64_t *ret_first)
{
	char again[SEGMENT_NAME_SIZE];
	uint64_t first = 0;
	size_t i;

	for (i = 0; i < 20 && name[i] >= '0' && name[i] <= '9'; i++)
		first = first * 10 + (uint64_t)(name[i] - '0');
	/* Written again it must be the same: no overflow, no other ending. */
	segment_name(first, again);
	if (first == 0 || strcmp(name, again) != 0)
		return false;
	*ret_first = first;
	return true;
}

size_t
segment_trailer_size(uint64_t size)
{
	uint64_t places = size / SEGMENT_PLACE_STEP + 1;

	return (size_t)book_padded(SEGMENT_TRAILER_FIXED + places * T_PLACE);
}

uint64_t
segment_limit(uint64_t size)
{
	return size - segment_trailer_size(size);
}

static uint32_t
crc_without_itself(const uint8_t *bytes, size_t size)
{
	static const uint8_t zero[4] = {0};
	uint32_t crc = checksum_crc32c(0, bytes, S_CRC);

	crc = checksum_crc32c(crc, zero, sizeof(zero));
	return checksum_crc32c(crc, bytes + S_CRC + 4, size - S_CRC - 4);
}

void
segment_header_encode(const struct segment *segment, uint8_t ret_bytes[SEGMENT_HEADER])
{
	memset(ret_bytes, 0, SEGMENT_HEADER);
	memcpy(ret_bytes + S_MAGIC, header_magic, sizeof(header_magic));
	bytes_put_u32(ret_bytes + S_VERSION, SEGMENT_VERSION);
	memcpy(ret_bytes + S_LEDGER, segment->ledger, STORE_ID_SIZE);
	bytes_put_u32(ret_bytes + S_EPOCH, segment->epoch);
	bytes_put_u32(ret_bytes + H_ALGORITHM, BOOK_ALGORITHM_SHA256);
	bytes_put_u64(ret_bytes + H_FIRST, segment->first);
	bytes_put_u64(ret_bytes + H_SIZE, segment->size);
	memcpy(ret_bytes + H_ROOT_BEFORE, segment->root_before, STORE_HASH_SIZE);
	bytes_put_u32(ret_bytes + S_CRC, crc_without_itself(ret_bytes, SEGMENT_HEADER));
}

int
segment_header_decode(const uint8_t bytes[SEGMENT_HEADER], struct segment **ret)
{
	struct segment *segment;
	uint64_t size;

	if (memcmp(bytes + S_MAGIC, header_magic, sizeof(header_magic)) != 0)
		return STORE_DAMAGED;
	if (bytes_get_u32(bytes + S_CRC) != crc_without_itself(bytes, SEGMENT_HEADER))
		return STORE_DAMAGED;
	if (bytes_get_u32(bytes + S_VERSION) != SEGMENT_VERSION)
		return STORE_NEWER_FORMAT;
	if (bytes_get_u32(bytes + H_ALGORITHM) != BOOK_ALGORITHM_SHA256)
		return STORE_NEWER_FORMAT;
	size = bytes_get_u64(bytes + H_SIZE);
	if (size < SEGMENT_SIZE_MIN || size > SEGMENT_SIZE_MAX || size % BOOK_SECTOR != 0 ||
	    bytes_get_u64(bytes + H_FIRST) == 0)
		return STORE_DAMAGED;
	segment = segment_new(size);
	if (segment == NULL)
		return STORE_MEMORY;
	memcpy(segment->ledger, bytes + S_LEDGER, STORE_ID_SIZE);
	segment->epoch = bytes_get_u32(bytes + S_EPOCH);
	segment->first = bytes_get_u64(bytes + H_FIRST);
	segment->last = segment->first - 1;
	memcpy(segment->root_before, bytes + H_ROOT_BEFORE, STORE_HASH_SIZE);
	memcpy(segment->root_after, bytes + H_ROOT_BEFORE, STORE_HASH_SIZE);
	*ret = segment;
	return 0;
}

void
segment_trailer_encode(const struct segment *segment, uint8_t *ret_bytes)
{
	size_t size = segment_trailer_size(segment->size);
	uint32_t i;

	assert(segment->last >= segment->first);
	memset(ret_bytes, 0, size);
	memcpy(ret_bytes + S_MAGIC, trailer_magic, sizeof(trailer_magic));
	bytes_put_u32(ret_bytes + S_VERSION, SEGMENT_VERSION);
	memcpy(ret_bytes + S_LEDGER, segment->ledger, STORE_ID_SIZE);
	bytes_put_u32(ret_bytes + S_EPOCH, segment->epoch);
	bytes_put_u32(ret_bytes + T_PLACES, segment->place_count);
	bytes_put_u64(ret_bytes + T_FIRST, segment->first);
	bytes_put_u64(ret_bytes + T_LAST, segment->last);
	bytes_put_u64(ret_bytes + T_END, segment->end);
	memcpy(ret_bytes + T_ROOT_AFTER, segment->root_after, STORE_HASH_SIZE);
	bytes_put_u64(ret_bytes + T_RECORDED_AT, (uint64_t)segment->recorded_at);
	bytes_put_u32(ret_bytes + T_PREVIOUS_LENGTH, segment->previous_length);
	memcpy(ret_bytes + T_PREVIOUS_ROOT, segment->previous_root, STORE_HASH_SIZE);
	for (i = 0; i < segment->place_count; i++) {
		uint8_t *at = ret_bytes + SEGMENT_TRAILER_FIXED + i * T_PLACE;

		bytes_put_u64(at, segment->places[i].sequence);
		bytes_put_u64(at + 8, segment->places[i].offset);
	}
	bytes_put_u32(ret_bytes + S_CRC, crc_without_itself(ret_bytes, size));
}

/* Places in order, the first at the first group, none behind the end. */
static bool
places_decode(struct segment *segment, const uint8_t *bytes, uint32_t count)
{
	uint32_t i;

	for (i = 0; i < count; i++) {
		const uint8_t *at = bytes + SEGMENT_TRAILER_FIXED + i * T_PLACE;
		struct segment_place *place = &segment->places[i];

		place->sequence = bytes_get_u64(at);
		place->offset = bytes_get_u64(at + 8);
		if (place->sequence > segment->last || place->offset >= segment->end ||
		    place->offset % BOOK_SECTOR != 0)
			return false;
		if (i > 0 &&
		    (place->sequence <= place[-1].sequence || place->offset <= place[-1].offset))
			return false;
	}
	segment->place_count = count;
	return segment->places[0].sequence == segment->first &&
	       segment->places[0].offset == SEGMENT_HEADER;
}

static int
trailer_decode(struct segment *segment, const uint8_t *bytes)
{
	size_t size = segment_trailer_size(segment->size);
	uint32_t count = bytes_get_u32(bytes + T_PLACES);

	if (memcmp(bytes + S_MAGIC, trailer_magic, sizeof(trailer_magic)) != 0 ||
	    bytes_get_u32(bytes + S_CRC) != crc_without_itself(bytes, size))
		return STORE_DAMAGED;
	if (bytes_get_u32(bytes + S_VERSION) != SEGMENT_VERSION ||
	    memcmp(bytes + S_LEDGER, segment->ledger, STORE_ID_SIZE) != 0 ||
	    bytes_get_u32(bytes + S_EPOCH) != segment->epoch ||
	    bytes_get_u64(bytes + T_FIRST) != segment->first || count == 0 ||
	    count > segment->place_max)
		return STORE_DAMAGED;
	segment->last = bytes_get_u64(bytes + T_LAST);
	segment->end = bytes_get_u64(bytes + T_END);
	if (segment->last < segment->first || segment->end <= SEGMENT_HEADER ||
	    segment->end > segment_limit(segment->size) || segment->end % BOOK_SECTOR != 0)
		return STORE_DAMAGED;
	if (!places_decode(segment, bytes, count))
		return STORE_DAMAGED;
	memcpy(segment->root_after, bytes + T_ROOT_AFTER, STORE_HASH_SIZE);
	segment->recorded_at = (int64_t)bytes_get_u64(bytes + T_RECORDED_AT);
	segment->previous_length = bytes_get_u32(bytes + T_PREVIOUS_LENGTH);
	memcpy(segment->previous_root, bytes + T_PREVIOUS_ROOT, STORE_HASH_SIZE);
	segment->sealed = true;
	return 0;
}

int
segment_trailer_decode(struct segment *segment, const uint8_t *bytes)
{
	int error = trailer_decode(segment, bytes);

	if (error < 0) {
		segment->last = segment->first - 1;
		segment->end = SEGMENT_HEADER;
		segment->place_count = 0;
	}
	return error;
}

void
segment_group_add(struct segment *segment, const struct book_tip *after, uint64_t first,
		  uint64_t length)
{
	uint32_t count = segment->place_count;

	assert(!segment->sealed);
	assert(first == segment->last + 1);
	assert(segment->end + book_padded(length) <= segment_limit(segment->size));
	if (count == 0 || segment->end >= segment->places[count - 1].offset + SEGMENT_PLACE_STEP) {
		assert(count < segment->place_max);
		segment->places[count].sequence = first;
		segment->places[count].offset = segment->end;
		segment->place_count++;
	}
	segment->end += book_padded(length);
	segment->last = after->tree.size;
	segment->recorded_at = after->recorded_at;
	segment->previous_length = after->previous_length;
	memcpy(segment->root_after, after->root, STORE_HASH_SIZE);
	memcpy(segment->previous_root, after->previous_root, STORE_HASH_SIZE);
}

struct segment_place
segment_place_find(const struct segment *segment, uint64_t sequence)
{
	uint32_t low = 0;
	uint32_t high = segment->place_count;

	assert(segment->place_count > 0);
	assert(sequence >= segment->first && sequence <= segment->last);
	/* places[low].sequence <= sequence < places[high].sequence, always. */
	while (high - low > 1) {
		uint32_t middle = low + (high - low) / 2;

		if (segment->places[middle].sequence <= sequence)
			low = middle;
		else
			high = middle;
	}
	return segment->places[low];
}

int
segment_scan_init(struct segment_scan *scan, const struct file_ops *files)
{
	memset(scan, 0, sizeof(*scan));
	scan->files = files;
	scan->fd = -1;
	scan->window = malloc(SEGMENT_WINDOW);
	return scan->window == NULL ? STORE_MEMORY : 0;
}

void
segment_scan_done(struct segment_scan *scan)
{
	free(scan->window);
	scan->window = NULL;
}

void
segment_scan_begin(struct segment_scan *scan, int fd, uint64_t offset, uint64_t end, size_t ahead)
{
	assert(offset <= end);
	assert(ahead <= SEGMENT_WINDOW);
	scan->fd = fd;
	scan->offset = offset;
	scan->end = end;
	scan->ahead = ahead;
	scan->window_size = 0;
}

int
segment_scan_bytes(struct segment_scan *scan, size_t want, const uint8_t **ret_bytes,
		   size_t *ret_size)
{
	uint64_t left = scan->end - scan->offset;
	uint64_t window_end = scan->window_offset + scan->window_size;
	int error;

	assert(scan->offset <= scan->end);
	assert(want <= SEGMENT_WINDOW);
	if (want > left)
		want = (size_t)left;
	if (scan->window_size == 0 || scan->offset < scan->window_offset ||
	    scan->offset + want > window_end) {
		size_t size = want > scan->ahead ? want : scan->ahead;

		if (size > left)
			size = (size_t)left;
		scan->window_size = 0;
		error = file_read_all(scan->files, scan->fd, scan->window, size, scan->offset);
		if (error < 0)
			return error;
		scan->window_offset = scan->offset;
		scan->window_size = size;
		window_end = scan->offset + size;
	}
	*ret_bytes = scan->window + (scan->offset - scan->window_offset);
	*ret_size = (size_t)(window_end - scan->offset);
	assert(*ret_size >= want);
	return 0;
}

int
segment_scan_group(struct segment_scan *scan, const uint8_t **ret_bytes, size_t *ret_size)
{
	struct book_group group;
	int error = segment_scan_bytes(scan, BOOK_GROUP_HEADER_MAX, ret_bytes, ret_size);

	if (error < 0 || book_group_peek(*ret_bytes, *ret_size, &group) < 0)
		return error;
	return segment_scan_bytes(scan, (size_t)book_padded(group.length), ret_bytes, ret_size);
}
