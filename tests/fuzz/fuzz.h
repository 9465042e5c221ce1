/*
 * One target: what is called with every input. libFuzzer calls it in the fuzzers, replay.c in
 * the replays. It returns 0; what it must not do is fail an assertion, touch memory that is not
 * its own, or leave anything behind.
 */

#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

#endif
