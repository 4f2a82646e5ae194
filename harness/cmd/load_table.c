#include "cmd/load_table.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "measure/load.h"
#include <stdio.h>
#include <unistd.h>

#define MEGABYTE (1024.0 * 1024)

static const char *text_of(const json_t *object, const char *member)
{
	const char *text = json_string_value(json_object_get(object, member));
	return text ? text : "";
}

static long long number_of(const json_t *object, const char *member)
{
	return json_integer_value(json_object_get(object, member));
}

static double real_of(const json_t *object, const char *member)
{
	return json_number_value(json_object_get(object, member));
}

static double milliseconds(const json_t *object, const char *member)
{
	return real_of(object, member) / CLOCK_MILLISECOND;
}

void load_table_list(void)
{
	size_t i;
	json_t *list = load_profiles();
	const json_t *p;
	json_array_foreach(list, i, p)
		printf("%s: %s\n  %s\n", text_of(p, "name"), text_of(json_object_get(p, "title"), "en"),
			text_of(json_object_get(p, "about"), "en"));
	json_decref(list);
}

static void faults(const json_t *stage)
{
	const char *name;
	const json_t *count, *connections = json_object_get(stage, "connections");
	json_object_foreach(json_object_get(stage, "faults"), name, count)
		if (json_integer_value(count))
			printf("      %lld of %lld %s\n", (long long)json_integer_value(count),
				number_of(stage, "sent"), name);
	if (number_of(connections, "lost"))
		printf("      %lld connections lost\n", number_of(connections, "lost"));
	if (number_of(connections, "answered") < number_of(connections, "held"))
		printf("      %lld of %lld connections answered behind it\n", number_of(connections, "answered"),
			number_of(connections, "held"));
}

static void warnings(const json_t *stage)
{
	size_t i;
	const json_t *warning;
	json_array_foreach(json_object_get(stage, "warnings"), i, warning) {
		const char *code = json_string_value(warning);
		if (text_equal(code, "late"))
			printf("      warning: requests went out late, by %.3f ms at the 99th percentile: the figures are also this machine's\n",
				milliseconds(json_object_get(stage, "lag"), "p99"));
		else if (text_equal(code, "busy"))
			printf("      warning: assay itself had %.0f %% of a core to do: the figures are also its own\n",
				100 * real_of(json_object_get(stage, "cost"), "processor_share"));
		else
			printf("      warning: this machine had nothing left to give, so its load is part of the figures\n");
	}
}

void load_table_row(void *context, size_t up, size_t wanted, const json_t *stage)
{
	static bool headed;
	(void)context;
	if (!stage) {
		if (isatty(STDERR_FILENO))
			log_line("%zu of %zu connections are up", up, wanted);
		return;
	}
	if (!headed)
		printf("%5s %10s %10s %9s %9s %9s %9s  %-5s %6s %6s\n", "stage", "asked /s", "done /s", "50 ms",
			"90 ms", "99 ms", "most ms", "kept", "assay", "server");
	headed = true;
	const json_t *p = json_object_get(json_array_get(json_object_get(stage, "series"), 0), "percentiles");
	const json_t *cost = json_object_get(stage, "cost"), *server = json_object_get(cost, "server");
	printf("%5lld %10.1f %10.1f %9.3f %9.3f %9.3f %9.3f  %-5s %5.0f%%", number_of(stage, "number"),
		real_of(stage, "rate"), real_of(stage, "throughput"), milliseconds(p, "p50"), milliseconds(p, "p90"),
		milliseconds(p, "p99"), milliseconds(p, "greatest"),
		json_is_true(json_object_get(stage, "kept")) ? "yes" : "no", 100 * real_of(cost, "processor_share"));
	if (server)
		printf(" %5.0f%%", 100 * real_of(server, "processor_share"));
	printf("\n");
	faults(stage);
	warnings(stage);
	fflush(stdout);
}

static void connecting(const json_t *result)
{
	const json_t *c = json_object_get(result, "connecting"), *cost = json_object_get(c, "cost");
	const json_t *holding = json_object_get(result, "holding"), *held = json_object_get(holding, "cost");
	const json_t *p = json_object_get(json_array_get(json_object_get(c, "phases"), 0), "percentiles");
	printf("\nconnections: %lld of %lld accounts, %.1f a second, each %.1f ms in the median and %.1f ms at the 99th percentile\n",
		number_of(json_object_get(result, "connections"), "asked"),
		number_of(json_object_get(result, "connections"), "accounts"), real_of(c, "throughput"),
		milliseconds(p, "p50"), milliseconds(p, "p99"));
	if (!holding)
		return;
	printf("held: %lld, of whom %lld answered; assay %.0f MB and %.1f %% of a core", number_of(holding, "held"),
		number_of(holding, "answered"), real_of(held, "memory_bytes") / MEGABYTE,
		100 * real_of(held, "processor_share"));
	const json_t *server = json_object_get(held, "server");
	if (server)
		printf("; the server %.0f MB and %.1f %%", real_of(server, "memory_bytes") / MEGABYTE,
			100 * real_of(server, "processor_share"));
	printf("; connecting took assay %.3f ms of processor time each\n",
		milliseconds(cost, "processor_ns") /
			(double)number_of(json_object_get(result, "connections"), "asked"));
}

static void knee(const json_t *result)
{
	const json_t *k = json_object_get(result, "knee");
	const char *state = text_of(k, "state");
	const char *unit = text_of(json_object_get(json_object_get(result, "profile"), "unit"), "en");
	double kept = real_of(k, "kept_rate"), missed = real_of(k, "missed_rate");
	double bound = milliseconds(result, "bound_ns");
	if (!k)
		return;
	if (json_is_true(json_object_get(k, "machine")))
		printf("warning: where the rate was not kept this machine was at its own limit: the server alone may do more\n");
	if (text_equal(state, "above"))
		printf("knee: not reached: %.1f %s a second were kept, the highest rate that was allowed\n", kept,
			unit);
	else if (kept <= 0)
		printf("knee: below %.1f %s a second: nothing was kept within %g ms\n", missed, unit, bound);
	else if (missed <= 0)
		printf("knee: above %.1f %s a second; the search had to end\n", kept, unit);
	else
		printf("knee: %.1f %s a second are kept, the 99th percentile within %g ms and nothing wrong; %.1f are not%s\n",
			kept, unit, bound, missed, text_equal(state, "found") ? "" : "; the search had to end");
}

void load_table_end(const json_t *result, const char *folder)
{
	connecting(result);
	if (!text_equal(text_of(result, "state"), "measured") || *text_of(result, "reason"))
		printf("%s: %s\n", text_of(result, "state"), text_of(result, "reason"));
	knee(result);
	printf("%s, %s, profile %s, %zu %s: %s/load.html\n", text_of(json_object_get(result, "target"), "name"),
		text_of(result, "transport"), text_of(json_object_get(result, "profile"), "name"),
		json_array_size(json_object_get(result, "ranks")),
		json_array_size(json_object_get(result, "ranks")) == 1 ? "process" : "processes", folder);
}
