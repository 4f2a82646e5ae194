#include "measure/rounds.h"
#include "base/text.h"
#include "measure/histogram.h"
#include "measure/requests.h"
#include <stdlib.h>
#include <string.h>

/* One workload (or the echo) in each round. */
struct joining {
	const json_t **of; /* NULL where a round has none */
	const char *const *raw;
	size_t count;
	const char *name, *out;
	json_t *made;
	struct err *error;
};

static const char *text_of(const json_t *object, const char *member)
{
	const char *text = json_string_value(json_object_get(object, member));
	return text ? text : "";
}

static json_t *named(const json_t *list, const char *name)
{
	size_t i;
	json_t *one;
	json_array_foreach(list, i, one)
		if (text_equal(text_of(one, "name"), name))
			return one;
	return NULL;
}

/* ---- what is told of a workload as a whole ---- */

/* How bad a state is: what was not measured to the end in one round was not in the whole. */
static int rank_of(const char *state)
{
	return text_equal(state, "failed") ? 2 : text_equal(state, "measured") ? 0 : 1;
}

static void join_states(const struct joining *j)
{
	for (size_t i = 0; i < j->count; i++) {
		const char *state = text_of(j->of[i], "state"), *reason = text_of(j->of[i], "reason");
		if (rank_of(state) <= rank_of(text_of(j->made, "state")))
			continue;
		AUTO_TEXT told = memory_printf("round %zu: %s", i + 1, reason);
		json_object_set_new(j->made, "state", json_string(state));
		json_object_set_new(j->made, "reason", json_string(told));
	}
}

static void join_counts(const struct joining *j)
{
	const char *kind;
	json_t *count, *faults = json_object_get(j->made, "faults");
	json_int_t sent = 0;
	for (size_t i = 0; i < j->count; i++)
		sent += json_integer_value(json_object_get(j->of[i], "sent"));
	json_object_foreach(faults, kind, count) {
		json_int_t sum = 0;
		for (size_t i = 0; i < j->count; i++)
			sum += json_integer_value(json_object_get(json_object_get(j->of[i], "faults"), kind));
		json_integer_set(count, sum);
	}
	json_object_set_new(j->made, "sent", json_integer(sent));
}

/* The mean of a share over the rounds that know it. */
static void join_share(const struct joining *j, const char *member)
{
	double sum = 0;
	int known = 0;
	for (size_t i = 0; i < j->count; i++) {
		const json_t *share = json_object_get(j->of[i], member);
		sum += json_number_value(share);
		known += share != NULL;
	}
	if (known)
		json_object_set_new(j->made, member, json_real(sum / known));
}

static void join_warnings(const struct joining *j)
{
	json_t *list = json_array(), *warning, *there;
	size_t k, m;
	for (size_t i = 0; i < j->count; i++)
		json_array_foreach(json_object_get(j->of[i], "warnings"), k, warning) {
			bool known = false;
			json_array_foreach(list, m, there)
				known = known || json_equal(there, warning);
			if (!known)
				json_array_append(list, warning);
		}
	json_object_set_new(j->made, "warnings", list);
}

/* ---- raw data ---- */

static int write_as(const struct joining *j, const char *series, const char *end, const struct buf *text)
{
	AUTO_TEXT path = memory_printf("%s/%s%s%s%s", j->out, j->name, *series ? "-" : "", series, end);
	return file_write(path, buf_text(text), text->len, j->error);
}

/* Adds a table of requests to `all`: its repetitions go on after the `before` that were there. */
static void add_requests(struct buf *all, const struct buf *one, long before)
{
	const char *at = strchr(buf_text(one), '\n');
	if (!all->len)
		buf_add(all, buf_text(one), at ? (size_t)(at - one->data) + 1 : one->len);
	while (at && *++at) {
		char *rest;
		long turn = strtol(at, &rest, 10);
		at = strchr(rest, '\n');
		buf_printf(all, "%ld", turn + before);
		buf_add(all, rest, at ? (size_t)(at - rest) + 1 : strlen(rest));
	}
}

