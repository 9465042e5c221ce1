/*
 * Rules: from the YAML text of a record to values, and which of them holds on a day.
 *
 * Texts come from strangers' hands: whatever the bytes, a reader answers with a whole value or
 * with the place and the name of the first fault, never with a part of it. Nothing here reads a
 * file or a clock, and no state is shared between calls except a rules_set.
 */
#ifndef DAEMON_RULES_H
#define DAEMON_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ledger/calendar.h"
#include "ledger/event_body.h"
#include "ledger/policy.h"
#include "ledger/rulebook.h"

#define RULES_TEXT_MAX	   65536 /* bytes of one rulebook or policy */
#define RULES_VERSIONS_MAX 1024	 /* rulebooks, and as many policies, in one ledger */
#define RULES_AS_OF_NOW	   UINT64_MAX

/* Where and what the first fault is. Line and column count from 1; 0: about the whole text. */
struct rules_error {
	unsigned line;
	unsigned column;
	char key[64];	   /* "parameters.suspension.months.9"; empty when no key is at fault */
	char message[256]; /* a sentence for the person who wrote the text */
};

/*
 * Read one rulebook (policy). Any thread. ret holds what the text itself says, before inheritance,
 * with the SHA-256 of the text in its id. Returns 0; -EINVAL with ret_error filled and ret
 * untouched; -ENOMEM.
 */
int rules_parse_rulebook(const uint8_t *text, size_t size, struct rulebook *ret,
			 struct rules_error *ret_error);
int rules_parse_policy(const uint8_t *text, size_t size, struct policy *ret,
		       struct rules_error *ret_error);
int rules_parse_calendar(const uint8_t *text, size_t size, struct calendar *ret,
			 struct rules_error *ret_error);

/* Read a text of that kind for its id alone. As rules_parse_*(). */
int rules_identify(enum rules_kind, const uint8_t *text, size_t size, struct rulebook_id *ret,
		   struct rules_error *ret_error);

/* A template compiled in. The text is static. */
struct rules_file {
	enum rules_kind kind;
	const char *name; /* "hunan-2025-03-01.yaml" */
	const uint8_t *text;
	size_t size;
};

/* The files in the order they are to be loaded: the national ones first. False past the last. */
bool rules_shipped(size_t index, struct rules_file *ret);

/*
 * All versions a ledger has loaded. One thread adds (the writer; before it runs, whoever replays
 * the book); any thread looks up at any time without waiting. What was added stays in place until
 * the set is freed, so borrowed versions live as long as the set.
 */
struct rules_set;

struct rules_set *rules_set_new(void); /* NULL: out of memory */
struct rules_set *rules_set_free(struct rules_set *);

/*
 * Add a version that the record of that sequence loaded; it is copied. A second text for the
 * same jurisdiction and day corrects the first from its own sequence on; both are kept.
 * Returns 0, -EEXIST (the same text is there), -ENOSPC (RULES_VERSIONS_MAX), -ENOMEM.
 */
int rules_set_add_rulebook(struct rules_set *, const struct rulebook *, uint64_t sequence);
int rules_set_add_policy(struct rules_set *, const struct policy *, uint64_t sequence);
int rules_set_add_calendar(struct rules_set *, const struct calendar *, uint64_t sequence);

/* Read and add the text of a rules record. As rules_parse_*() and rules_set_add_*(). */
int rules_set_load(struct rules_set *, const struct event_rules *, uint64_t sequence,
		   struct rules_error *ret_error);

enum rules_found {
	RULES_FOUND_OWN = 1,	/* a version of the jurisdiction itself */
	RULES_FOUND_PARENT = 2, /* it has none in force that day: the parent's; to be said */
	RULES_FOUND_NONE = 3,	/* nor has the parent: ret_earliest is the first day with rules */
	RULES_FOUND_UNKNOWN = 4 /* no such jurisdiction, or no such version of it */
};

/*
 * The rulebook in force on a day as the ledger stood after the record as_of, inheritance
 * resolved. ret is filled for OWN and PARENT (whose id is then the parent's); ret_earliest
 * for NONE (DAY_NONE when there are no rules at all).
 */
enum rules_found rules_set_rulebook(const struct rules_set *, const struct slug *, struct day on,
				    uint64_t as_of, struct rulebook *ret, struct day *ret_earliest);

/*
 * One version by name (hunan@2025-03-01), whether or not a later one has followed, inheriting
 * from the parent in force on that day. hash NULL: the text last loaded for it. A version that
 * begins after the day is NONE.
 */
enum rules_found rules_set_rulebook_version(const struct rules_set *, const struct slug *,
					    struct day version, const uint8_t *hash, struct day on,
					    uint64_t as_of, struct rulebook *ret,
					    struct day *ret_earliest);

/* "hunan" or "hunan@2025-03-01"; version DAY_NONE for the former. False: neither. */
bool rules_name_parse(const char *text, size_t size, struct slug *ret_slug,
		      struct day *ret_version);

/* The policy in force: the jurisdiction's, else the national one, else NULL. Borrowed. */
const struct policy *rules_set_policy(const struct rules_set *, const struct slug *, struct day on,
				      uint64_t as_of);

/* The years from this one on that are covered, each by the text last loaded for it. */
void rules_set_calendar(const struct rules_set *, int first_year, uint64_t as_of,
			struct calendar *ret);

/* The jurisdiction of a region's first two digits; national where it has no rules of its own. */
struct slug rules_set_region(const struct rules_set *, const struct code *region, uint64_t as_of);

/* Known from the start, or by a version loaded since. */
bool rules_set_knows(const struct rules_set *, const struct slug *, uint64_t as_of);

struct rules_version {
	uint64_t sequence;		 /* of the record that loaded it */
	const struct rulebook *rulebook; /* as the text has it, before inheritance; else NULL */
	const struct policy *policy;
	const struct calendar *calendar;
};

/* Every version in the order of loading, rulebooks and policies apart. False past the last. */
bool rules_set_rulebook_at(const struct rules_set *, size_t index, struct rules_version *ret);
bool rules_set_policy_at(const struct rules_set *, size_t index, struct rules_version *ret);
bool rules_set_calendar_at(const struct rules_set *, size_t index, struct rules_version *ret);

/* The jurisdictions known from the start, in the order of their digits. NULL past the last. */
const char *rules_slug_at(size_t index);

#endif
