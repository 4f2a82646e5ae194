/* assay interop: who understands whom. Plays what is for two clients with each pair of clients, in front of each server. */
#include "report/interop.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/interop_table.h"
#include "cmd/measuring.h"
#include "cmd/options.h"
#include "cmd/select.h"
#include "report/report.h"
#include "run/cells.h"
#include "run/client.h"
#include "run/run.h"
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char usage[] =
	"usage: assay interop [TARGET…] [OPTION…]\n"
	"\n"
	"Who understands whom: plays what is for two clients (suites/interop) with each pair of clients, each of them in\n"
	"either part and with itself too, in front of each server, and prints the matrix. TARGET is a fixture (default:\n"
	"fixture:prosody and fixture:ejabberd). Writes interop.html, interop.json, and a report of each pair.\n"
	"Exit status 1 where two clients do not understand each other in what both say they can.\n"
	"\n"
	"  --client ADAPTER      one of the clients (repeat for more): a name (`assay list --clients`) or the path of an\n"
	"                        adapter (docs/adapters.md); default: all that are installed\n"
	"  --check GLOB          only these checks, such as 'interop/text/*'\n"
	"  --repeat N            play everything N times; where that differs nothing is known\n"
	"  --jobs N              scenarios at once, each with two clients (default: one for two cores)\n"
	"  --within TIME         how long a step waits (default 10s);  --limit TIME how long a scenario may take (120s)\n"
	"  --out DIR             where it all goes (default: assay-interop);  --lang NAME the language of pages (en, de)\n"
	"  --resume              keep what an earlier run into DIR has played with the same clients and server, of the same versions\n"
	"  --again               make the page again from an earlier interop.json in DIR\n";

#define FIXTURE     "fixture:"
#define EXAMPLE     "skeleton" /* an adapter to be copied, with no client behind it */
#define LABEL_TRIES 1000

struct party {
	struct client *client;
	char *label; /* a slug that no other has: folders are called by it */
};

struct interop_line {
	const char *check, *repeat, *jobs, *within, *limit, *out, *language;
	struct vec clients, targets;
	bool again, resume;
};

struct interop {
	const struct interop_line *line;
	struct run_options options;
	struct vec parties;   /* struct party * */
	struct vec scenarios; /* struct scenario * */
	struct profile profile;
	struct catalogue catalogue;
	json_t *result, *before; /* before: of an earlier run, or NULL */
	bool interrupted;
};

/* Each scenario has two clients, and some of them are browsers: a core for each of the two. */
static int64_t default_jobs(void)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	return cores < 4 ? 1 : cores / 2;
}

static int read_line(struct interop_line *l, struct run_options *o, int argc, char **argv)
{
	const struct option_spec specs[] = {
		{ "client", NULL, &l->clients, NULL },
		{ "check", &l->check, NULL, NULL },
		{ "repeat", &l->repeat, NULL, NULL },
		{ "jobs", &l->jobs, NULL, NULL },
		{ "within", &l->within, NULL, NULL },
		{ "limit", &l->limit, NULL, NULL },
		{ "out", &l->out, NULL, NULL },
		{ "lang", &l->language, NULL, NULL },
		{ "resume", NULL, NULL, &l->resume },
		{ "again", NULL, NULL, &l->again },
		{ NULL, NULL, NULL, NULL },
	};
	const struct command *c = &command_interop;
	int64_t jobs = default_jobs(), repeat = 1;
	if (options_read(c, argc, argv, specs, &l->targets))
		return EXIT_USAGE;
	for (size_t i = 0; i < l->targets.count; i++)
		if (!text_starts(l->targets.items[i], FIXTURE))
			return cmd_usage(c, "clients are tested in front of fixtures, not of %s",
				(const char *)l->targets.items[i]);
	if (l->again && (l->targets.count || l->clients.count))
		return cmd_usage(c, "--again plays nothing, so it takes neither TARGET nor --client");
	if (measuring_number(c, "jobs", l->jobs, 1, 64, &jobs) ||
		measuring_number(c, "repeat", l->repeat, 1, 1000, &repeat) ||
		measuring_time(c, "within", l->within, &o->step_deadline) ||
		measuring_time(c, "limit", l->limit, &o->scenario_deadline) ||
		cmd_language(c, l->language, &l->language))
		return EXIT_USAGE;
	o->jobs = (unsigned)jobs;
	o->repeat = (unsigned)repeat;
	o->checks = l->check;
	o->narrowed = l->check != NULL;
	return 0;
}

/* ---- clients ---- */

static bool is_taken(const struct vec *parties, const char *label)
{
	for (size_t i = 0; i < parties->count; i++)
		if (text_equal(((struct party *)parties->items[i])->label, label))
			return true;
	return false;
}

