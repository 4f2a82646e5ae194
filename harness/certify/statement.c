/* The statement: what is signed, as JSON whose members always stand in the same order. */
#include "base/clock.h"
#include "base/text.h"
#include "certify/private.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* ---- times ---- */

void stamp_print(int64_t seconds, char out[STAMP_SIZE])
{
	time_t when = (time_t)seconds;
	struct tm utc = { 0 };
	gmtime_r(&when, &utc);
	strftime(out, STAMP_SIZE, "%Y-%m-%dT%H:%M:%SZ", &utc);
}

int stamp_read(const char *text, int64_t *seconds)
{
	char again[STAMP_SIZE];
	if (clock_read_stamp(text, seconds))
		return -1;
	stamp_print(*seconds, again); /* only the one form */
	return strcmp(again, text) == 0 ? 0 : -1;
}

/* ---- members ---- */

bool text_is_plain(const char *text)
{
	json_t *string = json_string(text); /* NULL where it is no UTF-8 */
	bool plain = string && strlen(text) <= 500;
	json_decref(string);
	for (; plain && *text; text++)
		plain = (unsigned char)*text >= ' ' && *text != 127;
	return plain;
}

static void copy(json_t *to, const json_t *from, const char *const *names)
{
	for (; *names; names++)
		if (json_object_get(from, *names))
			json_object_set(to, *names, json_object_get(from, *names));
}

/* The grades of the profiles, with the rule that gave each, where the results have any. */
static json_t *grades(const json_t *results)
{
	static const char *const members[] = { "profile", "grade", "rule", NULL };
	size_t i;
	json_t *grade, *list = json_array();
	json_array_foreach(json_object_get(results, "grades"), i, grade) {
		json_t *one = json_object();
		copy(one, grade, members);
		json_array_append_new(list, one);
	}
	return list;
}

/* The suites: as the run recorded them, or where it did not, as they are now; it says which. */
static json_t *suites(const json_t *run)
{
	json_t *object = json_object();
	struct arena arena = ARENA_INIT;
	char digest[DIGEST_SIZE];
	if (*text_at(run, "suites")) {
		json_object_set(object, "sha256", json_object_get(run, "suites"));
		json_object_set_new(object, "of", json_string("the folder of suites that the run was made with"));
	} else if (digest_folder(data_path(&arena, "suites"), digest, NULL) == 0) {
		json_object_set_new(object, "sha256", json_string(digest));
		json_object_set_new(
			object, "of", json_string("the folder of suites when it was certified; the run recorded none"));
	}
	arena_release(&arena);
	return object;
}

static json_t *program(const char *name, const char *version)
{
	json_t *object = json_object();
	json_object_set_new(object, "name", json_string(name));
	json_object_set_new(object, "version", json_string(version));
	return object;
}

json_t *statement_make(const struct certify_request *q, const struct signer *s, const json_t *results,
	const json_t *run, const char *valid_until)
{
	static const char *const of_run[] = { "driver", "transport", "profile", "started", NULL };
	static const char *const of_target[] = { "name", "domain", "product", "provisioning", NULL };
	char now[STAMP_SIZE];
	json_t *o = json_object(), *target = json_object();
	const json_t *tool = json_object_get(results, "tool");
	AUTO_TEXT subject = s->certificate && !q->issuer ? certificate_subject(s->certificate) : NULL;
	stamp_print(q->now, now);
	json_object_set_new(o, "certificate", json_string("assay"));
	json_object_set_new(o, "format", json_integer(STATEMENT_FORMAT));
	json_object_set_new(o, "issuer", json_string(q->issuer ? q->issuer : subject ? subject : ""));
	json_object_set_new(o, "link", json_string(q->link ? q->link : "report.html"));
	json_object_set_new(o, "valid_from", json_string(now));
	json_object_set_new(o, "valid_until", json_string(valid_until));
	json_object_set_new(o, "tool", program(text_at(tool, "name"), text_at(tool, "version")));
	json_object_set_new(o, "certified_by", program("assay", q->version));
	json_object_set_new(o, "suites", suites(run));
	copy(target, json_object_get(results, "target"), of_target);
	json_object_set_new(o, "target", target);
	if (json_object_get(results, "peer")) {
		json_t *peer = json_object();
		copy(peer, json_object_get(results, "peer"), of_target);
		json_object_set_new(o, "peer", peer);
	}
	copy(o, run, of_run);
	json_object_set(o, "verdicts", json_object_get(results, "summary"));
	json_object_set_new(o, "grades", grades(results));
	json_object_set_new(o, "scope", scope_make(results, run));
	json_object_set_new(o, "signer", signer_describe(s));
	return o;
}

