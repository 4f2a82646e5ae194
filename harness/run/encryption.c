#include "run/encryption.h"
#include "base/base64.h"
#include "base/text.h"
#include "crypto/omemo.h"
#include "crypto/openpgp.h"
#include "run/envelope.h"
#include "run/forgery.h"
#include "run/openpgp.h"
#include "run/readings.h"
#include "xml/redact.h"
#include <stdlib.h>
#include <string.h>

static const char *bare_of(struct stage *g, const struct actor *a)
{
	AUTO_TEXT key = memory_printf("%s.bare", a->name);
	return map_get(&g->variables, key);
}

/* The players whom a list of names means; the vector is the caller's. ERR_SCRIPT where one has no keys. */
static int find_players(struct stage *g, const char *names, struct vec *out, struct err *e)
{
	for (size_t length; *(names += strspn(names, " ")); names += length) {
		length = strcspn(names, " ");
		struct player *found = stage_named(g, names, length);
		if (!found || !found->omemo)
			return err_set(e, ERR_SCRIPT, NULL, "%.*s has no keys of OMEMO here", (int)length, names);
		vec_push(out, found);
	}
	return out->count ? 0 : err_set(e, ERR_SCRIPT, NULL, "a placeholder in the block names no actor");
}

/* Whether what went wrong is a fault of ours or of the script: then it says nothing of what came. */
static bool is_ours(const struct err *e)
{
	return e->class == ERR_ENVIRONMENT || e->class == ERR_SCRIPT || e->class == ERR_INTERNAL;
}

/* ---- what is sent ---- */

static void print_devices(const struct vec *players, struct buf *out)
{
	uint32_t *ids = memory_alloc((players->count + 1) * sizeof *ids);
	for (size_t i = 0; i < players->count; i++)
		ids[i] = omemo_device_id(((const struct player *)players->items[i])->omemo);
	omemo_print_devices(omemo_version(((const struct player *)players->items[0])->omemo), ids, players->count, out);
	free(ids);
}

static int print_encrypted(struct stage *g, struct player *p, const xmlNode *node, const struct vec *players,
	struct buf *out, struct err *e)
{
	if (!p->omemo)
		return err_set(e, ERR_SCRIPT, NULL, "%s has no keys of OMEMO here", p->actor->name);
	struct omemo_recipient *recipients = memory_alloc((players->count + 1) * sizeof *recipients);
	for (size_t i = 0; i < players->count; i++) {
		const struct player *to = players->items[i];
		recipients[i] = (struct omemo_recipient){ bare_of(g, to->actor), omemo_device_id(to->omemo) };
	}
	AUTO_TEXT text = xml_text(node);
	int result = omemo_encrypt(p->omemo, recipients, players->count, text && *text ? text : NULL,
		xml_attribute(node, "group"), out, e);
	free(recipients);
	if (result == 0) {
		free(p->encrypted);
		p->encrypted = memory_copy_text(buf_text(out));
	}
	return result;
}

static int print_repeated(const struct player *of, struct buf *out, struct err *e)
{
	if (!of->encrypted)
		return err_set(
			e, ERR_SCRIPT, NULL, "%s has encrypted nothing yet that could be repeated", of->actor->name);
	buf_add_text(out, of->encrypted);
	return 0;
}

static int print_one(struct stage *g, struct player *p, const xmlNode *node, struct buf *out, struct err *e)
{
	if (xml_is(node, NULL, NS_OPENPGP_PLACEHOLDERS))
		return openpgp_fill(g, p, node, out, e);
	bool encrypted = xml_is(node, "encrypted", NULL);
	struct vec players = VEC_INIT;
	int result = find_players(g, xml_attribute(node, encrypted ? "for" : "of"), &players, e);
	if (result == 0 && encrypted)
		result = print_encrypted(g, p, node, &players, out, e);
	else if (result == 0 && xml_is(node, "devices", NULL))
		print_devices(&players, out);
	else if (result == 0 && xml_is(node, "repeated", NULL))
		result = print_repeated(players.items[0], out, e);
	else if (result == 0)
		result = omemo_print_bundle(((const struct player *)players.items[0])->omemo, out, e);
	vec_release(&players);
	return result;
}

static int replace(struct stage *g, struct player *p, xmlNode *node, struct err *e)
{
	BUF_AUTO text = BUF_INIT;
	if (print_one(g, p, node, &text, e))
		return -1;
	xmlDoc *made = xml_parse(buf_text(&text), text.len, e);
	if (!made)
		return -1;
	const char *forged = xml_attribute(node, "forged");
	if (forged && forgery_spoil(xml_root(made), forged, e)) {
		xmlFreeDoc(made);
		return -1;
	}
	xmlReplaceNode(node, xmlDocCopyNode(xml_root(made), node->doc, 1));
	xmlFreeNode(node);
	xmlFreeDoc(made);
	return 0;
}

