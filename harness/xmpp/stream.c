#include "base/text.h"
#include "xmpp/bosh.h"
#include "xmpp/private.h"
#include "xmpp/websocket.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BANNER_SHOWN 60 /* bytes of what is not XMPP, in an error */

/* ---- the owner ---- */

static enum stream_state state_of(enum phase phase)
{
	if (phase < PHASE_READY)
		return STREAM_OPENING;
	if (phase == PHASE_READY)
		return STREAM_READY;
	return phase == PHASE_CLOSING ? STREAM_CLOSING : STREAM_ENDED;
}

void stream_note(struct stream *s, const char *format, ...)
{
	if (!s->callbacks.note)
		return;
	BUF_AUTO text = BUF_INIT;
	va_list args;
	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	s->callbacks.note(s->context, buf_text(&text));
}

void stream_enter(struct stream *s, enum phase phase)
{
	enum stream_state before = state_of(s->phase), after = state_of(phase);
	s->phase = phase;
	if (phase < PHASE_READY) {
		char text[160];
		snprintf(text, sizeof text, "timed out %s", phase_text(phase));
		carrier_limit(s, s->establish_until, text);
	} else if (phase == PHASE_READY) {
		carrier_limit(s, CLOCK_FOREVER, NULL);
	}
	if (before != after && s->callbacks.changed)
		s->callbacks.changed(s->context, after);
}

static void write_close(struct stream *s)
{
	carrier_write_end(s);
	s->close_sent = true;
}

/* What is left to do when a stream is over, for good or ill. */
static void end(struct stream *s)
{
	sasl_release(&s->sasl);
	if (carrier_is_up(s) && s->stream_open && !s->close_sent)
		write_close(s);
	carrier_let_go(s);
	stream_enter(s, PHASE_ENDED);
}

void stream_fail_with(struct stream *s, const struct err *e)
{
	if (s->phase == PHASE_ENDED)
		return;
	if (s->error.class == ERR_NONE) {
		s->error = *e;
		if (!s->error.where[0])
			snprintf(s->error.where, sizeof s->error.where, "%s", s->where ? s->where : s->options.domain);
	}
	end(s);
}

void stream_fail(struct stream *s, enum err_class class, const char *format, ...)
{
	struct err e;
	char text[sizeof e.message];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	err_set(&e, class, NULL, "%s", text);
	e.where[0] = '\0';
	stream_fail_with(s, &e);
}

void stream_hand_over(struct stream *s, xmlDoc *doc)
{
	if (s->callbacks.received)
		s->callbacks.received(s->context, doc, carrier_read_at(s));
	else
		xmlFreeDoc(doc);
}

/* ---- beginning ---- */

struct stream *stream_new(
	struct loop *l, const struct stream_options *options, const struct stream_callbacks *callbacks, void *context)
{
	struct stream *s = memory_alloc(sizeof *s);
	s->loop = l;
	s->callbacks = *callbacks;
	s->context = context;
	s->answer_acks = true;
	s->sasl_took = -1;
	stream_copy_options(&s->options, options);
	if (options->token)
		stream_token_copy(&s->token, options->token);
	s->options.token = options->token ? &s->token : NULL;
	if (options->resume)
		sm_session_copy(&s->sm, options->resume);
	s->times.began = clock_now();
	s->establish_until = s->times.began + s->options.establish_limit;
	s->reader = xml_reader_new(&s->options.limits);
	carrier_start(s);
	return s;
}

void stream_free(struct stream *s)
{
	if (!s)
		return;
	stream_cut(s);
	bosh_free(s->bosh);
	websocket_free(s->websocket);
	stream_forget_password(s);
	free((char *)s->options.own_domain);
	free((char *)s->options.user);
	free((char *)s->options.domain);
	free((char *)s->options.resource);
	free((char *)s->options.host);
	free((char *)s->options.ca_file);
	free((char *)s->options.url);
	free((char *)s->options.mechanism);
	xml_reader_free(s->reader);
	xmlFreeDoc(s->features);
	buf_release(&s->mechanisms);
	buf_release(&s->binding_types);
	buf_release(&s->feature_names);
	sasl_release(&s->sasl);
	sm_session_release(&s->sm);
	stream_token_release(&s->token);
	buf_cleanse(&s->proof);
	free(s->where);
	free(s);
}

