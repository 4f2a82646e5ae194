#include "cmd/select.h"
#include "base/text.h"
#include "run/run.h"
#include <ini.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct profile {
	char *checks;
	char *fault; /* the first key that is not known */
};

static int profile_line(void *context, const char *section, const char *name, const char *value)
{
	struct profile *p = context;
	if (strcmp(section, "profile") == 0 && strcmp(name, "checks") == 0 && !p->checks)
		p->checks = memory_copy_text(value);
	else if ((strcmp(section, "profile") != 0 || strcmp(name, "title") != 0) && !p->fault)
		p->fault = memory_printf("[%s] %s", section, name);
	return 1;
}

static void list_profiles(struct arena *a, struct buf *out)
{
	struct err ignored;
	struct vec files = VEC_INIT;
	if (directory_files(a, data_path(a, "suites/profiles"), ".ini", &files, &ignored) == 0)
		for (size_t i = 0; i < files.count; i++) {
			const char *base = strrchr(files.items[i], '/') + 1;
			buf_printf(out, "%s%.*s", i ? ", " : "", (int)(strlen(base) - 4), base);
		}
	vec_release(&files);
}

/* The globs of a profile; the caller's. */
static char *read_profile(struct arena *a, const char *name, struct err *e)
{
	struct profile p = { NULL, NULL };
	char *path = data_path(a, arena_printf(a, "suites/profiles/%s.ini", name));
	if (!text_is_slug(name) || !file_exists(path)) {
		BUF_AUTO names = BUF_INIT;
		list_profiles(a, &names);
		err_set(e, ERR_USAGE, NULL, "there is no profile '%s'; there is: %s", name, buf_text(&names));
		return NULL;
	}
	int line = ini_parse(path, profile_line, &p);
	if (line)
		err_set(e, ERR_USAGE, path, "line %d is no `key = value`", line);
	else if (p.fault)
		err_set(e, ERR_USAGE, path, "unknown key %s; there is [profile] title and checks", p.fault);
	else if (!p.checks)
		err_set(e, ERR_USAGE, path, "has no `checks` in [profile]");
	else {
		free(p.fault);
		return p.checks;
	}
	free(p.fault);
	free(p.checks);
	return NULL;
}

/* The suites as a user would name them: from the current folder, where they are below it. */
static const char *suites_folder(struct arena *a)
{
	char here[PATH_MAX];
	const char *path = data_path(a, "suites");
	size_t length = getcwd(here, sizeof here) ? strlen(here) : 0;
	if (!length || strncmp(path, here, length) != 0 || path[length] != '/')
		return path;
	return path + length + strspn(path + length, "/");
}

static int find_files(struct arena *a, const struct selection *s, struct vec *files, struct err *e)
{
	if (!s->files.count)
		return directory_files(a, suites_folder(a), ".scn", files, e);
	for (size_t i = 0; i < s->files.count; i++) {
		const char *name = s->files.items[i];
		if (!file_exists(name) && !file_is_directory(name))
			return err_set(e, ERR_USAGE, name, "there is no such script or folder");
		if (directory_files(a, name, ".scn", files, e) || directory_files(a, name, ".scs", files, e))
			return -1;
	}
	return 0;
}

static uint32_t hash(const char *text)
{
	uint32_t h = 2166136261u; /* FNV-1a */
	for (; *text; text++)
		h = (h ^ (unsigned char)*text) * 16777619u;
	return h;
}

static bool has_tag(const struct scenario *s, const char *tag)
{
	for (size_t i = 0; s->tags && s->tags[i]; i++)
		if (strcmp(s->tags[i], tag) == 0)
			return true;
	return false;
}

static bool is_selected(const struct selection *s, const char *profile_globs, const struct scenario *scenario)
{
	if (s->shards > 1 && hash(scenario->id) % s->shards != s->shard - 1)
		return false;
	if (s->suite && !text_glob(s->suite, scenario->suite))
		return false;
	if (s->tag && !has_tag(scenario, s->tag))
		return false;
	if (profile_globs && !scenario_selected(scenario, profile_globs))
		return false;
	return scenario_selected(scenario, s->check);
}

static int compare_ids(const void *a, const void *b)
{
	const struct scenario *const *x = a, *const *y = b;
	return strcmp((*x)->id, (*y)->id);
}

static int load(const struct selection *s, const char *globs, struct arena *a, struct vec *scenarios, struct err *e)
{
	struct vec files = VEC_INIT, errors = VEC_INIT;
	int result = find_files(a, s, &files, e);
	size_t faults = 0;
	for (size_t i = 0; result == 0 && i < files.count; i++) {
		struct scenario *scenario = scenario_load(files.items[i], s->addresses, &errors);
		if (scenario && is_selected(s, globs, scenario))
			vec_push(scenarios, scenario);
		else
			scenario_free(scenario);
		for (size_t k = 0; k < errors.count; k++) {
			char line[1100];
			*e = *(struct err *)errors.items[k];
			err_format(e, line, sizeof line);
			fprintf(stderr, "%s\n", line);
			free(errors.items[k]);
			faults++;
		}
		vec_clear(&errors);
	}
	vec_release(&errors);
	vec_release(&files);
	if (faults)
		return err_set(e, ERR_SCRIPT, NULL,
			"%zu fault%s in scripts, so nothing was run; `assay lint` checks them", faults,
			faults == 1 ? "" : "s");
	if (scenarios->count)
		qsort(scenarios->items, scenarios->count, sizeof *scenarios->items, compare_ids);
	return result;
}

int select_scenarios(const struct selection *s, struct vec *scenarios, struct err *e)
{
	struct arena a = ARENA_INIT;
	char *globs = NULL;
	int result = -1;
	if (s->profile && !(globs = read_profile(&a, s->profile, e)))
		goto out;
	result = load(s, globs, &a, scenarios, e);
out:
	free(globs);
	arena_release(&a);
	if (result)
		select_release(scenarios);
	return result;
}

void select_release(struct vec *scenarios)
{
	for (size_t i = 0; i < scenarios->count; i++)
		scenario_free(scenarios->items[i]);
	vec_release(scenarios);
}

void select_fixture_options(const struct vec *scenarios, struct vec *options)
{
	for (size_t i = 0; i < scenarios->count; i++) {
		const struct scenario *s = scenarios->items[i];
		for (size_t k = 0; k < s->step_count; k++)
			if (s->steps[k].for_servers) {
				/* Else a fixture lets no other server in: most suites would wait for resolvers. */
				vec_push(options, (void *)"ASSAY_FIXTURE_S2S=yes");
				return;
			}
	}
}

int select_shard(const char *text, unsigned *shard, unsigned *shards)
{
	int64_t of, number;
	const char *slash = strchr(text, '/');
	AUTO_TEXT left = slash ? memory_copy_bytes(text, (size_t)(slash - text)) : NULL;
	if (!left || text_to_number(slash + 1, 1, 1000, &of) || text_to_number(left, 1, of, &number))
		return -1;
	*shard = (unsigned)number;
	*shards = (unsigned)of;
	return 0;
}
