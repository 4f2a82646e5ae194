#include "base/text.h"
#include "place.h"
#include "target/target.h"
#include <check.h>
#include <stdlib.h>
#include <string.h>

static void load(struct baseline *b, const char *text, enum transport transport)
{
	struct err e;
	ck_assert_msg(baseline_load(b, place_file("known.tsv", text), transport, &e) == 0, "%s %s", e.where, e.message);
}

static const char *verdict_of(const struct baseline *b, const char *check)
{
	const struct baseline_line *l = baseline_find(b, check);
	return l ? l->verdict : NULL;
}

START_TEST(lines_are_read)
{
	struct baseline b;
	load(&b,
		"# known\n\ncarbons/private/laptop-never\tfail\tsee section 6\r\n"
		"roster/push/phone-gets\tweak\t a reason \thttps://bugs.test/7\t9999-12-31\n"
		"roster/push/laptop-gets\tfail\twhy\t\t9999-01-01",
		TRANSPORT_STARTTLS);
	const struct baseline_line *l = baseline_find(&b, "carbons/private/laptop-never");
	ck_assert_str_eq(l->verdict, "fail");
	ck_assert_str_eq(l->reason, "see section 6");
	ck_assert_str_eq(l->link, "");
	ck_assert_str_eq(l->expires, "");
	ck_assert_uint_eq(l->number, 3);
	l = baseline_find(&b, "roster/push/phone-gets");
	ck_assert_str_eq(l->verdict, "weak");
	ck_assert_str_eq(l->reason, "a reason");
	ck_assert_str_eq(l->link, "https://bugs.test/7");
	ck_assert_str_eq(l->expires, "9999-12-31");
	l = baseline_find(&b, "roster/push/laptop-gets");
	ck_assert_str_eq(l->link, "");
	ck_assert_str_eq(l->expires, "9999-01-01");
	ck_assert_ptr_null(baseline_find(&b, "roster/push/tablet-gets"));
	ck_assert_uint_eq(b.lines.count, 3);
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
	for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
		struct baseline b;
		load(&b, text, expected[i].transport);
		ck_assert_str_eq(verdict_of(&b, "a/b/c"), expected[i].first);
		ck_assert_pstr_eq(verdict_of(&b, "a/b/d"), expected[i].second);
		baseline_release(&b);
	}
}
END_TEST

/* A line for the check alone wins, wherever it stands; of patterns the one for the transport, then the first. */
START_TEST(patterns)
{
	struct baseline b;
	load(&b,
		"a/*\tfail\tall of it\na/b/c\tweak\tbut this\n*/b/*\terror\tlater\na/z/*@ws\tinconclusive\tthere\n"
		"a/z/[xy]\tweak\tnever first\n",
		TRANSPORT_STARTTLS);
	ck_assert_str_eq(verdict_of(&b, "a/b/c"), "weak");
	ck_assert_str_eq(verdict_of(&b, "a/b/d"), "fail");
	ck_assert_str_eq(verdict_of(&b, "d/b/d"), "error");
	ck_assert_str_eq(verdict_of(&b, "a/z/x"), "fail");
	b.transport = TRANSPORT_WEBSOCKET;
	ck_assert_str_eq(verdict_of(&b, "a/z/x"), "inconclusive");
	ck_assert_str_eq(verdict_of(&b, "a/b/c"), "weak");
	ck_assert_ptr_null(baseline_find(&b, "q/r/s"));
	baseline_release(&b);
}
END_TEST

static const struct {
	const char *text;
	int line; /* 0: every line has its check */
	const char *message;
} unmatched[] = {
	{ "a/b/c\tfail\twhy\na/*\tweak\twhy\na/b/d@bosh\tfail\twhy\n", 0, "" },
	{ "#\na/b/cc\tfail\twhy\n", 2, "did you mean 'a/b/c'" },
	{ "nothing/of-the/kind\tfail\twhy\n", 1, "assay list" }, { "a/b/c\tfail\twhy\nb/*\tfail\twhy\n", 2, "'b/*'" },
	{ "a/b/x-and-y@ws\tfail\twhy\n", 1, "there is no check" }, /* also where the run is over another */
};

