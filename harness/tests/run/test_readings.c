/* What the journal says of each attempt to read what is encrypted. The devices here really encrypt and decrypt; what one sends, the test
 * carries to the others as a server would, or otherwise. */
#include "base/text.h"
#include "run/readings.h"
#include "scene.h"
#include <check.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define SEND(id, text)                                                                                                 \
	"juliet sends\n"                                                                                               \
	"    <message from='${juliet.jid}' to='${phone.jid}' type='chat'" id ">"                                       \
	"<encrypted xmlns='urn:assay:omemo:0' for='phone'>" text "</encrypted></message>\n"
#define NAMED      " id='${run}-1'"
#define GETS(name) name " gets\n    <message/>\n"

/* Who has keys, and that juliet knows those of the phone; the test hands her the bundle that she has sent herself. */
#define KEYS                                                                                                             \
	"phone has keys omemo\nlaptop has keys omemo\njuliet has keys omemo\n"                                           \
	"juliet sends\n    <message to='${juliet.jid}'><bundle xmlns='urn:assay:omemo:0' of='phone'/></message>\n" GETS( \
		"juliet") "juliet learns phone\n"

static struct scene scene;

static void play(unsigned steps)
{
	while (steps-- > 0)
		scene_step(&scene);
}

/* The stanza that was sent last. free(). */
static char *last_sent(void)
{
	AUTO_TEXT sent = memory_copy_text(scene_sent(&scene));
	ck_assert_uint_gt(strlen(sent), 1);
	sent[strlen(sent) - 1] = 0;
	const char *newline = strrchr(sent, '\n');
	return memory_copy_text(newline ? newline + 1 : sent);
}

/* Plays up to where juliet has sent what is encrypted; the stanza is the caller's. */
static char *open_and_send(const char *steps)
{
	AUTO_TEXT text = memory_printf("%s%s", KEYS, steps);
	scene_open(&scene, text);
	play(4);
	AUTO_TEXT bundle = last_sent();
	scene_comes(&scene, "juliet", bundle);
	play(3);
	ck_assert_str_eq(scene.finding.message, "");
	return last_sent();
}

/* The events of that name, in order. json_decref(). */
static json_t *told(const char *name)
{
	json_t *events = json_array();
	AUTO_TEXT journal = scene_journal(&scene);
	for (char *rest = journal, *line; (line = strsep(&rest, "\n")) && *line;) {
		json_t *event = json_loads(strchr(line, '\t') + 1, 0, NULL);
		ck_assert_ptr_nonnull(event);
		if (text_equal(json_string_value(json_object_get(event, "e")), name))
			json_array_append(events, event);
		json_decref(event);
	}
	return events;
}

/* The event of that name at that place: its members "actor message way read why expected". */
static void check_reading(size_t index, const char *expected)
{
	json_t *events = told("reading");
	const json_t *event = json_array_get(events, index);
	ck_assert_ptr_nonnull(event);
	const char *why = json_string_value(json_object_get(event, "why"));
	AUTO_TEXT said = memory_printf("%s %s %s %s %s %s", json_string_value(json_object_get(event, "actor")),
		json_string_value(json_object_get(event, "message")), json_string_value(json_object_get(event, "way")),
		json_is_true(json_object_get(event, "read")) ? "read" : "not", why ? why : "-",
		json_is_true(json_object_get(event, "expected")) ? "expected" : "unexpected");
	ck_assert_str_eq(said, expected);
	ck_assert_str_eq(json_string_value(json_object_get(event, "encryption")), NS_OMEMO_2);
	json_decref(events);
}

START_TEST(read_and_repeated)
{
	AUTO_TEXT stanza = open_and_send(SEND(NAMED, "hark") GETS("phone") "phone reads hark\n" GETS(
		"phone") "phone reads hark\n" GETS("phone") "phone cannot read\n");
	for (int i = 0; i < 3; i++)
		scene_comes(&scene, "phone", stanza);
	play(2);
	check_reading(0, "phone 1 direct read - expected");
	play(2);
	check_reading(1, "phone 1 direct not repeated unexpected");
	play(2);
	check_reading(2, "phone 1 direct not repeated expected");
	json_t *events = told("reading");
	ck_assert_uint_eq(json_array_size(events), 3);
	ck_assert_int_eq(json_integer_value(json_object_get(json_array_get(events, 0), "n")), 1);
	ck_assert_int_eq(json_integer_value(json_object_get(json_array_get(events, 2), "n")), 3);
	json_decref(events);
	scene_close(&scene);
}
END_TEST

/* That it is another text than the scenario's is no reading as expected; that it can be read where it should not be, neither. */
START_TEST(unexpected)
{
	AUTO_TEXT stanza = open_and_send(SEND(NAMED, "hark") GETS("phone") "phone reads farewell\n");
	scene_comes(&scene, "phone", stanza);
	play(2);
	check_reading(0, "phone 1 direct read - unexpected");
	scene_close(&scene);

	AUTO_TEXT other = open_and_send(SEND(NAMED, "hark") GETS("phone") "phone cannot read\n");
	scene_comes(&scene, "phone", other);
	play(2);
	check_reading(0, "phone 1 direct read - unexpected");
	scene_close(&scene);
}
END_TEST

