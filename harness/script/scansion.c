#include "script/scansion.h"
#include "base/text.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct client {
	const char *name; /* as the script says it: "Juliet's phone" */
	const char *bare, *resource, *password;
	const struct actor *actor;
	struct position position;
};

struct reading {
	struct parser *p;
	struct source file;
	struct client clients[ACTORS_AT_MOST];
	size_t count;
	const char *domain; /* that of the first client */
};

/* "Juliet's phone" becomes "juliet-s-phone". */
static char *slug_of(struct arena *a, const char *name)
{
	BUF_AUTO out = BUF_INIT;
	for (; *name; name++) {
		if (isalnum((unsigned char)*name))
			buf_add_char(&out, (char)tolower((unsigned char)*name));
		else if (out.len && out.data[out.len - 1] != '-')
			buf_add_char(&out, '-');
	}
	while (out.len && out.data[out.len - 1] == '-')
		out.data[--out.len] = 0;
	return arena_text(a, out.len ? out.data : "x");
}

static const char *trimmed(struct arena *a, const char *text)
{
	text += strspn(text, " \t");
	size_t length = strlen(text);
	while (length && isspace((unsigned char)text[length - 1]))
		length--;
	return arena_bytes(a, text, length);
}

/* ---- the head of the file ---- */

static int client_key(struct reading *r, size_t line)
{
	struct parser *p = r->p;
	const char *text = trimmed(p->a, r->file.lines[line]), *colon = strchr(text, ':');
	struct position at = source_position(p, &r->file, (int)line + 1, 1);
	if (!colon || !r->count)
		return parser_error(p, at, "expected `key: value` below a [Client]");
	const char *key = arena_bytes(p->a, text, (size_t)(colon - text)), *value = trimmed(p->a, colon + 1);
	struct client *c = &r->clients[r->count - 1];
	if (strcmp(key, "jid") == 0) {
		const char *slash = strchr(value, '/');
		c->bare = arena_bytes(p->a, value, slash ? (size_t)(slash - value) : strlen(value));
		if (slash)
			c->resource = slash + 1;
	} else if (strcmp(key, "resource") == 0) {
		c->resource = value;
	} else if (strcmp(key, "password") == 0) {
		c->password = value; /* the target's own accounts are used: it is read, and not looked at */
	} else if (strcmp(key, "connect_host") != 0 && strcmp(key, "connect_port") != 0) {
		return parser_error(p, at,
			"'%s' is no key of a [Client]: expected jid, password, resource, connect_host or "
			"connect_port",
			key);
	}
	return 0;
}

static int add_client(struct reading *r, const struct map *address_map, struct client *c)
{
	struct parser *p = r->p;
	const char *at_sign = c->bare ? strchr(c->bare, '@') : NULL;
	if (!at_sign)
		return parser_error(p, c->position, "the client '%s' has no jid", c->name);
	if (!r->domain)
		r->domain = at_sign + 1;
	const char *mapped = address_map ? map_get(address_map, c->bare) : NULL;
	const char *account = mapped ? mapped : slug_of(p->a, arena_bytes(p->a, c->bare, (size_t)(at_sign - c->bare)));
	AUTO_TEXT slug = memory_copy_text(slug_of(p->a, c->name));
	if (find_actor(p, slug))
		return parser_error(p, c->position, "two clients are called '%s'", c->name);
	c->actor = add_actor(p, slug, account, c->resource ? c->resource : slug, c->position);
	return c->actor ? 0 : -1;
}

/* The lines above the separator; the index of the line after it. */
static size_t read_head(struct reading *r, const char *const *raw)
{
	struct parser *p = r->p;
	size_t i = 0;
	for (; i < r->file.count; i++) {
		const char *line = raw[i];
		if (text_starts(line, "-----"))
			return i + 1;
		if (text_starts(line, "##")) {
			vec_push(&p->tags, (void *)trimmed(p->a, line + 2));
		} else if (*line == '#') {
			const char *text = trimmed(p->a, line + 1);
			if (!p->s->title)
				p->s->title = text;
			else
				p->s->about = p->s->about ? arena_printf(p->a, "%s %s", p->s->about, text) : text;
		} else if (text_starts(line, "[Client]")) {
			if (r->count == ACTORS_AT_MOST) {
				parser_error(p, source_position(p, &r->file, (int)i + 1, 1), "too many clients");
				return i;
			}
			r->clients[r->count++] = (struct client){ .name = trimmed(p->a, line + 8),
				.position = source_position(p, &r->file, (int)i + 1, 1) };
		} else if (isblank((unsigned char)*line) && !text_is_blank(line)) {
			client_key(r, i);
		} else if (!text_is_blank(line)) {
			parser_error(p, source_position(p, &r->file, (int)i + 1, 1),
				"expected [Client] NAME, a comment or a line of "
				"five or more hyphens");
		}
	}
	parser_error(p, source_position(p, &r->file, (int)i, 1),
		"the head has no end: expected a line of five or more hyphens");
	return i;
}

