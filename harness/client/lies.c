/* What a gateway lies about while a client connects, and whether the client falls for it. */
#include "base/base64.h"
#include "base/text.h"
#include "client/private.h"
#include <string.h>

/* When the client has fallen for a lie: by what it says. */
enum fall {
	FALL_AUTHENTICATES, /* it begins to authenticate */
	FALL_GOES_ON,       /* it says anything after it was told that it is logged in */
	FALL_PROVES,        /* it answers the challenge with its proof */
	FALL_PASSWORD,      /* it begins to authenticate by PLAIN */
};

struct lie {
	const char *name;
	enum fall fall;
	int forgery; /* enum net_forgery, or -1: its certificate is the server's */
};

/* What grows to a hundred million letters where somebody expands it (RFC 6120 section 11.1 forbids the whole). */
#define GROWS(name, before)                                                                                            \
	"<!ENTITY " name " '&" before ";&" before ";&" before ";&" before ";&" before ";&" before ";&" before          \
	";&" before ";&" before ";&" before ";'>"
#define DOCUMENT_TYPE                                                                                                  \
	"<!DOCTYPE stream:stream [<!ENTITY a 'xxxxxxxxxx'>" GROWS("b", "a") GROWS("c", "b") GROWS("d", "c")            \
		GROWS("e", "d") GROWS("f", "e") GROWS("g", "f") GROWS("h", "g") "]>"

static const struct lie lies[] = {
	{ "expired-certificate", FALL_AUTHENTICATES, FORGERY_EXPIRED },
	{ "certificate-of-another", FALL_AUTHENTICATES, FORGERY_OTHER_NAME },
	{ "unknown-authority", FALL_AUTHENTICATES, FORGERY_OTHER_AUTHORITY },
	{ "self-signed-certificate", FALL_AUTHENTICATES, FORGERY_SELF_SIGNED },
	{ LIE_NO_TLS, FALL_AUTHENTICATES, -1 },
	{ LIE_ENTITIES, FALL_AUTHENTICATES, -1 },
	{ LIE_PLAIN_ALONE, FALL_PASSWORD, -1 },
	{ LIE_NONCE, FALL_PROVES, -1 },
	{ LIE_SIGNATURE, FALL_GOES_ON, -1 },
	{ LIE_NO_SIGNATURE, FALL_GOES_ON, -1 },
};

/* ---- telling one ---- */

static const struct lie *find_lie(const char *name)
{
	for (size_t i = 0; name && i < sizeof lies / sizeof *lies; i++)
		if (text_equal(lies[i].name, name))
			return &lies[i];
	return NULL;
}

bool gateway_tells(const char *name)
{
	return find_lie(name) != NULL;
}

int gateway_deceive(struct gateway *g, const char *name, struct err *e)
{
	const struct gateway_options *o = &g->options;
	const struct net_forged of = { o->domain, o->address, o->authority, o->authority_key };
	const struct lie *lie = find_lie(name);
	if (name && !lie)
		return err_set(e, ERR_USAGE, name, "is no lie that a gateway tells");
	struct net_identity *forged = NULL;
	if (lie && lie->forgery >= 0) {
		if (!o->authority || !o->authority_key)
			return err_set(e, ERR_UNSUPPORTED, name,
				"this needs the key of the authority that the client trusts, which fixtures have alone");
		forged = net_identity_forge((enum net_forgery)lie->forgery, &of, e);
		if (!forged)
			return -1;
	}
	gateway_cut(g);
	net_identity_free(g->forged);
	g->forged = forged;
	g->lie = lie;
	g->attempt = ATTEMPT_NONE;
	g->attempts_over = 0;
	buf_clear(&g->deed);
	return 0;
}

enum gateway_attempt gateway_attempt(const struct gateway *g)
{
	return g->attempt;
}

unsigned gateway_attempts_over(const struct gateway *g)
{
	return g->attempts_over;
}

const char *gateway_deed(const struct gateway *g)
{
	return buf_text(&g->deed);
}

