/* assay compare: the verdicts of two runs side by side. */
#include "base/memory.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/options.h"
#include <jansson.h>
#include <stdio.h>
#include <string.h>

static const char usage[] =
	"usage: assay compare RUN RUN [--strict]\n"
	"\n"
	"Compares the verdicts of two runs (folders that hold result.json, or the files). A check that one of them could not\n"
	"play (`unsupported`, or absent) is counted, but is no difference; with --strict it is one. Below a difference stands\n"
	"what each run says of the check. Exit status 1 where a verdict differs.\n";

struct comparison {
	size_t same, different, one_sided;
	bool strict;
};

static json_t *load(const char *path, struct err *e)
{
	json_error_t fault;
	AUTO_TEXT file = file_is_directory(path) ? memory_printf("%s/result.json", path) : memory_copy_text(path);
	json_t *root = json_load_file(file, 0, &fault);
	if (!root) {
		err_set(e, ERR_USAGE, file, "is no result that can be read: %s", fault.text);
		return NULL;
	}
	json_t *checks = json_object_get(root, "checks"), *map = json_object(), *check;
	size_t i;
	json_array_foreach(checks, i, check) {
		const char *id = json_string_value(json_object_get(check, "id"));
		if (id)
			json_object_set(map, id, check);
	}
	bool fine = json_is_array(checks);
	json_decref(root);
	if (fine)
		return map;
	err_set(e, ERR_USAGE, file, "holds no checks");
	json_decref(map);
	return NULL;
}

static const char *verdict_of(const json_t *check)
{
	return json_string_value(json_object_get(check, "verdict"));
}

static bool played(const char *verdict)
{
	return verdict && strcmp(verdict, "unsupported") != 0 && strcmp(verdict, "not_run") != 0;
}

static void differ(struct comparison *c, const char *id, const json_t *a, const json_t *b)
{
	const json_t *both[] = { a, b };
	printf("%s: %s, %s\n", id, a ? verdict_of(a) : "absent", b ? verdict_of(b) : "absent");
	for (int i = 0; i < 2; i++) {
		const char *message = json_string_value(json_object_get(both[i], "message"));
		if (message && message[0])
			printf("    %s\n", message);
	}
	c->different++;
}

static void compare(json_t *left, json_t *right, struct comparison *c)
{
	const char *id;
	json_t *value;
	json_object_foreach(left, id, value) {
		const json_t *other = json_object_get(right, id);
		const char *a = verdict_of(value), *b = verdict_of(other);
		bool one_sided = played(a) != played(b);
		c->one_sided += one_sided;
		if (c->strict ? !text_equal(a, b) : played(a) && played(b) && strcmp(a, b) != 0)
			differ(c, id, value, other);
		else
			c->same += played(a) && played(b);
	}
	json_object_foreach(right, id, value) {
		if (json_object_get(left, id))
			continue;
		c->one_sided += played(verdict_of(value));
		if (c->strict)
			differ(c, id, NULL, value);
	}
}

static int run_compare(int argc, char **argv)
{
	struct err e;
	struct vec words = VEC_INIT;
	struct comparison c = { .strict = false };
	const struct option_spec specs[] = { { "strict", NULL, NULL, &c.strict }, { NULL, NULL, NULL, NULL } };
	int status = EXIT_USAGE;
	json_t *left = NULL, *right = NULL;
	if (options_read(&command_compare, argc, argv, specs, &words))
		goto out;
	if (words.count != 2) {
		cmd_usage(&command_compare, "needs two runs");
		goto out;
	}
	left = load(words.items[0], &e);
	right = left ? load(words.items[1], &e) : NULL;
	if (!right) {
		status = cmd_fail(&e);
		goto out;
	}
	compare(left, right, &c);
	printf("%zu checks agree, %zu differ, %zu were played by one only\n", c.same, c.different, c.one_sided);
	status = c.different ? EXIT_NOT_CONFORMING : c.same ? EXIT_AS_EXPECTED : EXIT_NOTHING_RAN;
out:
	json_decref(left);
	json_decref(right);
	vec_release(&words);
	return status;
}

const struct command command_compare = { "compare", "compare the verdicts of two runs", usage, run_compare };
