/* assay completion: what a shell needs to complete a command line, made from the tables of the commands and their usage
 * texts, so that a new command or option comes by itself. */
#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "cmd/select.h"
#include "target/fault.h"
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
	"usage: assay completion bash|zsh|fish\n"
	"       assay completion words profile|suite|check|fault|client|target\n"
	"\n"
	"Prints a script that lets the shell complete commands, options and their values; `make install` puts the three\n"
	"where the shells look. For one session of bash: `. <(assay completion bash)`. With `words` the names that\n"
	"can stand in a place, one a line: the scripts ask for them.\n";

#define OPTIONS_MOST 64

/* What a value or a word can be. */
enum kind {
	KIND_NONE,
	KIND_ANY,
	KIND_FILE,
	KIND_PROFILE,
	KIND_SUITE,
	KIND_CHECK,
	KIND_FAULT,
	KIND_CLIENT,
	KIND_TARGET
};
static const char *const kind_names[] = { [KIND_PROFILE] = "profile",
	[KIND_SUITE] = "suite",
	[KIND_CHECK] = "check",
	[KIND_FAULT] = "fault",
	[KIND_CLIENT] = "client",
	[KIND_TARGET] = "target" };

struct option_view {
	const char *name;
	char *value, *about; /* the usage's word for the value, and its line; "" without one */
	enum kind kind;
};

struct command_view {
	const char *name, *about;
	enum kind words;
	struct option_view options[OPTIONS_MOST];
	size_t count;
};

/* The place in a usage text that tells of the option: where a line begins with it, or else where it is first named. */
static const char *option_place(const char *text, const char *name, bool *begins)
{
	AUTO_TEXT whole = memory_printf("--%s", name);
	size_t length = strlen(whole);
	const char *first = NULL;
	*begins = false;
	for (const char *at = text; (at = strstr(at, whole)); at += length) {
		if (at[length] == '-' || isalnum((unsigned char)at[length]))
			continue;
		if (at - text > 2 && strncmp(at - 3, "\n  ", 3) == 0) {
			*begins = true;
			return at + length;
		}
		first = first ? first : at + length;
	}
	return first;
}

/* The word for the value, in capitals, if one follows. */
static char *value_word(const char *place)
{
	size_t length = 0;
	if (!place || (*place != ' ' && *place != '='))
		return memory_copy_text("VALUE");
	place++;
	while (isupper((unsigned char)place[length]) || place[length] == '/' || place[length] == '=')
		length++;
	return length ? memory_copy_bytes(place, length) : memory_copy_text("VALUE");
}

/* The rest of the line after the columns of the option and its value. */
static char *about_text(const char *place)
{
	const char *end = place + strcspn(place, "\n");
	const char *gap = strstr(place, "  ");
	const char *about = gap && gap < end ? gap + strspn(gap, " ") : strchr(place + 1, ' ');
	if (!about || about >= end)
		return memory_copy_text("");
	about += strspn(about, " ");
	return memory_copy_bytes(about, (size_t)(end - about));
}

static enum kind value_kind(const char *name, const char *value)
{
	for (size_t i = KIND_PROFILE; i <= KIND_CLIENT; i++)
		if (strcmp(name, kind_names[i]) == 0)
			return (enum kind)i;
	if (text_ends(name, "-client"))
		return KIND_CLIENT;
	return strcmp(value, "FILE") == 0 || strcmp(value, "DIR") == 0 ? KIND_FILE : KIND_ANY;
}

static void look_at(const struct command *c, struct command_view *view)
{
	struct option_known known[OPTIONS_MOST];
	AUTO_TEXT synopsis = memory_copy_bytes(c->usage, strcspn(c->usage, "\n"));
	view->name = c->name;
	view->about = c->summary;
	view->words = strstr(synopsis, "TARGET") || strstr(synopsis, "HOST") ? KIND_TARGET : KIND_FILE;
	view->count = options_of(c, known, OPTIONS_MOST);
	for (size_t i = 0; i < view->count; i++) {
		bool begins;
		struct option_view *o = &view->options[i];
		const char *place = option_place(c->usage, known[i].name, &begins);
		o->name = known[i].name;
		o->value = known[i].takes_value ? value_word(place) : memory_copy_text("");
		o->about = begins ? about_text(place) : memory_copy_text("");
		o->kind = known[i].takes_value ? value_kind(o->name, o->value) : KIND_NONE;
	}
}

