#include "target/place.h"
#include <check.h>

enum { TOGETHER = 8, PLACES = 300 };

/* Those of one run: of its fixtures, and of the server by whose names they find each other, which takes its ports last. */
START_TEST(places_of_one_process_do_not_meet)
{
	static struct place places[PLACES];
	struct err e;
	for (int i = 0; i < PLACES; i++) {
		ck_assert_int_eq(place_choose(&places[i], &e), 0);
		for (int j = i < TOGETHER ? 0 : i - TOGETHER; j < i; j++)
			ck_assert_int_ne(places[i].port, places[j].port);
	}
}
END_TEST

Suite *suite_place(void)
{
	Suite *s = suite_create("place");
	TCase *t = tcase_create("all");
	tcase_add_test(t, places_of_one_process_do_not_meet);
	suite_add_tcase(s, t);
	return s;
}
