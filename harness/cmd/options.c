#include "cmd/options.h"
#include "base/text.h"
#include <stdint.h>
#include <string.h>

/* Set by options_of while it asks a command for its table. */
static struct listing {
	struct option_known *known;
	size_t count, most;
} * listing;

static const struct option_spec *find_option(const struct option_spec *specs, const char *name, size_t length)
{
	for (; specs->name; specs++)
		if (strlen(specs->name) == length && strncmp(specs->name, name, length) == 0)
			return specs;
	return NULL;
}

static int unknown_option(const struct command *c, const struct option_spec *specs, const char *option)
{
	const char *names[64];
	size_t count = 0;
	for (; specs->name && count < 64; specs++)
		names[count++] = specs->name;
	const char *near = text_nearest(option + 2, names, count);
	cmd_usage(c, "there is no option '%s'%s%s%s", option, near ? " (did you mean --" : "", near ? near : "",
		near ? "?)" : "");
	return -1;
}

/* `given` has a bit for each line of the table whose value was read. */
static int take_option(
	const struct command *c, const struct option_spec *specs, int argc, char **argv, int *at, uint64_t *given)
{
	char *option = argv[*at];
	size_t length = strcspn(option + 2, "=");
	const char *value = option[2 + length] ? option + 3 + length : NULL;
	const struct option_spec *spec = find_option(specs, option + 2, length);
	if (!spec)
		return unknown_option(c, specs, option);
	if (spec->flag) {
		if (value) {
			cmd_usage(c, "--%s takes no value", spec->name);
			return -1;
		}
		*spec->flag = true;
		return 0;
	}
	if (!value && *at + 1 < argc)
		value = argv[++*at];
	if (!value) {
		cmd_usage(c, "--%s needs a value", spec->name);
		return -1;
	}
	uint64_t bit = (uint64_t)1 << (spec - specs);
	if (spec->value && *given & bit) {
		cmd_usage(
			c, "--%s is given twice; where it takes a list, write --%s ONE,OTHER", spec->name, spec->name);
		return -1;
	}
	*given |= bit;
	if (spec->value)
		*spec->value = value;
	if (spec->values)
		vec_push(spec->values, (void *)value);
	return 0;
}

int options_read(const struct command *c, int argc, char **argv, const struct option_spec *specs, struct vec *rest)
{
	bool only_rest = false;
	uint64_t given = 0;
	if (listing) {
		for (; specs->name && listing->count < listing->most; specs++)
			listing->known[listing->count++] = (struct option_known){ specs->name, !specs->flag };
		return -1;
	}
	for (int i = 1; i < argc; i++) {
		if (!only_rest && strcmp(argv[i], "--") == 0)
			only_rest = true;
		else if (!only_rest && argv[i][0] == '-' && argv[i][1] == '-') {
			if (take_option(c, specs, argc, argv, &i, &given))
				return -1;
		} else if (!only_rest && argv[i][0] == '-' && argv[i][1]) {
			cmd_usage(c, "there is no option '%s'; options are long: --name", argv[i]);
			return -1;
		} else {
			vec_push(rest, argv[i]);
		}
	}
	return 0;
}

size_t options_of(const struct command *c, struct option_known *known, size_t most)
{
	struct listing l = { known, 0, most };
	char *argv[] = { (char *)c->name, NULL };
	listing = &l;
	c->run(1, argv);
	listing = NULL;
	return l.count;
}
