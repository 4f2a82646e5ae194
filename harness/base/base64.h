/* base/base64.h: base64 as RFC 4648 section 4 has it, without line breaks. */
#ifndef ASSAY_BASE_BASE64_H
#define ASSAY_BASE_BASE64_H
#include "base/buf.h"
#include <stddef.h>

void base64_encode(const void *bytes, size_t length, struct buf *out); /* appends */
/* Strict: no white space, right padding. Appends; 0, or -1 with part of it appended. */
int base64_decode(const char *text, size_t length, struct buf *out);
#endif
