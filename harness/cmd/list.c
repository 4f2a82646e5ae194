/* assay list: which checks there are. */
#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "cmd/select.h"
#include "run/run.h"
#include "target/client.h"
#include "target/fault.h"
#include <stdio.h>

static const char usage[] =
	"usage: assay list [FILE|DIR…] [--profile NAME] [--suite GLOB] [--check GLOB] [--tag TAG] [--scenarios]\n"
	"       assay list --faults [DIR]\n"
	"       assay list --clients\n"
	"\n"
	"Lists checks, one a line: name, level, what it rests on, title. With --scenarios the scenarios: name, number of\n"
	"checks, title. With --faults the mistakes that `assay run fixture:prosody --fault NAME` can make: name, what is wrong,\n"
	"and the checks that have to do with it. With --clients the clients that `assay run --client NAME` can test.\n";

static void list_checks(const struct scenario *s, const char *glob)
{
	for (size_t i = 0; i < s->step_count; i++) {
		const struct check *c = &s->steps[i].check;
		if (c->level == LEVEL_NONE || (glob && !text_glob(glob, c->id)))
			continue;
		printf("%s\t%s\t", c->id, level_name(c->level));
		for (size_t k = 0; c->cites[k]; k++)
			printf("%s%s", k ? " " : "", c->cites[k]);
		printf("\t%s\n", c->title ? c->title : "");
	}
	if (s->scansion)
		printf("%s/runs\tmust\t\t%s\n", s->id, s->title ? s->title : "");
}

static int list_faults(const char *folder)
{
	struct err e;
	struct arena a = ARENA_INIT;
	struct vec faults = VEC_INIT;
	int status = EXIT_AS_EXPECTED;
	if (!folder)
		folder = fault_folder(&a, "fixture:prosody", &e);
	else if (!file_exists(arena_printf(&a, "%s/faults.tsv", folder))) {
		err_set(&e, ERR_USAGE, folder, "holds no list of faults, faults.tsv");
		folder = NULL;
	}
	if (!folder || fault_list(&a, folder, &faults, &e))
		status = cmd_fail(&e);
	for (size_t i = 0; i < faults.count && status == EXIT_AS_EXPECTED; i++) {
		const struct fault *fault = faults.items[i];
		printf("%s\t%s\t%s\n", fault->name, fault->what, fault->checks);
	}
	vec_release(&faults);
	arena_release(&a);
	return status;
}

static void list_clients(void)
{
	struct arena a = ARENA_INIT;
	struct vec names = VEC_INIT;
	client_names(&a, &names);
	for (size_t i = 0; i < names.count; i++)
		printf("%s\n", (const char *)names.items[i]);
	vec_release(&names);
	arena_release(&a);
}

static int run_list(int argc, char **argv)
{
	struct err e;
	struct selection selection = { .shards = 1 };
	struct vec scenarios = VEC_INIT;
	bool only_scenarios = false, only_faults = false, only_clients = false;
	const struct option_spec specs[] = {
		{ "profile", &selection.profile, NULL, NULL },
		{ "suite", &selection.suite, NULL, NULL },
		{ "check", &selection.check, NULL, NULL },
		{ "tag", &selection.tag, NULL, NULL },
		{ "scenarios", NULL, NULL, &only_scenarios },
		{ "faults", NULL, NULL, &only_faults },
		{ "clients", NULL, NULL, &only_clients },
		{ NULL, NULL, NULL, NULL },
	};
	int status = EXIT_USAGE;
	if (options_read(&command_list, argc, argv, specs, &selection.files))
		goto out;
	if (only_clients) {
		if (argc > 2)
			cmd_usage(&command_list, "--clients stands alone");
		else
			list_clients();
		status = argc > 2 ? EXIT_USAGE : EXIT_AS_EXPECTED;
		goto out;
	}
	if (only_faults && (selection.files.count > 1 || argc > (int)selection.files.count + 2)) {
		status = cmd_usage(&command_list, "--faults stands alone, or with one folder");
		goto out;
	}
	if (only_faults) {
		status = list_faults(selection.files.count ? selection.files.items[0] : NULL);
		goto out;
	}
	int fault = select_scenarios(&selection, &scenarios, &e);
	if (!fault && !scenarios.count && selection.profile) { /* a profile for clients */
		selection.client = true;
		fault = select_scenarios(&selection, &scenarios, &e);
	}
	if (fault) {
		status = cmd_fail(&e);
		goto out;
	}
	for (size_t i = 0; i < scenarios.count; i++) {
		const struct scenario *s = scenarios.items[i];
		if (only_scenarios)
			printf("%s\t%zu\t%s\n", s->id, scenario_checks(s), s->title ? s->title : "");
		else
			list_checks(s, selection.check);
	}
	status = EXIT_AS_EXPECTED;
out:
	select_release(&scenarios);
	vec_release(&selection.files);
	return status;
}

const struct command command_list = { "list", "list scenarios and checks", usage, run_list };