/* What a client is called: its name, or of an adapter by its path the file's name, of one called `adapter` its folder's. */
static char *label_of(const struct vec *parties, const struct client *c)
{
	const char *end = c->adapter + strlen(c->adapter), *slash = strrchr(c->adapter, '/');
	if (text_equal(slash, "/adapter") && slash > c->adapter) {
		end = slash;
		for (slash--; slash > c->adapter && *slash != '/';)
			slash--;
	}
	struct buf label = BUF_INIT;
	for (const char *at = slash + 1; at < end; at++) {
		bool fits = strchr("abcdefghijklmnopqrstuvwxyz0123456789", *at) != NULL;
		bool large = *at >= 'A' && *at <= 'Z';
		if (fits || large || label.len)
			buf_add_char(&label, fits ? *at : large ? (char)(*at - 'A' + 'a') : '-');
	}
	AUTO_TEXT base = memory_printf("%s", label.len ? buf_text(&label) : "client");
	buf_release(&label);
	for (int number = 2; number < LABEL_TRIES; number++) {
		char *tried = number == 2 ? memory_copy_text(base) : memory_printf("%s-%d", base, number - 1);
		if (!is_taken(parties, tried))
			return tried;
		free(tried);
	}
	return memory_copy_text(base);
}

static int add_party(struct interop *i, const char *what, struct err *e)
{
	struct client *c = client_open(what, NULL, e);
	if (!c || client_describe(c, e)) {
		client_free(c);
		return -1;
	}
	struct party *p = memory_alloc(sizeof *p);
	*p = (struct party){ c, label_of(&i->parties, c) };
	vec_push(&i->parties, p);
	return 0;
}

/* Those that are named must be there; else those that are. */
static int find_parties(struct interop *i, struct err *e)
{
	struct arena a = ARENA_INIT;
	struct vec names = VEC_INIT;
	int result = 0;
	for (size_t k = 0; !result && k < i->line->clients.count; k++)
		result = add_party(i, i->line->clients.items[k], e);
	if (!i->line->clients.count)
		client_names(&a, &names);
	for (size_t k = 0; k < names.count; k++)
		if (!text_equal(names.items[k], EXAMPLE) && add_party(i, names.items[k], e))
			log_line("%s is left out: %s", (const char *)names.items[k], e->message);
	vec_release(&names);
	arena_release(&a);
	return result;
}

static void free_party(struct party *p)
{
	client_free(p->client);
	free(p->label);
	free(p);
}

/* ---- the runs ---- */

/* The report of the pair, whole as that of any run. */
static int write_report(const struct interop *i, const char *folder, struct err *e)
{
	struct results r = { 0 };
	AUTO_TEXT journal = memory_printf("%s/journal.jsonl", folder);
	if (results_from_journal(&r, journal, e))
		return -1;
	r.language = i->line->language;
	int result = report_write(&r, folder, e);
	results_release(&r);
	return result;
}

static json_t *play_pair(struct interop *i, struct target *t, const char *where, const struct party *writer,
	const struct party *reader, struct err *e)
{
	struct run_totals totals;
	struct run_options o = i->options;
	const char *const arguments[] = { "run", where, "--client", writer->client->name, "--second-client",
		reader->client->name, NULL };
	AUTO_TEXT folder =
		memory_printf("%s/%s/%s-%s", i->line->out, where + strlen(FIXTURE), writer->label, reader->label);
	AUTO_TEXT journal = memory_printf("%s/journal.jsonl", folder);
	int64_t begin = clock_now();
	o.arguments = arguments;
	o.client = writer->client;
	o.second = reader->client;
	o.out = folder;
	if (run_scenarios(&o, t, &i->scenarios, &totals, e) || write_report(i, folder, e))
		return NULL;
	i->interrupted |= totals.interrupted;
	json_t *cells = cells_read(journal, &i->scenarios, writer->client, reader->client, e);
	if (!cells)
		return NULL;
	return json_pack("{s:s, s:s, s:I, s:o}", "writer", writer->label, "reader", reader->label, "took_ms",
		(json_int_t)((clock_now() - begin) / CLOCK_MILLISECOND), "cells", cells);
}

static int write_result(const struct interop_line *l, const json_t *result, struct err *e)
{
	AUTO_TEXT path = memory_printf("%s/interop.json", l->out);
	char *text = json_dumps(result, JSON_COMPACT | JSON_REAL_PRECISION(9));
	int fault = directory_make(l->out, e) || file_write(path, text, strlen(text), e);
	free(text);
	return fault ? -1 : interop_page(result, l->out, l->language, e);
}

