/* Citations as links, and the command that plays a check again. */
#include "base/text.h"
#include "report/private.h"
#include <ctype.h>
#include <string.h>

void cite_label(const char *cite, struct buf *out)
{
	const char *hash = strchr(cite, '#');
	size_t length = hash ? (size_t)(hash - cite) : strlen(cite);
	if (text_starts(cite, "RFC") && isdigit((unsigned char)cite[3]))
		buf_printf(out, "RFC %.*s", (int)(length - 3), cite + 3);
	else
		buf_add(out, cite, length);
	if (hash && hash[1])
		buf_printf(out, " § %s", hash + 1);
}

static size_t digits(const char *text)
{
	return strspn(text, "0123456789");
}

void cite_address(const char *cite, struct buf *out)
{
	size_t length;
	if (text_starts(cite, "XEP-") && (length = digits(cite + 4)) == 4 && (cite[8] == '#' || !cite[8])) {
		buf_printf(out, "https://xmpp.org/extensions/xep-%.4s.html", cite + 4);
		if (cite[8] &&
			cite[9 +
				strspn(cite + 9,
					"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")] == 0)
			buf_add_text(out, cite + 8);
	} else if (text_starts(cite, "RFC") && (length = digits(cite + 3)) && length < 6 &&
		(cite[3 + length] == '#' || !cite[3 + length])) {
		buf_printf(out, "https://www.rfc-editor.org/rfc/rfc%.*s.html", (int)length, cite + 3);
	}
}

/* Options that choose or repeat scenarios, or only change how a run is shown: not needed to see one verdict again. */
static const char *const dropped[] = { "check", "suite", "tag", "shard", "repeat", "shuffle", "jobs", "out", "colour" };

static bool is_dropped(const char *word, bool *takes_next)
{
	size_t length = strcspn(word, "=");
	*takes_next = false;
	if (strcmp(word, "--trace") == 0)
		return true;
	for (size_t i = 0; text_starts(word, "--") && i < sizeof dropped / sizeof *dropped; i++) {
		if (strlen(dropped[i]) == length - 2 && strncmp(word + 2, dropped[i], length - 2) == 0) {
			*takes_next = !word[length];
			return true;
		}
	}
	return false;
}

static void add_word(const char *word, struct buf *out)
{
	BUF_AUTO clean = BUF_INIT;
	clean_bytes(word, strlen(word), &clean);
	buf_add_char(out, ' ');
	if (clean.len &&
		strspn(buf_text(&clean), "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:=@,+") ==
			clean.len) {
		buf_add(out, clean.data, clean.len);
		return;
	}
	buf_add_char(out, '\'');
	for (const char *c = buf_text(&clean); *c; c++) {
		if (*c == '\'')
			buf_add_text(out, "'\\''");
		else
			buf_add_char(out, *c);
	}
	buf_add_char(out, '\'');
}

void again_command(const json_t *run, const char *check, struct buf *out)
{
	const json_t *arguments = json_object_get(run, "arguments");
	size_t count = json_array_size(arguments);
	buf_add_text(out, "assay run");
	for (size_t i = 0; i < count; i++) {
		bool takes_next;
		const char *word = json_string_value(json_array_get(arguments, i));
		if (!word || (i == 0 && strcmp(word, "run") == 0))
			continue;
		if (is_dropped(word, &takes_next))
			i += takes_next;
		else
			add_word(word, out);
	}
	buf_add_text(out, " --check");
	add_word(check, out);
}
