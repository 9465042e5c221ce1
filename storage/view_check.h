/*
 * The view's file, judged from outside: every page it uses, every key's place, every row's
 * checksum, every table against its count and digest, without asking LMDB, which trusts its pages
 * and would read, answer or crash on what they say.
 */
#ifndef STORAGE_VIEW_CHECK_H
#define STORAGE_VIEW_CHECK_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"
#include "view.h"

/*
 * How far the view in that file says it is; nothing but the way to that row is read. No lock is
 * taken: nobody may be writing. STORE_NOT_FOUND: no file, or one without the row; STORE_DAMAGED;
 * STORE_IO; STORE_MEMORY.
 */
int view_check_peek(const char *path, struct view_applied *ret) NODISCARD;

struct view_checked {
	struct view_applied applied;
	uint64_t rows;
};

/*
 * Check the tables whose bit (1 << number) is set. With all of them the free pages are counted
 * too, so that every page is accounted for. env NULL: nobody has it open; else the snapshot as of
 * now, while others go on. STORE_DAMAGED says where.
 */
int view_check_file(const char *path, MDB_env *env, const struct store_table *, size_t table_count,
		    uint64_t tables, struct view_checked *ret, struct store_report *) NODISCARD;

#endif
