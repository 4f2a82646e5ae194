/* Which scenarios of a run are played at the same time, and which never are. */
#include "base/text.h"
#include "program.h"
#include "target/target.h"
#include <check.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* Each waits in vain for a fifth of a second, so that those that may be played together are. */
#define SCENARIO                                                                                                       \
	"id own/%s\ntitle T\n%sactor phone romeo/phone\n---\ninclude common/online.inc phone\n"                        \
	"phone gets should XEP-0199#result within 200ms as never-so\n    <message id=\"nobody-sends-this\"/>\n"
#define PLAYED_MOST 16

static char *folder;

static void set_up(void)
{
	folder = program_folder();
}

static void tear_down(void)
{
	program_remove(folder);
}

static struct played {
	char id[40];
	double began, ended; /* milliseconds of the run */
} played[PLAYED_MOST];
static size_t played_count;

static void write_scenario(const char *name, const char *tags)
{
	AUTO_TEXT text = memory_printf(SCENARIO, name, tags);
	AUTO_TEXT file = memory_printf("%s.scn", name);
	free(program_file(folder, file, text));
}

/* When each scenario of the journal was played. */
static void read_played(void)
{
	AUTO_TEXT path = memory_printf("%s/report/journal.jsonl", folder);
	FILE *journal = fopen(path, "r");
	ck_assert_msg(journal != NULL, "%s", path);
	char ids[PLAYED_MOST][40] = { "" };
	json_t *line;
	while ((line = json_loadf(journal, JSON_DISABLE_EOF_CHECK, NULL))) {
		const char *event = json_string_value(json_object_get(line, "e"));
		json_int_t sequence = json_integer_value(json_object_get(line, "s"));
		if (text_equal(event, "scenario")) {
			ck_assert(sequence >= 0 && sequence < PLAYED_MOST);
			snprintf(ids[sequence], sizeof ids[sequence], "%s",
				json_string_value(json_object_get(line, "id")));
		} else if (text_equal(event, "end")) {
			struct played *p = &played[played_count++];
			memcpy(p->id, ids[sequence], sizeof p->id);
			p->ended = json_number_value(json_object_get(line, "t"));
			p->began = p->ended - json_number_value(json_object_get(line, "ms"));
		}
		json_decref(line);
	}
	fclose(journal);
}

/* How many others were played while those whose name begins so were. */
static unsigned beside(const char *mine, const char *others)
{
	unsigned count = 0;
	for (size_t i = 0; i < played_count; i++)
		for (size_t j = 0; j < played_count; j++)
			count += i != j && text_starts(played[i].id, mine) && text_starts(played[j].id, others) &&
				played[i].began < played[j].ended && played[j].began < played[i].ended;
	return count;
}

START_TEST(tags_keep_apart)
{
	struct err e;
	AUTO_TEXT product = fixture_describe("prosody", &e);
	if (!product) {
		printf("SKIPPED: %s\n", e.message);
		return;
	}
	write_scenario("alone-a", "tags alone\n");
	write_scenario("alone-b", "tags alone\n");
	write_scenario("apart-a", "tags exclusive-thing\n");
	write_scenario("apart-b", "tags exclusive-thing\n");
	write_scenario("plain-a", "");
	write_scenario("plain-b", "");
	struct outcome_of_program o = PROGRAM(folder, 60, "run", folder, "--jobs", "6", "--out", "report");
	ck_assert_msg(o.status <= 1, "status %d: %s", o.status, buf_text(&o.err));
	read_played();
	ck_assert_uint_eq(played_count, 6);
	ck_assert_uint_gt(beside("own/plain", "own/plain"), 0);
	ck_assert_uint_gt(beside("own/plain", "own/apart"), 0);
	ck_assert_uint_eq(beside("own/apart", "own/apart"), 0);
	ck_assert_uint_eq(beside("own/alone", "own/"), 0);
	program_release(&o);
}
END_TEST

Suite *suite_together(void)
{
	Suite *s = suite_create("together");
	TCase *c = tcase_create("all");
	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_set_timeout(c, 120);
	tcase_set_tags(c, "integration");
	tcase_add_test(c, tags_keep_apart);
	suite_add_tcase(s, c);
	return s;
}
