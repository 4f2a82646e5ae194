#include "made.h"
#include "base/memory.h"
#include "base/text.h"
#include "measure/histogram.h"
#include "measure/schedule.h"
#include <check.h>
#include <stdlib.h>
#include <string.h>

#define PHASES 3

static const struct {
	const char *name;
	double percent;
} told[] = { { "p50", 50 }, { "p90", 90 }, { "p99", 99 }, { "p99.9", 99.9 } };

static json_t *percentiles(const struct histogram *h)
{
	json_t *object = json_object();
	for (size_t i = 0; i < sizeof told / sizeof *told; i++)
		json_object_set_new(object, told[i].name, json_integer(histogram_percentile(h, told[i].percent)));
	json_object_set_new(object, "greatest", json_integer(histogram_greatest(h)));
	return object;
}

static void add_seconds(json_t *intervals, unsigned turn, const int64_t *values, size_t count, size_t rate)
{
	struct histogram h;
	histogram_init(&h);
	for (size_t i = 0; i < count; i++) {
		histogram_record(&h, values[i]);
		if ((i + 1) % rate && i + 1 < count)
			continue;
		json_array_append_new(intervals,
			json_pack("[i,I,I,I,I,I,I]", (int)turn, (json_int_t)(i / rate), (json_int_t)h.count,
				(json_int_t)histogram_percentile(&h, 50), (json_int_t)histogram_percentile(&h, 90),
				(json_int_t)histogram_percentile(&h, 99), (json_int_t)h.greatest));
		histogram_clear(&h);
	}
	histogram_release(&h);
}

json_t *made_series(const char *name, const int64_t *values, unsigned turns, size_t count, size_t rate)
{
	struct histogram all, one;
	json_t *repetitions = json_array(), *intervals = json_array();
	histogram_init(&all);
	histogram_init(&one);
	for (unsigned t = 0; t < turns; t++) {
		histogram_clear(&one);
		for (size_t i = 0; i < count; i++)
			histogram_record(&one, values[t * count + i]);
		histogram_merge(&all, &one);
		json_t *figures = percentiles(&one);
		json_object_set_new(figures, "count", json_integer((json_int_t)one.count));
		json_array_append_new(repetitions, figures);
		add_seconds(intervals, t + 1, values + t * count, count, rate);
	}
	json_t *made = json_pack("{s:s, s:{s:s, s:s}, s:I, s:i, s:I, s:f, s:f, s:o, s:o, s:o, s:o}", "name", name,
		"about", "en", "All of it", "de", "Alles", "count", (json_int_t)all.count, "ahead", 0, "least",
		(json_int_t)histogram_least(&all), "mean", histogram_mean(&all), "deviation", histogram_deviation(&all),
		"percentiles", percentiles(&all), "repetitions", repetitions, "intervals", intervals, "histogram",
		histogram_to_json(&all));
	histogram_release(&all);
	histogram_release(&one);
	return made;
}

void made_requests(struct buf *csv, const char *const *names, const int64_t *const *values, size_t series,
	unsigned turns, size_t count)
{
	buf_add_text(csv, "repetition,number,warm_up,intended_ns,lag_ns");
	for (size_t s = 0; s < series; s++)
		buf_printf(csv, ",%s_ns", names[s]);
	buf_add_text(csv, "\n");
	for (unsigned t = 0; t < turns; t++) {
		/* One that warms up, and one that was lost, count for nothing. */
		buf_printf(csv, "%u,0,1,0,40000", t + 1);
		for (size_t s = 0; s < series; s++)
			buf_add_text(csv, ",999999999");
		buf_printf(csv, "\n%u,1,0,10000000,40000", t + 1);
		for (size_t s = 0; s < series; s++)
			buf_add_text(csv, ",");
		buf_add_text(csv, "\n");
		for (size_t i = 0; i < count; i++) {
			buf_printf(csv, "%u,%zu,0,%zu,%zu", t + 1, i + 2, (i + 2) * 10000000, 40000 + i);
			for (size_t s = 0; s < series; s++)
				buf_printf(csv, ",%lld", (long long)values[s][t * count + i]);
			buf_add_text(csv, "\n");
		}
	}
}

/* About `middle` ns; one in fifty takes up to eight times as long. */
static int64_t draw(uint64_t *state, int64_t middle)
{
	uint64_t sum = 0;
	for (int i = 0; i < 4; i++)
		sum += schedule_random(state) % 200;
	int64_t value = middle * (int64_t)(600 + sum) / 1000;
	return schedule_random(state) % 50 ? value : value * (int64_t)(2 + schedule_random(state) % 7);
}