static const struct {
	const char *before, *after, *way;
} ways[] = {
	{ "<message><received xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>",
		"</forwarded></received></message>", "carbon-received" },
	{ "<message><sent xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>",
		"</forwarded></sent></message>", "carbon-sent" },
	{ "<message><result xmlns='urn:xmpp:mam:2'><forwarded xmlns='urn:xmpp:forward:0'>",
		"</forwarded></result></message>", "archive" },
};

START_TEST(way)
{
	AUTO_TEXT stanza = open_and_send(SEND(NAMED, "hark") GETS("laptop") "laptop cannot read\n");
	AUTO_TEXT carried = memory_printf("%s%s%s", ways[_i].before, stanza, ways[_i].after);
	AUTO_TEXT expected = memory_printf("laptop 1 %s not not-for-us expected", ways[_i].way);
	scene_comes(&scene, "laptop", carried);
	play(2);
	check_reading(0, expected);
	scene_close(&scene);
}
END_TEST

START_TEST(a_message_without_id_has_a_number)
{
	AUTO_TEXT stanza = open_and_send(SEND("", "hark") GETS("laptop") GETS("laptop") "laptop cannot read\n");
	scene_comes(&scene, "laptop", "<message/>");
	scene_comes(&scene, "laptop", stanza);
	play(3);
	check_reading(0, "laptop laptop-2 direct not not-for-us expected");
	scene_close(&scene);
}
END_TEST

/* Nothing that tells what was written, nor of keys: the members are these and no others. */
START_TEST(nothing_else_is_told)
{
	static const char *const members[] = { "e", "t", "s", "actor", "n", "message", "way", "encryption", "read",
		"why", "expected", "stanzas" };
	static const char *const events[] = { "reading", "hidden" };
	AUTO_TEXT stanza = open_and_send(SEND(NAMED, "hark") GETS("phone") "phone reads hark\nhidden hark\n");
	scene_comes(&scene, "phone", stanza);
	play(3);
	for (size_t i = 0; i < 2; i++) {
		const char *name;
		json_t *list = told(events[i]), *value;
		ck_assert_uint_eq(json_array_size(list), 1);
		json_object_foreach(json_array_get(list, 0), name, value) {
			size_t k = 0;
			while (k < sizeof members / sizeof *members && strcmp(members[k], name) != 0)
				k++;
			ck_assert_msg(k < sizeof members / sizeof *members, "%s has a member '%s'", events[i], name);
			ck_assert_str_ne(json_is_string(value) ? json_string_value(value) : "", "hark");
		}
		json_decref(list);
	}
	scene_close(&scene);
}
END_TEST

/* Where nothing is encrypted there was no attempt. */
START_TEST(nothing_encrypted)
{
	AUTO_TEXT stanza = open_and_send(SEND(NAMED, "hark") GETS("phone") "phone reads hark\n");
	scene_comes(&scene, "phone", "<message><body>hark</body></message>");
	play(2);
	json_t *events = told("reading");
	ck_assert_uint_eq(json_array_size(events), 0);
	json_decref(events);
	scene_close(&scene);
}
END_TEST

START_TEST(hidden)
{
	AUTO_TEXT stanza =
		open_and_send(SEND(NAMED, "hark") GETS("phone") "hidden hark\n" GETS("laptop") "hidden hark\n");
	scene_comes(&scene, "phone", stanza);
	play(2);
	scene_comes(&scene, "laptop", "<message><body>hark</body></message>");
	play(2);
	json_t *events = told("hidden");
	const json_t *well = json_array_get(events, 0), *badly = json_array_get(events, 1);
	ck_assert_uint_eq(json_array_size(events), 2);
	ck_assert(json_is_true(json_object_get(well, "expected")));
	ck_assert_str_eq(json_string_value(json_object_get(well, "actor")), "");
	ck_assert_int_eq(json_integer_value(json_object_get(well, "stanzas")), 2);
	ck_assert(json_is_false(json_object_get(badly, "expected")));
	ck_assert_str_eq(json_string_value(json_object_get(badly, "actor")), "laptop");
	ck_assert_int_eq(json_integer_value(json_object_get(badly, "n")), 1);
	json_decref(events);
	scene_close(&scene);
}
END_TEST

START_TEST(reasons)
{
	ck_assert_ptr_null(readings_why(OMEMO_READ));
	for (int outcome = OMEMO_UNREADABLE; outcome < OMEMO_READ; outcome++) {
		const char *why = readings_why((enum omemo_outcome)outcome);
		ck_assert(text_is_slug(why));
		for (int other = OMEMO_UNREADABLE; other < outcome; other++)
			ck_assert_str_ne(why, readings_why((enum omemo_outcome)other));
	}
}
END_TEST

Suite *suite_readings(void);
Suite *suite_readings(void)
{
	Suite *suite = suite_create("readings");
	TCase *tcase = tcase_create("readings");
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, read_and_repeated);
	tcase_add_test(tcase, unexpected);
	tcase_add_loop_test(tcase, way, 0, sizeof ways / sizeof *ways);
	tcase_add_test(tcase, a_message_without_id_has_a_number);
	tcase_add_test(tcase, nothing_else_is_told);
	tcase_add_test(tcase, nothing_encrypted);
	tcase_add_test(tcase, hidden);
	tcase_add_test(tcase, reasons);
	suite_add_tcase(suite, tcase);
	return suite;
}
