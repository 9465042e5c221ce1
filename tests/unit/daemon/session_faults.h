/*
 * Allocations and socket calls of the session's files, made to fail on purpose: the linker puts
 * these in their place (--wrap).
 */
#ifndef TEST_SESSION_FAULTS_H
#define TEST_SESSION_FAULTS_H

#include <stdbool.h>

/* The kth allocation from now on fails, once; 0: none. True: one has failed since. */
void fail_allocation(unsigned k);
void fail_allocation_no_more(void);
bool allocation_failed(void);

/* The next send (recv) of the session fails with this errno; 0: none. */
void fail_send(int error);
void fail_recv(int error);

#endif
