/* How a run speaks to a target, and what the domain itself says of its ways over HTTP: XEP-0156 section 3. */
#include "base/text.h"
#include "net/http.h"
#include "target/private.h"
#include "target/target.h"
#include <stdlib.h>
#include <strings.h>

#define NS_XRD      "http://docs.oasis-open.org/ns/xri/xrd-1.0"
#define ASK_LIMIT   (10 * CLOCK_SECOND)
#define ANSWER_MOST 65536

enum transport target_own_transport(const struct target *t)
{
	return t->port || !t->direct_port ? TRANSPORT_STARTTLS : TRANSPORT_DIRECT;
}

const char *target_url(const struct target *t, enum transport transport)
{
	return transport == TRANSPORT_WEBSOCKET ? t->websocket : transport == TRANSPORT_BOSH ? t->bosh : NULL;
}

static bool is_secured(const char *url, enum transport transport)
{
	struct url parts;
	struct err e;
	if (!url || url_read(&parts, url, &e))
		return false;
	bool secured = text_equal(parts.scheme, transport == TRANSPORT_WEBSOCKET ? "wss" : "https");
	url_release(&parts);
	return secured;
}

char *target_read_host_meta(const char *document, size_t length, enum transport transport)
{
	const char *relation = transport == TRANSPORT_WEBSOCKET ? "urn:xmpp:alt-connections:websocket"
								: "urn:xmpp:alt-connections:xbosh";
	struct err e;
	char *found = NULL;
	xmlDoc *doc = xml_read_document(document, length, &e);
	const xmlNode *root = xml_root(doc);
	for (const xmlNode *link = root ? xml_child(root, "Link", NS_XRD) : NULL; link && !found;
		link = xml_next(link, "Link", NS_XRD)) {
		const char *url = xml_attribute(link, "href");
		if (text_equal(xml_attribute(link, "rel"), relation) && is_secured(url, transport))
			found = memory_copy_text(url);
	}
	xmlFreeDoc(doc);
	return found;
}

struct question {
	enum transport transport;
	bool done;
	char *url;
	long status;
	struct err error;
};

static void answered(void *context, const struct http_answer *answer)
{
	struct question *q = context;
	q->done = true;
	q->status = answer->status;
	q->error = *answer->error;
	if (answer->status == 200)
		q->url = target_read_host_meta(answer->body, answer->length, q->transport);
}

char *target_web_place(const struct target *t, const char *what)
{
	if (text_equal(what, "websocket"))
		return memory_copy_text(t->websocket);
	if (text_equal(what, "bosh"))
		return memory_copy_text(t->bosh);
	/* A host of its own is a test system's: there the domain need not exist. */
	return t->host_meta || t->host ? memory_copy_text(t->host_meta)
				       : memory_printf("https://%s/.well-known/host-meta", t->domain);
}

const char *target_web_host(const struct target *t, const char *url)
{
	struct url parts;
	struct err e;
	if (!t->host || url_read(&parts, url, &e))
		return NULL;
	bool own = strcasecmp(parts.host, t->domain) == 0;
	url_release(&parts);
	return own ? t->host : NULL;
}

static int ask_host_meta(struct target *t, enum transport transport, char **url, struct err *e)
{
	AUTO_TEXT place = t->host_meta ? memory_copy_text(t->host_meta)
				       : memory_printf("https://%s/.well-known/host-meta", t->domain);
	const struct http_options options = { .url = place,
		.host = target_web_host(t, place),
		.ca_file = t->ca_file,
		.verify = t->verify,
		.most = ANSWER_MOST };
	struct question q = { .transport = transport };
	struct loop *loop = loop_new();
	struct http *http = http_new(loop, &options);
	int64_t deadline = clock_now() + ASK_LIMIT;
	http_request(http, NULL, 0, answered, NULL, &q);
	while (!q.done && clock_now() < deadline)
		loop_once(loop, deadline);
	http_free(http);
	loop_free(loop);
	const char *key = transport == TRANSPORT_WEBSOCKET ? "websocket" : "bosh";
	*url = q.url;
	if (q.url)
		return 0;
	if (q.done && q.error.class == ERR_NONE && q.status == 200)
		return err_set(e, ERR_UNSUPPORTED, place,
			"names no secured way for %s; where there is one, say `%s` in a target file",
			transport_name(transport), key);
	if (q.done && q.error.class == ERR_NONE)
		return err_set(e, ERR_UNSUPPORTED, place,
			"HTTP %ld, so no way for %s is known: say `%s` in a target file", q.status,
			transport_name(transport), key);
	return err_set(e, q.done ? q.error.class : ERR_CONNECTION, place, "%s; say `%s` in a target file",
		q.done ? q.error.message : "no answer in time", key);
}

static int need_way(struct target *t, struct err *e)
{
	switch (t->transport) {
	case TRANSPORT_STARTTLS:
		return t->port ? 0 : err_set(e, ERR_UNSUPPORTED, t->name, "it offers no STARTTLS: its port is 0");
	case TRANSPORT_DIRECT:
		if (t->direct_port || !t->host)
			return 0;
		return err_set(e, ERR_UNSUPPORTED, t->name,
			"it names no port for direct TLS: say direct-port in its target file");
	case TRANSPORT_WEBSOCKET:
		return t->websocket ? 0 : ask_host_meta(t, t->transport, &t->websocket, e);
	case TRANSPORT_BOSH:
		return t->bosh ? 0 : ask_host_meta(t, t->transport, &t->bosh, e);
	}
	return 0;
}

int target_choose_transport(struct target *t, const char *name, struct err *e)
{
	t->transport = target_own_transport(t);
	if (!name)
		return 0;
	return target_take_transport(t, name, e) ? -1 : need_way(t, e);
}

int target_take_transport(struct target *t, const char *name, struct err *e)
{
	for (int i = 0; i < TRANSPORTS; i++)
		if (text_equal(name, transport_name((enum transport)i))) {
			t->transport = (enum transport)i;
			return 0;
		}
	return err_set(e, ERR_USAGE, NULL, "there is no transport '%s'; there are starttls, direct, ws and bosh", name);
}
