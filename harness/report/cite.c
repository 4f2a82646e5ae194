/* Citations as links, and the command that plays a check again. */
#include "base/text.h"
#include "report/private.h"
#include <ctype.h>
#include <string.h>

void cite_label(const char *cite, const char *section, struct buf *out)
{
	size_t document = strcspn(cite, "#"), length = *section ? document : strlen(cite);
	if (length == document && text_starts(cite, "RFC") && isdigit((unsigned char)cite[3]))
		buf_printf(out, "RFC %.*s", (int)(length - 3), cite + 3);
	else
		buf_add(out, cite, length);
	if (*section)
		buf_printf(out, " § %s", section);
}

static size_t digits(const char *text)
{
	return strspn(text, "0123456789");
}

/* "8.1.2.1" or "A.3.4", and nothing else that an address would have to escape. */
static bool is_section_number(const char *section)
{
	return isalnum((unsigned char)*section) && section[1 + strspn(section + 1, "0123456789.")] == 0;
}

void cite_address(const char *cite, const char *section, struct buf *out)
{
	size_t document = strcspn(cite, "#");
	if (text_starts(cite, "XEP-") && digits(cite + 4) == 4 && document == 8) {
		buf_printf(out, "https://xmpp.org/extensions/xep-%.4s.html", cite + 4);
	} else if (text_starts(cite, "RFC") && document > 3 && document < 9 && digits(cite + 3) == document - 3) {
		buf_printf(out, "https://www.rfc-editor.org/rfc/rfc%.*s.html", (int)(document - 3), cite + 3);
		if (is_section_number(section))
			buf_printf(out, "#%s-%s", isdigit((unsigned char)*section) ? "section" : "appendix", section);
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
