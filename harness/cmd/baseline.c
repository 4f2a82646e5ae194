/* assay baseline: the expected verdicts of a target, from a result. */
#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "report/stored.h"
#include "target/target.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
	"usage: assay baseline REPORT-DIR [--out FILE] [--update FILE] [--reason TEXT] [--expires DATE]\n"
	"\n"
	"Writes a baseline for `assay run --baseline FILE`: a line for each check that is weak, fail or inconclusive in the result\n"
	"(a folder that holds result.json, or the file), sorted, with its message for a reason, to be edited.\n"
	"\n"
	"  --out FILE      where to (default: standard output, or the file of --update)\n"
	"  --update FILE   a baseline to bring up to date: reasons, links, dates and comments stay, what passes goes, what is new\n"
	"                  comes at the end\n"
	"  --reason TEXT   the reason of new lines\n"
	"  --expires DATE  the day (YYYY-MM-DD) until which new lines hold; with --update also those that have expired\n"
	"\n"
	"An error is a fault of Assay or of this machine, so it has no line.\n";

struct baseline_command {
	const char *out, *update, *reason, *expires;
	struct vec words;
	json_t *result, *checks; /* by id */
	struct baseline old;
	size_t kept, changed, gone, added, errors;
};

static bool is_failure(const char *verdict)
{
	return strcmp(verdict, "weak") == 0 || strcmp(verdict, "fail") == 0 || strcmp(verdict, "inconclusive") == 0;
}

/* In one column: a tab or a line's end in it would begin another. */
static void add_column(const char *text, struct buf *out)
{
	bool blank = true;
	for (; *text; text++) {
		bool space = (unsigned char)*text <= ' ' || *text == 0x7F;
		if (!space || !blank)
			buf_add_char(out, space ? ' ' : *text);
		blank = space;
	}
}

static enum transport transport_of(const json_t *result)
{
	const char *name = stored_text(result, "tool", "transport");
	for (int i = 0; i < TRANSPORTS; i++)
		if (strcmp(transport_name((enum transport)i), name) == 0)
			return (enum transport)i;
	return TRANSPORT_STARTTLS;
}

static void add_end(const char *link, const char *expires, struct buf *out)
{
	if (*link || *expires)
		buf_printf(out, "\t%s", link);
	if (*expires)
		buf_printf(out, "\t%s", expires);
	buf_add_char(out, '\n');
}

static void add_new_line(struct baseline_command *c, const json_t *check, struct buf *out)
{
	const char *message = json_string_value(json_object_get(check, "message"));
	size_t before;
	buf_printf(out, "%s\t%s\t", json_string_value(json_object_get(check, "id")), stored_observed(check));
	before = out->len;
	add_column(c->reason ? c->reason : message ? message : "", out);
	if (out->len == before)
		buf_add_text(out, "no message");
	add_end("", c->expires ? c->expires : "", out);
	c->added++;
}

static int compare_checks(const void *a, const void *b)
{
	const json_t *const *left = a, *const *right = b;
	return strcmp(
		json_string_value(json_object_get(*left, "id")), json_string_value(json_object_get(*right, "id")));
}

/* What fails and is not yet expected just so. A line of the old baseline for the check alone has been mended already. */
static void add_new(struct baseline_command *c, struct buf *out)
{
	const char *id;
	json_t *check;
	struct vec wanted = VEC_INIT;
	json_object_foreach(c->checks, id, check) {
		const char *verdict = stored_observed(check);
		const struct baseline_line *l = baseline_find(&c->old, id);
		c->errors += strcmp(verdict, "error") == 0;
		if (is_failure(verdict) && (!l || (l->glob && strcmp(l->verdict, verdict) != 0)))
			vec_push(&wanted, check);
	}
	if (wanted.count)
		qsort(wanted.items, wanted.count, sizeof *wanted.items, compare_checks);
	for (size_t i = 0; i < wanted.count; i++)
		add_new_line(c, wanted.items[i], out);
	vec_release(&wanted);
}

/* What the result says of the checks that the line decides: `failed`: what a check alone failed with, or a pattern's line expects;
 * `passed`: some passed and none did anything else that is known. */
static void look_up(const struct baseline_command *c, const struct baseline_line *l, const char **failed, bool *passed)
{
	const char *id;
	json_t *check;
	*failed = NULL;
	*passed = false;
	json_object_foreach(c->checks, id, check) {
		const char *verdict = stored_observed(check);
		if (!baseline_names(l, id) || baseline_find(&c->old, id) != l)
			continue;
		if (is_failure(verdict) || strcmp(verdict, l->verdict) == 0)
			*failed = l->glob ? l->verdict : verdict;
		*passed |= strcmp(verdict, "pass") == 0;
	}
	*passed &= !*failed;
}

static void add_old_line(
	struct baseline_command *c, const struct baseline_line *l, const char *text, size_t length, struct buf *out)
{
	const char *failed;
	bool passed, renewed = c->expires && *l->expires && baseline_is_past(l->expires);
	look_up(c, l, &failed, &passed);
	if (passed) {
		c->gone++;
		return;
	}
	if (!renewed && (!failed || strcmp(failed, l->verdict) == 0)) {
		buf_add(out, text, length);
		buf_add_char(out, '\n');
		c->kept++;
		return;
	}
	buf_printf(out, "%s%s%s\t%s\t%s", l->check, l->transport < 0 ? "" : "@",
		l->transport < 0 ? "" : transport_name((enum transport)l->transport), failed ? failed : l->verdict,
		l->reason);
	add_end(l->link, renewed ? c->expires : l->expires, out);
	c->changed++;
}

