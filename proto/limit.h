/*
 * The numbers both ends of the socket must agree on. Hello's answer announces those a client
 * has to know; limits.table holds the lengths and counts of single fields. Not called limits.h:
 * with this folder on the include path that name would hide the system's.
 */

#ifndef PROTO_LIMIT_H
#define PROTO_LIMIT_H

#define PROTO_VERSION 1

/* Bytes of a body, the length prefix not counted. */
#define PROTO_FRAME_MAX	      (1024 * 1024)
#define PROTO_FRAME_SMALL_MAX (64 * 1024)

/* Bytes of codes and ids, of idempotency keys, of principals; slugs are shorter. */
#define PROTO_CODE_MAX	    64
#define PROTO_KEY_MAX	    64
#define PROTO_PRINCIPAL_MAX 64
#define PROTO_SLUG_MAX	    31

/* Items of a batch, or of one chunk of a screen. */
#define PROTO_ITEMS_MAX 4096

/* Request and Response are depth one. */
#define PROTO_DEPTH_MAX 4

/* What unpacking one body may allocate. */
#define PROTO_COST_MAX (8 * 1024 * 1024)

#define PROTO_LEDGER_ID_SIZE 16
#define PROTO_HASH_SIZE	     32

#endif