/* ---- what comes ---- */

/* A banner of another protocol would only puzzle the XML parser. */
static bool speaks_something_else(struct stream *s, const struct buf *input)
{
	size_t blank = input->len ? strspn(input->data, " \t\r\n") : 0;
	if (s->header_began || blank == input->len)
		return false;
	s->header_began = true;
	if (input->data[blank] == '<')
		return false;
	BUF_AUTO text = BUF_INIT;
	for (size_t i = blank; i < input->len && text.len < BANNER_SHOWN; i++) {
		if (input->data[i] == '\r' || input->data[i] == '\n')
			break;
		buf_add_char(&text, input->data[i] >= ' ' && input->data[i] < 127 ? input->data[i] : '.');
	}
	stream_fail(s, ERR_PROTOCOL, "it does not speak XMPP, it sent '%s'", buf_text(&text));
	return true;
}

static void stream_error_came(struct stream *s, xmlDoc *doc)
{
	const xmlNode *error = xml_root(doc);
	const xmlNode *text = xml_child(error, "text", NS_STREAM_ERRORS);
	AUTO_TEXT words = text ? xml_text(text) : NULL;
	const char *condition = xml_error_condition(error, NULL);
	struct err e;
	err_set(&e, ERR_REFUSED, s->where, "stream error: %s%s%s%s",
		condition[0] ? condition : "of no defined condition", words ? " (" : "", words ? words : "",
		words ? ")" : "");
	stream_hand_over(s, doc);
	if (!s->bare)
		stream_fail_with(s, &e);
	else if (s->error.class == ERR_NONE)
		s->error = e; /* the owner waits for the end that must follow (RFC 6120 section 4.9.1.1) */
}

static void answer_ack(struct stream *s)
{
	AUTO_TEXT xml = memory_printf("<a xmlns='" NS_SM "' h='%u'/>", s->sm.handled);
	stream_report_sent(s, xml, clock_now());
}

void stream_take_element(struct stream *s, xmlDoc *doc)
{
	const xmlNode *element = xml_root(doc);
	if (xml_is(element, "error", NS_STREAMS)) {
		stream_error_came(s, doc);
		return;
	}
	if (s->phase < PHASE_READY) {
		negotiate_element(s, doc);
		return;
	}
	if (s->options.as_component && !s->bare && !component_takes(s, xml_root(doc))) {
		xmlFreeDoc(doc);
		return;
	}
	bool ask = sm_received(&s->sm, element);
	stream_hand_over(s, doc);
	if (ask && s->answer_acks && s->phase == PHASE_READY)
		answer_ack(s);
}

void stream_take_close(struct stream *s)
{
	s->close_received = true;
	if (s->phase < PHASE_READY)
		stream_fail(s, ERR_CONNECTION, "the server closed the stream %s", phase_text(s->phase));
	else
		end(s);
}

static void take_event(struct stream *s, struct xml_event *event)
{
	switch (event->kind) {
	case XML_STREAM_OPEN:
		s->stream_open = true;
		if (s->bare) {
			stream_hand_over(s, event->doc);
			break;
		}
		negotiate_header(s, xml_root(event->doc));
		xmlFreeDoc(event->doc);
		break;
	case XML_STANZA:
		stream_take_element(s, event->doc);
		break;
	case XML_STREAM_CLOSE:
		stream_take_close(s);
		break;
	}
}

void stream_refuse(struct stream *s, const char *condition, struct err *why)
{
	if (carrier_is_up(s) && s->stream_open && !s->close_sent && !s->bare) {
		AUTO_TEXT error = memory_printf("<stream:error xmlns:stream='" NS_STREAMS
						"'><%s xmlns='" NS_STREAM_ERRORS "'/></stream:error>",
			condition);
		carrier_write(s, error, strlen(error));
	}
	why->where[0] = '\0';
	stream_fail_with(s, why);
}

static void take_data(struct stream *s)
{
	struct buf *input = net_input(s->connection);
	struct err e;
	if (speaks_something_else(s, input))
		return;
	int fault = xml_reader_feed(s->reader, input->data, input->len, &e);
	buf_clear(input);
	struct xml_event event;
	while (xml_reader_next(s->reader, &event)) {
		if (s->phase == PHASE_ENDED)
			xmlFreeDoc(event.doc);
		else
			take_event(s, &event);
	}
	if (fault && s->phase != PHASE_ENDED)
		stream_refuse(s, xml_reader_condition(s->reader), &e);
}