/* ---- addresses ---- */

static bool is_address_character(char c)
{
	return isalnum((unsigned char)c) || strchr("-_.@", c) != NULL;
}

/* `${Juliet's full JID}`, `${Juliet's JID}`, `${captured name}`: the name of the variable that stands for it, or NULL. */
static const char *variable_for(struct reading *r, const char *inside)
{
	for (size_t i = 0; i < r->count; i++) {
		const struct client *c = &r->clients[i];
		size_t length = strlen(c->name);
		if (!c->actor || strncmp(inside, c->name, length) != 0)
			continue;
		if (strcmp(inside + length, "'s JID") == 0)
			return arena_printf(r->p->a, "%s.bare", c->actor->name);
		if (strcmp(inside + length, "'s full JID") == 0)
			return arena_printf(r->p->a, "%s.jid", c->actor->name);
	}
	const char *slug = slug_of(r->p->a, inside);
	return map_get(&r->p->known, slug) ? slug : NULL;
}

/* The word of an address that begins at `at`, rewritten into `out`; its length. */
static size_t rewrite_address(struct reading *r, const char *at, struct buf *out)
{
	size_t length = 0;
	while (at[length] && is_address_character(at[length]))
		length++;
	AUTO_TEXT word = memory_copy_bytes(at, length);
	size_t domain = strlen(r->domain);
	for (size_t i = 0; i < r->count; i++)
		if (r->clients[i].actor && strcmp(r->clients[i].bare, word) == 0) {
			buf_printf(out, "${%s.bare}", r->clients[i].actor->account->name);
			return length;
		}
	char *host = strrchr(word, '@');
	host = host ? host + 1 : word;
	size_t host_length = strlen(host);
	if (host_length < domain || strcmp(host + host_length - domain, r->domain) != 0 ||
		(host_length > domain && host[host_length - domain - 1] != '.')) {
		buf_add_text(out, word);
		return length;
	}
	buf_add(out, word, (size_t)(host - word));
	AUTO_TEXT service = memory_copy_bytes(host, host_length - domain);
	if (strcmp(service, "conference.") == 0 || strcmp(service, "rooms.") == 0 || strcmp(service, "muc.") == 0)
		buf_add_text(out, "${muc}");
	else
		buf_printf(out, "%s${domain}", service);
	return length;
}

/* One token of scansion's, `{scansion:…}`, as ours; its length, 0 where there is none. */
static size_t rewrite_token(struct reading *r, const char *at, struct buf *out)
{
	if (text_starts(at, "{scansion:any}")) {
		buf_add_text(out, "{any}");
		return strlen("{scansion:any}");
	}
	if (text_starts(at, "{scansion:capture:")) {
		const char *name = at + strlen("{scansion:capture:"), *end = strchr(name, '}');
		if (!end)
			return 0;
		const char *slug = slug_of(r->p->a, arena_bytes(r->p->a, name, (size_t)(end - name)));
		map_set(&r->p->known, slug, "");
		buf_printf(out, "{bind:%s}", slug);
		return (size_t)(end + 1 - at);
	}
	return 0;
}

static char *rewrite_line(struct reading *r, const char *line, bool pattern)
{
	BUF_AUTO out = BUF_INIT;
	buf_add(&out, "", 0);
	while (*line) {
		const char *end = line[0] == '$' && line[1] == '{' ? strchr(line, '}') : NULL;
		AUTO_TEXT inside = end ? memory_copy_bytes(line + 2, (size_t)(end - line - 2)) : NULL;
		const char *variable = inside ? variable_for(r, inside) : NULL;
		size_t used = *line == '{' && pattern ? rewrite_token(r, line, &out) : 0;
		if (variable) {
			buf_printf(&out, "${%s}", variable);
			line = end + 1;
		} else if (used) {
			line += used;
		} else if (*line == '{' && pattern) {
			buf_add_text(&out, "{{");
			line++;
		} else if (is_address_character(*line)) {
			line += rewrite_address(r, line, &out);
		} else {
			buf_add_char(&out, *line++);
		}
	}
	return arena_text(r->p->a, out.data);
}

