/* Indented blocks: XML, raw text, expressions. */
#include "base/text.h"
#include "script/contract.h"
#include "script/private.h"
#include <ctype.h>
#include <libxml/parser.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The stream that a block is read in (RFC 6120 section 4.8): jabber:client is the default namespace, or what a client shows. */
static char *before(const struct block *b)
{
	return memory_printf("<s xmlns='%s' xmlns:stream='" NS_STREAMS "' xmlns:scansion='" NS_SCANSION "'>",
		b->shown ? NS_SHOWN : NS_CLIENT);
}

static bool is_name_character(char c)
{
	return isalnum((unsigned char)c) || c == '-' || c == '_' || c == '.';
}

/* Every ${name} of a text that begins at `column` of the line must be known. */
int text_variables(struct parser *p, const struct source *s, int line, const char *text, int column)
{
	int result = 0;
	for (const char *at = text; (at = strstr(at, "${")); at += 2) {
		if (at > text && at[-1] == '$')
			continue;
		size_t length = 0;
		while (is_name_character(at[2 + length]))
			length++;
		struct position where = source_position(p, s, line, column + (int)(at - text));
		AUTO_TEXT name = memory_copy_bytes(at + 2, length);
		if (at[2 + length] != '}' || !length)
			result = parser_error(p, where, "'${' without a name and '}'");
		else if (!map_get(&p->known, name)) {
			const char *near = text_nearest(name, (const char *const *)p->known.keys, p->known.count);
			result = parser_error(p, where, "the variable ${%s} is not known here%s%s%s", name,
				near ? "; did you mean ${" : "", near ? near : "",
				near ? "}?" : ", expected one that an earlier step sets, or of an actor");
		}
	}
	return result;
}

int block_variables(struct parser *p, const struct block *b)
{
	int result = 0;
	for (size_t i = 0; i < b->count; i++)
		result |= text_variables(p, b->source, b->first + (int)i, b->source->lines[b->first - 1 + (int)i], 1);
	return result;
}

static size_t indent_of(const char *line)
{
	return strspn(line, " \t");
}

char *block_text(struct parser *p, const struct block *b)
{
	BUF_AUTO out = BUF_INIT;
	size_t indent = SIZE_MAX;
	for (size_t i = 0; i < b->count; i++) {
		const char *line = b->source->lines[b->first - 1 + (int)i];
		if (!text_is_blank(line) && indent_of(line) < indent)
			indent = indent_of(line);
	}
	buf_add(&out, "", 0);
	for (size_t i = 0; i < b->count; i++) {
		const char *line = b->source->lines[b->first - 1 + (int)i];
		if (i)
			buf_add_char(&out, '\n');
		buf_add_text(&out, strlen(line) > indent ? line + indent : "");
	}
	return arena_text(p->a, out.data);
}

static void set_lines(xmlNode *node, int add)
{
	for (; node; node = node->next) {
		if (node->type != XML_ELEMENT_NODE)
			continue;
		node->line = (unsigned short)(node->line + add);
		set_lines(node->children, add);
	}
}

static int xml_fault(struct parser *p, const struct block *b, const xmlError *fault)
{
	int column = fault ? fault->int2 : 1, line = fault && fault->line > 0 ? fault->line : 1;
	AUTO_TEXT wrapper = before(b);
	if (line == 1)
		column -= (int)strlen(wrapper);
	/* A fault at the very end is told of the line after the block. */
	int last = (int)b->count;
	struct position at =
		source_position(p, b->source, b->first + (line > last ? last : line) - 1, column > 0 ? column : 1);
	char message[300];
	snprintf(message, sizeof message, "%s", fault && fault->message ? fault->message : "unknown fault");
	return parser_error(p, at, "not well-formed XML: %s", message);
}