void stream_connection_closed(struct stream *s)
{
	s->ended_without_tag = true;
	if (s->phase == PHASE_CLOSING) {
		stream_note(s, "the server closed the connection without </stream:stream>");
		end(s);
	} else {
		stream_fail(s, ERR_CONNECTION, "the server closed the connection %s", phase_text(s->phase));
	}
}

void stream_went_wrong(struct stream *s, const struct err *e)
{
	if (s->phase == PHASE_CLOSING) {
		stream_note(s, "%s", e->message);
		end(s);
	} else {
		s->ended_without_tag = true;
		stream_fail_with(s, e);
	}
}

static void connection_failed(struct stream *s)
{
	struct err e = *net_error(s->connection);
	if (s->phase == PHASE_CONNECT && s->place + 1 < s->place_count && clock_now() < s->establish_until) {
		carrier_let_go(s);
		s->place++;
		stream_connect_place(s);
	} else {
		stream_went_wrong(s, &e);
	}
}

void stream_leave_bare(struct stream *s)
{
	s->bare = true;
	xml_reader_reset(s->reader);
	stream_enter(s, PHASE_READY);
}

static void begin_in_the_clear(struct stream *s)
{
	stream_note(s, "connected to %s, without TLS", net_peer(s->connection));
	if (s->websocket)
		carrier_ask_upgrade(s);
	else if (s->options.goal <= STREAM_GOAL_SECURED)
		stream_leave_bare(s);
	else
		stream_open_header(s);
}

static void connected(struct stream *s)
{
	s->times.connected = clock_now();
	if (s->options.without_tls == NET_CLEAR_ON_LOOPBACK && !net_is_on_loopback(s->connection))
		stream_fail(s, ERR_USAGE, "%s", NET_NOT_LOOPBACK);
	else if (s->options.without_tls != NET_CLEAR_NEVER)
		begin_in_the_clear(s);
	else if (s->options.transport != TRANSPORT_STARTTLS)
		stream_begin_tls(s);
	else if (s->options.goal == STREAM_GOAL_CONNECTED)
		stream_leave_bare(s);
	else
		stream_open_header(s);
}

static void note_secured(struct stream *s, const char *peer, const char *version, const char *cipher)
{
	snprintf(s->tls_version, sizeof s->tls_version, "%s", version);
	snprintf(s->tls_cipher, sizeof s->tls_cipher, "%s", cipher);
	stream_note(s, "connected to %s, %s, %s", peer, version, cipher);
}

void stream_web_began(struct stream *s, const char *tls_version, const char *tls_cipher)
{
	s->stream_open = true;
	if (s->secured)
		note_secured(s, s->where, tls_version, tls_cipher);
	else
		stream_note(s, "connected to %s, without TLS", s->where);
}

static void secured(struct stream *s, struct connection *c)
{
	s->secured = true;
	s->times.secured = clock_now();
	s->certificate_asked = net_certificate_asked(c);
	note_secured(s, net_peer(c), SSL_get_version(net_ssl(c)), SSL_get_cipher_name(net_ssl(c)));
	if (s->websocket)
		carrier_ask_upgrade(s);
	else if (s->bare || s->options.goal <= STREAM_GOAL_SECURED)
		stream_leave_bare(s);
	else
		stream_open_header(s);
}

void stream_on_net(struct connection *c, enum net_event event, void *context)
{
	struct stream *s = context;
	switch (event) {
	case NET_CONNECTED:
		connected(s);
		break;
	case NET_SECURED:
		secured(s, c);
		break;
	case NET_DATA:
		if (s->websocket)
			carrier_take_frames(s);
		else
			take_data(s);
		break;
	case NET_CLOSED:
		stream_connection_closed(s);
		break;
	case NET_FAILED:
		connection_failed(s);
		break;
	}
}

/* ---- what is sent ---- */

void stream_write(struct stream *s, const struct buf *bytes)
{
	carrier_write(s, buf_text(bytes), bytes->len);
}

void stream_report_sent(struct stream *s, const char *xml, int64_t when)
{
	struct err e;
	stream_send_raw(s, xml, strlen(xml));
	xmlDoc *doc = s->callbacks.sent ? xml_parse(xml, strlen(xml), &e) : NULL;
	if (doc)
		s->callbacks.sent(s->context, xml_root(doc), when);
	xmlFreeDoc(doc);
}

