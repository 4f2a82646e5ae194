#include "xmpp/bosh.h"
#include "base/text.h"
#include "net/http.h"
#include "xmpp/private.h"
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NS_HTTPBIND "http://jabber.org/protocol/httpbind"
#define NS_XBOSH    "urn:xmpp:xbosh"
#define WAIT        60 /* seconds that the server may hold a request */
/* Two requests go over two connections, and a server may see the second one first. It must put them in order (XEP-0124 section
 * 14.2), but ejabberd 23.01 leaves the one that came too early until it has something to say in answer to the other, and for ever where
 * WAIT passes first. So a request gets a start before the next, counted from its last byte: some of the longest times that this
 * session's answers took, within these bounds. */
#define START_LEAST (30 * CLOCK_MILLISECOND)
#define START_MOST  (1 * CLOCK_SECOND)
#define START_TIMES 4
enum { ALARM_LIMIT, ALARM_START };

struct bosh {
	struct stream *stream;
	struct http *http;
	char *sid;                  /* NULL before there is a session */
	uint64_t rid;               /* of the next request */
	unsigned requests;          /* how many may be under way at once */
	struct vec under_way;       /* struct request *, in the order in which they were sent */
	struct buf queue;           /* elements that wait for a request to carry them */
	bool restart;               /* a request to begin anew waits */
	bool terminate, terminated; /* the end waits to be sent, was sent */
	bool over;
	int64_t read_at;
	int64_t slowest; /* the longest time from a request to the answer that it made the server give, ns */
	char limit_text[160];
};

struct request {
	struct bosh *bosh;
	bool last; /* carried our termination */
	bool answered;
	int64_t sent_at; /* CLOCK_FOREVER before */
	long status;
	int64_t when;
	struct buf body;
	struct err error;
};

static void may_send(void *context);

/* ---- what is sent ---- */

static http_callback answered;

static int64_t start_of(const struct bosh *b)
{
	int64_t span = START_TIMES * b->slowest;
	return span < START_LEAST ? START_LEAST : span > START_MOST ? START_MOST : span;
}

static void sent(void *context)
{
	struct request *r = context;
	r->sent_at = clock_now();
	may_send(r->bosh); /* not yet: this sees to it that it is tried again in time */
}

static void send_body(struct bosh *b, const struct buf *body, bool last)
{
	struct request *r = memory_alloc(sizeof *r);
	r->bosh = b;
	r->last = last;
	r->sent_at = CLOCK_FOREVER;
	vec_push(&b->under_way, r);
	http_request(b->http, buf_text(body), body->len, answered, sent, r);
}

static void begin_body(struct bosh *b, struct buf *out)
{
	buf_printf(out, "<body xmlns='" NS_HTTPBIND "' rid='%llu'", (unsigned long long)b->rid++);
	if (!b->sid)
		return;
	buf_add_text(out, " sid='");
	xml_escape(b->sid, out);
	buf_add_char(out, '\'');
}

static void add_names(struct bosh *b, struct buf *out)
{
	const struct stream_options *o = &b->stream->options;
	buf_add_text(out, " to='");
	xml_escape(o->domain, out);
	buf_add_text(out, "' xml:lang='en' xmlns:xmpp='" NS_XBOSH "'");
}

/* XEP-0124 section 7.1, XEP-0206 section 3. */
static void ask_for_session(struct bosh *b)
{
	BUF_AUTO body = BUF_INIT;
	begin_body(b, &body);
	add_names(b, &body);
	buf_printf(&body, " content='text/xml; charset=utf-8' hold='1' wait='%d' ver='1.6' xmpp:version='1.0'", WAIT);
	if (b->stream->options.user && b->stream->secured) { /* RFC 6120 section 4.7.1 */
		buf_add_text(&body, " from='");
		xml_escape(b->stream->options.user, &body);
		buf_add_char(&body, '@');
		xml_escape(b->stream->options.domain, &body);
		buf_add_char(&body, '\'');
	}
	buf_add_text(&body, "/>");
	send_body(b, &body, false);
}

