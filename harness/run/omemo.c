#include "run/omemo.h"
#include "base/text.h"
#include "crypto/omemo.h"
#include "run/envelope.h"
#include "run/readings.h"
#include "xml/carried.h"
#include <stdlib.h>
#include <string.h>

/* ---- what is sent ---- */

static bool has_keys(const struct player *p)
{
	return p->omemo != NULL;
}

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
		recipients[i] = (struct omemo_recipient){ encryption_bare(g, to->actor), omemo_device_id(to->omemo) };
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

int omemo_fill(struct stage *g, struct player *p, const xmlNode *node, struct buf *out, struct err *e)
{
	bool encrypted = xml_is(node, "encrypted", NULL);
	struct vec players = VEC_INIT;
	int result =
		encryption_players(g, xml_attribute(node, encrypted ? "for" : "of"), has_keys, "OMEMO", &players, e);
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

void omemo_tell(struct stage *g, const struct player *p)
{
	AUTO_TEXT key = memory_printf("%s.omemo.id", p->actor->name);
	AUTO_TEXT id = p->omemo ? memory_printf("%u", omemo_device_id(p->omemo)) : memory_copy_text("");
	map_set(&g->variables, key, id);
}

void omemo_release(struct player *p)
{
	omemo_free(p->omemo);
	p->omemo = NULL;
	free(p->encrypted);
	p->encrypted = NULL;
}

/* ---- keys ---- */

enum outcome omemo_play_keys(struct stage *g, const struct step *step, struct finding *f)
{
	struct err e;
	struct player *p = stage_player(g, step->actor);
	const struct player *same = step->other ? stage_player(g, step->other) : NULL;
	if (same && !same->omemo)
		return finding_say(f, OUTCOME_UNKNOWN, "%s has no keys of OMEMO, so no number", same->actor->name);
	uint32_t id = same ? omemo_device_id(same->omemo) : 0;
	omemo_release(p);
	p->omemo = omemo_new(
		text_equal(step->name, "omemo") ? OMEMO_2 : OMEMO_AXOLOTL, encryption_bare(g, step->actor), id, &e);
	return p->omemo ? OUTCOME_MET : finding_error(f, &e);
}

enum outcome omemo_play_change(struct stage *g, const struct step *step, struct finding *f)
{
	struct err e;
	struct player *p = stage_player(g, step->actor);
	const struct player *other = step->other ? stage_player(g, step->other) : NULL;
	if (!p->omemo || (other && !other->omemo))
		return finding_say(
			f, OUTCOME_UNKNOWN, "%s has no keys of OMEMO", p->omemo ? other->actor->name : p->actor->name);
	if (!other)
		return omemo_rotate(p->omemo, &e) ? finding_error(f, &e) : OUTCOME_MET;
	if (omemo_forget_session(p->omemo, encryption_bare(g, other->actor), omemo_device_id(other->omemo)))
		return OUTCOME_MET;
	return finding_say(f, OUTCOME_UNKNOWN, "%s has no session with %s", p->actor->name, other->actor->name);
}

/* What of OMEMO is in the last stanza that the player took; or NULL, with the outcome in `o`. */
static const xmlNode *last_element(const struct player *p, const char *name, struct finding *f, enum outcome *o)
{
	const xmlNode *found = NULL;
	if (!p->omemo)
		*o = finding_say(f, OUTCOME_UNKNOWN, "%s has no keys of OMEMO", p->actor->name);
	else if (!p->last_got)
		*o = finding_say(f, OUTCOME_UNKNOWN, "%s has got nothing yet", p->actor->name);
	else if (!(found = xml_find(p->last_got, name, omemo_namespace(omemo_version(p->omemo)))))
		*o = finding_say(f, OUTCOME_UNKNOWN, "there is no <%s> in what %s took last", name, p->actor->name);
	return found;
}

enum outcome omemo_play_learns(struct stage *g, const struct step *step, struct finding *f)
{
	struct err e;
	enum outcome o = OUTCOME_UNKNOWN;
	struct player *p = stage_player(g, step->actor);
	const struct player *other = stage_player(g, step->other);
	const xmlNode *bundle = last_element(p, "bundle", f, &o);
	if (!bundle)
		return o;
	if (!other->omemo)
		return finding_say(f, OUTCOME_UNKNOWN, "%s has no keys of OMEMO", other->actor->name);
	bool good =
		omemo_learn(p->omemo, encryption_bare(g, step->other), omemo_device_id(other->omemo), bundle, &e) == 0;
	return encryption_judge_keys(g, step, good, &e, f);
}

/* By how many seconds the server's clock is ahead of this machine's, as far as it told (XEP-0202): neither is held against the server. */
static int64_t clock_ahead(const struct player *p)
{
	const char *told = map_get(&p->home->features->facts, "time.ahead");
	return told ? strtoll(told, NULL, 10) : 0;
}

enum outcome omemo_play_reads(struct stage *g, const struct step *step, struct finding *f)
{
	struct err e = { .class = ERR_NONE };
	enum outcome o = OUTCOME_UNKNOWN;
	struct omemo_reading facts;
	struct player *p = stage_player(g, step->actor);
	const xmlNode *encrypted = last_element(p, "encrypted", f, &o);
	if (!encrypted)
		return o;
	BUF_AUTO text = BUF_INIT, misfit = BUF_INIT;
	AUTO_TEXT sender = encryption_sender(g, step, encrypted);
	int fault = omemo_decrypt(p->omemo, sender, encrypted, &text, &facts, &e);
	const char *reason = readings_why(facts.outcome);
	/* Without a session, and without a key exchange, it is not a fault of ours that it cannot be read. */
	bool ours = fault && encryption_is_ours(&e) && facts.outcome != OMEMO_NO_SESSION;
	bool fits = reason || envelope_fits(&facts, sender, encrypted, clock_ahead(p), &misfit);
	if (!fault && reason)
		err_set(&e, ERR_PROTOCOL, NULL,
			facts.outcome == OMEMO_NOT_FOR_US ? "it is not encrypted for this device"
							  : "it was read before");
	omemo_reading_release(&facts);
	if (ours)
		return finding_error(f, &e);
	const struct encryption_reading reading = { encrypted, reason, e.message, buf_text(&text),
		fits ? NULL : buf_text(&misfit) };
	return encryption_judge_reading(g, step, &reading, f);
}
