/* base/digest.h: SHA-256 (FIPS 180-4) as lower-case hexadecimal text. */
#ifndef ASSAY_BASE_DIGEST_H
#define ASSAY_BASE_DIGEST_H
#include "base/err.h"
#include <stddef.h>

#define DIGEST_SIZE 65 /* 64 digits and the NUL */
void digest_bytes(const void *bytes, size_t length, char out[DIGEST_SIZE]);
/* Of `first` (a text) and the bytes after it. */
void digest_chained(const char *first, const void *bytes, size_t length, char out[DIGEST_SIZE]);
/* Of a folder: of the lines that `sha256sum` prints ("DIGEST  PATH\n") for every file below it that is not hidden, by their paths
 * below the folder in the order of their bytes. 0, or -1 as file_read and directory_files fail. */
int digest_folder(const char *folder, char out[DIGEST_SIZE], struct err *e);
#endif
