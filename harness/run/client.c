#include "run/client.h"
#include "base/process.h"
#include "base/text.h"
#include "script/contract.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define QUIT_LIMIT    (5 * CLOCK_SECOND)
#define REPEATS_AMONG 1000 /* so many stanzas that passed are remembered */

int client_configure(const struct client *c, const struct target *t, struct arena *a, struct device_config *config)
{
	struct device_client *client = arena_alloc(a, sizeof *client);
	if (!t->directory)
		return -1;
	*client = (struct device_client){ .adapter = c->adapter,
		.certificate = arena_printf(a, "%s/certificates/server.crt", t->directory),
		.key = arena_printf(a, "%s/certificates/server.key", t->directory),
		.authority = arena_printf(a, "%s/certificates/ca.crt", t->directory),
		.authority_key = arena_printf(a, "%s/certificates/ca.key", t->directory),
		.environment = &c->environment };
	config->client = client;
	return 0;
}

/* ---- which client it is ---- */

struct adapter *client_start(
	const struct client *c, struct loop *l, const struct adapter_callbacks *callbacks, void *context, struct err *e)
{
	char *argv[] = { c->adapter, NULL };
	AUTO_TEXT directory = directory_temporary(e);
	if (!directory)
		return NULL;
	struct arena a = ARENA_INIT;
	struct vec environment = VEC_INIT;
	vec_push(&environment, arena_printf(&a, "ASSAY_DIRECTORY=%s", directory));
	vec_push(&environment, arena_printf(&a, "HOME=%s", directory));
	vec_push(&environment, arena_printf(&a, "ASSAY_PROGRAMS=%s", binary_folder(&a)));
	for (size_t i = 0; i < c->environment.count; i++)
		vec_push(&environment, c->environment.items[i]);
	const struct adapter_options options = { argv, &environment, directory };
	struct adapter *adapter = adapter_start(l, &options, callbacks, context, e);
	vec_release(&environment);
	arena_release(&a);
	return adapter;
}

int client_describe(struct client *c, struct err *e)
{
	static const struct adapter_callbacks callbacks = { NULL, NULL, NULL };
	int64_t end = clock_now() + CLIENT_START;
	struct loop *loop = loop_new();
	struct adapter *adapter = client_start(c, loop, &callbacks, NULL, e);
	while (adapter && !adapter_is_ready(adapter) && !adapter_has_ended(adapter) && clock_now() < end)
		loop_once(loop, end);
	int result = -1;
	if (adapter && adapter_is_ready(adapter)) {
		c->product = memory_printf("%s %s", adapter_client(adapter), adapter_version(adapter));
		c->slow = adapter_slow(adapter);
		c->jobs = adapter_jobs(adapter);
		adapter_end(adapter, clock_now() + QUIT_LIMIT);
		result = 0;
	} else if (adapter && adapter_has_ended(adapter)) {
		enum err_class class = adapter_error(adapter)->class;
		err_set(e, class == ERR_UNSUPPORTED ? class : ERR_ENVIRONMENT, c->name, "%s",
			adapter_error(adapter)->message);
	} else if (adapter) {
		err_set(e, ERR_ENVIRONMENT, c->name, "the adapter did not say `ready` within %d s",
			(int)(CLIENT_START / CLOCK_SECOND));
	}
	adapter_free(adapter);
	loop_free(loop);
	return result;
}

/* ---- what passes ---- */

/* A ping in the place of what FROM has sent: it comes down the same route, and every client answers one. */
void client_ping(struct player *p)
{
	struct err e;
	AUTO_TEXT xml = memory_printf("<iq type='get' id='%s' from='%s' to='%s'><ping xmlns='urn:xmpp:ping'/></iq>",
		p->stage->fence_id, p->config.domain, device_jid(p->device) ? device_jid(p->device) : "");
	xmlDoc *doc = xml_parse(xml, strlen(xml), &e);
	stage_send(p, xml_root(doc));
	xmlFreeDoc(doc);
}

static bool is_stanza(const xmlNode *element)
{
	return xml_is(element, "message", NS_CLIENT) || xml_is(element, "presence", NS_CLIENT) ||
		xml_is(element, "iq", NS_CLIENT);
}

