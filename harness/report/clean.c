/* Text from outside made fit to be shown. */
#include "report/private.h"
#include <string.h>

const char *json_member_text(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));
	return text ? text : "";
}

double json_member_number(const json_t *object, const char *name)
{
	return json_number_value(json_object_get(object, name));
}

static void add_code_point(unsigned code, struct buf *out)
{
	char bytes[3] = { (char)(0xE0 | code >> 12), (char)(0x80 | (code >> 6 & 0x3F)), (char)(0x80 | (code & 0x3F)) };
	buf_add(out, bytes, sizeof bytes);
}

/* The length of the UTF-8 sequence that begins here, 0 where none does (RFC 3629 section 4). */
static size_t sequence_length(const unsigned char *at, size_t left)
{
	size_t length = *at < 0x80          ? 1
		: *at >= 0xC2 && *at < 0xE0 ? 2
		: *at >= 0xE0 && *at < 0xF0 ? 3
		: *at >= 0xF0 && *at < 0xF5 ? 4
					    : 0;
	if (!length || length > left)
		return 0;
	for (size_t i = 1; i < length; i++)
		if ((at[i] & 0xC0) != 0x80)
			return 0;
	if ((*at == 0xE0 && at[1] < 0xA0) || (*at == 0xED && at[1] > 0x9F) || (*at == 0xF0 && at[1] < 0x90) ||
		(*at == 0xF4 && at[1] > 0x8F))
		return 0;
	return length;
}

/* U+2400 and on picture the control characters; C1 controls and U+FFFE, U+FFFF have no picture. */
static void add_sequence(const unsigned char *at, size_t length, struct buf *out)
{
	if (length == 1 && (*at < 0x20 || *at == 0x7F) && *at != '\t' && *at != '\n')
		add_code_point(*at == 0x7F ? 0x2421 : 0x2400 + *at, out);
	else if (!length || (length == 2 && *at == 0xC2 && at[1] < 0xA0) ||
		(length == 3 && *at == 0xEF && at[1] == 0xBF && at[2] >= 0xBE))
		add_code_point(0xFFFD, out);
	else
		buf_add(out, at, length);
}

void clean_bytes(const char *text, size_t length, struct buf *out)
{
	const unsigned char *at = (const unsigned char *)text;
	size_t limit = length < REPORT_TEXT_MOST ? length : REPORT_TEXT_MOST, done = 0;
	while (done < limit) {
		size_t sequence = sequence_length(at + done, length - done);
		add_sequence(at + done, sequence, out);
		done += sequence ? sequence : 1;
	}
	if (done < length)
		buf_printf(out, "\n[%zu more bytes are not shown]", length - done);
}

void clean_text(const json_t *string, struct buf *out)
{
	if (json_is_string(string))
		clean_bytes(json_string_value(string), json_string_length(string), out);
}
