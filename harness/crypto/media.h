/* crypto/media.h: files that are shared encrypted (XEP-0454): AES-256-GCM, and the link that says where the file is and how it is opened.
 *
 * Every pointer that goes in is borrowed for the call; buffers are appended to, and stay as they are where something is wrong. Errors:
 * ERR_PROTOCOL, what came is wrong, and the message says what of it; ERR_SCRIPT, an address that must not become a link;
 * ERR_ENVIRONMENT, OpenSSL cannot do its work here. The whole file is in memory; limit: MEDIA_MOST bytes. */
#ifndef ASSAY_CRYPTO_MEDIA_H
#define ASSAY_CRYPTO_MEDIA_H
#include "base/buf.h"
#include "base/err.h"
#include <stddef.h>
#include <stdint.h>

#define MEDIA_TAG  16 /* bytes that follow the encrypted file (section 3): it is as much longer than the file */
#define MEDIA_MOST (64u << 20)

struct media_key {
	uint8_t iv[16];
	size_t iv_length; /* 12 (section 3), or 16, as older clients make it */
	uint8_t key[32];
};

/* A fresh key, with an iv of 12 bytes. The caller cleanses it. */
int media_make_key(struct media_key *k, struct err *e);
/* Appends the encrypted file and its tag. */
int media_seal(const struct media_key *k, const void *bytes, size_t length, struct buf *sealed, struct err *e);
/* Appends the file. ERR_PROTOCOL where it is shorter than a tag, longer than MEDIA_MOST, or does not fit its tag. */
int media_open(const struct media_key *k, const void *sealed, size_t length, struct buf *bytes, struct err *e);

/* Appends the aesgcm:// link of a file at an https:// address. ERR_SCRIPT for any other address (section 3), and for one that has a
 * fragment already. */
int media_print_link(const char *address, const struct media_key *k, struct buf *link, struct err *e);
/* Reads a link, perhaps with a thumbnail on a line of its own behind it (section 4), strictly (section 5): the https:// address is
 * appended. ERR_PROTOCOL for another scheme, and where the fragment is not iv and key in hexadecimal digits, 88 or 96 of them. */
int media_read_link(const char *link, struct media_key *k, struct buf *address, struct err *e);
#endif
