/* assay history: what became of a target over time. */
#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/comparing.h"
#include "cmd/options.h"
#include "report/comparison.h"

static const char usage[] =
	"usage: assay history DIR [--target NAME] [--format NAME] [--lang NAME] [--out FILE]\n"
	"\n"
	"Tells what became of a target over time: DIR holds the report folders of several runs (each with result.json, at any\n"
	"depth). A row for each run, in the order in which they began, and what changed at each step.\n"
	"\n"
	"  --target NAME  where DIR holds results of several targets, the one of that name\n"
	"  --format NAME  text (default), html (with charts), markdown or xml\n"
	"  --lang NAME    the language of html and markdown: en (default) or de\n"
	"  --out FILE     where to (default: standard output); the format is then that of its name: .html, .md, .txt, .xml\n";

struct history_line {
	struct comparing where;
	const char *target;
	struct vec words;
};

/* The results below the folder, sorted by name. */
static int find_results(const char *folder, struct arena *a, struct vec *results, struct err *e)
{
	struct vec files = VEC_INIT;
	if (!file_is_directory(folder))
		return err_set(e, ERR_USAGE, folder, "is no folder");
	int result = directory_files(a, folder, "result.json", &files, e);
	for (size_t i = 0; i < files.count && !result; i++)
		if (text_ends(files.items[i], "/result.json"))
			vec_push(results, files.items[i]);
	vec_release(&files);
	if (!result && !results->count)
		result = err_set(e, ERR_USAGE, folder, "holds no result.json");
	return result;
}

static int tell(const struct history_line *l, const char *folder)
{
	struct err e;
	struct comparison c;
	struct arena a = ARENA_INIT;
	struct vec results = VEC_INIT;
	int status;
	if (find_results(folder, &a, &results, &e) || history_make(&c, &results, l->target, &e)) {
		status = cmd_fail(&e);
	} else {
		status = comparing_write(&l->where, &c, &e) ? cmd_fail(&e) : EXIT_AS_EXPECTED;
		comparison_release(&c);
	}
	vec_release(&results);
	arena_release(&a);
	return status;
}

static int run_history(int argc, char **argv)
{
	struct history_line l = { .target = NULL };
	const struct option_spec specs[] = {
		{ "target", &l.target, NULL, NULL },
		{ "format", &l.where.format_name, NULL, NULL },
		{ "lang", &l.where.language_name, NULL, NULL },
		{ "out", &l.where.out, NULL, NULL },
		{ NULL, NULL, NULL, NULL },
	};
	int status = EXIT_USAGE;
	if (!options_read(&command_history, argc, argv, specs, &l.words))
		status = l.words.count != 1 ? cmd_usage(&command_history, "needs one folder")
					    : comparing_check(&command_history, &l.where);
	if (status == EXIT_AS_EXPECTED)
		status = tell(&l, l.words.items[0]);
	vec_release(&l.words);
	return status;
}

const struct command command_history = { "history", "what became of a target over time", usage, run_history };
