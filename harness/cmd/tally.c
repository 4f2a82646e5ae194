#include "cmd/tally.h"
#include "base/clock.h"
#include "base/text.h"
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SHOW_EVERY (500 * CLOCK_MILLISECOND)
#define SAY_EVERY  (10 * CLOCK_SECOND)

static const char *const fate_names[] = { "killed", "unnamed", "survived", "unclear", "unreached", "impossible" };

static char *key_of(const char *check, const char *mutation)
{
	return memory_printf("%s\t%s", check, mutation);
}

/* ---- excuses ---- */

static int read_excuse(struct tally *t, const char *path, int number, const char *line, struct err *e)
{
	AUTO_TEXT where = memory_printf("%s:%d", path, number);
	const char *first = strchr(line, '\t'), *second = first ? strchr(first + 1, '\t') : NULL;
	if (!second || !second[1])
		return err_set(e, ERR_USAGE, where, "expected check, mutation and reason, parted by tabs");
	struct excuse *excuse = memory_alloc(sizeof *excuse);
	excuse->check = memory_copy_bytes(line, (size_t)(first - line));
	excuse->mutation = memory_copy_bytes(first + 1, (size_t)(second - first - 1));
	excuse->reason = memory_copy_text(second + 1);
	vec_push(&t->excuses, excuse);
	return 0;
}

static int read_excuses(struct tally *t, const char *path, struct err *e)
{
	BUF_AUTO text = BUF_INIT;
	if (!path || !file_exists(path))
		return 0;
	if (file_read(path, &text, e))
		return -1;
	int number = 0;
	for (char *line = text.data, *next; line && *line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = 0;
		number++;
		if (*line && *line != '#' && read_excuse(t, path, number, line, e))
			return -1;
	}
	return 0;
}

/* A mutation is named in full, or by its beginning and an asterisk. */
static bool fits(const char *wanted, const char *mutation)
{
	size_t length = strlen(wanted);
	if (length && wanted[length - 1] == '*')
		return strncmp(wanted, mutation, length - 1) == 0;
	return strcmp(wanted, mutation) == 0;
}

static const char *excuse_for(const struct tally *t, const char *check, const char *mutation)
{
	for (size_t i = 0; i < t->excuses.count; i++) {
		const struct excuse *x = t->excuses.items[i];
		if (text_glob(x->check, check) && fits(x->mutation, mutation))
			return x->reason;
	}
	return NULL;
}

/* ---- counting ---- */

static void count(struct tally *t, enum fate fate, const char *check, const char *mutation, const char *where,
	const char *message)
{
	AUTO_TEXT key = key_of(check, mutation);
	AUTO_TEXT digit = memory_printf("%d", (int)fate);
	map_set(&t->fates, key, digit);
	t->counts[fate]++;
	if (fate == FATE_KILLED || fate == FATE_UNNAMED || fate == FATE_UNREACHED || fate == FATE_IMPOSSIBLE)
		return;
	const char *reason = excuse_for(t, check, mutation);
	t->excused += reason != NULL;
	vec_push(&t->survivors,
		memory_printf("%s: %s: %s: %s%s%s%s%s", where, check, fate_names[fate], mutation, *message ? " (" : "",
			message, *message ? ")" : "", ""));
	if (!reason)
		return;
	char **line = (char **)&t->survivors.items[t->survivors.count - 1];
	char *more = memory_printf("%s\n    conforming: %s", *line, reason);
	free(*line);
	*line = more;
}

static enum fate fate_of(const struct mutation *m, const struct mutation_result *r)
{
	const char *subject = mutation_subject(m);
	switch (r->state) {
	case STRIKE_WAITS:
		return r->verdict == VERDICT_PASS ? FATE_UNREACHED : FATE_UNCLEAR;
	case STRIKE_MISSED:
		return r->verdict == VERDICT_PASS ? FATE_IMPOSSIBLE : FATE_UNCLEAR;
	case STRIKE_LANDED:
		break;
	}
	switch (r->verdict) {
	case VERDICT_PASS:
		return FATE_SURVIVED;
	case VERDICT_FAIL:
	case VERDICT_WEAK:
	case VERDICT_UNSUPPORTED: /* of a MAY */
		return !subject || strstr(r->message, subject) ? FATE_KILLED : FATE_UNNAMED;
	case VERDICT_INCONCLUSIVE:
	case VERDICT_ERROR:
		break;
	}
	return FATE_UNCLEAR;
}

static int write_line(int descriptor, const char *line, size_t length)
{
	while (length) {
		ssize_t wrote = write(descriptor, line, length);
		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote < 0)
			return -1;
		line += wrote;
		length -= (size_t)wrote;
	}
	return 0;
}

static void show(struct tally *t)
{
	int64_t now = clock_now();
	if (now - t->shown < (t->redraw ? SHOW_EVERY : SAY_EVERY) && t->ended < t->planned)
		return;
	t->shown = now;
	size_t survived = t->counts[FATE_SURVIVED] + t->counts[FATE_UNCLEAR];
	int64_t left = t->ended ? (now - t->began) / (int64_t)t->ended * (int64_t)(t->planned - t->ended) : 0;
	fprintf(stderr, "%s%zu of %zu mutations, %zu survivors, about %lld s left%s", t->redraw ? "\r\033[K" : "",
		t->ended, t->planned, survived, (long long)(left / CLOCK_SECOND),
		t->redraw && t->ended < t->planned ? "" : "\n");
}