bool lie_is(const struct session *s, const char *name)
{
	return s->gateway->lie && text_equal(s->gateway->lie->name, name);
}

/* ---- what becomes of it ---- */

static bool is_open(const struct gateway *g)
{
	return g->lie && (g->attempt == ATTEMPT_NONE || g->attempt == ATTEMPT_MET);
}

static void decide(struct session *s, enum gateway_attempt attempt, const char *what, const char *by)
{
	struct gateway *g = s->gateway;
	if (!is_open(g))
		return;
	g->attempt = attempt;
	buf_printf(&g->deed, "%s%s%s", what, *by ? " by " : "", by);
	gateway_tell(g, GATEWAY_ATTEMPTED);
}

void lie_met(struct session *s)
{
	if (is_open(s->gateway))
		s->gateway->attempt = ATTEMPT_MET;
	s->lied_to = s->gateway->lie != NULL;
}

void lie_over(struct session *s)
{
	if (!s->lied_to || !is_open(s->gateway))
		return;
	s->lied_to = false;
	s->gateway->attempts_over++;
	gateway_tell(s->gateway, GATEWAY_ATTEMPTED);
}

void lie_unfit(struct session *s, const char *why)
{
	decide(s, ATTEMPT_UNFIT, why, "");
}

/* ---- in what the client is told ---- */

static bool is_plain(const char *mechanism)
{
	return text_equal(mechanism, "PLAIN");
}

static void lie_about_mechanisms(struct session *s, xmlNode *features)
{
	if (offers_keep(features, is_plain))
		lie_met(s);
	else if (xml_child(features, "mechanisms", NS_SASL) || xml_child(features, "authentication", NS_SASL2))
		lie_unfit(s, "the server takes no password by PLAIN");
}

const char *lie_document_type(struct session *s)
{
	if (!lie_is(s, LIE_ENTITIES))
		return "";
	lie_met(s);
	return DOCUMENT_TYPE;
}

const char *lie_attribute(const struct session *s)
{
	return lie_is(s, LIE_ENTITIES) ? " bomb='&h;'" : "";
}

static bool is_of_sasl(const xmlNode *element, const char *name)
{
	return xml_is(element, name, NS_SASL) || xml_is(element, name, NS_SASL2);
}

static void set_text(xmlNode *node, const char *text)
{
	xmlNodeSetContent(node, (const xmlChar *)text);
}

/* The client's nonce is at the beginning of the server's (RFC 5802 section 5.1): now it is not. */
static void lie_about_nonce(struct session *s, xmlNode *challenge)
{
	AUTO_TEXT encoded = xml_text(challenge);
	BUF_AUTO message = BUF_INIT, altered = BUF_INIT;
	if (!encoded || base64_decode(encoded, strlen(encoded), &message) || message.len < 4 ||
		!text_starts(buf_text(&message), "r="))
		return;
	message.data[2] = message.data[2] == 'A' ? 'B' : 'A';
	base64_encode(message.data, message.len, &altered);
	set_text(challenge, buf_text(&altered));
	lie_met(s);
}

static void lie_about_signature(struct session *s, xmlNode *success)
{
	xmlNode *place =
		xml_is(success, "success", NS_SASL2) ? xml_child(success, "additional-data", NS_SASL2) : success;
	AUTO_TEXT encoded = place ? xml_text(place) : NULL;
	BUF_AUTO message = BUF_INIT, altered = BUF_INIT;
	if (!encoded || base64_decode(encoded, strlen(encoded), &message) || message.len < 6 ||
		!text_starts(buf_text(&message), "v="))
		return;
	if (lie_is(s, LIE_NO_SIGNATURE)) {
		set_text(place, "");
	} else {
		message.data[2] = message.data[2] == 'A' ? 'B' : 'A';
		base64_encode(message.data, message.len, &altered);
		set_text(place, buf_text(&altered));
	}
	lie_met(s);
}