static void view_release(struct command_view *view)
{
	for (size_t i = 0; i < view->count; i++) {
		free(view->options[i].value);
		free(view->options[i].about);
	}
}

/* Text inside single quotes, with a backslash before each of `special`. */
static void put_text(const char *text, const char *special)
{
	for (; *text; text++) {
		if (*text == '\'')
			fputs("'\\''", stdout);
		else
			printf("%s%c", strchr(special, *text) ? "\\" : "", *text);
	}
}

/* ---- bash ---- */

static void bash_start(void)
{
	printf("# Completion for bash, printed by `assay completion bash`.\n"
	       "_assay() {\n"
	       "\tlocal line=${COMP_LINE:0:COMP_POINT} command=${COMP_WORDS[1]-} options= kind= words=file word before cut\n"
	       "\tlocal -a typed\n"
	       "\tread -ra typed <<<\"$line\"\n"
	       "\t[[ $line == *[[:space:]] ]] && typed+=('')\n"
	       "\tword=${typed[${#typed[@]}-1]} before=${typed[${#typed[@]}-2]-}\n"
	       "\t# bash takes : and = for ends of words, so what stands before them is not replaced.\n"
	       "\tcut=${word%%\"${word##*[:=]}\"}\n"
	       "\tif [[ $word == --*=* ]]; then\n"
	       "\t\tbefore=${word%%%%=*} word=${word#*=} cut=${cut#\"$before=\"}\n"
	       "\tfi\n"
	       "\tCOMPREPLY=()\n"
	       "\tif ((${#typed[@]} == 2)) || [[ $command == help ]]; then\n"
	       "\t\tCOMPREPLY=($(compgen -W '");
	for (size_t i = 0; commands[i]; i++)
		printf("%s ", commands[i]->name);
	printf("help version' -- \"$word\"))\n\t\treturn\n\tfi\n\tcase $command in\n");
}

static void bash_command(const struct command_view *view)
{
	printf("\t%s)\n\t\toptions='", view->name);
	for (size_t i = 0; i < view->count; i++)
		printf("%s--%s", i ? " " : "", view->options[i].name);
	printf("'%s\n", view->words == KIND_TARGET ? " words=target" : "");
	printf("\t\tcase $before in\n");
	for (size_t i = 0; i < view->count; i++)
		if (view->options[i].kind != KIND_NONE)
			printf("\t\t--%s) kind=%s ;;\n", view->options[i].name,
				view->options[i].kind == KIND_ANY            ? "any"
					: view->options[i].kind == KIND_FILE ? "file"
									     : kind_names[view->options[i].kind]);
	printf("\t\tesac ;;\n");
}

static void bash_end(void)
{
	printf("\tesac\n"
	       "\tif [[ -z $kind && $word == -* ]]; then\n"
	       "\t\tCOMPREPLY=($(compgen -W \"$options\" -- \"$word\"))\n"
	       "\t\treturn\n"
	       "\tfi\n"
	       "\tkind=${kind:-$words}\n"
	       "\tcase $kind in\n"
	       "\tany) return ;;\n"
	       "\tfile | target) COMPREPLY=($(compgen -f -- \"$word\")) && compopt -o filenames 2>/dev/null ;;\n"
	       "\tesac\n"
	       "\t[[ $kind == file ]] || COMPREPLY+=($(compgen -W \"$(assay completion words \"$kind\" 2>/dev/null)\" -- \"$word\"))\n"
	       "\tCOMPREPLY=(\"${COMPREPLY[@]#\"$cut\"}\")\n"
	       "}\n"
	       "complete -F _assay assay\n");
}

/* ---- zsh ---- */

