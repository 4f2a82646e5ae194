/* assay compare: the verdicts of several runs side by side. */
#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/comparing.h"
#include "cmd/options.h"
#include "report/comparison.h"

static const char usage[] =
	"usage: assay compare RUN RUN [RUN…] [--strict] [--only-different] [--format NAME] [--lang NAME] [--out FILE]\n"
	"\n"
	"Compares the verdicts of runs (folders that hold result.json, or such files). A check that one of them could not\n"
	"play (`unsupported`, or absent) is counted, but is no difference; with --strict it is one. Below a difference stands\n"
	"what each of two runs says of the check.\n"
	"\n"
	"  --format NAME     text (default): what differs; html or markdown: every check of every run, and of two what is worse,\n"
	"                    better, new and gone in the second; xml: the document that the transforms in reports/ work on\n"
	"  --lang NAME       the language of html and markdown: en (default) or de\n"
	"  --only-different  leave out the checks on which all agree\n"
	"  --out FILE        where to (default: standard output); the format is then that of its name: .html, .md, .txt, .xml\n"
	"\n"
	"Exit status 1 where a verdict differs, 77 where there is no check that two of them played.\n";

struct compare_line {
	struct comparing where;
	bool strict, only_different;
	struct vec words;
};

static int compare_words(const struct compare_line *l)
{
	struct err e;
	struct comparison c;
	if (comparison_make(&c, &l->words, l->strict, l->only_different, &e))
		return cmd_fail(&e);
	int status = comparing_write(&l->where, &c, &e) ? cmd_fail(&e)
		: c.different                           ? EXIT_NOT_CONFORMING
		: c.same                                ? EXIT_AS_EXPECTED
							: EXIT_NOTHING_RAN;
	comparison_release(&c);
	return status;
}

static int run_compare(int argc, char **argv)
{
	struct compare_line l = { .strict = false };
	const struct option_spec specs[] = {
		{ "strict", NULL, NULL, &l.strict },
		{ "only-different", NULL, NULL, &l.only_different },
		{ "format", &l.where.format_name, NULL, NULL },
		{ "lang", &l.where.language_name, NULL, NULL },
		{ "out", &l.where.out, NULL, NULL },
		{ NULL, NULL, NULL, NULL },
	};
	int status = EXIT_USAGE;
	if (!options_read(&command_compare, argc, argv, specs, &l.words))
		status = l.words.count < 2 ? cmd_usage(&command_compare, "needs two runs or more")
					   : comparing_check(&command_compare, &l.where);
	if (status == EXIT_AS_EXPECTED)
		status = compare_words(&l);
	vec_release(&l.words);
	return status;
}

const struct command command_compare = { "compare", "compare the verdicts of two runs or more", usage, run_compare };