static const json_t *named(const json_t *list, const char *name)
{
	size_t k;
	const json_t *one;
	json_array_foreach(list, k, one)
		if (text_equal(json_string_value(json_object_get(one, "name")), name))
			return one;
	return NULL;
}

/* Whether the lists have one of that name, which is the same product. */
static bool is_same(const json_t *before, const json_t *now, const char *list, const char *name)
{
	const json_t *old = named(json_object_get(before, list), name), *new = named(json_object_get(now, list), name);
	return old && new &&json_equal(json_object_get(old, "product"), json_object_get(new, "product"));
}

/* Whether its cells are those of the features, in their order, and it is known what each is. */
static bool is_whole(const json_t *pair, const json_t *features)
{
	size_t k;
	const json_t *cell, *cells = json_object_get(pair, "cells");
	if (json_array_size(cells) != json_array_size(features))
		return false;
	json_array_foreach(cells, k, cell)
		if (!json_equal(
			    json_object_get(cell, "feature"), json_object_get(json_array_get(features, k), "name")) ||
			cell_is(cell, "error") || cell_is(cell, "inconclusive"))
			return false;
	return true;
}

/* The pair as an earlier run has it, if that was of the same systems; the caller's. NULL: it must be played. */
static json_t *played_before(const struct interop *i, const char *target, const char *writer, const char *reader)
{
	size_t k;
	const json_t *pair;
	if (!is_same(i->before, i->result, "targets", target) || !is_same(i->before, i->result, "clients", writer) ||
		!is_same(i->before, i->result, "clients", reader) ||
		!json_equal(json_object_get(i->before, "version"), json_object_get(i->result, "version")))
		return NULL;
	json_array_foreach(json_object_get(named(json_object_get(i->before, "targets"), target), "pairs"), k, pair)
		if (text_equal(json_string_value(json_object_get(pair, "writer")), writer) &&
			text_equal(json_string_value(json_object_get(pair, "reader")), reader) &&
			is_whole(pair, json_object_get(i->result, "features")))
			return json_deep_copy(pair);
	return NULL;
}

/* Which pairs were played before; none where there is no such run. */
static void look_back(struct interop *i)
{
	struct err none;
	if (i->line->resume)
		i->before = interop_read(i->line->out, &none);
}

static int play_target(struct interop *i, const char *where, struct err *e)
{
	struct vec options = VEC_INIT;
	select_fixture_options(&i->scenarios, &options);
	struct target *t = fixture_start(where + strlen(FIXTURE), &options, e);
	vec_release(&options);
	int result = !t || target_choose_transport(t, NULL, e) ? -1 : 0;
	json_t *pairs = json_array();
	json_t *target = json_pack("{s:s, s:s, s:o}", "name", where + strlen(FIXTURE), "product",
		t && t->product ? t->product : "", "pairs", pairs);
	json_array_append_new(json_object_get(i->result, "targets"), target);
	size_t count = i->parties.count;
	for (size_t k = 0; !result && !i->interrupted && k < count * count; k++) {
		const struct party *writer = i->parties.items[k / count], *reader = i->parties.items[k % count];
		json_t *pair = played_before(i, where + strlen(FIXTURE), writer->label, reader->label);
		if (!pair && (pair = play_pair(i, t, where, writer, reader, e)))
			interop_table_pair(target, pair);
		if (pair)
			json_array_append_new(pairs, pair);
		result = pair && write_result(i->line, i->result, e) == 0 ? 0 : -1;
	}
	target_free(t);
	return result;
}

static json_t *begin_result(const struct interop *i)
{
	char stamp[CLOCK_STAMP_SIZE];
	clock_stamp(stamp);
	json_t *clients = json_array(), *features = json_array();
	for (size_t k = 0; k < i->parties.count; k++) {
		const struct party *p = i->parties.items[k];
		json_array_append_new(
			clients, json_pack("{s:s, s:s}", "name", p->label, "product", p->client->product));
	}
	for (size_t k = 0; k < i->scenarios.count; k++) {
		const struct scenario *s = i->scenarios.items[k];
		json_array_append_new(features, json_pack("{s:s, s:s}", "name", s->name, "title", s->title));
	}
	return json_pack("{s:s, s:i, s:s, s:s, s:i, s:o, s:o, s:o}", "assay", "interop", "format", 1, "version",
		ASSAY_VERSION, "started", stamp, "repeat", (int)i->options.repeat, "clients", clients, "features",
		features, "targets", json_array());
}

