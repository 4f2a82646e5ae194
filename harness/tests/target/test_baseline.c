#include "base/text.h"
#include "place.h"
#include "target/target.h"
#include <check.h>
#include <stdlib.h>
#include <string.h>

START_TEST(lines_are_read)
{
	struct baseline b;
	struct err e;
	const char *path = place_file("known.tsv",
		"# known\n\ncarbons/private/laptop-never\tfail\tsee section 6\r\n"
		"roster/push/phone-gets\tweak\ta reason \twith a tab");
	ck_assert_msg(baseline_load(&b, path, TRANSPORT_STARTTLS, &e) == 0, "%s %s", e.where, e.message);
	ck_assert_str_eq(map_get(&b.verdicts, "carbons/private/laptop-never"), "fail");
	ck_assert_str_eq(map_get(&b.reasons, "carbons/private/laptop-never"), "see section 6");
	ck_assert_str_eq(map_get(&b.verdicts, "roster/push/phone-gets"), "weak");
	ck_assert_uint_eq(b.verdicts.count, 2);
	baseline_release(&b);
}
END_TEST

START_TEST(lines_for_a_transport)
{
	static const char text[] =
		"a/b/c\tweak\teverywhere\na/b/c@ws\tfail\tover WebSocket\na/b/d@bosh\tfail\tonly there\n";
	static const struct {
		enum transport transport;
		const char *first, *second;
	} expected[] = { { TRANSPORT_STARTTLS, "weak", NULL }, { TRANSPORT_WEBSOCKET, "fail", NULL },
		{ TRANSPORT_BOSH, "weak", "fail" } };
	const char *path = place_file("known.tsv", text);
	for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
		struct baseline b;
		struct err e;
		ck_assert_msg(baseline_load(&b, path, expected[i].transport, &e) == 0, "%s %s", e.where, e.message);
		ck_assert_str_eq(map_get(&b.verdicts, "a/b/c"), expected[i].first);
		ck_assert_pstr_eq(map_get(&b.verdicts, "a/b/d"), expected[i].second);
		baseline_release(&b);
	}
}
END_TEST

static const struct {
	const char *text;
	int line;
	const char *message;
} faults[] = {
	{ "a/b/c fail because\n", 1, "tabs between" },
	{ "a/b/c\tfail\n", 1, "tabs between" },
	{ "#\na/b/c\tfail\t \n", 2, "tabs between" },
	{ "a/b\tfail\twhy\n", 1, "SUITE/SCENARIO/CHECK" },
	{ "a/b/C\tfail\twhy\n", 1, "SUITE/SCENARIO/CHECK" },
	{ "a/b/c/d\tfail\twhy\n", 1, "SUITE/SCENARIO/CHECK" },
	{ "a/b/c\tfial\twhy\n", 1, "did you mean 'fail'" },
	{ "a/b/c\tpass\twhy\n", 1, "no verdict that can be expected" },
	{ "a/b/c\tfail\twhy\na/b/c\tweak\twhy\n", 2, "second time" },
	{ "a/b/c@ws\tfail\twhy\na/b/c@ws\tweak\twhy\n", 2, "second time" },
	{ "a/b/c@carrier-pigeon\tfail\twhy\n", 1, "no such transport" },
	{ "a/b@ws\tfail\twhy\n", 1, "SUITE/SCENARIO/CHECK" },
};

START_TEST(fault_has_its_line)
{
	struct baseline b;
	struct err e = { .class = ERR_NONE };
	const char *path = place_file("faulty.tsv", faults[_i].text);
	AUTO_TEXT where = memory_printf("%s:%d", path, faults[_i].line);
	ck_assert_int_eq(baseline_load(&b, path, TRANSPORT_STARTTLS, &e), -1);
	ck_assert_int_eq(e.class, ERR_USAGE);
	ck_assert_str_eq(e.where, where);
	ck_assert_msg(strstr(e.message, faults[_i].message), "%s", e.message);
}
END_TEST

/* What is shipped must load. */
START_TEST(fixtures_have_baselines)
{
	struct arena a = ARENA_INIT;
	struct vec names = VEC_INIT;
	fixture_names(&a, &names);
	ck_assert_uint_ge(names.count, 2);
	for (size_t i = 0; i < names.count; i++) {
		struct baseline b;
		struct err e;
		const char *path =
			data_path(&a, arena_printf(&a, "fixtures/servers/%s/baseline.tsv", (char *)names.items[i]));
		ck_assert_msg(baseline_load(&b, path, TRANSPORT_STARTTLS, &e) == 0, "%s %s", e.where, e.message);
		baseline_release(&b);
	}
	vec_release(&names);
	arena_release(&a);
}
END_TEST

Suite *suite_baseline(void)
{
	Suite *s = suite_create("baseline");
	TCase *c = tcase_create("baseline");
	tcase_add_checked_fixture(c, place_begin, place_end);
	tcase_add_test(c, lines_are_read);
	tcase_add_test(c, lines_for_a_transport);
	tcase_add_loop_test(c, fault_has_its_line, 0, (int)(sizeof faults / sizeof *faults));
	tcase_add_test(c, fixtures_have_baselines);
	suite_add_tcase(s, c);
	return s;
}
