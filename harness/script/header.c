/* The header of a scenario. */
#include "base/text.h"
#include "script/private.h"
#include <stdio.h>
#include <string.h>

static const struct {
	const char *word;
	enum need_kind kind;
} need_words[] = {
	{ "server", NEED_SERVER },
	{ "account", NEED_ACCOUNT },
	{ "stream", NEED_STREAM },
	{ "service", NEED_SERVICE },
	{ "allow", NEED_ALLOW },
	{ "driver", NEED_DRIVER },
	{ "claim", NEED_CLAIM },
	{ "mechanism", NEED_MECHANISM },
	{ "web", NEED_WEB },
	{ "peer", NEED_PEER },
	{ "client", NEED_CLIENT },
	{ "second-client", NEED_SECOND },
};
#define NEED_WORDS (sizeof need_words / sizeof *need_words)

static const char *const service_words[] = { "muc", "upload", "pubsub", "proxy", NULL };
static const char *const allow_words[] = { "register", "delete", "flood", NULL };
static const char *const driver_words[] = { "direct", "unbound", "mechanism", "cut", "sm", "raw", "faithful",
	"features", "bare", "web", "component", "client", NULL };
static const char *const web_words[] = { "websocket", "bosh", "host-meta", NULL };

static bool is_one_of(const char *word, const char *const *list)
{
	for (; *list; list++)
		if (strcmp(word, *list) == 0)
			return true;
	return false;
}

const struct actor *find_actor(const struct parser *p, const char *name)
{
	for (size_t i = 0; i < p->s->actor_count; i++)
		if (strcmp(p->s->actors[i].name, name) == 0)
			return &p->s->actors[i];
	return NULL;
}

struct account_reference *find_account(const struct parser *p, const char *name)
{
	for (size_t i = 0; i < p->s->account_count; i++)
		if (strcmp(p->s->accounts[i].name, name) == 0)
			return &p->s->accounts[i];
	return NULL;
}

static void know(struct parser *p, const char *subject, const char *const *facts)
{
	for (; *facts; facts++) {
		AUTO_TEXT name = memory_printf("%s.%s", subject, *facts);
		map_set(&p->known, name, "");
	}
}

/* A second target: what its variables are called. */
static int know_peer(struct parser *p, const char *name, struct position at)
{
	static const char *const facts[] = { "domain", "muc", "upload", "pubsub", "proxy", NULL };
	if (!text_is_slug(name))
		return parser_error(
			p, at, "'%s' is no name for a second target: expected small letters, digits and hyphens", name);
	know(p, name, facts);
	map_set(&p->peers, name, "");
	return 0;
}

struct actor *add_actor(
	struct parser *p, const char *name, const char *account, const char *resource, struct position at)
{
	static const char *const account_facts[] = { "bare", "user", "domain", NULL };
	static const char *const actor_facts[] = { "jid", "bare", "user", "domain", "resource", "sm.id", "sm.h",
		"sm.sent", "tls.version", "tls.cipher", "tls.number", "tls.asked", "sasl.mechanism", "omemo.id",
		"openpgp.fingerprint", NULL };
	struct scenario *s = p->s;
	struct account_reference *reference = find_account(p, account);
	if (s->actor_count == ACTORS_AT_MOST || (!reference && s->account_count == ACCOUNTS_AT_MOST)) {
		parser_error(p, at, "too many actors: at most %d, of %d accounts", ACTORS_AT_MOST, ACCOUNTS_AT_MOST);
		return NULL;
	}
	if (!reference) {
		reference = &s->accounts[s->account_count];
		*reference =
			(struct account_reference){ .name = arena_text(p->a, account), .index = s->account_count++ };
		know(p, account, account_facts);
	}
	struct actor *actor = &s->actors[s->actor_count];
	*actor = (struct actor){ .name = arena_text(p->a, name),
		.account = reference,
		.resource = arena_text(p->a, resource),
		.position = at,
		.index = s->actor_count++ };
	know(p, name, actor_facts);
	return actor;
}

