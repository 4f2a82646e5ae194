#include "run/steps.h"
#include "base/text.h"
#include "run/alike.h"
#include "run/client.h"
#include "run/encryption.h"
#include "run/fetch.h"
#include "run/guard.h"
#include "run/omemo.h"
#include "run/openpgp.h"
#include "run/sharing.h"
#include "run/texts.h"
#include "xml/redact.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum outcome finding_say(struct finding *f, enum outcome o, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	vsnprintf(f->message, sizeof f->message, format, args);
	va_end(args);
	return o;
}

enum outcome finding_error(struct finding *f, const struct err *e)
{
	char text[1024];
	err_format(e, text, sizeof text);
	switch (e->class) {
	case ERR_REFUSED:
	case ERR_PROTOCOL:
		return finding_say(f, OUTCOME_NOT_MET, "%s", text);
	case ERR_CONNECTION:
	case ERR_SCRIPT: /* a variable that nothing has bound */
		return finding_say(f, OUTCOME_UNKNOWN, "%s", text);
	case ERR_UNSUPPORTED:
		return finding_say(f, OUTCOME_UNSUPPORTED, "%s", text);
	case ERR_NONE:
	case ERR_USAGE:
	case ERR_ENVIRONMENT:
	case ERR_INTERNAL:
		break;
	}
	return finding_say(f, OUTCOME_ERROR, "%s", text);
}

static bool is_up(const struct player *p)
{
	enum device_state state = device_state(p->device);
	return state == DEVICE_ONLINE || state == DEVICE_UNBOUND;
}

static enum outcome not_up(const struct player *p, struct finding *f)
{
	const struct err *e = device_error(p->device);
	return finding_say(f, OUTCOME_UNKNOWN, "%s is not online%s%s", p->actor->name, e->class == ERR_NONE ? "" : ": ",
		e->class == ERR_NONE ? "" : e->message);
}

/* ---- connecting ---- */

static enum device_goal goal_of(const struct step *step)
{
	if (step->kind != STEP_OPENS)
		return step->unbound ? GOAL_UNBOUND : GOAL_BOUND;
	switch (step->opening) {
	case OPENING_CONNECTED:
		return GOAL_CONNECTED;
	case OPENING_SECURED:
		return GOAL_SECURED;
	case OPENING_AUTHENTICATED:
		return GOAL_SUCCEEDED;
	}
	return GOAL_CONNECTED;
}

/* As another server: where those come in. */
static enum outcome configure_server(struct stage *g, const struct step *step, const struct target *t,
	struct device_config *config, char **owned, struct finding *f)
{
	struct err e;
	if (step->certificate && !(*owned = stage_expand(g, step->certificate, &e)))
		return finding_error(f, &e);
	config->as_server = true;
	config->own_domain = *owned;
	config->port = t->s2s_port;
	if (config->transport != TRANSPORT_STARTTLS || (!config->port && config->host))
		return finding_say(f, OUTCOME_UNSUPPORTED, "the target names no port for servers (s2s-port)");
	return OUTCOME_MET;
}

static enum outcome configure(struct stage *g, const struct step *step, struct player *p, struct device_config *config,
	char **owned, struct finding *f)
{
	struct err e;
	const struct target *t = p->home->target;
	*config = p->config; /* with the account's password, or the component's secret */
	if (step->password) {
		*owned = stage_expand(g, step->password, &e);
		if (!*owned)
			return finding_error(f, &e);
		config->password = *owned;
	}
	if (step->resource)
		config->resource = step->resource;
	config->mechanism = step->mechanism;
	config->goal = goal_of(step);
	if (step->kind == STEP_REFUSED && strike_step(g, step, MUTATION_ADMITTED)) {
		config->password = p->config.password;
		config->mechanism = NULL;
	}
	if (p->actor->component) {
		config->transport = TRANSPORT_STARTTLS; /* TCP, whatever the run's is */
		return OUTCOME_MET;
	}
	switch (step->transport) {
	case CHOOSE_DEFAULT:
		config->transport = step->for_servers ? TRANSPORT_STARTTLS : t->transport;
		break;
	case CHOOSE_STARTTLS:
		config->transport = TRANSPORT_STARTTLS;
		break;
	case CHOOSE_DIRECT:
		config->transport = TRANSPORT_DIRECT;
		break;
	case CHOOSE_WEBSOCKET:
		config->transport = TRANSPORT_WEBSOCKET;
		break;
	}
	config->url = target_url(t, config->transport);
	if (step->for_servers)
		return configure_server(g, step, t, config, owned, f);
	if (config->transport == TRANSPORT_WEBSOCKET && !config->url)
		return finding_say(f, OUTCOME_UNSUPPORTED, "the target names no place for WebSocket (websocket)");
	if (config->transport == TRANSPORT_DIRECT && !config->direct_port)
		return finding_say(f, OUTCOME_UNSUPPORTED, "the target names no port for direct TLS (direct-port)");
	return OUTCOME_MET;
}

