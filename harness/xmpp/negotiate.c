/* From the first header to the goal: RFC 6120 sections 4 to 7, XEP-0198 section 5 for resumption. */
#include "base/text.h"
#include "xmpp/private.h"
#include <stdlib.h>
#include <string.h>

#define BIND_ID    "assay-bind"
#define SESSION_ID "assay-session"

const char *phase_text(enum phase phase)
{
	switch (phase) {
	case PHASE_CONNECT:
		return "while connecting";
	case PHASE_DIRECT_TLS:
	case PHASE_TLS:
		return "in the TLS handshake";
	case PHASE_UPGRADE:
		return "in the opening handshake of WebSocket";
	case PHASE_HEADER:
		return "before its stream header";
	case PHASE_FEATURES:
		return "before its stream features";
	case PHASE_STARTTLS:
		return "after <starttls/>";
	case PHASE_SASL:
	case PHASE_SASL2:
		return "in authentication";
	case PHASE_BIND:
		return "while binding a resource";
	case PHASE_SESSION:
		return "while establishing a session";
	case PHASE_RESUME:
		return "while resuming the session";
	case PHASE_NO_ID:
		return "behind a stream header without an id";
	case PHASE_HANDSHAKE:
		return "after the handshake";
	case PHASE_READY:
		return "without </stream:stream>";
	case PHASE_CLOSING:
	case PHASE_ENDED:
		return "at the end";
	}
	return "";
}

static void say(struct stream *s, struct buf *xml)
{
	stream_write(s, xml);
	buf_cleanse(xml);
}

static void unexpected(struct stream *s, const xmlNode *element)
{
	stream_fail(s, ERR_PROTOCOL, "<%s xmlns='%s'> came, which nobody expects %s", (const char *)element->name,
		xml_ns(element), phase_text(s->phase));
}

/* ---- the header ---- */

void negotiate_header(struct stream *s, const xmlNode *header)
{
	const char *version = xml_attribute(header, "version");
	if (!(s->websocket ? xml_is(header, "open", NS_FRAMING) : xml_is(header, "stream", NS_STREAMS))) {
		stream_fail(s, ERR_PROTOCOL, "it does not speak XMPP: its document is <%s xmlns='%s'>",
			(const char *)header->name, xml_ns(header));
	} else if (s->options.as_component) {
		component_header(s, header);
	} else if (!version || atoi(version) < 1) {
		stream_fail(
			s, ERR_PROTOCOL, "its stream has no version 1.0: it speaks the protocol of before RFC 3920");
	} else if (s->phase == PHASE_HEADER) {
		stream_enter(s, PHASE_FEATURES);
	} else {
		stream_fail(s, ERR_PROTOCOL, "a second stream header came %s", phase_text(s->phase));
	}
}

/* ---- features ---- */

static void add_word(struct buf *words, const char *word)
{
	if (!word || !word[0] || strchr(word, ' ') || words_have(buf_text(words), word))
		return;
	if (words->len)
		buf_add_char(words, ' ');
	buf_add_text(words, word);
}

bool stream_may_log_in(const struct stream *s)
{
	return s->secured || s->options.without_tls != NET_CLEAR_NEVER;
}

static void note_features(struct stream *s, const xmlNode *features)
{
	for (const xmlNode *f = xml_child(features, NULL, NULL); f; f = xml_next(f, NULL, NULL))
		add_word(&s->feature_names, xml_ns(f));
	if (!stream_may_log_in(s))
		return; /* what was said in the clear decides nothing */
	const xmlNode *list = xml_child(features, "mechanisms", NS_SASL);
	for (const xmlNode *m = list ? xml_child(list, "mechanism", NS_SASL) : NULL; m;
		m = xml_next(m, "mechanism", NS_SASL)) {
		AUTO_TEXT name = xml_text(m);
		add_word(&s->mechanisms, name);
	}
	list = xml_child(features, "sasl-channel-binding", NS_CHANNEL_BINDING);
	for (const xmlNode *b = list ? xml_child(list, "channel-binding", NULL) : NULL; b;
		b = xml_next(b, "channel-binding", NULL))
		add_word(&s->binding_types, xml_attribute(b, "type"));
}

static void begin_starttls(struct stream *s, const xmlNode *features)
{
	if (!xml_child(features, "starttls", NS_TLS)) {
		stream_fail(s, ERR_UNSUPPORTED, "the server offers no STARTTLS, and no password is sent without TLS");
		return;
	}
	struct buf xml = BUF_INIT;
	buf_add_text(&xml, "<starttls xmlns='" NS_TLS "'/>");
	stream_enter(s, PHASE_STARTTLS);
	say(s, &xml);
}

