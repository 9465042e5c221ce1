/*
 * A rulebook's or policy's text: read whole, or refused with the place and a sentence.
 */

#include "fuzz.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "daemon/rules.h"

static void
fuzz_refusal(int result, const struct rules_error *error)
{
	assert(result == 0 || result == -EINVAL || result == -ENOMEM);
	if (result != -EINVAL)
		return;
	assert(error->message[0] != '\0');
	assert(memchr(error->message, '\0', sizeof(error->message)) != NULL);
	assert(memchr(error->key, '\0', sizeof(error->key)) != NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static struct rulebook rulebook;
	static struct policy policy;
	struct rules_error error = {0};

	fuzz_refusal(rules_parse_rulebook(bytes, size, &rulebook, &error), &error);
	error = (struct rules_error){0};
	fuzz_refusal(rules_parse_policy(bytes, size, &policy, &error), &error);
	return 0;
}
