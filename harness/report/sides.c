#include "report/sides.h"
#include "base/text.h"
#include "report/private.h"
#include <stdlib.h>
#include <string.h>

/* ---- reading ---- */

struct side *side_read(const char *path, struct err *e)
{
	size_t i;
	json_t *check, *result = stored_result(path, e);
	if (!result)
		return NULL;
	struct side *s = memory_alloc(sizeof *s);
	s->path = path;
	s->result = result;
	s->checks = json_object();
	s->started = stored_text(result, "tool", "started");
	json_array_foreach(json_object_get(result, "checks"), i, check)
		json_object_set(s->checks, json_member_text(check, "id"), check);
	return s;
}

void side_free(struct side *s)
{
	json_decref(s->result);
	json_decref(s->checks);
	free(s->label);
	free(s);
}

/* ---- what one of them says of a check ---- */

const json_t *side_check(const struct side *s, const char *id)
{
	return json_object_get(s->checks, id);
}

const char *side_verdict(const struct side *s, const char *id)
{
	const json_t *check = side_check(s, id);
	return check ? json_member_text(check, "verdict") : "absent";
}

bool verdict_played(const char *verdict)
{
	return strcmp(verdict, "unsupported") != 0 && strcmp(verdict, "not_run") != 0 && strcmp(verdict, "absent") != 0;
}

/* How good what the server did is; -1 where nothing is known of it. */
static int goodness(const char *observed)
{
	return strcmp(observed, "pass") == 0    ? 2
		: strcmp(observed, "weak") == 0 ? 1
		: strcmp(observed, "fail") == 0 ? 0
						: -1;
}

/* What changed from one to the other; NULL where nothing did. */
const char *side_change(const struct side *before, const struct side *after, const char *id)
{
	const char *a = side_verdict(before, id), *b = side_verdict(after, id);
	if (strcmp(a, b) == 0 || (!verdict_played(a) && !verdict_played(b)))
		return NULL;
	if (!verdict_played(a) || !verdict_played(b))
		return verdict_played(b) ? "new" : "gone";
	int from = goodness(stored_observed(side_check(before, id))),
	    to = goodness(stored_observed(side_check(after, id)));
	if (from < 0 || to < 0)
		return "unclear";
	return to > from ? "better" : to < from ? "worse" : "judged";
}

/* ---- names ---- */

/* "x/y/report/" -> "report", "x/y/result.json" -> "y", "one.json" -> "one.json" */
char *side_folder(const char *path)
{
	size_t length = strlen(path);
	while (length > 1 && path[length - 1] == '/')
		length--;
	AUTO_TEXT whole = memory_copy_bytes(path, length);
	char *slash_of_file = strrchr(whole, '/');
	if (slash_of_file && (text_equal(slash_of_file, "/result.json") || text_equal(slash_of_file, "/latency.json")))
		*slash_of_file = 0;
	const char *slash = strrchr(whole, '/');
	return memory_copy_text(slash && slash[1] ? slash + 1 : whole);
}

/* Whether another side is called the same. */
static bool is_shared(const struct vec *sides, size_t number)
{
	for (size_t i = 0; i < sides->count; i++)
		if (i != number &&
			strcmp(((const struct side *)sides->items[i])->label,
				((const struct side *)sides->items[number])->label) == 0)
			return true;
	return false;
}

/* Gives each that is not called by a name of its own a longer one. */
static void part_names(const struct vec *sides, bool by_number)
{
	char **longer = memory_alloc(sides->count * sizeof *longer + 1);
	for (size_t i = 0; i < sides->count; i++) {
		const struct side *s = sides->items[i];
		if (!is_shared(sides, i))
			continue;
		AUTO_TEXT folder = side_folder(s->path);
		longer[i] = by_number ? memory_printf("%s #%zu", s->label, i + 1)
				      : memory_printf("%s (%s)", s->label, folder);
	}
	for (size_t i = 0; i < sides->count; i++) {
		struct side *s = sides->items[i];
		if (!longer[i])
			continue;
		free(s->label);
		s->label = longer[i];
	}
	free(longer);
}

void sides_name(const struct vec *sides)
{
	for (size_t i = 0; i < sides->count; i++) {
		struct side *s = sides->items[i];
		const char *product = stored_tested(s->result, "product");
		const char *name = *product ? product : stored_tested(s->result, "name");
		s->label = *name ? memory_copy_text(name) : side_folder(s->path);
	}
	part_names(sides, false);
	part_names(sides, true);
}
