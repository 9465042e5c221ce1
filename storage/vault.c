/*
 * The vault (FORMAT.md, "Vault"): AES-256-GCM keys of persons in slots of a sector each, so that a
 * torn write touches one key alone, twice in it, so that it can be told from a key that rotted;
 * and the ledger's HMAC key in the header, kept twice too.
 *
 * Owns the file. Keys are made and erased on the writer's thread, used on any. A key is read from
 * its slot when it is needed and wiped after; none is kept. It never knows whose a key is.
 */
#include "vault_file.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "book.h"
#include "bytes.h"

static const uint8_t vault_magic[8] = {'D', 'M', 'R', 'T', 'V', 'A', 'L', 'T'};
static const uint8_t slot_magic[4] = {'D', 'K', 'E', 'Y'};

enum {
	KEY_SIZE = 32,
	NONCE_SIZE = 12,
	TAG_SIZE = 16,
	SLOT_FIRST = 2, /* in sectors: two copies of the header stand before */
	GROW_MIN = 64 << 10,
	GROW_MAX = 4 << 20,
};

/* Header. */
enum {
	V_MAGIC = 0,
	V_VERSION = 8,
	V_CRC = 12,
	V_LEDGER = 16,
	V_ALGORITHM = 32,
	V_HMAC_KEY = 64,
};
/* Slot: the same twice. */
enum {
	K_COPY = VAULT_SLOT / 2,
	K_MAGIC = 0,
	K_CRC = 4,
	K_STATE = 8,
	K_SLOT = 12,
	K_ID = 16,
	K_KEY = 32,
};
enum { STATE_LIVE = 1, STATE_ERASED = 2 };
/* Sealed field. */
enum {
	F_VERSION = 0,
	F_ALGORITHM = 1,
	F_SLOT = 4,
	F_ID = 8,
	F_NONCE = 16,
	F_TEXT = 28,
};
enum { FIELD_VERSION = 1, ALGORITHM_AES_256_GCM = 1 };
static_assert(F_TEXT + (int)TAG_SIZE == (int)VAULT_OVERHEAD, "a sealed field's overhead");
static_assert((int)VAULT_SLOT == (int)BOOK_SECTOR, "one key in a sector");

struct vault {
	const struct file_ops *files;
	char *path;
	int fd;
	uint8_t ledger[STORE_ID_SIZE];
	uint8_t hmac_key[KEY_SIZE];
	vault_random_fn random;
	void *random_user;
	EVP_CIPHER *cipher;

	/* The writer's. */
	uint64_t size; /* of the file */
	uint32_t next; /* the first slot that may be free */
	bool unsynced;
	/* A sync failed: the page cache may say yes from now on while the disk says no. */
	bool failed;
};

static uint32_t
header_crc(const uint8_t *sector)
{
	uint32_t crc = checksum_crc32c(0, sector, V_CRC);

	return checksum_crc32c(crc, sector + V_LEDGER, VAULT_SLOT - V_LEDGER);
}

static int
header_decode(const struct vault *vault, const uint8_t *sector, uint8_t ret_key[KEY_SIZE],
	      struct store_report *report)
{
	if (memcmp(sector + V_MAGIC, vault_magic, sizeof(vault_magic)) != 0 ||
	    bytes_get_u32(sector + V_CRC) != header_crc(sector))
		return STORE_DAMAGED;
	if (bytes_get_u32(sector + V_VERSION) != VAULT_VERSION ||
	    bytes_get_u32(sector + V_ALGORITHM) != ALGORITHM_AES_256_GCM)
		return store_report_set(
		    report, STORE_NEWER_FORMAT, 0,
		    "%s: the vault is of format %u, this program knows up to %u", vault->path,
		    bytes_get_u32(sector + V_VERSION), VAULT_VERSION);
	if (memcmp(sector + V_LEDGER, vault->ledger, STORE_ID_SIZE) != 0)
		return store_report_set(report, STORE_FOREIGN, 0,
					"%s: the vault is another ledger's", vault->path);
	memcpy(ret_key, sector + V_HMAC_KEY, KEY_SIZE);
	return 0;
}

static uint64_t
slot_offset(uint32_t slot)
{
	return ((uint64_t)SLOT_FIRST + slot) * VAULT_SLOT;
}