static void rewrite_block(struct reading *r, const struct block *b, bool pattern)
{
	for (size_t i = 0; i < b->count; i++) {
		const char **line = &r->file.lines[(size_t)b->first - 1 + i];
		*line = rewrite_line(r, *line, pattern);
	}
}

/* ---- strictness ---- */

static bool has_own_text(const xmlNode *node)
{
	for (const xmlNode *c = node->children; c; c = c->next)
		if (c->type == XML_TEXT_NODE && !text_is_blank((const char *)c->content))
			return true;
	return false;
}

/* Writes each element's own strictness as our tokens. An element in the stream's default namespace is not strict, one with
 * a namespace of its own is, unless an attribute says otherwise; an empty one matches one with text. */
static void mark_strictness(xmlNode *node)
{
	bool strict = strcmp(xml_ns(node), NS_CLIENT) != 0;
	xmlChar *given = xmlGetNsProp(node, (const xmlChar *)"strict", (const xmlChar *)NS_SCANSION);
	if (given)
		strict = strcmp((const char *)given, "true") == 0;
	xmlFree(given);
	xmlUnsetNsProp(
		node, xmlSearchNsByHref(node->doc, node, (const xmlChar *)NS_SCANSION), (const xmlChar *)"strict");
	for (xmlNode *c = xml_child(node, NULL, NULL); c; c = xml_next(c, NULL, NULL))
		mark_strictness(c);
	const char *mark = !strict                                  ? "{open}"
		: has_own_text(node) || xml_child(node, NULL, NULL) ? "{exactly}"
								    : "{exactly}{any}";
	xmlNode *text = xmlNewText((const xmlChar *)mark);
	if (node->children)
		xmlAddPrevSibling(node->children, text);
	else
		xmlAddChild(node, text);
}

static int read_patterns(struct reading *r, struct step *s, const struct block *b)
{
	struct parser *p = r->p;
	xmlDoc **elements = NULL;
	size_t count = 0;
	if (block_elements(p, b, &elements, &count))
		return -1;
	int result = 0;
	s->expectations = arena_alloc(p->a, (count + 1) * sizeof *s->expectations);
	for (size_t i = 0; i < count; i++) {
		struct err e;
		struct position at = source_position(p, b->source, (int)xmlGetLineNo(xml_root(elements[i])), 1);
		mark_strictness(xml_root(elements[i]));
		struct pattern *pattern = pattern_new(xml_root(elements[i]), false, &e);
		if (pattern)
			s->expectations[s->expectation_count++] = (struct expectation){ pattern, at, ALTERNATIVE_PASS };
		else
			result = parser_error(p, at, "%s", e.message);
		xmlFreeDoc(elements[i]);
	}
	return result;
}

/* `NAME receives: nothing`: no stanza at all, whatever its kind. Nobody knows down which route it would come. */
static int read_nothing(struct reading *r, struct step *s)
{
	static const char *const any[] = { "<message/>", "<presence/>", "<iq/>" };
	struct err e;
	s->kind = STEP_NEVER;
	s->next = false;
	s->fence = (struct fence){ .kind = FENCE_SETTLED,
		.text = "the script does not say what could come, nor from where" };
	s->expectations = arena_alloc(r->p->a, 3 * sizeof *s->expectations);
	for (size_t i = 0; i < 3; i++) {
		xmlDoc *doc = xml_parse(any[i], strlen(any[i]), &e);
		s->expectations[s->expectation_count++] =
			(struct expectation){ pattern_new(xml_root(doc), false, &e), s->position, ALTERNATIVE_PASS };
		xmlFreeDoc(doc);
	}
	return 0;
}

/* ---- actions ---- */

/* The client whose name begins the line; the longest one. */
static const struct client *find_client(const struct reading *r, const char *line)
{
	const struct client *found = NULL;
	for (size_t i = 0; i < r->count; i++) {
		size_t length = strlen(r->clients[i].name);
		if (strncmp(line, r->clients[i].name, length) != 0 || line[length] != ' ')
			continue;
		if (!found || strlen(found->name) < length)
			found = &r->clients[i];
	}
	return found;
}

