/* Two figures against each other: ratios and differences with their limits, by hand and by drawing, and the word for it. */
#include "base/memory.h"
#include "made.h"
#include "measure/contrast.h"
#include "measure/schedule.h"
#include <check.h>
#include <math.h>
#include <stdlib.h>

static struct estimate figure(double value, double low, double high)
{
	return (struct estimate){ .value = (int64_t)value, .low = low, .high = high };
}

/* From 100 (80 to 130) to 150 (120 to 160): the lower limit moves by 30 of the one and 30 of the other. */
START_TEST(limits_by_hand)
{
	struct estimate a = figure(100, 80, 130), b = figure(150, 120, 160);
	struct range d = contrast_difference(&a, &b), r = contrast_ratio(&a, &b);
	ck_assert_double_eq_tol(d.value, 50, 1e-9);
	ck_assert_double_eq_tol(d.low, 50 - sqrt(30 * 30 + 30 * 30), 1e-9);
	ck_assert_double_eq_tol(d.high, 50 + sqrt(10 * 10 + 20 * 20), 1e-9);
	ck_assert_double_eq_tol(r.value, 1.5, 1e-9);
	ck_assert_double_eq_tol(r.low, 1.5 / exp(hypot(log(150.0 / 120), log(130.0 / 100))), 1e-9);
	ck_assert_double_eq_tol(r.high, 1.5 * exp(hypot(log(160.0 / 150), log(100.0 / 80))), 1e-9);
}
END_TEST

START_TEST(without_limits)
{
	struct estimate a = figure(100, 80, INFINITY), b = figure(150, -INFINITY, 160), c = figure(0, 0, 0);
	struct range r = contrast_ratio(&a, &b), d = contrast_difference(&a, &b);
	ck_assert(r.low == 0 && isinf(d.low) && d.low < 0);
	ck_assert(!isinf(r.high) && !isinf(d.high));
	r = contrast_ratio(&b, &a);
	ck_assert(isinf(r.high) && isinf(contrast_difference(&b, &a).high));
	r = contrast_ratio(&c, &b);
	ck_assert_double_eq_tol(r.value, 150, 1e-9); /* nothing counts as 1 ns */
}
END_TEST

static const struct said {
	struct estimate from, to;
	double spread, least;
	enum contrast_word word;
	enum contrast_reason reason;
} said[] = {
	{ { .value = 1000, .low = 950, .high = 1050 }, { .value = 1300, .low = 1250, .high = 1350 }, -1, 0, WORD_SLOWER,
		REASON_NONE },
	{ { .value = 1300, .low = 1250, .high = 1350 }, { .value = 1000, .low = 950, .high = 1050 }, -1, 0, WORD_FASTER,
		REASON_NONE },
	{ { .value = 1000, .low = 950, .high = 1050 }, { .value = 1300, .low = 1250, .high = 1350 }, 300, 0, WORD_SAME,
		REASON_SPREAD },
	{ { .value = 1000, .low = 950, .high = 1050 }, { .value = 1300, .low = 1250, .high = 1350 }, 299, 301,
		WORD_SAME, REASON_SMALL },
	{ { .value = 1000, .low = 900, .high = 1200 }, { .value = 1100, .low = 950, .high = 1200 }, -1, 0, WORD_SAME,
		REASON_INTERVAL },
	{ { .value = 1000, .low = 300, .high = 1900 }, { .value = 1100, .low = 950, .high = 1200 }, -1, 0, WORD_UNKNOWN,
		REASON_WIDE },
	{ { .value = 1000, .low = 900, .high = INFINITY }, { .value = 5000, .low = 4000, .high = 6000 }, -1, 0,
		WORD_UNKNOWN, REASON_FEW },
	{ { .value = 1000, .low = 900, .high = 1100 }, { .value = 5000, .low = 4000, .high = INFINITY }, -1, 0,
		WORD_SLOWER, REASON_NONE },
};

START_TEST(words)
{
	enum contrast_reason reason;
	const struct said *s = &said[_i];
	ck_assert_int_eq(contrast_word(&s->from, &s->to, s->spread, s->least, &reason), s->word);
	ck_assert_int_eq(reason, s->reason);
	ck_assert_str_ne(contrast_word_name(s->word), "?");
	ck_assert_str_ne(contrast_reason_name(reason), "?");
}
END_TEST

/* Of two servers of which one takes 1.3 times as long, the interval of the ratio holds 1.3 in about 95 % of comparisons, and of two that are the
 * same hardly any is called another. */
START_TEST(ratios_hold_the_truth)
{
	enum { ROUNDS = 300, COUNT = 400 };
	static int64_t values[2][COUNT];
	double ratio = _i ? 1.3 : 1;
	uint64_t state = 5;
	int held = 0, told = 0;
	for (int i = 0; i < ROUNDS; i++) {
		struct sample s[2];
		json_t *series[2];
		for (int k = 0; k < 2; k++) {
			struct err e;
			for (int n = 0; n < COUNT; n++)
				values[k][n] = (int64_t)(1e6 * (k ? ratio : 1) *
					exp(0.4 * sqrt(-2 * log(schedule_random_unit(&state))) *
						cos(2 * acos(-1) * schedule_random_unit(&state))));
			series[k] = made_series("latency", values[k], 1, COUNT, 20);
			ck_assert_int_eq(sample_read(&s[k], series[k], NULL, "here", &e), 0);
		}
		struct estimate a = sample_estimate(&s[0], 50, 0.025), b = sample_estimate(&s[1], 50, 0.025);
		enum contrast_reason why;
		struct range r = contrast_ratio(&a, &b);
		held += r.low <= ratio && ratio <= r.high;
		told += contrast_word(&a, &b, -1, 0, &why) != WORD_SAME;
		for (int k = 0; k < 2; k++) {
			sample_release(&s[k]);
			json_decref(series[k]);
		}
	}
	ck_assert_msg(held >= 0.92 * ROUNDS && held < ROUNDS, "%d of %d intervals hold it", held, ROUNDS);
	ck_assert_msg(_i ? told > 0.9 * ROUNDS : told < 0.08 * ROUNDS, "%d of %d are told to differ", told, ROUNDS);
}
END_TEST

Suite *suite_contrast(void);
Suite *suite_contrast(void)
{
	Suite *s = suite_create("contrast");
	TCase *t = tcase_create("contrast");
	tcase_set_timeout(t, 120);
	tcase_add_test(t, limits_by_hand);
	tcase_add_test(t, without_limits);
	tcase_add_loop_test(t, words, 0, (int)(sizeof said / sizeof *said));
	tcase_add_loop_test(t, ratios_hold_the_truth, 0, 2);
	suite_add_tcase(s, t);
	return s;
}
