/* Measurements beside one another: what is a regression and what is chance, faults, settings, and what lies in which order. */
#include "base/text.h"
#include "made.h"
#include "measure/compare.h"
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BASE                                                                                                           \
	{                                                                                                              \
		"fixture:prosody", "prosody 0.12.3", "2026-01-02T03:04:05.678Z", 1, 3, 300, 1000, 20, 0, 100           \
	}

static const struct compare_options usual = { .bound = 0.1, .percentiles = { "p50", "p99" }, .least = 50000 };

static json_t *compare_all(json_t *const *results, size_t count, const struct compare_options *o, struct err *e)
{
	static const char *const labels[] = { "one", "two", "three" };
	static const char *const paths[] = { "1/latency.json", "2/latency.json", "3/latency.json" };
	struct compared list[3];
	for (size_t i = 0; i < count; i++)
		list[i] = (struct compared){ labels[i], paths[i], NULL, results[i] };
	return latency_compare(list, count, o, e);
}

static json_t *compare(const struct recipe *a, const struct recipe *b, const struct compare_options *o)
{
	struct err e;
	json_t *results[] = { made_result(a, NULL), made_result(b, NULL) };
	json_t *made = compare_all(results, 2, o, &e);
	if (!made)
		ck_abort_msg("%s: %s", e.where, e.message);
	json_decref(results[0]);
	json_decref(results[1]);
	return made;
}

static const char *text_of(const json_t *object, const char *member)
{
	const char *text = json_string_value(json_object_get(object, member));
	return text ? text : "";
}

static const json_t *named(const json_t *list, const char *name)
{
	size_t i;
	const json_t *one;
	json_array_foreach(list, i, one)
		if (text_equal(text_of(one, "name"), name))
			return one;
	ck_abort_msg("there is no %s", name);
	return NULL;
}

static const json_t *contrast(const json_t *comparison, const char *workload, const char *series, size_t place)
{
	const json_t *w = named(json_object_get(comparison, "workloads"), workload);
	const json_t *pairs = json_object_get(named(json_object_get(w, "series"), series), "pairs");
	return json_array_get(json_object_get(json_array_get(pairs, 0), "percentiles"), place);
}

static double number(const json_t *object, const char *member)
{
	ck_assert_msg(json_is_number(json_object_get(object, member)), "no %s", member);
	return json_number_value(json_object_get(object, member));
}

/* Twice as long is found, in every figure that is looked at; half as long is none. */
START_TEST(slower_and_faster)
{
	struct recipe base = BASE, other = BASE;
	other.seed = 2;
	other.scale = 2000;
	json_t *c = compare(&base, &other, &usual), *r;
	size_t i, found = 0;
	json_array_foreach(json_object_get(c, "regressions"), i, r) {
		ck_assert_str_eq(text_of(r, "kind"), "slower");
		ck_assert_double_gt(number(r, "at_least"), 1.1);
		ck_assert_double_ge(number(r, "ratio"), number(r, "at_least"));
		found += text_equal(text_of(r, "workload"), "message") && number(r, "percentile") == 50;
	}
	ck_assert_uint_eq(found, 1);
	ck_assert_int_eq(json_integer_value(json_object_get(c, "gated")), 8); /* four series, two percentiles */
	const json_t *median = contrast(c, "message", "latency", 0);
	ck_assert_str_eq(text_of(median, "word"), "slower");
	ck_assert_double_eq_tol(number(median, "ratio"), 2, 0.1);
	ck_assert(number(median, "low") < 2 && number(median, "high") > 1.9);
	ck_assert(number(median, "difference") > 0 && number(median, "at_least") < number(median, "low"));
	const json_t *w = named(json_object_get(c, "workloads"), "message");
	const json_t *pair =
		json_array_get(json_object_get(json_array_get(json_object_get(w, "series"), 0), "pairs"), 0);
	ck_assert_double_gt(number(pair, "longer"), 0.95);
	ck_assert_double_eq_tol(number(pair, "delta"), 2 * number(pair, "longer") - 1, 3e-6);
	json_decref(c);
	c = compare(&other, &base, &usual);
	ck_assert_uint_eq(json_array_size(json_object_get(c, "regressions")), 0);
	ck_assert_str_eq(text_of(contrast(c, "message", "latency", 0), "word"), "faster");
	ck_assert_uint_eq(latency_compared(c), 2);
	json_decref(c);
}
END_TEST