static bool is_withheld(struct player *p, const xmlNode *element)
{
	const struct step *step = p->withholds;
	if (!step)
		return false;
	for (size_t i = 0; i < step->expectation_count; i++)
		if (pattern_match(step->expectations[i].pattern, element, &p->stage->variables, NULL))
			return true;
	return step->expectation_count == 0 && is_stanza(element);
}

static void remember(struct player *p, const xmlNode *element)
{
	if (!is_stanza(element))
		return;
	if (p->passed.count == REPEATS_AMONG) {
		xmlFreeDoc(p->passed.items[0]);
		vec_remove(&p->passed, 0);
	}
	vec_push(&p->passed, xml_copy(element));
}

/* ---- what it asks ---- */

static void forget_questions(struct player *p)
{
	for (size_t i = 0; i < p->questions.count; i++)
		free(p->questions.items[i]);
	vec_release(&p->questions);
}

/* Of its server and its own account alone: they answer always (RFC 6120 section 8.2.3), and another client may be a scripted one. */
static bool is_own_server(const struct player *p, const char *address)
{
	AUTO_TEXT bare = player_bare(p);
	return !address || text_equal(address, bare) || text_equal(address, p->config.domain);
}

static void note_question(struct player *p, const xmlNode *element)
{
	const char *type = xml_attribute(element, "type"), *id = xml_attribute(element, "id");
	if (text_equal(xml_ns(element), NS_SASL) || xml_is(element, "enable", NS_SM)) /* another stream */
		forget_questions(p);
	if (!xml_is(element, "iq", NS_CLIENT) || !id || (!text_equal(type, "get") && !text_equal(type, "set")) ||
		!is_own_server(p, xml_attribute(element, "to")))
		return;
	p->asked++;
	vec_push(&p->questions, memory_copy_text(id));
}

static void note_answer(struct player *p, const xmlNode *element)
{
	const char *type = xml_attribute(element, "type"), *id = xml_attribute(element, "id");
	if (!xml_is(element, "iq", NS_CLIENT) || (!text_equal(type, "result") && !text_equal(type, "error")))
		return;
	for (size_t i = 0; i < p->questions.count; i++) {
		if (!text_equal(p->questions.items[i], id))
			continue;
		free(p->questions.items[i]);
		vec_remove(&p->questions, i--);
	}
}

bool client_has_session(const struct player *p)
{
	BUF_AUTO online = BUF_INIT;
	device_fact(p->device, "client.online", &online);
	return online.len > 0;
}

bool client_is_idle(struct player *p)
{
	if (p->pinged && !p->fence_came)
		return false;
	if (p->pinged && !p->questions.count && p->asked == p->asked_then)
		return true;
	if (p->questions.count || !client_has_session(p))
		return false;
	p->pinged = true;
	p->asked_then = p->asked;
	p->fence_came = false;
	client_ping(p);
	return false;
}

bool client_passes(struct player *p, bool from_client, xmlNode *element, int64_t when)
{
	struct stage *g = p->stage;
	(void)when;
	if (from_client)
		note_question(p, element);
	if (from_client) /* the server has not asked for the answer to a ping of ours */
		return !(xml_is(element, "iq", NS_CLIENT) && fence_mentioned(g, element) &&
			!text_equal(xml_attribute(element, "type"), "set") &&
			!text_equal(xml_attribute(element, "type"), "get"));
	if (fence_is_marker(g, p, element)) {
		client_ping(p);
		return false;
	}
	if (is_withheld(p, element)) {
		vec_push(&p->withheld, xml_copy(element));
		journal_note(g->voice, p->actor->name, "the gateway keeps a stanza back");
		return false;
	}
	note_answer(p, element);
	remember(p, element);
	return true;
}

