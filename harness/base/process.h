/* base/process.h: processes that are not ours, a fixture's server or a client's adapter: started apart from the terminal, awaited,
 * ended with all that they started, counted. */
#ifndef ASSAY_BASE_PROCESS_H
#define ASSAY_BASE_PROCESS_H
#include "base/err.h"
#include "base/memory.h"
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* A process that this one started. `handle` is a pidfd, or -1 where the kernel grants none. */
struct process {
	pid_t pid; /* 0: none, or it has ended */
	int handle;
	int status; /* as waitpid says, once it has ended */
};
#define PROCESS_INIT                                                                                                   \
	{                                                                                                              \
		0, -1, 0                                                                                               \
	}

/* An environment with nothing of the caller's, and no secret of his, but his PATH and TMPDIR, and with `variables` (KEY=VALUE texts,
 * borrowed; NULL none). Ended by NULL; the arena's. */
char **process_environment(struct arena *a, const struct vec *variables);
/* Starts argv[0] in a session of its own with the environment `environment`, `input` (-1: nothing), `output` and `errors` as its
 * standard input, output and error (borrowed), no other descriptor; it is killed when this process ends. ERR_ENVIRONMENT. */
int process_start(struct process *p, char *const argv[], char *const environment[], int input, int output, int errors,
	struct err *e);
/* Waits until the process has ended, at most until `deadline`; true when it has. */
bool process_ended(struct process *p, int64_t deadline);
/* Asks it to end (SIGTERM), waits `grace` nanoseconds, and kills it with its whole session. */
void process_end(struct process *p, int64_t grace);
/* Kills what is left of its session, whether or not the process itself has ended, unless its end was taken note of before; then waits
 * for it. True where it had ended by itself: `status` is then its own. */
bool process_kill_group(struct process *p);

/* Starts a keeper: a process that waits for the end of this one, whatever ends it, and then kills `server` and removes
 * `directory`. Without pidfds there is none, and only the parent-death signal ends the server. */
void keeper_start(struct process *keeper, const struct process *server, const char *directory);

/* Processor time in ns of `pid`, its living descendants, and those of them that were waited for. */
int64_t process_processor(pid_t pid);

/* Whether a process of the session of `pid` shows this text to everybody, on its command line. */
bool process_shows(pid_t pid, const char *text);

/* A new temporary directory, its path is the caller's to free(); NULL with ERR_ENVIRONMENT. */
char *directory_temporary(struct err *e);
/* Removes a directory and everything below it; what cannot be removed stays. */
void directory_remove(const char *path);
#endif
