/*
 * The suites of the store, one a source file (or family) under test.
 */
#ifndef TEST_STORAGE_SUITES_H
#define TEST_STORAGE_SUITES_H

#include <check.h>
#include <stdint.h>

Suite *suite_backup(void);
Suite *suite_book(void);
Suite *suite_checksum(void);
Suite *suite_file(void);
Suite *suite_manifest(void);
Suite *suite_mark(void);
Suite *suite_memory(void);
Suite *suite_overlay(void);
Suite *suite_recover(void);
Suite *suite_segment(void);
Suite *suite_spare(void);
Suite *suite_store(void);
Suite *suite_tree(void);
Suite *suite_vault(void);
Suite *suite_verify(void);
Suite *suite_view(void);
Suite *suite_viewer(void);

/* For a seam to the disk: nearly nothing is free. */
int no_free_space(void *context, const char *path, uint64_t *ret_bytes);

#endif
