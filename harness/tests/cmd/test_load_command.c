/* `assay load` as a user starts it: each profile on a real server, wrong servers, and where it must refuse. */
#include "base/memory.h"
#include "base/text.h"
#include "program.h"
#include <check.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static char *folder;

static void set_up(void)
{
	folder = program_folder();
}

static void tear_down(void)
{
	program_remove(folder);
}

static json_int_t number(const json_t *object, const char *name)
{
	return json_integer_value(json_object_get(object, name));
}

/* What the figures of one stage promise one another. */
static void stage_agrees(const json_t *stage)
{
	size_t i;
	const json_t *first = json_array_get(json_object_get(stage, "series"), 0), *one;
	const json_t *connections = json_object_get(stage, "connections"), *p = json_object_get(first, "percentiles");
	json_int_t in_cells = 0, in_seconds = 0;
	ck_assert_int_eq(number(stage, "sent"), number(stage, "finished"));
	ck_assert_int_eq(number(connections, "answered"), number(connections, "held"));
	json_array_foreach(json_object_get(json_object_get(first, "histogram"), "cells"), i, one)
		in_cells += json_integer_value(json_array_get(one, 1));
	json_array_foreach(json_object_get(stage, "intervals"), i, one)
		in_seconds += json_integer_value(json_array_get(one, 1));
	ck_assert_int_gt(in_cells, 0);
	ck_assert_int_eq(in_cells, number(first, "count"));
	ck_assert_int_eq(in_seconds, in_cells);
	ck_assert(number(p, "p50") > 0 && number(p, "p50") <= number(p, "p99") &&
		number(p, "p99") <= number(p, "greatest"));
}

static const char *const profiles[] = { "office", "idle", "rooms", "reconnect" };

/* Every profile on each server: all come up, nothing is lost, and each figure is there. */
START_TEST(on_a_real_server)
{
	const char *profile = profiles[_i % 4], *server = _i < 4 ? "fixture:prosody" : "fixture:ejabberd";
	if (!program_has_fixture(server + strlen("fixture:")))
		return;
	struct outcome_of_program o = PROGRAM(folder, 120, "load", server, "--profile", profile, "--connections", "24",
		"--occupants", "8", "--rate", "20", "--fixed", "--hold", "2s", "--idle", "100ms", "--bound", "30s",
		"--within", "60s", "--out", "loaded", "--lang", "de");
	program_ended(&o, 0);
	program_release(&o);
	json_t *result = program_result(folder, "loaded", "load.json");
	ck_assert_str_eq(json_string_value(json_object_get(result, "state")), "measured");
	ck_assert_uint_eq(json_array_size(json_object_get(result, "stages")), 1);
	stage_agrees(json_array_get(json_object_get(result, "stages"), 0));
	const json_t *holding = json_object_get(result, "holding");
	ck_assert(number(holding, "held") == 24 && number(holding, "answered") == 24);
	ck_assert_int_gt(number(json_object_get(json_object_get(holding, "cost"), "server"), "memory_bytes"), 1 << 20);
	ck_assert_int_eq(
		number(json_array_get(json_object_get(json_object_get(result, "connecting"), "phases"), 3), "count"),
		24);
	json_decref(result);
	ck_assert(program_wrote(folder, "loaded/load.html") && program_wrote(folder, "loaded/plots/throughput.svg") &&
		program_wrote(folder, "loaded/plots/seconds.png") &&
		program_wrote(folder, "loaded/plots/connecting.svg") &&
		program_wrote(folder, "loaded/raw/stages.csv") && program_wrote(folder, "loaded/raw/seconds.csv"));
}
END_TEST

/* A search within few stages, which all are kept: the knee is above, and the page can be made again. */
START_TEST(a_search)
{
	if (!program_has_fixture("prosody"))
		return;
	struct outcome_of_program o = PROGRAM(folder, 120, "load", "fixture:prosody", "--connections", "10", "--rate",
		"20", "--most-rate", "45", "--hold", "1s", "--idle", "100ms", "--bound", "30s", "--out", "loaded");
	program_ended(&o, 0);
	ck_assert_ptr_nonnull(strstr(buf_text(&o.out), "knee: not reached: 45.0 messages a second were kept"));
	program_release(&o);
	json_t *result = program_result(folder, "loaded", "load.json");
	const json_t *knee = json_object_get(result, "knee");
	ck_assert_str_eq(json_string_value(json_object_get(knee, "state")), "above");
	ck_assert_uint_eq(json_array_size(json_object_get(result, "stages")), 3);
	json_decref(result);
	o = PROGRAM(folder, 60, "load", "--again", "--out", "loaded", "--lang", "de");
	program_ended(&o, 0);
	program_release(&o);
	BUF_AUTO page = BUF_INIT;
	struct err e;
	AUTO_TEXT path = memory_printf("%s/loaded/load.html", folder);
	ck_assert_int_eq(file_read(path, &page, &e), 0);
	ck_assert_ptr_nonnull(strstr(page.data, "45,0 Nachrichten je Sekunde"));
}
END_TEST

