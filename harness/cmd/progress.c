#include "cmd/progress.h"
#include "base/clock.h"
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define REDRAW_EVERY (100 * CLOCK_MILLISECOND)
#define COUNT_EVERY  (10 * CLOCK_SECOND)
#define BAR_CELLS    20
#define MESSAGE_MOST 400 /* bytes */

static bool is_dumb(void)
{
	const char *term = getenv("TERM");
	return !term || !*term || strcmp(term, "dumb") == 0;
}

int progress_colour(const char *when, bool *colour)
{
	const char *refused = getenv("NO_COLOR"); /* https://no-color.org: set and not empty */
	if (strcmp(when, "auto") == 0)
		*colour = isatty(STDOUT_FILENO) && isatty(STDERR_FILENO) && !(refused && *refused) && !is_dumb();
	else if (strcmp(when, "always") == 0 || strcmp(when, "never") == 0)
		*colour = *when == 'a';
	else
		return -1;
	return 0;
}

/* Asked of the user's locale without taking it on: numbers stay as C prints them. */
static bool is_unicode(void)
{
	locale_t locale = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
	if (!locale)
		return false;
	bool unicode = strcmp(nl_langinfo_l(CODESET, locale), "UTF-8") == 0;
	freelocale(locale);
	return unicode;
}

static unsigned terminal_columns(int descriptor)
{
	struct winsize size;
	return !ioctl(descriptor, TIOCGWINSZ, &size) && size.ws_col ? size.ws_col : 80;
}

void progress_begin_on(struct progress *p, FILE *out, bool colour, bool redraw, bool unicode, unsigned columns)
{
	*p = (struct progress){
		.out = out, .colour = colour, .redraw = redraw, .unicode = unicode, .columns = columns
	};
}

void progress_begin(struct progress *p, bool colour, bool trace)
{
	bool redraw = !trace && isatty(STDERR_FILENO) && !is_dumb();
	progress_begin_on(p, stderr, colour, redraw, is_unicode(), redraw ? terminal_columns(STDERR_FILENO) : 80);
}

static void erase(struct progress *p)
{
	if (p->drawn)
		fputs("\r\033[K", p->out);
	p->drawn = false;
}

static bool as_it_should_be(enum verdict v)
{
	return v == VERDICT_PASS || v == VERDICT_UNSUPPORTED;
}

static const char *verdict_colour(enum verdict v)
{
	switch (v) {
	case VERDICT_PASS:
		return "32";
	case VERDICT_WEAK:
	case VERDICT_INCONCLUSIVE:
		return "33";
	case VERDICT_FAIL:
	case VERDICT_ERROR:
		return "31";
	case VERDICT_UNSUPPORTED:
		break;
	}
	return "2";
}

static void add_coloured(const struct progress *p, struct buf *out, const char *colour, const char *text)
{
	if (p->colour)
		buf_printf(out, "\033[%sm%s\033[0m", colour, text);
	else
		buf_add_text(out, text);
}

/* One line, whatever a peer put into the message. */
static void add_message(struct buf *out, const char *message)
{
	size_t length = strlen(message);
	if (length > MESSAGE_MOST) {
		length = MESSAGE_MOST;
		while (length && (message[length] & 0xC0) == 0x80)
			length--;
	}
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)message[i];
		buf_add_char(out, c < 0x20 || c == 0x7F ? ' ' : (char)c);
	}
	if (message[length])
		buf_add_text(out, "...");
}

static void say_scenario(const struct progress *p, const struct run_progress *state)
{
	BUF_AUTO line = BUF_INIT;
	char word[32];
	snprintf(word, sizeof word, "%-12s", state->verdict == VERDICT_PASS ? "ok" : verdict_name(state->verdict));
	add_coloured(p, &line, verdict_colour(state->verdict), word);
	buf_printf(&line, " %s (%.1f ms)", state->scenario, (double)state->took / CLOCK_MILLISECOND);
	if (state->message && state->verdict != VERDICT_PASS) {
		buf_add_text(&line, ": ");
		add_message(&line, state->message);
	}
	fprintf(p->out, "%s\n", buf_text(&line));
}

static void add_left(struct buf *out, int64_t left)
{
	int64_t seconds = (left + CLOCK_SECOND - 1) / CLOCK_SECOND;
	if (left < 0)
		return;
	if (seconds >= 60)
		buf_printf(out, ", %lld min %02lld s left", (long long)(seconds / 60), (long long)(seconds % 60));
	else
		buf_printf(out, ", %lld s left", (long long)seconds);
}

static void add_bar(const struct progress *p, struct buf *out, const struct run_progress *state)
{
	size_t full = state->planned ? state->ended * BAR_CELLS / state->planned : 0;
	for (size_t i = 0; i < BAR_CELLS; i++) {
		if (p->unicode)
			buf_add_text(out, i < full ? "━" : "╌");
		else
			buf_add_char(out, i < full ? '#' : '.');
	}
}

static const enum verdict shown[] = { VERDICT_PASS, VERDICT_WEAK, VERDICT_FAIL, VERDICT_UNSUPPORTED,
	VERDICT_INCONCLUSIVE, VERDICT_ERROR };

static void add_counts(struct buf *out, const struct run_progress *state)
{
	const char *before = "  ";
	for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
		if (!state->counts[shown[i]])
			continue;
		buf_printf(out, "%s%u %s", before, state->counts[shown[i]], verdict_name(shown[i]));
		before = ", ";
	}
}

/* Cut to the terminal's width: a line that wraps cannot be taken back. Counted in characters; none here is wide. */
static void cut(struct buf *line, unsigned columns)
{
	unsigned used = 0;
	for (size_t i = 0; i < line->len; i++) {
		used += (line->data[i] & 0xC0) != 0x80;
		if (used >= columns) {
			line->len = i;
			line->data[i] = 0;
		}
	}
}

static void draw_status(struct progress *p, const struct run_progress *state)
{
	BUF_AUTO line = BUF_INIT;
	add_bar(p, &line, state);
	buf_printf(&line, " %zu/%zu", state->ended, state->planned);
	add_left(&line, state->left);
	add_counts(&line, state);
	cut(&line, p->columns);
	fprintf(p->out, "\r%s\033[K", buf_text(&line));
	p->drawn = true;
}

static void say_count(const struct progress *p, const struct run_progress *state)
{
	BUF_AUTO line = BUF_INIT;
	buf_printf(&line, "-- %zu of %zu scenarios", state->ended, state->planned);
	add_left(&line, state->left);
	add_counts(&line, state);
	fprintf(p->out, "%s\n", buf_text(&line));
}

void progress_show(void *context, const struct run_progress *state)
{
	struct progress *p = context;
	bool stays = state->scenario && (!p->redraw || !as_it_should_be(state->verdict));
	int64_t now = clock_now();
	if (stays) {
		erase(p);
		say_scenario(p, state);
	}
	if (p->redraw && (stays || !p->drawn || now - p->last >= REDRAW_EVERY || state->ended == state->planned)) {
		draw_status(p, state);
		p->last = now;
	} else if (!p->redraw && now - p->last >= COUNT_EVERY) {
		if (p->last && state->ended < state->planned)
			say_count(p, state);
		p->last = now;
	}
	fflush(p->out);
}

void progress_end(struct progress *p)
{
	erase(p);
	fflush(p->out);
}
