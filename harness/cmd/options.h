/* cmd/options.h: long options, one way for every command. `--name VALUE` and `--name=VALUE`; `--` ends them. */
#ifndef ASSAY_CMD_OPTIONS_H
#define ASSAY_CMD_OPTIONS_H
#include "base/memory.h"
#include "cmd/cmd.h"

struct option_spec {
	const char *name;   /* without the dashes; NULL ends the table */
	const char **value; /* set to the value, which may be given once; or NULL */
	struct vec *values; /* each value is pushed; or NULL */
	bool *flag;         /* takes no value; or NULL */
};

/* Reads the options of a command; what is no option is pushed to `rest`. 0, or -1 after cmd_usage said what is wrong. */
int options_read(const struct command *c, int argc, char **argv, const struct option_spec *specs, struct vec *rest);

/* What a command's table and its usage text say of one option. */
struct option_known {
	const char *name;
	bool takes_value;
};
/* The options of a command into `known`; how many. The command is called, and ends in options_read, which is therefore the
 * first thing that every command does. */
size_t options_of(const struct command *c, struct option_known *known, size_t most);
#endif