/* Servers that lose, repeat or do not deliver: the stage is not kept, says why, and the exit status is 1. */
START_TEST(wrong_servers)
{
	static const struct {
		const char *fault, *profile, *said;
	} cases[] = {
		{ "bodiless_dropped", "office", " of 22 lost" },
		{ "resumption_loses", "reconnect", " of 22 lost" },
		{ "resumption_repeats", "reconnect", " repeated" },
	};
	if (!program_has_fixture("prosody"))
		return;
	AUTO_TEXT fault = memory_printf("ASSAY_FIXTURE_FAULT=%s", cases[_i].fault);
	struct outcome_of_program o = PROGRAM(folder, 120, "load", "fixture:prosody", "--option", fault, "--profile",
		cases[_i].profile, "--connections", "10", "--occupants", "5", "--rate", "20", "--fixed", "--hold", "1s",
		"--idle", "100ms", "--bound", "30s", "--within", "2s", "--out", "loaded");
	program_ended(&o, 1);
	ck_assert_msg(strstr(buf_text(&o.out), cases[_i].said) != NULL, "%s", buf_text(&o.out));
	program_release(&o);
}
END_TEST

/* Of a single request there is hardly anything to draw; that is no failure. */
START_TEST(a_single_request)
{
	if (!program_has_fixture("prosody"))
		return;
	struct outcome_of_program o = PROGRAM(folder, 120, "load", "fixture:prosody", "--connections", "4", "--rate",
		"1", "--fixed", "--hold", "1s", "--idle", "100ms", "--bound", "30s", "--out", "loaded");
	program_ended(&o, 0);
	program_release(&o);
	json_t *result = program_result(folder, "loaded", "load.json");
	ck_assert_int_eq(number(json_array_get(json_object_get(result, "stages"), 0), "sent"), 1);
	json_decref(result);
	ck_assert(program_wrote(folder, "loaded/load.html") && !program_wrote(folder, "loaded/plots/distribution.svg"));
}
END_TEST

/* One line, exit status 2, and nothing begun. */
START_TEST(refused)
{
	static const struct {
		const char *arguments[6], *said;
	} cases[] = {
		{ { "load", "--profile", "picnic" }, "no profile is called 'picnic'" },
		{ { "load", "--connections", "1" }, "--connections takes a number from 2 to 100000, not '1'" },
		{ { "load", "--accounts", "300", "--connections", "200" },
			"--accounts is more than there are connections" },
		{ { "load", "--rate", "100", "--most-rate", "50" }, "the highest rate is below the first" },
		{ { "load", "--fixed", "--stages", "3" }, "--fixed has one stage at --rate, so there is no --stages" },
		{ { "load", "--bound", "soon" }, "--bound takes a time such as 500ms or 30s, not 'soon'" },
		{ { "load", "--most-time", "5s" }, "take longer than the whole may, 5 s" },
		{ { "load", "--hold", "200s" }, "a stage has at most 1000000 requests" },
		{ { "load", "one.ini", "two.ini" }, "it loads one TARGET" },
		{ { "load", "--again", "x.ini" }, "--again loads nothing" },
		{ { "load", "--again" }, "assay-load/load.json" },
		{ { "load", "example.org" }, "measuring needs a target file that allows it" },
		{ { "load", "mine.ini", "--most-rate", "500" },
			"500 a second are more than the target allows: most-rate = 100 in [load]" },
		{ { "load", "mine.ini", "--connect-rate", "101" },
			"101 a second are more than the target allows: most-rate = 100 in [load]" },
		{ { "load", "mine.ini", "--connections", "101" },
			"101 connections are more than the target allows: most-connections = 100 in [load]" },
		{ { "load", "mine.ini", "--most-time", "61s" },
			"61 s are longer than the target allows: most-time = 60s in [load]" },
	};
	AUTO_TEXT path = program_file(folder, "mine.ini",
		"[target]\ndomain = example.org\n[account romeo]\npassword = x\n[account juliet]\npassword = x\n"
		"[load]\nallow = yes\nmost-time = 60s\n");
	struct outcome_of_program o = program_run(folder, 30, cases[_i].arguments);
	program_ended(&o, 2);
	ck_assert_msg(strstr(buf_text(&o.err), cases[_i].said) != NULL, "%s", buf_text(&o.err));
	ck_assert(!program_wrote(folder, "assay-load"));
	program_release(&o);
}
END_TEST

START_TEST(profiles_are_listed)
{
	struct outcome_of_program o = PROGRAM(folder, 30, "load", "--list");
	program_ended(&o, 0);
	for (size_t i = 0; i < 4; i++)
		ck_assert_ptr_nonnull(strstr(buf_text(&o.out), profiles[i]));
	program_release(&o);
}
END_TEST

Suite *suite_load_command(void)
{
	Suite *s = suite_create("cmd/load");
	TCase *t = tcase_create("real");
	suite_add_tcase(s, t);
	tcase_set_tags(t, "integration");
	tcase_set_timeout(t, 200);
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_loop_test(t, on_a_real_server, 0, 8);
	tcase_add_test(t, a_search);
	tcase_add_test(t, a_single_request);
	tcase_add_loop_test(t, wrong_servers, 0, 3);
	t = tcase_create("refused");
	suite_add_tcase(s, t);
	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_loop_test(t, refused, 0, 16);
	tcase_add_test(t, profiles_are_listed);
	return s;
}
