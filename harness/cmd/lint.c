/* assay lint: are the scripts sound? */
#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/lint_words.h"
#include "cmd/options.h"
#include "run/run.h"
#include "script/profile.h"
#include "script/script.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
	"usage: assay lint [FILE|DIR…]\n"
	"\n"
	"Reads scripts (.scn, .scs) whole and checks them, without connecting anywhere; without an argument, the suites.\n"
	"Faults are errors. Warned of: a scenario without a check or a title, a citation that the catalogue lacks, a check\n"
	"whose level is not the catalogue's. In the suites themselves a citation that the catalogue lacks is an error, and so is\n"
	"a header that cites what no check cites, or lacks what one does; where\n"
	"all of them are read, the profiles are, too: each glob in them, and in mends.tsv, must find a check; and each check must have its words\n"
	"in every language of the reports. Exit status 2 when there is an error. The last line counts.\n";

struct lint {
	struct catalogue catalogue;
	struct map ids;              /* scenario id -> file */
	struct vec check_ids, words; /* names of checks; of all that is translated */
	struct arena arena;
	const char *suites;
	size_t scenarios, checks, errors, warnings;
};

static void say(struct lint *l, bool error, const char *file, int line, const char *format, ...)
	__attribute__((format(printf, 5, 6)));
static void say(struct lint *l, bool error, const char *file, int line, const char *format, ...)
{
	va_list args;
	printf("%s:%d:1: %s: ", file, line, error ? "error" : "warning");
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	if (error)
		l->errors++;
	else
		l->warnings++;
}

static void check_citation(struct lint *l, const struct scenario *s, const struct step *step, const char *key)
{
	const struct requirement *r = catalogue_find(&l->catalogue, key);
	const char *file = step ? step->position.file : s->file;
	int line = step ? step->position.line : 1;
	if (!r) {
		say(l, text_starts(s->file, l->suites), file, line, "the catalogue has no %s", key);
		return;
	}
	/* The first citation is the one that the verdict rests on; the others say what else it is about. */
	if (!step || step->check.cites[0] != key)
		return;
	if (r->level != step->check.level)
		say(l, false, file, line, "the check is a %s, but the catalogue says %s of %s",
			level_name(step->check.level), level_name(r->level), key);
}

static bool step_cites(const struct step *step, const char *key)
{
	for (const char **cite = step->check.cites; cite && *cite; cite++)
		if (strcmp(*cite, key) == 0)
			return true;
	return false;
}

static const struct step *citing_step(const struct scenario *s, const char *key)
{
	for (size_t k = 0; k < s->step_count; k++)
		if (step_cites(&s->steps[k], key))
			return &s->steps[k];
	return NULL;
}

/* What a header says the scenario rests on must be what its checks rest on, or readers look for what is not there. Scripts of
 * others may leave it to their checks; the suites say it once in the header, and whole. */
static void check_header_citations(struct lint *l, const struct scenario *s)
{
	bool ours = text_starts(s->file, l->suites);
	for (size_t i = 0; s->cites[i]; i++) {
		const struct step *step = citing_step(s, s->cites[i]);
		bool twice = false;
		for (size_t k = 0; k < i && i < s->header_cite_count && !twice; k++)
			twice = strcmp(s->cites[k], s->cites[i]) == 0;
		if (!step) {
			check_citation(l, s, NULL, s->cites[i]);
			say(l, ours, s->file, 1, "the header cites %s, but no check does", s->cites[i]);
		} else if (ours && twice) {
			say(l, true, s->file, 1, "the header cites %s twice", s->cites[i]);
		} else if (ours && i >= s->header_cite_count) {
			say(l, true, step->position.file, step->position.line,
				"the check cites %s, but the header does not", s->cites[i]);
		}
	}
}

static void check_scenario(struct lint *l, const struct scenario *s)
{
	const char *other = map_get(&l->ids, s->id);
	if (other)
		say(l, true, s->file, 1, "the id %s is that of %s, too", s->id, other);
	map_set(&l->ids, s->id, s->file);
	l->scenarios++;
	l->checks += scenario_checks(s);
	if (s->scansion)
		return;
	for (size_t k = 0; k < s->step_count; k++)
		if (s->steps[k].check.level != LEVEL_NONE)
			vec_push(&l->check_ids, arena_text(&l->arena, s->steps[k].check.id));
		else if (s->steps[k].check.id)
			vec_push(&l->words, arena_text(&l->arena, s->steps[k].check.id));
	vec_push(&l->words, arena_text(&l->arena, s->id));
	if (s->about)
		vec_push(&l->words, arena_printf(&l->arena, "%s:about", s->id));
	if (!scenario_checks(s))
		say(l, false, s->file, 1, "the scenario has no check: no step says must, should or may");
	if (!s->title)
		say(l, false, s->file, 1, "the scenario has no title");
	check_header_citations(l, s);
	for (size_t k = 0; k < s->step_count; k++)
		for (size_t c = 0; s->steps[k].check.cites && s->steps[k].check.cites[c]; c++)
			check_citation(l, s, &s->steps[k], s->steps[k].check.cites[c]);
}

/* ---- profiles ---- */

static void check_globs(struct lint *l, const char *path, int line, const char *who, const char *globs)
{
	for (size_t length; globs && *(globs += strspn(globs, ", ")); globs += length) {
		length = strcspn(globs, ", ");
		AUTO_TEXT glob = memory_copy_bytes(globs, length);
		bool found = false;
		for (size_t i = 0; i < l->check_ids.count && !found; i++)
			found = text_glob(glob, l->check_ids.items[i]);
		if (!found)
			say(l, true, path, line, "%s: there is no check '%s'", who, glob);
	}
}

