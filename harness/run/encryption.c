#include "run/encryption.h"
#include "base/base64.h"
#include "base/text.h"
#include "crypto/openpgp.h"
#include "run/forgery.h"
#include "run/omemo.h"
#include "run/openpgp.h"
#include "run/readings.h"
#include "script/contract.h"
#include "xml/carried.h"
#include "xml/redact.h"
#include <stdlib.h>
#include <string.h>

/* ---- what all kinds of encryption have in common ---- */

const char *encryption_bare(struct stage *g, const struct actor *a)
{
	AUTO_TEXT key = memory_printf("%s.bare", a->name);
	return map_get(&g->variables, key);
}

bool encryption_is_ours(const struct err *e)
{
	return e->class == ERR_ENVIRONMENT || e->class == ERR_SCRIPT || e->class == ERR_INTERNAL;
}

int encryption_players(struct stage *g, const char *names, bool (*has_keys)(const struct player *p), const char *kind,
	struct vec *out, struct err *e)
{
	for (size_t length; *(names += strspn(names, " ")); names += length) {
		length = strcspn(names, " ");
		struct player *found = stage_named(g, names, length);
		if (!found || !has_keys(found))
			return err_set(e, ERR_SCRIPT, NULL, "%.*s has no keys of %s here", (int)length, names, kind);
		vec_push(out, found);
	}
	return out->count ? 0 : err_set(e, ERR_SCRIPT, NULL, "an element in the block names no actor");
}

char *encryption_sender(struct stage *g, const struct step *step, const xmlNode *encrypted)
{
	if (step->other)
		return memory_copy_text(encryption_bare(g, step->other));
	char *from = carried_bare(carried_message(encrypted), "from");
	return from ? from : memory_copy_text("");
}

enum outcome encryption_judge_keys(
	struct stage *g, const struct step *step, bool good, const struct err *e, struct finding *f)
{
	const char *name = step->actor->name, *other = step->other->name;
	if (!good && encryption_is_ours(e))
		return finding_error(f, e);
	bool turned = strike_step(g, step, MUTATION_TURNED);
	if ((good != turned) == !step->refused)
		return OUTCOME_MET;
	if (step->refused)
		return finding_say(f, OUTCOME_NOT_MET, "%s takes the keys for those of %s", name, other);
	return finding_say(
		f, OUTCOME_NOT_MET, "%s refuses the keys of %s: %s", name, other, good ? "they are wrong" : e->message);
}

enum outcome encryption_judge_reading(
	struct stage *g, const struct step *step, const struct encryption_reading *r, struct finding *f)
{
	struct err e;
	const char *name = step->actor->name;
	AUTO_TEXT wanted = step->refused ? memory_copy_text("") : stage_expand(g, step->name, &e);
	if (!wanted)
		return finding_error(f, &e);
	bool as_wanted = step->refused ? r->reason && (!step->name || text_equal(r->reason, step->name))
				       : !r->reason && !r->misfit && text_equal(r->text, wanted);
	readings_tell(g, stage_player(g, step->actor), r->encrypted, r->reason, as_wanted);
	bool turned = strike_step(g, step, MUTATION_TURNED);
	if (as_wanted != turned)
		return OUTCOME_MET;
	if (step->refused && (!r->reason || !step->name || turned))
		return finding_say(f, OUTCOME_NOT_MET, "%s can read it", name);
	if (step->refused)
		return finding_say(f, OUTCOME_NOT_MET, "%s cannot read it, but that is '%s', not '%s': %s", name,
			r->reason, step->name, r->why);
	if (r->reason)
		return finding_say(f, OUTCOME_NOT_MET, "%s cannot read it: %s", name, r->why);
	if (r->misfit)
		return finding_say(f, OUTCOME_NOT_MET, "%s rejects it: %s", name, r->misfit);
	return finding_say(f, OUTCOME_NOT_MET, "%s reads '%s', not '%s'", name, r->text, wanted);
}

/* ---- what is sent ---- */

static int replace(struct stage *g, struct player *p, xmlNode *node, struct err *e)
{
	BUF_AUTO text = BUF_INIT;
	if (xml_is(node, NULL, NS_PLACEHOLDERS) ? omemo_fill(g, p, node, &text, e) : openpgp_fill(g, p, node, &text, e))
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
		omemo_tell(g, &g->players[i]);
		openpgp_tell(g, &g->players[i]);
	}
}

void encryption_release(struct player *p)
{
	omemo_release(p);
	openpgp_free(p->openpgp);
	p->openpgp = NULL;
}

/* ---- which kind a step is about ---- */

enum outcome encryption_equip(struct stage *g, const struct step *step, struct finding *f)
{
	return text_equal(step->name, "openpgp") ? openpgp_play_keys(g, step, f) : omemo_play_keys(g, step, f);
}

enum outcome encryption_learn(struct stage *g, const struct step *step, struct finding *f)
{
	return openpgp_is_meant(stage_player(g, step->actor)) ? openpgp_play_learns(g, step, f)
							      : omemo_play_learns(g, step, f);
}

enum outcome encryption_read(struct stage *g, const struct step *step, struct finding *f)
{
	return openpgp_is_meant(stage_player(g, step->actor)) ? openpgp_play_reads(g, step, f)
							      : omemo_play_reads(g, step, f);
}

/* ---- nobody got it in the clear ---- */

/* What a client shows is for its user's eyes, in the clear. */
static bool is_shown(const struct player *p, const xmlNode *element)
{
	return p->actor->client && text_equal(xml_ns(element), NS_SHOWN);
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
	size_t opened = 0;
	const struct player *reader = step->other ? stage_player(g, step->other) : NULL;
	if (reader && omemo_opens(reader, text, &opened, &e))
		return finding_error(f, &e);
	if (opened) {
		readings_tell_hidden(g, reader, opened);
		return finding_say(f, OUTCOME_NOT_MET, "%s can decrypt '%s'", reader->actor->name, text);
	}
	for (size_t i = 0; i < g->scenario->actor_count; i++) {
		const struct player *p = &g->players[i];
		for (size_t k = 0; k < p->inbox.count; k++) {
			BUF_AUTO stanza = BUF_INIT;
			if (is_shown(p, xml_root(p->inbox.entries[k].doc)))
				continue;
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
