/*
 * A reply's insides, for the files of this library.
 */

#ifndef CLIENT_REPLY_H
#define CLIENT_REPLY_H

#include "demerit.h"

#include "proto/arena.h"
#include "proto/demerit.pb-c.h"

/* One block of memory: this, then what unpacking took. */
struct demerit_reply {
	Demerit__V1__Response *response;
	struct demerit_error error;
	bool is_error;
	struct arena arena;
};

/* A message of ours is one of protobuf-c's; the library's users see neither. */
static inline const struct demerit_message *
reply_message(const ProtobufCMessage *message)
{
	return (const struct demerit_message *)(const void *)message;
}

#endif
