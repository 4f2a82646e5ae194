/* assay merge: the journals of shards, or of several profiles, as one report. */
#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "cmd/progress.h"
#include "report/combine.h"
#include "report/report.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
	"usage: assay merge DIR… --out DIR [--colour WHEN]\n"
	"\n"
	"Merges runs of one target with one version of the program into one report: the shards of a run (`assay run --shard I/N`),\n"
	"runs of several profiles, or both. Each DIR holds journal.jsonl (or is such a file). The merged journal and the\n"
	"reports made from it go into --out; `assay report` makes them again.\n"
	"\n"
	"A scenario that is in several of them with the same verdicts counts once; with other verdicts nothing is merged. Where\n"
	"shards are missing the report says which, and is incomplete.\n"
	"\n"
	"The exit status is that of the merged run, as for `assay report`; 2 where they do not belong together.\n";

struct merge_line {
	const char *out, *colour;
	struct vec words;
};

/* Whether two names are of the same folder or file. */
static bool same_place(const char *a, const char *b)
{
	char *x = realpath(a, NULL), *y = realpath(b, NULL);
	bool same = x && y && strcmp(x, y) == 0;
	free(x);
	free(y);
	return same;
}

static int check_line(const struct merge_line *l)
{
	bool colour;
	if (!l->words.count)
		return cmd_usage(&command_merge, "needs the folders of runs");
	if (!l->out)
		return cmd_usage(&command_merge, "needs --out, where the merged report goes");
	if (progress_colour(l->colour, &colour))
		return cmd_usage(&command_merge, "--colour takes auto, always or never, not '%s'", l->colour);
	AUTO_TEXT journal = memory_printf("%s/journal.jsonl", l->out);
	for (size_t i = 0; i < l->words.count; i++)
		if (same_place(l->words.items[i], l->out) || same_place(l->words.items[i], journal))
			return cmd_usage(
				&command_merge, "--out %s is one of the runs, and would be overwritten", l->out);
	return EXIT_AS_EXPECTED;
}

static int merge(const struct vec *words, struct buf *journal, struct err *e)
{
	struct vec paths = VEC_INIT;
	for (size_t i = 0; i < words->count; i++) {
		const char *word = words->items[i];
		vec_push(&paths,
			file_is_directory(word) ? memory_printf("%s/journal.jsonl", word) : memory_copy_text(word));
	}
	int result = journals_combine(&paths, journal, e);
	for (size_t i = 0; i < paths.count; i++)
		free(paths.items[i]);
	vec_release(&paths);
	return result;
}

static int write_reports(const struct merge_line *l, const struct buf *journal)
{
	struct err e;
	struct results r = { 0 };
	BUF_AUTO text = BUF_INIT;
	bool colour = false;
	AUTO_TEXT path = memory_printf("%s/journal.jsonl", l->out);
	progress_colour(l->colour, &colour);
	if (directory_make(l->out, &e) || file_write(path, buf_text(journal), journal->len, &e) ||
		results_from_journal(&r, path, &e) || report_write(&r, l->out, &e)) {
		results_release(&r);
		return cmd_fail(&e);
	}
	report_summary_text(&r, colour, &text);
	printf("%sreport: %s/report.html\n", buf_text(&text), l->out);
	int status = report_exit_status(&r);
	results_release(&r);
	return status;
}

static int run_merge(int argc, char **argv)
{
	struct err e;
	struct merge_line l = { .colour = "auto" };
	const struct option_spec specs[] = {
		{ "out", &l.out, NULL, NULL },
		{ "colour", &l.colour, NULL, NULL },
		{ NULL, NULL, NULL, NULL },
	};
	BUF_AUTO journal = BUF_INIT;
	int status = EXIT_USAGE;
	if (!options_read(&command_merge, argc, argv, specs, &l.words))
		status = check_line(&l);
	if (status == EXIT_AS_EXPECTED)
		status = merge(&l.words, &journal, &e) ? cmd_fail(&e) : write_reports(&l, &journal);
	vec_release(&l.words);
	return status;
}

const struct command command_merge = { "merge", "merge shards, or runs of several profiles, into one report", usage,
	run_merge };