/* Waits until a connection attempt has ended one way or the other. */
static enum outcome wait_connected(struct stage *g, struct player *p, int64_t deadline, struct finding *f)
{
	struct err e;
	bool started = !p->actor->client;
	while (device_state(p->device) == DEVICE_CONNECTING) {
		if (!started && client_has_started(p)) { /* from here on it has the time that other actors have */
			started = true;
			deadline = client_until(p, clock_now(), clock_now() + 3 * g->step_deadline);
		}
		if (clock_now() >= deadline && p->actor->client) {
			device_give_up(p->device, "connect");
			return finding_error(f, device_error(p->device));
		}
		if (clock_now() >= deadline) {
			device_cut(p->device);
			return finding_say(f, OUTCOME_UNKNOWN, "%s could not connect in time", p->actor->name);
		}
		if (!stage_pump(g, deadline, &e))
			return finding_error(f, &e);
	}
	return OUTCOME_MET;
}

/* Connecting takes several round trips and a slow key derivation: it has three times the deadline of a stanza. A client under test has
 * to be started before. */
static int64_t connect_deadline(const struct stage *g, const struct player *p)
{
	return clock_now() + 3 * g->step_deadline + (p->actor->client ? CLIENT_START : 0);
}

static enum outcome play_connects(struct stage *g, const struct step *step, struct finding *f)
{
	struct player *p = stage_player(g, step->actor);
	struct device_config config;
	AUTO_TEXT owned = NULL;
	int64_t begin = clock_now();
	if (p->actor->client && device_state(p->device) == DEVICE_ONLINE) /* it has come back by itself */
		return OUTCOME_MET;
	enum outcome o = configure(g, step, p, &config, &owned, f);
	if (o != OUTCOME_MET)
		return o;
	device_configure(p->device, &config);
	if (step->kind == STEP_RESUMES) {
		AUTO_TEXT text = NULL;
		int64_t h = -1;
		struct err e;
		if (step->h && !(text = stage_expand(g, step->h, &e)))
			return finding_error(f, &e);
		if (text && text_to_number(text, 0, UINT32_MAX, &h))
			return finding_say(f, OUTCOME_UNKNOWN, "'%s' is not a number of stanzas", text);
		device_resume(p->device, h);
	} else {
		device_connect(p->device);
	}
	o = wait_connected(g, p, connect_deadline(g, p), f);
	if (owned)
		device_configure(p->device, &p->config); /* the text that `owned` holds is about to go */
	if (o != OUTCOME_MET)
		return o;
	if (strike_step(g, step, MUTATION_CUT))
		device_cut(p->device);
	p->last_time = clock_now();
	if (clock_now() - begin > 4 * g->slowest)
		g->slowest =
			(clock_now() - begin) / 4; /* four round trips at least: TCP, TLS, authentication, binding */
	enum device_state state = device_state(p->device);
	bool stops_early = step->kind == STEP_OPENS || (step->kind == STEP_CONNECTS && step->unbound);
	bool wanted = state == (stops_early ? DEVICE_UNBOUND : DEVICE_ONLINE);
	if (step->kind == STEP_REFUSED) {
		const struct err *why = device_error(p->device);
		if (state == DEVICE_FAILED && why->class == ERR_REFUSED)
			return OUTCOME_MET;
		if (state == DEVICE_FAILED)
			return finding_error(f, why);
		return finding_say(f, OUTCOME_NOT_MET, "%s was let in, but should have been refused", p->actor->name);
	}
	if (wanted)
		return OUTCOME_MET;
	if (state == DEVICE_FAILED)
		return finding_error(f, device_error(p->device));
	if (step->kind == STEP_RESUMES)
		return finding_say(f, OUTCOME_NOT_MET, "the session of %s was not resumed", p->actor->name);
	return finding_say(f, OUTCOME_NOT_MET, "the stream of %s was closed while it connected", p->actor->name);
}