/* How late requests went out, of all of them. */
static int join_lag(const struct joining *j, const struct buf *requests)
{
	struct requests lags;
	struct histogram h;
	if (requests_read(&lags, requests, "lag_ns", j->name, j->error))
		return -1;
	histogram_init(&h);
	for (size_t i = 0; i < lags.count; i++)
		histogram_record(&h, lags.value[i]);
	json_object_set_new(j->made, "lag",
		json_pack("{s:I, s:I, s:I}", "p50", (json_int_t)histogram_percentile(&h, 50), "p99",
			(json_int_t)histogram_percentile(&h, 99), "greatest", (json_int_t)histogram_greatest(&h)));
	histogram_release(&h);
	requests_release(&lags);
	return 0;
}

/* How late things were read is known of each round alone: of the whole that of the worst. */
static void join_read_lag(const struct joining *j)
{
	const char *name;
	json_t *value;
	json_object_foreach(json_object_get(j->made, "read_lag"), name, value) {
		json_int_t worst = 0;
		for (size_t i = 0; i < j->count; i++) {
			json_int_t one =
				json_integer_value(json_object_get(json_object_get(j->of[i], "read_lag"), name));
			worst = one > worst ? one : worst;
		}
		json_integer_set(value, worst);
	}
}

static long turns_of(const json_t *workload)
{
	const json_t *first = json_array_get(json_object_get(workload, "series"), 0);
	return (long)json_array_size(json_object_get(first, "repetitions"));
}

static int join_requests(const struct joining *j)
{
	BUF_AUTO all = BUF_INIT;
	long before = 0;
	for (size_t i = 0; i < j->count; before += turns_of(j->of[i]), i++) {
		BUF_AUTO one = BUF_INIT;
		AUTO_TEXT path = memory_printf("%s/%s.requests.csv", j->raw[i], j->name);
		if (!turns_of(j->of[i]))
			continue;
		if (file_read(path, &one, j->error))
			return -1;
		add_requests(&all, &one, before);
	}
	return join_lag(j, &all) || write_as(j, "", ".requests.csv", &all) ? -1 : 0;
}

/* ---- series ---- */

static void append_intervals(json_t *to, const json_t *from, long before, struct buf *csv)
{
	size_t i, k;
	const json_t *second, *value;
	json_array_foreach(from, i, second) {
		json_t *moved = json_deep_copy(second);
		json_array_set_new(moved, 0, json_integer(json_integer_value(json_array_get(second, 0)) + before));
		json_array_foreach(moved, k, value)
			buf_printf(csv, "%s%lld", k ? "," : "", (long long)json_integer_value(value));
		buf_add_char(csv, '\n');
		json_array_append_new(to, moved);
	}
}

static int merge_histograms(const struct joining *j, const char *name, struct histogram *all)
{
	struct histogram one;
	int fault = 0;
	histogram_init(&one);
	for (size_t i = 0; i < j->count && !fault; i++) {
		const json_t *s = named(json_object_get(j->of[i], "series"), name);
		if (s && !(fault = histogram_from_json(&one, json_object_get(s, "histogram"), j->name, j->error)))
			histogram_merge(all, &one);
	}
	histogram_release(&one);
	return fault;
}

static int write_series(const struct joining *j, const char *name, const struct histogram *all, const struct buf *csv)
{
	BUF_AUTO percentiles = BUF_INIT, cells = BUF_INIT;
	histogram_percentile_text(all, &percentiles);
	histogram_csv(all, &cells);
	return write_as(j, name, ".hgrm", &percentiles) || write_as(j, name, ".histogram.csv", &cells) ||
			write_as(j, name, ".intervals.csv", csv)
		? -1
		: 0;
}