START_TEST(every_line_needs_a_check)
{
	struct baseline b;
	struct err e = { .class = ERR_NONE };
	struct vec checks = VEC_INIT;
	vec_push(&checks, (void *)"a/b/c");
	vec_push(&checks, (void *)"a/b/d");
	load(&b, unmatched[_i].text, TRANSPORT_STARTTLS);
	AUTO_TEXT where = memory_printf("%s:%d", place_path("known.tsv"), unmatched[_i].line);
	int result = baseline_match(&b, &checks, &e);
	ck_assert_int_eq(result, unmatched[_i].line ? -1 : 0);
	if (result) {
		ck_assert_int_eq(e.class, ERR_USAGE);
		ck_assert_str_eq(e.where, where);
		ck_assert_msg(strstr(e.message, unmatched[_i].message), "%s", e.message);
	}
	baseline_release(&b);
	vec_release(&checks);
}
END_TEST

static const struct {
	const char *text;
	bool is_date;
} dates[] = { { "2026-02-28", true }, { "2028-02-29", true }, { "2026-02-29", false }, { "2100-02-29", false },
	{ "2000-02-29", true }, { "2026-13-01", false }, { "2026-00-01", false }, { "2026-01-00", false },
	{ "2026-04-31", false }, { "2026-1-1", false }, { "2026-01-01T00:00:00Z", false }, { "", false },
	{ "0000-01-01", false }, { "20-6-01-01", false }, { "2026-+1-01", false } };

START_TEST(dates_are_of_the_calendar)
{
	ck_assert_msg(baseline_is_date(dates[_i].text) == dates[_i].is_date, "%s", dates[_i].text);
}
END_TEST

/* Who mends a baseline can read what has expired. */
START_TEST(expired_lines)
{
	struct baseline b;
	struct err e = { .class = ERR_NONE };
	const char *path = place_file("old.tsv", "a/b/c\tfail\twhy\t\t2001-01-01\n");
	ck_assert_int_eq(baseline_load(&b, path, TRANSPORT_STARTTLS, &e), -1);
	ck_assert_int_eq(baseline_load_expired(&b, path, TRANSPORT_STARTTLS, &e), 0);
	ck_assert_str_eq(verdict_of(&b, "a/b/c"), "fail");
	ck_assert(baseline_is_past("2001-01-01") && !baseline_is_past("9999-12-31"));
	baseline_release(&b);
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
	{ "a/*,b/*\tfail\twhy\n", 1, "SUITE/SCENARIO/CHECK" },
	{ "a/*\tfail\twhy\n\na/*\tweak\twhy\n", 3, "the first is line 1" },
	{ "a/b/c\tfail\twhy\tsee the tracker\n", 1, "no link" },
	{ "a/b/c\tfail\twhy\tjavascript:alert(1)\n", 1, "no link" },
	{ "a/b/c\tfail\twhy\t\tsoon\n", 1, "'soon' is no date" },
	{ "a/b/c\tfail\twhy\t\t2026-02-30\n", 1, "no date" },
	{ "#\na/b/c\tfail\twhy\t\t2001-01-01\n", 2, "expired on 2001-01-01" },
	{ "a/b/c\tfail\twhy\t\t9999-01-01\tmore\n", 1, "more columns" },
	{ "a/b/c\tfail\tw\xff\n", 1, "UTF-8" },
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
	tcase_add_test(c, patterns);
	tcase_add_loop_test(c, every_line_needs_a_check, 0, (int)(sizeof unmatched / sizeof *unmatched));
	tcase_add_loop_test(c, dates_are_of_the_calendar, 0, (int)(sizeof dates / sizeof *dates));
	tcase_add_test(c, expired_lines);
	tcase_add_loop_test(c, fault_has_its_line, 0, (int)(sizeof faults / sizeof *faults));
	tcase_add_test(c, fixtures_have_baselines);
	suite_add_tcase(s, c);
	return s;
}