static void need_component(struct parser *p, struct position at)
{
	static const char tag[] = "exclusive-component"; /* there is one, and it has one connection */
	struct need *needs = arena_alloc(p->a, 2 * sizeof *needs);
	needs[0] = (struct need){ .kind = NEED_COMPONENT, .value = "", .position = at };
	needs[1] = (struct need){ .kind = NEED_DRIVER, .value = "component", .position = at };
	for (size_t i = 0; i < p->tags.count; i++)
		if (strcmp(p->tags.items[i], tag) == 0)
			return;
	vec_push(&p->tags, (void *)tag);
	vec_push(&p->needs, &needs[0]);
	vec_push(&p->needs, &needs[1]);
}

/* `actor NAME component` */
static int component_line(struct parser *p, const char *name, struct position at)
{
	static const char *const facts[] = { "jid", "bare", "domain", NULL };
	struct account_reference *nobody = arena_alloc(p->a, sizeof *nobody);
	if (p->s->actor_count == ACTORS_AT_MOST)
		return parser_error(p, at, "too many actors: at most %d", ACTORS_AT_MOST);
	*nobody = (struct account_reference){ .name = arena_text(p->a, name), .index = SIZE_MAX };
	p->s->actors[p->s->actor_count] = (struct actor){
		.name = nobody->name, .account = nobody, .component = true, .position = at, .index = p->s->actor_count
	};
	p->s->actor_count++;
	know(p, name, facts);
	need_component(p, at);
	return 0;
}

static void need_client(struct parser *p, bool second, struct position at)
{
	struct need *needs = arena_alloc(p->a, 2 * sizeof *needs);
	needs[0] = (struct need){ .kind = second ? NEED_SECOND : NEED_CLIENT, .value = "", .position = at };
	needs[1] = (struct need){ .kind = NEED_DRIVER, .value = "client", .position = at };
	vec_push(&p->needs, &needs[0]);
	vec_push(&p->needs, &needs[1]);
}

static int actor_line(struct parser *p, struct words *w, struct position at)
{
	/* `actor NAME client ACCOUNT/RESOURCE …` is the same with a word more. */
	bool second = w->count > 2 && strcmp(w->items[2].text, "second-client") == 0;
	bool client = second || (w->count > 2 && strcmp(w->items[2].text, "client") == 0);
	for (size_t i = 2; client && i + 1 < w->count; i++)
		w->items[i] = w->items[i + 1];
	w->count -= client;
	if (w->count < 3)
		return parser_error(p, at,
			"expected `actor NAME [client|second-client] ACCOUNT/RESOURCE [owner|contact|stranger] [at PEER]`, or `actor NAME component`");
	const char *name = w->items[1].text, *slash = strchr(w->items[2].text, '/');
	if (!text_is_slug(name))
		return parser_error(
			p, at, "'%s' is no name for an actor: expected small letters, digits and hyphens", name);
	if (find_actor(p, name))
		return parser_error(p, at, "there are two actors '%s'", name);
	if (w->count == 3 && !client && strcmp(w->items[2].text, "component") == 0)
		return component_line(p, name, at);
	AUTO_TEXT account = memory_copy_bytes(w->items[2].text, slash ? (size_t)(slash - w->items[2].text) : 0);
	if (!slash || !text_is_slug(account) || !slash[1])
		return parser_error(p, at, "'%s': expected ACCOUNT/RESOURCE", w->items[2].text);
	struct actor *actor = add_actor(p, name, account, slash + 1, at);
	if (!actor)
		return -1;
	actor->client = client;
	actor->second = second;
	if (client)
		need_client(p, second, at);
	static const char *const roles[] = { "", "owner", "contact", "stranger" };
	struct account_reference *reference = (struct account_reference *)actor->account;
	for (size_t i = 3; i < w->count; i++) {
		if (strcmp(w->items[i].text, "at") == 0 && i + 1 < w->count && client)
			return parser_error(p, at, "a client under test has its account at the first target");
		if (strcmp(w->items[i].text, "at") == 0 && i + 1 < w->count) {
			reference->peer = w->items[++i].text;
			if (know_peer(p, reference->peer, at))
				return -1;
			continue;
		}
		enum role role = ROLE_NONE;
		for (int k = ROLE_OWNER; k <= ROLE_STRANGER; k++)
			if (strcmp(roles[k], w->items[i].text) == 0)
				role = (enum role)k;
		if (role == ROLE_NONE)
			return parser_error(
				p, at, "'%s': expected owner, contact, stranger or `at PEER`", w->items[i].text);
		if (reference->role != ROLE_NONE && reference->role != role)
			return parser_error(p, at, "the account '%s' has two roles", reference->name);
		reference->role = role;
	}
	return 0;
}

