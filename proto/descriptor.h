/*
 * The schema itself, as protoc compiled it at build time: a FileDescriptorSet. What
 * GetDescriptor answers, so that a client can find its way without a copy of the .proto.
 */

#ifndef PROTO_DESCRIPTOR_H
#define PROTO_DESCRIPTOR_H

#include <stddef.h>
#include <stdint.h>

extern const uint8_t descriptor_bytes[];
extern const size_t descriptor_size;

#endif