static bool demands_tls(const xmlNode *features)
{
	const xmlNode *starttls = xml_child(features, "starttls", NS_TLS);
	return starttls && xml_child(starttls, "required", NS_TLS);
}

static void begin_sasl(struct stream *s)
{
	const struct sasl_offer offer = { buf_text(&s->mechanisms), buf_text(&s->binding_types), !s->secured };
	struct buf initial = BUF_INIT, xml = BUF_INIT;
	struct err e;
	if (!s->options.user || !s->options.password) {
		stream_fail(s, ERR_INTERNAL, "no user name or password to authenticate with");
		return;
	}
	/* What runs in a browser sees no TLS to bind to, so over WebSocket it is bound only where a scenario says so. */
	bool binds = s->connection && (!s->websocket || s->options.mechanism);
	SSL *ssl = binds ? net_ssl(s->connection) : NULL;
	int fault = sasl_begin(
		&s->sasl, &offer, s->options.mechanism, ssl, s->options.user, s->options.password, &initial, &e);
	stream_forget_password(s);
	if (fault) {
		buf_cleanse(&initial);
		e.where[0] = '\0';
		stream_fail_with(s, &e);
		return;
	}
	buf_printf(&xml, "<auth xmlns='" NS_SASL "' mechanism='%s'>", s->sasl.name);
	base64_encode(initial.data, initial.len, &xml);
	buf_add_text(&xml, "</auth>");
	buf_cleanse(&initial);
	stream_enter(s, PHASE_SASL);
	s->sasl_began = clock_now();
	say(s, &xml);
}

static void begin_bind(struct stream *s, const xmlNode *features)
{
	if (!xml_child(features, "bind", NS_BIND)) {
		stream_fail(s, ERR_UNSUPPORTED, "the server offers no binding of a resource");
		return;
	}
	struct buf xml = BUF_INIT;
	buf_add_text(&xml, "<iq xmlns='" NS_CLIENT "' type='set' id='" BIND_ID "'><bind xmlns='" NS_BIND "'>");
	if (s->options.resource) {
		buf_add_text(&xml, "<resource>");
		xml_escape(s->options.resource, &xml);
		buf_add_text(&xml, "</resource>");
	}
	buf_add_text(&xml, "</bind></iq>");
	stream_enter(s, PHASE_BIND);
	say(s, &xml);
}

static void begin_resume(struct stream *s)
{
	if (!s->sm.id) {
		stream_fail(s, ERR_UNSUPPORTED, "there is no session that could be resumed");
		return;
	}
	uint32_t h = s->options.resume_h < 0 ? s->sm.handled : (uint32_t)s->options.resume_h;
	BUF_AUTO xml = BUF_INIT;
	buf_printf(&xml, "<resume xmlns='" NS_SM "' h='%u' previd='", h);
	xml_escape(s->sm.id, &xml);
	buf_add_text(&xml, "'/>");
	stream_enter(s, PHASE_RESUME);
	stream_report_sent(s, xml.data, clock_now());
}

void negotiate_ready(struct stream *s)
{
	s->times.ready = carrier_read_at(s);
	stream_enter(s, PHASE_READY);
}

/* Features after authentication are part of what a scenario may look at. */
static void features_after_authentication(struct stream *s)
{
	stream_hand_over(s, xml_copy(stream_features(s)));
	if (s->phase != PHASE_FEATURES)
		return; /* cut by the owner */
	switch (s->options.goal) {
	case STREAM_GOAL_CONNECTED: /* never come here */
	case STREAM_GOAL_SECURED:
	case STREAM_GOAL_SUCCEEDED:
	case STREAM_GOAL_FEATURES:
	case STREAM_GOAL_AUTHENTICATED:
		negotiate_ready(s);
		break;
	case STREAM_GOAL_BOUND:
		begin_bind(s, stream_features(s));
		break;
	case STREAM_GOAL_RESUMED:
		begin_resume(s);
		break;
	}
}

static void take_features(struct stream *s, xmlDoc *doc)
{
	const xmlNode *features = xml_root(doc);
	if (!xml_is(features, "features", NS_STREAMS)) {
		unexpected(s, features);
		xmlFreeDoc(doc);
		return;
	}
	xmlFreeDoc(s->features);
	s->features = doc;
	note_features(s, features);
	if (!stream_may_log_in(s))
		begin_starttls(s, features);
	else if (!s->secured && demands_tls(features))
		stream_fail(s, ERR_UNSUPPORTED, "the server demands TLS: it offers STARTTLS as required");
	else if (s->authenticated)
		features_after_authentication(s);
	else if (s->options.goal == STREAM_GOAL_FEATURES)
		negotiate_ready(s);
	else if (s->options.token)
		sasl2_begin(s);
	else
		begin_sasl(s);
}