static int fill(struct stage *g, struct player *p, xmlNode *node, struct err *e)
{
	for (xmlNode *c = xml_child(node, NULL, NULL), *next; c; c = next) {
		next = xml_next(c, NULL, NULL);
		bool placeholder = xml_is(c, NULL, NS_PLACEHOLDERS) || xml_is(c, NULL, NS_OPENPGP_PLACEHOLDERS);
		if (placeholder ? replace(g, p, c, e) : fill(g, p, c, e))
			return -1;
	}
	return 0;
}

int encryption_fill(struct stage *g, struct player *p, xmlDoc *doc, struct err *e)
{
	return fill(g, p, xml_root(doc), e);
}

void encryption_tell(struct stage *g)
{
	for (size_t i = 0; i < g->scenario->actor_count; i++) {
		const struct player *p = &g->players[i];
		AUTO_TEXT key = memory_printf("%s.omemo.id", p->actor->name);
		AUTO_TEXT id = p->omemo ? memory_printf("%u", omemo_device_id(p->omemo)) : memory_copy_text("");
		map_set(&g->variables, key, id);
		openpgp_tell(g, p);
	}
}

static void release_omemo(struct player *p)
{
	omemo_free(p->omemo);
	p->omemo = NULL;
	free(p->encrypted);
	p->encrypted = NULL;
}

void encryption_release(struct player *p)
{
	release_omemo(p);
	openpgp_free(p->openpgp);
	p->openpgp = NULL;
}

/* ---- keys ---- */

enum outcome encryption_equip(struct stage *g, const struct step *step, struct finding *f)
{
	struct err e;
	struct player *p = stage_player(g, step->actor);
	if (text_equal(step->name, "openpgp"))
		return openpgp_play_keys(g, step, f);
	const struct player *same = step->other ? stage_player(g, step->other) : NULL;
	if (same && !same->omemo)
		return finding_say(f, OUTCOME_UNKNOWN, "%s has no keys of OMEMO, so no number", same->actor->name);
	uint32_t id = same ? omemo_device_id(same->omemo) : 0;
	release_omemo(p);
	p->omemo =
		omemo_new(text_equal(step->name, "omemo") ? OMEMO_2 : OMEMO_AXOLOTL, bare_of(g, step->actor), id, &e);
	return p->omemo ? OUTCOME_MET : finding_error(f, &e);
}

enum outcome encryption_change(struct stage *g, const struct step *step, struct finding *f)
{
	struct err e;
	struct player *p = stage_player(g, step->actor);
	const struct player *other = step->other ? stage_player(g, step->other) : NULL;
	if (!p->omemo || (other && !other->omemo))
		return finding_say(
			f, OUTCOME_UNKNOWN, "%s has no keys of OMEMO", p->omemo ? other->actor->name : p->actor->name);
	if (!other)
		return omemo_rotate(p->omemo, &e) ? finding_error(f, &e) : OUTCOME_MET;
	if (omemo_forget_session(p->omemo, bare_of(g, other->actor), omemo_device_id(other->omemo)))
		return OUTCOME_MET;
	return finding_say(f, OUTCOME_UNKNOWN, "%s has no session with %s", p->actor->name, other->actor->name);
}

static const xmlNode *find_element(const xmlNode *node, const char *name, const char *ns)
{
	if (xml_is(node, name, ns))
		return node;
	for (const xmlNode *c = xml_child(node, NULL, NULL); c; c = xml_next(c, NULL, NULL)) {
		const xmlNode *found = find_element(c, name, ns);
		if (found)
			return found;
	}
	return NULL;
}

/* What of OMEMO is in the last stanza that the player took; or NULL, with the outcome in `o`. */
static const xmlNode *last_element(const struct player *p, const char *name, struct finding *f, enum outcome *o)
{
	const xmlNode *found = NULL;
	if (!p->omemo)
		*o = finding_say(f, OUTCOME_UNKNOWN, "%s has no keys of OMEMO", p->actor->name);
	else if (!p->last_got)
		*o = finding_say(f, OUTCOME_UNKNOWN, "%s has got nothing yet", p->actor->name);
	else if (!(found = find_element(p->last_got, name, omemo_namespace(omemo_version(p->omemo)))))
		*o = finding_say(f, OUTCOME_UNKNOWN, "there is no <%s> in what %s took last", name, p->actor->name);
	return found;
}

enum outcome encryption_learn(struct stage *g, const struct step *step, struct finding *f)
{
	struct err e;
	enum outcome o = OUTCOME_UNKNOWN;
	struct player *p = stage_player(g, step->actor);
	const struct player *other = stage_player(g, step->other);
	if (openpgp_is_meant(p))
		return openpgp_play_learns(g, step, f);
	const xmlNode *bundle = last_element(p, "bundle", f, &o);
	if (!bundle)
		return o;
	if (!other->omemo)
		return finding_say(f, OUTCOME_UNKNOWN, "%s has no keys of OMEMO", other->actor->name);
	bool good = omemo_learn(p->omemo, bare_of(g, step->other), omemo_device_id(other->omemo), bundle, &e) == 0;
	if (!good && is_ours(&e))
		return finding_error(f, &e);
	bool turned = strike_step(g, step, MUTATION_TURNED);
	if ((good != turned) == !step->refused)
		return OUTCOME_MET;
	return step->refused ? finding_say(f, OUTCOME_NOT_MET, "%s takes the keys for those of %s", p->actor->name,
				       other->actor->name)
			     : finding_say(f, OUTCOME_NOT_MET, "%s refuses the keys of %s: %s", p->actor->name,
				       other->actor->name, good ? "they are wrong" : e.message);
}

