/* A file goes up (XEP-0363) and comes down again. */
#include "base/clock.h"
#include "base/text.h"
#include "measure/workloads.h"
#include "net/http.h"
#include <stdlib.h>
#include <string.h>

#define NS_UPLOAD   "urn:xmpp:http:upload:0"
#define MEGABYTE    ((size_t)1000000)
#define HEADER_MOST 4

struct transfer { /* one request over HTTP */
	struct engine *g;
	struct http *http;
	size_t number;
	int64_t began;
	bool over;
};

struct transfers {
	char *service;
	char *content;
	char *get;      /* where the file for downloads is */
	struct vec all; /* struct transfer * */
	long status;    /* of the upload that set_up makes; 0 before it is over */
	struct err error;
};

static void reap(struct transfers *t, bool whole)
{
	size_t kept = 0;
	for (size_t i = 0; i < t->all.count; i++) {
		struct transfer *x = t->all.items[i];
		if (!whole && !x->over) {
			t->all.items[kept++] = x;
			continue;
		}
		http_free(x->http);
		free(x);
	}
	t->all.count = kept;
}

static struct transfer *add(struct engine *g, size_t number, const char *url, const char *const *headers)
{
	struct transfers *t = g->own;
	const struct target *target = g->crew.target;
	const struct http_options options = { .url = url,
		.ca_file = target->ca_file,
		.verify = target->verify,
		.clear = g->crew.without_tls,
		.host = target_web_host(target, url),
		.content_type = "application/octet-stream",
		.puts = true,
		.headers = headers,
		.most = 2 * MEGABYTE };
	struct transfer *x = memory_alloc(sizeof *x);
	*x = (struct transfer){ .g = g, .number = number, .began = clock_now() };
	x->http = http_new(driver_loop(g->crew.driver), &options);
	vec_push(&t->all, x);
	return x;
}

/* ---- the slot ---- */

static void ask_slot(struct engine *g, const char *id, struct buf *xml)
{
	const struct transfers *t = g->own;
	buf_printf(xml,
		"<iq xmlns='" NS_CLIENT "' type='get' to='%s' id='%s'><request xmlns='" NS_UPLOAD
		"' filename='%s.bin' size='%zu' content-type='application/octet-stream'/></iq>",
		t->service, id, id, MEGABYTE);
}

/* Without TLS no URL with https is used, and with TLS no other. */
static bool fits(const struct engine *g, const char *url)
{
	return text_starts(url, g->crew.without_tls == NET_CLEAR_NEVER ? "https://" : "http://");
}

/* A slot that is asked for in preparation, as the answer to the request; the caller's. */
static xmlDoc *prepare_slot(struct engine *g, int64_t deadline, struct err *e)
{
	const struct transfers *t = g->own;
	AUTO_TEXT iq =
		memory_printf("<iq type='get' to='%s'><request xmlns='" NS_UPLOAD
			      "' filename='measured.bin' size='%zu' content-type='application/octet-stream'/></iq>",
			t->service, MEGABYTE);
	xmlDoc *answer = crew_ask(g->crew.members.items[0], iq, deadline, e);
	const xmlNode *slot = answer ? xml_child(xml_root(answer), "slot", NS_UPLOAD) : NULL,
		      *to = slot ? xml_child(slot, "put", NULL) : NULL;
	const char *url = to ? xml_attribute(to, "url") : NULL;
	if (!answer || (url && fits(g, url)))
		return answer;
	if (url && g->crew.without_tls != NET_CLEAR_NEVER)
		err_set(e, ERR_UNSUPPORTED, NULL,
			"files go over https, as XEP-0363 has it, and there is nothing to measure without TLS");
	else
		err_set(e, ERR_UNSUPPORTED, NULL, "the server gives no slot for an upload");
	xmlFreeDoc(answer);
	return NULL;
}

/* Begins to put the file where the slot says. -1 where there is no slot. */
static int put(struct engine *g, const xmlNode *iq, size_t number, http_callback *callback, char **get)
{
	struct transfers *t = g->own;
	const xmlNode *slot = xml_child(iq, "slot", NS_UPLOAD);
	const xmlNode *to = slot ? xml_child(slot, "put", NULL) : NULL,
		      *from = slot ? xml_child(slot, "get", NULL) : NULL;
	const char *url = to ? xml_attribute(to, "url") : NULL;
	if (!url || !from || !fits(g, url))
		return -1;
	struct arena a = ARENA_INIT;
	const char *headers[HEADER_MOST + 1] = { NULL };
	size_t count = 0;
	/* Names and values as section 4 allows them: no line ends. */
	for (const xmlNode *h = xml_child(to, "header", NULL); h && count < HEADER_MOST;
		h = xml_next(h, "header", NULL)) {
		AUTO_TEXT value = xml_text(h);
		const char *name = xml_attribute(h, "name");
		if (name && value && !strpbrk(value, "\r\n") && !strpbrk(name, "\r\n:"))
			headers[count++] = arena_printf(&a, "%s: %s", name, value);
	}
	struct transfer *x = add(g, number, url, headers);
	arena_release(&a);
	if (get)
		*get = memory_copy_text(xml_attribute(from, "url"));
	http_request(x->http, t->content, MEGABYTE, callback, NULL, x);
	return 0;
}

