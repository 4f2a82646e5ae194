#include "cmd/comparing.h"
#include "base/text.h"
#include <stdio.h>

static const struct {
	const char *ending;
	enum comparison_format format;
} endings[] = { { ".html", COMPARISON_HTML }, { ".htm", COMPARISON_HTML }, { ".md", COMPARISON_MARKDOWN },
	{ ".markdown", COMPARISON_MARKDOWN }, { ".xml", COMPARISON_XML }, { ".txt", COMPARISON_TEXT } };

int comparing_check(const struct command *command, struct comparing *where)
{
	where->format = COMPARISON_TEXT;
	if (where->format_name && comparison_format_from_name(where->format_name, &where->format))
		return cmd_usage(command, "--format takes text, html, markdown or xml, not '%s'", where->format_name);
	for (size_t i = 0; !where->format_name && where->out && i < sizeof endings / sizeof *endings; i++)
		if (text_ends(where->out, endings[i].ending))
			where->format = endings[i].format;
	return cmd_language(command, where->language_name, &where->language);
}

int comparing_write(const struct comparing *where, struct comparison *c, struct err *e)
{
	BUF_AUTO text = BUF_INIT;
	c->language = where->language;
	if (comparison_print(c, where->format, &text, e))
		return -1;
	if (where->out)
		return file_write(where->out, buf_text(&text), text.len, e);
	if (fwrite(buf_text(&text), 1, text.len, stdout) != text.len || fflush(stdout))
		return err_set(e, ERR_ENVIRONMENT, "standard output", "cannot be written");
	return 0;
}
