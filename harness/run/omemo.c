#include "run/omemo.h"
#include "base/text.h"
#include "crypto/omemo.h"
#include "run/envelope.h"
#include "run/readings.h"
#include "xml/carried.h"
#include <stdlib.h>
#include <string.h>

/* ---- what is sent ---- */

/* The number of its device; 0 where it has none. */
static uint32_t number_of(const struct player *p)
{
	return p->omemo ? omemo_device_id(p->omemo) : p->omemo_number;
}

static bool has_keys(const struct player *p)
{
	return number_of(p) != 0;
}

/* The list is in the form of the devices that are ours: a client's number says nothing of that. */
static int print_devices(const struct vec *players, struct buf *out, struct err *e)
{
	const struct omemo *ours = NULL;
	size_t count = 0;
	uint32_t *ids = memory_alloc((players->count + 1) * sizeof *ids);
	for (size_t i = 0; i < players->count; i++) {
		const struct player *p = players->items[i];
		bool seen = false;
		for (size_t j = 0; j < i; j++)
			seen |= players->items[j] == p;
		if (!seen)
			ids[count++] = number_of(p);
		ours = ours ? ours : p->omemo;
	}
	if (ours)
		omemo_print_devices(omemo_version(ours), ids, count, out);
	free(ids);
	return ours ? 0 : err_set(e, ERR_SCRIPT, NULL, "a list of devices needs one whose keys are ours");
}

/* Elements in the place of a text: they are the content of the envelope, which OMEMO 2 alone has. */
static int print_enveloped(struct omemo *o, const xmlNode *node, const struct omemo_recipient *recipients, size_t count,
	struct buf *out, struct err *e)
{
	char stamp[CLOCK_STAMP_SIZE];
	BUF_AUTO content = BUF_INIT, envelope = BUF_INIT;
	if (omemo_version(o) != OMEMO_2)
		return err_set(e, ERR_SCRIPT, NULL, "the older OMEMO encrypts a text, and no elements");
	for (const xmlNode *c = xml_child(node, NULL, NULL); c; c = xml_next(c, NULL, NULL))
		xml_print(c, &content);
	clock_stamp(stamp);
	omemo_print_envelope(
		&(struct omemo_envelope){ .more = buf_text(&content), .from = omemo_jid(o), .time = stamp }, &envelope);
	return omemo_encrypt_bytes(o, recipients, count, envelope.data, envelope.len, out, e);
}

