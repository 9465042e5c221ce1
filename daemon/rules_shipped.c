/*
 * The shipped rulebooks and policies. Owns the door to the table that the build writes; called
 * when an empty ledger begins, on any thread. Never consulted for a decision: what counts is what
 * the book has loaded.
 */
#include "rules_shipped.h"

bool
rules_shipped(size_t index, struct rules_file *ret)
{
	if (index >= rules_shipped_count)
		return false;
	*ret = rules_shipped_files[index];
	return true;
}