void lie_to_client(struct session *s, xmlNode *element)
{
	if (!s->gateway->lie)
		return;
	if (lie_is(s, LIE_PLAIN_ALONE) && xml_is(element, "features", NS_STREAMS))
		lie_about_mechanisms(s, element);
	if (lie_is(s, LIE_NONCE) && is_of_sasl(element, "challenge"))
		lie_about_nonce(s, element);
	if ((lie_is(s, LIE_SIGNATURE) || lie_is(s, LIE_NO_SIGNATURE)) && is_of_sasl(element, "success"))
		lie_about_signature(s, element);
}

/* ---- in what the client says ---- */

static bool is_login(const xmlNode *element)
{
	return xml_is(element, "auth", NS_SASL) || xml_is(element, "authenticate", NS_SASL2) ||
		(xml_is(element, "iq", NS_CLIENT) && xml_child(element, "query", "jabber:iq:auth"));
}

static const char *mechanism_of(const xmlNode *login)
{
	const char *name = xml_attribute(login, "mechanism");
	return name ? name : xml_is(login, "iq", NULL) ? "jabber:iq:auth" : "";
}

/* Only SCRAM has a nonce and a signature to lie about. */
static void look_at_mechanism(struct session *s, const char *mechanism)
{
	enum fall fall = s->gateway->lie->fall;
	if ((fall != FALL_GOES_ON && fall != FALL_PROVES) || text_starts(mechanism, "SCRAM-"))
		return;
	if (s->lied_to)
		decide(s, ATTEMPT_STOOD, "it turns to another mechanism", "");
	else
		lie_unfit(s, "it does not authenticate by SCRAM");
}

static bool is_proof(const xmlNode *response)
{
	AUTO_TEXT encoded = xml_text(response);
	BUF_AUTO message = BUF_INIT;
	return encoded && base64_decode(encoded, strlen(encoded), &message) == 0 && strstr(buf_text(&message), ",p=");
}

/* What says one who has seen through a lie about the end of authentication: that it aborts, or an error of the stream. */
static bool is_refusal(const xmlNode *element)
{
	return is_of_sasl(element, "abort") || is_of_sasl(element, "failure") || xml_is(element, "error", NS_STREAMS);
}

/* Whether what the client says is kept from the server, as it has fallen. */
bool lie_hears(struct session *s, const xmlNode *element)
{
	struct gateway *g = s->gateway;
	if (!is_open(g))
		return false;
	if (is_login(element))
		look_at_mechanism(s, mechanism_of(element));
	if (!s->lied_to || !is_open(g))
		return false;
	switch (g->lie->fall) {
	case FALL_AUTHENTICATES:
		if (is_login(element))
			decide(s, ATTEMPT_FELL, "it authenticates", mechanism_of(element));
		break;
	case FALL_PASSWORD:
		if (is_login(element) && text_equal(mechanism_of(element), "PLAIN"))
			decide(s, ATTEMPT_FELL, "it authenticates", "PLAIN");
		break;
	case FALL_PROVES:
		if (is_of_sasl(element, "response") && is_proof(element))
			decide(s, ATTEMPT_FELL, "it answers the challenge with its proof", "");
		break;
	case FALL_GOES_ON:
		if (is_refusal(element))
			decide(s, ATTEMPT_STOOD, "it says that something is wrong", "");
		else
			decide(s, ATTEMPT_FELL, "it goes on as if it were logged in", "");
		break;
	}
	return g->attempt == ATTEMPT_FELL;
}

/* Where a stream would begin, one who has seen through the lie may still say that something is wrong. */
bool lie_hears_header(struct session *s)
{
	bool refusal = is_refusal(xml_root(s->header));
	if (!s->lied_to || !is_open(s->gateway) || s->gateway->lie->fall != FALL_GOES_ON)
		return !refusal;
	if (refusal)
		decide(s, ATTEMPT_STOOD, "it says that something is wrong", "");
	else
		decide(s, ATTEMPT_FELL, "it begins a new stream as if it were logged in", "");
	return !refusal;
}
