#include "xmpp/downgrade.h"
#include "base/memory.h"
#include "base/text.h"
#include "xmpp/sasl.h"
#include "xmpp/stream.h"
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#define NS_SASL2      "urn:xmpp:sasl:2"
#define BETWEEN_NAMES '\x1e'
#define BETWEEN_LISTS '\x1f'

static int by_octets(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void add_sorted(const struct vec *names, struct buf *out)
{
	if (names->count)
		qsort(names->items, names->count, sizeof *names->items, by_octets);
	for (size_t i = 0; i < names->count; i++) {
		if (i)
			buf_add_char(out, BETWEEN_NAMES);
		buf_add_text(out, names->items[i]);
	}
}

static void add_mechanisms(const xmlNode *list, struct buf *out)
{
	struct vec names = VEC_INIT;
	for (const xmlNode *m = list ? xml_child(list, "mechanism", NULL) : NULL; m; m = xml_next(m, "mechanism", NULL))
		vec_push(&names, xml_text(m));
	add_sorted(&names, out);
	for (size_t i = 0; i < names.count; i++)
		free(names.items[i]);
	vec_release(&names);
}

static void add_bindings(const xmlNode *list, struct buf *out)
{
	struct vec types = VEC_INIT;
	for (const xmlNode *b = xml_child(list, "channel-binding", NULL); b; b = xml_next(b, "channel-binding", NULL))
		if (xml_attribute(b, "type"))
			vec_push(&types, (void *)xml_attribute(b, "type"));
	buf_add_char(out, BETWEEN_LISTS);
	add_sorted(&types, out);
	vec_release(&types);
}

int downgrade_hash(const xmlNode *features, bool sasl2, const char *mechanism, struct buf *out, struct err *e)
{
	unsigned char hash[EVP_MAX_MD_SIZE];
	unsigned length = 0;
	BUF_AUTO offered = BUF_INIT;
	const char *name = sasl_digest(mechanism);
	const EVP_MD *digest = name ? EVP_get_digestbyname(name) : NULL;
	if (!digest)
		return err_set(e, ERR_UNSUPPORTED, NULL, "%s is no mechanism of SCRAM that is known here", mechanism);
	add_mechanisms(
		sasl2 ? xml_child(features, "authentication", NS_SASL2) : xml_child(features, "mechanisms", NS_SASL),
		&offered);
	const xmlNode *bindings = xml_child(features, "sasl-channel-binding", NS_CHANNEL_BINDING);
	if (bindings)
		add_bindings(bindings, &offered);
	EVP_Digest(buf_text(&offered), offered.len, hash, &length, digest, NULL);
	base64_encode(hash, length, out);
	return 0;
}
