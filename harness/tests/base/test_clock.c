/* Time: never backwards, rounded so that nobody wakes too early, and stamps as XEP-0082 has them. */
#include "base/clock.h"
#include <check.h>
#include <limits.h>
#include <regex.h>
#include <stdlib.h>
#include <time.h>

START_TEST(never_backwards)
{
	int64_t before = clock_now(), processor = clock_processor();
	for (int i = 0; i < 1000; i++) {
		int64_t now = clock_now();
		ck_assert_int_ge(now, before);
		before = now;
	}
	ck_assert_int_ge(processor, 0);
	ck_assert_int_ge(clock_processor(), processor);
}
END_TEST

START_TEST(timeouts)
{
	ck_assert_int_eq(clock_poll_timeout(CLOCK_FOREVER), -1);
	ck_assert_int_eq(clock_poll_timeout(0), 0);
	ck_assert_int_eq(clock_poll_timeout(clock_now() - CLOCK_SECOND), 0);
	ck_assert_int_eq(clock_poll_timeout(CLOCK_FOREVER - 1), INT_MAX);
	int timeout = clock_poll_timeout(clock_now() + 60 * CLOCK_SECOND);
	ck_assert_int_le(timeout, 60000);
	ck_assert_int_gt(timeout, 50000);
	/* Until a deadline is reached, it is never 0: that would be a busy loop. */
	for (int64_t deadline = clock_now() + 3 * CLOCK_MILLISECOND;;) {
		timeout = clock_poll_timeout(deadline);
		int64_t after = clock_now();
		if (after >= deadline)
			break;
		ck_assert_int_gt(timeout, 0);
	}
}
END_TEST

START_TEST(stamps)
{
	char stamp[CLOCK_STAMP_SIZE];
	regex_t form;
	ck_assert_int_eq(regcomp(&form, "^[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9]\\.[0-9]{3}Z$",
				 REG_EXTENDED | REG_NOSUB),
		0);
	clock_stamp(stamp);
	ck_assert_msg(regexec(&form, stamp, 0, NULL, 0) == 0, "%s", stamp);
	regfree(&form);
}
END_TEST

static const struct {
	const char *text;
	int64_t seconds; /* -1: it is none */
} read[] = {
	{ "1970-01-01T00:00:00Z", 0 },
	{ "1970-01-02T00:00:01.5Z", 86401 },
	{ "1970-01-01T02:00:00+02:00", 0 },
	{ "1970-01-01T00:00:00-01:30", 5400 },
	{ "1970-01-01T00:00:00", -1 },
	{ "1970-01-01T00:00:00+02", -1 },
	{ "1970-01-01T00:00:00Zz", -1 },
	{ "1970-01-01", -1 },
	{ "yesterday", -1 },
	{ "", -1 },
	{ NULL, -1 },
};

START_TEST(read_stamps)
{
	int64_t seconds = 0;
	int result = clock_read_stamp(read[_i].text, &seconds);
	ck_assert_int_eq(result, read[_i].seconds < 0 ? -1 : 0);
	if (!result)
		ck_assert_int_eq(seconds, read[_i].seconds);
}
END_TEST

START_TEST(read_what_was_stamped)
{
	int64_t seconds;
	char stamp[CLOCK_STAMP_SIZE];
	clock_stamp(stamp);
	ck_assert_int_eq(clock_read_stamp(stamp, &seconds), 0);
	ck_assert_int_le(llabs(seconds - (int64_t)time(NULL)), 2);
}
END_TEST

Suite *suite_clock(void)
{
	Suite *s = suite_create("clock");
	TCase *c = tcase_create("all");
	tcase_add_test(c, never_backwards);
	tcase_add_test(c, timeouts);
	tcase_add_test(c, stamps);
	tcase_add_loop_test(c, read_stamps, 0, (int)(sizeof read / sizeof *read));
	tcase_add_test(c, read_what_was_stamped);
	suite_add_tcase(s, c);
	return s;
}
