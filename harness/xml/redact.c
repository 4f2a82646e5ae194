#include "xml/redact.h"
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#define MARK     "[redacted]"
#define SHORTEST 4 /* shorter secrets would blank out half the text, and protect nothing */

/* Every form of every secret; kept for the life of the process. */
static struct vec forms = VEC_INIT;

static void add_form(const char *form)
{
	for (size_t i = 0; i < forms.count; i++)
		if (strcmp(forms.items[i], form) == 0)
			return;
	/* The longest first, so that a form which holds another is replaced whole. */
	size_t at = forms.count;
	vec_push(&forms, memory_copy_text(form));
	while (at > 0 && strlen(forms.items[at - 1]) < strlen(form)) {
		void *other = forms.items[at - 1];
		forms.items[at - 1] = forms.items[at];
		forms.items[at--] = other;
	}
}

static void add_base64(const char *bytes, size_t length)
{
	char *out = memory_alloc(4 * ((length + 2) / 3) + 1);
	EVP_EncodeBlock((unsigned char *)out, (const unsigned char *)bytes, (int)length);
	add_form(out);
	OPENSSL_cleanse(out, strlen(out));
	free(out);
}

static void add_percent(const char *secret)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
	BUF_AUTO out = BUF_INIT;
	for (; *secret; secret++) {
		if (strchr(plain, *secret))
			buf_add_char(&out, *secret);
		else
			buf_printf(&out, "%%%02X", (unsigned char)*secret);
	}
	add_form(out.data);
	OPENSSL_cleanse(out.data, out.len);
}

/* As it stands inside a JSON string (RFC 8259 section 7), where a journal or a report is redacted after it was printed. */
static void add_json(const char *secret)
{
	BUF_AUTO out = BUF_INIT;
	for (; *secret; secret++) {
		if (*secret == '"' || *secret == '\\')
			buf_add_char(&out, '\\');
		buf_add_char(&out, *secret);
	}
	add_form(out.data);
	OPENSSL_cleanse(out.data, out.len);
}

void redact_secret(const char *secret, const char *user)
{
	if (!secret || strlen(secret) < SHORTEST)
		return;
	BUF_AUTO escaped = BUF_INIT;
	add_form(secret);
	xml_escape(secret, &escaped);
	add_form(escaped.data);
	add_json(secret);
	add_json(escaped.data);
	add_percent(secret);
	add_base64(secret, strlen(secret));
	OPENSSL_cleanse(escaped.data, escaped.len);
	if (!user)
		return;
	/* RFC 4616: authzid NUL authcid NUL password. */
	BUF_AUTO plain = BUF_INIT;
	buf_add(&plain, "", 1);
	buf_add(&plain, user, strlen(user) + 1);
	buf_add_text(&plain, secret);
	add_base64(plain.data, plain.len);
	OPENSSL_cleanse(plain.data, plain.len);
}

void redact_forget_all(void)
{
	for (size_t i = 0; i < forms.count; i++) {
		OPENSSL_cleanse(forms.items[i], strlen(forms.items[i]));
		free(forms.items[i]);
	}
	vec_release(&forms);
}

void redact_text(struct buf *text)
{
	for (size_t i = 0; i < forms.count && text->len; i++) {
		const char *form = forms.items[i];
		char *at = memmem(text->data, text->len, form, strlen(form));
		if (!at)
			continue;
		struct buf out = BUF_INIT;
		const char *from = text->data, *end = text->data + text->len;
		for (; at; at = memmem(from, (size_t)(end - from), form, strlen(form))) {
			buf_add(&out, from, (size_t)(at - from));
			buf_add_text(&out, MARK);
			from = at + strlen(form);
		}
		buf_add(&out, from, (size_t)(end - from));
		OPENSSL_cleanse(text->data, text->len);
		buf_release(text);
		*text = out;
	}
}

/* ---- by meaning ---- */

static bool is_secret_field(const xmlNode *node)
{
	if (!xml_is(node, "field", "jabber:x:data"))
		return false;
	const char *type = xml_attribute(node, "type"), *name = xml_attribute(node, "var");
	return (type && strcmp(type, "text-private") == 0) || (name && strcasestr(name, "password"));
}

static bool is_secret(const xmlNode *node)
{
	static const struct {
		const char *ns, *name; /* name NULL: every element of the namespace that has text */
	} secrets[] = {
		{ NS_SASL, NULL },
		{ "urn:xmpp:sasl:2", "initial-response" },
		{ "urn:xmpp:sasl:2", "challenge" },
		{ "urn:xmpp:sasl:2", "response" },
		{ "urn:xmpp:sasl:2", "additional-data" },
		{ NS_REGISTER, "password" },
		{ "urn:xmpp:http:upload:0", "header" }, /* XEP-0363 section 4: it may authorise the upload */
		{ NS_REGISTER, "key" },
		{ NS_COMPONENT, "handshake" },
		{ "jabber:iq:auth", "password" },
		{ "jabber:iq:auth", "digest" },
	};
	static const char *const harmless[] = { "mechanism", "mechanisms", "failure", "text" };
	for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++) {
		if (!xml_is(node, secrets[i].name, secrets[i].ns))
			continue;
		for (size_t k = 0; !secrets[i].name && k < sizeof harmless / sizeof *harmless; k++)
			if (xml_is(node, harmless[k], NULL))
				return false;
		return true;
	}
	return is_secret_field(node);
}

static void blank_text(xmlNode *node)
{
	for (xmlNode *c = node->children; c; c = c->next) {
		if (c->type == XML_ELEMENT_NODE)
			blank_text(c);
		else if (c->content && *c->content)
			xmlNodeSetContent(c, (const xmlChar *)MARK);
	}
}

static void blank_secrets(xmlNode *node)
{
	/* The token of FAST (XEP-0484) is an attribute; once it was seen, it is a secret wherever it stands. */
	if (xml_is(node, "token", "urn:xmpp:fast:0") && xml_attribute(node, "token")) {
		redact_secret(xml_attribute(node, "token"), NULL);
		xml_set_attribute(node, "token", MARK);
	}
	if (is_secret(node)) {
		blank_text(node);
		return;
	}
	for (xmlNode *c = node->children; c; c = c->next)
		if (c->type == XML_ELEMENT_NODE)
			blank_secrets(c);
}

static bool holds_secret(const xmlNode *node)
{
	if (is_secret(node) || xml_is(node, "token", "urn:xmpp:fast:0"))
		return true;
	for (const xmlNode *c = node->children; c; c = c->next)
		if (c->type == XML_ELEMENT_NODE && holds_secret(c))
			return true;
	return false;
}

void redact_print(const xmlNode *node, struct buf *out)
{
	BUF_AUTO text = BUF_INIT;
	if (holds_secret(node)) {
		xmlDoc *copy = xml_copy(node);
		blank_secrets(xml_root(copy));
		xml_print(xml_root(copy), &text);
		xmlFreeDoc(copy);
	} else {
		xml_print(node, &text);
	}
	redact_text(&text);
	buf_add(out, text.data, text.len);
}

void redact_bytes(const char *bytes, struct buf *out)
{
	struct err e;
	BUF_AUTO text = BUF_INIT;
	xmlDoc *doc = xml_parse(bytes, strlen(bytes), &e);
	if (doc && holds_secret(xml_root(doc))) {
		redact_print(xml_root(doc), &text);
	} else {
		buf_add_text(&text, bytes);
		redact_text(&text);
	}
	xmlFreeDoc(doc);
	buf_add(out, text.data, text.len);
}
