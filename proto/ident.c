/*
 * Identifiers: the soft grammar of the codes this field lives with.
 *
 * Owns nothing; the daemon's handlers and the client call it on any thread. It never refuses a
 * code for its form: a doctor's code of the wrong length is a stranger, not an error.
 */

#include "ident.h"

#include <assert.h>
#include <string.h>

#include "limit.h"

static bool
ident_all(const char *bytes, size_t size, bool (*allowed)(unsigned char))
{
	for (size_t i = 0; i < size; i++)
		if (!allowed((unsigned char)bytes[i]))
			return false;
	return true;
}

static bool
ident_is_digit(unsigned char byte)
{
	return byte >= '0' && byte <= '9';
}

static bool
ident_is_printable(unsigned char byte)
{
	return byte >= 0x21 && byte <= 0x7e;
}

static bool
ident_is_slug(unsigned char byte)
{
	return ident_is_digit(byte) || (byte >= 'a' && byte <= 'z') || byte == '-';
}

static bool
ident_is_id(unsigned char byte)
{
	return ident_is_slug(byte) || (byte >= 'A' && byte <= 'Z') || byte == '.' || byte == '_' ||
	       byte == ':';
}

bool
ident_code_valid(const char *bytes, size_t size)
{
	return size >= 1 && size <= PROTO_CODE_MAX && ident_all(bytes, size, ident_is_printable);
}

bool
ident_id_valid(const char *bytes, size_t size)
{
	return size >= 1 && size <= PROTO_CODE_MAX && ident_all(bytes, size, ident_is_id);
}

bool
ident_slug_valid(const char *bytes, size_t size)
{
	return size >= 1 && size <= PROTO_SLUG_MAX && ident_all(bytes, size, ident_is_slug);
}

bool
ident_region_valid(const char *bytes, size_t size)
{
	return size == 6 && ident_all(bytes, size, ident_is_digit);
}

enum ident_class
ident_classify(const char *bytes, size_t size)
{
	/* 国家医保局 coding rules for staff and institutions, domain.md section 2. */
	static const struct {
		const char *prefix;
		size_t digits;
		enum ident_class class;
	} forms[] = {
	    {"D", 12, IDENT_DOCTOR},
	    {"HS", 12, IDENT_NURSE},
	    {"HY", 12, IDENT_PHARMACIST},
	    {"HJ", 12, IDENT_TECHNICIAN},
	    {"YS", 12, IDENT_RETAIL_PHARMACIST},
	    {"H", 11, IDENT_HOSPITAL},
	    {"P", 11, IDENT_PHARMACY},
	};

	assert(bytes != NULL || size == 0);
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		size_t prefix_size = strlen(forms[i].prefix);

		if (size == prefix_size + forms[i].digits &&
		    memcmp(bytes, forms[i].prefix, prefix_size) == 0 &&
		    ident_all(bytes + prefix_size, forms[i].digits, ident_is_digit))
			return forms[i].class;
	}
	return IDENT_OTHER;
}
