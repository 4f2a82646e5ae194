#include "run/sharing.h"
#include "base/text.h"
#include "crypto/media.h"
#include "net/http.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define NS_UPLOAD     "urn:xmpp:http:upload:0"
#define FILE_TYPE     "application/octet-stream"
#define STATUS_OK     200
#define STATUS_MADE   201
#define STATUS_ERRORS 400
#define HEADERS_MOST  8

/* What the files hold: a text that is known again, over and over. */
static void make_file(const struct stage *g, size_t size, struct buf *out)
{
	AUTO_TEXT line = memory_printf("canary-%s\r\n", g->token);
	while (out->len < size) {
		size_t left = size - out->len, length = strlen(line);
		buf_add(out, line, left < length ? left : length);
	}
}

/* ---- one request ---- */

struct transfer {
	bool done;
	struct err error;
	long status;
	struct buf body;
};

static void answered(void *context, const struct http_answer *a)
{
	struct transfer *t = context;
	t->done = true;
	t->error = *a->error;
	t->status = a->status;
	buf_add(&t->body, a->body, a->length);
}

/* Met where an answer came, whatever it is. `options` has the URL, and what goes with a body. */
static enum outcome transfer(struct stage *g, struct player *p, struct http_options *options, const struct buf *body,
	struct transfer *t, struct finding *f)
{
	struct url parts;
	*t = (struct transfer){ .body = BUF_INIT };
	bool read = url_read(&parts, options->url, &t->error) == 0, secured = read && text_equal(parts.scheme, "https");
	if (read)
		url_release(&parts);
	if (!secured)
		return finding_say(f, OUTCOME_NOT_MET, "the address of the file is not one of HTTPS: %s", options->url);
	options->host = target_web_host(p->home->target, options->url);
	options->ca_file = p->home->target->ca_file;
	options->verify = p->home->target->verify;
	options->most = MEDIA_MOST;
	AUTO_TEXT line = body ? memory_printf("PUT %s\n(%zu bytes, encrypted)", options->url, body->len)
			      : memory_printf("GET %s", options->url);
	journal_raw(g->voice, p->actor->name, line);
	int64_t deadline = clock_now() + g->step_deadline;
	struct loop *loop = loop_new();
	struct http *http = http_new(loop, options);
	http_request(http, body ? body->data : NULL, body ? body->len : 0, answered, NULL, t);
	while (!t->done && clock_now() < deadline && clock_now() < g->end)
		loop_once(loop, deadline < g->end ? deadline : g->end);
	http_free(http);
	loop_free(loop);
	if (!t->done)
		err_set(&t->error, ERR_CONNECTION, options->url, "no answer in time");
	if (t->error.class != ERR_NONE)
		return finding_error(f, &t->error);
	AUTO_TEXT note = memory_printf("HTTP answered %ld, with %zu bytes", t->status, t->body.len);
	journal_note(g->voice, p->actor->name, note);
	return OUTCOME_MET;
}

/* ---- up ---- */

/* `Name: value` of a slot's header, or NULL where section 4 does not allow it. */
static char *header_of(const xmlNode *node)
{
	static const char *const allowed[] = { "Authorization", "Cookie", "Expires" };
	const char *name = xml_attribute(node, "name");
	AUTO_TEXT value = xml_text(node);
	for (size_t i = 0; name && value && i < sizeof allowed / sizeof *allowed; i++) {
		if (strcasecmp(name, allowed[i]) != 0)
			continue;
		char *header = memory_printf("%s: %s", allowed[i], value), *end = header;
		for (const char *from = header; *from; from++)
			if (*from != '\r' && *from != '\n')
				*end++ = *from;
		*end = '\0';
		return header;
	}
	return NULL;
}

