/*
 * The short cut for a plain Check: request_id, then the check with its fields in their order,
 * all lengths in one byte, all texts ASCII. That is what every encoder writes for one.
 *
 * Called by precheck_request() on a loop thread for each request. It never refuses anything:
 * whatever it does not recognise goes the long way, whose answer it must equal bit for bit.
 */

#include "precheck.h"

#include <assert.h>
#include <string.h>

#include "limit.h"
#include "precheck_table.h"

#define SHORT_TAG_REQUEST_ID   0x08
#define SHORT_TAG_CHECK	       0x52
#define SHORT_TAG_PRACTITIONER 0x0a
#define SHORT_TAG_ON	       0x10
#define SHORT_TAG_INSTITUTION  0x1a
#define SHORT_TAG_EMERGENCY    0x20
#define SHORT_TAG_VISIT_TYPE   0x2a
#define SHORT_TAG_DETAIL       0x30

static_assert(PRECHECK_CHECK << 3 == (SHORT_TAG_CHECK & ~7), "the check's own number");
static_assert(PROTO_CODE_MAX < 0x80, "a code's length is one byte");

/* No NUL and nothing above ASCII, eight bytes at a time. */
static bool
precheck_short_ascii(const uint8_t *bytes, size_t size)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	const uint64_t tops = UINT64_C(0x8080808080808080);

	for (; size >= 8; bytes += 8, size -= 8) {
		uint64_t word;

		memcpy(&word, bytes, 8);
		if ((word | (word - ones)) & tops)
			return false;
	}
	for (; size > 0; bytes++, size--)
		if (*bytes == 0 || *bytes >= 0x80)
			return false;
	return true;
}

/* A varint of at most `size_max` bytes. */
static bool
precheck_short_varint(const uint8_t **at, const uint8_t *end, unsigned size_max, uint64_t *ret)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < size_max && *at < end; i++) {
		uint8_t byte = *(*at)++;

		value |= (uint64_t)(byte & 0x7f) << (7 * i);
		if (byte < 0x80) {
			*ret = value;
			return true;
		}
	}
	return false;
}

static bool
precheck_short_text(const uint8_t **at, const uint8_t *end, struct precheck *ret,
		    struct precheck_text *text)
{
	size_t size;

	if (*at == end)
		return false;
	size = *(*at)++;
	if (size > PROTO_CODE_MAX || size > (size_t)(end - *at) || !precheck_short_ascii(*at, size))
		return false;
	*text = (struct precheck_text){(const char *)*at, size};
	*at += size;
	ret->cost += (size + 16) & ~(size_t)15;
	return true;
}

static bool
precheck_short_bool(const uint8_t **at, const uint8_t *end, bool *flag)
{
	if (*at == end || **at > 1)
		return false;
	*flag = *(*at)++ != 0;
	return true;
}

static bool
precheck_short_fields(const uint8_t *at, const uint8_t *end, struct precheck *ret)
{
	struct precheck_check *check = &ret->check;
	uint8_t last = 0;

	while (at < end) {
		uint8_t tag = *at++;
		uint64_t day;
		bool known = tag > last;

		last = tag;
		if (tag == SHORT_TAG_PRACTITIONER)
			known = known && precheck_short_text(&at, end, ret, &check->practitioner);
		else if (tag == SHORT_TAG_INSTITUTION)
			known = known && precheck_short_text(&at, end, ret, &check->institution);
		else if (tag == SHORT_TAG_VISIT_TYPE)
			known = known && precheck_short_text(&at, end, ret, &check->visit_type);
		else if (tag == SHORT_TAG_EMERGENCY)
			known = known && precheck_short_bool(&at, end, &check->emergency);
		else if (tag == SHORT_TAG_DETAIL)
			known = known && precheck_short_bool(&at, end, &check->detail);
		else if (tag == SHORT_TAG_ON && known &&
			 (known = precheck_short_varint(&at, end, 4, &day)))
			check->on = (int32_t)day, check->has_on = true;
		else
			known = false;
		if (!known)
			return false;
	}
	return true;
}

bool
precheck_check_short(const uint8_t *bytes, size_t size, struct precheck *ret)
{
	const uint8_t *at = bytes;
	const uint8_t *end = bytes + size;
	const struct precheck_message *request = &precheck_messages[0];

	if (size < 4 || *at++ != SHORT_TAG_REQUEST_ID)
		return false;
	*ret = (struct precheck){.has = 1U << 1, .body = PRECHECK_CHECK};
	if (!precheck_short_varint(&at, end, 9, &ret->request_id) || ret->request_id == 0)
		return false;
	if (end - at < 2 || at[0] != SHORT_TAG_CHECK || at[1] >= 0x80 || at[1] != end - at - 2)
		return false;
	ret->cost = (request->cost + 15) & ~15U;
	ret->cost +=
	    (precheck_messages[request->fields[request->index[PRECHECK_CHECK] - 1].submessage]
		 .cost +
	     15) &
	    ~15U;
	return precheck_short_fields(at + 2, end, ret);
}
