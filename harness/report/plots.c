/* Plots by gnuplot, from the raw data that lie in the folder. */
#include "base/text.h"
#include "report/latency.h"
#include <errno.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>

extern char **environ;

/* As a text of gnuplot's, in apostrophes. */
static void quote(const char *text, struct buf *out)
{
	buf_add_char(out, '\'');
	for (; *text; text++) {
		if (*text == '\'')
			buf_add_char(out, '\'');
		buf_add_char(out, *text);
	}
	buf_add_char(out, '\'');
}

static void set(struct buf *out, const char *variable, const char *value)
{
	buf_printf(out, "%s=", variable);
	quote(value, out);
	buf_add_text(out, "; ");
}

/* Runs a script in the folder; what gnuplot says goes nowhere but for the fact that it failed. */
static int draw(const char *directory, const char *variables, const char *script, struct err *e)
{
	char *argv[] = { "gnuplot", "-e", (char *)variables, (char *)script, NULL };
	posix_spawn_file_actions_t actions;
	pid_t pid;
	int status;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addchdir_np(&actions, directory);
	posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", 1 /* O_WRONLY */, 0);
	int fault = posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (fault == ENOENT)
		return err_set(e, ERR_UNSUPPORTED, NULL,
			"gnuplot is missing, so there are no plots; apt-get install gnuplot-nox, and then "
			"`assay latency --again` draws them");
	if (fault)
		return err_set(e, ERR_ENVIRONMENT, argv[0], "cannot be started: %s", strerror(fault));
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		return err_set(e, ERR_ENVIRONMENT, script, "gnuplot could not draw it in %s", directory);
	return 0;
}

static int draw_kind(const char *directory, const char *name, const char *series, const char *kind,
	const char *language, struct err *e)
{
	BUF_AUTO variables = BUF_INIT;
	struct arena a = ARENA_INIT;
	const char *folder = data_path(&a, "reports/plots");
	AUTO_TEXT out = memory_printf("../plots/%s-%s.svg", name, kind);
	AUTO_TEXT script = memory_printf("%s/%s.gp", folder, kind);
	set(&variables, "name", name);
	set(&variables, "series", series);
	set(&variables, "language", language);
	set(&variables, "plots", folder);
	set(&variables, "out", out);
	AUTO_TEXT raw = memory_printf("%s/raw", directory);
	int result = draw(raw, variables.data, script, e);
	arena_release(&a);
	return result;
}

static int draw_workload(const json_t *w, const char *directory, const char *language, struct err *e)
{
	BUF_AUTO series = BUF_INIT;
	size_t i;
	const json_t *s;
	const char *name = json_string_value(json_object_get(w, "name"));
	bool all = true;
	json_array_foreach(json_object_get(w, "series"), i, s) {
		if (json_integer_value(json_object_get(s, "count")))
			buf_printf(
				&series, "%s%s", series.len ? " " : "", json_string_value(json_object_get(s, "name")));
		else if (i == 0)
			return 0; /* nothing to draw */
		else
			all = false;
	}
	if (!series.len)
		return 0;
	bool phases = all && json_is_true(json_object_get(w, "phases"));
	return draw_kind(directory, name, series.data, "distribution", language, e) ||
			draw_kind(directory, name, series.data, "time", language, e) ||
			(phases && draw_kind(directory, name, series.data, "phases", language, e))
		? -1
		: 0;
}

int latency_plots(const json_t *result, const char *directory, const char *language, struct err *e)
{
	AUTO_TEXT folder = memory_printf("%s/plots", directory);
	AUTO_TEXT raw = memory_printf("%s/raw", directory);
	size_t i;
	const json_t *w;
	if (!file_is_directory(raw))
		return err_set(e, ERR_UNSUPPORTED, NULL, "there are no raw data in %s, so there are no plots", raw);
	if (directory_make(folder, e) || draw_workload(json_object_get(result, "echo"), directory, language, e))
		return -1;
	json_array_foreach(json_object_get(result, "workloads"), i, w)
		if (draw_workload(w, directory, language, e))
			return -1;
	return 0;
}