static void check_profile(struct lint *l, const char *path)
{
	struct err e;
	struct profile p;
	const char *base = strrchr(path, '/') + 1;
	AUTO_TEXT folder = memory_copy_bytes(path, (size_t)(base - path - 1));
	AUTO_TEXT name = memory_copy_bytes(base, strlen(base) - strlen(".ini"));
	if (profile_load(&p, folder, name, &e)) {
		printf("%s: error: %s\n", e.where[0] ? e.where : path, e.message);
		l->errors++;
		return;
	}
	check_globs(l, path, 1, p.head.name, p.head.checks);
	for (size_t i = 0; i < p.rows.count; i++) {
		const struct profile_part *row = p.rows.items[i];
		if (!row->required && !row->checks && !map_get(&row->texts, "paper"))
			say(l, true, path, 1, "%s: the row has neither checks nor what paper must show", row->name);
		if (!map_get(&row->texts, "title"))
			say(l, true, path, 1, "%s: the row has no title", row->name);
		check_globs(l, path, 1, row->name, row->required);
		check_globs(l, path, 1, row->name, row->checks);
	}
	profile_release(&p);
}

/* What an operator can do must be about a check that there is. */
static int lint_mends(struct lint *l, struct err *e)
{
	BUF_AUTO text = BUF_INIT;
	const char *path = arena_printf(&l->arena, "%s/mends.tsv", l->suites);
	if (file_read(path, &text, e))
		return -1;
	int number = 0;
	for (char *rest = text.data, *line; (line = strsep(&rest, "\n"));) {
		number++;
		line[strcspn(line, "\t")] = 0;
		if (number > 1)
			check_globs(l, path, number, "the line", line);
	}
	return 0;
}

static int lint_profiles(struct lint *l, struct err *e)
{
	struct vec files = VEC_INIT;
	int result = directory_files(&l->arena, arena_printf(&l->arena, "%s/profiles", l->suites), ".ini", &files, e);
	for (size_t i = 0; i < files.count && result == 0; i++)
		check_profile(l, files.items[i]);
	vec_release(&files);
	return result;
}

/* What can only be said of the suites as a whole. */
static int lint_all(struct lint *l, struct err *e)
{
	if (lint_profiles(l, e) || lint_mends(l, e))
		return -1;
	for (size_t i = 0; i < l->check_ids.count; i++)
		vec_push(&l->words, l->check_ids.items[i]);
	int faults = lint_words(&l->words, &l->catalogue, e);
	if (faults < 0)
		return -1;
	l->errors += (size_t)faults;
	return 0;
}

static void lint_file(struct lint *l, const char *file)
{
	struct vec errors = VEC_INIT;
	struct scenario *s = scenario_load(file, NULL, &errors);
	for (size_t i = 0; i < errors.count; i++) {
		const struct err *e = errors.items[i];
		printf("%s: error: %s\n", e->where, e->message);
		l->errors++;
		free(errors.items[i]);
	}
	vec_release(&errors);
	if (s)
		check_scenario(l, s);
	scenario_free(s);
}

static int run_lint(int argc, char **argv)
{
	struct err e;
	struct arena a = ARENA_INIT;
	struct vec words = VEC_INIT, files = VEC_INIT;
	const struct option_spec none[] = { { NULL, NULL, NULL, NULL } };
	int status = EXIT_USAGE;
	struct lint l = { .suites = data_path(&a, "suites") };
	if (options_read(&command_lint, argc, argv, none, &words))
		goto out;
	if (!words.count)
		vec_push(&words, (void *)l.suites);
	for (size_t i = 0; i < words.count; i++) {
		const char *word = words.items[i];
		char *full = realpath(word, NULL); /* so that a file of the suites is known as one */
		const char *path = full && text_starts(full, l.suites) ? arena_text(&a, full) : word;
		free(full);
		if (!file_exists(path) && !file_is_directory(path)) {
			err_set(&e, ERR_USAGE, path, "there is no such file or folder");
			status = cmd_fail(&e);
			goto out;
		}
		if (directory_files(&a, path, ".scn", &files, &e) || directory_files(&a, path, ".scs", &files, &e)) {
			status = cmd_fail(&e);
			goto out;
		}
	}
	if (catalogue_load(&l.catalogue, data_path(&a, "suites/catalogue"), &e)) {
		status = cmd_fail(&e);
		goto out;
	}
	bool all = false;
	for (size_t i = 0; i < words.count; i++) {
		AUTO_TEXT full = realpath(words.items[i], NULL);
		AUTO_TEXT suites = realpath(l.suites, NULL);
		all |= text_equal(full, suites);
	}
	for (size_t i = 0; i < files.count; i++)
		lint_file(&l, files.items[i]);
	if (all && lint_all(&l, &e)) {
		status = cmd_fail(&e);
		goto out;
	}
	printf("%zu scenarios, %zu checks, %zu errors, %zu warnings\n", l.scenarios, l.checks, l.errors, l.warnings);
	status = l.errors ? EXIT_USAGE : EXIT_AS_EXPECTED;
out:
	catalogue_release(&l.catalogue);
	map_release(&l.ids);
	vec_release(&l.check_ids);
	vec_release(&l.words);
	arena_release(&l.arena);
	vec_release(&words);
	vec_release(&files);
	arena_release(&a);
	return status;
}

const struct command command_lint = { "lint", "check scripts without running them", usage, run_lint };
