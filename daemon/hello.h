/*
 * What any identified peer may ask: who are you, what may I send, what do the messages look like?
 */
#ifndef DAEMON_HELLO_H
#define DAEMON_HELLO_H

#include "call.h"

enum call_result hello_greet(struct call *);
enum call_result hello_descriptor(struct call *);

#endif