bool client_shows(struct player *p, const xmlNode *element)
{
	BUF_AUTO why = BUF_INIT;
	if (!p->actor->client || !text_equal(xml_ns(element), NS_SHOWN))
		return true;
	if (xml_is(element, "note", NS_SHOWN)) {
		AUTO_TEXT remark = xml_text(element);
		journal_note(p->stage->voice, p->actor->name, remark ? remark : "");
		return false;
	}
	if (xml_is(element, "settled", NS_SHOWN)) {
		p->settled = clock_now();
		journal_note(p->stage->voice, p->actor->name, "nothing more is shown, says the person");
		return false;
	}
	if (!contract_breach(element, &why))
		return true;
	AUTO_TEXT text = memory_printf("the adapter breaks the contract: %s", buf_text(&why));
	device_blame(p->device, text);
	return false;
}

int64_t client_slow(const struct stage *g)
{
	const struct client *c = g->systems[SYSTEM_TESTED].client;
	return c ? c->slow : 0;
}

int64_t client_until(const struct player *p, int64_t since, int64_t deadline)
{
	int64_t slow = since + client_slow(p->stage);
	return p->settled > deadline || slow < deadline ? deadline : slow;
}

bool client_has_started(const struct player *p)
{
	BUF_AUTO name = BUF_INIT;
	device_fact(p->device, "client.name", &name);
	return name.len > 0;
}

static void forget(struct vec *docs)
{
	for (size_t i = 0; i < docs->count; i++)
		xmlFreeDoc(docs->items[i]);
	vec_release(docs);
}

void client_release(struct player *p)
{
	forget(&p->withheld);
	forget(&p->passed);
	forget_questions(p);
}

void client_retire_all(struct stage *g, char *remark, size_t size)
{
	for (size_t i = 0; i < g->scenario->actor_count; i++) {
		struct player *p = &g->players[i];
		if (!p->actor->client || device_retire(p->device, clock_now() + QUIT_LIMIT) || *remark)
			continue;
		snprintf(remark, size,
			"the adapter of %s did not end when it was told to quit, and was ended with its processes",
			p->actor->name);
	}
}

/* ---- steps ---- */

/* A text may hold new lines by its variables: on the adapter's line they are escaped. */
static char *one_line(const char *text)
{
	struct buf out = BUF_INIT;
	for (; *text; text++) {
		if (*text == '\n')
			buf_add_text(&out, "\\n");
		else
			buf_add_char(&out, *text);
	}
	buf_add(&out, "", 0);
	return buf_take(&out);
}

static bool has_second(const struct scenario *s)
{
	for (size_t i = 0; i < s->actor_count; i++)
		if (s->actors[i].second)
			return true;
	return false;
}

const char *client_called(const struct player *p)
{
	return has_second(p->stage->scenario) ? p->actor->name : "the client";
}

static enum outcome answered(const struct player *p, const struct step *step, struct finding *f)
{
	const char *reason = device_reason(p->device), *who = client_called(p);
	switch (device_answer(p->device)) {
	case ADAPTER_WAITS:
	case ADAPTER_DONE:
		break;
	case ADAPTER_FAILED:
		return finding_say(f, OUTCOME_NOT_MET, "%s did not carry out `%s`: %s", who, step->name, reason);
	case ADAPTER_UNSUPPORTED:
		return finding_say(
			f, OUTCOME_UNSUPPORTED, "%s cannot `%s`%s%s", who, step->name, *reason ? ": " : "", reason);
	}
	return OUTCOME_MET;
}

/* What it was told has failed: its user is told so. */
static enum outcome show_failure(struct player *p)
{
	struct err e;
	xmlDoc *doc = xml_parse("<error xmlns='" NS_SHOWN "'/>", strlen("<error xmlns='" NS_SHOWN "'/>"), &e);
	xmlNodeAddContent(xml_root(doc), (const xmlChar *)device_reason(p->device));
	stage_take(p, doc, clock_now());
	return OUTCOME_MET;
}

static enum outcome play_does(struct stage *g, const struct step *step, struct player *p, struct finding *f)
{
	struct err e;
	int64_t deadline = client_until(p, clock_now(), clock_now() + 3 * g->step_deadline);
	AUTO_TEXT text = stage_expand(g, step->right, &e);
	if (!text)
		return finding_error(f, &e);
	AUTO_TEXT command = one_line(text);
	p->last_time = clock_now();
	device_tell(p->device, command);
	while (device_answer(p->device) == ADAPTER_WAITS && device_state(p->device) == DEVICE_ONLINE) {
		if (clock_now() >= deadline)
			device_give_up(p->device, step->name);
		else if (!stage_pump(g, deadline, &e))
			return finding_error(f, &e);
	}
	if (device_state(p->device) != DEVICE_ONLINE)
		return finding_error(f, device_error(p->device));
	if (step->may_fail && device_answer(p->device) == ADAPTER_FAILED)
		return show_failure(p);
	return answered(p, step, f);
}

