#include "script_file.h"
#include "base/text.h"
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[64];
static char path[256];
static struct buf told = BUF_INIT;
static struct vec written = VEC_INIT;

void script_folder_make(void)
{
	xml_start();
	strcpy(folder, "/tmp/assay-test-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
}

void script_folder_remove(void)
{
	for (size_t i = 0; i < written.count; i++) {
		unlink(written.items[i]);
		free(written.items[i]);
	}
	vec_release(&written);
	rmdir(folder);
	buf_release(&told);
}

const char *script_file(const char *name, const char *text)
{
	struct err e;
	snprintf(path, sizeof path, "%s/%s", folder, name);
	ck_assert_int_eq(file_write(path, text, strlen(text), &e), 0);
	vec_push(&written, memory_copy_text(path));
	return path;
}

struct scenario *script_load(const char *name, const char *text, const char **faults)
{
	struct vec errors = VEC_INIT;
	const char *file = script_file(name, text);
	struct scenario *s = scenario_load(file, NULL, &errors);
	buf_clear(&told);
	for (size_t i = 0; i < errors.count; i++) {
		const struct err *e = errors.items[i];
		ck_assert_int_eq(e->class, ERR_SCRIPT);
		const char *where = text_starts(e->where, file) ? e->where + strlen(file) + 1 : e->where;
		buf_printf(&told, "%s: %s\n", where, e->message);
		free(errors.items[i]);
	}
	vec_release(&errors);
	*faults = buf_text(&told);
	return s;
}