/* By 20 %: a regression with a bound of 10 %, slower and no more with one of 30 %, and no difference where it is too small to matter. */
START_TEST(bounds)
{
	struct recipe base = BASE, other = BASE;
	struct compare_options o = { .bound = 0.3, .percentiles = { "p50" }, .least = 50000 };
	base.apart = other.apart = 0;
	other.seed = 2;
	other.scale = 1200;
	json_t *c = compare(&base, &other, &usual);
	ck_assert_uint_gt(json_array_size(json_object_get(c, "regressions")), 0);
	json_decref(c);
	c = compare(&base, &other, &o);
	ck_assert_uint_eq(json_array_size(json_object_get(c, "regressions")), 0);
	ck_assert_str_eq(text_of(contrast(c, "message", "latency", 0), "word"), "slower");
	json_decref(c);
	o.bound = 0.1;
	o.least = 10e6;
	c = compare(&base, &other, &o);
	ck_assert_uint_eq(json_array_size(json_object_get(c, "regressions")), 0);
	ck_assert_str_eq(text_of(contrast(c, "message", "latency", 0), "word"), "no difference");
	ck_assert_str_eq(text_of(contrast(c, "message", "latency", 0), "why"), "small");
	ck_assert_ptr_null(
		json_object_get(contrast(c, "message", "latency", 2), "regression")); /* only p50 was asked for */
	json_decref(c);
}
END_TEST

/* The same server again and again: no more than one comparison in twenty may find a regression, with its eight figures. */
START_TEST(chance_is_no_regression)
{
	enum { ROUNDS = 60 };
	unsigned found = 0;
	for (uint64_t i = 0; i < ROUNDS; i++) {
		struct recipe base = BASE, other = BASE;
		struct compare_options o = usual;
		base.count = other.count = 120;
		base.turns = other.turns = _i ? 3 : 1;
		base.apart = other.apart = _i ? 60 : 0;
		base.seed = 100 + 2 * i;
		other.seed = 101 + 2 * i;
		o.bound = 0; /* only chance decides */
		o.least = 0;
		json_t *c = compare(&base, &other, &o);
		found += json_array_size(json_object_get(c, "regressions")) > 0;
		json_decref(c);
	}
	ck_assert_msg(found <= 6, "%u of %d", found, ROUNDS);
}
END_TEST

START_TEST(faults)
{
	static const struct {
		int before, after;
		bool worse;
	} cases[] = { { 0, 1, true }, { 0, 0, false }, { 3, 0, false }, { 10, 14, false }, { 10, 40, true } };
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct recipe base = BASE, other = BASE;
		base.lost = cases[i].before;
		other.lost = cases[i].after;
		json_t *c = compare(&base, &other, &usual);
		const json_t *r = json_array_get(json_object_get(c, "regressions"), 0);
		ck_assert_msg((r != NULL) == cases[i].worse, "%d after %d", cases[i].after, cases[i].before);
		if (r) {
			ck_assert_str_eq(text_of(r, "fault"), "lost");
			ck_assert(number(r, "count") == cases[i].after && number(r, "base_count") == cases[i].before);
		}
		json_decref(c);
	}
}
END_TEST

/* A workload that one of them could not measure to its end, or has not at all, is told. */
START_TEST(states)
{
	struct recipe base = BASE;
	struct err e;
	json_t *results[] = { made_result(&base, NULL), made_result(&base, NULL) };
	json_t *workloads = json_object_get(results[1], "workloads");
	json_object_set_new(json_array_get(workloads, 0), "state", json_string("failed"));
	json_object_set_new(json_array_get(workloads, 0), "reason", json_string("the connection ended"));
	json_array_remove(workloads, 2);
	json_t *c = compare_all(results, 2, &usual, &e);
	ck_assert_ptr_nonnull(c);
	const json_t *r = json_array_get(json_object_get(c, "regressions"), 0);
	ck_assert_str_eq(text_of(r, "kind"), "failed");
	ck_assert_str_eq(text_of(r, "reason"), "the connection ended");
	const json_t *w = named(json_object_get(c, "workloads"), "connect");
	ck_assert_str_eq(text_of(json_array_get(json_object_get(w, "systems"), 1), "state"), "absent");
	ck_assert_uint_eq(
		json_array_size(json_object_get(json_array_get(json_object_get(w, "series"), 0), "pairs")), 0);
	ck_assert_uint_eq(latency_compared(c), 1);
	json_decref(c);
	json_decref(results[0]);
	json_decref(results[1]);
}
END_TEST

/* ---- settings ---- */

