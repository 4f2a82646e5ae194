/* A stanza in a few words, and indented. */
#include "base/text.h"
#include "report/private.h"
#include <string.h>

#define BODY_MOST 80 /* bytes of a message's text in the one-line form */

void gist_release(struct gist *g)
{
	buf_release(&g->kind);
	buf_release(&g->type);
	buf_release(&g->peer);
	buf_release(&g->payload);
	buf_release(&g->body);
	buf_release(&g->pretty);
}

/* The one element in `raw`, or NULL where there is other text beside it. */
static xmlDoc *parse_whole(const char *raw)
{
	struct err ignored;
	const char *start = raw + strspn(raw, " \t\n"), *end = raw + strlen(raw);
	while (end > start && strchr(" \t\n", end[-1]))
		end--;
	if (end - start < 4 || *start != '<' || end[-1] != '>')
		return NULL;
	return xml_parse(start, (size_t)(end - start), &ignored);
}

/* Whether `address` is that of the device; its resource is known only where the script names it. */
static bool is_device(const json_t *actor, const char *address)
{
	const char *bare = json_member_text(actor, "jid"), *resource = json_member_text(actor, "resource");
	size_t length = strlen(bare);
	if (json_is_true(json_object_get(actor, "component")))
		return length && strcmp(address, bare) == 0;
	return length && *resource && strncmp(address, bare, length) == 0 && address[length] == '/' &&
		strcmp(address + length + 1, resource) == 0;
}

/* An address by the names that the scenario gives its devices and accounts. */
static void add_address(const char *address, const json_t *actors, struct buf *out)
{
	size_t i;
	json_t *actor;
	BUF_AUTO name = BUF_INIT;
	json_array_foreach(actors, i, actor) {
		const char *bare = json_member_text(actor, "jid");
		if (is_device(actor, address))
			clean_text(json_object_get(actor, "name"), &name);
		else if (*bare && strcmp(address, bare) == 0)
			clean_text(json_object_get(actor, "account"), &name);
		if (name.len) {
			buf_add(out, name.data, name.len);
			if (!is_device(actor, address))
				buf_add_text(out, " (bare)");
			return;
		}
	}
	buf_add_text(out, address);
}

/* The part of a namespace that tells it from its siblings. */
static const char *short_namespace(const char *ns)
{
	static const char *const prefixes[] = { "urn:xmpp:", "urn:ietf:params:xml:ns:", "http://jabber.org/protocol/",
		"jabber:" };
	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
		if (text_starts(ns, prefixes[i]) && ns[strlen(prefixes[i])])
			return ns + strlen(prefixes[i]);
	return ns;
}

static bool is_plain(const xmlNode *child)
{
	return xml_is(child, "body", NULL) || xml_is(child, "subject", NULL) || xml_is(child, "thread", NULL);
}

/* "received ‹carbons:2› / forwarded / message": down while there is only one way. */
static void add_path(const xmlNode *child, struct buf *out)
{
	const char *before = "";
	for (int depth = 0; child && depth < 4; depth++) {
		const char *ns = xml_ns(child);
		buf_printf(out, "%s%s", depth ? " / " : "", (const char *)child->name);
		if (*ns && strcmp(ns, before) != 0 && strcmp(ns, NS_CLIENT) != 0)
			buf_printf(out, " {%s}", short_namespace(ns));
		before = ns;
		const xmlNode *first = xml_child(child, NULL, NULL);
		child = first && !xml_next(first, NULL, NULL) ? first : NULL;
	}
}

static void add_body(const xmlNode *body, struct buf *out)
{
	AUTO_TEXT text = xml_text(body);
	size_t length = text ? strlen(text) : 0, cut = length;
	if (cut > BODY_MOST) {
		cut = BODY_MOST;
		while (cut && (text[cut] & 0xC0) == 0x80)
			cut--;
	}
	for (size_t i = 0; i < cut; i++)
		buf_add_char(out, text[i] == '\n' || text[i] == '\t' ? ' ' : text[i]);
	if (cut < length)
		buf_add_text(out, "…");
}

static void describe(struct gist *g, const xmlNode *root, bool incoming, const json_t *actors)
{
	const char *type = xml_attribute(root, "type"), *peer = xml_attribute(root, incoming ? "from" : "to");
	buf_add_text(&g->kind, (const char *)root->name);
	if (type)
		buf_add_text(&g->type, type);
	if (peer)
		add_address(peer, actors, &g->peer);
	for (const xmlNode *child = xml_child(root, NULL, NULL); child; child = xml_next(child, NULL, NULL)) {
		if (xml_is(child, "body", NULL) && !g->body.len) {
			add_body(child, &g->body);
		} else if (!is_plain(child)) {
			if (g->payload.len)
				buf_add_text(&g->payload, ", ");
			add_path(child, &g->payload);
		}
	}
}

void pretty_text(const char *raw, struct buf *out)
{
	xmlDoc *doc = parse_whole(raw);
	if (doc)
		xml_print_pretty(xml_root(doc), out);
	else
		buf_add_text(out, raw);
	while (out->len && out->data[out->len - 1] == '\n')
		out->data[--out->len] = 0;
	xmlFreeDoc(doc);
}

void gist_make(struct gist *g, const char *raw, bool incoming, const json_t *actors)
{
	*g = (struct gist){ .kind = BUF_INIT };
	xmlDoc *doc = parse_whole(raw);
	if (doc)
		describe(g, xml_root(doc), incoming, actors);
	pretty_text(raw, &g->pretty);
	xmlFreeDoc(doc);
}
