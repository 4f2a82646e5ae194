#include "golden.h"
#include "base/text.h"
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FOLDER "harness/tests/report/golden"

/* Tests run where the Makefile is. */
void golden_start(void)
{
	if (file_exists("reports/html.xsl"))
		setenv("ASSAY_DATA", ".", 0);
	xml_start();
}

char *golden_path(const char *name)
{
	struct arena arena = ARENA_INIT;
	char *path = memory_copy_text(data_path(&arena, FOLDER));
	arena_release(&arena);
	char *whole = memory_printf("%s/%s", path, name);
	free(path);
	return whole;
}

struct results golden_results(const char *name)
{
	struct err e;
	struct results r;
	AUTO_TEXT file = memory_printf("%s.jsonl", name);
	AUTO_TEXT path = golden_path(file);
	if (results_from_journal(&r, path, &e))
		ck_abort_msg("%s: %s: %s", name, e.where, e.message);
	return r;
}

/* Where two texts part, for the message. */
static size_t first_difference(const char *a, const char *b, size_t *line)
{
	size_t i = 0;
	*line = 1;
	while (a[i] && a[i] == b[i])
		*line += a[i++] == '\n';
	while (i && a[i - 1] != '\n')
		i--;
	return i;
}

void golden_compare(const char *name, const struct buf *text)
{
	struct err e;
	size_t line;
	BUF_AUTO golden = BUF_INIT;
	AUTO_TEXT path = golden_path(name);
	if (getenv("UPDATE_GOLDEN")) {
		ck_assert_int_eq(file_write(path, buf_text(text), text->len, &e), 0);
		return;
	}
	if (file_read(path, &golden, &e))
		ck_abort_msg("%s: %s (UPDATE_GOLDEN=1 writes it)", e.where, e.message);
	if (golden.len == text->len && memcmp(buf_text(&golden), buf_text(text), text->len) == 0)
		return;
	size_t at = first_difference(buf_text(&golden), buf_text(text), &line);
	ck_abort_msg("%s:%zu differs (UPDATE_GOLDEN=1 rewrites it)\n  golden: %.160s\n  now:    %.160s", path, line,
		buf_text(&golden) + at, buf_text(text) + at);
}

const char *journal_file(const char *text)
{
	struct err e;
	static char path[64];
	snprintf(path, sizeof path, "/tmp/assay-test-journal-%d", (int)getpid());
	ck_assert_int_eq(file_write(path, text, strlen(text), &e), 0);
	return path;
}
