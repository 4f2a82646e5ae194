/* assay report: the reports of a run, made again from its journal. */
#include "report/report.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "cmd/progress.h"
#include <stdio.h>
#include <string.h>

static const char usage[] =
	"usage: assay report JOURNAL|DIR [--out DIR] [--format NAME] [--lang NAME] [--colour WHEN]\n"
	"\n"
	"Makes the reports of a run from its journal, whether the run ended or was cut off. DIR is a folder that holds\n"
	"journal.jsonl.\n"
	"\n"
	"  --out DIR       where report.html, result.json, junit.xml and results.xml go (default: beside the journal)\n"
	"  --format NAME   only this format, on standard output, or as a file in --out: html, json, junit, xml, text,\n"
	"                  tap or markdown\n"
	"  --lang NAME     the language of html and markdown: en (default) or de\n"
	"  --colour WHEN   auto (default), always or never\n"
	"\n"
	"The exit status is that of the run: 0 as expected, 1 not conforming or incomplete, 4 an error hid a verdict,\n"
	"77 nothing ran; 2 where the journal cannot be read.\n";

struct report_line {
	const char *out, *format, *colour, *language;
	struct vec words;
};

static char *journal_path(const char *word)
{
	return file_is_directory(word) ? memory_printf("%s/journal.jsonl", word) : memory_copy_text(word);
}

/* The folder that a file is in. */
static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? memory_copy_bytes(path, slash == path ? 1 : (size_t)(slash - path)) : memory_copy_text(".");
}

static int write_one(const struct results *r, enum report_format format, const char *directory, struct err *e)
{
	BUF_AUTO text = BUF_INIT;
	if (report_print(r, format, &text, e))
		return -1;
	if (!directory) {
		if (fwrite(buf_text(&text), 1, text.len, stdout) != text.len || fflush(stdout))
			return err_set(e, ERR_ENVIRONMENT, "standard output", "cannot be written");
		return 0;
	}
	AUTO_TEXT path = memory_printf("%s/%s", directory, report_file_name(format));
	return directory_make(directory, e) || file_write(path, buf_text(&text), text.len, e) ? -1 : 0;
}

static int write_all(const struct results *r, const char *directory, bool colour, struct err *e)
{
	BUF_AUTO text = BUF_INIT;
	if (report_write(r, directory, e))
		return -1;
	report_summary_text(r, colour, &text);
	printf("%sreport: %s/report.html\n", buf_text(&text), directory);
	return 0;
}

static int report_on(const struct report_line *l, const char *word)
{
	struct err e;
	struct results r;
	bool colour = false;
	enum report_format format = REPORT_HTML;
	if (l->format && report_format_from_name(l->format, &format))
		return cmd_usage(&command_report,
			"--format takes html, json, junit, xml, text, tap or markdown, not '%s'", l->format);
	if (progress_colour(l->colour, &colour))
		return cmd_usage(&command_report, "--colour takes auto, always or never, not '%s'", l->colour);
	const char *language;
	int unknown = cmd_language(&command_report, l->language, &language);
	if (unknown)
		return unknown;
	AUTO_TEXT path = journal_path(word);
	AUTO_TEXT beside = folder_of(path);
	if (results_from_journal(&r, path, &e))
		return cmd_fail(&e);
	r.language = language;
	int failed =
		l->format ? write_one(&r, format, l->out, &e) : write_all(&r, l->out ? l->out : beside, colour, &e);
	int status = failed ? cmd_fail(&e) : report_exit_status(&r);
	results_release(&r);
	return status;
}

static int run_report(int argc, char **argv)
{
	struct report_line l = { .colour = "auto" };
	const struct option_spec specs[] = {
		{ "out", &l.out, NULL, NULL },
		{ "format", &l.format, NULL, NULL },
		{ "lang", &l.language, NULL, NULL },
		{ "colour", &l.colour, NULL, NULL },
		{ NULL, NULL, NULL, NULL },
	};
	int status = EXIT_USAGE;
	if (!options_read(&command_report, argc, argv, specs, &l.words))
		status = l.words.count == 1 ? report_on(&l, l.words.items[0])
					    : cmd_usage(&command_report, "needs one journal or folder");
	vec_release(&l.words);
	return status;
}

const struct command command_report = { "report", "make the reports of a run again from its journal", usage,
	run_report };