/* The figures of a series from the merged histogram. */
static void set_figures(json_t *series, const struct histogram *all)
{
	const char *name;
	json_t *value;
	json_object_foreach(json_object_get(series, "percentiles"), name, value)
		json_integer_set(value,
			text_equal(name, "greatest") ? histogram_greatest(all)
						     : histogram_percentile(all, strtod(name + 1, NULL)));
	json_object_set_new(series, "count", json_integer((json_int_t)all->count));
	json_object_set_new(series, "least", json_integer(histogram_least(all)));
	json_object_set_new(series, "mean", json_real(histogram_mean(all)));
	json_object_set_new(series, "deviation", json_real(histogram_deviation(all)));
	json_object_set_new(series, "histogram", histogram_to_json(all));
}

static int join_series(const struct joining *j, json_t *series)
{
	const char *name = text_of(series, "name");
	json_t *turns = json_array(), *intervals = json_array();
	json_int_t ahead = 0;
	struct histogram all;
	BUF_AUTO csv = BUF_INIT;
	long before = 0;
	buf_add_text(&csv, "repetition,second,count,p50_ns,p90_ns,p99_ns,greatest_ns\n");
	for (size_t i = 0; i < j->count; before += turns_of(j->of[i]), i++) {
		const json_t *own = named(json_object_get(j->of[i], "series"), name);
		ahead += json_integer_value(json_object_get(own, "ahead"));
		json_array_extend(turns, json_object_get(own, "repetitions"));
		append_intervals(intervals, json_object_get(own, "intervals"), before, &csv);
	}
	json_object_set_new(series, "ahead", json_integer(ahead));
	json_object_set_new(series, "repetitions", turns);
	json_object_set_new(series, "intervals", intervals);
	histogram_init(&all);
	int fault = merge_histograms(j, name, &all);
	if (!fault)
		set_figures(series, &all);
	if (!fault)
		fault = write_series(j, name, &all, &csv);
	histogram_release(&all);
	return fault;
}

/* ---- the whole ---- */

static int join_workload(struct joining *j)
{
	size_t k, first = 0;
	json_t *series;
	while (first + 1 < j->count && !turns_of(j->of[first]))
		first++;
	if (!turns_of(j->of[first]))
		first = 0;
	j->made = json_deep_copy(j->of[first]);
	join_states(j);
	if (!turns_of(j->made))
		return 0;
	join_counts(j);
	join_share(j, "processor_share");
	join_share(j, "machine_idle_share");
	join_warnings(j);
	join_read_lag(j);
	json_array_foreach(json_object_get(j->made, "series"), k, series)
		if (join_series(j, series))
			return -1;
	return join_requests(j);
}

json_t *rounds_join(json_t *const *results, const char *const *raw, size_t count, const char *out, struct err *e)
{
	struct joining j = {
		.of = memory_alloc(count * sizeof *j.of), .raw = raw, .count = count, .out = out, .error = e
	};
	json_t *whole = json_deep_copy(results[0]), *workloads = json_array(), *rounds = json_array();
	json_int_t turns = 0;
	size_t k;
	const json_t *w;
	for (size_t i = 0; i < count; i++) {
		turns += json_integer_value(json_object_get(results[i], "repetitions"));
		json_array_append(rounds, json_object_get(results[i], "started"));
		j.of[i] = json_object_get(results[i], "echo");
	}
	j.name = text_of(j.of[0], "name");
	int fault = join_workload(&j);
	json_object_set_new(whole, "echo", j.made);
	json_array_foreach(json_object_get(results[0], "workloads"), k, w) {
		j.name = text_of(w, "name");
		for (size_t i = 0; i < count; i++)
			j.of[i] = named(json_object_get(results[i], "workloads"), j.name);
		if (!fault)
			fault = join_workload(&j);
		else
			break;
		json_array_append_new(workloads, j.made);
	}
	json_object_set_new(whole, "workloads", workloads);
	json_object_set_new(whole, "repetitions", json_integer(turns));
	json_object_set_new(whole, "rounds", rounds);
	free(j.of);
	if (!fault)
		return whole;
	json_decref(whole);
	return NULL;
}