static bool has_cell(const json_t *result, const char *verdict)
{
	size_t i, k;
	const json_t *target, *pair;
	json_array_foreach(json_object_get(result, "targets"), i, target)
		json_array_foreach(json_object_get(target, "pairs"), k, pair)
			if (cells_count(json_object_get(pair, "cells"), verdict))
				return true;
	return false;
}

static int status_of(const struct interop *i)
{
	if (has_cell(i->result, "error"))
		return EXIT_INTERNAL;
	if (i->interrupted || has_cell(i->result, "not") || has_cell(i->result, "inconclusive"))
		return EXIT_NOT_CONFORMING;
	return has_cell(i->result, "understood") ? EXIT_AS_EXPECTED : EXIT_NOTHING_RAN;
}

static int play_all(struct interop *i, struct err *e)
{
	int result = 0;
	look_back(i);
	i->result = begin_result(i);
	for (size_t k = 0; !result && !i->interrupted && k < i->line->targets.count; k++)
		result = play_target(i, i->line->targets.items[k], e);
	json_object_set_new(i->result, "complete", json_boolean(!i->interrupted && !result));
	if (result || write_result(i->line, i->result, e))
		return cmd_fail(e);
	interop_table_print(i->result);
	printf("page: %s/interop.html\n", i->line->out);
	return status_of(i);
}

/* The order of the columns: what is most asked for first. What is not named here comes behind, by its name. */
static size_t rank_of(const struct scenario *s)
{
	static const char *const order[] = { "text", "receipts", "markers", "typing", "corrections", "contacts",
		"rooms", "carbons", "file", "encryption" };
	size_t rank = 0;
	while (rank < sizeof order / sizeof *order && !text_equal(order[rank], s->name))
		rank++;
	return rank;
}

static int compare_ranks(const void *a, const void *b)
{
	const struct scenario *const *x = a, *const *y = b;
	size_t left = rank_of(*x), right = rank_of(*y);
	return left != right ? (left > right) - (left < right) : strcmp((*x)->id, (*y)->id);
}

static int find_scenarios(struct interop *i, struct err *e)
{
	struct arena a = ARENA_INIT;
	const struct selection selection = {
		.profile = "interop", .check = i->line->check, .shards = 1, .client = true, .second = true
	};
	int result = select_profile(&selection, &i->profile, e) || select_scenarios(&selection, &i->scenarios, e) ||
		catalogue_load(&i->catalogue, data_path(&a, "suites/catalogue"), e);
	arena_release(&a);
	if (i->scenarios.count)
		qsort(i->scenarios.items, i->scenarios.count, sizeof *i->scenarios.items, compare_ranks);
	return result ? -1 : 0;
}

static int play(struct interop *i, struct err *e)
{
	int status;
	if (find_scenarios(i, e) || find_parties(i, e)) {
		status = cmd_fail(e);
	} else if (!i->scenarios.count || !i->parties.count) {
		log_line("there is nothing to play: no %s", i->parties.count ? "such check" : "client is installed");
		status = EXIT_NOTHING_RAN;
	} else {
		i->options.profile = &i->profile;
		i->options.catalogue = &i->catalogue;
		status = play_all(i, e);
	}
	for (size_t k = 0; k < i->parties.count; k++)
		free_party(i->parties.items[k]);
	vec_release(&i->parties);
	select_release(&i->scenarios);
	catalogue_release(&i->catalogue);
	profile_release(&i->profile);
	json_decref(i->result);
	json_decref(i->before);
	return status;
}

static int again(const struct interop_line *l, struct err *e)
{
	json_t *result = interop_read(l->out, e);
	int status = !result || interop_page(result, l->out, l->language, e) ? cmd_fail(e) : EXIT_AS_EXPECTED;
	if (status == EXIT_AS_EXPECTED)
		interop_table_print(result);
	json_decref(result);
	return status;
}

static int run_interop(int argc, char **argv)
{
	struct err e;
	struct interop_line l = { .out = "assay-interop" };
	struct interop i = { .line = &l,
		.options = { .driver = "native",
			.step_deadline = 10 * CLOCK_SECOND,
			.scenario_deadline = 120 * CLOCK_SECOND },
		.profile = { .arena = ARENA_INIT } };
	int status = read_line(&l, &i.options, argc, argv);
	if (!status && l.again) {
		status = again(&l, &e);
	} else if (!status) {
		if (!l.targets.count) {
			vec_push(&l.targets, FIXTURE "prosody");
			vec_push(&l.targets, FIXTURE "ejabberd");
		}
		status = play(&i, &e);
	}
	vec_release(&l.clients);
	vec_release(&l.targets);
	return status;
}

const struct command command_interop = { "interop", "show which clients understand which", usage, run_interop };
