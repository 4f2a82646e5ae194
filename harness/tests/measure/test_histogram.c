/* Histograms against the values themselves: cells, percentiles, merging, and what is written and read back. */
#include "base/clock.h"
#include "base/memory.h"
#include "measure/histogram.h"
#include "measure/schedule.h"
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct histogram one;

static void made(void)
{
	histogram_init(&one);
}

static void released(void)
{
	histogram_release(&one);
}

START_TEST(cells_follow_each_other_without_gap)
{
	for (unsigned i = 0; i + 1 < HISTOGRAM_CELLS; i++)
		ck_assert_int_eq(histogram_cell_to(i) + 1, histogram_cell_from(i + 1));
	ck_assert_int_eq(histogram_cell_from(0), 0);
	ck_assert_int_ge(histogram_cell_to(HISTOGRAM_CELLS - 1), HISTOGRAM_MOST);
	for (unsigned i = 0; i < HISTOGRAM_CELLS; i++) {
		int64_t from = histogram_cell_from(i), to = histogram_cell_to(i);
		ck_assert_uint_eq(histogram_cell(from), i);
		ck_assert_uint_eq(histogram_cell(to), i);
		ck_assert_int_le((to - from) * 1000, from); /* three significant digits */
	}
}
END_TEST

START_TEST(nothing_was_counted)
{
	ck_assert_int_eq(histogram_percentile(&one, 50), 0);
	ck_assert_int_eq(histogram_greatest(&one), 0);
	ck_assert(histogram_mean(&one) == 0 && histogram_deviation(&one) == 0);
	BUF_AUTO text = BUF_INIT;
	histogram_percentile_text(&one, &text);
	ck_assert_ptr_nonnull(strstr(buf_text(&text), "Total count    =            0]"));
}
END_TEST

START_TEST(small_values_are_exact)
{
	for (int v = 1; v <= 1000; v++)
		histogram_record(&one, v);
	ck_assert_int_eq(histogram_percentile(&one, 0), 1);
	ck_assert_int_eq(histogram_percentile(&one, 50), 500);
	ck_assert_int_eq(histogram_percentile(&one, 50.01), 501);
	ck_assert_int_eq(histogram_percentile(&one, 99), 990);
	ck_assert_int_eq(histogram_percentile(&one, 99.9), 999); /* not 1000, though 99.9/100 is no double */
	ck_assert_int_eq(histogram_percentile(&one, 100), 1000);
	ck_assert(fabs(histogram_mean(&one) - 500.5) < 1e-9);
	ck_assert(fabs(histogram_deviation(&one) - sqrt((1000.0 * 1000 - 1) / 12)) < 1e-6);
	ck_assert_uint_eq(histogram_at_most(&one, 250), 250);
}
END_TEST

START_TEST(values_out_of_range)
{
	histogram_record(&one, -5);
	histogram_record(&one, HISTOGRAM_MOST);
	ck_assert_uint_eq(one.beyond, 0);
	histogram_record(&one, HISTOGRAM_MOST + 1);
	histogram_record(&one, INT64_MAX);
	ck_assert_uint_eq(one.beyond, 2);
	ck_assert_uint_eq(one.count, 4);
	ck_assert_int_eq(histogram_least(&one), 0);
	ck_assert_int_eq(histogram_greatest(&one), HISTOGRAM_MOST);
	ck_assert_int_eq(histogram_percentile(&one, 100), HISTOGRAM_MOST);
}
END_TEST

START_TEST(cleared_is_as_new)
{
	struct histogram fresh;
	histogram_init(&fresh);
	histogram_record(&one, 5 * CLOCK_SECOND);
	histogram_record(&one, 7);
	histogram_clear(&one);
	ck_assert(histogram_equal(&one, &fresh));
	histogram_release(&fresh);
}
END_TEST

/* Latencies as they are: most of some hundred microseconds, some of milliseconds, a few of seconds. */
static int64_t some_value(uint64_t *state)
{
	double u = schedule_random_unit(state), spread = -log(schedule_random_unit(state));
	return (int64_t)((u < 0.9 ? 2e5 : u < 0.999 ? 5e6 : 2e9) * spread);
}

static int ascending(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return x < y ? -1 : x > y;
}

