/* SHA-256 by OpenSSL. Where it has none, nothing that rests on it can go on, so the process ends as without memory. */
#include "base/digest.h"
#include "base/text.h"
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void digest_chained(const char *first, const void *bytes, size_t length, char out[DIGEST_SIZE])
{
	unsigned char raw[EVP_MAX_MD_SIZE];
	unsigned size = 0;
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	if (!context || EVP_DigestInit_ex(context, EVP_sha256(), NULL) != 1 ||
		EVP_DigestUpdate(context, first, strlen(first)) != 1 || EVP_DigestUpdate(context, bytes, length) != 1 ||
		EVP_DigestFinal_ex(context, raw, &size) != 1) {
		fputs("assay: OpenSSL makes no SHA-256 here\n", stderr);
		abort();
	}
	EVP_MD_CTX_free(context);
	for (unsigned i = 0; i < size && i < (DIGEST_SIZE - 1) / 2; i++)
		snprintf(out + 2 * i, 3, "%02x", raw[i]);
}

void digest_bytes(const void *bytes, size_t length, char out[DIGEST_SIZE])
{
	digest_chained("", bytes, length, out);
}

int digest_folder(const char *folder, char out[DIGEST_SIZE], struct err *e)
{
	struct arena arena = ARENA_INIT;
	struct vec files = VEC_INIT;
	BUF_AUTO lines = BUF_INIT;
	size_t root = strlen(folder) + !text_ends(folder, "/");
	int result = directory_files(&arena, folder, "", &files, e);
	for (size_t i = 0; result == 0 && i < files.count; i++) {
		char digest[DIGEST_SIZE];
		const char *path = files.items[i];
		BUF_AUTO bytes = BUF_INIT;
		result = file_read(path, &bytes, e);
		digest_bytes(buf_text(&bytes), bytes.len, digest);
		buf_printf(&lines, "%s  %s\n", digest, strlen(path) > root ? path + root : path);
	}
	if (!result)
		digest_bytes(buf_text(&lines), lines.len, out);
	vec_release(&files);
	arena_release(&arena);
	return result;
}
