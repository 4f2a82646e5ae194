#include "cmd/latency_table.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "measure/latency.h"
#include <stdio.h>
#include <unistd.h>

static const char *text_of(const json_t *object, const char *member)
{
	const char *text = json_string_value(json_object_get(object, member));
	return text ? text : "";
}

static long long number_of(const json_t *object, const char *member)
{
	return json_integer_value(json_object_get(object, member));
}

void latency_table_list(void)
{
	size_t i, k;
	json_t *list = latency_workloads(), *w, *s;
	json_array_foreach(list, i, w) {
		printf("%s%s\n  %s\n", text_of(w, "name"),
			json_is_true(json_object_get(w, "optional")) ? " (only when it is named)" : "",
			text_of(w, "about"));
		if (number_of(w, "part") > 1)
			printf("  At a part of the rate: one in %lld.\n", number_of(w, "part"));
		json_array_foreach(json_object_get(w, "series"), k, s)
			printf("  %-10s %s\n", text_of(s, "name"), text_of(s, "about"));
	}
	json_decref(list);
}

static void row(const json_t *series)
{
	const json_t *p = json_object_get(series, "percentiles");
	printf("  %-10s %7lld", text_of(series, "name"), number_of(series, "count"));
	static const char *const columns[] = { "p50", "p90", "p99", "p99.9", "greatest" };
	for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
		printf(" %9.3f", (double)number_of(p, columns[i]) / CLOCK_MILLISECOND);
	printf("  %s\n", text_of(json_object_get(series, "about"), "en"));
}

static void faults(const json_t *w)
{
	const char *name;
	const json_t *count;
	json_object_foreach(json_object_get(w, "faults"), name, count)
		if (json_integer_value(count))
			printf("  FAILED: %lld of %lld %s\n", (long long)json_integer_value(count),
				number_of(w, "sent"), name);
}

static void warnings(const json_t *w)
{
	size_t i;
	const json_t *warning, *lag = json_object_get(w, "lag");
	json_array_foreach(json_object_get(w, "warnings"), i, warning) {
		const char *code = json_string_value(warning);
		if (text_equal(code, "late"))
			printf("  warning: this machine sent late, by %.3f ms at the 99th percentile: the figures are also its own\n",
				(double)number_of(lag, "p99") / CLOCK_MILLISECOND);
		else if (text_equal(code, "busy"))
			printf("  warning: assay itself had %.0f %% of a core to do: the figures are also its own\n",
				100 * json_real_value(json_object_get(w, "processor_share")));
		else
			printf("  warning: this machine had nothing left to give, so its load is part of the figures\n");
	}
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
		text_of(json_object_get(w, "about"), "en"));
	if (!text_equal(text_of(w, "state"), "measured"))
		printf("  %s: %s\n", text_of(w, "state"), text_of(w, "reason"));
	json_array_foreach(json_object_get(w, "series"), i, series)
		if (i == 0 || number_of(series, "count")) /* over BOSH, say, connecting has no phases */
			row(series);
	if (json_object_get(w, "record_ns"))
		printf("  recording a value takes %.1f ns\n", json_real_value(json_object_get(w, "record_ns")));
	faults(w);
	warnings(w);
	fflush(stdout);
}

void latency_table_end(const json_t *result, const char *folder)
{
	/* Without TLS the name of the transport would be a lie. */
	bool clear = json_is_false(json_object_get(result, "tls"));
	const char *transport = text_of(result, "transport");
	printf("\n%s, %s%s, %s loop, %s arrivals: %s/latency.html\n",
		text_of(json_object_get(result, "target"), "name"),
		clear && text_equal(transport, "starttls") ? "tcp" : transport, clear ? " without TLS" : "",
		text_of(result, "loop"), text_of(result, "arrivals"), folder);
}
