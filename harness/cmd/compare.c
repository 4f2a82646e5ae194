/* assay compare: the verdicts of several runs side by side, or the measurements of several servers or versions. */
#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/comparing.h"
#include "cmd/comparing_latency.h"
#include "cmd/options.h"
#include "report/comparison.h"

static const char usage[] =
	"usage: assay compare RUN RUN [RUN…] [OPTION…]\n"
	"\n"
	"Compares the verdicts of runs (folders that hold result.json, or such files). A check that one of them could not\n"
	"play (`unsupported`, or absent) is counted, but is no difference; with --strict it is one. Below a difference stands\n"
	"what each of two runs says of the check.\n"
	"\n"
	"  --format NAME     text (default): what differs; html or markdown: every check of every run, and of two what is worse,\n"
	"                    better, new and gone in the second; xml: the document that the transforms in reports/ work on\n"
	"  --lang NAME       the language of html and markdown: en (default) or de\n"
	"  --only-different  leave out the checks on which all agree\n"
	"  --strict          what one of them could not play is a difference\n"
	"  --out FILE        where to (default: standard output); the format is then that of its name: .html, .md, .txt, .xml\n"
	"\n"
	"Exit status 1 where a verdict differs, 77 where there is no check that two of them played.\n"
	"\n"
	"Folders that hold latency.json are measurements of `assay latency` (docs/latency.md). The first is the base; each other\n"
	"is compared with it, with an interval for every figure. Exit status 1 where one is slower by more than the bound and\n"
	"beyond chance, or where messages went wrong that did not in the base; 2 where they were measured with other settings;\n"
	"77 where no workload is in two of them.\n"
	"\n"
	"  --bound PERCENT   slower by more than this is a regression (default: 10)\n"
	"  --percentile P    where one is looked for (repeatable, or parted by commas; default: 50,99)\n"
	"  --least N         microseconds; a smaller difference is none (default: 50)\n"
	"  --force           compare although they were measured with other settings, which is said\n"
	"  --json            all of it for programs, on standard output\n"
	"  --out DIR         write comparison.html, comparison.json and plots there, in the language that --lang says\n";

struct compare_line {
	struct comparing where;
	bool strict, only_different, force, json;
	const char *bound, *least;
	struct vec words, percentiles;
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

static int of_the_other(const char *option, const char *what)
{
	return cmd_usage(&command_compare, "--%s is for %s", option, what);
}

static int compare_verdicts(struct compare_line *l)
{
	static const char measurements[] = "measurements of `assay latency`";
	const char *option = l->bound  ? "bound"
		: l->least             ? "least"
		: l->percentiles.count ? "percentile"
		: l->force             ? "force"
		: l->json              ? "json"
				       : NULL;
	int status = option ? of_the_other(option, measurements) : comparing_check(&command_compare, &l->where);
	return status ? status : compare_words(l);
}

static int compare_measurements(const struct compare_line *l)
{
	const char *option = l->strict ? "strict"
		: l->only_different    ? "only-different"
		: l->where.format_name ? "format"
				       : NULL;
	if (option)
		return of_the_other(option, "verdicts of `assay run`");
	return comparing_latency(&l->words,
		&(struct comparing_latency){ .bound = l->bound,
			.least = l->least,
			.percentiles = &l->percentiles,
			.force = l->force,
			.json = l->json,
			.out = l->where.out,
			.language = l->where.language_name });
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
		{ "bound", &l.bound, NULL, NULL },
		{ "percentile", NULL, &l.percentiles, NULL },
		{ "least", &l.least, NULL, NULL },
		{ "force", NULL, NULL, &l.force },
		{ "json", NULL, NULL, &l.json },
		{ NULL, NULL, NULL, NULL },
	};
	int status = EXIT_USAGE;
	if (!options_read(&command_compare, argc, argv, specs, &l.words))
		status = l.words.count < 2                   ? cmd_usage(&command_compare, "needs two runs or more")
			: comparing_latency_wanted(&l.words) ? compare_measurements(&l)
							     : compare_verdicts(&l);
	vec_release(&l.words);
	vec_release(&l.percentiles);
	return status;
}

const struct command command_compare = { "compare", "compare the verdicts of runs, or measurements", usage,
	run_compare };
