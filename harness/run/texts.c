#include "run/texts.h"
#include "base/text.h"
#include "xml/redact.h"
#include "xmpp/component.h"
#include "xmpp/downgrade.h"
#include "xmpp/hashed_token.h"
#include "xmpp/scram.h"
#include <string.h>

#define FILL_MOST 4000000

/* `N`, or `N of TEXT`. */
static int fill(const char *value, struct buf *out)
{
	int64_t count;
	const char *of = strstr(value, " of "), *repeated = of ? of + strlen(" of ") : "x";
	AUTO_TEXT number = memory_printf("%.*s", (int)(of ? (size_t)(of - value) : strlen(value)), value);
	if (text_to_number(number, 1, FILL_MOST, &count) || !*repeated || count * (int64_t)strlen(repeated) > FILL_MOST)
		return -1;
	while (count-- > 0)
		buf_add_text(out, repeated);
	return 0;
}

enum outcome texts_let(struct stage *g, const struct step *step, struct finding *f)
{
	struct err e;
	AUTO_TEXT value = stage_expand(g, step->right, &e);
	if (!value)
		return finding_error(f, &e);
	BUF_AUTO made = BUF_INIT;
	switch (step->coding) {
	case CODING_NONE:
		buf_add_text(&made, value);
		break;
	case CODING_ENCODE:
		base64_encode(value, strlen(value), &made);
		break;
	case CODING_DECODE:
		if (base64_decode(value, strlen(value), &made) || strlen(buf_text(&made)) != made.len ||
			!xmlCheckUTF8((const xmlChar *)buf_text(&made)))
			return finding_say(f, OUTCOME_NOT_MET, "'%s' is no text in base64", value);
		break;
	case CODING_ATTRIBUTE:
		if (!scram_attribute(value, step->left[0], &made))
			return finding_say(f, step->needed ? OUTCOME_UNSUPPORTED : OUTCOME_NOT_MET,
				"'%s' has no attribute '%s'", value, step->left);
		break;
	case CODING_FILL:
		if (fill(value, &made))
			return finding_say(f, OUTCOME_UNKNOWN,
				"'%.80s' is no number from 1 to %d, or makes more than so many letters", value,
				FILL_MOST);
		break;
	}
	map_set(&g->variables, step->name, buf_text(&made));
	return OUTCOME_MET;
}

static int prove_token(const struct player *p, const struct scenario_account *account, const char *mechanism,
	const char *token, struct buf *initial, struct buf *answer, struct err *e)
{
	BUF_AUTO binding = BUF_INIT, first = BUF_INIT, last = BUF_INIT;
	const char *type = hashed_token_binding(mechanism);
	if (type && *type) {
		AUTO_TEXT fact = memory_printf("binding %s", type);
		device_fact(p->device, fact, &binding);
		if (!binding.len)
			return err_set(e, ERR_UNSUPPORTED, NULL, "this connection has no channel binding %s", type);
	}
	if (hashed_token_prove(mechanism, account->user, token, &binding, &first, &last, e))
		return -1;
	base64_encode(first.data, first.len, initial);
	base64_encode(last.data, last.len, answer);
	return 0;
}

enum outcome texts_prove(struct stage *g, const struct step *step, struct finding *f)
{
	struct err e;
	BUF_AUTO proof = BUF_INIT, signature = BUF_INIT;
	const struct player *p = stage_player(g, step->actor);
	const struct scenario_account *account = &g->accounts[p->actor->account->index];
	AUTO_TEXT text = stage_expand(g, step->right, &e);
	if (!text)
		return finding_error(f, &e);
	if (hashed_token_binding(step->mechanism)
			? prove_token(p, account, step->mechanism, text, &proof, &signature, &e)
			: scram_prove(step->mechanism, account->password, text, &proof, &signature, &e))
		return finding_error(f, &e);
	map_set(&g->variables, step->name, buf_text(&proof));
	map_set(&g->variables, step->left, buf_text(&signature));
	return OUTCOME_MET;
}

enum outcome texts_shake(struct stage *g, const struct step *step, struct finding *f)
{
	struct err e;
	BUF_AUTO handshake = BUF_INIT;
	AUTO_TEXT id = stage_expand(g, step->right, &e);
	if (!id)
		return finding_error(f, &e);
	component_handshake(id, g->systems[SYSTEM_TESTED].target->component->secret, &handshake);
	redact_secret(buf_text(&handshake), NULL);
	map_set(&g->variables, step->name, buf_text(&handshake));
	return OUTCOME_MET;
}

enum outcome texts_sum(struct stage *g, const struct step *step, struct finding *f)
{
	struct err e;
	BUF_AUTO hash = BUF_INIT;
	const struct player *p = stage_player(g, step->actor);
	if (!p->last_got)
		return finding_say(f, OUTCOME_UNKNOWN, "%s has got no stream features yet", p->actor->name);
	if (downgrade_hash(p->last_got, step->sasl2, step->mechanism, &hash, &e))
		return finding_error(f, &e);
	map_set(&g->variables, step->name, buf_text(&hash));
	return OUTCOME_MET;
}
