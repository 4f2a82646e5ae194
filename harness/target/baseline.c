/* Baselines: what is known to be wrong with a target, so that only news is red. */
#include "base/text.h"
#include "target/target.h"
#include <stdlib.h>
#include <string.h>

/* Verdicts that can be expected and are no pass. */
static const char *const expected[] = { "weak", "fail", "unsupported", "inconclusive", "error" };
#define EXPECTED (sizeof expected / sizeof *expected)

/* SUITE/SCENARIO/CHECK, each a slug. */
static bool is_check(const char *text)
{
	int parts = 0;
	for (const char *rest = text; rest; parts++) {
		size_t length = strcspn(rest, "/");
		AUTO_TEXT part = memory_copy_bytes(rest, length);
		if (!text_is_slug(part))
			return false;
		rest = rest[length] ? rest + length + 1 : NULL;
	}
	return parts == 3;
}

/* Cuts `@TRANSPORT` from a check: its number, -1 where there is none, TRANSPORTS where nobody knows it. */
static int take_transport(char *check)
{
	char *name = strchr(check, '@');
	int transport = 0;
	if (!name)
		return -1;
	*name++ = 0;
	while (transport < TRANSPORTS && !text_equal(name, transport_name((enum transport)transport)))
		transport++;
	return transport;
}

/* `seen`: the checks as they are written, with their transports. */
static int take_line(
	struct baseline *b, char *line, enum transport run, struct map *seen, const char *where, struct err *e)
{
	if (text_is_blank(line) || *line == '#')
		return 0;
	char *verdict = strchr(line, '\t'), *reason = verdict ? strchr(verdict + 1, '\t') : NULL;
	if (!reason || text_is_blank(reason))
		return err_set(e, ERR_USAGE, where, "a line is CHECK, VERDICT and REASON with tabs between them");
	*verdict++ = 0;
	*reason++ = 0;
	reason += strspn(reason, " \t");
	AUTO_TEXT written = memory_copy_text(line);
	int transport = take_transport(line);
	if (transport == TRANSPORTS)
		return err_set(e, ERR_USAGE, where,
			"'%s': there is no such transport; there are starttls, direct, ws and bosh", written);
	if (!is_check(line))
		return err_set(e, ERR_USAGE, where, "'%s' is no check; a check is SUITE/SCENARIO/CHECK", line);
	bool known = false;
	for (size_t i = 0; i < EXPECTED; i++)
		known = known || text_equal(verdict, expected[i]);
	if (!known) {
		const char *nearest = text_nearest(verdict, expected, EXPECTED);
		return err_set(e, ERR_USAGE, where,
			nearest ? "'%s' is no verdict that can be expected; did you mean '%s'?"
				: "'%s' is no verdict that can be expected; there are %s",
			verdict, nearest ? nearest : "weak, fail, unsupported, inconclusive and error");
	}
	if (map_get(seen, written))
		return err_set(e, ERR_USAGE, where, "%s stands here a second time", written);
	map_set(seen, written, "");
	if (transport < 0 ? map_get(&b->verdicts, line) != NULL : transport != (int)run)
		return 0;
	map_set(&b->verdicts, line, verdict);
	map_set(&b->reasons, line, reason);
	return 0;
}

int baseline_load(struct baseline *b, const char *path, enum transport transport, struct err *e)
{
	BUF_AUTO text = BUF_INIT;
	struct map seen = MAP_INIT;
	memset(b, 0, sizeof *b);
	int result = file_read(path, &text, e), number = 1;
	for (char *line = text.data; result == 0 && line && *line; number++) {
		char *next = line + strcspn(line, "\n");
		next += *next == '\n';
		line[strcspn(line, "\r\n")] = 0;
		AUTO_TEXT where = memory_printf("%s:%d", path, number);
		result = take_line(b, line, transport, &seen, where, e);
		line = next;
	}
	map_release(&seen);
	if (result)
		baseline_release(b);
	return result;
}

void baseline_release(struct baseline *b)
{
	arena_release(&b->arena);
	map_release(&b->verdicts);
	map_release(&b->reasons);
}