/* The promise of the header, word for word, on ten million values that went to seven histograms. */
START_TEST(merged_is_what_all_values_give)
{
	const size_t count = 10 * 1000 * 1000;
	int64_t *raw = memory_alloc(count * sizeof *raw);
	struct histogram parts[7], merged;
	uint64_t state = 42;
	histogram_init(&merged);
	for (size_t i = 0; i < 7; i++)
		histogram_init(&parts[i]);
	for (size_t i = 0; i < count; i++) {
		raw[i] = some_value(&state);
		histogram_record(&one, raw[i]);
		histogram_record(&parts[schedule_random(&state) % 7], raw[i]);
	}
	for (size_t i = 7; i-- > 0;) /* the order is no matter */
		histogram_merge(&merged, &parts[i]);
	ck_assert(histogram_equal(&one, &merged));

	qsort(raw, count, sizeof *raw, ascending);
	size_t next = 0;
	for (unsigned cell = 0; cell < HISTOGRAM_CELLS; cell++) {
		size_t from = next;
		while (next < count && raw[next] <= histogram_cell_to(cell))
			next++;
		ck_assert_uint_eq(merged.cells[cell], next - from);
	}
	ck_assert_uint_eq(next, count);
	ck_assert_int_eq(histogram_least(&merged), raw[0]);
	ck_assert_int_eq(histogram_greatest(&merged), raw[count - 1]);
	/* In hundred thousandths, so that the rank is a matter of whole numbers here. */
	static const uint64_t percents[] = { 1, 1000, 2500000, 5000000, 9000000, 9900000, 9990000, 9999000, 9999900,
		9999999, 10000000 };
	for (size_t i = 0; i < sizeof percents / sizeof *percents; i++) {
		size_t rank = (count * percents[i] + 9999999) / 10000000;
		int64_t value = raw[rank - 1], to = histogram_cell_to(histogram_cell(value));
		ck_assert_int_eq(histogram_percentile(&merged, (double)percents[i] / 1e5),
			to < raw[count - 1] ? to : raw[count - 1]);
	}
	for (size_t i = 0; i < 7; i++)
		histogram_release(&parts[i]);
	histogram_release(&merged);
	free(raw);
}
END_TEST

START_TEST(percentile_text_is_what_plotters_read)
{
	for (int i = 1; i <= 10000; i++)
		histogram_record(&one, (int64_t)i * 1000);
	BUF_AUTO text = BUF_INIT;
	histogram_percentile_text(&one, &text);
	const char *all = buf_text(&text);
	ck_assert(strncmp(all, "       Value     Percentile TotalCount 1/(1-Percentile)\n\n", 57) == 0);
	double value = 0, percent = 0, before_value = -1, before_percent = -1;
	unsigned long long count = 0, lines = 0;
	for (const char *line = all + 57; *line && *line != '#'; line = strchr(line, '\n') + 1, lines++) {
		ck_assert_int_eq(sscanf(line, "%lf %lf %llu", &value, &percent, &count), 3);
		ck_assert(value >= before_value && percent > before_percent);
		/* As many as are said to be at or below the value are. */
		ck_assert(fabs((double)count / 10 - value * 100) <= value * 0.1 + 0.1);
		ck_assert(count >= percent * 10000 - 1e-6);
		before_value = value;
		before_percent = percent;
	}
	ck_assert_uint_eq(count, 10000);
	ck_assert(percent == 1.0 && value == 10.0);
	ck_assert_uint_gt(lines, 50);
	ck_assert_ptr_nonnull(strstr(all, "#[Mean    =     5.000"));
	ck_assert_ptr_nonnull(strstr(all, "#[Max     =    10.000000, Total count    =        10000]\n"));
	ck_assert_ptr_nonnull(strstr(all, "#[Buckets =           32, SubBuckets     =         2048]\n"));
}
END_TEST

START_TEST(written_and_read_back)
{
	uint64_t state = 7;
	for (int i = 0; i < 5000; i++)
		histogram_record(&one, some_value(&state));
	histogram_record(&one, INT64_MAX);
	json_t *json = histogram_to_json(&one);
	struct histogram again;
	struct err e;
	histogram_init(&again);
	histogram_record(&again, 99);
	ck_assert_int_eq(histogram_from_json(&again, json, "a.json", &e), 0);
	ck_assert(histogram_equal(&one, &again));
	BUF_AUTO first = BUF_INIT;
	BUF_AUTO second = BUF_INIT;
	histogram_csv(&one, &first);
	histogram_csv(&again, &second);
	ck_assert_str_eq(buf_text(&first), buf_text(&second));
	ck_assert_ptr_nonnull(strstr(buf_text(&first), ",5001\n"));
	histogram_release(&again);
	json_decref(json);
}
END_TEST