void tally_add(void *context, const struct mutation *m, const struct mutation_result *result)
{
	struct tally *t = context;
	BUF_AUTO name = BUF_INIT;
	mutation_name(m, &name);
	enum fate fate = fate_of(m, result);
	AUTO_TEXT where = memory_printf("%s:%d", m->step->position.file, m->step->position.line);
	const char *message = result->verdict == VERDICT_PASS ? "" : result->message;
	json_t *line = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "check", m->step->check.id, "mutation",
		buf_text(&name), "fate", fate_names[fate], "verdict", verdict_name(result->verdict), "where", where,
		"message", message);
	char *text = line ? json_dumps(line, JSON_COMPACT) : NULL;
	json_decref(line);
	if (text) {
		AUTO_TEXT ended = memory_printf("%s\n", text);
		write_line(t->descriptor, ended, strlen(ended));
	}
	free(text);
	t->ended++;
	count(t, fate, m->step->check.id, buf_text(&name), where, message);
	show(t);
}

bool tally_has(const struct tally *t, const struct mutation *m)
{
	BUF_AUTO name = BUF_INIT;
	mutation_name(m, &name);
	AUTO_TEXT key = key_of(m->step->check.id, buf_text(&name));
	return map_get(&t->fates, key) != NULL;
}

/* ---- the file ---- */

static int take_line(struct tally *t, const char *line)
{
	const char *check, *mutation, *fate, *verdict, *where, *message;
	json_t *object = json_loads(line, 0, NULL);
	if (json_unpack(object, "{s:s, s:s, s:s, s:s, s:s, s:s}", "check", &check, "mutation", &mutation, "fate", &fate,
		    "verdict", &verdict, "where", &where, "message", &message)) {
		json_decref(object);
		return -1;
	}
	for (size_t i = 0; i < sizeof fate_names / sizeof *fate_names; i++)
		if (strcmp(fate, fate_names[i]) == 0 && i != FATE_UNCLEAR) /* what is unclear is played again */
			count(t, (enum fate)i, check, mutation, where, message);
	json_decref(object);
	return 0;
}

/* What an earlier run wrote; a last line that was cut off is taken away. */
static int read_earlier(struct tally *t, const char *path, struct err *e)
{
	BUF_AUTO text = BUF_INIT;
	if (!file_exists(path))
		return err_set(e, ERR_USAGE, path, "there is nothing to resume; leave --resume out");
	if (file_read(path, &text, e))
		return -1;
	size_t kept = 0;
	int number = 0;
	for (char *line = text.data, *next; line && (next = strchr(line, '\n')); line = next) {
		*next++ = 0;
		number++;
		if (take_line(t, line)) {
			AUTO_TEXT where = memory_printf("%s:%d", path, number);
			return err_set(e, ERR_USAGE, where, "this is not what `assay mutate` writes");
		}
		kept = (size_t)(next - text.data);
	}
	if (truncate(path, (off_t)kept))
		return err_set(e, ERR_ENVIRONMENT, path, "cannot be shortened: %s", strerror(errno));
	return 0;
}

int tally_open(struct tally *t, const char *directory, bool resume, const char *excuses, struct err *e)
{
	AUTO_TEXT path = memory_printf("%s/mutations.jsonl", directory);
	*t = (struct tally){ .descriptor = -1, .began = clock_now(), .redraw = isatty(STDERR_FILENO) };
	t->shown = t->began;
	if (read_excuses(t, excuses, e) || (resume && read_earlier(t, path, e)) || directory_make(directory, e))
		return -1;
	t->descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | (resume ? 0 : O_TRUNC), 0644);
	if (t->descriptor < 0)
		return err_set(
			e, ERR_USAGE, path, "cannot be written: %s; choose another folder with --out", strerror(errno));
	return 0;
}

static int compare_lines(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

bool tally_print(struct tally *t)
{
	size_t survived = t->counts[FATE_SURVIVED] + t->counts[FATE_UNCLEAR];
	size_t killed = t->counts[FATE_KILLED] + t->counts[FATE_UNNAMED];
	if (t->survivors.count)
		qsort(t->survivors.items, t->survivors.count, sizeof *t->survivors.items, compare_lines);
	for (size_t i = 0; i < t->survivors.count; i++)
		printf("%s\n", (const char *)t->survivors.items[i]);
	if (t->counts[FATE_UNREACHED])
		printf("%zu were not tried: the server answered by another alternative of the check\n",
			t->counts[FATE_UNREACHED]);
	if (t->counts[FATE_IMPOSSIBLE])
		printf("%zu are not possible: the pattern's tokens accept every such change\n",
			t->counts[FATE_IMPOSSIBLE]);
	if (t->counts[FATE_UNNAMED])
		printf("%zu were killed by a message about another stanza, which was as near (\"unnamed\" in mutations.jsonl)\n",
			t->counts[FATE_UNNAMED]);
	if (t->excused)
		printf("%zu survivors leave the behaviour conforming, each for the reason given\n", t->excused);
	printf("killed %zu of %zu, %zu survivors\n", killed, killed + survived, survived);
	return survived == t->excused;
}

void tally_release(struct tally *t)
{
	if (t->descriptor >= 0)
		close(t->descriptor);
	for (size_t i = 0; i < t->survivors.count; i++)
		free(t->survivors.items[i]);
	vec_release(&t->survivors);
	for (size_t i = 0; i < t->excuses.count; i++) {
		struct excuse *x = t->excuses.items[i];
		free(x->check);
		free(x->mutation);
		free(x->reason);
		free(x);
	}
	vec_release(&t->excuses);
	map_release(&t->fates);
}