static xmlDoc *read_block(struct parser *p, const struct block *b)
{
	BUF_AUTO text = BUF_INIT;
	AUTO_TEXT wrapper = before(b);
	buf_add_text(&text, wrapper);
	for (size_t i = 0; i < b->count; i++)
		buf_printf(&text, "%s\n", b->source->lines[b->first - 1 + (int)i]);
	buf_add_text(&text, "</s>");
	xmlParserCtxt *context = xmlNewParserCtxt();
	xmlDoc *doc = xmlCtxtReadMemory(context, text.data, (int)text.len, NULL, "UTF-8",
		XML_PARSE_NONET | XML_PARSE_NOENT | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOCDATA);
	if (!doc)
		xml_fault(p, b, xmlCtxtGetLastError(context));
	xmlFreeParserCtxt(context);
	if (doc)
		set_lines(xmlDocGetRootElement(doc)->children, b->first - 1);
	return doc;
}

/* White space that only lays the block out is no part of the stanza. */
static void drop_layout(xmlNode *node)
{
	bool elements = false, text = false;
	for (const xmlNode *c = node->children; c; c = c->next) {
		elements |= c->type == XML_ELEMENT_NODE;
		text |= c->type == XML_TEXT_NODE && !text_is_blank((const char *)c->content);
	}
	for (xmlNode *c = node->children, *next; c; c = next) {
		next = c->next;
		if (c->type == XML_ELEMENT_NODE) {
			drop_layout(c);
		} else if (elements && !text && c->type == XML_TEXT_NODE) {
			xmlUnlinkNode(c);
			xmlFreeNode(c);
		}
	}
}

int block_elements(struct parser *p, const struct block *b, xmlDoc ***elements, size_t *count)
{
	xmlDoc *doc = read_block(p, b);
	if (!doc)
		return -1;
	const xmlNode *root = xmlDocGetRootElement(doc);
	size_t found = 0;
	int result = 0;
	for (const xmlNode *c = root->children; c; c = c->next) {
		found += c->type == XML_ELEMENT_NODE;
		if (c->type == XML_TEXT_NODE && !text_is_blank((const char *)c->content))
			result = parser_error(p, source_position(p, b->source, b->first, 1),
				"text outside an element: expected stanzas");
	}
	*elements = arena_alloc(p->a, (found + 1) * sizeof **elements);
	*count = 0;
	for (const xmlNode *c = xml_child(root, NULL, NULL); c && result == 0; c = xml_next(c, NULL, NULL)) {
		(*elements)[*count] = xml_copy(c);
		drop_layout(xml_root((*elements)[(*count)++]));
	}
	xmlFreeDoc(doc);
	return result;
}

int block_patterns(struct parser *p, const struct block *b, bool exactly, enum alternative_verdict verdict,
	struct expectation **list, size_t *count)
{
	xmlDoc **elements = NULL;
	size_t found = 0;
	int result = block_elements(p, b, &elements, &found);
	*list = arena_alloc(p->a, (found + 1) * sizeof **list);
	*count = 0;
	for (size_t i = 0; i < found; i++) {
		struct err e;
		const xmlNode *root = xml_root(elements[i]);
		struct expectation *x = &(*list)[*count];
		*x = (struct expectation){ .position =
						   source_position(p, b->source, (int)xmlGetLineNo((xmlNode *)root), 1),
			.verdict = verdict,
			.pattern = pattern_new(root, exactly, &e) };
		if (!x->pattern) {
			int line = (int)strtol(e.where + strcspn(e.where, "0123456789"), NULL, 10);
			result = parser_error(
				p, source_position(p, b->source, line > 0 ? line : b->first, 1), "%s", e.message);
		} else {
			struct vec binds = VEC_INIT;
			pattern_names(x->pattern, &binds, NULL);
			for (size_t k = 0; k < binds.count; k++)
				map_set(&p->known, binds.items[k], "");
			vec_release(&binds);
			(*count)++;
		}
		xmlFreeDoc(elements[i]);
	}
	return result;
}