/* ---- up ---- */

static void make_content(struct transfers *t)
{
	uint64_t state = 1;
	t->content = memory_alloc(MEGABYTE);
	for (size_t i = 0; i < MEGABYTE; i += sizeof state) {
		uint64_t random = schedule_random(&state);
		memcpy(t->content + i, &random, MEGABYTE - i < sizeof random ? MEGABYTE - i : sizeof random);
	}
}

static int service_set_up(struct engine *g, struct err *e)
{
	crew_add(&g->crew, 0, "measured");
	if (!driver_loop(g->crew.driver))
		return err_set(e, ERR_UNSUPPORTED, NULL, "this driver cannot send files");
	if (crew_connect(&g->crew, clock_now() + SET_UP_LIMIT, e))
		return -1;
	struct transfers *t = g->own = memory_alloc(sizeof *t);
	make_content(t);
	t->service = service_find(g->crew.members.items[0], NS_UPLOAD, "service for uploads", e);
	return t->service ? 0 : -1;
}

int upload_set_up(struct engine *g, struct err *e)
{
	if (service_set_up(g, e))
		return -1;
	xmlDoc *slot = prepare_slot(g, clock_now() + SET_UP_LIMIT, e);
	xmlFreeDoc(slot);
	return slot ? 0 : -1;
}

void upload_send(struct engine *g, size_t number)
{
	BUF_AUTO id = BUF_INIT, xml = BUF_INIT;
	reap(g->own, false);
	engine_id(g, number, &id);
	ask_slot(g, id.data, &xml);
	engine_send(g, g->crew.members.items[0], number, &xml);
}

static void uploaded(void *context, const struct http_answer *a)
{
	struct transfer *x = context;
	x->over = true;
	if (a->error->class != ERR_NONE || a->status < 200 || a->status > 299) {
		engine_refuse(x->g, x->number);
		return;
	}
	engine_value(x->g, x->number, 2, a->when - x->began);
	engine_value(x->g, x->number, 0, a->when - x->g->requests[x->number].from);
	engine_finish(x->g, x->number);
}

void upload_received(struct engine *g, struct member *m, const xmlNode *stanza, int64_t when)
{
	(void)m;
	const char *id = xml_attribute(stanza, "id");
	if (!g->own || !g->requests || !xml_is(stanza, "iq", NULL) || engine_number(g, id) < 0)
		return;
	int64_t number = engine_arrived(g, 0, id, NULL);
	if (number < 0)
		return;
	engine_value(g, (size_t)number, 1, when - g->requests[number].from);
	if (put(g, stanza, (size_t)number, uploaded, NULL))
		engine_refuse(g, (size_t)number);
}

/* ---- down ---- */

static void prepared(void *context, const struct http_answer *a)
{
	struct transfer *x = context;
	struct transfers *t = x->g->own;
	x->over = true;
	t->error = *a->error;
	t->status = a->status ? a->status : -1;
}

int download_set_up(struct engine *g, struct err *e)
{
	if (service_set_up(g, e))
		return -1;
	struct transfers *t = g->own;
	int64_t deadline = clock_now() + SET_UP_LIMIT;
	xmlDoc *answer = prepare_slot(g, deadline, e);
	int fault = answer ? put(g, xml_root(answer), 0, prepared, &t->get) : -1;
	if (answer && fault)
		err_set(e, ERR_UNSUPPORTED, NULL, "the server gives no slot for an upload");
	xmlFreeDoc(answer);
	while (!fault && !t->status)
		fault = clock_now() >= deadline ? err_set(e, ERR_CONNECTION, NULL, "an upload did not end in time")
						: crew_pump(&g->crew, deadline, e);
	if (!fault && t->error.class != ERR_NONE) {
		*e = t->error;
		return -1;
	}
	if (!fault && (t->status < 200 || t->status > 299))
		return err_set(e, ERR_UNSUPPORTED, NULL, "an upload was answered with status %ld", t->status);
	return fault ? -1 : 0;
}

static void downloaded(void *context, const struct http_answer *a)
{
	struct transfer *x = context;
	struct engine *g = x->g;
	const struct transfers *t = g->own;
	x->over = true;
	if (a->error->class != ERR_NONE || a->status != 200) {
		engine_refuse(g, x->number);
	} else if (a->length != MEGABYTE || memcmp(a->body, t->content, MEGABYTE) != 0) {
		g->faults.altered++;
	} else {
		engine_value(g, x->number, 0, a->when - g->requests[x->number].from);
		engine_finish(g, x->number);
	}
}

void download_send(struct engine *g, size_t number)
{
	const struct transfers *t = g->own;
	reap(g->own, false);
	struct transfer *x = add(g, number, t->get, NULL);
	g->requests[number].sent = x->began;
	http_request(x->http, NULL, 0, downloaded, NULL, x);
}

void transfer_tear_down(struct engine *g)
{
	struct transfers *t = g->own;
	if (!t)
		return;
	reap(t, true);
	vec_release(&t->all);
	free(t->service);
	free(t->content);
	free(t->get);
	free(t);
	g->own = NULL;
}
