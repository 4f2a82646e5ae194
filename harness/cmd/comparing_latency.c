#include "cmd/comparing_latency.h"
#include "base/log.h"
#include "base/text.h"
#include "cmd/measuring.h"
#include "cmd/options.h"
#include "report/contrast.h"
#include "report/latency.h"
#include "report/sides.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BOUND      10 /* percent */
#define LEAST      50 /* microseconds: what a scheduler of this machine does by chance */
#define SIDES_MOST 8

bool comparing_latency_wanted(const struct vec *paths)
{
	for (size_t i = 0; i < paths->count; i++)
		if (latency_is_there(paths->items[i]))
			return true;
	return false;
}

/* ---- the command line ---- */

static int take_number(const char *option, const char *text, int64_t most, int64_t *out)
{
	if (text && text_to_number(text, 0, most, out))
		return cmd_usage(&command_compare, "--%s takes a number from 0 to %lld, not '%s'", option,
			(long long)most, text);
	return 0;
}

/* "99,50" -> "p99", "p50". */
static int take_percentiles(const struct vec *given, struct arena *a, struct compare_options *o)
{
	size_t count = 0;
	for (size_t i = 0; given && i < given->count; i++)
		for (const char *at = given->items[i]; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL) {
			size_t length = strcspn(at, ",");
			if (!length || strspn(at, "0123456789.") != length || count + 1 >= COMPARE_PERCENTS_MOST)
				return cmd_usage(&command_compare,
					"--percentile takes at most %d percentiles such as 50 or 99.9, not '%s'",
					COMPARE_PERCENTS_MOST - 1, (const char *)given->items[i]);
			o->percentiles[count++] = arena_printf(a, "p%.*s", (int)length, at);
		}
	if (given && !count) {
		o->percentiles[0] = "p50";
		o->percentiles[1] = "p99";
	}
	return 0;
}

static int take_options(const struct comparing_latency *line, struct arena *a, struct compare_options *o)
{
	int64_t bound = BOUND, least = LEAST;
	if (take_number("bound", line->bound, 100000, &bound) ||
		take_number("least", line->least, 1000000000, &least) || take_percentiles(line->percentiles, a, o))
		return EXIT_USAGE;
	o->bound = (double)bound / 100;
	o->least = (double)least * 1000;
	o->force = line->force;
	return 0;
}

/* ---- the measurements ---- */

struct measurements {
	struct vec sides; /* struct side *, of which only the path, the result and the label are used */
	struct compared list[SIDES_MOST];
};

static int read_one(struct measurements *m, const char *path, struct arena *a, struct err *e)
{
	AUTO_TEXT verdicts = memory_printf("%s/result.json", path);
	if (!latency_is_there(path) && file_exists(verdicts))
		return err_set(e, ERR_USAGE, path,
			"holds the verdicts of a run, and others are measurements of "
			"`assay latency`: they cannot be compared");
	json_t *result = latency_read(path, e);
	if (!result)
		return -1;
	struct side *side = memory_alloc(sizeof *side);
	*side = (struct side){ .path = path, .result = result };
	struct compared *c = &m->list[m->sides.count];
	c->result = result;
	c->path = file_is_directory(path) ? arena_printf(a, "%s/latency.json", path) : path;
	const char *slash = strrchr(c->path, '/');
	c->raw = arena_printf(a, "%.*sraw", slash ? (int)(slash - c->path) + 1 : 0, c->path);
	vec_push(&m->sides, side);
	return 0;
}

static int read_all(struct measurements *m, const struct vec *paths, struct arena *a, struct err *e)
{
	if (paths->count > SIDES_MOST)
		return err_set(e, ERR_USAGE, NULL, "at most %d measurements can be compared", SIDES_MOST);
	for (size_t i = 0; i < paths->count; i++)
		if (read_one(m, paths->items[i], a, e))
			return -1;
	sides_name(&m->sides);
	for (size_t i = 0; i < m->sides.count; i++) {
		BUF_AUTO clean = BUF_INIT;
		contrast_label(((const struct side *)m->sides.items[i])->label, &clean);
		m->list[i].label = arena_text(a, buf_text(&clean));
	}
	return 0;
}

static void release(struct measurements *m)
{
	for (size_t i = 0; i < m->sides.count; i++)
		side_free(m->sides.items[i]);
	vec_release(&m->sides);
}

/* ---- what comes out ---- */

static struct measuring_results results_of(const char *folder, const char *language)
{
	return (struct measuring_results){ "comparison.json", folder, language, contrast_plots, contrast_page };
}

int comparing_latency_again(const char *folder, const char *language)
{
	struct err e;
	if (cmd_language(&command_latency, language, &language))
		return EXIT_USAGE;
	const struct measuring_results r = results_of(folder, language);
	json_t *comparison = contrast_read(folder, &e);
	int status = !comparison || measuring_write_page(&r, comparison, &e) ? cmd_fail(&e) : EXIT_AS_EXPECTED;
	json_decref(comparison);
	return status;
}

static int write_into(const json_t *comparison, const struct measurements *m, const struct comparing_latency *line,
	const char *language, struct err *e)
{
	AUTO_TEXT raw = memory_printf("%s/raw", line->out);
	const struct measuring_results r = results_of(line->out, language);
	if (directory_make(raw, e) || compare_write_data(comparison, m->list, m->sides.count, raw, e))
		return -1;
	return measuring_write(&r, comparison, e);
}

static int tell(const json_t *comparison, const struct measurements *m, const struct comparing_latency *line,
	const char *language, struct err *e)
{
	if (line->out && write_into(comparison, m, line, language, e))
		return cmd_fail(e);
	if (line->json) {
		json_dumpf(comparison, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(9));
		putchar('\n');
	} else {
		latency_contrast_print(comparison);
		if (line->out)
			printf("\n%s/comparison.html\n", line->out);
	}
	if (fflush(stdout)) {
		err_set(e, ERR_ENVIRONMENT, "standard output", "cannot be written");
		return cmd_fail(e);
	}
	if (json_array_size(json_object_get(comparison, "regressions")))
		return EXIT_NOT_CONFORMING;
	return latency_compared(comparison) ? EXIT_AS_EXPECTED : EXIT_NOTHING_RAN;
}

int comparing_latency(const struct vec *paths, const struct comparing_latency *line)
{
	struct err e;
	struct arena a = ARENA_INIT;
	struct compare_options o = { .force = false };
	struct measurements m = { .sides = VEC_INIT };
	const char *language;
	json_t *comparison = NULL;
	int status = take_options(line, &a, &o);
	if (!status)
		status = cmd_language(&command_compare, line->language, &language);
	if (!status) {
		if (!read_all(&m, paths, &a, &e))
			comparison = latency_compare(m.list, m.sides.count, &o, &e);
		status = comparison ? tell(comparison, &m, line, language, &e) : cmd_fail(&e);
	}
	json_decref(comparison);
	release(&m);
	arena_release(&a);
	return status;
}
