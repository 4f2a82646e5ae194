#include "target/client.h"
#include "base/text.h"
#include <dirent.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FOLDER "fixtures/clients"

void client_names(struct arena *a, struct vec *names)
{
	const char *folder = data_path(a, FOLDER);
	struct dirent **entries;
	int count = scandir(folder, &entries, NULL, alphasort);
	for (int i = 0; i < count; i++) {
		const char *name = entries[i]->d_name;
		if (text_is_slug(name) && access(arena_printf(a, "%s/%s/adapter", folder, name), X_OK) == 0)
			vec_push(names, arena_text(a, name));
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
}

/* The path of the adapter; NULL with ERR_USAGE. */
static char *find_adapter(struct arena *a, const char *what, struct err *e)
{
	char path[PATH_MAX];
	struct vec names = VEC_INIT;
	BUF_AUTO list = BUF_INIT;
	const char *found = strchr(what, '/') ? what : NULL;
	client_names(a, &names);
	for (size_t i = 0; i < names.count; i++) {
		buf_printf(&list, "%s%s", i ? ", " : "", (const char *)names.items[i]);
		if (text_equal(names.items[i], what))
			found = arena_printf(a, "%s/%s/adapter", data_path(a, FOLDER), what);
	}
	const char *near = text_nearest(what, (const char *const *)names.items, names.count);
	vec_release(&names);
	if (!found)
		err_set(e, ERR_USAGE, NULL,
			"there is no client '%s'%s%s%s; there are %s, and any adapter by its path (./%s)", what,
			near ? "; did you mean " : "", near ? near : "", near ? "?" : "", buf_text(&list), what);
	else if (!realpath(found, path) || file_is_directory(path) || access(path, X_OK) != 0)
		err_set(e, ERR_USAGE, found, "is no program that can be started: an adapter is an executable file");
	else
		return memory_copy_text(path);
	return NULL;
}

/* What lies beside the adapter. */
static char *beside(const struct client *c, const char *name)
{
	char *path = memory_printf("%.*s/%s", (int)(strrchr(c->adapter, '/') - c->adapter), c->adapter, name);
	if (file_exists(path))
		return path;
	free(path);
	return NULL;
}

static int read_claims(struct client *c, struct err *e)
{
	AUTO_TEXT path = beside(c, "claims");
	BUF_AUTO text = BUF_INIT;
	struct arena a = ARENA_INIT;
	struct vec words = VEC_INIT;
	if (!path)
		return 0;
	if (file_read(path, &text, e))
		return -1;
	for (char *line = text.data, *next; line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		if (*line != '#')
			text_words(&a, line, &words);
	}
	for (size_t i = 0; i < words.count; i++)
		vec_push(&c->claims, memory_copy_text(words.items[i]));
	vec_release(&words);
	arena_release(&a);
	return 0;
}

static int take_options(struct client *c, const struct vec *options, struct err *e)
{
	for (size_t i = 0; options && i < options->count; i++) {
		const char *option = options->items[i];
		size_t length = strspn(option, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
		if (!length || option[length] != '=')
			return err_set(e, ERR_USAGE, NULL,
				"an option of a client is KEY=VALUE with a key in capitals, not '%s'", option);
		vec_push(&c->environment, memory_copy_text(option));
	}
	return 0;
}

/* Where a person can be asked; their language comes with the options. */
static void add_terminal(struct client *c)
{
	for (int descriptor = 0; descriptor <= 2; descriptor++) {
		const char *terminal = ttyname(descriptor);
		if (terminal) {
			vec_push(&c->environment, memory_printf("ASSAY_TERMINAL=%s", terminal));
			return;
		}
	}
}

struct client *client_open(const char *what, const struct vec *options, struct err *e)
{
	struct arena a = ARENA_INIT;
	struct client *c = memory_alloc(sizeof *c);
	c->name = memory_copy_text(what);
	c->adapter = find_adapter(&a, what, e);
	arena_release(&a);
	if (c->adapter && read_claims(c, e) == 0 && take_options(c, options, e) == 0) {
		c->baseline = beside(c, "baseline.tsv");
		add_terminal(c);
		return c;
	}
	client_free(c);
	return NULL;
}

static void free_texts(struct vec *texts)
{
	for (size_t i = 0; i < texts->count; i++)
		free(texts->items[i]);
	vec_release(texts);
}

void client_free(struct client *c)
{
	if (!c)
		return;
	free(c->name);
	free(c->adapter);
	free(c->baseline);
	free(c->product);
	free_texts(&c->claims);
	free_texts(&c->environment);
	free(c);
}