static enum outcome play_secures(struct stage *g, const struct step *step, struct finding *f)
{
	struct player *p = stage_player(g, step->actor);
	p->may_end = step->or_ends;
	p->may_end_from = p->inbox.count;
	if (!is_up(p))
		return p->may_end ? OUTCOME_MET : not_up(p, f);
	device_secure(p->device);
	enum outcome o = wait_connected(g, p, connect_deadline(g, p), f);
	if (o != OUTCOME_MET)
		return o;
	if (strike_step(g, step, MUTATION_CUT))
		device_cut(p->device);
	if (device_state(p->device) == DEVICE_UNBOUND || p->may_end)
		return OUTCOME_MET;
	if (device_state(p->device) == DEVICE_FAILED)
		return finding_error(f, device_error(p->device));
	return finding_say(f, OUTCOME_NOT_MET, "the stream of %s was closed in the TLS handshake", p->actor->name);
}

static enum outcome play_disconnects(struct stage *g, const struct step *step, struct finding *f)
{
	struct err e;
	struct player *p = stage_player(g, step->actor);
	int64_t deadline = clock_now() + g->step_deadline;
	if (!is_up(p))
		return not_up(p, f);
	if (p->actor->client)
		deadline = client_until(p, clock_now(), deadline);
	device_close(p->device);
	while (is_up(p) && clock_now() < deadline)
		if (!stage_pump(g, deadline, &e))
			return finding_error(f, &e);
	if (is_up(p))
		device_cut(p->device);
	return OUTCOME_MET;
}

/* ---- sending ---- */

static enum outcome play_sends(struct stage *g, const struct step *step, struct finding *f)
{
	struct err e;
	struct player *p = stage_player(g, step->actor);
	if (!is_up(p))
		return not_up(p, f);
	for (size_t i = 0; i < step->element_count; i++) {
		xmlDoc *doc = stage_element(g, p, xml_root(step->elements[i]), &e);
		if (!doc)
			return finding_error(f, &e);
		p->last_time = clock_now();
		stage_send(p, xml_root(doc));
		xmlFreeDoc(doc);
	}
	return OUTCOME_MET;
}

static enum outcome play_sends_raw(struct stage *g, const struct step *step, struct finding *f)
{
	struct err e;
	struct player *p = stage_player(g, step->actor);
	if (search_rightly_ended(p))
		return OUTCOME_MET;
	if (!is_up(p))
		return not_up(p, f);
	AUTO_TEXT bytes = stage_expand(g, step->raw, &e);
	if (!bytes)
		return finding_error(f, &e);
	p->last_time = clock_now();
	journal_raw(g->voice, p->actor->name, bytes);
	device_send_raw(p->device, bytes, strlen(bytes));
	return OUTCOME_MET;
}

static enum outcome play_asks(struct stage *g, const struct step *step, struct finding *f)
{
	struct err e;
	struct player *p = stage_player(g, step->actor);
	if (!is_up(p))
		return not_up(p, f);
	xmlDoc *doc = stage_element(g, p, xml_root(step->elements[0]), &e);
	if (!doc)
		return finding_error(f, &e);
	xmlNode *iq = xml_root(doc);
	if (!xml_attribute(iq, "id")) {
		AUTO_TEXT id = memory_printf("ask-%s-%u", g->token, ++g->asked);
		xml_set_attribute(iq, "id", id);
	}
	free(p->asked_id);
	free(p->asked_to);
	p->asked_id = memory_copy_text(xml_attribute(iq, "id"));
	p->asked_to = memory_copy_text(xml_attribute(iq, "to"));
	p->answered_from = p->inbox.count;
	p->asked_when = p->last_time = clock_now();
	stage_send(p, iq);
	xmlFreeDoc(doc);
	return OUTCOME_MET;
}