static enum outcome play_finds(struct stage *g, const struct step *step, struct player *p, struct finding *f)
{
	struct err e;
	BUF_AUTO folder = BUF_INIT;
	AUTO_TEXT text = stage_expand(g, step->right, &e);
	if (!text)
		return finding_error(f, &e);
	device_fact(p->device, "client.directory", &folder);
	AUTO_TEXT path = memory_printf("%s/%s.txt", buf_text(&folder), step->name);
	if (file_write(path, text, strlen(text), &e))
		return finding_error(f, &e);
	map_set(&g->variables, step->name, path);
	return OUTCOME_MET;
}

static enum outcome play_releases(struct player *p)
{
	p->withholds = NULL;
	for (size_t i = 0; i < p->withheld.count; i++) {
		device_release(p->device, xml_root(p->withheld.items[i]));
		note_answer(p, xml_root(p->withheld.items[i]));
		remember(p, xml_root(p->withheld.items[i]));
	}
	forget(&p->withheld);
	return OUTCOME_MET;
}

static enum outcome play_repeats(struct stage *g, const struct step *step, struct player *p, struct finding *f)
{
	for (size_t i = p->passed.count; i-- > 0;) {
		const xmlNode *element = xml_root(p->passed.items[i]);
		if (!pattern_match(step->expectations[0].pattern, element, &g->variables, NULL))
			continue;
		stage_send(p, element);
		return OUTCOME_MET;
	}
	return finding_say(
		f, OUTCOME_UNKNOWN, "nothing of the kind has passed to %s, so it cannot be repeated", p->actor->name);
}

static enum outcome play_cuts(struct stage *g, const struct step *step, struct player *p, struct finding *f)
{
	struct err e;
	int64_t deadline = clock_now() + g->step_deadline;
	forget(&p->withheld); /* lost, with the connection, as are questions */
	p->withholds = NULL;
	forget_questions(p);
	if (!step->cleanly) {
		device_break(p->device);
		return OUTCOME_MET;
	}
	device_end(p->device);
	for (;;) {
		BUF_AUTO ending = BUF_INIT;
		device_fact(p->device, "client.ending", &ending);
		if (!ending.len)
			return OUTCOME_MET;
		if (clock_now() >= deadline)
			return finding_say(
				f, OUTCOME_UNKNOWN, "the server did not end the session of %s in time", p->actor->name);
		if (!stage_pump(g, deadline, &e))
			return finding_error(f, &e);
	}
}

void client_overlook(struct player *p)
{
	for (size_t i = 0; i < p->inbox.count; i++)
		p->inbox.entries[i].consumed = true;
}

enum outcome client_play(struct stage *g, const struct step *step, struct finding *f)
{
	struct player *p = stage_player(g, step->actor);
	if (device_state(p->device) != DEVICE_ONLINE) {
		const struct err *why = device_error(p->device);
		if (why->class != ERR_NONE)
			return finding_error(f, why);
		return finding_say(f, OUTCOME_UNKNOWN, "%s is not online", p->actor->name);
	}
	if (step->kind == STEP_DOES)
		return play_does(g, step, p, f);
	if (step->kind == STEP_FINDS)
		return play_finds(g, step, p, f);
	if (step->kind == STEP_RELEASES)
		return play_releases(p);
	if (step->kind == STEP_REPEATS)
		return play_repeats(g, step, p, f);
	if (step->kind == STEP_WITHHOLDS) {
		p->withholds = step;
		return OUTCOME_MET;
	}
	if (step->kind == STEP_OVERLOOKS) {
		client_overlook(p);
		return OUTCOME_MET;
	}
	if (step->kind == STEP_LOSES) {
		device_lose(p->device);
		return OUTCOME_MET;
	}
	return play_cuts(g, step, p, f);
}
