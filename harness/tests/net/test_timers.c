/* The heap of timers: whatever is put in, taken out and put elsewhere, the first is the earliest. */
#include "net/timers.h"
#include <check.h>
#include <stdlib.h>

#define CONNECTIONS 200

static const struct connection *earliest(const struct connection *connections)
{
	const struct connection *found = NULL;
	for (size_t i = 0; i < CONNECTIONS; i++)
		if (connections[i].expires != CLOCK_FOREVER && (!found || connections[i].expires < found->expires))
			found = &connections[i];
	return found;
}

START_TEST(first_is_the_earliest)
{
	struct connection *connections = memory_alloc(CONNECTIONS * sizeof *connections);
	struct vec timers = VEC_INIT;
	srand(7);
	for (size_t i = 0; i < CONNECTIONS; i++)
		connections[i].expires = CLOCK_FOREVER;
	ck_assert_ptr_null(timers_first(&timers));
	for (int i = 0; i < 20000; i++) {
		struct connection *c = &connections[rand() % CONNECTIONS];
		timers_set(&timers, c, rand() % 3 ? rand() % 1000 : CLOCK_FOREVER);
		const struct connection *expected = earliest(connections), *first = timers_first(&timers);
		ck_assert_int_eq(first == NULL, expected == NULL);
		if (first)
			ck_assert_int_eq(first->expires, expected->expires);
	}
	for (size_t i = 0; i < CONNECTIONS; i++)
		timers_set(&timers, &connections[i], CLOCK_FOREVER);
	ck_assert_uint_eq(timers.count, 0);
	vec_release(&timers);
	free(connections);
}
END_TEST

Suite *suite_timers(void)
{
	Suite *s = suite_create("timers");
	TCase *c = tcase_create("all");
	tcase_add_test(c, first_is_the_earliest);
	suite_add_tcase(s, c);
	return s;
}
