/* Login by SASL2 (XEP-0388) with a token (FAST, XEP-0484) and, where the server has it, a resource bound in the same request
 * (Bind 2, XEP-0386). */
#include "base/text.h"
#include "base/uuid.h"
#include "xmpp/hashed_token.h"
#include "xmpp/private.h"
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NS_BIND2 "urn:xmpp:bind:0"
#define NS_FAST  "urn:xmpp:fast:0"

/* ---- tokens ---- */

void stream_token_init(struct stream_token *t)
{
	*t = (struct stream_token){ .mechanism = NULL };
	uuid_make(t->agent);
}

void stream_token_release(struct stream_token *t)
{
	if (t->secret)
		OPENSSL_cleanse(t->secret, strlen(t->secret));
	free(t->secret);
	free(t->mechanism);
	*t = (struct stream_token){ .mechanism = NULL };
}

void stream_token_copy(struct stream_token *to, const struct stream_token *from)
{
	if (to == from)
		return;
	stream_token_release(to);
	*to = *from;
	to->mechanism = memory_copy_text(from->mechanism);
	to->secret = memory_copy_text(from->secret);
}

/* ---- what the server offers ---- */

static SSL *channel(const struct stream *s)
{
	return s->connection && !s->websocket ? net_ssl(s->connection) : NULL;
}

/* The data that a mechanism binds to; false where this connection has none of its kind. */
static bool can_bind(const struct stream *s, const char *mechanism, struct buf *data)
{
	const char *type = hashed_token_binding(mechanism);
	return type && (!type[0] || channel_binding(channel(s), type, data));
}

/* The mechanism to ask a token for: one that binds it to the channel, where both have such a one. free(); NULL where there is none. */
static char *choose_mechanism(const struct stream *s, const xmlNode *fast)
{
	static const char *const known[] = { "HT-SHA-256-EXPR", "HT-SHA-256-ENDP", "HT-SHA-256-UNIQ",
		"HT-SHA-256-NONE" };
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		for (const xmlNode *m = xml_child(fast, "mechanism", NS_FAST); m;
			m = xml_next(m, "mechanism", NS_FAST)) {
			AUTO_TEXT name = xml_text(m);
			BUF_AUTO data = BUF_INIT;
			if (text_equal(name, known[i]) && can_bind(s, name, &data))
				return memory_copy_text(name);
		}
	return NULL;
}

static void add_mechanisms(const xmlNode *authentication, struct buf *words)
{
	for (const xmlNode *m = xml_child(authentication, "mechanism", NS_SASL2); m;
		m = xml_next(m, "mechanism", NS_SASL2)) {
		AUTO_TEXT name = xml_text(m);
		if (name && !strchr(name, ' '))
			buf_printf(words, "%s%s", words->len ? " " : "", name);
	}
}

/* ---- the request ---- */

static int prove_password(struct stream *s, const xmlNode *authentication, struct buf *initial, struct err *e)
{
	BUF_AUTO words = BUF_INIT;
	add_mechanisms(authentication, &words);
	const struct sasl_offer offer = { buf_text(&words), buf_text(&s->binding_types), false };
	if (!s->options.user || !s->options.password)
		return err_set(e, ERR_INTERNAL, NULL, "no user name or password to authenticate with");
	return sasl_begin(
		&s->sasl, &offer, s->options.mechanism, channel(s), s->options.user, s->options.password, initial, e);
}

static int prove_token(struct stream *s, struct buf *initial, struct err *e)
{
	BUF_AUTO data = BUF_INIT;
	struct stream_token *t = &s->token;
	if (!can_bind(s, t->mechanism, &data))
		return err_set(e, ERR_UNSUPPORTED, NULL, "this connection has nothing that a token of %s is bound to",
			t->mechanism);
	t->used++;
	snprintf(s->sasl.name, sizeof s->sasl.name, "%s", t->mechanism);
	return hashed_token_prove(t->mechanism, s->options.user, t->secret, &data, initial, &s->proof, e);
}

static void add_wishes(const struct stream *s, const xmlNode *inside, bool by_token, struct buf *xml)
{
	buf_printf(xml, "<user-agent id='%s'><software>Assay</software></user-agent>", s->token.agent);
	if (xml_child(inside, "bind", NS_BIND2)) {
		buf_add_text(xml, "<bind xmlns='" NS_BIND2 "'><tag>");
		xml_escape(s->options.resource ? s->options.resource : "assay", xml);
		buf_add_text(xml, "</tag></bind>");
	}
	if (by_token)
		buf_printf(xml, "<fast xmlns='" NS_FAST "' count='%u'/>", s->token.used);
	else
		buf_printf(xml, "<request-token xmlns='" NS_FAST "' mechanism='%s'/>", s->token.mechanism);
}