static void zsh_start(void)
{
	printf("#compdef assay\n"
	       "# Completion for zsh, printed by `assay completion zsh`.\n"
	       "_assay_words() {\n"
	       "\tlocal -a names\n"
	       "\tnames=(${(f)\"$(assay completion words $1 2>/dev/null)\"})\n"
	       "\tcompadd -a names\n"
	       "}\n"
	       "_assay_targets() {\n"
	       "\t_assay_words target\n"
	       "\t_files\n"
	       "}\n"
	       "_assay() {\n"
	       "\tlocal -a names\n"
	       "\tnames=(\n");
	for (size_t i = 0; commands[i]; i++) {
		printf("\t\t'%s:", commands[i]->name);
		put_text(commands[i]->summary, "");
		printf("'\n");
	}
	printf("\t\t'help:what a command does'\n"
	       "\t\t'version:the version'\n"
	       "\t)\n"
	       "\tif (( CURRENT == 2 )) || [[ $words[2] == help ]]; then\n"
	       "\t\t_describe command names\n"
	       "\t\treturn\n"
	       "\tfi\n"
	       "\tshift words\n"
	       "\t(( CURRENT-- ))\n"
	       "\tcase $words[1] in\n");
}

static void zsh_command(const struct command_view *view)
{
	printf("\t%s)\n\t\t_arguments \\\n", view->name);
	for (size_t i = 0; i < view->count; i++) {
		const struct option_view *o = &view->options[i];
		printf("\t\t\t'*--%s%s[", o->name, o->kind == KIND_NONE ? "" : "=");
		put_text(o->about, "[]:\\");
		putchar(']');
		if (o->kind != KIND_NONE)
			printf(":%s:", o->value);
		if (o->kind == KIND_ANY)
			putchar(' ');
		else if (o->kind == KIND_FILE)
			printf("_files");
		else if (o->kind != KIND_NONE)
			printf("_assay_words %s", kind_names[o->kind]);
		printf("' \\\n");
	}
	printf("\t\t\t'*:word:%s' ;;\n", view->words == KIND_TARGET ? "_assay_targets" : "_files");
}

static void zsh_end(void)
{
	printf("\tesac\n}\nif [[ $funcstack[1] == _assay ]]; then _assay \"$@\"; else compdef _assay assay; fi\n");
}

/* ---- fish ---- */

static void fish_start(void)
{
	printf("# Completion for fish, printed by `assay completion fish`.\n"
	       "complete -c assay -n __fish_use_subcommand -f\n"
	       "complete -c assay -n __fish_use_subcommand -a help -d 'what a command does'\n"
	       "complete -c assay -n __fish_use_subcommand -a version -d 'the version'\n");
	for (size_t i = 0; commands[i]; i++) {
		printf("complete -c assay -n __fish_use_subcommand -a %s -d '", commands[i]->name);
		put_text(commands[i]->summary, "");
		printf("'\ncomplete -c assay -n '__fish_seen_subcommand_from help' -f -a %s\n", commands[i]->name);
	}
}

static void fish_command(const struct command_view *view)
{
	for (size_t i = 0; i < view->count; i++) {
		const struct option_view *o = &view->options[i];
		printf("complete -c assay -n '__fish_seen_subcommand_from %s' -l %s", view->name, o->name);
		if (o->kind == KIND_ANY)
			printf(" -x");
		else if (o->kind == KIND_FILE)
			printf(" -r -F");
		else if (o->kind != KIND_NONE)
			printf(" -x -a '(assay completion words %s)'", kind_names[o->kind]);
		printf(" -d '");
		put_text(o->about, "\\");
		printf("'\n");
	}
	if (view->words == KIND_TARGET)
		printf("complete -c assay -n '__fish_seen_subcommand_from %s' -a '(assay completion words target)'\n",
			view->name);
}

static const struct {
	const char *name;
	void (*start)(void);
	void (*command)(const struct command_view *view);
	void (*end)(void);
} shells[] = {
	{ "bash", bash_start, bash_command, bash_end },
	{ "zsh", zsh_start, zsh_command, zsh_end },
	{ "fish", fish_start, fish_command, NULL },
};

