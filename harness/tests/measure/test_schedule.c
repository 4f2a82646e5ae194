/* When requests are due: the open loop does not look at answers, the closed one does, and a seed repeats. */
#include "base/clock.h"
#include "measure/schedule.h"
#include <check.h>
#include <math.h>

#define START (1000 * CLOCK_SECOND)

START_TEST(constant_does_not_drift)
{
	struct schedule s;
	schedule_init(&s, LOOP_OPEN, ARRIVALS_CONSTANT, 3, 1, START);
	int wrong = 0;
	for (int64_t i = 0; i < 3000000; i++) {
		wrong += schedule_due(&s) != schedule_take(&s, START + 5 * CLOCK_SECOND);
		wrong += i % 3 == 2 && schedule_due(&s) != START + (i + 1) / 3 * CLOCK_SECOND;
	}
	ck_assert_int_eq(wrong, 0);
}
END_TEST

/* Of exponential gaps the deviation is the mean, and a share of 1 - 1/e is below it. */
START_TEST(poisson_has_exponential_gaps)
{
	struct schedule s;
	const int count = 200000;
	double sum = 0, squares = 0;
	int below = 0;
	schedule_init(&s, LOOP_OPEN, ARRIVALS_POISSON, 1000, 5, START);
	int64_t before = START;
	for (int i = 0; i < count; i++) {
		int64_t due = schedule_take(&s, START);
		double gap = (double)(due - before) / CLOCK_MILLISECOND;
		ck_assert_int_ge(due, before);
		sum += gap;
		squares += gap * gap;
		below += gap < 1;
		before = due;
	}
	double mean = sum / count, deviation = sqrt(squares / count - mean * mean);
	ck_assert_msg(fabs(mean - 1) < 0.01, "mean %f", mean);
	ck_assert_msg(fabs(deviation - 1) < 0.02, "deviation %f", deviation);
	ck_assert_msg(fabs((double)below / count - (1 - exp(-1))) < 0.01, "below the mean %d", below);
}
END_TEST

START_TEST(seed_repeats)
{
	struct schedule a, b, other;
	int same = 0;
	schedule_init(&a, LOOP_OPEN, ARRIVALS_POISSON, 10, 99, START);
	schedule_init(&b, LOOP_OPEN, ARRIVALS_POISSON, 10, 99, START);
	schedule_init(&other, LOOP_OPEN, ARRIVALS_POISSON, 10, 100, START);
	for (int i = 0; i < 1000; i++) {
		int64_t due = schedule_take(&a, START);
		ck_assert_int_eq(due, schedule_take(&b, START + i * CLOCK_SECOND));
		same += due == schedule_take(&other, START);
	}
	ck_assert_int_lt(same, 10);
}
END_TEST

/* A peer that answers after 1 ms, but stalls once for a second: what each loop makes of it. The request that comes j gaps of
 * 10 ms after the stalled one waits 1000 - 9 j ms. */
START_TEST(stall)
{
	static const struct {
		enum loop_kind loop;
		int late;
	} expected[] = { { LOOP_OPEN, 101 }, { LOOP_CLOSED, 1 } };
	for (size_t i = 0; i < 2; i++) {
		struct schedule s;
		int64_t now = START, free_at = START;
		int late = 0;
		schedule_init(&s, expected[i].loop, ARRIVALS_CONSTANT, 100, 1, START);
		for (int k = 0; k < 1000; k++) {
			now = schedule_due(&s) > now ? schedule_due(&s) : now;
			int64_t counted_from = schedule_take(&s, now);
			if (expected[i].loop == LOOP_CLOSED)
				ck_assert_int_eq(schedule_due(&s), CLOCK_FOREVER);
			free_at = (now > free_at ? now : free_at) + (k == 10 ? CLOCK_SECOND : CLOCK_MILLISECOND);
			/* The open loop sends on; the closed one waits. */
			if (expected[i].loop == LOOP_CLOSED)
				now = free_at;
			late += free_at - counted_from >= 100 * CLOCK_MILLISECOND;
			schedule_answered(&s);
		}
		ck_assert_msg(late == expected[i].late, "%s loop: %d late", loop_name(expected[i].loop), late);
	}
}
END_TEST

START_TEST(closed_keeps_its_gap)
{
	struct schedule s;
	schedule_init(&s, LOOP_CLOSED, ARRIVALS_CONSTANT, 10, 1, START);
	ck_assert_int_eq(schedule_due(&s), START);
	ck_assert_int_eq(schedule_take(&s, START + 3), START + 3);
	schedule_answered(&s);
	ck_assert_int_eq(schedule_due(&s), START + 3 + CLOCK_SECOND / 10);
	/* After a stall nothing is made up for. */
	ck_assert_int_eq(schedule_take(&s, START + 5 * CLOCK_SECOND), START + 5 * CLOCK_SECOND);
	schedule_answered(&s);
	ck_assert_int_eq(schedule_due(&s), START + 5 * CLOCK_SECOND + CLOCK_SECOND / 10);
}
END_TEST

Suite *suite_schedule(void)
{
	Suite *s = suite_create("schedule");
	TCase *t = tcase_create("schedule");
	tcase_add_test(t, constant_does_not_drift);
	tcase_add_test(t, poisson_has_exponential_gaps);
	tcase_add_test(t, seed_repeats);
	tcase_add_test(t, stall);
	tcase_add_test(t, closed_keeps_its_gap);
	suite_add_tcase(s, t);
	return s;
}