static int action_line(struct reading *r, int line, const struct block *b)
{
	static const struct {
		const char *word;
		enum step_kind kind;
		bool block;
	} actions[] = { { "connects", STEP_CONNECTS, false }, { "disconnects", STEP_DISCONNECTS, false },
		{ "sends", STEP_SENDS, true }, { "receives", STEP_GETS, true } };
	struct parser *p = r->p;
	struct position at = source_position(p, &r->file, line, 1);
	const char *text = r->file.lines[line - 1];
	const struct client *c = find_client(r, text);
	if (!c || !c->actor)
		return parser_error(p, at,
			"expected `NAME connects`, `disconnects`, `sends:` or `receives:`, NAME being a [Client]");
	const char *word = text + strlen(c->name) + strspn(text + strlen(c->name), " ");
	size_t length = strcspn(word, ": \t");
	struct step *s = arena_alloc(p->a, sizeof *s);
	size_t i = 0;
	while (i < 4 && (strlen(actions[i].word) != length || strncmp(actions[i].word, word, length) != 0))
		i++;
	at.column = (int)(word - text) + 1;
	if (i == 4)
		return parser_error(p, at, "'%s': expected connects, disconnects, sends or receives", word);
	s->kind = actions[i].kind;
	s->position = source_position(p, &r->file, line, 1);
	s->source = text;
	s->actor = c->actor;
	s->next = s->kind == STEP_GETS;
	vec_push(&p->steps, s);
	const char *rest = word + length;
	rest += strspn(rest, ": \t");
	if (s->kind == STEP_GETS && strcmp(trimmed(p->a, rest), "nothing") == 0)
		return read_nothing(r, s);
	if (*rest)
		return parser_error(p, at, "'%s' is not expected here", rest);
	if (actions[i].block != (b->count > 0))
		return parser_error(p, at,
			actions[i].block ? "expected an indented stanza" : "an indented block, but none is expected");
	if (!b->count)
		return 0;
	rewrite_block(r, b, s->kind == STEP_GETS);
	if (s->kind == STEP_SENDS)
		return block_elements(p, b, &s->elements, &s->element_count);
	return read_patterns(r, s, b);
}

static void read_actions(struct reading *r, size_t from)
{
	struct parser *p = r->p;
	for (size_t i = from; i < r->file.count;) {
		const char *line = r->file.lines[i];
		if (text_is_blank(line) || text_starts(line, "//") || text_starts(line, "--")) {
			i++;
			continue;
		}
		if (isblank((unsigned char)*line)) {
			parser_error(p, source_position(p, &r->file, (int)i + 1, 1),
				"an indented block without an action before it");
			source_block(&r->file, &i);
			continue;
		}
		int number = (int)++i;
		struct block block = source_block(&r->file, &i);
		action_line(r, number, &block);
	}
}

void scansion_read(struct parser *p, const struct map *address_map)
{
	struct err e;
	struct reading r = { .p = p };
	struct scenario *s = p->s;
	BUF_AUTO text = BUF_INIT;
	s->scansion = true;
	const char *base = strrchr(s->file, '/');
	base = base ? base + 1 : s->file;
	s->suite = "scansion";
	s->name = slug_of(p->a, arena_bytes(p->a, base, strlen(base) - strlen(".scs")));
	s->id = arena_printf(p->a, "scansion/%s", s->name);
	if (source_read(p, s->file, &r.file, &e)) {
		struct err *copy = memory_alloc(sizeof *copy);
		*copy = e;
		vec_push(p->errors, copy);
		return;
	}
	/* The head's comments mean something, so its lines are needed as they are. */
	if (file_read(s->file, &text, &e))
		return;
	const char **raw = arena_alloc(p->a, (r.file.count + 1) * sizeof *raw);
	char *at = text.data;
	for (size_t i = 0; i < r.file.count; i++) {
		char *end = strchr(at, '\n');
		size_t length = end ? (size_t)(end - at) : strlen(at);
		raw[i] = arena_bytes(p->a, at, length && at[length - 1] == '\r' ? length - 1 : length);
		at += length + (end != NULL);
	}
	size_t body = read_head(&r, raw);
	for (size_t i = 0; i < r.count; i++)
		add_client(&r, address_map, &r.clients[i]);
	if (!p->errors->count && !r.count)
		parser_error(p, source_position(p, &r.file, 1, 1), "there is no [Client]");
	if (!p->errors->count)
		read_actions(&r, body);
}