static int add_need(struct parser *p, const struct need *need)
{
	struct need *kept = arena_alloc(p->a, sizeof *kept);
	*kept = *need;
	vec_push(&p->needs, kept);
	return 0;
}

static int needs_line(struct parser *p, struct words *w, struct position at)
{
	size_t i = 1;
	struct need need = { .position = at };
	if (i < w->count && strcmp(w->items[i].text, "no") == 0) {
		need.absent = true;
		i++;
	}
	static const struct {
		const char *word;
		enum need_kind kind;
	} alone[] = { { "component", NEED_COMPONENT }, { "client", NEED_CLIENT }, { "second-client", NEED_SECOND } };
	for (size_t k = 0; i + 1 == w->count && k < sizeof alone / sizeof *alone; k++)
		if (strcmp(w->items[i].text, alone[k].word) == 0) {
			need.kind = alone[k].kind;
			need.value = "";
			return add_need(p, &need);
		}
	if (w->count > 3 && strcmp(w->items[w->count - 2].text, "at") == 0) {
		need.peer = w->items[w->count - 1].text;
		w->count -= 2;
		if (know_peer(p, need.peer, at))
			return -1;
	}
	if (i + 1 >= w->count)
		return parser_error(p, at,
			"expected `needs [no] server|account|stream|service|allow|driver|claim|mechanism|web|peer|client|second-client VALUE "
			"[at PEER]`, or `needs [no] component|client|second-client`");
	size_t k = 0;
	while (k < NEED_WORDS && strcmp(need_words[k].word, w->items[i].text) != 0)
		k++;
	if (k == NEED_WORDS)
		return parser_error(p, at,
			"'%s': expected server, account, stream, service, allow, driver, claim, mechanism, web, peer, client or second-client, or `needs component`",
			w->items[i].text);
	need.kind = need_words[k].kind;
	need.value = w->items[i + 1].text;
	need.detail = i + 2 < w->count ? w->items[i + 2].text : NULL;
	const char *const *list = need.kind == NEED_SERVICE ? service_words
		: need.kind == NEED_ALLOW                   ? allow_words
		: need.kind == NEED_DRIVER                  ? driver_words
		: need.kind == NEED_WEB                     ? web_words
							    : NULL;
	if (need.peer &&
		(need.kind == NEED_DRIVER || need.kind == NEED_WEB || need.kind == NEED_PEER ||
			need.kind == NEED_CLIENT || need.kind == NEED_SECOND))
		return parser_error(p, at, "%s is not asked of a second target", w->items[i].text);
	if (need.kind == NEED_PEER && know_peer(p, need.value, at))
		return -1;
	if (list && !is_one_of(need.value, list))
		return parser_error(p, at, "'%s' is no %s that can be needed", need.value, w->items[i].text);
	return add_need(p, &need);
}