/* ---- looking at what came ---- */

static void show_last(const struct player *p, struct finding *f)
{
	struct buf out = BUF_INIT;
	redact_print(p->last_got, &out);
	buf_add_text(&out, "");
	free(f->actual);
	f->actual = buf_take(&out);
}

static enum outcome play_got(struct stage *g, const struct step *step, struct finding *f)
{
	struct err e;
	struct player *p = stage_player(g, step->actor);
	if (!p->last_got)
		return finding_say(f, OUTCOME_UNKNOWN, "%s has got nothing yet", p->actor->name);
	strike_assertion(g, step, p);
	for (size_t i = 0; step->expressions[i]; i++) {
		bool truth;
		AUTO_TEXT value = NULL;
		AUTO_TEXT expression = stage_expand(g, step->expressions[i], &e);
		if (!expression || xml_xpath(p->last_got, expression, &g->scenario->prefixes, &truth, &value, &e))
			return finding_error(f, &e);
		if (step->kind == STEP_KEEPS) {
			if ((!value || !*value) && !step->check.id) {
				show_last(p, f);
				return finding_say(
					f, OUTCOME_NOT_MET, "%s: there is no such value in the stanza", expression);
			}
			map_set(&g->variables, step->name, value ? value : "");
			if (step->check.id && value && *value)
				journal_value(g->voice, step, value);
		} else if (!truth) {
			show_last(p, f);
			free(f->expected);
			f->expected = memory_copy_text(expression);
			return step->needed
				? finding_say(f, OUTCOME_UNSUPPORTED, "%s does not offer it: %s",
					  g->systems[SYSTEM_TESTED].client ? "the client" : "the server", expression)
				: finding_say(f, OUTCOME_NOT_MET, "not true of the stanza: %s", expression);
		}
	}
	return OUTCOME_MET;
}

/* What a mutation makes of one of two texts: another one where they must be the same, the other one where they must not. */
static void other_text(const struct step *step, char **text, const char *other)
{
	char *changed = step->kind == STEP_SAME ? memory_printf("%sx", *text) : memory_copy_text(other);
	free(*text);
	*text = changed;
}

static enum outcome play_compare(struct stage *g, const struct step *step, struct finding *f)
{
	struct err e;
	AUTO_TEXT left = stage_expand(g, step->left, &e);
	AUTO_TEXT right = left ? stage_expand(g, step->right, &e) : NULL;
	if (!right)
		return finding_error(f, &e);
	if (strike_step(g, step, MUTATION_LEFT))
		other_text(step, &left, right);
	else if (strike_step(g, step, MUTATION_RIGHT))
		other_text(step, &right, left);
	bool equal = strcmp(left, right) == 0;
	if (equal == (step->kind == STEP_SAME))
		return OUTCOME_MET;
	f->expected = memory_printf("%s%s", equal ? "something other than " : "", left);
	f->actual = memory_copy_text(right);
	if (equal)
		return finding_say(f, OUTCOME_NOT_MET, "%s and %s are the same: '%s'", step->left, step->right, left);
	return finding_say(f, OUTCOME_NOT_MET, "%s and %s differ: '%s' and '%s'", step->left, step->right, left, right);
}

/* ---- time ---- */

static enum outcome play_marks(struct stage *g, const struct step *step, struct finding *f)
{
	struct player *p = stage_player(g, step->actor);
	if (!p->last_time)
		return finding_say(f, OUTCOME_UNKNOWN, "%s has neither sent nor got anything yet", p->actor->name);
	AUTO_TEXT when = memory_printf("%lld", (long long)p->last_time);
	map_set(&g->marks, step->name, when);
	return OUTCOME_MET;
}