static const struct {
	const char *member, *value; /* of the second one's; JSON */
	const char *says;           /* or NULL: said, and not refused */
} settings[] = {
	{ "transport", "\"ws\"", "transport ws and not starttls" }, { "tls", "false", "tls no and not yes" },
	{ "rate", "50", "rate 50 and not 100" }, { "loop", "\"closed\"", "loop closed and not open" },
	{ "arrivals", "\"poisson\"", "arrivals poisson and not constant" },
	{ "text_bytes", "1000", "text_bytes 1000 and not 100" }, { "contacts", "20", "contacts 20 and not 10" },
	{ "machine", "\"4 × another\"", "machine 4 × another and not 2 × a processor" }, { "repetitions", "5", NULL },
	{ "seed", "2", NULL }, { "version", "\"9.9.9\"", NULL },
	{ "fresh", "true", NULL },    /* what the first does not know of */
	{ "contacts", "null", NULL }, /* and the other way round */
};

START_TEST(other_settings)
{
	struct recipe base = BASE;
	struct err e;
	struct compare_options o = usual;
	json_t *results[] = { made_result(&base, NULL), made_result(&base, NULL) };
	json_t *value = json_loads(settings[_i].value, JSON_DECODE_ANY, NULL);
	json_object_set_new(results[1], settings[_i].member, value);
	json_t *c = compare_all(results, 2, &o, &e);
	if (settings[_i].says) {
		ck_assert_ptr_null(c);
		ck_assert_int_eq(e.class, ERR_USAGE);
		ck_assert_str_eq(e.where, "2/latency.json");
		ck_assert_msg(strstr(e.message, settings[_i].says) && strstr(e.message, "--force"), "%s", e.message);
		o.force = true;
		c = compare_all(results, 2, &o, &e);
	}
	ck_assert_msg(c != NULL, "%s", e.message);
	const json_t *s = json_array_get(json_object_get(c, "settings"), 0);
	ck_assert_str_eq(text_of(s, "name"), settings[_i].member);
	ck_assert(json_is_true(json_object_get(s, "grave")) == (settings[_i].says != NULL));
	json_decref(c);
	json_decref(results[0]);
	json_decref(results[1]);
}
END_TEST

/* Of a workload: its definition, and the part that warms up; a shorter repetition is said. */
START_TEST(other_workloads)
{
	struct recipe base = BASE;
	struct err e;
	struct compare_options o = usual;
	json_t *results[] = { made_result(&base, NULL), made_result(&base, NULL) };
	json_t *message = json_array_get(json_object_get(results[1], "workloads"), 0);
	json_object_set_new(message, "count", json_integer(150));
	json_object_set_new(message, "warm_up", json_integer(15));
	json_t *c = compare_all(results, 2, &o, &e);
	ck_assert_msg(c != NULL, "%s", e.message);
	ck_assert_str_eq(text_of(json_array_get(json_object_get(c, "settings"), 0), "workload"), "message");
	json_decref(c);
	json_object_set_new(message, "warm_up", json_integer(75));
	json_object_set_new(json_object_get(message, "about"), "en", json_string("Otherwise."));
	ck_assert_ptr_null(compare_all(results, 2, &o, &e));
	ck_assert_msg(strstr(e.message, "(message definition, message warm_up 50 % and not 10 %)"), "%s", e.message);
	json_decref(results[0]);
	json_decref(results[1]);
}
END_TEST

/* ---- the rest ---- */

START_TEST(percentiles_must_be_told)
{
	struct recipe base = BASE;
	struct err e;
	struct compare_options o = { .bound = 0.1, .percentiles = { "p50", "p95" } };
	json_t *results[] = { made_result(&base, NULL), made_result(&base, NULL) };
	ck_assert_ptr_null(compare_all(results, 2, &o, &e));
	ck_assert_str_eq(e.message, "has no 95th percentile; it has 50, 90, 99, 99.9");
	json_decref(results[0]);
	json_decref(results[1]);
}
END_TEST

/* Each is compared with the first, and all rounds stand in the order of time. */
START_TEST(three_in_order)
{
	struct recipe base = BASE, second = BASE, third = BASE;
	struct err e;
	second.scale = 1500;
	third.scale = 600;
	json_t *results[] = { made_result(&base, NULL), made_result(&second, NULL), made_result(&third, NULL) };
	json_object_set_new(
		results[0], "rounds", json_pack("[s, s]", "2026-01-01T00:00:00.000Z", "2026-01-01T00:05:00.000Z"));
	json_object_set_new(
		results[1], "rounds", json_pack("[s, s]", "2026-01-01T00:01:00.000Z", "2026-01-01T00:04:00.000Z"));
	json_object_set_new(results[2], "started", json_string("2026-01-01T00:02:30.000Z"));
	json_t *c = compare_all(results, 3, &usual, &e), *run;
	static const int order[] = { 1, 2, 3, 2, 1 };
	size_t i;
	ck_assert_uint_eq(json_array_size(json_object_get(c, "order")), 5);
	json_array_foreach(json_object_get(c, "order"), i, run)
		ck_assert_int_eq(json_integer_value(json_object_get(run, "system")), order[i]);
	const json_t *pairs = json_object_get(
		json_array_get(json_object_get(named(json_object_get(c, "workloads"), "message"), "series"), 0),
		"pairs");
	ck_assert_uint_eq(json_array_size(pairs), 2);
	ck_assert(number(json_array_get(pairs, 0), "system") == 2 && number(json_array_get(pairs, 1), "system") == 3);
	ck_assert(number(json_array_get(pairs, 0), "longer") > 0.5 && number(json_array_get(pairs, 1), "longer") < 0.5);
	json_array_foreach(json_object_get(c, "regressions"), i, run)
		ck_assert_int_eq(json_integer_value(json_object_get(run, "system")), 2);
	json_decref(c);
	for (i = 0; i < 3; i++)
		json_decref(results[i]);
}
END_TEST

