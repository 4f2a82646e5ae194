#include "cmd/checks.h"
#include "base/text.h"
#include "run/journal.h"
#include <glob.h>
#include <stdlib.h>
#include <string.h>

static void add_checks(const char *file, const struct map *addresses, struct vec *ids)
{
	struct vec errors = VEC_INIT;
	struct scenario *s = scenario_load(file, addresses, &errors);
	for (size_t i = 0; s && i < scenario_checks(s); i++) {
		BUF_AUTO id = BUF_INIT;
		vec_push(ids, memory_copy_text(scenario_check_id(s, i, &id)));
	}
	for (size_t i = 0; i < errors.count; i++)
		free(errors.items[i]);
	vec_release(&errors);
	scenario_free(s);
}

static int add_folder(const char *path, const struct map *addresses, struct vec *ids, struct err *e)
{
	struct arena a = ARENA_INIT;
	struct vec files = VEC_INIT;
	int result = directory_files(&a, path, ".scn", &files, e) || directory_files(&a, path, ".scs", &files, e);
	for (size_t i = 0; i < files.count && !result; i++)
		add_checks(files.items[i], addresses, ids);
	vec_release(&files);
	arena_release(&a);
	return result ? -1 : 0;
}

/* The scripts in the folder that the script is in, itself among them. */
static void add_neighbours(const char *file, const struct map *addresses, struct vec *ids)
{
	static const char *const kinds[] = { "scn", "scs" };
	const char *slash = strrchr(file, '/');
	BUF_AUTO folder = BUF_INIT;
	for (const char *c = file; slash && c < slash; c++) {
		if (strchr("*?[]\\", *c))
			buf_add_char(&folder, '\\');
		buf_add_char(&folder, *c);
	}
	for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
		glob_t found;
		AUTO_TEXT pattern = memory_printf("%s%s*.%s", buf_text(&folder), slash ? "/" : "", kinds[k]);
		if (glob(pattern, 0, NULL, &found))
			continue;
		for (size_t i = 0; i < found.gl_pathc; i++)
			add_checks(found.gl_pathv[i], addresses, ids);
		globfree(&found);
	}
}

int checks_list(const struct vec *files, const struct map *addresses, struct vec *ids, struct err *e)
{
	struct arena a = ARENA_INIT;
	int result = add_folder(data_path(&a, "suites"), NULL, ids, e);
	for (size_t i = 0; i < files->count && !result; i++) {
		if (file_is_directory(files->items[i]))
			result = add_folder(files->items[i], addresses, ids, e);
		else
			add_neighbours(files->items[i], addresses, ids);
	}
	arena_release(&a);
	return result;
}

void checks_release(struct vec *ids)
{
	for (size_t i = 0; i < ids->count; i++)
		free(ids->items[i]);
	vec_release(ids);
}

int checks_baseline(struct baseline *b, const char *path, const struct vec *files, const struct map *addresses,
	enum transport transport, struct err *e)
{
	struct vec ids = VEC_INIT;
	if (baseline_load(b, path, transport, e))
		return -1;
	int result = checks_list(files, addresses, &ids, e) || baseline_match(b, &ids, e) ? -1 : 0;
	checks_release(&ids);
	if (result)
		baseline_release(b);
	return result;
}
