#include "tls/attempt.h"
#include "base/text.h"
#include <stdlib.h>
#include <string.h>

#define AT_ONCE     8
#define LIMIT       (5 * CLOCK_SECOND)
#define ANSWER_MOST 262144 /* bytes of an answer that are kept */

struct attempt {
	struct attempts *all;
	struct tls_offer offer; /* with own copies */
	attempt_done *done;
	void *context;
	struct connection *connection;
	struct xml_reader *reader;
	bool greeting; /* STARTTLS is not over */
	bool ended;
	struct buf answer;
};

/* ---- before TLS ---- */

void prelude_greet(struct connection *c, const struct scan_place *place)
{
	BUF_AUTO header = BUF_INIT;
	buf_printf(&header,
		"<?xml version='1.0'?><stream:stream xmlns='%s' xmlns:stream='" NS_STREAMS "' version='1.0' to='",
		place->s2s ? NS_SERVER : NS_CLIENT);
	xml_escape(place->domain, &header);
	buf_add_text(&header, "'>");
	net_write(c, header.data, header.len);
}

const char *prelude_alpn(const struct scan_place *place)
{
	return !place->direct ? NULL : place->s2s ? "xmpp-server" : "xmpp-client";
}

static void note_features(const xmlNode *features, char **names, bool *required)
{
	BUF_AUTO text = BUF_INIT;
	for (const xmlNode *f = xml_child(features, NULL, NULL); f; f = xml_next(f, NULL, NULL)) {
		if (xml_is(f, "starttls", NS_TLS)) {
			if (required)
				*required = xml_child(f, "required", NS_TLS) != NULL;
			continue;
		}
		buf_printf(&text, "%s%s", text.len ? " " : "", (const char *)f->name);
	}
	if (names && !*names)
		*names = memory_copy_text(buf_text(&text));
}

static enum prelude take_element(
	struct connection *c, const xmlNode *element, char **features, bool *required, struct err *e)
{
	static const char ask[] = "<starttls xmlns='" NS_TLS "'/>";
	if (xml_is(element, "features", NS_STREAMS)) {
		if (!xml_child(element, "starttls", NS_TLS)) {
			err_set(e, ERR_UNSUPPORTED, NULL, "it does not offer STARTTLS");
			return PRELUDE_FAILED;
		}
		note_features(element, features, required);
		net_write(c, ask, sizeof ask - 1);
		return PRELUDE_GOES_ON;
	}
	if (xml_is(element, "proceed", NS_TLS))
		return PRELUDE_OVER;
	if (xml_is(element, "error", NS_STREAMS))
		err_set(e, ERR_REFUSED, NULL, "stream error: %s", xml_error_condition(element, NULL));
	else
		err_set(e, ERR_PROTOCOL, NULL, "<%s> came in answer to STARTTLS", (const char *)element->name);
	return PRELUDE_FAILED;
}

enum prelude prelude_take(
	struct connection *c, struct xml_reader *reader, char **features, bool *required, struct err *e)
{
	struct buf *input = net_input(c);
	struct xml_event event;
	enum prelude result = PRELUDE_GOES_ON;
	int fault = xml_reader_feed(reader, buf_text(input), input->len, e);
	buf_clear(input);
	while (xml_reader_next(reader, &event)) {
		if (result == PRELUDE_GOES_ON && event.kind == XML_STANZA)
			result = take_element(c, xml_root(event.doc), features, required, e);
		xmlFreeDoc(event.doc);
	}
	if (result == PRELUDE_GOES_ON && fault)
		return PRELUDE_FAILED;
	return result;
}

/* ---- one handshake ---- */

static void attempt_free(struct attempt *x)
{
	if (x->connection)
		net_cut(x->connection);
	xml_reader_free(x->reader);
	buf_release(&x->answer);
	free((void *)x->offer.suites);
	free((void *)x->offer.groups);
	free((char *)x->offer.server_name);
	free((char *)x->offer.alpn);
	free(x);
}

static void finish(struct attempt *x, const struct tls_answer *answer)
{
	if (x->ended)
		return;
	x->ended = true;
	if (!x->all->broken)
		x->done(x->context, answer);
}

static void way_is_broken(struct attempt *x, const struct err *why)
{
	struct attempts *a = x->all;
	x->ended = true;
	if (!a->broken)
		a->error = *why;
	a->broken = true;
}

static void say_hello(struct attempt *x)
{
	BUF_AUTO hello = BUF_INIT;
	tls_hello(&x->offer, &hello);
	x->greeting = false;
	net_write(x->connection, hello.data, hello.len);
}