/* With the raw data and without, the same figures; the intervals may differ a little. */
START_TEST(raw_data_agree)
{
	struct recipe base = BASE, other = BASE;
	struct err e;
	char folder[] = "/tmp/assay-raw-XXXXXX";
	ck_assert_ptr_nonnull(mkdtemp(folder));
	other.seed = 2;
	json_t *a = made_result(&base, folder), *b = made_result(&other, NULL);
	struct compared list[] = { { "one", "1", folder, a }, { "two", "2", NULL, b } };
	json_t *with = latency_compare(list, 2, &usual, &e);
	list[0].raw = NULL;
	json_t *without = latency_compare(list, 2, &usual, &e);
	const json_t *x = contrast(with, "message", "latency", 0), *y = contrast(without, "message", "latency", 0);
	ck_assert(number(x, "ratio") == number(y, "ratio"));
	ck_assert_double_eq_tol(number(x, "low"), number(y, "low"), 0.1);
	/* Another run's raw data beside it are no data of it. */
	list[1].raw = folder;
	ck_assert_ptr_null(latency_compare(list, 2, &usual, &e));
	ck_assert_msg(strstr(e.where, "message.requests.csv") && strstr(e.message, "does not hold"), "%s: %s", e.where,
		e.message);
	json_decref(with);
	json_decref(without);
	json_decref(a);
	json_decref(b);
	AUTO_TEXT command = memory_printf("rm -r %s", folder);
	ck_assert_int_eq(system(command), 0);
}
END_TEST

/* The measurements that tests of pages and of the program compare. */
START_TEST(kept_measurements)
{
	static const struct {
		const char *name;
		struct recipe recipe;
	} kept[] = {
		{ "latency-before", BASE },
		{ "latency-same",
			{ "fixture:prosody", "prosody 0.12.4", "2026-02-02T03:04:05.678Z", 2, 3, 300, 1010, 20, 0,
				100 } },
		{ "latency-after",
			{ "fixture:prosody", "prosody 13.0.1", "2026-03-02T03:04:05.678Z", 3, 3, 300, 1600, 20, 2,
				100 } },
	};
	for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
		struct err e;
		struct arena a = ARENA_INIT;
		BUF_AUTO before = BUF_INIT;
		AUTO_TEXT name = memory_printf("harness/tests/report/golden/%s.json", kept[i].name);
		const char *path = data_path(&a, name);
		json_t *made = made_result(&kept[i].recipe, NULL);
		char *text = json_dumps(made, JSON_COMPACT | JSON_REAL_PRECISION(6));
		if (getenv("UPDATE_GOLDEN"))
			ck_assert_int_eq(file_write(path, text, strlen(text), &e), 0);
		ck_assert_msg(file_read(path, &before, &e) == 0, "%s: %s", e.where, e.message);
		ck_assert_str_eq(buf_text(&before), text);
		free(text);
		json_decref(made);
		arena_release(&a);
	}
}
END_TEST

Suite *suite_compare(void);
Suite *suite_compare(void)
{
	Suite *s = suite_create("compare");
	TCase *t = tcase_create("compare");
	tcase_set_timeout(t, 120);
	tcase_add_test(t, slower_and_faster);
	tcase_add_test(t, bounds);
	tcase_add_loop_test(t, chance_is_no_regression, 0, 2);
	tcase_add_test(t, faults);
	tcase_add_test(t, states);
	tcase_add_loop_test(t, other_settings, 0, (int)(sizeof settings / sizeof *settings));
	tcase_add_test(t, other_workloads);
	tcase_add_test(t, percentiles_must_be_told);
	tcase_add_test(t, three_in_order);
	tcase_add_test(t, raw_data_agree);
	tcase_add_test(t, kept_measurements);
	suite_add_tcase(s, t);
	return s;
}
