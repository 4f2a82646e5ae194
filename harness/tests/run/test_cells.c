/* Cells of the matrix of clients, from journals. */
#include "base/text.h"
#include "run/cells.h"
#include "xml/xml.h"
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct vec scenarios;
static struct client right, mute;
static char path[64];

static void begin(void)
{
	struct arena a = ARENA_INIT;
	struct vec errors = VEC_INIT;
	xml_start();
	struct scenario *s = scenario_load(data_path(&a, "suites/interop/markers.scn"), NULL, &errors);
	ck_assert_ptr_nonnull(s);
	vec_push(&scenarios, s);
	vec_push(&right.claims, "markers");
	strcpy(path, "/tmp/assay-cells-XXXXXX");
	int descriptor = mkstemp(path);
	ck_assert_int_ge(descriptor, 0);
	close(descriptor);
	arena_release(&a);
}

static void end(void)
{
	scenario_free(scenarios.items[0]);
	vec_release(&scenarios);
	vec_release(&right.claims);
	unlink(path);
}

#define CHECK(run, check, verdict, more)                                                                               \
	"{\"e\":\"check\",\"s\":" #run ",\"id\":\"interop/markers/" check "\",\"verdict\":\"" verdict "\"" more "}\n"

static const struct {
	const char *journal, *verdict, *by, *reason;
} cases[] = {
	{ CHECK(1, "sent", "pass", "") CHECK(1, "shown", "pass", ""), "understood", NULL, NULL },
	{ CHECK(1, "sent", "fail", ",\"message\":\"no\"") CHECK(1, "shown", "inconclusive", ",\"message\":\"x\""),
		"not", NULL, "no" },
	{ CHECK(1, "sent", "pass", "") CHECK(1, "shown", "fail", ",\"message\":\"m\",\"again\":true"), "twice", NULL,
		"m" },
	{ CHECK(1, "sent", "fail", ",\"message\":\"m\",\"again\":true") CHECK(1, "shown", "fail", ",\"message\":\"n\""),
		"not", NULL, "n" },
	{ CHECK(1, "sent", "pass", "") CHECK(1, "shown", "inconclusive", ",\"message\":\"x\""), "inconclusive", NULL,
		"x" },
	{ CHECK(1, "sent", "error", ",\"message\":\"x\"") CHECK(1, "shown", "fail", ""), "error", NULL, "x" },
	{ CHECK(1, "sent", "unsupported", ",\"message\":\"x\",\"by\":\"reader\""), "unsupported", "reader", "x" },
	{ CHECK(1, "sent", "unsupported", ",\"by\":\"writer\""), "unsupported", "writer", "" },
	{ CHECK(1, "sent", "unsupported", ""), "unsupported", "reader", "" }, /* it does not claim them */
	{ CHECK(1, "sent", "pass", "") CHECK(2, "sent", "fail", ",\"message\":\"no\""), "inconclusive", NULL,
		"understood in 1 of 2 runs; in another: no" },
	{ CHECK(1, "sent", "pass", "") CHECK(2, "sent", "pass", ""), "understood", NULL, NULL },
	{ CHECK(1, "sent", "fail", ",\"message\":\"m\",\"again\":true") CHECK(2, "sent", "pass", ""), "twice", NULL,
		"once in 1 of 2 runs; in another: m" },
	{ CHECK(1, "sent", "fail", ",\"message\":\"m\",\"again\":true") CHECK(2, "sent", "unsupported", ""),
		"inconclusive", NULL, "understood in 0 of 2 runs; in another: m" },
	{ "{\"e\":\"check\",\"s\":1,\"id\":\"interop/markersx/y\",\"verdict\":\"pass\"}\n", "inconclusive", NULL,
		"it did not run" },
	{ "{\"e\":\"check\"\nno JSON\n\n{\"e\":\"check\",\"id\":7}\n", "inconclusive", NULL, "it did not run" },
};

START_TEST(one_cell)
{
	struct err e;
	ck_assert_int_eq(file_write(path, cases[_i].journal, strlen(cases[_i].journal), &e), 0);
	json_t *cells = cells_read(path, &scenarios, &right, &mute, &e);
	const json_t *cell = json_array_get(cells, 0);
	ck_assert_uint_eq(json_array_size(cells), 1);
	ck_assert_str_eq(json_string_value(json_object_get(cell, "feature")), "markers");
	ck_assert_str_eq(json_string_value(json_object_get(cell, "verdict")), cases[_i].verdict);
	ck_assert(text_equal(json_string_value(json_object_get(cell, "by")), cases[_i].by));
	ck_assert(text_equal(json_string_value(json_object_get(cell, "reason")), cases[_i].reason));
	ck_assert_uint_eq(cells_count(cells, cases[_i].verdict), 1);
	json_decref(cells);
}
END_TEST

START_TEST(no_journal)
{
	struct err e;
	ck_assert_ptr_null(cells_read("/nowhere/journal.jsonl", &scenarios, &right, &mute, &e));
}
END_TEST

Suite *suite_cells(void)
{
	Suite *s = suite_create("cells");
	TCase *t = tcase_create("cells");
	tcase_add_checked_fixture(t, begin, end);
	tcase_add_loop_test(t, one_cell, 0, (int)(sizeof cases / sizeof *cases));
	tcase_add_test(t, no_journal);
	suite_add_tcase(s, t);
	return s;
}