/* Slots the file has room for. */
static uint32_t
slot_count(const struct vault *vault)
{
	return (uint32_t)(vault->size / VAULT_SLOT - SLOT_FIRST);
}

static uint32_t
slot_crc(const uint8_t *copy)
{
	return checksum_crc32c(0, copy + K_STATE, K_COPY - K_STATE);
}

static int
slot_read(struct vault *vault, uint32_t slot, uint8_t sector[VAULT_SLOT])
{
	int error = file_read_all(vault->files, vault->fd, sector, VAULT_SLOT, slot_offset(slot));

	if (error == -ENODATA) {
		memset(sector, 0, VAULT_SLOT);
		return 0;
	}
	return error < 0 ? STORE_IO : 0;
}

/* 0 live, STORE_ERASED, STORE_DAMAGED. */
static int
copy_judge(const uint8_t *copy, uint32_t slot)
{
	if (memcmp(copy + K_MAGIC, slot_magic, sizeof(slot_magic)) != 0 ||
	    bytes_get_u32(copy + K_CRC) != slot_crc(copy) || bytes_get_u32(copy + K_SLOT) != slot)
		return STORE_DAMAGED;
	if (copy[K_STATE] == STATE_ERASED)
		return STORE_ERASED;
	return copy[K_STATE] == STATE_LIVE ? 0 : STORE_DAMAGED;
}

/*
 * 0 live, STORE_ERASED, STORE_KEY_LOST (never used), STORE_DAMAGED; the copy to believe in
 * *ret_copy. What was erased in one copy is erased. A slot with a half of zeros that is not whole
 * was torn while its key was made, before anybody used it.
 */
static int
slot_judge(const uint8_t sector[VAULT_SLOT], uint32_t slot, const uint8_t **ret_copy)
{
	const uint8_t *copies[2] = {sector, sector + K_COPY};
	int judged[2] = {copy_judge(copies[0], slot), copy_judge(copies[1], slot)};
	size_t i;

	for (i = 0; i < 2; i++)
		if (judged[i] == STORE_ERASED) {
			*ret_copy = copies[i];
			return STORE_ERASED;
		}
	for (i = 0; i < 2; i++)
		if (judged[i] == 0) {
			*ret_copy = copies[i];
			return 0;
		}
	*ret_copy = NULL;
	if (bytes_all_zero(copies[0], K_COPY) || bytes_all_zero(copies[1], K_COPY))
		return STORE_KEY_LOST;
	return STORE_DAMAGED;
}

static void
slot_encode(uint32_t slot, uint64_t id, int state, const uint8_t *key, uint8_t sector[VAULT_SLOT])
{
	memset(sector, 0, VAULT_SLOT);
	memcpy(sector + K_MAGIC, slot_magic, sizeof(slot_magic));
	sector[K_STATE] = (uint8_t)state;
	bytes_put_u32(sector + K_SLOT, slot);
	bytes_put_u64(sector + K_ID, id);
	if (key != NULL)
		memcpy(sector + K_KEY, key, KEY_SIZE);
	bytes_put_u32(sector + K_CRC, slot_crc(sector));
	memcpy(sector + K_COPY, sector, K_COPY);
}

/*
 * Slots are used in order, so that halving finds the first free one; but after a crash one that
 * nobody was told about may be missing among its neighbours, so vault_key_new looks again.
 */
static int
find_next(struct vault *vault)
{
	uint32_t low = 0;
	uint32_t high = slot_count(vault);

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		uint8_t sector[VAULT_SLOT];
		int error = slot_read(vault, middle, sector);

		if (error < 0)
			return error;
		if (bytes_all_zero(sector, sizeof(sector)))
			high = middle;
		else
			low = middle + 1;
		OPENSSL_cleanse(sector, sizeof(sector));
	}
	vault->next = low;
	return 0;
}

/* Either copy will do to open; need is how many must hold. */
static int
read_header(const struct vault *vault, unsigned need, uint8_t ret_key[KEY_SIZE],
	    struct store_report *report)
{
	uint8_t sectors[SLOT_FIRST * VAULT_SLOT];
	unsigned held = 0;
	unsigned i;
	int error;

