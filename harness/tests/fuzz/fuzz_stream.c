/* The reader of streams: fed whole and in pieces it finds the same as far as it gets; what it hands over can be printed and read again,
 * redacted, copied and matched. */
#include "base/buf.h"
#include "fuzz.h"
#include "xml/attack.h"
#include "xml/redact.h"
#include <stdlib.h>
#include <string.h>

static void try_stanza(const xmlNode *root)
{
	struct err e = { .class = ERR_NONE };
	BUF_AUTO first = BUF_INIT;
	BUF_AUTO second = BUF_INIT;
	BUF_AUTO other = BUF_INIT;
	xml_print(root, &first);
	size_t before = first.len;
	xmlDoc *again = xml_parse(first.data, first.len, &e);
	fuzz_must(again != NULL, "what is printed can be read");
	/* An element without a namespace is taken to be in jabber:client, so only from here on must nothing change. */
	xml_print(xml_root(again), &first);
	xmlDoc *third = xml_parse(first.data + before, first.len - before, &e);
	fuzz_must(third != NULL, "and once more");
	xml_print(xml_root(third), &second);
	fuzz_must(strcmp(first.data + before, buf_text(&second)) == 0, "and prints the same");
	xmlFreeDoc(third);
	redact_print(root, &other);
	xml_print_pretty(root, &other);
	const char *type;
	xml_error_condition(root, &type);
	struct pattern *p = pattern_new(root, false, &e);
	struct map variables = MAP_INIT;
	struct mismatch why;
	if (p) {
		pattern_match(p, xml_root(again), &variables, &why);
		for (size_t i = 0; i < attack_count(p) && i < 4; i++) {
			xmlDoc *spoiled = xml_copy(xml_root(again));
			attack_apply(p, i, xml_root(spoiled), &variables);
			xmlFreeDoc(spoiled);
		}
		xmlFreeDoc(pattern_example(p, &variables, &e));
	}
	pattern_free(p);
	map_release(&variables);
	xmlFreeDoc(again);
}

static void drain(struct xml_reader *r, struct buf *out, int try)
{
	struct xml_event event;
	while (xml_reader_next(r, &event)) {
		buf_printf(out, "%d ", (int)event.kind);
		if (event.doc)
			xml_print(xml_root(event.doc), out);
		if (event.doc && event.kind == XML_STANZA && try)
			try_stanza(xml_root(event.doc));
		xmlFreeDoc(event.doc);
	}
}

FUZZ_TARGET(stream)
{
	struct err e = { .class = ERR_NONE }, f = { .class = ERR_NONE };
	const struct xml_limits limits = { .stanza_bytes = 4096, .depth = 20 };
	BUF_AUTO whole = BUF_INIT;
	BUF_AUTO pieces = BUF_INIT;
	xml_start();
	if (!size)
		return 0;
	size_t step = data[0] % 7 + 1;
	const char *bytes = (const char *)data + 1;
	size--;
	struct xml_reader *r = xml_reader_new(&limits);
	int result = xml_reader_feed(r, bytes, size, &e);
	drain(r, &whole, 1);
	fuzz_must(result == 0 || *e.message, "an error has a message");
	xml_reader_reset(r);
	int other = 0;
	for (size_t at = 0; at < size && !other; at += step)
		other = xml_reader_feed(r, bytes + at, size - at < step ? size - at : step, &f);
	drain(r, &pieces, 0);
	fuzz_must(other == 0 || *f.message, "an error has a message");
	/* What is not whole yet may be looked at sooner in the one case than in the other. */
	size_t common = whole.len < pieces.len ? whole.len : pieces.len;
	fuzz_must(memcmp(buf_text(&whole), buf_text(&pieces), common) == 0, "fed whole or in pieces, it is the same");
	xml_reader_free(r);
	return 0;
}
