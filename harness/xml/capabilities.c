#include "xml/capabilities.h"
#include "base/base64.h"
#include "base/text.h"
#include "xml/xml.h"
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#define NS_DATA "jabber:x:data"

/* While texts are sorted these stand for < and /, of which the first may be anywhere in a name: no character of XML is as low, so that a
 * name comes before those that it begins. */
#define END  "\1"
#define PART "\2"

/* By their bytes (i;octet, RFC 4790 section 9.3). */
static int by_octets(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Sorts the texts, joins them, and forgets them. */
static void join(struct vec *texts, struct buf *out)
{
	if (texts->count)
		qsort(texts->items, texts->count, sizeof *texts->items, by_octets);
	for (size_t i = 0; i < texts->count; i++) {
		buf_add_text(out, texts->items[i]);
		free(texts->items[i]);
	}
	vec_release(texts);
}

static const char *known(const char *text)
{
	return text ? text : "";
}

static void add_identities(const xmlNode *query, struct buf *out)
{
	struct vec texts = VEC_INIT;
	for (xmlNode *i = xml_child(query, "identity", NS_DISCO_INFO); i; i = xml_next(i, "identity", NS_DISCO_INFO))
		vec_push(&texts,
			memory_printf("%s" PART "%s" PART "%s" PART "%s" END, known(xml_attribute(i, "category")),
				known(xml_attribute(i, "type")), known(xml_lang(i)), known(xml_attribute(i, "name"))));
	join(&texts, out);
}

static void add_features(const xmlNode *query, struct buf *out)
{
	struct vec texts = VEC_INIT;
	for (xmlNode *f = xml_child(query, "feature", NS_DISCO_INFO); f; f = xml_next(f, "feature", NS_DISCO_INFO))
		vec_push(&texts, memory_printf("%s" END, known(xml_attribute(f, "var"))));
	join(&texts, out);
}

/* The values of a field, each with its end. */
static void add_values(const xmlNode *field, struct buf *out)
{
	struct vec texts = VEC_INIT;
	for (xmlNode *v = xml_child(field, "value", NS_DATA); v; v = xml_next(v, "value", NS_DATA)) {
		AUTO_TEXT text = xml_text(v);
		vec_push(&texts, memory_printf("%s" END, text));
	}
	join(&texts, out);
}

static char *field_text(const xmlNode *field)
{
	BUF_AUTO text = BUF_INIT;
	buf_printf(&text, "%s" END, known(xml_attribute(field, "var")));
	add_values(field, &text);
	return memory_copy_text(buf_text(&text));
}

/* The form's type, then its fields; NULL of a form without a hidden type, which does not count. */
static char *form_text(const xmlNode *form)
{
	BUF_AUTO text = BUF_INIT;
	struct vec fields = VEC_INIT;
	bool typed = false;
	for (xmlNode *f = xml_child(form, "field", NS_DATA); f; f = xml_next(f, "field", NS_DATA)) {
		if (!text_equal(xml_attribute(f, "var"), "FORM_TYPE")) {
			vec_push(&fields, field_text(f));
		} else if (text_equal(xml_attribute(f, "type"), "hidden")) {
			typed = true;
			add_values(f, &text);
		}
	}
	join(&fields, &text);
	return typed ? memory_copy_text(buf_text(&text)) : NULL;
}

static void add_forms(const xmlNode *query, struct buf *out)
{
	struct vec texts = VEC_INIT;
	for (xmlNode *x = xml_child(query, "x", NS_DATA); x; x = xml_next(x, "x", NS_DATA)) {
		char *text = form_text(x);
		if (text)
			vec_push(&texts, text);
	}
	join(&texts, out);
}

/* IANA writes sha-1 and sha3-256, OpenSSL sha1 and sha3-256. */
static const EVP_MD *digest_named(const char *algorithm)
{
	const EVP_MD *same = EVP_get_digestbyname(algorithm);
	if (same)
		return same;
	char name[32];
	size_t length = 0;
	for (const char *c = algorithm; *c && length < sizeof name - 1; c++)
		if (*c != '-')
			name[length++] = *c;
	name[length] = '\0';
	return EVP_get_digestbyname(name);
}

void capabilities_hash(const xmlNode *query, const char *algorithm, struct buf *out)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned length = 0;
	BUF_AUTO text = BUF_INIT;
	const EVP_MD *hash = digest_named(algorithm);
	add_identities(query, &text);
	add_features(query, &text);
	add_forms(query, &text);
	for (size_t i = 0; i < text.len; i++)
		text.data[i] = text.data[i] == *END ? '<' : text.data[i] == *PART ? '/' : text.data[i];
	if (hash && EVP_Digest(buf_text(&text), text.len, digest, &length, hash, NULL) == 1)
		base64_encode(digest, length, out);
}
