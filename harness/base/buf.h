/* base/buf.h: a byte buffer that grows. `data` is always ended by a NUL that `len` does not count, once anything
 * was added. Running out of memory ends the process (base/memory.h). */
#ifndef ASSAY_BASE_BUF_H
#define ASSAY_BASE_BUF_H
#include <stdarg.h>
#include <stddef.h>

struct buf {
	char *data; /* NULL while nothing was ever added */
	size_t len, capacity;
};
#define BUF_INIT                                                                                                       \
	{                                                                                                              \
		NULL, 0, 0                                                                                             \
	}

void buf_release(struct buf *b); /* frees and resets to BUF_INIT */
void buf_cleanse(struct buf *b); /* wipes, then as buf_release; what it outgrew while it was filled is not wiped */
void buf_clear(struct buf *b);   /* empties, keeps the memory */
void buf_add(struct buf *b, const void *bytes, size_t count);
void buf_add_char(struct buf *b, char c);
void buf_add_text(struct buf *b, const char *text);
void buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *b, const char *format, va_list args) __attribute__((format(printf, 2, 0)));
void buf_consume(struct buf *b, size_t count); /* drops `count` bytes from the front */
char *buf_take(struct buf *b);                 /* the text, now the caller's to free(); the buffer is reset */
const char *buf_text(const struct buf *b);     /* "" while empty; borrowed */
#define BUF_AUTO __attribute__((cleanup(buf_release))) struct buf
#endif
