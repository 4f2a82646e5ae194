#include "cmd/load_table.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "cmd/measuring.h"
#include "measure/load.h"
#include <stdio.h>
#include <unistd.h>

#define MEGABYTE (1024.0 * 1024)

static double milliseconds(const json_t *object, const char *member)
{
	return measuring_real(object, member) / CLOCK_MILLISECOND;
}

void load_table_list(void)
{
	size_t i;
	json_t *list = load_profiles();
	const json_t *p;
	json_array_foreach(list, i, p)
		printf("%s: %s\n  %s\n", measuring_text(p, "name"), measuring_text(json_object_get(p, "title"), "en"),
			measuring_text(json_object_get(p, "about"), "en"));
	json_decref(list);
}

static void faults(const json_t *stage)
{
	const char *name;
	const json_t *count, *connections = json_object_get(stage, "connections");
	json_object_foreach(json_object_get(stage, "faults"), name, count)
		if (json_integer_value(count))
			printf("      %lld of %lld %s\n", (long long)json_integer_value(count),
				measuring_count(stage, "sent"), name);
	if (measuring_count(connections, "lost"))
		printf("      %lld connections lost\n", measuring_count(connections, "lost"));
	if (measuring_count(connections, "answered") < measuring_count(connections, "held"))
		printf("      %lld of %lld connections answered behind it\n", measuring_count(connections, "answered"),
			measuring_count(connections, "held"));
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
	printf("%5lld %10.1f %10.1f %9.3f %9.3f %9.3f %9.3f  %-5s %5.0f%%", measuring_count(stage, "number"),
		measuring_real(stage, "rate"), measuring_real(stage, "throughput"), milliseconds(p, "p50"),
		milliseconds(p, "p90"), milliseconds(p, "p99"), milliseconds(p, "greatest"),
		json_is_true(json_object_get(stage, "kept")) ? "yes" : "no",
		100 * measuring_real(cost, "processor_share"));
	if (server)
		printf(" %5.0f%%", 100 * measuring_real(server, "processor_share"));
	printf("\n");
	faults(stage);
	measuring_print_warnings(stage, measuring_real(json_object_get(stage, "cost"), "processor_share"), "      ");
	fflush(stdout);
}

static void connecting(const json_t *result)
{
	const json_t *c = json_object_get(result, "connecting"), *cost = json_object_get(c, "cost");
	const json_t *holding = json_object_get(result, "holding"), *held = json_object_get(holding, "cost");
	const json_t *p = json_object_get(json_array_get(json_object_get(c, "phases"), 0), "percentiles");
	printf("\nconnections: %lld of %lld accounts, %.1f a second, each %.1f ms in the median and %.1f ms at the 99th percentile\n",
		measuring_count(json_object_get(result, "connections"), "asked"),
		measuring_count(json_object_get(result, "connections"), "accounts"), measuring_real(c, "throughput"),
		milliseconds(p, "p50"), milliseconds(p, "p99"));
	if (!holding)
		return;
	printf("held: %lld, of whom %lld answered; assay %.0f MB and %.1f %% of a core",
		measuring_count(holding, "held"), measuring_count(holding, "answered"),
		measuring_real(held, "memory_bytes") / MEGABYTE, 100 * measuring_real(held, "processor_share"));
	const json_t *server = json_object_get(held, "server");
	if (server)
		printf("; the server %.0f MB and %.1f %%", measuring_real(server, "memory_bytes") / MEGABYTE,
			100 * measuring_real(server, "processor_share"));
	printf("; connecting took assay %.3f ms of processor time each\n",
		milliseconds(cost, "processor_ns") /
			(double)measuring_count(json_object_get(result, "connections"), "asked"));
}

static void knee(const json_t *result)
{
	const json_t *k = json_object_get(result, "knee");
	const char *state = measuring_text(k, "state");
	const char *unit = measuring_text(json_object_get(json_object_get(result, "profile"), "unit"), "en");
	double kept = measuring_real(k, "kept_rate"), missed = measuring_real(k, "missed_rate");
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
	if (!text_equal(measuring_text(result, "state"), "measured") || *measuring_text(result, "reason"))
		printf("%s: %s\n", measuring_text(result, "state"), measuring_text(result, "reason"));
	knee(result);
	printf("%s, %s, profile %s, %zu %s: %s/load.html\n", measuring_text(json_object_get(result, "target"), "name"),
		measuring_text(result, "transport"), measuring_text(json_object_get(result, "profile"), "name"),
		json_array_size(json_object_get(result, "ranks")),
		json_array_size(json_object_get(result, "ranks")) == 1 ? "process" : "processes", folder);
}
