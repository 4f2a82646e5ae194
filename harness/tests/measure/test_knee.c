/* The search for the knee, against servers that keep up with a rate that is known. */
#include "measure/knee.h"
#include <check.h>
#include <math.h>

static struct knee search(double capacity, double first, double most, unsigned stages)
{
	struct knee k = { .rate = first, .least = 1, .most = most, .factor = 1.5, .near = 1.1, .stages_most = stages };
	while (!k.over) {
		ck_assert(k.rate >= k.least && k.rate <= k.most);
		knee_stage(&k, k.rate <= capacity);
	}
	return k;
}

/* Whatever the capacity, it is between the two, and they are near. */
START_TEST(it_is_found)
{
	for (double capacity = 1.3; capacity < 9000; capacity *= 1.17) {
		struct knee k = search(capacity, 50, 10000, 100);
		ck_assert_int_eq(knee_state(&k), KNEE_FOUND);
		ck_assert(k.kept <= capacity && capacity < k.missed);
		ck_assert_double_le(k.missed / k.kept, 1.1);
		ck_assert_uint_le(k.stages, 22);
	}
}
END_TEST

START_TEST(it_may_be_beyond_both_ends)
{
	struct knee above = search(1e9, 50, 400, 100), below = search(0.5, 50, 400, 100);
	ck_assert_int_eq(knee_state(&above), KNEE_ABOVE);
	ck_assert_double_eq(above.kept, 400);
	ck_assert_double_eq(above.missed, 0);
	ck_assert_int_eq(knee_state(&below), KNEE_BELOW);
	ck_assert_double_eq(below.missed, 1);
	ck_assert_double_eq(below.kept, 0);
}
END_TEST

START_TEST(stages_may_be_used_up)
{
	struct knee k = search(777, 50, 10000, 3);
	ck_assert_uint_eq(k.stages, 3);
	ck_assert_int_eq(knee_state(&k), KNEE_UNSETTLED);
	ck_assert_double_eq(k.kept, 50 * 1.5 * 1.5);
	ck_assert_str_eq(knee_state_name(knee_state(&k)), "unsettled");
}
END_TEST

/* A server that is erratic: the search still ends, and says nothing that it has not seen. */
START_TEST(an_erratic_server)
{
	struct knee k = { .rate = 50, .least = 1, .most = 10000, .factor = 1.5, .near = 1.1, .stages_most = 50 };
	for (unsigned i = 0; !k.over; i++)
		knee_stage(&k, i % 3 != 2);
	ck_assert_uint_le(k.stages, 50);
	ck_assert(k.kept < k.missed);
}
END_TEST

Suite *suite_knee(void)
{
	Suite *s = suite_create("measure/knee");
	TCase *t = tcase_create("search");
	suite_add_tcase(s, t);
	tcase_add_test(t, it_is_found);
	tcase_add_test(t, it_may_be_beyond_both_ends);
	tcase_add_test(t, stages_may_be_used_up);
	tcase_add_test(t, an_erratic_server);
	return s;
}
