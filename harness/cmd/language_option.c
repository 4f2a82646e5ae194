/* The language of reports, as --lang names it. */
#include "base/text.h"
#include "cmd/cmd.h"
#include "report/report.h"

int cmd_language(const struct command *c, const char *language, const char **chosen)
{
	BUF_AUTO known = BUF_INIT;
	*chosen = NULL;
	if (!language || text_equal(language, "en"))
		return 0;
	if (!report_has_language(language, &known))
		return cmd_usage(c, "there are no reports in '%s'; --lang takes %s", language, buf_text(&known));
	*chosen = language;
	return 0;
}
