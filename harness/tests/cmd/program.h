/* tests/cmd/program.h: the program as a user starts it. */
#ifndef ASSAY_TESTS_PROGRAM_H
#define ASSAY_TESTS_PROGRAM_H
#include "base/buf.h"
#include <jansson.h>
#include <stdbool.h>

struct outcome_of_program {
	int status;          /* exit status; 128 + signal when it was ended by one */
	struct buf out, err; /* what it wrote */
};
/* Runs $ASSAY_BINARY (default build/assay) with the arguments (ended by NULL) in `folder` (NULL: here), without standard
 * input, and waits for its end, at most `seconds`; then it is ended and the test fails. */
struct outcome_of_program program_run(const char *folder, int seconds, const char *const *arguments);
void program_release(struct outcome_of_program *o);
/* The test fails where the status is another one, and says the end of what was written. */
void program_ended(const struct outcome_of_program *o, int status);
/* Whether the fixture can be started here; where not, why is printed, and the test is to be left. */
bool program_has_fixture(const char *fixture);
/* A fresh temporary folder; removed by program_remove. free(). */
char *program_folder(void);
void program_remove(char *folder);
/* Writes a file below a folder; returns its path, free(). */
char *program_file(const char *folder, const char *name, const char *text);

/* A result that it wrote, folder/OUT/FILE; the caller's. The test fails where it is none. */
json_t *program_result(const char *folder, const char *out, const char *file);
bool program_wrote(const char *folder, const char *name); /* whether folder/NAME is there */

#define PROGRAM(folder, seconds, ...) program_run(folder, seconds, (const char *const[]){ __VA_ARGS__, NULL })

/* A peer on loopback that says `bytes` to whoever connects and then does nothing more; `endless`: it says the last so many
 * of them again and again until the other side goes. It lives in a process of its own until babbler_stop. */
struct babbler {
	int port;
	int process;
};
struct babbler babbler_start(const char *bytes, unsigned long length, unsigned long endless);
void babbler_stop(struct babbler *p);
#endif
