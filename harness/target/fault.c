/* Faults: which there are, and how a fixture is asked for one. The fixture loads it (fixtures/README.md). */
#include "target/fault.h"
#include "base/text.h"
#include "target/private.h"
#include <stdlib.h>
#include <string.h>

const char *fault_folder(struct arena *a, const char *target, struct err *e)
{
	if (!text_starts(target, "fixture:")) {
		err_set(e, ERR_USAGE, target, "only a fixture can be started with a fault, such as fixture:prosody");
		return NULL;
	}
	const char *fixture = fixture_folder(a, target + strlen("fixture:"), e);
	if (!fixture)
		return NULL;
	const char *folder = arena_printf(a, "%s/faults", fixture);
	if (file_is_directory(folder))
		return folder;
	err_set(e, ERR_USAGE, target, "has no faults; fixture:prosody has");
	return NULL;
}

static const struct fault *find_fault(const struct vec *faults, const char *name)
{
	for (size_t i = 0; i < faults->count; i++)
		if (strcmp(((const struct fault *)faults->items[i])->name, name) == 0)
			return faults->items[i];
	return NULL;
}

static int read_fault(struct arena *a, const char *path, int number, char *line, struct vec *faults, struct err *e)
{
	char *fields[4];
	const char *where = arena_printf(a, "%s:%d", path, number);
	for (size_t i = 0; i < 4; i++) {
		fields[i] = line;
		line = line ? strchr(line, '\t') : NULL;
		if (line)
			*line++ = 0;
		if (!fields[i] || !*fields[i] || (i == 3 && line))
			return err_set(e, ERR_USAGE, where,
				"expected four fields parted by tabs: module, place, what is wrong, checks");
	}
	if (strcmp(fields[1], "host") != 0 && strcmp(fields[1], "rooms") != 0 && strcmp(fields[1], "component") != 0)
		return err_set(e, ERR_USAGE, where, "the place is host, rooms or component, not '%s'", fields[1]);
	if (find_fault(faults, fields[0]))
		return err_set(e, ERR_USAGE, where, "the fault '%s' is listed before", fields[0]);
	struct fault *fault = arena_alloc(a, sizeof *fault);
	*fault = (struct fault){ arena_text(a, fields[0]), arena_text(a, fields[1]), arena_text(a, fields[2]),
		arena_text(a, fields[3]) };
	vec_push(faults, fault);
	return 0;
}

int fault_list(struct arena *a, const char *folder, struct vec *faults, struct err *e)
{
	const char *path = arena_printf(a, "%s/faults.tsv", folder);
	BUF_AUTO text = BUF_INIT;
	int number = 0;
	if (!file_exists(path))
		return 0;
	if (file_read(path, &text, e))
		return -1;
	for (char *line = text.data, *next; line && *line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = 0;
		number++;
		if (*line && *line != '#' && read_fault(a, path, number, line, faults, e))
			return -1;
	}
	return 0;
}

/* The fixture's own module that loads the fault. */
#define LOADER "assay_fault"

/* A name that is like a path or an option must not reach a path. */
static bool is_module_name(const char *name)
{
	return *name && name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")] == 0;
}

/* `folder`: as the user named it, NULL for the fixture's. */
static int no_such_fault(const char *name, const char *folder, const struct vec *faults, struct err *e)
{
	if (find_fault(faults, name))
		return err_set(
			e, ERR_USAGE, folder, "the fault '%s' is listed, but its mod_%s.lua is missing", name, name);
	if (!faults->count)
		return err_set(e, ERR_USAGE, folder, "there is no fault '%s': no mod_%s.lua", name, name);
	const char **names = memory_alloc((faults->count + 1) * sizeof *names);
	for (size_t i = 0; i < faults->count; i++)
		names[i] = ((const struct fault *)faults->items[i])->name;
	const char *near = text_nearest(name, names, faults->count);
	err_set(e, ERR_USAGE, folder, "there is no fault '%s'%s%s%s; `assay list --faults%s%s` shows what there is",
		name, near ? " (did you mean '" : "", near ? near : "", near ? "'?)" : "", folder ? " " : "",
		folder ? folder : "");
	free(names);
	return -1;
}

int fault_choose(
	struct arena *a, const char *target, const char *name, const char *folder, struct vec *options, struct err *e)
{
	struct vec faults = VEC_INIT;
	const char *own = fault_folder(a, target, e);
	int result = -1;
	if (!own)
		return -1;
	for (size_t i = 0; i < options->count; i++)
		if (text_starts(options->items[i], "ASSAY_FIXTURE_FAULT"))
			return err_set(e, ERR_USAGE, options->items[i], "a server has one fault, and --fault names it");
	if (folder && !file_is_directory(folder))
		return err_set(e, ERR_USAGE, folder, "is no folder; --fault-dir takes one that holds mod_%s.lua", name);
	char *absolute = realpath(folder ? folder : own, NULL);
	if (!absolute)
		return err_set(e, ERR_USAGE, folder ? folder : own, "cannot be entered");
	if (fault_list(a, absolute, &faults, e) == 0) {
		const char *module = arena_printf(a, "%s/mod_%s.lua", absolute, name);
		if (!is_module_name(name) || strcmp(name, LOADER) == 0 || !file_exists(module)) {
			no_such_fault(name, folder, &faults, e);
		} else {
			vec_push(options, arena_printf(a, "ASSAY_FIXTURE_FAULT=%s", name));
			vec_push(options, arena_printf(a, "ASSAY_FIXTURE_FAULT_FOLDER=%s", absolute));
			result = 0;
		}
	}
	free(absolute);
	vec_release(&faults);
	return result;
}