void sasl2_begin(struct stream *s)
{
	const xmlNode *authentication = xml_child(stream_features(s), "authentication", NS_SASL2);
	const xmlNode *inside = authentication ? xml_child(authentication, "inline", NS_SASL2) : NULL;
	const xmlNode *fast = inside ? xml_child(inside, "fast", NS_FAST) : NULL;
	bool by_token = s->token.secret != NULL;
	struct buf initial = BUF_INIT, xml = BUF_INIT;
	struct err e;
	if (!s->secured) {
		stream_fail(s, ERR_UNSUPPORTED, "a token is used over TLS only (XEP-0484)");
		return;
	}
	if (!authentication || !fast) {
		stream_fail(s, ERR_UNSUPPORTED, "the server offers no %s",
			authentication ? "tokens to log in with (FAST, XEP-0484)" : "SASL2 (XEP-0388)");
		return;
	}
	if (!by_token && !(s->token.mechanism = choose_mechanism(s, fast))) {
		stream_fail(s, ERR_UNSUPPORTED, "the server offers no mechanism for tokens that is known here");
		return;
	}
	int fault = by_token ? prove_token(s, &initial, &e) : prove_password(s, authentication, &initial, &e);
	stream_forget_password(s);
	if (fault) {
		buf_cleanse(&initial);
		e.where[0] = '\0';
		stream_fail_with(s, &e);
		return;
	}
	buf_printf(&xml, "<authenticate xmlns='" NS_SASL2 "' mechanism='%s'><initial-response>", s->sasl.name);
	base64_encode(initial.data, initial.len, &xml);
	buf_add_text(&xml, "</initial-response>");
	buf_cleanse(&initial);
	add_wishes(s, inside, by_token, &xml);
	buf_add_text(&xml, "</authenticate>");
	stream_enter(s, PHASE_SASL2);
	s->sasl_began = clock_now();
	stream_write(s, &xml);
	buf_cleanse(&xml);
}

/* ---- the answers ---- */

static void take_challenge(struct stream *s, const xmlNode *element)
{
	struct buf response = BUF_INIT, xml = BUF_INIT;
	BUF_AUTO data = BUF_INIT;
	struct err e;
	if (s->proof.len) {
		stream_fail(s, ERR_PROTOCOL, "a challenge came in answer to a token, which has none");
		return;
	}
	if (negotiate_decode(element, &data, &e) || sasl_challenge(&s->sasl, &data, &response, &e)) {
		stream_fail_with(s, &e);
		return;
	}
	buf_add_text(&xml, "<response xmlns='" NS_SASL2 "'>");
	base64_encode(response.data, response.len, &xml);
	buf_add_text(&xml, "</response>");
	buf_cleanse(&response);
	stream_write(s, &xml);
	buf_cleanse(&xml);
}

/* That the server knows what we know. */
static int check_server(struct stream *s, const xmlNode *success, struct err *e)
{
	const xmlNode *additional = xml_child(success, "additional-data", NS_SASL2);
	BUF_AUTO data = BUF_INIT;
	if (additional && negotiate_decode(additional, &data, e))
		return -1;
	if (!s->proof.len)
		return sasl_success(&s->sasl, &data, e);
	if (data.len == s->proof.len && CRYPTO_memcmp(data.data, s->proof.data, data.len) == 0)
		return 0;
	return err_set(e, ERR_PROTOCOL, NULL, "the server does not prove that it knows the token (XEP-0484)");
}

static void keep_token(struct stream *s, const xmlNode *success)
{
	const xmlNode *token = xml_child(success, "token", NS_FAST);
	const char *secret = token ? xml_attribute(token, "token") : NULL;
	if (!secret)
		return;
	if (s->token.secret)
		OPENSSL_cleanse(s->token.secret, strlen(s->token.secret));
	free(s->token.secret);
	s->token.secret = memory_copy_text(secret);
	s->token.used = 0;
}

static void take_success(struct stream *s, const xmlNode *success)
{
	struct err e;
	const xmlNode *identifier = xml_child(success, "authorization-identifier", NS_SASL2);
	if (check_server(s, success, &e)) {
		stream_fail_with(s, &e);
		return;
	}
	sasl_release(&s->sasl);
	buf_cleanse(&s->proof);
	keep_token(s, success);
	s->times.authenticated = carrier_read_at(s);
	s->authenticated = true;
	if (!xml_child(success, "bound", NS_BIND2)) {
		stream_enter(s, PHASE_FEATURES); /* they follow without a new stream (XEP-0388) */
		return;
	}
	AUTO_TEXT jid = identifier ? xml_text(identifier) : NULL;
	const char *slash = jid ? strchr(jid, '/') : NULL;
	if (!slash || !slash[1] || slash == jid) {
		stream_fail(s, ERR_PROTOCOL, "a resource was bound, but the answer holds no full address");
		return;
	}
	sm_session_release(&s->sm);
	s->sm.jid = memory_copy_text(jid);
	negotiate_session_stands(s, "bound");
	negotiate_ready(s);
}

void sasl2_take(struct stream *s, const xmlNode *element)
{
	bool challenge = xml_is(element, "challenge", NS_SASL2);
	if (!challenge)
		s->sasl_took = carrier_read_at(s) - s->sasl_began;
	if (challenge)
		take_challenge(s, element);
	else if (xml_is(element, "success", NS_SASL2))
		take_success(s, element);
	else if (xml_is(element, "failure", NS_SASL2))
		negotiate_take_failure(s, element);
	else if (xml_is(element, "continue", NS_SASL2))
		stream_fail(s, ERR_UNSUPPORTED, "the server wants more than one proof (XEP-0388)");
	else
		stream_fail(s, ERR_PROTOCOL, "<%s xmlns='%s'> came, which nobody expects %s",
			(const char *)element->name, xml_ns(element), phase_text(s->phase));
}
