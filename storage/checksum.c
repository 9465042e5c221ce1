/*
 * Checksums and hashes: the only file besides the vault that knows libcrypto.
 *
 * Owns the CRC table and the hash contexts; called by every part of the store, on any thread; it
 * never touches a file.
 */
#include "checksum.h"

#include <assert.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static uint32_t crc_table[256];
static bool crc_instruction;
static pthread_once_t crc_once = PTHREAD_ONCE_INIT;

static void
crc_init(void)
{
	uint32_t i;

	for (i = 0; i < 256; i++) {
		uint32_t crc = i;
		int bit;

		for (bit = 0; bit < 8; bit++)
			crc = (crc >> 1) ^ (0x82f63b78u & (0u - (crc & 1u)));
		crc_table[i] = crc;
	}
#if defined(__x86_64__)
	crc_instruction = __builtin_cpu_supports("sse4.2") != 0;
#endif
}

uint32_t
checksum_crc32c_portable(uint32_t crc, const void *bytes, size_t size)
{
	const uint8_t *at = bytes;

	pthread_once(&crc_once, crc_init);
	crc = ~crc;
	while (size-- > 0)
		crc = (crc >> 8) ^ crc_table[(crc ^ *at++) & 0xff];
	return ~crc;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) static uint32_t
crc_by_instruction(uint32_t crc, const uint8_t *at, size_t size)
{
	uint64_t wide = ~crc;

	for (; size >= 8; size -= 8, at += 8) {
		uint64_t word;

		memcpy(&word, at, sizeof(word));
		wide = __builtin_ia32_crc32di(wide, word);
	}
	crc = (uint32_t)wide;
	while (size-- > 0)
		crc = __builtin_ia32_crc32qi(crc, *at++);
	return ~crc;
}
#endif

uint32_t
checksum_crc32c(uint32_t crc, const void *bytes, size_t size)
{
	pthread_once(&crc_once, crc_init);
#if defined(__x86_64__)
	if (crc_instruction)
		return crc_by_instruction(crc, bytes, size);
#endif
	return checksum_crc32c_portable(crc, bytes, size);
}

struct checksum_sha {
	EVP_MD *algorithm;
	EVP_MD_CTX *context;
};

struct checksum_sha *
checksum_sha_new(void)
{
	struct checksum_sha *sha = calloc(1, sizeof(*sha));

	if (sha == NULL)
		return NULL;
	sha->algorithm = EVP_MD_fetch(NULL, "SHA256", NULL);
	sha->context = EVP_MD_CTX_new();
	if (sha->algorithm == NULL || sha->context == NULL)
		return checksum_sha_free(sha);
	/* The first begin allocates; later ones reuse what it got and cannot fail. */
	if (EVP_DigestInit_ex2(sha->context, sha->algorithm, NULL) != 1)
		return checksum_sha_free(sha);
	return sha;
}

struct checksum_sha *
checksum_sha_free(struct checksum_sha *sha)
{
	if (sha == NULL)
		return NULL;
	EVP_MD_CTX_free(sha->context);
	EVP_MD_free(sha->algorithm);
	free(sha);
	return NULL;
}

void
checksum_sha_begin(struct checksum_sha *sha)
{
	int done = EVP_DigestInit_ex2(sha->context, NULL, NULL);

	assert(done == 1);
}

void
checksum_sha_add(struct checksum_sha *sha, const void *bytes, size_t size)
{
	int done = EVP_DigestUpdate(sha->context, bytes, size);

	assert(done == 1);
}

void
checksum_sha_end(struct checksum_sha *sha, uint8_t ret_hash[CHECKSUM_SHA_SIZE])
{
	int done = EVP_DigestFinal_ex(sha->context, ret_hash, NULL);

	assert(done == 1);
}
