#include "run/openpgp.h"
#include "base/text.h"
#include "crypto/openpgp.h"
#include "run/readings.h"
#include "xml/carried.h"
#include "xml/xml.h"
#include <stdlib.h>
#include <string.h>

/* The element of OpenPGP in the last stanza that the player took: of that name, or (NULL) any. */
static const xmlNode *find_element(const struct player *p, const char *name)
{
	return p->last_got ? xml_find(p->last_got, name, NS_OPENPGP) : NULL;
}

bool openpgp_is_meant(const struct player *p)
{
	return p->openpgp && (!p->omemo || find_element(p, NULL));
}

void openpgp_tell(struct stage *g, const struct player *p)
{
	AUTO_TEXT key = memory_printf("%s.openpgp.fingerprint", p->actor->name);
	map_set(&g->variables, key, p->openpgp ? openpgp_fingerprint(p->openpgp) : "");
}

/* ---- what is sent ---- */

static bool has_keys(const struct player *p)
{
	return p->openpgp != NULL;
}

static void print_list(const struct vec *players, struct buf *out)
{
	const struct openpgp **owners = memory_alloc((players->count + 1) * sizeof *owners);
	for (size_t i = 0; i < players->count; i++)
		owners[i] = ((const struct player *)players->items[i])->openpgp;
	openpgp_print_list(owners, players->count, out);
	free(owners);
}

static enum openpgp_kind kind_of(const xmlNode *node)
{
	const char *kind = xml_attribute(node, "kind");
	return text_equal(kind, "sign") ? OPENPGP_SIGN : text_equal(kind, "crypt") ? OPENPGP_CRYPT : OPENPGP_SIGNCRYPT;
}

/* The accounts of the players, each once. The own one is left out where there are others: it can read whatever it writes. */
static size_t addresses(struct stage *g, const struct player *p, const struct vec *players, const char **out)
{
	size_t count = 0;
	const char *own = encryption_bare(g, p->actor);
	for (size_t i = 0; i < players->count; i++) {
		const char *bare = encryption_bare(g, ((const struct player *)players->items[i])->actor);
		bool there = text_equal(bare, own);
		for (size_t k = 0; k < count && !there; k++)
			there = text_equal(out[k], bare);
		if (!there)
			out[count++] = bare;
	}
	if (!count)
		out[count++] = own;
	return count;
}

static int print_encrypted(struct stage *g, struct player *p, const xmlNode *node, const struct vec *players,
	struct buf *out, struct err *e)
{
	if (!p->openpgp)
		return err_set(e, ERR_SCRIPT, NULL, "%s has no keys of OpenPGP here", p->actor->name);
	const char **to = memory_alloc((players->count + 1) * sizeof *to);
	size_t count = addresses(g, p, players, to);
	AUTO_TEXT text = xml_text(node);
	int result = openpgp_encrypt(p->openpgp, kind_of(node), to, count, text ? text : "", out, e);
	free(to);
	return result;
}

int openpgp_fill(struct stage *g, struct player *p, const xmlNode *node, struct buf *out, struct err *e)
{
	bool encrypted = xml_is(node, "openpgp", NULL);
	struct vec players = VEC_INIT;
	int result =
		encryption_players(g, xml_attribute(node, encrypted ? "for" : "of"), has_keys, "OpenPGP", &players, e);
	struct openpgp *first = result == 0 ? ((struct player *)players.items[0])->openpgp : NULL;
	if (first && encrypted)
		result = print_encrypted(g, p, node, &players, out, e);
	else if (first && xml_is(node, "public-keys-list", NULL))
		print_list(&players, out);
	else if (first && xml_is(node, "secretkey", NULL))
		result = openpgp_print_backup(first, out, e);
	else if (first)
		result = openpgp_print_key(first, out, e);
	vec_release(&players);
	return result;
}

/* ---- keys ---- */

static enum outcome take_keys(struct player *p, struct openpgp *keys)
{
	openpgp_free(p->openpgp);
	p->openpgp = keys;
	return OUTCOME_MET;
}

static enum outcome no_keys(struct finding *f, const struct player *p)
{
	return finding_say(f, OUTCOME_UNKNOWN, "%s has no keys of OpenPGP", p->actor->name);
}

enum outcome openpgp_play_keys(struct stage *g, const struct step *step, struct finding *f)
{
	struct err e;
	struct player *p = stage_player(g, step->actor);
	const struct player *other = step->other ? stage_player(g, step->other) : NULL;
	if (other && !other->openpgp)
		return no_keys(f, other);
	struct openpgp *keys =
		other ? openpgp_copy_key(other->openpgp, &e) : openpgp_new(encryption_bare(g, step->actor), &e);
	return keys ? take_keys(p, keys) : finding_error(f, &e);
}