static int add_old(struct baseline_command *c, struct buf *out, struct err *e)
{
	BUF_AUTO text = BUF_INIT;
	size_t next = 0;
	unsigned number = 1;
	if (file_read(c->update, &text, e))
		return -1;
	for (const char *at = buf_text(&text); *at; number++) {
		size_t length = strcspn(at, "\n"), bare = length - (length && at[length - 1] == '\r');
		const struct baseline_line *l = next < c->old.lines.count ? c->old.lines.items[next] : NULL;
		if (l && l->number == number) {
			add_old_line(c, l, at, bare, out);
			next++;
		} else {
			buf_add(out, at, bare);
			buf_add_char(out, '\n');
		}
		at += length + (at[length] == '\n');
	}
	return 0;
}

static void add_head(const struct baseline_command *c, struct buf *out)
{
	const char *product = stored_tested(c->result, "product");
	buf_add_text(out, "# Expected verdicts of ");
	add_column(stored_tested(c->result, "name"), out);
	if (*product) {
		buf_add_text(out, " (");
		add_column(product, out);
		buf_add_char(out, ')');
	}
	buf_add_text(out,
		" that are not `pass`: check, verdict, reason, link, expiry, parted by tabs (docs/baselines.md).\n");
}

static int write_baseline(const struct baseline_command *c, const struct buf *text, struct err *e)
{
	const char *path = c->out ? c->out : c->update;
	if (path)
		return file_write(path, buf_text(text), text->len, e);
	if (fwrite(buf_text(text), 1, text->len, stdout) != text->len || fflush(stdout))
		return err_set(e, ERR_ENVIRONMENT, "standard output", "cannot be written");
	return 0;
}

static void tell(const struct baseline_command *c)
{
	fprintf(stderr, "assay: %zu line%s added", c->added, c->added == 1 ? "" : "s");
	if (c->update)
		fprintf(stderr, ", %zu kept, %zu changed, %zu taken out (fixed)", c->kept, c->changed, c->gone);
	if (c->errors)
		fprintf(stderr, "; %zu error%s left out, no fault of the server", c->errors, c->errors == 1 ? "" : "s");
	if (!json_is_true(json_object_get(c->result, "complete")))
		fprintf(stderr, "; the run is incomplete, so there may be more");
	fprintf(stderr, "\n");
}

static int make_baseline(struct baseline_command *c, const char *word, struct err *e)
{
	size_t i;
	json_t *check;
	BUF_AUTO text = BUF_INIT;
	c->result = stored_result(word, e);
	if (!c->result)
		return -1;
	c->checks = json_object();
	json_array_foreach(json_object_get(c->result, "checks"), i, check)
		json_object_set(c->checks, json_string_value(json_object_get(check, "id")), check);
	if (c->update) {
		enum transport transport = transport_of(c->result);
		if ((c->expires ? baseline_load_expired : baseline_load)(&c->old, c->update, transport, e) ||
			add_old(c, &text, e))
			return -1;
	} else {
		add_head(c, &text);
	}
	add_new(c, &text);
	if (write_baseline(c, &text, e))
		return -1;
	tell(c);
	return 0;
}

static int check_line(const struct baseline_command *c)
{
	if (c->words.count != 1)
		return cmd_usage(&command_baseline, "needs one result");
	if (c->expires && !baseline_is_date(c->expires))
		return cmd_usage(&command_baseline, "--expires takes a date YYYY-MM-DD, not '%s'", c->expires);
	if (c->expires && baseline_is_past(c->expires))
		return cmd_usage(&command_baseline, "--expires %s is past", c->expires);
	if (c->reason && text_is_blank(c->reason))
		return cmd_usage(&command_baseline, "--reason needs a text");
	if (c->out && !text_equal(c->out, c->update) && file_exists(c->out))
		return cmd_usage(
			&command_baseline, "%s is there already; --update %s keeps its reasons", c->out, c->out);
	return EXIT_AS_EXPECTED;
}

static int run_baseline(int argc, char **argv)
{
	struct err e;
	struct baseline_command c = { .out = NULL };
	const struct option_spec specs[] = {
		{ "out", &c.out, NULL, NULL },
		{ "update", &c.update, NULL, NULL },
		{ "reason", &c.reason, NULL, NULL },
		{ "expires", &c.expires, NULL, NULL },
		{ NULL, NULL, NULL, NULL },
	};
	int status = EXIT_USAGE;
	if (!options_read(&command_baseline, argc, argv, specs, &c.words))
		status = check_line(&c);
	if (status == EXIT_AS_EXPECTED && make_baseline(&c, c.words.items[0], &e))
		status = cmd_fail(&e);
	json_decref(c.checks);
	json_decref(c.result);
	baseline_release(&c.old);
	vec_release(&c.words);
	return status;
}

const struct command command_baseline = { "baseline", "write the expected verdicts of a target from a result", usage,
	run_baseline };