	error = file_read_all(vault->files, vault->fd, sectors, sizeof(sectors), 0);
	if (error < 0 && error != -ENODATA)
		return store_report_set(report, STORE_IO, 0, "%s: %s", vault->path,
					strerror(-error));
	for (i = 0; error == 0 && i < SLOT_FIRST; i++) {
		int judged =
		    header_decode(vault, sectors + (size_t)i * VAULT_SLOT, ret_key, report);

		if (judged < 0 && judged != STORE_DAMAGED)
			error = judged;
		held += judged == 0;
	}
	if (error == -ENODATA || (error == 0 && held < need))
		error = store_report_set(report, STORE_DAMAGED, 0,
					 "%s: of the two copies of the vault's header %u hold",
					 vault->path, held);
	OPENSSL_cleanse(sectors, sizeof(sectors));
	return error;
}

int
vault_new(const struct file_ops *files, const char *path, const uint8_t ledger[STORE_ID_SIZE],
	  vault_random_fn random, void *random_user, struct vault **ret,
	  struct store_report *report)
{
	struct vault *vault = calloc(1, sizeof(*vault));
	int error;

	if (vault == NULL)
		return store_report_set(report, STORE_MEMORY, 0, "%s: out of memory", path);
	vault->files = files;
	vault->fd = -1;
	vault->random = random;
	vault->random_user = random_user;
	memcpy(vault->ledger, ledger, STORE_ID_SIZE);
	vault->path = strdup(path);
	vault->cipher = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
	if (vault->path == NULL || vault->cipher == NULL) {
		error = store_report_set(report, STORE_MEMORY, 0, "%s: out of memory", path);
		goto fail;
	}
	vault->fd = files->open(files->context, path, O_RDWR);
	if (vault->fd < 0) {
		error = vault->fd == -ENOENT ? STORE_NO_VAULT : STORE_IO;
		error = store_report_set(report, error, 0, "%s: %s", path,
					 error == STORE_NO_VAULT ? "there is no vault"
								 : strerror(-vault->fd));
		goto fail;
	}
	error = read_header(vault, 1, vault->hmac_key, report);
	if (error < 0)
		goto fail;
	error = files->size(files->context, vault->fd, &vault->size);
	if (error == 0)
		error = find_next(vault);
	if (error < 0) {
		error = store_report_set(report, STORE_IO, 0, "%s: cannot be read", path);
		goto fail;
	}
	*ret = vault;
	return 0;
fail:
	vault_free(vault);
	return error;
}

static int
write_header(const struct file_ops *files, int fd, const uint8_t *ledger, const uint8_t *key)
{
	uint8_t sectors[SLOT_FIRST * VAULT_SLOT] = {0};
	int error;

	memcpy(sectors + V_MAGIC, vault_magic, sizeof(vault_magic));
	bytes_put_u32(sectors + V_VERSION, VAULT_VERSION);
	memcpy(sectors + V_LEDGER, ledger, STORE_ID_SIZE);
	bytes_put_u32(sectors + V_ALGORITHM, ALGORITHM_AES_256_GCM);
	memcpy(sectors + V_HMAC_KEY, key, KEY_SIZE);
	bytes_put_u32(sectors + V_CRC, header_crc(sectors));
	memcpy(sectors + VAULT_SLOT, sectors, VAULT_SLOT);
	error = file_write_all(files, fd, sectors, sizeof(sectors), 0);
	OPENSSL_cleanse(sectors, sizeof(sectors));
	return error;
}

int
vault_create(const struct file_ops *files, const char *path, const uint8_t ledger[STORE_ID_SIZE],
	     vault_random_fn random, void *random_user, struct store_report *report)
{
	uint8_t key[KEY_SIZE];
	char fresh[PATH_MAX + 8];
	int error;
	int fd;

	if (random(random_user, key, sizeof(key)) < 0)
		return store_report_set(report, STORE_IO, 0, "%s: no random bytes", path);
	(void)snprintf(fresh, sizeof(fresh), "%s.new", path);
	fd = files->open(files->context, fresh, O_RDWR | O_CREAT | O_TRUNC);
	if (fd < 0)
		return store_report_set(report, STORE_IO, 0, "%s: %s", fresh, strerror(-fd));
	error = write_header(files, fd, ledger, key);
	OPENSSL_cleanse(key, sizeof(key));
	if (error == 0)
		error = files->datasync(files->context, fd);
	(void)files->close(files->context, fd);
	if (error == 0)
		error = files->rename(files->context, fresh, path);
	if (error == 0)
		error = file_sync_name(files, path);
	if (error < 0)
		return store_report_set(report, error == -ENOSPC ? STORE_FULL : STORE_IO, 0,
					"%s: %s", fresh, strerror(-error));
	return 0;
}