/* ---- reading ---- */

/* The bare address of whoever sent what is encrypted: that of the message around it. The caller's. */
static char *sender_of(const xmlNode *encrypted)
{
	const xmlNode *message = encrypted;
	while (message && !xml_is(message, "message", NULL))
		message = message->parent && message->parent->type == XML_ELEMENT_NODE ? message->parent : NULL;
	const char *from = message ? xml_attribute(message, "from") : NULL;
	return memory_copy_bytes(from ? from : "", from ? strcspn(from, "/") : 0);
}

enum outcome encryption_read(struct stage *g, const struct step *step, struct finding *f)
{
	struct err e;
	enum outcome o = OUTCOME_UNKNOWN;
	struct omemo_reading facts;
	struct player *p = stage_player(g, step->actor);
	if (openpgp_is_meant(p))
		return openpgp_play_reads(g, step, f);
	const xmlNode *encrypted = last_element(p, "encrypted", f, &o);
	if (!encrypted)
		return o;
	AUTO_TEXT wanted = stage_expand(g, step->name ? step->name : "", &e);
	if (!wanted)
		return finding_error(f, &e);
	AUTO_TEXT sender = step->other ? memory_copy_text(bare_of(g, step->other)) : sender_of(encrypted);
	BUF_AUTO text = BUF_INIT;
	int fault = omemo_decrypt(p->omemo, sender, encrypted, &text, &facts, &e);
	bool readable = fault == 0 && facts.outcome == OMEMO_READ;
	const char *why = fault                     ? e.message
		: facts.outcome == OMEMO_NOT_FOR_US ? "it is not encrypted for this device"
						    : "it was read before";
	/* Without a session, and without a key exchange, it is not a fault of ours that it cannot be read. */
	bool ours = fault && is_ours(&e) && facts.outcome != OMEMO_NO_SESSION;
	const char *reason = readings_why(facts.outcome);
	BUF_AUTO misfit = BUF_INIT;
	bool fits = !readable || envelope_fits(&facts, sender, encrypted, &misfit);
	omemo_reading_release(&facts);
	if (ours)
		return finding_error(f, &e);
	bool as_wanted = step->refused ? !readable && (!step->name || text_equal(reason, step->name))
				       : readable && fits && text_equal(buf_text(&text), wanted);
	readings_tell(g, p, encrypted, reason, as_wanted);
	bool turned = strike_step(g, step, MUTATION_TURNED);
	if (step->refused) {
		if (as_wanted != turned)
			return OUTCOME_MET;
		if (!step->name || readable != turned)
			return finding_say(f, OUTCOME_NOT_MET, "%s can read it", p->actor->name);
		return finding_say(f, OUTCOME_NOT_MET, "%s cannot read it, but that is '%s', not '%s': %s",
			p->actor->name, turned ? "another reason" : reason, step->name, why);
	}
	if (!readable)
		return finding_say(f, OUTCOME_NOT_MET, "%s cannot read it: %s", p->actor->name, why);
	if (!fits)
		return finding_say(f, OUTCOME_NOT_MET, "%s rejects it: %s", p->actor->name, buf_text(&misfit));
	if (as_wanted != turned)
		return OUTCOME_MET;
	return finding_say(f, OUTCOME_NOT_MET, "%s reads '%s', not '%s'", p->actor->name, buf_text(&text), wanted);
}

enum outcome encryption_hidden(struct stage *g, const struct step *step, struct finding *f)
{
	struct err e;
	BUF_AUTO coded = BUF_INIT;
	AUTO_TEXT text = stage_expand(g, step->name, &e);
	if (!text)
		return finding_error(f, &e);
	base64_encode(text, strlen(text), &coded);
	bool turned = strike_step(g, step, MUTATION_TURNED);
	for (size_t i = 0; i < g->scenario->actor_count; i++) {
		const struct player *p = &g->players[i];
		for (size_t k = 0; k < p->inbox.count; k++) {
			BUF_AUTO stanza = BUF_INIT;
			xml_print(xml_root(p->inbox.entries[k].doc), &stanza);
			if (!strstr(buf_text(&stanza), text) && !strstr(buf_text(&stanza), buf_text(&coded)) && !turned)
				continue;
			readings_tell_hidden(g, p, p->inbox.entries[k].number);
			search_show_actual(f, xml_root(p->inbox.entries[k].doc));
			return finding_say(f, OUTCOME_NOT_MET, "%s got '%s' in the clear", p->actor->name, text);
		}
	}
	readings_tell_hidden(g, NULL, 0);
	return OUTCOME_MET;
}
