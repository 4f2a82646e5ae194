/* The subcommands, and how they end. */
#include "cmd/cmd.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const struct command *const commands[] = {
	&command_run,
	&command_doctor,
	&command_tls,
	&command_names,
	&command_interop,
	&command_latency,
	&command_load,
	&command_report,
	&command_merge,
	&command_baseline,
	&command_compare,
	&command_history,
	&command_certify,
	&command_verify,
	&command_list,
	&command_show,
	&command_lint,
	&command_coverage,
	&command_mutate,
	&command_adapter_check,
	&command_language,
	&command_completion,
	NULL,
};

int cmd_fail(const struct err *e)
{
	char line[sizeof e->where + sizeof e->message + 4];
	err_format(e, line, sizeof line);
	fprintf(stderr, "assay: %s\n", line);
	switch (e->class) {
	case ERR_USAGE:
	case ERR_SCRIPT:
	case ERR_REFUSED: /* the account or the password that the user gave */
		return EXIT_USAGE;
	case ERR_CONNECTION:
	case ERR_PROTOCOL:
	case ERR_UNSUPPORTED:
		return EXIT_UNREACHABLE;
	case ERR_NONE:
	case ERR_ENVIRONMENT:
	case ERR_INTERNAL:
		break;
	}
	return EXIT_INTERNAL;
}

int cmd_usage(const struct command *c, const char *format, ...)
{
	va_list args;
	fprintf(stderr, "assay %s: ", c->name);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, "; %.*s\n", (int)strcspn(c->usage, "\n"), c->usage);
	return EXIT_USAGE;
}
