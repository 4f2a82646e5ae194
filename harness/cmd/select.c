#include "cmd/select.h"
#include "base/text.h"
#include "run/run.h"
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

static bool is_of_client(const struct scenario *s)
{
	for (size_t i = 0; i < s->actor_count; i++)
		if (s->actors[i].client)
			return true;
	return false;
}

static bool is_of_two(const struct scenario *s)
{
	for (size_t i = 0; i < s->actor_count; i++)
		if (s->actors[i].second)
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
	if (profile_globs && (!scenario_selected(scenario, profile_globs) || is_of_client(scenario) != s->client))
		return false; /* what is under test is a client, or a server */
	if (profile_globs && is_of_two(scenario) && !s->second)
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

int select_profile(const struct selection *s, struct profile *p, struct err *e)
{
	struct arena a = ARENA_INIT;
	int result = profile_load(p, data_path(&a, "suites/profiles"), s->profile, e);
	arena_release(&a);
	return result;
}

int select_scenarios(const struct selection *s, struct vec *scenarios, struct err *e)
{
	struct arena a = ARENA_INIT;
	struct profile profile;
	AUTO_TEXT globs = NULL;
	int result = s->profile ? select_profile(s, &profile, e) : 0;
	if (s->profile && result == 0) {
		globs = profile_globs(&profile, s->peer);
		profile_release(&profile);
	}
	if (result == 0)
		result = load(s, globs, &a, scenarios, e);
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