static void send_restart(struct bosh *b)
{
	BUF_AUTO body = BUF_INIT;
	begin_body(b, &body);
	add_names(b, &body);
	buf_add_text(&body, " xmpp:restart='true'/>");
	b->restart = false;
	send_body(b, &body, false);
}

static void send_queue(struct bosh *b)
{
	BUF_AUTO body = BUF_INIT;
	begin_body(b, &body);
	b->terminated = b->terminate;
	buf_add_text(&body, b->terminate ? " type='terminate'>" : ">");
	buf_add(&body, buf_text(&b->queue), b->queue.len);
	buf_add_text(&body, "</body>");
	buf_clear(&b->queue);
	send_body(b, &body, b->terminate);
	buf_cleanse(&body);
}

/* Sends what waits, as far as the server takes requests, and sees that it holds one. */
static void pump(struct bosh *b)
{
	if (b->over || !b->sid || b->terminated || b->under_way.count >= b->requests)
		return;
	if (b->under_way.count) {
		const struct request *newest = b->under_way.items[b->under_way.count - 1];
		if (newest->sent_at == CLOCK_FOREVER)
			return;
		if (clock_now() < newest->sent_at + start_of(b)) {
			http_alarm(b->http, ALARM_START, newest->sent_at + start_of(b), may_send, b);
			return;
		}
	}
	if (b->restart)
		send_restart(b);
	else if (b->queue.len || b->terminate || !b->under_way.count)
		send_queue(b);
}

static void may_send(void *context)
{
	pump(context);
}

/* ---- what comes ---- */

static void refuse_session(struct bosh *b, const char *condition)
{
	b->over = true;
	if (condition)
		stream_fail(b->stream, ERR_REFUSED, "the server ended the session: %s", condition);
	else
		stream_take_close(b->stream);
}

static void session_began(struct bosh *b, const xmlNode *body)
{
	struct stream *s = b->stream;
	const char *sid = xml_attribute(body, "sid"), *requests = xml_attribute(body, "requests");
	int64_t number;
	if (!sid || !sid[0]) {
		stream_fail(s, ERR_PROTOCOL, "its answer names no session (XEP-0124 section 7.2)");
		return;
	}
	b->sid = memory_copy_text(sid);
	b->requests = requests && !text_to_number(requests, 1, 100, &number) ? (unsigned)number : 2;
	stream_web_began(s, http_tls_version(b->http), http_tls_cipher(b->http));
}

/* The attributes of a body; false where nothing in it counts any more. */
static bool take_body(struct bosh *b, const xmlNode *body)
{
	if (!xml_is(body, "body", NS_HTTPBIND)) {
		stream_fail(b->stream, ERR_PROTOCOL, "it does not speak BOSH: its answer is <%s xmlns='%s'>",
			(const char *)body->name, xml_ns(body));
		return false;
	}
	if (!b->sid && !text_equal(xml_attribute(body, "type"), "terminate"))
		session_began(b, body);
	return !b->over;
}

static void take_events(struct bosh *b, struct xml_reader *reader)
{
	struct xml_event event;
	bool first = true, counts = true, ended = false;
	char *condition = NULL;
	while (xml_reader_next(reader, &event)) {
		if (!counts || b->over || event.kind == XML_STREAM_CLOSE) {
			xmlFreeDoc(event.doc);
		} else if (first) {
			const xmlNode *body = xml_root(event.doc);
			counts = take_body(b, body);
			ended = text_equal(xml_attribute(body, "type"), "terminate");
			condition = memory_copy_text(xml_attribute(body, "condition"));
			xmlFreeDoc(event.doc);
		} else {
			stream_take_element(b->stream, event.doc);
		}
		first = false;
	}
	if (ended && counts && !b->over)
		refuse_session(b, condition);
	free(condition);
}

static void take_answer(struct bosh *b, const struct request *r)
{
	struct err e;
	b->read_at = r->when;
	if (r->error.class != ERR_NONE) {
		stream_went_wrong(b->stream, &r->error);
		return;
	}
	if (r->status != 200) {
		stream_fail(b->stream, ERR_CONNECTION, "the server refuses BOSH here: HTTP %ld", r->status);
		return;
	}
	struct xml_reader *reader = xml_reader_new(&b->stream->options.limits);
	int fault = xml_reader_feed(reader, buf_text(&r->body), r->body.len, &e);
	take_events(b, reader);
	xml_reader_free(reader);
	if (fault && !b->over) {
		e.where[0] = '\0';
		stream_fail_with(b->stream, &e);
	} else if (r->last && !b->over) {
		b->over = true;
		stream_take_close(b->stream);
	}
}

