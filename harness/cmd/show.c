/* assay show: one scenario as it will be played. */
#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "cmd/select.h"
#include "run/run.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
	"usage: assay show SUITE/SCENARIO|FILE\n"
	"\n"
	"Shows a scenario as it will be played: actors, needs, and every step with the place that it comes from, includes\n"
	"spliced in, and the names of the checks.\n";

static void show_head(const struct scenario *s)
{
	static const char *const roles[] = { "", " owner", " contact", " stranger" };
	static const char *const kinds[] = { [NEED_SERVER] = "server",
		[NEED_ACCOUNT] = "account",
		[NEED_STREAM] = "stream",
		[NEED_SERVICE] = "service",
		[NEED_ALLOW] = "allow",
		[NEED_DRIVER] = "driver",
		[NEED_CLAIM] = "claim",
		[NEED_MECHANISM] = "mechanism",
		[NEED_COMPONENT] = "component",
		[NEED_WEB] = "web",
		[NEED_PEER] = "peer",
		[NEED_CLIENT] = "client",
		[NEED_SECOND] = "second-client" };
	printf("%s: %s\n", s->id, s->title ? s->title : "(no title)");
	if (s->about)
		printf("%s\n", s->about);
	for (size_t i = 0; i < s->need_count; i++)
		printf("needs %s%s %s%s%s%s%s\n", s->needs[i].absent ? "no " : "", kinds[s->needs[i].kind],
			s->needs[i].value, s->needs[i].detail ? " " : "", s->needs[i].detail ? s->needs[i].detail : "",
			s->needs[i].peer ? " at " : "", s->needs[i].peer ? s->needs[i].peer : "");
	for (size_t i = 0; i < s->actor_count; i++)
		printf("actor %s %s/%s%s%s%s\n", s->actors[i].name, s->actors[i].account->name, s->actors[i].resource,
			roles[s->actors[i].account->role], s->actors[i].account->peer ? " at " : "",
			s->actors[i].account->peer ? s->actors[i].account->peer : "");
}

static void show_step(const struct scenario *s, size_t index)
{
	const struct step *step = &s->steps[index];
	if (index == s->finally)
		printf("\nfinally\n");
	printf("%s:%d: %s\n", step->position.file, step->position.line, step->source);
	if (step->actor && strncmp(step->source, step->actor->name, strlen(step->actor->name)) != 0)
		printf("    by %s\n", step->actor->name);
	if (step->check.level != LEVEL_NONE)
		printf("    check %s (%s)\n", step->check.id, level_name(step->check.level));
	for (size_t i = 0; i < step->element_count; i++) {
		BUF_AUTO text = BUF_INIT;
		xml_print_pretty(xml_root(step->elements[i]), &text);
		printf("%s\n", buf_text(&text));
	}
	for (size_t i = 0; i < step->expectation_count; i++) {
		BUF_AUTO text = BUF_INIT;
		pattern_print(step->expectations[i].pattern, NULL, &text);
		printf("%s\n", buf_text(&text));
	}
	if (step->raw)
		printf("%s\n", step->raw);
	for (size_t i = 0; step->expressions && step->expressions[i]; i++)
		printf("    %s\n", step->expressions[i]);
}

static struct scenario *find_scenario(const char *word, struct err *e)
{
	struct arena a = ARENA_INIT;
	struct vec errors = VEC_INIT;
	const char *path = file_exists(word) ? word : data_path(&a, arena_printf(&a, "suites/%s.scn", word));
	struct scenario *s = NULL;
	if (!file_exists(path))
		err_set(e, ERR_USAGE, word, "there is no such scenario; `assay list --scenarios` names them");
	else if (!(s = scenario_load(path, NULL, &errors)))
		*e = *(struct err *)errors.items[0];
	for (size_t i = 0; i < errors.count; i++)
		free(errors.items[i]);
	vec_release(&errors);
	arena_release(&a);
	return s;
}

static int run_show(int argc, char **argv)
{
	struct err e;
	struct vec words = VEC_INIT;
	const struct option_spec none[] = { { NULL, NULL, NULL, NULL } };
	int status = EXIT_USAGE;
	if (options_read(&command_show, argc, argv, none, &words) == 0 && words.count != 1)
		cmd_usage(&command_show, "needs one scenario");
	else if (words.count == 1) {
		struct scenario *s = find_scenario(words.items[0], &e);
		status = s ? EXIT_AS_EXPECTED : cmd_fail(&e);
		if (s) {
			show_head(s);
			putchar('\n');
		}
		for (size_t i = 0; s && i < s->step_count; i++)
			show_step(s, i);
		scenario_free(s);
	}
	vec_release(&words);
	return status;
}

const struct command command_show = { "show", "show a scenario as it will be played", usage, run_show };
