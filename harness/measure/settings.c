/* What two measurements were made with, and whether their figures can be compared at all. */
#include "base/text.h"
#include "measure/compare.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What says which measurement it is, not how it was made. */
static const char *const no_settings[] = { "assay", "format", "started" };
/* What makes figures more or less sure, and not other figures. */
static const char *const mild[] = { "version", "repetitions", "seed", "count" };

static bool is_among(const char *name, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (text_equal(name, list[i]))
			return true;
	return false;
}
#define AMONG(name, list) is_among(name, list, sizeof list / sizeof *list)

/* A plain value as a person reads it; "" for what is none. free(). */
static char *value_text(const json_t *value)
{
	if (json_is_string(value))
		return memory_copy_text(json_string_value(value));
	if (json_is_number(value))
		return memory_printf("%.10g", json_number_value(value));
	return memory_copy_text(json_is_true(value) ? "yes" : json_is_false(value) ? "no" : "");
}

static void add(json_t *list, const char *name, const char *workload, size_t system, const char *base,
	const char *other, bool grave)
{
	json_array_append_new(list,
		json_pack("{s:s, s:s, s:i, s:s, s:s, s:b}", "name", name, "workload", workload, "system",
			(int)system + 1, "base", base, "other", other, "grave", grave));
}

/* A setting that one of them does not know of is told, and no reason to refuse. */
static void compare_member(
	json_t *list, const char *name, const char *workload, size_t system, const json_t *base, const json_t *other)
{
	AUTO_TEXT a = value_text(json_object_get(base, name));
	AUTO_TEXT b = value_text(json_object_get(other, name));
	if (!text_equal(a, b))
		add(list, name, workload, system, a, b, *a && *b && !AMONG(name, mild));
}

static bool is_plain(const json_t *value)
{
	return json_is_string(value) || json_is_number(value) || json_is_boolean(value);
}

static void compare_wholes(json_t *list, size_t system, const json_t *base, const json_t *other)
{
	const char *name;
	const json_t *value;
	json_object_foreach((json_t *)base, name, value)
		if (is_plain(value) && !AMONG(name, no_settings))
			compare_member(list, name, "", system, base, other);
	json_object_foreach((json_t *)other, name, value)
		if (is_plain(value) && !AMONG(name, no_settings) && !json_object_get(base, name))
			compare_member(list, name, "", system, base, other);
}

static double number(const json_t *object, const char *name)
{
	return json_number_value(json_object_get(object, name));
}

/* The part of the requests that warms up, which is a whole number of them. */
static void compare_warm_up(json_t *list, const char *workload, size_t system, const json_t *base, const json_t *other)
{
	double of_base = number(base, "count"), of_other = number(other, "count");
	if (of_base < 1 || of_other < 1)
		return;
	double a = number(base, "warm_up") / of_base, b = number(other, "warm_up") / of_other;
	if (fabs(a - b) <= 1 / of_base + 1 / of_other)
		return;
	AUTO_TEXT first = memory_printf("%.3g %%", 100 * a);
	AUTO_TEXT second = memory_printf("%.3g %%", 100 * b);
	add(list, "warm_up", workload, system, first, second, true);
}

static void compare_workload(json_t *list, size_t system, const json_t *base, const json_t *other, bool same_rate)
{
	const char *name = json_string_value(json_object_get(base, "name"));
	const char *a = json_string_value(json_object_get(json_object_get(base, "about"), "en"));
	const char *b = json_string_value(json_object_get(json_object_get(other, "about"), "en"));
	if (a && b && !text_equal(a, b))
		add(list, "definition", name, system, a, b, true);
	if (same_rate)
		compare_member(list, "rate", name, system, base, other);
	compare_member(list, "count", name, system, base, other);
	compare_warm_up(list, name, system, base, other);
}

json_t *settings_compare(const struct compared *sides, size_t count)
{
	json_t *list = json_array();
	const json_t *base = sides[0].result, *w, *v;
	size_t k, m;
	for (size_t i = 1; i < count; i++) {
		const json_t *other = sides[i].result;
		bool same_rate = number(base, "rate") == number(other, "rate");
		compare_wholes(list, i, base, other);
		json_array_foreach(json_object_get(base, "workloads"), k, w)
			json_array_foreach(json_object_get(other, "workloads"), m, v)
				if (json_equal(json_object_get(w, "name"), json_object_get(v, "name")) &&
					json_object_get(w, "series") && json_object_get(v, "series"))
					compare_workload(list, i, w, v, same_rate);
	}
	return list;
}