struct vault *
vault_free(struct vault *vault)
{
	if (vault == NULL)
		return NULL;
	if (vault->fd >= 0)
		(void)vault->files->close(vault->files->context, vault->fd);
	EVP_CIPHER_free(vault->cipher);
	OPENSSL_cleanse(vault->hmac_key, sizeof(vault->hmac_key));
	free(vault->path);
	free(vault);
	return NULL;
}

/*
 * More zero slots at the end of the file, an eighth of it. They need no sync of their own: the
 * key's own sync brings the file's new length to the disk with it.
 */
static int
grow(struct vault *vault)
{
	uint64_t more = vault->size / 8;
	uint8_t *zeros;
	int error;

	more = more < GROW_MIN ? GROW_MIN : more > GROW_MAX ? GROW_MAX : more;
	more -= (vault->size + more) % VAULT_SLOT;
	zeros = calloc(1, more);
	if (zeros == NULL)
		return STORE_MEMORY;
	error = file_write_all(vault->files, vault->fd, zeros, more, vault->size);
	free(zeros);
	if (error == -ENOSPC || error == -EDQUOT)
		return STORE_FULL;
	if (error < 0)
		return STORE_IO;
	vault->size += more;
	return 0;
}

/* Never tried again once it failed, whoever asks. */
static int
sync_now(struct vault *vault)
{
	assert(!vault->failed);
	vault->failed = vault->files->datasync(vault->files->context, vault->fd) < 0;
	if (vault->failed)
		return STORE_IO;
	vault->unsynced = false;
	return 0;
}

int
vault_key_new(struct vault *vault, struct vault_key *ret)
{
	uint8_t sector[VAULT_SLOT];
	uint8_t secret[KEY_SIZE + sizeof(uint64_t)];
	int error;

	if (vault->failed)
		return STORE_IO;
	for (;; vault->next++) {
		if (vault->next == UINT32_MAX)
			return STORE_TOO_LARGE;
		if (vault->next >= slot_count(vault)) {
			error = grow(vault);
			if (error < 0)
				return error;
		}
		error = slot_read(vault, vault->next, sector);
		if (error < 0)
			return error;
		if (bytes_all_zero(sector, sizeof(sector)))
			break;
	}
	if (vault->random(vault->random_user, secret, sizeof(secret)) < 0)
		return STORE_IO;
	ret->slot = vault->next;
	ret->id = bytes_get_u64(secret + KEY_SIZE);
	slot_encode(ret->slot, ret->id, STATE_LIVE, secret, sector);
	error =
	    file_write_all(vault->files, vault->fd, sector, sizeof(sector), slot_offset(ret->slot));
	OPENSSL_cleanse(secret, sizeof(secret));
	OPENSSL_cleanse(sector, sizeof(sector));
	if (error == -ENOSPC || error == -EDQUOT)
		return STORE_FULL;
	if (error < 0)
		return STORE_IO;
	vault->next++;
	vault->unsynced = true;
	return 0;
}

int
vault_sync(struct vault *vault)
{
	if (vault->failed)
		return STORE_IO;
	if (!vault->unsynced)
		return 0;
	return sync_now(vault);
}

/* The key of a slot if it is still that key. */
static int
key_read(struct vault *vault, const struct vault_key *key, uint8_t ret_key[KEY_SIZE])
{
	uint8_t sector[VAULT_SLOT];
	const uint8_t *copy = NULL;
	int error = slot_read(vault, key->slot, sector);

	if (error == 0)
		error = slot_judge(sector, key->slot, &copy);
	if (copy != NULL && bytes_get_u64(copy + K_ID) != key->id)
		error = STORE_KEY_LOST;
	if (error == 0)
		memcpy(ret_key, copy + K_KEY, KEY_SIZE);
	OPENSSL_cleanse(sector, sizeof(sector));
	return error;
}

int
vault_sealed_key(const uint8_t *sealed, size_t size, struct vault_key *ret)
{
	if (size < VAULT_OVERHEAD || size > VAULT_OVERHEAD + VAULT_FIELD_MAX ||
	    sealed[F_VERSION] != FIELD_VERSION || sealed[F_ALGORITHM] != ALGORITHM_AES_256_GCM)
		return STORE_DAMAGED;
	ret->slot = bytes_get_u32(sealed + F_SLOT);
	ret->id = bytes_get_u64(sealed + F_ID);
	return 0;
}

