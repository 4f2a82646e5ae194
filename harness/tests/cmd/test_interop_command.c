/* `assay interop` as a user starts it: the client that comes with Assay with itself, right and wrong. */
#include "base/memory.h"
#include "base/text.h"
#include "program.h"
#include <check.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static char *folder;

static void set_up(void)
{
	folder = program_folder();
}

static void tear_down(void)
{
	program_remove(folder);
}

/* An adapter in a folder of its own that starts the client with that fault; free(). */
static char *wrong_adapter(const char *fault)
{
	AUTO_TEXT here = memory_printf("%s/wrong", folder);
	AUTO_TEXT script = memory_printf(
		"#!/bin/sh\nASSAY_CLIENT_FAULT=%s exec \"$ASSAY_PROGRAMS/assay-client-strophe\"\n", fault);
	ck_assert(mkdir(here, 0700) == 0);
	AUTO_TEXT claims =
		program_file(folder, "wrong/claims", "receipts markers carbons corrections chat-states typing rooms\n");
	char *path = program_file(folder, "wrong/adapter", script);
	ck_assert_int_eq(chmod(path, 0700), 0);
	return path;
}

static const json_t *pair_of(const json_t *result, const char *writer, const char *reader)
{
	size_t i;
	const json_t *target = json_array_get(json_object_get(result, "targets"), 0), *pair;
	json_array_foreach(json_object_get(target, "pairs"), i, pair)
		if (text_equal(json_string_value(json_object_get(pair, "writer")), writer) &&
			text_equal(json_string_value(json_object_get(pair, "reader")), reader))
			return pair;
	ck_abort_msg("there is no pair of %s and %s", writer, reader);
	return NULL;
}

static const json_t *cell_of(const json_t *pair, const char *feature)
{
	size_t i;
	const json_t *cell;
	json_array_foreach(json_object_get(pair, "cells"), i, cell)
		if (text_equal(json_string_value(json_object_get(cell, "feature")), feature))
			return cell;
	ck_abort_msg("there is no %s", feature);
	return NULL;
}

static void has_verdict(const json_t *pair, const char *feature, const char *verdict)
{
	const json_t *cell = cell_of(pair, feature);
	const char *is = json_string_value(json_object_get(cell, "verdict")),
		   *reason = json_string_value(json_object_get(cell, "reason"));
	ck_assert_msg(text_equal(is, verdict), "%s is '%s': %s", feature, is, reason ? reason : "");
}

/* Everything that it claims, on each server. */
START_TEST(right_pair)
{
	static const char *const servers[] = { "prosody", "ejabberd" };
	static const char *const features[] = { "text", "receipts", "markers", "typing", "corrections", "contacts",
		"rooms", "carbons" };
	AUTO_TEXT target = memory_printf("fixture:%s", servers[_i]);
	if (!program_has_fixture(servers[_i]))
		return;
	struct outcome_of_program o =
		PROGRAM(folder, 300, "interop", target, "--client", "strophe", "--out", "matrix", "--lang", "de");
	program_ended(&o, 0);
	ck_assert_ptr_nonnull(strstr(buf_text(&o.out), "strophe to strophe  yes"));
	program_release(&o);
	json_t *result = program_result(folder, "matrix", "interop.json");
	const json_t *pair = pair_of(result, "strophe", "strophe");
	for (size_t i = 0; i < sizeof features / sizeof *features; i++)
		has_verdict(pair, features[i], "understood");
	json_decref(result);
	AUTO_TEXT report = memory_printf("matrix/%s/strophe-strophe/report.html", servers[_i]);
	ck_assert(program_wrote(folder, "matrix/interop.html") && program_wrote(folder, report));
}
END_TEST

/* One that makes a mistake, as the reader or as the writer of a right one: the cell that has to do with it says so. */
static const struct {
	const char *fault, *feature;
	bool writes;
	const char *verdict;
} faults[] = {
	{ "hides-message", "text", false, "not" }, { "hides-message", "text", true, "not" }, /* the answer */
	{ "messages-twice", "text", false, "twice" }, { "receipts-missing", "receipts", false, "not" },
	{ "receipts-of-another", "receipts", false, "not" }, { "hides-receipt", "receipts", true, "not" },
	{ "hides-marker", "markers", true, "not" }, { "hides-typing", "typing", false, "not" },
	{ "corrections-beside", "corrections", false, "not" }, { "hides-contact-request", "contacts", false, "not" },
	{ "hides-presence", "contacts", true, "not" }, { "hides-message", "rooms", false, "not" },
	{ "hides-message", "rooms", true, "not" }, { "sent-copies-as-theirs", "carbons", false, "not" },
	{ "hides-message", "carbons", false, "not" },
	{ "ping-refused", "text", true, "understood" }, /* is no mistake */
};

