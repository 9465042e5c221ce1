/*
 * What the client's tests share: a stand-in in a process of its own, and programs run with their
 * output kept.
 */

#ifndef TESTS_UNIT_CLIENT_RUN_H
#define TESTS_UNIT_CLIENT_RUN_H

#include <stdbool.h>
#include <stddef.h>

/* A folder of its own for each test; "unix:" + its socket is the server. */
struct run {
	char folder[64];
	char socket[96];
	char server[104];
	int daemon; /* its process, 0: none */
};

void run_begin(struct run *, bool reverse, size_t chunk);
void run_end(struct run *);

/* Write a file into the folder. Returns its path, borrowed until the next call. */
const char *run_file(struct run *, const char *name, const char *text);

/* What a program said. */
struct run_output {
	int status;
	size_t out_size;
	char out[1 << 20];
	char err[1 << 16];
};

/* Run the command line with these arguments, NULL after the last; LANG is `lang`. */
void run_program(struct run *, const char *lang, struct run_output *ret, ...);

#endif