static enum outcome put_file(struct stage *g, const struct step *step, struct player *p, const xmlNode *slot,
	struct media_key *key, struct transfer *t, struct finding *f)
{
	struct err e;
	BUF_AUTO file = BUF_INIT, sealed = BUF_INIT;
	const xmlNode *put = xml_child(slot, "put", NS_UPLOAD);
	make_file(g, (size_t)step->size, &file);
	if (media_make_key(key, &e) || media_seal(key, buf_text(&file), file.len, &sealed, &e))
		return finding_error(f, &e);
	char *headers[HEADERS_MOST + 1] = { NULL };
	size_t count = 0;
	for (const xmlNode *h = xml_child(put, "header", NS_UPLOAD); h && count < HEADERS_MOST;
		h = xml_next(h, "header", NS_UPLOAD)) {
		headers[count] = header_of(h);
		count += headers[count] != NULL;
	}
	struct http_options options = { .url = xml_attribute(put, "url"),
		.content_type = FILE_TYPE,
		.puts = true,
		.headers = (const char *const *)headers };
	enum outcome o = transfer(g, p, &options, &sealed, t, f);
	for (size_t i = 0; i < count; i++)
		free(headers[i]);
	return o;
}

enum outcome sharing_upload(struct stage *g, const struct step *step, struct finding *f)
{
	struct err e;
	struct transfer t;
	struct media_key key;
	BUF_AUTO link = BUF_INIT;
	struct player *p = stage_player(g, step->actor);
	const xmlNode *slot = p->last_got ? xml_find(p->last_got, "slot", NS_UPLOAD) : NULL;
	const xmlNode *get = slot ? xml_child(slot, "get", NS_UPLOAD) : NULL;
	if (!get || !xml_attribute(get, "url") || !xml_child(slot, "put", NS_UPLOAD) ||
		!xml_attribute(xml_child(slot, "put", NS_UPLOAD), "url"))
		return finding_say(f, OUTCOME_UNKNOWN, "there is no slot in what %s took last", p->actor->name);
	enum outcome o = put_file(g, step, p, slot, &key, &t, f);
	long status = t.status;
	buf_release(&t.body);
	if (o != OUTCOME_MET)
		return o;
	bool turned = strike_step(g, step, MUTATION_TURNED);
	if (step->refused)
		return (status >= STATUS_ERRORS) != turned
			? OUTCOME_MET
			: finding_say(f, OUTCOME_NOT_MET, "%s can upload it", p->actor->name);
	if ((status == STATUS_MADE) == turned)
		return finding_say(f, OUTCOME_NOT_MET, "the upload was answered by %ld, not by 201", status);
	if (media_print_link(xml_attribute(get, "url"), &key, &link, &e))
		return finding_say(f, OUTCOME_NOT_MET, "%s", e.message);
	map_set(&g->variables, step->name, buf_text(&link));
	return OUTCOME_MET;
}

/* ---- down ---- */

static enum outcome look_at(struct stage *g, const struct step *step, const struct media_key *key,
	const struct transfer *t, struct finding *f)
{
	struct err e;
	BUF_AUTO file = BUF_INIT, wanted = BUF_INIT;
	if (t->status != STATUS_OK)
		return finding_say(f, OUTCOME_NOT_MET, "the download was answered by %ld, not by 200", t->status);
	if (t->body.len && memmem(t->body.data, t->body.len, g->token, strlen(g->token)))
		return finding_say(f, OUTCOME_NOT_MET, "the file lies there in the clear");
	bool opened = media_open(key, buf_text(&t->body), t->body.len, &file, &e) == 0;
	if (!opened && e.class != ERR_PROTOCOL)
		return finding_error(f, &e);
	make_file(g, file.len, &wanted);
	bool same = opened && (file.len == 0 || memcmp(file.data, wanted.data, file.len) == 0);
	if (same != strike_step(g, step, MUTATION_TURNED))
		return OUTCOME_MET;
	return finding_say(
		f, OUTCOME_NOT_MET, "%s", opened ? "it is another file than the one that was uploaded" : e.message);
}

enum outcome sharing_download(struct stage *g, const struct step *step, struct finding *f)
{
	struct err e;
	struct transfer t;
	struct media_key key;
	BUF_AUTO address = BUF_INIT;
	AUTO_TEXT link = stage_expand(g, step->name, &e);
	if (!link)
		return finding_error(f, &e);
	if (media_read_link(link, &key, &address, &e))
		return finding_say(f, OUTCOME_UNKNOWN, "%s", e.message);
	struct http_options options = { .url = buf_text(&address) };
	enum outcome o = transfer(g, stage_player(g, step->actor), &options, NULL, &t, f);
	if (o == OUTCOME_MET)
		o = look_at(g, step, &key, &t, f);
	buf_release(&t.body);
	return o;
}
