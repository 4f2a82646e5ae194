#include "xml/value.h"
#include "base/text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *token, *ere;
} tokens[] = {
	{ "any", ".*" },
	{ "some", ".+" },
	{ "uuid", "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}" },
	/* XEP-0082 section 3.2: a DateTime, with or without fractions, UTC or an offset. */
	{ "date", "-?[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})" },
	{ "number", "[0-9]+" },
};

static size_t count_groups(const char *ere)
{
	regex_t r;
	if (regcomp(&r, ere, REG_EXTENDED))
		return 0;
	size_t groups = r.re_nsub;
	regfree(&r);
	return groups;
}

/* The end of the token that begins at `at` (its closing brace), braces inside pairing; NULL where there is none. */
static const char *token_end(const char *at)
{
	int depth = 0;
	for (; *at; at++) {
		if (*at == '{')
			depth++;
		else if (*at == '}' && --depth == 0)
			return at;
	}
	return NULL;
}

static bool is_name(const char *name)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
	return *name && name[strspn(name, letters)] == 0;
}

static int read_token(struct value_part *part, struct arena *a, const char *token, struct err *e)
{
	for (size_t i = 0; i < sizeof tokens / sizeof *tokens; i++) {
		if (strcmp(tokens[i].token, token) != 0)
			continue;
		part->ere = tokens[i].ere;
		part->groups = count_groups(part->ere);
		return 0;
	}
	if (text_starts(token, "bind:") && is_name(token + 5)) {
		part->ere = ".+";
		part->bind = arena_text(a, token + 5);
		return 0;
	}
	if (text_starts(token, "re:")) {
		regex_t r;
		if (regcomp(&r, token + 3, REG_EXTENDED))
			return err_set(e, ERR_SCRIPT, NULL, "not a regular expression: %s", token + 3);
		regfree(&r);
		part->ere = arena_text(a, token + 3);
		part->groups = count_groups(part->ere);
		return 0;
	}
	if (strcmp(token, "absent") == 0 || strcmp(token, "self") == 0 || strcmp(token, "exactly") == 0 ||
		text_starts(token, "not:"))
		return err_set(e, ERR_SCRIPT, NULL, "{%s} must be the whole value", token);
	return err_set(e, ERR_SCRIPT, NULL,
		"unknown token {%s}; there is {any}, {some}, {uuid}, {date}, {number}, {re:…}, "
		"{bind:NAME}, {not:…}, {absent}, {self} and {exactly}; a brace itself is written {{",
		token);
}

static void add_literal(struct value_part **part, struct value *v, struct buf *literal, struct arena *a)
{
	if (!literal->len)
		return;
	(*part)->literal = arena_text(a, literal->data);
	(*part)++;
	v->part_count++;
	buf_clear(literal);
}

/* Whole-value tokens; false where the value is none. */
static bool compile_whole(struct value *v, struct arena *a, const char *text)
{
	size_t length = strlen(text);
	if (strcmp(text, "{any}") == 0)
		v->kind = VALUE_ANY;
	else if (strcmp(text, "{absent}") == 0)
		v->kind = VALUE_ABSENT;
	else if (strcmp(text, "{self}") == 0)
		v->kind = VALUE_SELF;
	else if (text_starts(text, "{not:") && token_end(text) == text + length - 1) {
		v->kind = VALUE_NOT;
		v->plain = arena_bytes(a, text + 5, length - 6);
	} else
		return false;
	return true;
}

int value_compile(struct value *v, struct arena *a, const char *text, struct err *e)
{
	*v = (struct value){ .kind = VALUE_PLAIN, .raw = arena_text(a, text), .variables = strstr(text, "${") != NULL };
	if (compile_whole(v, a, text))
		return 0;
	BUF_AUTO literal = BUF_INIT;
	bool has_token = false;
	v->parts = arena_alloc(a, (strlen(text) + 1) * sizeof *v->parts);
	struct value_part *part = v->parts;
	for (const char *at = text; *at;) {
		const char *end;
		if (at[0] == '$' && at[1] == '{' && (end = strchr(at, '}'))) {
			buf_add(&literal, at, (size_t)(end + 1 - at));
			at = end + 1;
		} else if (at[0] == '{' && at[1] == '{') {
			buf_add_char(&literal, '{');
			at += 2;
		} else if (*at == '{') {
			end = token_end(at);
			if (!end)
				return err_set(e, ERR_SCRIPT, NULL, "a { without its }: %s", at);
			add_literal(&part, v, &literal, a);
			AUTO_TEXT token = memory_copy_bytes(at + 1, (size_t)(end - at - 1));
			if (read_token(part, a, token, e))
				return -1;
			part++;
			v->part_count++;
			has_token = true;
			at = end + 1;
		} else {
			buf_add_char(&literal, *at++);
		}
	}
	if (!has_token) {
		v->plain = arena_text(a, buf_text(&literal));
		return 0;
	}
	add_literal(&part, v, &literal, a);
	v->kind = VALUE_PARTS;
	return 0;
}

void value_release(struct value *v)
{
	if (v->compiled) {
		regfree(v->compiled);
		free(v->compiled);
	}
	v->compiled = NULL;
}

/* ---- trail ---- */

void trail_shorten(struct trail *t, size_t length)
{
	while (t->names.count > length) {
		free(t->names.items[--t->names.count]);
		free(t->values.items[--t->values.count]);
	}
}