START_TEST(what_is_no_histogram)
{
	static const char *const texts[] = {
		"[]",
		"{\"unit\":\"s\",\"digits\":3,\"count\":1,\"beyond\":0,\"least\":5,\"greatest\":5,\"cells\":[[5,1]]}",
		"{\"unit\":\"ns\",\"digits\":2,\"count\":1,\"beyond\":0,\"least\":5,\"greatest\":5,\"cells\":[[5,1]]}",
		"{\"unit\":\"ns\",\"digits\":3,\"count\":2,\"beyond\":0,\"least\":5,\"greatest\":5,\"cells\":[[5,1]]}",
		"{\"unit\":\"ns\",\"digits\":3,\"count\":1,\"beyond\":2,\"least\":5,\"greatest\":5,\"cells\":[[5,1]]}",
		"{\"unit\":\"ns\",\"digits\":3,\"count\":1,\"beyond\":-1,\"least\":5,\"greatest\":5,\"cells\":[[5,1]]}",
		"{\"unit\":\"ns\",\"digits\":3,\"count\":1,\"beyond\":0,\"least\":4,\"greatest\":5,\"cells\":[[5,1]]}",
		"{\"unit\":\"ns\",\"digits\":3,\"count\":1,\"beyond\":0,\"least\":5,\"greatest\":6,\"cells\":[[5,1]]}",
		"{\"unit\":\"ns\",\"digits\":3,\"count\":1,\"beyond\":0,\"least\":-5,\"greatest\":5,\"cells\":[[-5,1]]}",
		"{\"unit\":\"ns\",\"digits\":3,\"count\":2,\"beyond\":0,\"least\":5,\"greatest\":5,\"cells\":[[5,1],[5,1]]}",
		"{\"unit\":\"ns\",\"digits\":3,\"count\":1,\"beyond\":0,\"least\":5,\"greatest\":5,\"cells\":[[5,1,1]]}",
		"{\"unit\":\"ns\",\"digits\":3,\"count\":1,\"beyond\":0,\"least\":5001,\"greatest\":5001,\"cells\":[[5001,1]]}",
		"{\"unit\":\"ns\",\"digits\":3,\"count\":0,\"beyond\":0,\"least\":0,\"greatest\":0,\"cells\":[[5,0]]}",
		"{\"unit\":\"ns\",\"digits\":3,\"count\":9,\"beyond\":0,\"least\":5,\"greatest\":6,\"cells\":"
		"[[5,9223372036854775807],[6,9223372036854775807]]}",
		"{\"unit\":\"ns\",\"digits\":3,\"count\":1,\"beyond\":0,\"least\":0,\"greatest\":0,\"cells\":[[7200000000000,1]]}",
	};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct err e = { .class = ERR_NONE };
		json_t *json = json_loads(texts[i], 0, NULL);
		ck_assert_ptr_nonnull(json);
		ck_assert_msg(histogram_from_json(&one, json, "a.json", &e) == -1, "taken: %s", texts[i]);
		ck_assert_int_eq(e.class, ERR_USAGE);
		ck_assert_str_eq(e.where, "a.json");
		ck_assert_uint_eq(one.count, 0);
		json_decref(json);
	}
}
END_TEST

Suite *suite_histogram(void)
{
	Suite *s = suite_create("histogram");
	TCase *t = tcase_create("histogram");
	tcase_add_checked_fixture(t, made, released);
	tcase_add_test(t, cells_follow_each_other_without_gap);
	tcase_add_test(t, nothing_was_counted);
	tcase_add_test(t, small_values_are_exact);
	tcase_add_test(t, values_out_of_range);
	tcase_add_test(t, cleared_is_as_new);
	tcase_add_test(t, percentile_text_is_what_plotters_read);
	tcase_add_test(t, written_and_read_back);
	tcase_add_test(t, what_is_no_histogram);
	suite_add_tcase(s, t);
	TCase *heavy = tcase_create("ten million values");
	tcase_add_checked_fixture(heavy, made, released);
	tcase_set_timeout(heavy, 120);
	tcase_set_tags(heavy, "heavy");
	tcase_add_test(heavy, merged_is_what_all_values_give);
	suite_add_tcase(s, heavy);
	return s;
}
