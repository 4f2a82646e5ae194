#include "run/texts.h"
#include "base/text.h"
#include "xmpp/scram.h"
#include <string.h>

#define FILL_MOST 4000000

enum outcome texts_let(struct stage *g, const struct step *step, struct finding *f)
{
	struct err e;
	AUTO_TEXT value = stage_expand(g, step->right, &e);
	if (!value)
		return finding_error(f, &e);
	BUF_AUTO made = BUF_INIT;
	int64_t count;
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
			return finding_say(f, OUTCOME_NOT_MET, "'%s' has no attribute '%s'", value, step->left);
		break;
	case CODING_FILL:
		if (text_to_number(value, 1, FILL_MOST, &count))
			return finding_say(f, OUTCOME_UNKNOWN, "'%s' is no number from 1 to %d", value, FILL_MOST);
		while (count-- > 0)
			buf_add_char(&made, 'x');
		break;
	}
	map_set(&g->variables, step->name, buf_text(&made));
	return OUTCOME_MET;
}

enum outcome texts_prove(struct stage *g, const struct step *step, struct finding *f)
{
	struct err e;
	BUF_AUTO proof = BUF_INIT, signature = BUF_INIT;
	const char *password = g->accounts[stage_player(g, step->actor)->actor->account->index].password;
	AUTO_TEXT message = stage_expand(g, step->right, &e);
	if (!message || scram_prove(step->mechanism, password, message, &proof, &signature, &e))
		return finding_error(f, &e);
	map_set(&g->variables, step->name, buf_text(&proof));
	map_set(&g->variables, step->left, buf_text(&signature));
	return OUTCOME_MET;
}