/* ---- TLS ---- */

static void take_starttls_answer(struct stream *s, const xmlNode *element)
{
	if (xml_is(element, "proceed", NS_TLS)) {
		/* RFC 6120 section 5.4.3.3: what came in the clear behind it is worth nothing. */
		xml_reader_reset(s->reader);
		stream_begin_tls(s);
	} else if (xml_is(element, "failure", NS_TLS)) {
		stream_fail(s, ERR_REFUSED, "the server refused STARTTLS");
	} else {
		unexpected(s, element);
	}
}

/* ---- SASL ---- */

int negotiate_decode(const xmlNode *element, struct buf *data, struct err *e)
{
	AUTO_TEXT text = xml_text(element);
	if (!text || !text[0] || text_equal(text, "="))
		return 0;
	if (base64_decode(text, strlen(text), data))
		return err_set(e, ERR_PROTOCOL, NULL, "<%s/> of SASL is not base64", (const char *)element->name);
	return 0;
}

void negotiate_take_failure(struct stream *s, const xmlNode *element)
{
	const xmlNode *text = xml_child(element, "text", NULL); /* SASL2 has one of its own */
	const xmlNode *condition = xml_child(element, NULL, NS_SASL);
	while (condition && xml_is(condition, "text", NS_SASL))
		condition = xml_next(condition, NULL, NS_SASL);
	AUTO_TEXT words = text ? xml_text(text) : NULL;
	stream_fail(s, ERR_REFUSED, "authentication as %s by %s refused: %s%s%s%s", s->options.user, s->sasl.name,
		condition ? (const char *)condition->name : "no condition", words ? " (" : "", words ? words : "",
		words ? ")" : "");
}

static void take_challenge(struct stream *s, const struct buf *data)
{
	struct buf response = BUF_INIT, xml = BUF_INIT;
	struct err e;
	if (sasl_challenge(&s->sasl, data, &response, &e)) {
		stream_fail_with(s, &e);
		return;
	}
	buf_add_text(&xml, "<response xmlns='" NS_SASL "'>");
	base64_encode(response.data, response.len, &xml);
	buf_add_text(&xml, "</response>");
	buf_cleanse(&response);
	say(s, &xml);
}

static void take_success(struct stream *s, const struct buf *data)
{
	struct err e;
	if (sasl_success(&s->sasl, data, &e)) {
		stream_fail_with(s, &e);
		return;
	}
	sasl_release(&s->sasl);
	s->times.authenticated = carrier_read_at(s);
	s->authenticated = true;
	if (s->options.goal == STREAM_GOAL_SUCCEEDED)
		stream_leave_bare(s);
	else
		stream_open_header(s);
}

static void take_sasl(struct stream *s, const xmlNode *element)
{
	BUF_AUTO data = BUF_INIT;
	struct err e;
	if (!xml_is(element, "challenge", NS_SASL))
		s->sasl_took = carrier_read_at(s) - s->sasl_began;
	if (xml_is(element, "failure", NS_SASL)) {
		negotiate_take_failure(s, element);
	} else if (!xml_is(element, "challenge", NS_SASL) && !xml_is(element, "success", NS_SASL)) {
		unexpected(s, element);
	} else if (negotiate_decode(element, &data, &e)) {
		stream_fail_with(s, &e);
	} else if (xml_is(element, "challenge", NS_SASL)) {
		take_challenge(s, &data);
	} else {
		take_success(s, &data);
	}
}

/* ---- binding and resumption ---- */

void negotiate_session_stands(struct stream *s, const char *how)
{
	s->session_stands = true;
	stream_note(s, "%s%s%s, %s as %s", s->sasl.name, s->sasl.binding[0] ? " with " : "", s->sasl.binding, how,
		s->sm.jid);
}

/* Whether it is the answer to the request with this id; an error is told. */
static bool take_answer(struct stream *s, const xmlNode *iq, const char *id, const char *what)
{
	if (!xml_is(iq, "iq", NS_CLIENT) || !text_equal(xml_attribute(iq, "id"), id))
		return false;
	if (text_equal(xml_attribute(iq, "type"), "error")) {
		const char *condition = xml_error_condition(iq, NULL);
		stream_fail(s, ERR_REFUSED, "%s refused: %s", what, condition[0] ? condition : "no condition");
	}
	return true;
}