static int print_encrypted(struct stage *g, struct player *p, const xmlNode *node, const struct vec *players,
	struct buf *out, struct err *e)
{
	if (!p->omemo)
		return err_set(e, ERR_SCRIPT, NULL, "%s has no keys of OMEMO here", p->actor->name);
	struct omemo_recipient *recipients = memory_alloc((players->count + 1) * sizeof *recipients);
	for (size_t i = 0; i < players->count; i++) {
		const struct player *to = players->items[i];
		recipients[i] = (struct omemo_recipient){ encryption_bare(g, to->actor), number_of(to) };
	}
	AUTO_TEXT text = xml_text(node);
	int result = xml_child(node, NULL, NULL)
		? print_enveloped(p->omemo, node, recipients, players->count, out, e)
		: omemo_encrypt(p->omemo, recipients, players->count, text && *text ? text : NULL,
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

static int print_bundle(const struct player *of, struct buf *out, struct err *e)
{
	return of->omemo ? omemo_print_bundle(of->omemo, out, e)
			 : err_set(e, ERR_SCRIPT, NULL, "the keys of %s are its own", of->actor->name);
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
		result = print_devices(&players, out, e);
	else if (result == 0 && xml_is(node, "repeated", NULL))
		result = print_repeated(players.items[0], out, e);
	else if (result == 0)
		result = print_bundle(players.items[0], out, e);
	vec_release(&players);
	return result;
}

void omemo_tell(struct stage *g, const struct player *p)
{
	AUTO_TEXT key = memory_printf("%s.omemo.id", p->actor->name);
	AUTO_TEXT id = has_keys(p) ? memory_printf("%u", number_of(p)) : memory_copy_text("");
	map_set(&g->variables, key, id);
}

void omemo_release(struct player *p)
{
	omemo_free(p->omemo);
	p->omemo = NULL;
	free(p->encrypted);
	p->encrypted = NULL;
	p->omemo_number = 0;
}

/* ---- keys ---- */

/* A client's keys are not ours; its number is. */
static enum outcome note_number(struct stage *g, const struct step *step, struct player *p, struct finding *f)
{
	struct err e;
	int64_t number = 0;
	AUTO_TEXT text = stage_expand(g, step->right, &e);
	if (!text)
		return finding_error(f, &e);
	if (text_to_number(text, 1, OMEMO_ID_LIMIT, &number))
		return finding_say(f, OUTCOME_UNKNOWN, "'%s' is no number of a device: that is between 1 and %d", text,
			OMEMO_ID_LIMIT);
	p->omemo_number = (uint32_t)number;
	return OUTCOME_MET;
}

enum outcome omemo_play_keys(struct stage *g, const struct step *step, struct finding *f)
{
	struct err e;
	struct player *p = stage_player(g, step->actor);
	if (p->actor->client)
		return note_number(g, step, p, f);
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
	if (!p->omemo || (other && !has_keys(other)))
		return finding_say(
			f, OUTCOME_UNKNOWN, "%s has no keys of OMEMO", p->omemo ? other->actor->name : p->actor->name);
	if (!other)
		return omemo_rotate(p->omemo, &e) ? finding_error(f, &e) : OUTCOME_MET;
	if (omemo_forget_session(p->omemo, encryption_bare(g, other->actor), number_of(other)))
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
	if (!has_keys(other))
		return finding_say(f, OUTCOME_UNKNOWN, "%s has no keys of OMEMO", other->actor->name);
	bool good = omemo_learn(p->omemo, encryption_bare(g, step->other), number_of(other), bundle, &e) == 0;
	return encryption_judge_keys(g, step, good, &e, f);
}

/* By how many seconds the server's clock is ahead of this machine's, as far as it told (XEP-0202): neither is held against the server. */
static int64_t clock_ahead(const struct player *p)
{
	const char *told = map_get(&p->home->features->facts, "time.ahead");
	return told ? strtoll(told, NULL, 10) : 0;
}

/* The next thing in the inbox that is encrypted in the player's form; NULL where there is none yet. */
static const xmlNode *next_encrypted(struct player *p)
{
	const xmlNode *found = NULL;
	while (!found && p->decrypted_to < p->inbox.count) {
		p->last_got = xml_root(p->inbox.entries[p->decrypted_to++].doc);
		found = xml_find(p->last_got, "encrypted", omemo_namespace(omemo_version(p->omemo)));
	}
	return found;
}

/* Whether it is read, and holds the text; why not is appended. */
static bool is_text(struct stage *g, const struct step *step, struct player *p, const xmlNode *encrypted,
	const char *wanted, struct buf *why)
{
	struct err e = { .class = ERR_NONE };
	struct omemo_reading facts;
	BUF_AUTO text = BUF_INIT, misfit = BUF_INIT;
	AUTO_TEXT sender = encryption_sender(g, step, encrypted);
	int fault = omemo_decrypt(p->omemo, sender, encrypted, &text, &facts, &e);
	const char *reason = fault ? "unreadable" : readings_why(facts.outcome);
	bool fits = reason || envelope_fits(&facts, sender, encrypted, clock_ahead(p), &misfit);
	bool same = !reason && fits && text_equal(buf_text(&text), wanted);
	readings_tell(g, p, encrypted, reason, same);
	omemo_reading_release(&facts);
	buf_clear(why);
	buf_add_text(why, fault ? e.message : reason ? reason : !fits ? buf_text(&misfit) : "it is another text");
	return same;
}

static enum outcome await_text(struct stage *g, const struct step *step, struct finding *f)
{
	struct err e;
	BUF_AUTO why = BUF_INIT;
	struct player *p = stage_player(g, step->actor);
	int64_t deadline = clock_now() + g->step_deadline;
	AUTO_TEXT wanted = stage_expand(g, step->name, &e);
	if (!wanted)
		return finding_error(f, &e);
	if (!p->omemo)
		return finding_say(f, OUTCOME_UNKNOWN, "%s has no keys of OMEMO", p->actor->name);
	bool found = false;
	while (!found) {
		const xmlNode *encrypted = next_encrypted(p);
		if (encrypted)
			found = is_text(g, step, p, encrypted, wanted, &why);
		else if (clock_now() >= deadline || search_device_ended(p))
			break;
		else if (!stage_pump(g, deadline, &e))
			return finding_error(f, &e);
	}
	if (found != strike_step(g, step, MUTATION_TURNED))
		return OUTCOME_MET;
	return finding_say(f, OUTCOME_NOT_MET, "%s got nothing that it can read as '%s'%s%s", p->actor->name, wanted,
		why.len ? "; of what was encrypted last: " : "", buf_text(&why));
}

enum outcome omemo_play_reads(struct stage *g, const struct step *step, struct finding *f)
{
	struct err e = { .class = ERR_NONE };
	enum outcome o = OUTCOME_UNKNOWN;
	struct omemo_reading facts;
	struct player *p = stage_player(g, step->actor);
	if (step->awaited)
		return await_text(g, step, f);
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

/* One stanza; what was decrypted is wiped again. */
static bool yields(struct omemo *device, const xmlNode *stanza, const char *text)
{
	struct err ignored;
	struct omemo_reading facts;
	struct buf plain = BUF_INIT;
	const xmlNode *encrypted = xml_find(stanza, "encrypted", omemo_namespace(omemo_version(device)));
	if (!encrypted)
		return false;
	AUTO_TEXT sender = carried_bare(carried_message(encrypted), "from");
	bool found = sender && omemo_decrypt(device, sender, encrypted, &plain, &facts, &ignored) == 0 &&
		strstr(buf_text(&plain), text);
	if (sender)
		omemo_reading_release(&facts);
	buf_cleanse(&plain);
	return found;
}

int omemo_opens(const struct player *p, const char *text, size_t *number, struct err *e)
{
	if (!p->omemo)
		return err_set(e, ERR_SCRIPT, NULL, "%s has no keys of OMEMO here", p->actor->name);
	struct omemo *device = omemo_copy(p->omemo, e); /* what it can read, it may still have to */
	if (!device)
		return -1;
	*number = 0;
	for (size_t i = 0; i < p->inbox.count && !*number; i++)
		if (yields(device, xml_root(p->inbox.entries[i].doc), text))
			*number = p->inbox.entries[i].number;
	omemo_free(device);
	return 0;
}