const char *trail_get(const struct trail *t, const char *name)
{
	for (size_t i = t->names.count; i > 0; i--)
		if (strcmp(t->names.items[i - 1], name) == 0)
			return t->values.items[i - 1];
	return map_get(t->variables, name);
}

/* As text_expand, but looks at what the pattern has bound so far, too. */
static bool expand(const char *text, const struct trail *t, struct buf *out, char *missing, size_t size)
{
	buf_add(out, "", 0);
	while (*text) {
		const char *end;
		if (text[0] == '$' && text[1] == '{' && (end = strchr(text, '}'))) {
			AUTO_TEXT name = memory_copy_bytes(text + 2, (size_t)(end - text - 2));
			const char *value = trail_get(t, name);
			if (!value) {
				snprintf(missing, size, "the value of ${%s}, which nothing has set", name);
				return false;
			}
			buf_add_text(out, value);
			text = end + 1;
		} else {
			buf_add_char(out, *text++);
		}
	}
	return true;
}

/* ---- matching ---- */

static void add_escaped(struct buf *out, const char *text)
{
	for (; *text; text++) {
		if (strchr("\\^$.[|()*+?{", *text))
			buf_add_char(out, '\\');
		buf_add_char(out, *text);
	}
}

static bool build(const struct value *v, const struct trail *t, struct buf *ere, char *why, size_t size)
{
	buf_add_char(ere, '^');
	for (size_t i = 0; i < v->part_count; i++) {
		const struct value_part *part = &v->parts[i];
		if (part->ere) {
			buf_printf(ere, "(%s)", part->ere);
			continue;
		}
		BUF_AUTO literal = BUF_INIT;
		if (!expand(part->literal, t, &literal, why, size))
			return false;
		add_escaped(ere, literal.data);
	}
	buf_add_char(ere, '$');
	return true;
}

static bool match_parts(const struct value *v, const char *text, struct trail *t, char *why, size_t size)
{
	regmatch_t groups[32];
	regex_t own = { 0 }, *r = v->compiled;
	if (!r) {
		BUF_AUTO ere = BUF_INIT;
		if (!build(v, t, &ere, why, size))
			return false;
		r = v->variables ? &own : memory_alloc(sizeof *r);
		if (regcomp(r, ere.data, REG_EXTENDED)) {
			if (r != &own)
				free(r);
			snprintf(why, size, "a value that fits %s", v->raw);
			return false;
		}
		if (r != &own)
			((struct value *)v)->compiled = r; /* made once, when first needed */
	}
	bool fits = regexec(r, text, sizeof groups / sizeof *groups, groups, 0) == 0;
	size_t group = 1;
	for (size_t i = 0; fits && i < v->part_count; i++) {
		const struct value_part *part = &v->parts[i];
		if (!part->ere)
			continue;
		if (part->bind && group < sizeof groups / sizeof *groups) {
			vec_push(&t->names, memory_copy_text(part->bind));
			vec_push(&t->values,
				memory_copy_bytes(text + groups[group].rm_so,
					(size_t)(groups[group].rm_eo - groups[group].rm_so)));
		}
		group += 1 + part->groups;
	}
	if (r == &own)
		regfree(&own);
	if (!fits)
		value_expected(v, t, why, size);
	return fits;
}

void value_expected(const struct value *v, const struct trail *t, char *out, size_t size)
{
	BUF_AUTO text = BUF_INIT;
	const char *shown = v->plain ? v->plain : v->raw;
	if (expand(shown, t, &text, out, size))
		snprintf(out, size, v->kind == VALUE_NOT ? "something other than '%s'" : "'%s'", buf_text(&text));
}

bool value_match(const struct value *v, const char *text, struct trail *t, char *why, size_t size)
{
	switch (v->kind) {
	case VALUE_ANY:
		return true;
	case VALUE_ABSENT:
		snprintf(why, size, "none");
		return false;
	case VALUE_PARTS:
		return match_parts(v, text, t, why, size);
	case VALUE_SELF: {
		const char *self = trail_get(t, "self");
		snprintf(why, size, "'%s' or none", self ? self : "the own address");
		return self && strcmp(self, text) == 0;
	}
	case VALUE_PLAIN:
	case VALUE_NOT:
		break;
	}
	BUF_AUTO expanded = BUF_INIT;
	const char *wanted = v->plain;
	if (v->variables) {
		if (!expand(v->plain, t, &expanded, why, size))
			return false;
		wanted = expanded.data;
	}
	if ((strcmp(wanted, text) == 0) == (v->kind == VALUE_PLAIN))
		return true;
	snprintf(why, size, v->kind == VALUE_NOT ? "something other than '%s'" : "'%s'", wanted);
	return false;
}

void value_names(const struct value *v, struct arena *a, struct vec *binds, struct vec *uses)
{
	for (size_t i = 0; i < v->part_count; i++)
		if (v->parts[i].bind && binds)
			vec_push(binds, (void *)v->parts[i].bind);
	for (const char *at = v->raw; uses && (at = strstr(at, "${")); at += 2) {
		const char *end = strchr(at, '}');
		if (end)
			vec_push(uses, arena_bytes(a, at + 2, (size_t)(end - at - 2)));
	}
}
