/* The display of a run: on a terminal, elsewhere, with and without colours. */
#include "base/clock.h"
#include "cmd/progress.h"
#include <check.h>
#include <stdlib.h>
#include <string.h>

static char *text;
static size_t length;
static struct progress progress;

static void begin(bool colour, bool redraw, bool unicode, unsigned columns)
{
	progress_begin_on(&progress, open_memstream(&text, &length), colour, redraw, unicode, columns);
}

static void end(void)
{
	progress_end(&progress);
	fclose(progress.out);
}

static void tear_down(void)
{
	free(text);
	text = NULL;
}

static void show(size_t ended, const char *scenario, enum verdict verdict, const char *message)
{
	struct run_progress state = { .planned = 4,
		.ended = ended,
		.running = 1,
		.left = 75 * CLOCK_SECOND,
		.scenario = scenario,
		.verdict = verdict,
		.message = message,
		.took = 1500000 };
	state.counts[VERDICT_PASS] = 3;
	state.counts[VERDICT_FAIL] = verdict == VERDICT_FAIL;
	progress_show(&progress, &state);
}

START_TEST(plain_lines)
{
	begin(false, false, true, 80);
	show(0, NULL, VERDICT_PASS, NULL);
	show(1, "disco/info", VERDICT_PASS, NULL);
	show(2, "roster/push", VERDICT_FAIL, "no push\ncame\033[31m");
	show(3, "sm/resume", VERDICT_UNSUPPORTED, "the stream does not offer it");
	end();
	ck_assert_str_eq(text,
		"ok           disco/info (1.5 ms)\n"
		"fail         roster/push (1.5 ms): no push came [31m\n"
		"unsupported  sm/resume (1.5 ms): the stream does not offer it\n");
}
END_TEST

START_TEST(now_and_then_the_count)
{
	begin(false, false, true, 80);
	show(0, NULL, VERDICT_PASS, NULL);
	progress.last = clock_now() - 11 * CLOCK_SECOND;
	show(1, "disco/info", VERDICT_PASS, NULL);
	show(2, "disco/items", VERDICT_PASS, NULL);
	end();
	ck_assert_str_eq(text,
		"ok           disco/info (1.5 ms)\n-- 1 of 4 scenarios, 1 min 15 s left  3 pass\n"
		"ok           disco/items (1.5 ms)\n");
}
END_TEST

/* What passes only moves the bar; what does not, stays on the screen; at the end the line is gone. */
START_TEST(one_line_redrawn)
{
	begin(false, true, false, 80);
	show(2, "disco/info", VERDICT_PASS, NULL);
	show(3, "roster/push", VERDICT_FAIL, "no push came");
	end();
	ck_assert_str_eq(text,
		"\r##########.......... 2/4, 1 min 15 s left  3 pass\033[K"
		"\r\033[Kfail         roster/push (1.5 ms): no push came\n"
		"\r###############..... 3/4, 1 min 15 s left  3 pass, 1 fail\033[K\r\033[K");
}
END_TEST

START_TEST(never_wider_than_the_terminal)
{
	begin(false, true, true, 24);
	show(2, NULL, VERDICT_PASS, NULL);
	fflush(progress.out);
	size_t characters = 0;
	for (const char *c = text + 1; *c && *c != '\033'; c++)
		characters += (*c & 0xC0) != 0x80;
	ck_assert_uint_eq(characters, 23);
	end();
}
END_TEST

START_TEST(colours)
{
	begin(true, false, true, 80);
	show(1, "roster/push", VERDICT_FAIL, "no push came");
	end();
	ck_assert_ptr_nonnull(strstr(text, "\033[31mfail        \033[0m roster/push"));
}
END_TEST

START_TEST(when_to_colour)
{
	bool colour = false;
	ck_assert_int_eq(progress_colour("always", &colour), 0);
	ck_assert(colour);
	ck_assert_int_eq(progress_colour("never", &colour), 0);
	ck_assert(!colour);
	ck_assert_int_eq(progress_colour("sometimes", &colour), -1);
	setenv("NO_COLOR", "1", 1);
	colour = true;
	ck_assert_int_eq(progress_colour("auto", &colour), 0);
	ck_assert(!colour);
}
END_TEST

START_TEST(long_messages_are_cut)
{
	char message[2001];
	memset(message, 'x', sizeof message - 1);
	message[sizeof message - 1] = 0;
	begin(false, false, true, 80);
	show(1, "a/b", VERDICT_ERROR, message);
	end();
	ck_assert_uint_lt(length, 500);
	ck_assert_ptr_nonnull(strstr(text, "x...\n"));
}
END_TEST

Suite *suite_progress(void);
Suite *suite_progress(void)
{
	Suite *suite = suite_create("progress");
	TCase *tcase = tcase_create("display");
	tcase_add_checked_fixture(tcase, NULL, tear_down);
	tcase_add_test(tcase, plain_lines);
	tcase_add_test(tcase, now_and_then_the_count);
	tcase_add_test(tcase, one_line_redrawn);
	tcase_add_test(tcase, never_wider_than_the_terminal);
	tcase_add_test(tcase, colours);
	tcase_add_test(tcase, when_to_colour);
	tcase_add_test(tcase, long_messages_are_cut);
	suite_add_tcase(suite, tcase);
	return suite;
}