/* Which of the two it is that can be learned from. */
static const xmlNode *find_lesson(const struct player *p)
{
	const xmlNode *list = find_element(p, "public-keys-list");
	return list ? list : find_element(p, "pubkey");
}

/* A key must be on the node that is called after B's key, where it came from a node. */
static int learn_key(struct player *p, const char *jid, const char *fingerprint, const xmlNode *pubkey, struct err *e)
{
	AUTO_TEXT right = memory_printf("%s:%s", OPENPGP_KEYS_NODE, fingerprint);
	const xmlNode *items = carried_around(pubkey, "items");
	const char *node = items ? xml_attribute(items, "node") : NULL;
	if (items && !text_equal(node, right))
		return err_set(e, ERR_PROTOCOL, NULL, "they are on the node '%s'", node ? node : "");
	return openpgp_learn(p->openpgp, jid, right, pubkey, e);
}

static int learn(struct player *p, const char *jid, const char *fingerprint, const xmlNode *lesson, struct err *e)
{
	if (!xml_is(lesson, "public-keys-list", NULL))
		return learn_key(p, jid, fingerprint, lesson, e);
	if (openpgp_learn_list(p->openpgp, jid, lesson, e))
		return -1;
	return openpgp_is_announced(p->openpgp, jid, fingerprint)
		? 0
		: err_set(e, ERR_PROTOCOL, NULL, "the list does not name the key %s", fingerprint);
}

enum outcome openpgp_play_learns(struct stage *g, const struct step *step, struct finding *f)
{
	struct err e;
	struct player *p = stage_player(g, step->actor);
	const struct player *other = stage_player(g, step->other);
	const xmlNode *lesson = find_lesson(p);
	if (!lesson)
		return finding_say(f, OUTCOME_UNKNOWN,
			"there is neither <pubkey> nor <public-keys-list> in what %s took last", p->actor->name);
	if (!other->openpgp)
		return no_keys(f, other);
	bool good = learn(p, encryption_bare(g, step->other), openpgp_fingerprint(other->openpgp), lesson, &e) == 0;
	return encryption_judge_keys(g, step, good, &e, f);
}

enum outcome openpgp_play_restores(struct stage *g, const struct step *step, struct finding *f)
{
	struct err e;
	struct player *p = stage_player(g, step->actor);
	const struct player *other = stage_player(g, step->other);
	const xmlNode *backup = find_element(p, "secretkey");
	if (!backup)
		return finding_say(f, OUTCOME_UNKNOWN, "there is no <secretkey> in what %s took last", p->actor->name);
	if (!other->openpgp || !*openpgp_backup_code(other->openpgp))
		return finding_say(f, OUTCOME_UNKNOWN, "%s has made no backup", other->actor->name);
	struct openpgp *keys =
		openpgp_restore(encryption_bare(g, step->actor), backup, openpgp_backup_code(other->openpgp), &e);
	if (!keys && encryption_is_ours(&e))
		return finding_error(f, &e);
	bool same = keys && text_equal(openpgp_fingerprint(keys), openpgp_fingerprint(other->openpgp));
	if (keys)
		take_keys(p, keys);
	if (same != strike_step(g, step, MUTATION_TURNED))
		return OUTCOME_MET;
	return finding_say(f, OUTCOME_NOT_MET, "%s cannot restore the keys of %s: %s", p->actor->name,
		other->actor->name, keys ? "they are others" : e.message);
}

/* ---- reading ---- */

enum outcome openpgp_play_reads(struct stage *g, const struct step *step, struct finding *f)
{
	struct err e = { .class = ERR_NONE };
	struct openpgp_reading facts;
	struct player *p = stage_player(g, step->actor);
	const xmlNode *encrypted = find_element(p, "openpgp");
	if (!encrypted)
		return finding_say(f, OUTCOME_UNKNOWN, "there is no <openpgp> in what %s took last", p->actor->name);
	AUTO_TEXT sender = encryption_sender(g, step, encrypted);
	AUTO_TEXT to = carried_bare(carried_message(encrypted), "to");
	BUF_AUTO text = BUF_INIT;
	bool readable = openpgp_decrypt(p->openpgp, sender, to ? to : encryption_bare(g, step->actor), encrypted, &text,
				&facts, &e) == 0;
	const char *reason = readable ? NULL : readings_why(facts.not_for_us ? OMEMO_NOT_FOR_US : OMEMO_UNREADABLE);
	openpgp_reading_release(&facts);
	if (!readable && encryption_is_ours(&e))
		return finding_error(f, &e);
	const struct encryption_reading reading = { encrypted, reason, e.message, buf_text(&text), NULL };
	return encryption_judge_reading(g, step, &reading, f);
}
