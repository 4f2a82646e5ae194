/* Plots by gnuplot, from the raw data that lie in the folder. */
#include "report/gnuplot.h"
#include "base/text.h"
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

void gnuplot_set(struct buf *out, const char *variable, const char *value)
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
			"--again with the same --out draws them");
	if (fault)
		return err_set(e, ERR_ENVIRONMENT, argv[0], "cannot be started: %s", strerror(fault));
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		return err_set(e, ERR_ENVIRONMENT, script, "gnuplot could not draw it in %s", directory);
	return 0;
}

static int draw_as(const char *directory, const char *script, const char *name, const struct buf *variables,
	const char *language, const char *format, struct err *e)
{
	struct arena a = ARENA_INIT;
	BUF_AUTO all = BUF_INIT;
	const char *folder = data_path(&a, "reports/plots");
	AUTO_TEXT out = memory_printf("../plots/%s.%s", name, format);
	AUTO_TEXT path = memory_printf("%s/%s.gp", folder, script);
	AUTO_TEXT raw = memory_printf("%s/raw", directory);
	buf_add(&all, buf_text(variables), variables->len);
	gnuplot_set(&all, "language", language);
	gnuplot_set(&all, "plots", folder);
	gnuplot_set(&all, "format", format);
	gnuplot_set(&all, "out", out);
	int result = draw(raw, all.data, path, e);
	arena_release(&a);
	return result;
}

int gnuplot_draw(const char *directory, const char *script, const char *name, const struct buf *variables,
	const char *language, struct err *e)
{
	return draw_as(directory, script, name, variables, language, "svg", e) ||
			draw_as(directory, script, name, variables, language, "png", e)
		? -1
		: 0;
}

int gnuplot_prepare(const char *directory, struct err *e)
{
	AUTO_TEXT folder = memory_printf("%s/plots", directory);
	AUTO_TEXT raw = memory_printf("%s/raw", directory);
	if (!file_is_directory(raw))
		return err_set(e, ERR_UNSUPPORTED, NULL, "there are no raw data in %s, so there are no plots", raw);
	return directory_make(folder, e);
}
