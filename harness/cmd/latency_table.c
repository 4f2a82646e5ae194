#include "cmd/latency_table.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "cmd/measuring.h"
#include "measure/latency.h"
#include <stdio.h>
#include <unistd.h>

void latency_table_list(void)
{
	size_t i, k;
	json_t *list = latency_workloads(), *w, *s;
	json_array_foreach(list, i, w) {
		printf("%s%s\n  %s\n", measuring_text(w, "name"),
			json_is_true(json_object_get(w, "optional")) ? " (only when it is named)" : "",
			measuring_text(w, "about"));
		if (measuring_count(w, "part") > 1)
			printf("  At a part of the rate: one in %lld.\n", measuring_count(w, "part"));
		json_array_foreach(json_object_get(w, "series"), k, s)
			printf("  %-10s %s\n", measuring_text(s, "name"), measuring_text(s, "about"));
	}
	json_decref(list);
}

static void row(const json_t *series)
{
	const json_t *p = json_object_get(series, "percentiles");
	printf("  %-10s %7lld", measuring_text(series, "name"), measuring_count(series, "count"));
	static const char *const columns[] = { "p50", "p90", "p99", "p99.9", "greatest" };
	for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
		printf(" %9.3f", (double)measuring_count(p, columns[i]) / CLOCK_MILLISECOND);
	printf("  %s\n", measuring_text(json_object_get(series, "about"), "en"));
}

static void faults(const json_t *w)
{
	const char *name;
	const json_t *count;
	json_object_foreach(json_object_get(w, "faults"), name, count)
		if (json_integer_value(count))
			printf("  FAILED: %lld of %lld %s\n", (long long)json_integer_value(count),
				measuring_count(w, "sent"), name);
}

void latency_table_row(void *context, const char *name, const json_t *w)
{
	size_t i;
	const json_t *series;
	static bool headed;
	(void)context;
	if (!w) {
		if (isatty(STDERR_FILENO))
			log_line("measuring %s", name);
		return;
	}
	if (!headed)
		printf("  %-10s %7s %9s %9s %9s %9s %9s  ms, at these percentiles\n", "", "count", "50", "90", "99",
			"99.9", "greatest");
	headed = true;
	printf("%s, %g a second. %s\n", name, json_real_value(json_object_get(w, "rate")),
		measuring_text(json_object_get(w, "about"), "en"));
	if (!text_equal(measuring_text(w, "state"), "measured"))
		printf("  %s: %s\n", measuring_text(w, "state"), measuring_text(w, "reason"));
	json_array_foreach(json_object_get(w, "series"), i, series)
		if (i == 0 || measuring_count(series, "count")) /* over BOSH, say, connecting has no phases */
			row(series);
	if (json_object_get(w, "record_ns"))
		printf("  recording a value takes %.1f ns\n", json_real_value(json_object_get(w, "record_ns")));
	faults(w);
	measuring_print_warnings(w, measuring_real(w, "processor_share"), "  ");
	fflush(stdout);
}

void latency_table_end(const json_t *result, const char *folder)
{
	/* Without TLS the name of the transport would be a lie. */
	bool clear = json_is_false(json_object_get(result, "tls"));
	const char *transport = measuring_text(result, "transport");
	printf("\n%s, %s%s, %s loop, %s arrivals: %s/latency.html\n",
		measuring_text(json_object_get(result, "target"), "name"),
		clear && text_equal(transport, "starttls") ? "tcp" : transport, clear ? " without TLS" : "",
		measuring_text(result, "loop"), measuring_text(result, "arrivals"), folder);
}
