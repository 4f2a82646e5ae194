#include "tls/policy.h"
#include "base/text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIELDS 5

struct row {
	const char *item, *value, *where, *reason;
	int64_t below; /* for bits; -1: a glob */
	enum worth worth;
};

static const char *const worths[] = { "pass", "weak", "fail" };
static const char *const items[] = { "version", "suite", "group", "rsa-bits", "ec-bits", "dh-bits", "signature",
	"certificate", "days-left", "compression", "secure-renegotiation", "client-renegotiation",
	"extended-master-secret", "session-tickets", "fallback-protection", "early-data", "alpn", "starttls-required",
	"offered-before-tls", "unknown-name", "peer-certificate" };
#define COUNT(list) (sizeof(list) / sizeof *(list))

const char *worth_name(enum worth w)
{
	return worths[w];
}

/* ---- reading ---- */

static bool is_one_of(const char *word, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (text_equal(word, list[i]))
			return true;
	return false;
}

static int take_row(struct policy *p, char *fields[FIELDS], const char *where, struct err *e)
{
	struct row *r = arena_alloc(&p->arena, sizeof *r);
	if (!is_one_of(fields[0], items, COUNT(items)))
		return err_set(e, ERR_USAGE, where, "there is no item '%s'", fields[0]);
	if (!is_one_of(fields[2], worths, COUNT(worths)))
		return err_set(e, ERR_USAGE, where, "'%s' is no worth; there are pass, weak and fail", fields[2]);
	r->item = arena_text(&p->arena, fields[0]);
	r->value = arena_text(&p->arena, fields[1]);
	r->where = arena_text(&p->arena, fields[3]);
	r->reason = arena_text(&p->arena, fields[4]);
	r->below = -1;
	if (fields[1][0] == '<' && text_to_number(fields[1] + 1, 0, INT32_MAX, &r->below))
		return err_set(e, ERR_USAGE, where, "'%s' is no number behind a <", fields[1]);
	while (r->worth < WORTH_FAIL && !text_equal(fields[2], worths[r->worth]))
		r->worth++;
	vec_push(&p->rows, r);
	return 0;
}

static int take_line(struct policy *p, char *line, const char *where, struct err *e)
{
	char *fields[FIELDS] = { NULL };
	size_t count = 0;
	if (text_is_blank(line) || *line == '#')
		return 0;
	for (char *rest = line; rest && count < FIELDS; count++) {
		fields[count] = rest;
		rest = count + 1 < FIELDS ? strchr(rest, '\t') : NULL;
		if (rest)
			*rest++ = 0;
	}
	const char **place = text_equal(fields[0], "title") ? &p->title
		: text_equal(fields[0], "edition")          ? &p->edition
		: text_equal(fields[0], "date")             ? &p->date
							    : NULL;
	if (place && count == 2) {
		*place = arena_text(&p->arena, fields[1]);
		return 0;
	}
	if (count != FIELDS)
		return err_set(
			e, ERR_USAGE, where, "a line is ITEM, VALUE, WORTH, WHERE and REASON with tabs between them");
	return take_row(p, fields, where, e);
}

int policy_load(struct policy *p, const char *path, struct err *e)
{
	BUF_AUTO text = BUF_INIT;
	*p = (struct policy){ .title = NULL };
	int result = file_read(path, &text, e), number = 1;
	for (char *line = text.data; result == 0 && line && *line; number++) {
		char *next = line + strcspn(line, "\n");
		next += *next == '\n';
		line[strcspn(line, "\r\n")] = 0;
		AUTO_TEXT where = memory_printf("%s:%d", path, number);
		result = take_line(p, line, where, e);
		line = next;
	}
	if (result == 0 && (!p->title || !p->edition || !p->date))
		result = err_set(e, ERR_USAGE, path, "a policy has a title, an edition and a date");
	if (result) {
		policy_release(p);
		return -1;
	}
	const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
	p->name = arena_bytes(&p->arena, base, strcspn(base, "."));
	return 0;
}

void policy_release(struct policy *p)
{
	vec_release(&p->rows);
	arena_release(&p->arena);
}

/* ---- findings ---- */

__attribute__((format(printf, 4, 5))) static void add(
	struct vec *out, const char *item, const char *context, const char *format, ...)
{
	struct finding_of_tls *f = memory_alloc(sizeof *f);
	struct buf text = BUF_INIT;
	va_list args;
	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	f->item = item;
	f->context = memory_copy_text(context);
	f->value = text.len ? buf_take(&text) : memory_copy_text("");
	vec_push(out, f);
}

static void add_flag(struct vec *out, const char *item, bool value)
{
	add(out, item, "", "%s", value ? "yes" : "no");
}