static int id_line(struct parser *p, struct words *w, struct position at)
{
	const char *id = w->count == 2 ? w->items[1].text : "";
	const char *slash = strchr(id, '/');
	AUTO_TEXT suite = memory_copy_bytes(id, slash ? (size_t)(slash - id) : 0);
	if (!slash || !text_is_slug(suite) || !text_is_slug(slash + 1))
		return parser_error(p, at, "expected `id SUITE/SCENARIO`, both of small letters, digits and hyphens");
	if (p->s->id)
		return parser_error(p, at, "a second id");
	p->s->id = arena_text(p->a, id);
	p->s->suite = arena_text(p->a, suite);
	p->s->name = arena_text(p->a, slash + 1);
	return 0;
}

/* The text of a line after its first word. */
static const char *rest_of(const struct source *s, int line)
{
	const char *text = s->lines[line - 1];
	text += strcspn(text, " \t");
	return text + strspn(text, " \t");
}

int header_line(struct parser *p, const struct source *s, int line)
{
	struct words w = source_words(p, s, line);
	struct position at = source_position(p, s, line, 1);
	if (!w.count)
		return parser_error(p, at, "a line of the header begins with a word, such as id, cites or actor");
	const char *key = w.items[0].text;
	if (strcmp(key, "id") == 0)
		return id_line(p, &w, at);
	if (strcmp(key, "title") == 0) {
		p->s->title = rest_of(s, line);
		return 0;
	}
	if (strcmp(key, "about") == 0) {
		p->s->about =
			p->s->about ? arena_printf(p->a, "%s %s", p->s->about, rest_of(s, line)) : rest_of(s, line);
		return 0;
	}
	if (strcmp(key, "needs") == 0)
		return needs_line(p, &w, at);
	if (strcmp(key, "actor") == 0)
		return actor_line(p, &w, at);
	if (strcmp(key, "prefix") == 0) {
		if (w.count != 3)
			return parser_error(p, at, "expected `prefix NAME NAMESPACE`");
		map_set(&p->s->prefixes, w.items[1].text, w.items[2].text);
		return 0;
	}
	if (strcmp(key, "cites") == 0 || strcmp(key, "tags") == 0) {
		bool cites = *key == 'c';
		for (size_t i = 1; i < w.count; i++) {
			if (cites && !strchr(w.items[i].text, '#'))
				return parser_error(p, source_position(p, s, line, w.items[i].column),
					"'%s' is no citation: expected SPECIFICATION#REQUIREMENT, such as XEP-0280#inbound",
					w.items[i].text);
			vec_push(cites ? &p->cites : &p->tags, (void *)w.items[i].text);
		}
		return 0;
	}
	static const char *const keys[] = { "id", "title", "about", "cites", "needs", "tags", "actor", "prefix" };
	const char *near = text_nearest(key, keys, sizeof keys / sizeof *keys);
	return parser_error(p, at,
		"'%s' is no key of the header%s%s%s: expected id, title, about, cites, needs, tags, actor, prefix "
		"or ---",
		key, near ? " (did you mean '" : "", near ? near : "", near ? "'?)" : "");
}

int header_finish(struct parser *p)
{
	struct position at = { p->s->file, 1, 1 };
	if (!p->s->id)
		return parser_error(p, at, "the header has no id: expected `id SUITE/SCENARIO`");
	if (!p->s->actor_count)
		return parser_error(p, at, "the header names no actor: expected `actor NAME ACCOUNT/RESOURCE`");
	size_t owners = 0, contacts = 0;
	for (size_t i = 0; i < p->s->account_count; i++) {
		owners += p->s->accounts[i].role == ROLE_OWNER;
		contacts += p->s->accounts[i].role == ROLE_CONTACT;
	}
	if (owners > 1)
		return parser_error(p, at, "two accounts are `owner`");
	if (contacts && !owners)
		return parser_error(p, at, "an account is `contact`, but none is `owner`");
	for (size_t i = 0; i < p->peers.count; i++)
		if (find_actor(p, p->peers.keys[i]) || find_account(p, p->peers.keys[i]))
			return parser_error(
				p, at, "'%s' is a second target, and an actor or account too", p->peers.keys[i]);
	return 0;
}
