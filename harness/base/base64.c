#include "base/base64.h"
#include <string.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_encode(const void *bytes, size_t length, struct buf *out)
{
	const unsigned char *p = bytes;
	for (; length; p += 3) {
		size_t here = length < 3 ? length : 3;
		unsigned group = (unsigned)p[0] << 16 | (here > 1 ? (unsigned)p[1] << 8 : 0) | (here > 2 ? p[2] : 0);
		char made[4];
		for (size_t i = 0; i < 4; i++)
			made[i] = i <= here ? alphabet[group >> (18 - 6 * i) & 63] : '=';
		buf_add(out, made, sizeof made);
		length -= here;
	}
}

static int base64_value(char c)
{
	const char *at = c ? strchr(alphabet, c) : NULL;
	return at ? (int)(at - alphabet) : -1;
}

int base64_decode(const char *text, size_t length, struct buf *out)
{
	if (length % 4)
		return -1;
	for (size_t i = 0; i < length; i += 4) {
		unsigned padding = 0, group = 0;
		for (size_t j = 0; j < 4; j++) {
			int value = base64_value(text[i + j]);
			if (value < 0 && text[i + j] == '=' && i + 4 == length && j >= 2) {
				padding++;
				value = 0;
			} else if (value < 0 || padding) {
				return -1;
			}
			group = group << 6 | (unsigned)value;
		}
		const char bytes[3] = { (char)(group >> 16), (char)(group >> 8), (char)group };
		buf_add(out, bytes, 3 - padding);
	}
	return 0;
}