START_TEST(wrong_one)
{
	if (!program_has_fixture("prosody"))
		return;
	AUTO_TEXT adapter = wrong_adapter(faults[_i].fault);
	AUTO_TEXT checks = memory_printf("interop/%s/*", faults[_i].feature);
	struct outcome_of_program o = PROGRAM(folder, 300, "interop", "fixture:prosody", "--client", "strophe",
		"--client", adapter, "--check", checks, "--within", "3s", "--jobs", "2", "--out", "matrix");
	program_ended(&o, text_equal(faults[_i].verdict, "not") ? 1 : 0);
	program_release(&o);
	json_t *result = program_result(folder, "matrix", "interop.json");
	const char *writer = faults[_i].writes ? "wrong" : "strophe", *reader = faults[_i].writes ? "strophe" : "wrong";
	has_verdict(pair_of(result, writer, reader), faults[_i].feature, faults[_i].verdict);
	has_verdict(pair_of(result, "strophe", "strophe"), faults[_i].feature, "understood");
	json_decref(result);
}
END_TEST

/* Who has no such thing is named. */
START_TEST(not_there)
{
	if (!program_has_fixture("prosody"))
		return;
	AUTO_TEXT adapter = wrong_adapter("none");
	AUTO_TEXT claims = program_file(folder, "wrong/claims", "rooms\n");
	struct outcome_of_program o = PROGRAM(folder, 300, "interop", "fixture:prosody", "--client", "strophe",
		"--client", adapter, "--check", "interop/markers/*", "--repeat", "2", "--out", "matrix");
	program_ended(&o, 0);
	program_release(&o);
	json_t *result = program_result(folder, "matrix", "interop.json");
	const json_t *reads = cell_of(pair_of(result, "strophe", "wrong"), "markers"),
		     *writes = cell_of(pair_of(result, "wrong", "strophe"), "markers");
	ck_assert_str_eq(json_string_value(json_object_get(reads, "verdict")), "unsupported");
	ck_assert_str_eq(json_string_value(json_object_get(reads, "by")), "reader");
	ck_assert_str_eq(json_string_value(json_object_get(writes, "by")), "writer");
	has_verdict(pair_of(result, "strophe", "strophe"), "markers", "understood");
	json_decref(result);
	/* What was played need not be played again. */
	o = PROGRAM(folder, 300, "interop", "fixture:prosody", "--client", "strophe", "--client", adapter, "--check",
		"interop/markers/*", "--resume", "--out", "matrix");
	program_ended(&o, 0);
	ck_assert_ptr_null(strstr(buf_text(&o.err), " understood"));
	ck_assert_ptr_nonnull(strstr(buf_text(&o.out), "wrong   to strophe"));
	program_release(&o);
	o = PROGRAM(folder, 60, "interop", "--again", "--out", "matrix");
	program_ended(&o, 0);
	program_release(&o);
}
END_TEST

static void refuses(const char *words, const char *const *arguments)
{
	struct outcome_of_program o = program_run(folder, 60, arguments);
	program_ended(&o, 2);
	ck_assert_msg(strstr(buf_text(&o.err), words) != NULL, "%s", buf_text(&o.err));
	program_release(&o);
}

START_TEST(command_lines)
{
	static const char *const wrong[][6] = {
		{ "in front of fixtures", "interop", "example.org", NULL },
		{ "there is no client 'strohe'; did you mean strophe?", "interop", "--client", "strohe", NULL },
		{ "takes neither TARGET nor --client", "interop", "fixture:prosody", "--again", NULL },
		{ "--jobs takes a number", "interop", "--jobs", "0", NULL },
		{ "interop.json", "interop", "--again", "--out", "nowhere" },
		{ "a first one, of --client", "run", "--second-client", "strophe", NULL },
		{ "of --second-client, and there is none", "run", "--second-option", "A=b", NULL },
	};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		const char *arguments[6] = { NULL };
		memcpy(arguments, &wrong[i][1], 5 * sizeof *arguments);
		refuses(wrong[i][0], arguments);
	}
}
END_TEST

Suite *suite_interop_command(void)
{
	Suite *s = suite_create("interop command");
	TCase *t = tcase_create("interop"), *wrong = tcase_create("wrong clients of two");
	tcase_set_tags(t, "integration");
	tcase_set_timeout(t, 600);
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_loop_test(t, right_pair, 0, 2);
	tcase_add_test(t, not_there);
	tcase_add_test(t, command_lines);
	suite_add_tcase(s, t);
	tcase_set_tags(wrong, "integration heavy");
	tcase_set_timeout(wrong, 600);
	tcase_add_checked_fixture(wrong, set_up, tear_down);
	tcase_add_loop_test(wrong, wrong_one, 0, (int)(sizeof faults / sizeof *faults));
	suite_add_tcase(s, wrong);
	return s;
}
