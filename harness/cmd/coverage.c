/* assay coverage: which requirements have checks. */
#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "cmd/select.h"
#include <stdio.h>
#include <string.h>

static const char usage[] =
	"usage: assay coverage [--open] [--spec GLOB]\n"
	"\n"
	"Counts, for each specification of the catalogue, the requirements that checks rest on, those that are waived because\n"
	"no black box can see them (or because they bind clients), and those that are open. --open lists the open ones.\n";

struct counts {
	size_t entries, covered, waived, open;
};

static bool is_cited(const struct vec *scenarios, const char *key)
{
	for (size_t i = 0; i < scenarios->count; i++) {
		const struct scenario *s = scenarios->items[i];
		for (size_t k = 0; k < s->step_count; k++)
			for (size_t c = 0; s->steps[k].check.cites && s->steps[k].check.cites[c]; c++)
				if (strcmp(s->steps[k].check.cites[c], key) == 0)
					return true;
	}
	return false;
}

static void count(struct counts *c, const struct requirement *r, bool cited)
{
	c->entries++;
	if (cited)
		c->covered++;
	else if (*r->waiver || strcmp(r->duty, "client") == 0)
		c->waived++;
	else
		c->open++;
}

static void print_counts(const char *name, const struct counts *c)
{
	printf("%-10s %4zu requirements, %4zu with checks, %4zu waived, %4zu open\n", name, c->entries, c->covered,
		c->waived, c->open);
}

static void print_coverage(const struct catalogue *catalogue, const struct vec *scenarios, const char *glob, bool open)
{
	struct counts all = { 0 }, one = { 0 };
	const char *spec = NULL;
	for (size_t i = 0; i < catalogue->entries.count; i++) {
		const struct requirement *r = catalogue->entries.items[i];
		if (glob && !text_glob(glob, r->spec))
			continue;
		if (spec && strcmp(spec, r->spec) != 0) {
			print_counts(spec, &one);
			one = (struct counts){ 0 };
		}
		spec = r->spec;
		bool cited = is_cited(scenarios, r->key);
		size_t before = one.open;
		count(&one, r, cited);
		count(&all, r, cited);
		if (open && one.open > before)
			printf("%s\t%s\t%s\t%s\n", r->key, r->section, level_name(r->level), r->text);
	}
	if (spec)
		print_counts(spec, &one);
	print_counts("all", &all);
}

static int run_coverage(int argc, char **argv)
{
	struct err e;
	struct arena a = ARENA_INIT;
	struct catalogue catalogue = { 0 };
	struct selection selection = { .shards = 1 };
	struct vec scenarios = VEC_INIT, words = VEC_INIT;
	const char *glob = NULL;
	bool open = false;
	const struct option_spec specs[] = { { "open", NULL, NULL, &open }, { "spec", &glob, NULL, NULL },
		{ NULL, NULL, NULL, NULL } };
	int status = EXIT_USAGE;
	if (options_read(&command_coverage, argc, argv, specs, &words))
		goto out;
	if (words.count)
		cmd_usage(&command_coverage, "takes no argument");
	else if (catalogue_load(&catalogue, data_path(&a, "suites/catalogue"), &e) ||
		select_scenarios(&selection, &scenarios, &e))
		status = cmd_fail(&e);
	else {
		print_coverage(&catalogue, &scenarios, glob, open);
		status = EXIT_AS_EXPECTED;
	}
out:
	select_release(&scenarios);
	vec_release(&words);
	catalogue_release(&catalogue);
	arena_release(&a);
	return status;
}

const struct command command_coverage = { "coverage", "which requirements of the specifications have checks", usage,
	run_coverage };
