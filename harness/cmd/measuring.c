#include "cmd/measuring.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#define SPARE_DESCRIPTORS 64
#define BOSH_DESCRIPTORS  12 /* of a session: two requests, timers, and what libcurl has of its own */
#define PROVISION_LIMIT   (120 * CLOCK_SECOND)
#define PROVISION_ACCOUNT (100 * CLOCK_MILLISECOND) /* and so much more for each */

/* ---- the target ---- */

struct target *measuring_target(const char *what, const struct vec *fixture_options, struct err *e)
{
	if (text_starts(what, "fixture:"))
		return fixture_start(what + strlen("fixture:"), fixture_options, e);
	if (text_ends(what, ".ini") || strchr(what, '/'))
		return target_load(what, e);
	err_set(e, ERR_USAGE, what,
		"measuring needs a target file that allows it: allow = yes in a section [load] (docs/targets.md)");
	return NULL;
}

/* ---- accounts ---- */

static int64_t provision_deadline(size_t count)
{
	return clock_now() + PROVISION_LIMIT + (int64_t)count * PROVISION_ACCOUNT;
}

int measuring_accounts_make(struct measuring_accounts *a, size_t wanted, struct err *e)
{
	struct arena arena = ARENA_INIT;
	struct account_wish *wishes = arena_alloc(&arena, wanted * sizeof *wishes);
	char token[16];
	bool fixed = a->target->provisioning == PROVISION_FIXED;
	for (a->count = 0; a->count < wanted; a->count++) {
		struct target_account *leased = fixed ? target_lease(a->target, NULL) : NULL;
		if (fixed && !leased)
			break;
		if (leased)
			vec_push(&a->leased, leased);
		wishes[a->count] = (struct account_wish){ arena_printf(&arena, "m%zu", a->count), a->target, leased };
	}
	int result = a->count < 2 ? err_set(e, ERR_USAGE, a->target->name, "measuring needs two accounts at least") : 0;
	provision_token(token);
	if (!result)
		result = provision_make(a->driver, wishes, a->count, token, provision_deadline(a->count), &a->made, e);
	arena_release(&arena);
	if (result)
		return -1;
	a->given = memory_alloc(a->count * sizeof *a->given);
	for (size_t i = 0; i < a->count; i++)
		a->given[i] = (struct driver_account){ a->made[i].user, a->made[i].password };
	return 0;
}

void measuring_accounts_remove(struct measuring_accounts *a)
{
	struct err e;
	if (a->made && provision_remove(a->driver, a->made, a->count, provision_deadline(a->count), &e))
		log_line("accounts were left behind: %s", e.message);
	provision_release(a->made, a->count);
	for (size_t i = 0; i < a->leased.count; i++)
		target_return(a->target, a->leased.items[i]);
	vec_release(&a->leased);
	free(a->given);
	a->made = NULL;
	a->given = NULL;
}

/* ---- open files ---- */

int measuring_descriptors(size_t connections, const char *transport, struct err *e)
{
	struct rlimit limit;
	rlim_t wanted = connections * (text_equal(transport, "bosh") ? BOSH_DESCRIPTORS : 1) + SPARE_DESCRIPTORS;
	if (getrlimit(RLIMIT_NOFILE, &limit))
		return 0;
	if (limit.rlim_max != RLIM_INFINITY && limit.rlim_max < wanted)
		return err_set(e, ERR_ENVIRONMENT, NULL,
			"%zu connections need %llu open files, and %llu are allowed here: ulimit -Hn %llu", connections,
			(unsigned long long)wanted, (unsigned long long)limit.rlim_max, (unsigned long long)wanted);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	return 0;
}

/* ---- options ---- */

int measuring_number(
	const struct command *c, const char *option, const char *text, int64_t least, int64_t most, int64_t *out)
{
	if (text && text_to_number(text, least, most, out))
		return cmd_usage(c, "--%s takes a number from %lld to %lld, not '%s'", option, (long long)least,
			(long long)most, text);
	return 0;
}

int measuring_time(const struct command *c, const char *option, const char *text, int64_t *out)
{
	if (text && (text_to_duration(text, out) || *out <= 0))
		return cmd_usage(c, "--%s takes a time such as 500ms or 30s, not '%s'", option, text);
	return 0;
}

int measuring_kind(
	const struct command *c, const char *option, const char *text, const char *zero, const char *one, int *out)
{
	*out = text_equal(text, one);
	if (text && !*out && !text_equal(text, zero))
		return cmd_usage(c, "--%s is %s or %s, not '%s'", option, zero, one, text);
	return 0;
}

/* ---- results ---- */

const char *measuring_text(const json_t *object, const char *member)
{
	const char *text = json_string_value(json_object_get(object, member));
	return text ? text : "";
}

long long measuring_count(const json_t *object, const char *member)
{
	return json_integer_value(json_object_get(object, member));
}

double measuring_real(const json_t *object, const char *member)
{
	return json_number_value(json_object_get(object, member));
}

void measuring_print_warnings(const json_t *object, double share, const char *indent)
{
	size_t i;
	const json_t *warning;
	json_array_foreach(json_object_get(object, "warnings"), i, warning) {
		const char *code = json_string_value(warning);
		if (text_equal(code, "late"))
			printf("%swarning: this machine sent late, by %.3f ms at the 99th percentile: the figures are also its own\n",
				indent, measuring_real(json_object_get(object, "lag"), "p99") / CLOCK_MILLISECOND);
		else if (text_equal(code, "busy"))
			printf("%swarning: assay itself had %.0f %% of a core to do: the figures are also its own\n",
				indent, 100 * share);
		else
			printf("%swarning: this machine had nothing left to give, so its load is part of the figures\n",
				indent);
	}
}

int measuring_write_page(const struct measuring_results *r, const json_t *result, struct err *e)
{
	if (r->plots(result, r->folder, r->language ? r->language : "en", e)) {
		if (e->class != ERR_UNSUPPORTED)
			return -1;
		log_line("%s", e->message);
	}
	return r->page(result, r->folder, r->language, e);
}

int measuring_write(const struct measuring_results *r, const json_t *result, struct err *e)
{
	AUTO_TEXT path = memory_printf("%s/%s", r->folder, r->file);
	char *text = json_dumps(result, JSON_COMPACT | JSON_REAL_PRECISION(9));
	int fault = file_write(path, text, strlen(text), e);
	free(text);
	return fault ? -1 : measuring_write_page(r, result, e);
}