static bool has_suite(const struct scan_version *v, uint16_t suite)
{
	for (size_t i = 0; i < v->count; i++)
		if (v->suites[i] == suite)
			return true;
	return false;
}

/* Each suite once, with the versions that have it; the newest version's first. */
static void add_suites(const struct scan *s, struct vec *out)
{
	for (int v = TLS_VERSIONS - 1; v >= 0; v--)
		for (size_t i = 0; i < s->versions[v].count; i++) {
			uint16_t suite = s->versions[v].suites[i];
			BUF_AUTO versions = BUF_INIT;
			bool seen = false;
			for (int other = TLS_VERSIONS - 1; other >= 0; other--) {
				if (!has_suite(&s->versions[other], suite))
					continue;
				seen = seen || other > v;
				buf_printf(&versions, "%s%s", versions.len ? " " : "",
					tls_version_name((uint16_t)(TLS_SSL3 + other)));
			}
			const char *name = tls_suite_name(suite);
			if (!seen && name)
				add(out, "suite", buf_text(&versions), "%s", name);
			else if (!seen)
				add(out, "suite", buf_text(&versions), "0x%04x", suite);
		}
}

static void add_groups(const struct scan *s, struct vec *out)
{
	for (size_t i = 0; i < s->newest_group_count; i++)
		add(out, "group", "TLSv1.3", "%s", tls_group_name(s->newest_groups[i]));
	for (size_t i = 0; i < s->group_count; i++)
		add(out, "group", "TLSv1.2", "%s", tls_group_name(s->groups[i]));
}

static void add_certificate(const struct scan_certificate *c, struct vec *out)
{
	add(out, "certificate", "", "%s", c->fault ? c->fault : "accepted");
	if (!c->subject)
		return;
	if (text_starts(c->key, "EC ") || text_starts(c->key, "ED") || text_starts(c->key, "Ed"))
		add(out, "ec-bits", c->key, "%d", c->key_bits);
	else
		add(out, "rsa-bits", c->key, "%d", c->key_bits);
	add(out, "signature", "", "%s", c->signature);
	add(out, "days-left", c->until, "%ld", c->days_left);
}

void scan_findings(const struct scan *s, const struct scan_place *place, struct vec *out)
{
	for (int v = 0; v < TLS_VERSIONS; v++)
		if (s->versions[v].accepted)
			add(out, "version", "", "%s", tls_version_name((uint16_t)(TLS_SSL3 + v)));
	add_suites(s, out);
	add_groups(s, out);
	if (s->dh_bits)
		add(out, "dh-bits", "", "%u", s->dh_bits);
	add_certificate(&s->certificate, out);
	if (s->older) {
		add_flag(out, "compression", s->compression);
		add_flag(out, "secure-renegotiation", s->renegotiation_info);
		add_flag(out, "client-renegotiation", s->client_renegotiates);
		add_flag(out, "extended-master-secret", s->extended_master_secret);
		add_flag(out, "session-tickets", s->ticket || s->resumes);
	} else {
		add_flag(out, "session-tickets", s->resumes);
	}
	if (s->fallback_known)
		add_flag(out, "fallback-protection", s->fallback_refused);
	add(out, "early-data", "", "%u", s->early_data);
	add_flag(out, "unknown-name", s->unknown_name);
	if (place->s2s && s->certificate.subject) /* else no whole handshake was seen */
		add(out, "peer-certificate", "", "%s", s->certificate_asked ? "asked for" : "not asked for");
	if (place->direct) {
		add_flag(out, "alpn", s->alpn);
	} else {
		add_flag(out, "starttls-required", s->starttls_required);
		add(out, "offered-before-tls", "", "%s",
			s->features_in_clear && *s->features_in_clear ? s->features_in_clear : "nothing");
	}
}

void scan_findings_release(struct vec *findings)
{
	for (size_t i = 0; i < findings->count; i++) {
		struct finding_of_tls *f = findings->items[i];
		free(f->value);
		free(f->context);
		free(f);
	}
	vec_release(findings);
}

/* ---- judging ---- */

static bool fits(const struct row *r, const struct finding_of_tls *f)
{
	int64_t number;
	if (!text_equal(r->item, f->item))
		return false;
	if (r->below >= 0)
		return text_to_number(f->value, INT32_MIN, INT32_MAX, &number) == 0 && number < r->below;
	return text_glob(r->value, f->value);
}

bool policy_judge(const struct policy *p, const struct finding_of_tls *f, struct judgement *j)
{
	for (size_t i = 0; i < p->rows.count; i++) {
		const struct row *r = p->rows.items[i];
		if (!fits(r, f))
			continue;
		*j = (struct judgement){ r->worth, r->where, r->reason };
		return true;
	}
	return false;
}
