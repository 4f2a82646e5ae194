/* The test program: runs every suite that the Makefile found. Check's environment variables apply (CK_FORK, CK_RUN_SUITE, CK_RUN_CASE).
 * With ASSAY_TESTS_AT_ONCE=N so many suites are run side by side; what each prints comes in one piece, when it is over, and the last line
 * is Check's, of all. */
#include <check.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

extern Suite *(*const all_suites[])(void);

static int run_all(void)
{
	SRunner *runner = srunner_create(NULL);
	for (size_t i = 0; all_suites[i]; i++)
		srunner_add_suite(runner, all_suites[i]());
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* ---- side by side ---- */

/* Shared by the workers. Suites are taken from the end: those of the whole program are there, which take the longest. */
static struct tally {
	atomic_int left, checks, failures, errors;
} * tally;

static void count(SRunner *runner)
{
	int failed = srunner_ntests_failed(runner);
	TestResult **results = srunner_failures(runner);
	atomic_fetch_add(&tally->checks, srunner_ntests_run(runner));
	for (int i = 0; i < failed; i++)
		atomic_fetch_add(tr_rtype(results[i]) == CK_FAILURE ? &tally->failures : &tally->errors, 1);
	free(results);
}

static int percentage(int checks, int failed)
{
	return checks ? 100 * (checks - failed) / checks : 100;
}

/* All but Check's closing line, which is to be there once. At once, so that nothing of another worker comes between. */
static void pass_on(FILE *printed)
{
	char *line = NULL, *text = NULL;
	size_t size = 0, length = 0;
	FILE *kept = open_memstream(&text, &length);
	rewind(printed);
	while (getline(&line, &size, printed) > 0)
		if (!strstr(line, "%: Checks: "))
			fputs(line, kept);
	fclose(kept);
	free(line);
	for (size_t done = 0; done < length;) {
		ssize_t wrote = write(STDOUT_FILENO, text + done, length - done);
		if (wrote <= 0)
			break;
		done += (size_t)wrote;
	}
	free(text);
}

static void run_suite(Suite *suite)
{
	FILE *printed = tmpfile();
	int out = dup(STDOUT_FILENO), err = dup(STDERR_FILENO);
	if (!printed || out < 0 || err < 0)
		abort();
	dup2(fileno(printed), STDOUT_FILENO);
	dup2(fileno(printed), STDERR_FILENO);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	fflush(stdout);
	dup2(out, STDOUT_FILENO);
	dup2(err, STDERR_FILENO);
	close(out);
	close(err);
	count(runner);
	srunner_free(runner);
	pass_on(printed);
	fclose(printed);
}

static void work(void)
{
	for (int i; (i = atomic_fetch_sub(&tally->left, 1) - 1) >= 0;)
		run_suite(all_suites[i]());
}

static int run_side_by_side(int workers)
{
	int status, lost = 0;
	tally = mmap(NULL, sizeof *tally, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (tally == MAP_FAILED)
		abort();
	while (all_suites[tally->left])
		tally->left++;
	for (int i = 0; i < workers; i++) {
		if (fork() == 0) {
			work();
			_exit(EXIT_SUCCESS);
		}
	}
	while (wait(&status) > 0)
		lost += status != 0;
	int failed = tally->failures + tally->errors + lost;
	if (lost)
		printf("%d of %d that run tests did not get through\n", lost, workers);
	printf("%d%%: Checks: %d, Failures: %d, Errors: %d\n", percentage(tally->checks, failed), tally->checks,
		tally->failures, tally->errors + lost);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

int main(void)
{
	const char *side_by_side = getenv("ASSAY_TESTS_AT_ONCE");
	int workers = side_by_side ? atoi(side_by_side) : 1;
	signal(SIGPIPE, SIG_IGN);
	return workers > 1 ? run_side_by_side(workers) : run_all();
}
