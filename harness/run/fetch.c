#include "run/fetch.h"
#include "base/text.h"
#include "net/http.h"
#include <stdio.h>
#include <string.h>

#define BODY_TYPE "text/xml; charset=utf-8" /* XEP-0124 section 5 */

struct fetch {
	bool done;
	struct err error;
	xmlDoc *answer;
	int64_t when;
};

static void put_body(xmlNode *answer, const char *body, size_t length)
{
	struct err not_xml;
	xmlDoc *doc = xml_read_document(body, length, &not_xml);
	if (doc) {
		xmlAddChild(answer, xmlDocCopyNode(xml_root(doc), answer->doc, 1));
	} else {
		xmlNode *text = xmlNewTextLen((const xmlChar *)body, (int)length);
		xmlAddChild(answer, text);
	}
	xmlFreeDoc(doc);
}

static void answered(void *context, const struct http_answer *a)
{
	struct fetch *x = context;
	x->done = true;
	x->error = *a->error;
	x->when = a->when;
	if (a->error->class != ERR_NONE)
		return;
	static const char empty[] = "<answer xmlns='" NS_HTTP_ANSWER "'/>";
	x->answer = xml_parse(empty, sizeof empty - 1, &x->error);
	xmlNode *root = xml_root(x->answer);
	AUTO_TEXT status = memory_printf("%ld", a->status);
	xml_set_attribute(root, "status", status);
	if (a->content_type[0])
		xml_set_attribute(root, "type", a->content_type);
	if (a->allowed_origin[0])
		xml_set_attribute(root, "origin", a->allowed_origin);
	if (a->length)
		put_body(root, a->body, a->length);
}

/* The fault is in x->error. */
static void exchange(struct stage *g, const struct target *t, const char *url, const char *body, struct fetch *x)
{
	const struct http_options options = { .url = url,
		.host = target_web_host(t, url),
		.ca_file = t->ca_file,
		.verify = t->verify,
		.content_type = BODY_TYPE };
	int64_t deadline = clock_now() + g->step_deadline;
	if (deadline > g->end)
		deadline = g->end;
	struct loop *loop = loop_new();
	struct http *http = http_new(loop, &options);
	http_request(http, body, body ? strlen(body) : 0, answered, NULL, x);
	while (!x->done && clock_now() < deadline)
		loop_once(loop, deadline);
	http_free(http);
	loop_free(loop);
	if (!x->done)
		err_set(&x->error, ERR_CONNECTION, url, "no answer in time");
}

static enum outcome play(struct stage *g, const struct step *step, const char *url, const char *body, struct finding *f)
{
	struct player *p = stage_player(g, step->actor);
	struct fetch x = { .done = false };
	BUF_AUTO line = BUF_INIT;
	struct url parts;
	if (url_read(&parts, url, &x.error))
		return finding_error(f, &x.error);
	url_release(&parts);
	buf_printf(&line, "%s %s%s%s", body ? "POST" : "GET", url, body ? "\n" : "", body ? body : "");
	journal_raw(g->voice, p->actor->name, line.data);
	p->last_time = clock_now();
	exchange(g, p->home->target, url, body, &x);
	if (!x.answer && x.error.class == ERR_CONNECTION && !body && !p->home->target->host_meta)
		return finding_say(f, OUTCOME_UNSUPPORTED, "nobody answers at %s: %s", url, x.error.message);
	if (!x.answer)
		return finding_error(f, &x.error);
	p->fetched = true;
	stage_take(p, x.answer, x.when);
	return OUTCOME_MET;
}

enum outcome fetch_play(struct stage *g, const struct step *step, struct finding *f)
{
	struct err e;
	AUTO_TEXT url = stage_expand(g, step->url, &e);
	if (!url)
		return finding_error(f, &e);
	if (!step->raw)
		return play(g, step, url, NULL, f);
	AUTO_TEXT body = stage_expand(g, step->raw, &e);
	return body ? play(g, step, url, body, f) : finding_error(f, &e);
}
