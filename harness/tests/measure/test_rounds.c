/* Rounds that are joined are the whole that they are parts of. */
#include "base/text.h"
#include "made.h"
#include "measure/requests.h"
#include "measure/rounds.h"
#include <check.h>
#include <stdlib.h>
#include <string.h>

#define ROUND(number, started)                                                                                         \
	{                                                                                                              \
		"fixture:prosody", "prosody 0.12.3", started, number, 1, 100, 1000, 0, number - 1, 100                 \
	}

static const struct recipe recipes[] = { ROUND(1, "2026-01-02T03:04:05.678Z"), ROUND(2, "2026-01-02T03:14:05.678Z"),
	ROUND(3, "2026-01-02T03:24:05.678Z") };
#define ROUNDS (sizeof recipes / sizeof *recipes)

static char folder[32], *raw[ROUNDS], *out;
static json_t *results[ROUNDS];

static void begin(void)
{
	struct err e;
	strcpy(folder, "/tmp/assay-rounds-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	for (size_t i = 0; i < ROUNDS; i++) {
		raw[i] = memory_printf("%s/%zu", folder, i);
		ck_assert_int_eq(directory_make(raw[i], &e), 0);
		results[i] = made_result(&recipes[i], raw[i]);
	}
	out = memory_printf("%s/out", folder);
	ck_assert_int_eq(directory_make(out, &e), 0);
}

static void end(void)
{
	AUTO_TEXT command = memory_printf("rm -r %s", folder);
	ck_assert_int_eq(system(command), 0);
	for (size_t i = 0; i < ROUNDS; i++) {
		json_decref(results[i]);
		free(raw[i]);
	}
	free(out);
}

static json_t *join(void)
{
	struct err e;
	json_t *whole = rounds_join(results, (const char *const *)raw, ROUNDS, out, &e);
	if (!whole)
		ck_abort_msg("%s: %s", e.where, e.message);
	return whole;
}

static json_t *workload(const json_t *result, size_t number)
{
	return json_array_get(json_object_get(result, "workloads"), number);
}

static json_t *first_series(const json_t *w)
{
	return json_array_get(json_object_get(w, "series"), 0);
}

static void read_requests(const char *path, const char *column, struct requests *r)
{
	struct err e;
	BUF_AUTO csv = BUF_INIT;
	ck_assert_int_eq(file_read(path, &csv, &e), 0);
	ck_assert_msg(requests_read(r, &csv, column, path, &e) == 0, "%s", e.message);
}

/* The same as if one had measured three repetitions at once, of the same values. */
START_TEST(the_whole_of_its_parts)
{
	static int64_t values[ROUNDS * 100];
	json_t *whole = join();
	AUTO_TEXT path = memory_printf("%s/message.requests.csv", out);
	struct requests joined;
	read_requests(path, "latency_ns", &joined);
	ck_assert_uint_eq(joined.count, ROUNDS * 100);
	for (size_t i = 0; i < ROUNDS; i++) {
		struct requests one;
		AUTO_TEXT part = memory_printf("%s/message.requests.csv", raw[i]);
		read_requests(part, "latency_ns", &one);
		memcpy(values + i * 100, one.value, 100 * sizeof *values);
		requests_release(&one);
	}
	for (size_t i = 0; i < joined.count; i++)
		ck_assert(joined.value[i] == values[i] && joined.repetition[i] == i / 100 + 1);
	json_t *should = made_series("latency", values, ROUNDS, 100, 100), *is = first_series(workload(whole, 0)),
	       *value;
	const char *member;
	json_object_foreach(should, member, value)
		ck_assert_msg(json_equal(value, json_object_get(is, member)), "%s differs", member);
	json_decref(should);
	requests_release(&joined);
	json_decref(whole);
}
END_TEST

START_TEST(what_is_summed_up)
{
	json_t *whole = join(), *message = workload(whole, 0);
	ck_assert_int_eq(json_integer_value(json_object_get(whole, "repetitions")), 3);
	ck_assert_uint_eq(json_array_size(json_object_get(whole, "rounds")), 3);
	ck_assert_int_eq(json_integer_value(json_object_get(message, "sent")), 300);
	ck_assert_int_eq(json_integer_value(json_object_get(json_object_get(message, "faults"), "lost")), 0 + 1 + 2);
	ck_assert_int_eq(json_integer_value(json_object_get(json_object_get(message, "lag"), "greatest")), 40099);
	ck_assert_str_eq(json_string_value(json_object_get(workload(whole, 1), "state")), "unsupported");
	ck_assert_str_eq(json_string_value(json_object_get(workload(whole, 1), "reason")),
		"the server has no service for rooms <&>");
	static const char *const files[] = { "message-latency.hgrm", "message-latency.histogram.csv",
		"message-latency.intervals.csv", "connect.requests.csv", "connect-tls.hgrm", "echo.requests.csv" };
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		AUTO_TEXT path = memory_printf("%s/%s", out, files[i]);
		ck_assert_msg(file_exists(path), "%s", path);
	}
	/* Nothing of the parts has changed. */
	ck_assert_int_eq(json_integer_value(json_object_get(workload(results[0], 0), "sent")), 100);
	json_decref(whole);
}
END_TEST

/* What failed in one round has failed; the figures are those of the others. */
START_TEST(a_round_that_failed)
{
	json_t *connect = workload(results[0], 2);
	json_object_set_new(connect, "state", json_string("failed"));
	json_object_set_new(connect, "reason", json_string("the connection ended"));
	json_object_del(connect, "series");
	json_object_del(connect, "faults");
	json_object_del(connect, "sent");
	json_object_set_new(workload(results[2], 0), "warnings", json_pack("[s]", "late"));
	json_t *whole = join();
	connect = workload(whole, 2);
	ck_assert_str_eq(json_string_value(json_object_get(connect, "state")), "failed");
	ck_assert_str_eq(json_string_value(json_object_get(connect, "reason")), "round 1: the connection ended");
	ck_assert_int_eq(json_integer_value(json_object_get(first_series(connect), "count")), 200);
	ck_assert_uint_eq(json_array_size(json_object_get(first_series(connect), "repetitions")), 2);
	ck_assert_uint_eq(json_array_size(json_object_get(workload(whole, 0), "warnings")), 1);
	json_decref(whole);
}
END_TEST

START_TEST(raw_data_that_are_gone)
{
	struct err e;
	AUTO_TEXT path = memory_printf("%s/message.requests.csv", raw[1]);
	ck_assert_int_eq(remove(path), 0);
	ck_assert_ptr_null(rounds_join(results, (const char *const *)raw, ROUNDS, out, &e));
	ck_assert_str_eq(e.where, path);
}
END_TEST

Suite *suite_rounds(void);
Suite *suite_rounds(void)
{
	Suite *s = suite_create("rounds");
	TCase *t = tcase_create("rounds");
	tcase_add_checked_fixture(t, begin, end);
	tcase_add_test(t, the_whole_of_its_parts);
	tcase_add_test(t, what_is_summed_up);
	tcase_add_test(t, a_round_that_failed);
	tcase_add_test(t, raw_data_that_are_gone);
	suite_add_tcase(s, t);
	return s;
}