/*
 * One direction of AES-256-GCM. Bound beside the text: the ledger, the field's own head and the
 * caller's context, so that a field cannot be moved to another person or place.
 */
static int
field_begin(struct vault *vault, bool sealing, const uint8_t *key, const void *context,
	    size_t context_size, const uint8_t *head, EVP_CIPHER_CTX *cipher)
{
	int size;
	bool done = EVP_CipherInit_ex2(cipher, vault->cipher, key, head + F_NONCE, sealing, NULL) &&
		    EVP_CipherUpdate(cipher, NULL, &size, vault->ledger, STORE_ID_SIZE) == 1 &&
		    EVP_CipherUpdate(cipher, NULL, &size, head, F_NONCE) == 1;

	if (done && context_size > 0)
		done = EVP_CipherUpdate(cipher, NULL, &size, context, (int)context_size) == 1;
	return done ? 0 : STORE_MEMORY;
}

static int
field_text(EVP_CIPHER_CTX *cipher, bool sealing, const uint8_t *in, size_t size, uint8_t *out,
	   uint8_t tag[TAG_SIZE])
{
	int written = 0;

	if (size > 0 && EVP_CipherUpdate(cipher, out, &written, in, (int)size) != 1)
		return STORE_MEMORY;
	if (!sealing && EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_SET_TAG, TAG_SIZE, tag) != 1)
		return STORE_MEMORY;
	if (EVP_CipherFinal_ex(cipher, out + size, &written) != 1)
		return STORE_DAMAGED;
	if (sealing && EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_GET_TAG, TAG_SIZE, tag) != 1)
		return STORE_MEMORY;
	return 0;
}

/* key names the slot; head is the field's, up to and with the nonce. */
static int
field_crypt(struct vault *vault, bool sealing, const struct vault_key *key, const void *context,
	    size_t context_size, const uint8_t *head, const uint8_t *in, size_t size, uint8_t *out,
	    uint8_t tag[TAG_SIZE])
{
	EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
	uint8_t secret[KEY_SIZE];
	int error = cipher == NULL ? STORE_MEMORY : key_read(vault, key, secret);

	if (error == 0)
		error = field_begin(vault, sealing, secret, context, context_size, head, cipher);
	if (error == 0)
		error = field_text(cipher, sealing, in, size, out, tag);
	OPENSSL_cleanse(secret, sizeof(secret));
	EVP_CIPHER_CTX_free(cipher);
	return error;
}

int
vault_seal(struct vault *vault, const struct vault_key *key, const void *context,
	   size_t context_size, const void *text, size_t size, uint8_t *ret_sealed)
{
	if (size > VAULT_FIELD_MAX || context_size > VAULT_FIELD_MAX)
		return STORE_TOO_LARGE;
	memset(ret_sealed, 0, F_NONCE);
	ret_sealed[F_VERSION] = FIELD_VERSION;
	ret_sealed[F_ALGORITHM] = ALGORITHM_AES_256_GCM;
	bytes_put_u32(ret_sealed + F_SLOT, key->slot);
	bytes_put_u64(ret_sealed + F_ID, key->id);
	if (vault->random(vault->random_user, ret_sealed + F_NONCE, NONCE_SIZE) < 0)
		return STORE_IO;
	return field_crypt(vault, true, key, context, context_size, ret_sealed, text, size,
			   ret_sealed + F_TEXT, ret_sealed + F_TEXT + size);
}

int
vault_unseal(struct vault *vault, const void *context, size_t context_size, const uint8_t *sealed,
	     size_t size, uint8_t *ret_text)
{
	size_t text_size = size - VAULT_OVERHEAD;
	uint8_t tag[TAG_SIZE];
	struct vault_key key;
	uint8_t *text;
	int error = vault_sealed_key(sealed, size, &key);

	if (error < 0)
		return error;
	if (context_size > VAULT_FIELD_MAX)
		return STORE_TOO_LARGE;
	/* Into a place of our own first: text whose tag does not hold is nobody's to see. */
	text = malloc(size);
	if (text == NULL)
		return STORE_MEMORY;
	memcpy(tag, sealed + F_TEXT + text_size, sizeof(tag));
	error = field_crypt(vault, false, &key, context, context_size, sealed, sealed + F_TEXT,
			    text_size, text, tag);
	if (error == 0)
		memcpy(ret_text, text, text_size);
	OPENSSL_cleanse(text, size);
	free(text);
	return error;
}