/* ---- the seal ---- */

/* A signature only says that something changed. So the statement ends with the pieces of what stands before, as a chain, and once
 * more its last value: then a change above alters several of these lines, and a change of one of them alters one. */
#define SEAL_LEAST 256
#define SEAL_BEGIN ",\n \"seal\": [\n"
#define SEAL_END   "\n ]\n}\n"
#define SEAL_NAME  "certificate"

static void seal_print(const char *text, size_t length, struct buf *out)
{
	struct chain c;
	chain_make(&c, SEAL_NAME, text, length, SEAL_LEAST);
	buf_add_text(out, SEAL_BEGIN);
	for (size_t i = 0; i < c.count; i++)
		buf_printf(out, "  \"%zu %s\",\n", c.pieces[i].length, c.pieces[i].value);
	buf_printf(out, "  \"%zu %s\"" SEAL_END, length, c.count ? c.pieces[c.count - 1].value : "");
	chain_release(&c);
}

void statement_print(const json_t *statement, struct buf *out)
{
	char *text = json_dumps(statement, JSON_INDENT(1));
	size_t length = text ? strlen(text) : 0;
	if (length > 2)
		buf_add(out, text, length - 2); /* without its last "\n}" */
	free(text);
	seal_print(buf_text(out), out->len, out);
}

/* The last place where the seal's beginning stands; NULL where it is nowhere. */
static const char *seal_find(const struct buf *text)
{
	const char *found = NULL;
	for (const char *at = buf_text(text); (at = strstr(at, SEAL_BEGIN)); at++)
		found = at;
	return found;
}

/* The seal as a chain, read as leniently as it may have been changed. Its last line is no piece. */
static void seal_read(const char *seal, struct chain *c)
{
	*c = (struct chain){ .name = memory_copy_text(SEAL_NAME) };
	for (const char *line = seal + strlen(SEAL_BEGIN); text_starts(line, "  \"");) {
		const char *end = strchr(line, '\n'), *space = strchr(line, ' ');
		if (!end)
			break;
		space = strchr(space + 2, ' ');
		AUTO_TEXT value = space && space < end ? memory_copy_bytes(space + 1, (size_t)(end - space - 1)) : NULL;
		if (value)
			value[strcspn(value, "\"")] = 0;
		size_t length = strtoul(line + 3, NULL, 10);
		chain_add(c, length <= PIECE_MOST ? length : PIECE_MOST, value ? value : "");
		line = end + 1;
	}
	if (c->count)
		c->count--;
}

/* What changed in the seal itself is shorter than two of its lines; what changed above reaches at least from one line to the last. */
#define SEAL_LINE 80

void seal_compare(const char *file, const struct buf *text, const char *signature_file, struct verified *v)
{
	BUF_AUTO expected = BUF_INIT;
	const char *seal = seal_find(text);
	size_t whole = strlen(buf_text(text));
	if (whole != text->len) {
		found_at(v, file, buf_text(text), whole, whole + 1, "changed since it was signed");
		return;
	}
	if (!seal) {
		found_at(v, file, buf_text(text), 0, text->len, "changed since it was signed, and its seal is broken");
		return;
	}
	size_t length = (size_t)(seal - buf_text(text));
	buf_add(&expected, buf_text(text), length);
	seal_print(buf_text(text), length, &expected);
	struct difference d = difference_find(text, &expected);
	if (!d.last && !d.expected_last) {
		found(v, signature_file, "does not fit %s: the signature was changed, or is another's", file);
	} else if (d.last - d.first < SEAL_LINE && d.expected_last - d.first < SEAL_LINE) {
		found_difference(v, file, text, &expected);
	} else {
		struct chain c;
		seal_read(seal, &c);
		if (!chain_compare(&c, file, buf_text(text), length, v))
			found_difference(v, file, text, &expected);
		chain_release(&c);
	}
}