static void take_bind(struct stream *s, const xmlNode *iq)
{
	const xmlNode *bind = xml_child(iq, "bind", NS_BIND);
	const xmlNode *jid = bind ? xml_child(bind, "jid", NS_BIND) : NULL;
	AUTO_TEXT text = jid ? xml_text(jid) : NULL;
	const char *slash = text ? strchr(text, '/') : NULL;
	if (!slash || !slash[1] || slash == text) {
		stream_fail(s, ERR_PROTOCOL, "the answer to binding holds no full address");
		return;
	}
	sm_session_release(&s->sm);
	s->sm.jid = memory_copy_text(text);
	const xmlNode *session = xml_child(stream_features(s), "session", NS_SESSION);
	if (!session || xml_child(session, "optional", NULL)) {
		negotiate_session_stands(s, "bound");
		negotiate_ready(s);
		return;
	}
	struct buf xml = BUF_INIT;
	buf_add_text(&xml,
		"<iq xmlns='" NS_CLIENT "' type='set' id='" SESSION_ID "'><session xmlns='" NS_SESSION "'/></iq>");
	stream_enter(s, PHASE_SESSION);
	say(s, &xml);
}

/* XEP-0198 section 5: what the server has not counted is not sent again by us, so our count goes on from its. */
static void take_resumed(struct stream *s, xmlDoc *doc)
{
	const xmlNode *element = xml_root(doc);
	const char *h = xml_attribute(element, "h");
	int64_t count;
	if (!h || text_to_number(h, 0, UINT32_MAX, &count)) {
		stream_fail(s, ERR_PROTOCOL, "<resumed/> has no number h");
		xmlFreeDoc(doc);
		return;
	}
	if (s->sm.sent != (uint32_t)count)
		stream_note(
			s, "the server has counted %u of the %u stanzas that were sent", (uint32_t)count, s->sm.sent);
	s->sm.sent = (uint32_t)count;
	negotiate_session_stands(s, "resumed");
	stream_hand_over(s, doc);
	if (s->phase == PHASE_RESUME)
		negotiate_ready(s);
}

static void take_resume_failed(struct stream *s, xmlDoc *doc)
{
	sm_session_release(&s->sm);
	stream_note(s, "the session was not resumed");
	stream_hand_over(s, doc);
	if (s->phase == PHASE_RESUME)
		negotiate_ready(s);
}

/* True when the document was taken. */
static bool take_resume_answer(struct stream *s, xmlDoc *doc)
{
	if (xml_is(xml_root(doc), "resumed", NS_SM))
		take_resumed(s, doc);
	else if (xml_is(xml_root(doc), "failed", NS_SM))
		take_resume_failed(s, doc);
	else
		return false;
	return true;
}

/* Before the session stands a server may already deliver: that is the owner's. */
static void take_early(struct stream *s, xmlDoc *doc)
{
	sm_received(&s->sm, xml_root(doc));
	stream_hand_over(s, doc);
}

void negotiate_element(struct stream *s, xmlDoc *doc)
{
	const xmlNode *element = xml_root(doc);
	switch (s->phase) {
	case PHASE_FEATURES:
		take_features(s, doc);
		return;
	case PHASE_STARTTLS:
		take_starttls_answer(s, element);
		break;
	case PHASE_SASL:
		take_sasl(s, element);
		break;
	case PHASE_SASL2:
		sasl2_take(s, element);
		break;
	case PHASE_BIND:
		if (!take_answer(s, element, BIND_ID, "binding")) {
			take_early(s, doc);
			return;
		}
		if (s->phase == PHASE_BIND)
			take_bind(s, element);
		break;
	case PHASE_SESSION:
		if (!take_answer(s, element, SESSION_ID, "the session")) {
			take_early(s, doc);
			return;
		}
		if (s->phase == PHASE_SESSION) {
			negotiate_session_stands(s, "bound");
			negotiate_ready(s);
		}
		break;
	case PHASE_RESUME:
		if (!take_resume_answer(s, doc))
			take_early(s, doc);
		return;
	case PHASE_HANDSHAKE:
		if (xml_is(element, "handshake", NS_COMPONENT))
			component_shaken(s);
		else
			unexpected(s, element);
		break;
	case PHASE_CONNECT:
	case PHASE_DIRECT_TLS:
	case PHASE_TLS:
	case PHASE_UPGRADE:
	case PHASE_HEADER:
	case PHASE_NO_ID:
	case PHASE_READY:
	case PHASE_CLOSING:
	case PHASE_ENDED:
		unexpected(s, element);
		break;
	}
	xmlFreeDoc(doc);
}
