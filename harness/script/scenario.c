/* A file becomes a scenario. */
#include "base/text.h"
#include "script/contract.h"
#include "script/private.h"
#include "script/scansion.h"
#include <stdlib.h>
#include <string.h>

const char *level_name(enum level level)
{
	static const char *const names[] = { "none", "may", "should", "must" };
	return names[level];
}

const char *fence_kind_name(enum fence_kind kind)
{
	static const char *const names[] = { "none", "direct", "bare", "carbon", "sent", "room", "node", "roster",
		"presence", "archive", "iq", "shown", "idle", "pattern", "settled" };
	return names[kind];
}

static const char *const prefixes[][2] = {
	{ "c", NS_CLIENT },
	{ "carbons", "urn:xmpp:carbons:2" },
	{ "fwd", "urn:xmpp:forward:0" },
	{ "mam", "urn:xmpp:mam:2" },
	{ "rsm", "http://jabber.org/protocol/rsm" },
	{ "sid", "urn:xmpp:sid:0" },
	{ "receipts", "urn:xmpp:receipts" },
	{ "markers", "urn:xmpp:chat-markers:0" },
	{ "data", "jabber:x:data" },
	{ "pubsub", "http://jabber.org/protocol/pubsub" },
	{ "event", "http://jabber.org/protocol/pubsub#event" },
	{ "roster", "jabber:iq:roster" },
	{ "delay", "urn:xmpp:delay" },
	{ "disco", NS_DISCO_INFO },
	{ "items", NS_DISCO_ITEMS },
	{ "sm", NS_SM },
	{ "stanzas", NS_STANZAS },
	{ "streams", NS_STREAMS },
	{ "stream", NS_STREAMS },
	{ "muc", "http://jabber.org/protocol/muc" },
	{ "muc-user", "http://jabber.org/protocol/muc#user" },
	{ "bookmarks", "urn:xmpp:bookmarks:1" },
	{ "mds", "urn:xmpp:mds:displayed:0" },
	{ "blocking", "urn:xmpp:blocking" },
	{ "sasl", NS_SASL },
	{ "http", "urn:assay:http:0" },
	{ "shown", NS_SHOWN },
};

static const char *const built_in[] = { "domain", "muc", "upload", "pubsub", "proxy", "websocket", "bosh", "host-meta",
	"run", "uuid", "now", "self" };

/* The nearest folder above the file that holds common/: the suites. */
static const char *find_root(struct arena *a, const char *path)
{
	char *folder = arena_text(a, path);
	for (char *slash; (slash = strrchr(folder, '/'));) {
		*slash = 0;
		if (file_is_directory(arena_printf(a, "%s/common", folder)))
			return folder;
	}
	return NULL;
}

static struct scenario *scenario_new(const char *path)
{
	struct scenario *s = memory_alloc(sizeof *s);
	s->file = arena_text(&s->arena, path);
	s->actors = arena_alloc(&s->arena, ACTORS_AT_MOST * sizeof *s->actors);
	s->accounts = arena_alloc(&s->arena, ACCOUNTS_AT_MOST * sizeof *s->accounts);
	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
		map_set(&s->prefixes, prefixes[i][0], prefixes[i][1]);
	return s;
}

static const char **as_list(struct arena *a, const struct vec *v)
{
	const char **list = arena_alloc(a, (v->count + 1) * sizeof *list);
	for (size_t i = 0; i < v->count; i++)
		list[i] = v->items[i];
	return list;
}

/* Every citation of a check counts as one of the scenario, too. */
static void gather_citations(struct parser *p)
{
	for (size_t i = 0; i < p->steps.count; i++) {
		const struct step *s = p->steps.items[i];
		for (size_t k = 0; s->check.cites && s->check.cites[k]; k++) {
			bool there = false;
			for (size_t j = 0; j < p->cites.count; j++)
				there |= strcmp(p->cites.items[j], s->check.cites[k]) == 0;
			if (!there)
				vec_push(&p->cites, (void *)s->check.cites[k]);
		}
	}
}

static void finish(struct parser *p)
{
	struct scenario *s = p->s;
	s->header_cite_count = p->cites.count;
	gather_citations(p);
	s->cites = as_list(p->a, &p->cites);
	s->tags = as_list(p->a, &p->tags);
	s->needs = arena_alloc(p->a, (p->needs.count + 1) * sizeof *s->needs);
	for (size_t i = 0; i < p->needs.count; i++)
		s->needs[s->need_count++] = *(struct need *)p->needs.items[i];
	s->steps = arena_alloc(p->a, (p->steps.count + 1) * sizeof *s->steps);
	for (size_t i = 0; i < p->steps.count; i++)
		s->steps[s->step_count++] = *(struct step *)p->steps.items[i];
	if (!p->finally)
		s->finally = s->step_count;
}

/* The header's lines up to `---`; the index of the first line of the body. */
static size_t read_header(struct parser *p, const struct source *file)
{
	size_t i = 0;
	for (; i < file->count; i++) {
		const char *line = file->lines[i];
		if (text_is_blank(line))
			continue;
		if (strncmp(line, "---", 3) == 0 && text_is_blank(line + 3))
			return i + 1;
		if (strchr(" \t", line[0]))
			parser_error(p, source_position(p, file, (int)i + 1, 1), "an indented line in the header");
		else
			header_line(p, file, (int)i + 1);
	}
	parser_error(p, source_position(p, file, (int)file->count, 1), "the header has no end: expected a line `---`");
	return i;
}

static void read_scenario(struct parser *p)
{
	struct err e;
	struct source file = { .from = NULL };
	if (source_read(p, p->s->file, &file, &e)) {
		struct err *copy = memory_alloc(sizeof *copy);
		*copy = e;
		vec_push(p->errors, copy);
		return;
	}
	for (size_t i = 0; i < sizeof built_in / sizeof *built_in; i++)
		map_set(&p->known, built_in[i], "");
	size_t body = read_header(p, &file);
	if (header_finish(p) == 0 && body < file.count + 1 && !p->errors->count) {
		include_contacts(p);
		body_lines(p, &file, body);
		if (!p->errors->count)
			check_scenario(p);
	}
}

struct scenario *scenario_load(const char *path, const struct map *address_map, struct vec *errors)
{
	struct vec found = VEC_INIT;
	struct scenario *s = scenario_new(path);
	struct parser p = { .s = s, .a = &s->arena, .errors = &found, .root = find_root(&s->arena, path) };
	if (text_ends(path, ".scs"))
		scansion_read(&p, address_map);
	else
		read_scenario(&p);
	finish(&p);
	bool fine = found.count == 0;
	for (size_t i = 0; i < found.count; i++)
		vec_push(errors, found.items[i]);
	vec_release(&found);
	vec_release(&p.steps);
	vec_release(&p.needs);
	vec_release(&p.cites);
	vec_release(&p.tags);
	map_release(&p.known);
	map_release(&p.peers);
	if (fine)
		return s;
	scenario_free(s);
	return NULL;
}

static void free_step(struct step *step)
{
	for (size_t i = 0; i < step->element_count; i++)
		xmlFreeDoc(step->elements[i]);
	for (size_t i = 0; i < step->expectation_count; i++)
		pattern_free(step->expectations[i].pattern);
	pattern_free(step->fence.pattern);
}

void scenario_free(struct scenario *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->step_count; i++)
		free_step(&s->steps[i]);
	map_release(&s->prefixes);
	arena_release(&s->arena);
	free(s);
}
