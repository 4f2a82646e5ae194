#include "base/clock.h"
#include "base/text.h"
#include "measure/result.h"
#include <stdlib.h>

#define INTERVAL CLOCK_SECOND /* of a time series */

static const double percents[] = { 50, 90, 99, 99.9 };
static const char *const percent_names[] = { "p50", "p90", "p99", "p99.9" };
#define PERCENTS (sizeof percents / sizeof *percents)

void collection_init(struct collection *c, const struct workload *w)
{
	*c = (struct collection){ .workload = w };
	histogram_init(&c->lag);
	histogram_init(&c->reading);
	buf_add_text(&c->requests, "repetition,number,warm_up,intended_ns,lag_ns");
	for (; c->series < SERIES_MOST && w->series[c->series].name; c->series++) {
		struct collected *s = &c->of[c->series];
		histogram_init(&s->all);
		histogram_init(&s->some);
		s->repetitions = json_array();
		s->intervals = json_array();
		buf_printf(&c->requests, ",%s_ns", w->series[c->series].name);
		buf_add_text(&c->intervals[c->series], "repetition,second,count,p50_ns,p90_ns,p99_ns,greatest_ns\n");
	}
	buf_add_text(&c->requests, ",written_ns\n");
}

void collection_release(struct collection *c)
{
	for (size_t i = 0; i < c->series; i++) {
		histogram_release(&c->of[i].all);
		histogram_release(&c->of[i].some);
		json_decref(c->of[i].repetitions);
		json_decref(c->of[i].intervals);
		buf_release(&c->intervals[i]);
	}
	histogram_release(&c->lag);
	histogram_release(&c->reading);
	buf_release(&c->requests);
}

/* ---- one repetition ---- */

static int64_t value_of(const struct engine *g, size_t number, size_t series)
{
	return g->requests[number].finished ? g->values[number * SERIES_MOST + series] : INT64_MIN;
}

static void add_rows(struct collection *c, const struct engine *g, unsigned repetition)
{
	for (size_t n = 0; n < g->sent; n++) {
		const struct request *q = &g->requests[n];
		buf_printf(&c->requests, "%u,%zu,%d,%lld,", repetition, n, n < g->warm,
			(long long)(q->from - g->schedule.start));
		if (q->sent)
			buf_printf(&c->requests, "%lld", (long long)(q->sent - q->from));
		for (size_t i = 0; i < c->series; i++) {
			int64_t value = value_of(g, n, i);
			if (value == INT64_MIN)
				buf_add_text(&c->requests, ",");
			else
				buf_printf(&c->requests, ",%lld", (long long)value);
		}
		if (q->written < 0)
			buf_add_text(&c->requests, ",\n");
		else
			buf_printf(&c->requests, ",%lld\n", (long long)q->written);
		if (q->sent && n >= g->warm)
			histogram_record(&c->lag, q->sent - q->from);
	}
}

static void end_interval(struct collection *c, size_t i, unsigned repetition, int64_t second)
{
	struct collected *s = &c->of[i];
	const struct histogram *h = &s->some;
	if (!h->count)
		return;
	long long p50 = histogram_percentile(h, 50), p90 = histogram_percentile(h, 90),
		  p99 = histogram_percentile(h, 99);
	buf_printf(&c->intervals[i], "%u,%lld,%llu,%lld,%lld,%lld,%lld\n", repetition, (long long)second,
		(unsigned long long)h->count, p50, p90, p99, (long long)h->greatest);
	json_array_append_new(s->intervals,
		json_pack("[i,I,I,I,I,I,I]", (int)repetition, (json_int_t)second, (json_int_t)h->count, (json_int_t)p50,
			(json_int_t)p90, (json_int_t)p99, (json_int_t)h->greatest));
	histogram_clear(&s->some);
}

/* By the instant that a request was meant for; those are in ascending order. */
static void add_intervals(struct collection *c, const struct engine *g, size_t i, unsigned repetition)
{
	int64_t second = 0;
	histogram_clear(&c->of[i].some);
	for (size_t n = g->warm; n < g->sent; n++) {
		int64_t at = (g->requests[n].from - g->schedule.start) / INTERVAL;
		if (at != second)
			end_interval(c, i, repetition, second);
		second = at;
		if (value_of(g, n, i) != INT64_MIN)
			histogram_record(&c->of[i].some, value_of(g, n, i));
	}
	end_interval(c, i, repetition, second);
}

json_t *collection_percentiles(const struct histogram *h)
{
	json_t *object = json_object();
	for (size_t p = 0; p < PERCENTS; p++)
		json_object_set_new(object, percent_names[p], json_integer(histogram_percentile(h, percents[p])));
	json_object_set_new(object, "greatest", json_integer(histogram_greatest(h)));
	return object;
}

void collection_add(struct collection *c, const struct engine *g, unsigned repetition)
{
	add_rows(c, g, repetition);
	histogram_merge(&c->reading, &g->reading);
	for (size_t i = 0; i < c->series; i++) {
		struct collected *s = &c->of[i];
		histogram_clear(&s->some);
		for (size_t n = g->warm; n < g->sent; n++) {
			int64_t value = value_of(g, n, i);
			if (value == INT64_MIN)
				continue;
			s->ahead += value < 0;
			histogram_record(&s->some, value);
		}
		histogram_merge(&s->all, &s->some);
		json_t *one = collection_percentiles(&s->some);
		json_object_set_new(one, "count", json_integer((json_int_t)s->some.count));
		json_array_append_new(s->repetitions, one);
		add_intervals(c, g, i, repetition);
	}
}

/* ---- the whole ---- */

static int write_as(const char *folder, const char *name, const char *end, const struct buf *text, struct err *e)
{
	AUTO_TEXT path = memory_printf("%s/%s%s", folder, name, end);
	return file_write(path, buf_text(text), text->len, e);
}

int collection_write(const struct collection *c, const char *folder, struct err *e)
{
	if (write_as(folder, c->workload->name, ".requests.csv", &c->requests, e))
		return -1;
	for (size_t i = 0; i < c->series; i++) {
		AUTO_TEXT name = memory_printf("%s-%s", c->workload->name, c->workload->series[i].name);
		BUF_AUTO percentile_text = BUF_INIT, csv = BUF_INIT;
		histogram_percentile_text(&c->of[i].all, &percentile_text);
		histogram_csv(&c->of[i].all, &csv);
		if (write_as(folder, name, ".hgrm", &percentile_text, e) ||
			write_as(folder, name, ".histogram.csv", &csv, e) ||
			write_as(folder, name, ".intervals.csv", &c->intervals[i], e))
			return -1;
	}
	return 0;
}

json_t *collection_series(const struct collection *c)
{
	json_t *list = json_array();
	for (size_t i = 0; i < c->series; i++) {
		const struct series *s = &c->workload->series[i];
		const struct collected *of = &c->of[i];
		json_array_append_new(list,
			json_pack("{s:s, s:{s:s, s:s}, s:I, s:I, s:I, s:f, s:f, s:o, s:O, s:O, s:o}", "name", s->name,
				"about", "en", s->about, "de", s->about_de, "count", (json_int_t)of->all.count, "ahead",
				(json_int_t)of->ahead, "least", (json_int_t)histogram_least(&of->all), "mean",
				histogram_mean(&of->all), "deviation", histogram_deviation(&of->all), "percentiles",
				collection_percentiles(&of->all), "repetitions", of->repetitions, "intervals",
				of->intervals, "histogram", histogram_to_json(&of->all)));
	}
	return list;
}