static void take_bytes(struct attempt *x)
{
	struct err e;
	if (x->greeting) {
		switch (prelude_take(x->connection, x->reader, &x->all->features, &x->all->required, &e)) {
		case PRELUDE_GOES_ON:
			break;
		case PRELUDE_OVER:
			say_hello(x);
			break;
		case PRELUDE_FAILED:
			way_is_broken(x, &e);
			break;
		}
		return;
	}
	struct buf *input = net_input(x->connection);
	struct tls_answer answer;
	buf_add(&x->answer, buf_text(input), input->len);
	buf_clear(input);
	tls_read_answer(&x->offer, x->answer.data, x->answer.len, &answer);
	if (answer.reaction == TLS_UNDECIDED && x->answer.len > ANSWER_MOST)
		answer = (struct tls_answer){ .reaction = TLS_NONSENSE, .fault = "its answer has no end" };
	if (answer.reaction != TLS_UNDECIDED)
		finish(x, &answer);
}

static void happened(struct connection *c, enum net_event event, void *context)
{
	struct attempt *x = context;
	static const struct tls_answer none = { .reaction = TLS_UNDECIDED };
	if (x->ended)
		return;
	switch (event) {
	case NET_CONNECTED:
		if (x->greeting)
			prelude_greet(c, x->all->place);
		else
			say_hello(x);
		break;
	case NET_DATA:
		take_bytes(x);
		break;
	case NET_CLOSED:
	case NET_FAILED:
		if (x->greeting || (event == NET_FAILED && !*net_peer(c))) {
			struct err e;
			if (event == NET_FAILED)
				e = *net_error(c);
			else
				err_set(&e, ERR_CONNECTION, NULL, "it ended the connection before TLS");
			way_is_broken(x, &e);
		} else {
			finish(x, &none); /* some answer what they do not like by closing */
		}
		break;
	case NET_SECURED: /* never: TLS is ours */
		break;
	}
}

/* ---- all of them ---- */

void attempts_begin(struct attempts *a, struct loop *loop, const struct scan_place *place)
{
	*a = (struct attempts){ .loop = loop, .place = place };
}

void attempts_release(struct attempts *a)
{
	struct vec *lists[] = { &a->waiting, &a->running };
	for (size_t k = 0; k < 2; k++) {
		for (size_t i = 0; i < lists[k]->count; i++)
			attempt_free(lists[k]->items[i]);
		vec_release(lists[k]);
	}
	free(a->features);
	a->features = NULL;
}

static uint16_t *copy_list(const uint16_t *list, size_t count)
{
	uint16_t *copy = memory_alloc((count + 1) * sizeof *copy);
	if (count)
		memcpy(copy, list, count * sizeof *copy);
	return copy;
}

void attempt_add(struct attempts *a, const struct tls_offer *offer, attempt_done *done, void *context)
{
	struct attempt *x = memory_alloc(sizeof *x);
	x->all = a;
	x->offer = *offer;
	x->offer.suites = copy_list(offer->suites, offer->suite_count);
	x->offer.groups = copy_list(offer->groups, offer->group_count);
	x->offer.server_name = memory_copy_text(offer->server_name);
	x->offer.alpn = memory_copy_text(offer->alpn);
	x->done = done;
	x->context = context;
	vec_push(&a->waiting, x);
}

static void start_some(struct attempts *a)
{
	while (a->waiting.count && a->running.count < AT_ONCE && !a->broken) {
		struct attempt *x = a->waiting.items[0];
		vec_remove(&a->waiting, 0);
		vec_push(&a->running, x);
		a->made++;
		x->greeting = !a->place->direct;
		x->reader = xml_reader_new(NULL);
		x->connection = net_connect(a->loop, a->place->host, a->place->port, happened, x);
		net_deadline(x->connection, clock_now() + LIMIT, "no answer in time");
	}
}

static void reap(struct attempts *a)
{
	for (size_t i = 0; i < a->running.count;) {
		struct attempt *x = a->running.items[i];
		if (!x->ended) {
			i++;
			continue;
		}
		vec_remove(&a->running, i);
		attempt_free(x);
	}
}

int attempts_run(struct attempts *a, struct err *e)
{
	for (;;) {
		reap(a);
		start_some(a);
		if (!a->running.count || a->broken)
			break;
		loop_once(a->loop, CLOCK_FOREVER);
	}
	if (!a->broken)
		return 0;
	*e = a->error;
	return -1;
}
