/* What an operator can do about a check that failed: the lines of suites/mends.tsv that name it. */
#include "base/text.h"
#include "report/private.h"
#include <string.h>

#define COLUMNS 4 /* globs over check ids, product, English, German */

struct mend {
	const char *globs, *product, *texts[2];
};

static const char *const languages[] = { "en", "de" };

static int split(char *line, char *fields[COLUMNS])
{
	for (size_t i = 0; i < COLUMNS; i++) {
		fields[i] = line;
		line += strcspn(line, "\t");
		if (!*line && i + 1 < COLUMNS)
			return -1;
		*line++ = 0;
		if (!*fields[i])
			return -1;
	}
	return 0;
}

/* The table; without the file there is none. */
static int read_mends(struct arena *a, struct vec *out, struct err *e)
{
	const char *path = data_path(a, "suites/mends.tsv");
	BUF_AUTO text = BUF_INIT;
	if (!file_exists(path))
		return 0;
	if (file_read(path, &text, e))
		return -1;
	int number = 0;
	for (char *rest = arena_text(a, buf_text(&text)), *line; (line = strsep(&rest, "\n"));) {
		char *fields[COLUMNS];
		number++;
		if (!*line || number == 1)
			continue;
		if (split(line, fields)) {
			AUTO_TEXT where = memory_printf("%s:%d", path, number);
			return err_set(
				e, ERR_USAGE, where, "expected four columns parted by tabs: checks, product, en, de");
		}
		struct mend *mend = arena_alloc(a, sizeof *mend);
		*mend = (struct mend){ fields[0], fields[1], { fields[2], fields[3] } };
		vec_push(out, mend);
	}
	return 0;
}

static void add_mends(xmlNode *check, const struct vec *mends)
{
	for (size_t i = 0; i < mends->count; i++) {
		const struct mend *mend = mends->items[i];
		if (!text_glob(mend->globs, xml_attribute(check, "id")))
			continue;
		for (size_t k = 0; k < sizeof languages / sizeof *languages; k++) {
			xmlNode *node = node_add(check, "mend");
			node_set(node, "product", mend->product);
			node_set(node, "lang", languages[k]);
			node_text(node, mend->texts[k]);
		}
	}
}

static bool wants_mend(const xmlNode *check)
{
	const char *verdict = xml_attribute(check, "verdict");
	return text_equal(verdict, "fail") || text_equal(verdict, "weak") || text_equal(verdict, "known");
}

int mends_add(xmlDoc *doc, struct err *e)
{
	struct arena a = ARENA_INIT;
	struct vec mends = VEC_INIT;
	int result = read_mends(&a, &mends, e);
	xmlNode *suite = result ? NULL : xml_child(xml_root(doc), "suite", NULL);
	for (; suite; suite = xml_next(suite, "suite", NULL))
		for (xmlNode *one = xml_child(suite, "scenario", NULL); one; one = xml_next(one, "scenario", NULL))
			for (xmlNode *check = xml_child(one, "check", NULL); check;
				check = xml_next(check, "check", NULL))
				if (wants_mend(check))
					add_mends(check, &mends);
	vec_release(&mends);
	arena_release(&a);
	return result;
}