static void request_free(struct request *r)
{
	buf_release(&r->body);
	free(r);
}

/* An answer that a later request brought about, or that to the request for a session, which is never held, shows how long the
 * server takes; any other may have waited for something to say. */
static void note_time(struct bosh *b, const struct request *answered_one, int64_t when)
{
	const struct request *newest = b->under_way.items[b->under_way.count - 1];
	if (newest->sent_at != CLOCK_FOREVER && (newest != answered_one || !b->sid) &&
		when - newest->sent_at > b->slowest)
		b->slowest = when - newest->sent_at;
}

static void answered(void *context, const struct http_answer *answer)
{
	struct request *r = context;
	struct bosh *b = r->bosh;
	note_time(b, r, answer->when);
	r->answered = true;
	r->status = answer->status;
	r->when = answer->when;
	r->error = *answer->error;
	buf_add(&r->body, answer->body, answer->length);
	while (b->under_way.count && ((struct request *)b->under_way.items[0])->answered) {
		struct request *next = b->under_way.items[0];
		vec_remove(&b->under_way, 0);
		if (!b->over)
			take_answer(b, next);
		request_free(next);
	}
	pump(b);
}

static void limit_passed(void *context)
{
	struct bosh *b = context;
	struct err e;
	if (b->over)
		return;
	err_set(&e, ERR_CONNECTION, NULL, "%s", b->limit_text);
	e.where[0] = '\0';
	stream_went_wrong(b->stream, &e);
}

/* ---- the stream's side ---- */

struct bosh *bosh_new(struct stream *s)
{
	const struct http_options options = { .url = s->options.url,
		.ca_file = s->options.ca_file,
		.verify = s->options.verify,
		.clear = s->options.without_tls,
		.content_type = "text/xml; charset=utf-8",
		.most = s->options.limits.stanza_bytes ? s->options.limits.stanza_bytes : 16u << 20 };
	struct bosh *b = memory_alloc(sizeof *b);
	unsigned char random[5] = { 0 };
	b->stream = s;
	b->http = http_new(s->loop, &options);
	/* XEP-0124 section 7.1: large and not to be guessed, and far from 2^53. */
	RAND_bytes(random, sizeof random);
	for (size_t i = 0; i < sizeof random; i++)
		b->rid = b->rid << 8 | random[i];
	b->rid++;
	return b;
}

void bosh_free(struct bosh *b)
{
	if (!b)
		return;
	http_free(b->http);
	for (size_t i = 0; i < b->under_way.count; i++)
		request_free(b->under_way.items[i]);
	vec_release(&b->under_way);
	buf_cleanse(&b->queue);
	free(b->sid);
	free(b);
}

void bosh_open(struct bosh *b)
{
	if (!b->sid) {
		ask_for_session(b);
		return;
	}
	b->restart = true;
	pump(b);
}

void bosh_write(struct bosh *b, const char *xml, size_t length)
{
	buf_add(&b->queue, xml, length);
	pump(b);
}

void bosh_terminate(struct bosh *b)
{
	b->terminate = true;
	pump(b);
}

void bosh_leave(struct bosh *b)
{
	b->over = true;
	http_alarm(b->http, ALARM_LIMIT, CLOCK_FOREVER, NULL, NULL);
	http_alarm(b->http, ALARM_START, CLOCK_FOREVER, NULL, NULL);
}

bool bosh_is_up(const struct bosh *b)
{
	return !b->over;
}

void bosh_limit(struct bosh *b, int64_t when, const char *text)
{
	snprintf(b->limit_text, sizeof b->limit_text, "%s", text ? text : "");
	http_alarm(b->http, ALARM_LIMIT, when, limit_passed, b);
}

int64_t bosh_read_at(const struct bosh *b)
{
	return b->read_at;
}
