/* cmd/cmd.h: the subcommands, one file each, in one static table (cmd/table.c). A command takes the arguments after
 * its name and returns the exit status: 0 as expected, 1 not conforming, 2 usage or script error, 3 target not reachable, 4
 * internal error, 77 nothing ran. */
#ifndef ASSAY_CMD_CMD_H
#define ASSAY_CMD_CMD_H
#include "base/err.h"

enum exit_status {
	EXIT_AS_EXPECTED = 0,
	EXIT_NOT_CONFORMING = 1,
	EXIT_USAGE = 2,
	EXIT_UNREACHABLE = 3,
	EXIT_INTERNAL = 4,
	EXIT_NOTHING_RAN = 77
};

struct command {
	const char *name;
	const char *summary;               /* one line for `assay help` */
	const char *usage;                 /* the text of `assay help NAME` */
	int (*run)(int argc, char **argv); /* argv[0] is the command's name */
};
extern const struct command *const commands[]; /* ended by NULL */

/* Prints "assay: where: message" on standard error and returns the exit status for the error's class. */
int cmd_fail(const struct err *e);
/* Prints "assay NAME: TEXT" and the usage's first line; returns EXIT_USAGE. */
int cmd_usage(const struct command *c, const char *format, ...) __attribute__((format(printf, 2, 3)));

extern const struct command command_run, command_lint, command_show, command_list, command_doctor, command_report,
	command_coverage, command_language, command_compare, command_mutate, command_tls, command_names,
	command_certify, command_verify, command_baseline, command_history, command_merge, command_completion,
	command_latency, command_load, command_adapter_check, command_interop;
/* 0 where reports can be written in that language (NULL: English), or EXIT_USAGE with its line printed. `chosen` gets what
 * struct results wants. */
int cmd_language(const struct command *c, const char *language, const char **chosen);
#endif
