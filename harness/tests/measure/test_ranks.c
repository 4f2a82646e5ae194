/* Several processes as one: what they add up is what one would have counted. Open MPI itself is in tests/cmd/test_load_ranks.c. */
#include "base/memory.h"
#include "measure/ranks.h"
#include <check.h>
#include <stdlib.h>
#include <string.h>

/* The other rank: a histogram of its own, whose parts come in the order in which ranks_merge() asks for them. Nothing is over at once. */
static struct histogram other;
static unsigned waits, sums, turns;

static int join_none(int *rank, int *size)
{
	*rank = 0;
	*size = 2;
	return 0;
}

static void nothing(void)
{
}

static void no_abort(int status)
{
	(void)status;
}

static void begin_wait(void)
{
	waits = 3;
}

static void add(uint64_t *numbers, int count)
{
	waits = 3;
	if (sums++ == 0) {
		ck_assert_int_eq(count, 2);
		numbers[0] += other.count;
		numbers[1] += other.beyond;
		return;
	}
	ck_assert_int_eq(count, HISTOGRAM_CELLS);
	for (int i = 0; i < count; i++)
		numbers[i] += other.cells[i];
}

static void take_greatest(int64_t *numbers, int count)
{
	const int64_t ends[] = { other.count ? -other.least : INT64_MIN, other.count ? other.greatest : INT64_MIN };
	waits = 3;
	ck_assert_int_eq(count, 2);
	for (int i = 0; i < count; i++)
		numbers[i] = ends[i] > numbers[i] ? ends[i] : numbers[i];
}

static void tell(char *bytes, int count)
{
	(void)bytes;
	(void)count;
	waits = 3;
}

static int is_over(void)
{
	return waits-- == 0;
}

static const struct ranks_operations fake = { RANKS_PLUGIN_VERSION, join_none, nothing, no_abort, begin_wait, add,
	take_greatest, tell, is_over };

static void count_turn(void *context)
{
	(void)context;
	turns++;
}

static void merge_and_compare(size_t own_count, size_t other_count)
{
	struct histogram own, all;
	struct ranks r = { .size = 2, .many = &fake, .meanwhile = count_turn };
	uint64_t state = own_count * 31 + other_count;
	histogram_init(&own);
	histogram_init(&all);
	histogram_init(&other);
	sums = turns = 0;
	for (size_t i = 0; i < own_count + other_count; i++) {
		state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		int64_t value = (int64_t)(state >> (20 + i % 40));
		histogram_record(i < own_count ? &own : &other, value);
		histogram_record(&all, value);
	}
	ranks_merge(&r, &own);
	ck_assert(histogram_equal(&own, &all));
	ck_assert_uint_eq(own.count, all.count);
	ck_assert_uint_eq(own.beyond, all.beyond);
	ck_assert(
		histogram_least(&own) == histogram_least(&all) && histogram_greatest(&own) == histogram_greatest(&all));
	ck_assert_uint_eq(turns, 3 * 3); /* while it waits its connections are served */
	histogram_release(&own);
	histogram_release(&all);
	histogram_release(&other);
}

START_TEST(merging_is_exact)
{
	merge_and_compare(100000, 60000);
	merge_and_compare(0, 1000);
	merge_and_compare(1000, 0);
	merge_and_compare(0, 0);
}
END_TEST

START_TEST(alone_it_needs_nothing)
{
	struct ranks r;
	struct err e;
	struct histogram h;
	uint64_t number = 7;
	int64_t most = -3;
	char *bytes = memory_copy_text("as it is");
	size_t length = strlen(bytes);
	unsetenv("OMPI_COMM_WORLD_SIZE");
	ck_assert_int_eq(ranks_join(&r, "/there/is/none", &e), 0);
	ck_assert(r.size == 1 && r.rank == 0);
	histogram_init(&h);
	histogram_record(&h, 42);
	ranks_wait(&r);
	ranks_sum(&r, &number, 1);
	ranks_greatest(&r, &most, 1);
	ranks_merge(&r, &h);
	ranks_tell(&r, &bytes, &length);
	ck_assert(number == 7 && most == -3 && h.count == 1 && length == 8 && strcmp(bytes, "as it is") == 0);
	ranks_abort(&r, 2);
	ranks_leave(&r);
	histogram_release(&h);
	free(bytes);
}
END_TEST

/* mpirun has started several, and the plugin is missing: a line that says what to install. */
START_TEST(a_plugin_that_is_missing)
{
	struct ranks r;
	struct err e;
	setenv("OMPI_COMM_WORLD_SIZE", "2", 1);
	ck_assert_int_eq(ranks_join(&r, "/there/is/none", &e), -1);
	unsetenv("OMPI_COMM_WORLD_SIZE");
	ck_assert_int_eq(e.class, ERR_USAGE);
	ck_assert_str_eq(e.where, "/there/is/none");
	ck_assert_ptr_nonnull(strstr(e.message, "apt-get install libopenmpi-dev"));
}
END_TEST

Suite *suite_ranks(void)
{
	Suite *s = suite_create("measure/ranks");
	TCase *t = tcase_create("ranks");
	suite_add_tcase(s, t);
	tcase_add_test(t, merging_is_exact);
	tcase_add_test(t, alone_it_needs_nothing);
	tcase_add_test(t, a_plugin_that_is_missing);
	return s;
}