int
vault_erase(struct vault *vault, const struct vault_key *key)
{
	uint8_t sector[VAULT_SLOT];
	const uint8_t *copy = NULL;
	int error = vault->failed ? STORE_IO : slot_read(vault, key->slot, sector);

	if (error == 0)
		error = slot_judge(sector, key->slot, &copy);
	if (copy != NULL && bytes_get_u64(copy + K_ID) != key->id)
		error = STORE_KEY_LOST;
	OPENSSL_cleanse(sector, sizeof(sector));
	/*
	 * A slot that does not hold is as good as erased, and one that reads as erased may not be
	 * so on the disk: both are written (again).
	 */
	if (error < 0 && error != STORE_DAMAGED && error != STORE_ERASED)
		return error;
	slot_encode(key->slot, key->id, STATE_ERASED, NULL, sector);
	if (file_write_all(vault->files, vault->fd, sector, sizeof(sector),
			   slot_offset(key->slot)) < 0)
		return STORE_IO;
	return sync_now(vault);
}

int
vault_hmac(struct vault *vault, const void *bytes, size_t size, uint8_t ret_hmac[VAULT_HMAC_SIZE])
{
	unsigned length = 0;

	if (HMAC(EVP_sha256(), vault->hmac_key, KEY_SIZE, bytes, size, ret_hmac, &length) == NULL)
		return STORE_MEMORY;
	assert(length == VAULT_HMAC_SIZE);
	return 0;
}

int
vault_check(struct vault *vault, uint64_t *ret_keys, uint64_t *ret_erased,
	    struct store_report *report)
{
	uint8_t key[KEY_SIZE];
	uint64_t keys = 0;
	uint64_t erased = 0;
	uint64_t size;
	uint32_t slot;
	int error = vault->files->size(vault->files->context, vault->fd, &size);

	if (error < 0)
		return store_report_set(report, STORE_IO, 0, "%s: %s", vault->path,
					strerror(-error));
	error = read_header(vault, 2, key, report);
	OPENSSL_cleanse(key, sizeof(key));
	for (slot = 0; error == 0 && slot_offset(slot) < size; slot++) {
		uint8_t sector[VAULT_SLOT];
		const uint8_t *copy;

		error = slot_read(vault, slot, sector);
		if (error == 0)
			error = slot_judge(sector, slot, &copy);
		keys += error == 0;
		erased += error == STORE_ERASED;
		OPENSSL_cleanse(sector, sizeof(sector));
		if (error == STORE_DAMAGED)
			return store_report_set(
			    report, error, slot_offset(slot),
			    "%s: the key in slot %u, at offset %llu, does not hold", vault->path,
			    slot, (unsigned long long)slot_offset(slot));
		if (error == STORE_IO)
			return store_report_set(report, error, slot_offset(slot),
						"%s: cannot be read", vault->path);
		error = 0;
	}
	if (error < 0)
		return error;
	*ret_keys = keys;
	*ret_erased = erased;
	return 0;
}

int
vault_copy_size(struct vault *vault, uint64_t *ret_size)
{
	if (vault->files->size(vault->files->context, vault->fd, ret_size) < 0)
		return STORE_IO;
	*ret_size -= *ret_size % VAULT_SLOT;
	return 0;
}

int
vault_copy_look(void *user, uint8_t *bytes, size_t size, uint64_t offset)
{
	struct vault *vault = user;
	size_t at;

	for (at = 0; at + VAULT_SLOT <= size; at += VAULT_SLOT) {
		uint64_t sector = (offset + at) / VAULT_SLOT;
		uint32_t slot = (uint32_t)(sector - SLOT_FIRST);
		const uint8_t *copy;
		int error;

		if (sector < SLOT_FIRST || slot_judge(bytes + at, slot, &copy) != STORE_DAMAGED)
			continue;
		error = slot_read(vault, slot, bytes + at);
		if (error == 0 && slot_judge(bytes + at, slot, &copy) == STORE_DAMAGED)
			error = STORE_DAMAGED;
		if (error < 0)
			return error;
	}
	return 0;
}