static enum outcome play_measure(struct stage *g, const struct step *step, struct finding *f)
{
	const char *from = map_get(&g->marks, step->left), *to = map_get(&g->marks, step->right);
	if (!from || !to)
		return finding_say(f, OUTCOME_UNKNOWN, "the mark '%s' was not set", from ? step->right : step->left);
	journal_measure(g->voice, step->name, strtoll(to, NULL, 10) - strtoll(from, NULL, 10));
	return OUTCOME_MET;
}

/* What a client does not do that is no check of this scenario, but what it is about. */
static enum outcome lacking(struct stage *g, const struct step *step, enum outcome o, struct finding *f)
{
	if (o != OUTCOME_NOT_MET || !step->needed)
		return o;
	AUTO_TEXT why = memory_copy_text(f->message);
	return finding_say(f, OUTCOME_UNSUPPORTED, "%s does not do what this is about: %s",
		client_called(stage_player(g, step->actor)), why);
}

enum outcome step_play(struct stage *g, const struct step *step, struct finding *f)
{
	fence_end(g); /* of the step before, which may have given it up */
	switch (step->kind) {
	case STEP_CONNECTS:
	case STEP_OPENS:
	case STEP_REFUSED:
	case STEP_RESUMES:
		return play_connects(g, step, f);
	case STEP_ALIKE:
		return alike_play(g, step, f);
	case STEP_SECURES:
		return play_secures(g, step, f);
	case STEP_RESTARTS:
		device_restart(stage_player(g, step->actor)->device);
		return OUTCOME_MET;
	case STEP_DISCONNECTS:
		return play_disconnects(g, step, f);
	case STEP_DOES:
	case STEP_FINDS:
	case STEP_WITHHOLDS:
	case STEP_LOSES:
	case STEP_RELEASES:
	case STEP_OVERLOOKS:
	case STEP_REPEATS:
		return client_play(g, step, f);
	case STEP_DECEIVED:
		return guard_deceived(g, step, f);
	case STEP_SURVIVES:
		return guard_survives(g, step, f);
	case STEP_CUTS:
		if (step->actor->client)
			return client_play(g, step, f);
		device_cut(stage_player(g, step->actor)->device);
		return OUTCOME_MET;
	case STEP_ACKS:
		device_answer_acks(stage_player(g, step->actor)->device, !step->by_hand);
		return OUTCOME_MET;
	case STEP_SENDS:
		return play_sends(g, step, f);
	case STEP_SENDS_RAW:
		return play_sends_raw(g, step, f);
	case STEP_FETCHES:
		return fetch_play(g, step, f);
	case STEP_ASKS:
		return play_asks(g, step, f);
	case STEP_ANSWERED:
		return expect_answer(g, step, f);
	case STEP_GETS:
		return lacking(g, step, expect_gets(g, step, f), f);
	case STEP_NEVER:
		return expect_never(g, step, f);
	case STEP_GOT:
	case STEP_KEEPS:
		return play_got(g, step, f);
	case STEP_CLOSED:
		return expect_closed(g, step, f);
	case STEP_LET:
		return texts_let(g, step, f);
	case STEP_PROVES:
		return texts_prove(g, step, f);
	case STEP_SHAKES:
		return texts_shake(g, step, f);
	case STEP_SUMS:
		return texts_sum(g, step, f);
	case STEP_KEYS:
		return encryption_equip(g, step, f);
	case STEP_ROTATES:
	case STEP_FORGETS:
		return omemo_play_change(g, step, f);
	case STEP_LEARNS:
		return encryption_learn(g, step, f);
	case STEP_RESTORES:
		return openpgp_play_restores(g, step, f);
	case STEP_READS:
		return encryption_read(g, step, f);
	case STEP_HIDDEN:
		return encryption_hidden(g, step, f);
	case STEP_UPLOADS:
		return sharing_upload(g, step, f);
	case STEP_DOWNLOADS:
		return sharing_download(g, step, f);
	case STEP_SAME:
	case STEP_DIFFER:
		return play_compare(g, step, f);
	case STEP_MARKS:
		return play_marks(g, step, f);
	case STEP_MEASURE:
		return play_measure(g, step, f);
	}
	return finding_say(f, OUTCOME_ERROR, "a step of an unknown kind");
}