void stream_send(struct stream *s, const xmlNode *element)
{
	if (!carrier_is_up(s) || s->close_sent)
		return;
	BUF_AUTO bytes = BUF_INIT;
	xmlDoc *translated = s->options.as_component && !s->bare ? component_sends(element) : NULL;
	xml_print(translated ? xml_root(translated) : element, &bytes);
	xmlFreeDoc(translated);
	int64_t when = clock_now();
	stream_write(s, &bytes);
	sm_sent(&s->sm, element);
	if (s->callbacks.sent)
		s->callbacks.sent(s->context, element, when);
}

void stream_send_raw(struct stream *s, const char *bytes, size_t length)
{
	if (!s->close_sent)
		carrier_write(s, bytes, length);
}

void stream_close(struct stream *s)
{
	if (s->phase == PHASE_ENDED || s->phase == PHASE_CLOSING)
		return;
	if (!carrier_is_up(s) || !s->stream_open) {
		end(s);
		return;
	}
	write_close(s);
	carrier_limit(s, clock_now() + s->options.close_limit, "the server did not answer the end of the stream");
	stream_enter(s, PHASE_CLOSING);
}

void stream_cut(struct stream *s)
{
	carrier_cut(s);
	s->phase = PHASE_ENDED;
}

void stream_secure(struct stream *s)
{
	if (!s->connection || !s->bare || s->secured || s->options.as_component)
		return;
	s->establish_until = clock_now() + s->options.establish_limit;
	xml_reader_reset(s->reader);
	stream_begin_tls(s);
}

void stream_restart(struct stream *s)
{
	if (s->bare)
		xml_reader_reset(s->reader);
}

/* ---- looking ---- */

void stream_answer_acks(struct stream *s, bool by_itself)
{
	s->answer_acks = by_itself;
}

enum stream_state stream_state(const struct stream *s)
{
	return state_of(s->phase);
}

const struct err *stream_error(const struct stream *s)
{
	return &s->error;
}

const char *stream_ending(const struct stream *s)
{
	return s->close_received ? "tag" : s->ended_without_tag ? "connection" : "";
}

const char *stream_jid(const struct stream *s)
{
	return s->session_stands ? s->sm.jid : NULL;
}

int64_t stream_sasl_took(const struct stream *s)
{
	return s->sasl_took;
}

const struct stream_times *stream_times(const struct stream *s)
{
	return &s->times;
}

const char *stream_mechanism(const struct stream *s)
{
	return s->authenticated ? s->sasl.name : "";
}

const char *stream_tls_version(const struct stream *s)
{
	return s->tls_version;
}

const char *stream_tls_cipher(const struct stream *s)
{
	return s->tls_cipher;
}

const char *stream_tls_number(const struct stream *s)
{
	static const char *const numbers[][2] = { { "TLSv1.3", "0304" }, { "TLSv1.2", "0303" }, { "TLSv1.1", "0302" },
		{ "TLSv1", "0301" } };
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		if (text_equal(s->tls_version, numbers[i][0]))
			return numbers[i][1];
	return "";
}

void stream_binding(const struct stream *s, const char *type, struct buf *out)
{
	SSL *ssl = s->connection ? net_ssl(s->connection) : NULL;
	if (ssl)
		channel_binding(ssl, type, out);
}

const char *stream_tls_asked(const struct stream *s)
{
	return !s->secured || !s->connection ? "" : s->certificate_asked ? "yes" : "no";
}

const xmlNode *stream_features(const struct stream *s)
{
	return s->features ? xml_root(s->features) : NULL;
}

const char *stream_mechanisms(const struct stream *s)
{
	return buf_text(&s->mechanisms);
}

const char *stream_binding_types(const struct stream *s)
{
	return buf_text(&s->binding_types);
}

const char *stream_feature_names(const struct stream *s)
{
	return buf_text(&s->feature_names);
}

const struct sm_session *stream_sm(const struct stream *s)
{
	return &s->sm;
}

const struct stream_token *stream_token(const struct stream *s)
{
	return s->options.token;
}

void stream_forget_secrets(void)
{
	scram_forget_keys();
}