static int print_script(const char *name)
{
	for (size_t i = 0; i < sizeof shells / sizeof *shells; i++) {
		if (strcmp(shells[i].name, name) != 0)
			continue;
		shells[i].start();
		for (size_t k = 0; commands[k]; k++) {
			struct command_view view;
			look_at(commands[k], &view);
			shells[i].command(&view);
			view_release(&view);
		}
		if (shells[i].end)
			shells[i].end();
		return EXIT_AS_EXPECTED;
	}
	return cmd_usage(&command_completion, "there is no shell '%s'; there is bash, zsh and fish", name);
}

/* ---- words ---- */

/* The names in a folder of the data, without the ending; nothing where it is missing. */
static void print_names(const char *folder, const char *before, const char *ending)
{
	struct arena a = ARENA_INIT;
	struct dirent **entries;
	int count = scandir(data_path(&a, folder), &entries, NULL, alphasort);
	for (int i = 0; i < count; i++) {
		const char *name = entries[i]->d_name;
		if (*name != '.' && text_ends(name, ending))
			printf("%s%.*s\n", before, (int)(strlen(name) - strlen(ending)), name);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	arena_release(&a);
}

/* The checks of the suites, or the suites themselves. */
static int print_checks(bool only_suites)
{
	struct err e;
	struct vec scenarios = VEC_INIT;
	const char *last = "";
	if (select_scenarios(&(struct selection){ .shards = 1 }, &scenarios, &e)) {
		select_release(&scenarios);
		return cmd_fail(&e);
	}
	for (size_t i = 0; i < scenarios.count; i++) {
		const struct scenario *s = scenarios.items[i];
		size_t suite = strcspn(s->id, "/");
		if (only_suites && strncmp(s->id, last, suite + 1) != 0)
			printf("%.*s\n", (int)suite, s->id);
		for (size_t k = 0; !only_suites && k < s->step_count; k++)
			if (s->steps[k].check.level != LEVEL_NONE)
				printf("%s\n", s->steps[k].check.id);
		last = s->id;
	}
	select_release(&scenarios);
	return EXIT_AS_EXPECTED;
}

static int print_faults(void)
{
	struct err e;
	struct arena a = ARENA_INIT;
	struct vec faults = VEC_INIT;
	const char *folder = fault_folder(&a, "fixture:prosody", &e);
	int status = !folder || fault_list(&a, folder, &faults, &e) ? cmd_fail(&e) : EXIT_AS_EXPECTED;
	for (size_t i = 0; i < faults.count && status == EXIT_AS_EXPECTED; i++)
		printf("%s\n", ((const struct fault *)faults.items[i])->name);
	vec_release(&faults);
	arena_release(&a);
	return status;
}

static int print_words(const char *kind)
{
	if (strcmp(kind, "profile") == 0)
		print_names("suites/profiles", "", ".ini");
	else if (strcmp(kind, "suite") == 0 || strcmp(kind, "check") == 0)
		return print_checks(*kind == 's');
	else if (strcmp(kind, "fault") == 0)
		return print_faults();
	else if (strcmp(kind, "client") == 0)
		print_names("fixtures/clients", "", "");
	else if (strcmp(kind, "target") == 0)
		print_names("fixtures/servers", "fixture:", "");
	else
		return cmd_usage(&command_completion, "there are no words '%s'", kind);
	return EXIT_AS_EXPECTED;
}

static int run_completion(int argc, char **argv)
{
	struct vec words = VEC_INIT;
	const struct option_spec none[] = { { NULL, NULL, NULL, NULL } };
	int status = EXIT_USAGE;
	if (options_read(&command_completion, argc, argv, none, &words) == 0) {
		if (words.count == 2 && strcmp(words.items[0], "words") == 0)
			status = print_words(words.items[1]);
		else if (words.count == 1)
			status = print_script(words.items[0]);
		else
			cmd_usage(&command_completion, "needs a shell");
	}
	vec_release(&words);
	return status;
}

const struct command command_completion = { "completion", "print what lets a shell complete the command line", usage,
	run_completion };