static void fill(int64_t *values, const struct recipe *r, uint64_t seed, int64_t middle)
{
	uint64_t state = r->seed * 1000 + seed;
	for (unsigned t = 0; t < r->turns; t++) {
		int64_t shift = r->apart ? (int64_t)(schedule_random(&state) % (uint64_t)r->apart) : 0;
		for (size_t i = 0; i < r->count; i++)
			values[t * r->count + i] = draw(&state, middle) * r->scale / 1000 * (1000 + shift) / 1000;
	}
}

static json_t *workload(
	const struct recipe *r, const char *name, const char *title, const char *title_de, json_t *series, int lost)
{
	return json_pack(
		"{s:s, s:{s:s, s:s}, s:{s:s, s:s}, s:f, s:i, s:i, s:b, s:s, s:i, s:{s:i, s:i, s:i, s:i, s:i}, s:{s:i, "
		"s:i, s:i}, s:f, s:f, s:[], s:o}",
		"name", name, "title", "en", title, "de", title_de, "about", "en", "From one instant to another.", "de",
		"Von einem Zeitpunkt zu einem anderen.", "rate", (double)r->rate, "count", (int)r->count, "warm_up",
		(int)r->count / 10, "phases", strcmp(name, "connect") == 0, "state", "measured", "sent",
		(int)(r->turns * r->count), "faults", "lost", lost, "repeated", 0, "reordered", 0, "altered", 0,
		"refused", 0, "lag", "p50", 40000, "p99", 60000, "greatest", 90000, "processor_share", 0.03,
		"machine_idle_share", 0.7, "warnings", "series", series);
}

static void write_raw(const struct recipe *r, const char *raw, const char *workload_name, const char *const *names,
	const int64_t *const *values, size_t series)
{
	struct err e;
	BUF_AUTO csv = BUF_INIT;
	AUTO_TEXT path = memory_printf("%s/%s.requests.csv", raw ? raw : "", workload_name);
	made_requests(&csv, names, values, series, r->turns, r->count);
	if (raw)
		ck_assert_int_eq(file_write(path, csv.data, csv.len, &e), 0);
}

static json_t *message(const struct recipe *r, const char *raw, const char *name, int64_t middle)
{
	int64_t *values = memory_alloc(r->turns * r->count * sizeof *values);
	const char *series = strcmp(name, "echo") == 0 ? "echo" : "latency";
	fill(values, r, (uint64_t)middle, middle);
	write_raw(r, raw, name, &series, (const int64_t *const *)&values, 1);
	json_t *list = json_array();
	json_array_append_new(list, made_series(series, values, r->turns, r->count, (size_t)r->rate));
	free(values);
	bool echo = strcmp(name, "echo") == 0;
	return workload(r, name, echo ? "Echo" : "Message, one way", echo ? "Echo" : "Nachricht, einfacher Weg", list,
		echo ? 0 : r->lost);
}

static json_t *connecting(const struct recipe *r, const char *raw)
{
	static const char *const names[PHASES] = { "latency", "tcp", "tls" };
	int64_t *values[PHASES];
	size_t all = r->turns * r->count;
	json_t *list = json_array();
	for (int s = 0; s < PHASES; s++)
		values[s] = memory_alloc(all * sizeof *values[s]);
	fill(values[1], r, 1, 400000);
	fill(values[2], r, 2, 3000000);
	for (size_t i = 0; i < all; i++)
		values[0][i] = values[1][i] + values[2][i];
	write_raw(r, raw, "connect", names, (const int64_t *const *)values, PHASES);
	for (int s = 0; s < PHASES; s++) {
		json_array_append_new(list, made_series(names[s], values[s], r->turns, r->count, (size_t)r->rate));
		free(values[s]);
	}
	return workload(r, "connect", "Connecting", "Verbinden", list, 0);
}

json_t *made_result(const struct recipe *r, const char *raw)
{
	struct recipe still = *r;
	still.scale = 1000;
	still.apart = 0;
	json_t *workloads = json_array();
	json_array_append_new(workloads, message(r, raw, "message", 700000));
	json_array_append_new(workloads,
		json_pack("{s:s, s:{s:s, s:s}, s:s, s:s}", "name", "room-5", "title", "en", "Room of 5", "de",
			"Raum mit 5", "state", "unsupported", "reason", "the server has no service for rooms <&>"));
	json_array_append_new(workloads, connecting(r, raw));
	return json_pack(
		"{s:s, s:i, s:s, s:s, s:{s:s, s:s, s:s}, s:s, s:b, s:s, s:s, s:f, s:i, s:i, s:i, s:i, s:s, s:o, s:o}",
		"assay", "latency", "format", 1, "version", "0.1.0", "started", r->started, "target", "name", r->target,
		"domain", "chat.test", "product", r->product, "transport", "starttls", "tls", true, "loop", "open",
		"arrivals", "constant", "rate", (double)r->rate, "seed", 1, "repetitions", (int)r->turns, "text_bytes",
		100, "contacts", 10, "machine", "2 × a processor", "echo", message(&still, raw, "echo", 110000),
		"workloads", workloads);
}
