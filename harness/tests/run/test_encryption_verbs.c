/* Verbs of encryption: what they let through, what they tell, and that no private key leaves the device. */
#include "base/base64.h"
#include "crypto/private.h"
#include "scene.h"
#include "xml/xml.h"
#include <check.h>
#include <stdlib.h>
#include <string.h>

/* Keys for both, a bundle on its way from juliet to the phone, and the phone's first message to her, which is on its way too. */
#define BEGUN(version)                                                                                                 \
	"phone has keys " version "\njuliet has keys " version "\n"                                                    \
	"juliet sends\n\t<message><bundle xmlns='urn:assay:omemo:0' of='juliet'/></message>\n"                         \
	"phone gets\n\t<message/>\nphone learns juliet\n"                                                              \
	"phone sends\n\t<message from='romeo@example.org/phone' id='1'>"                                               \
	"<encrypted xmlns='urn:assay:omemo:0' for='juliet'>hark</encrypted></message>\n"                               \
	"juliet gets\n\t<message id='1'/>\n"
#define AGAIN(placeholder)                                                                                             \
	"phone sends\n\t<message from='romeo@example.org/phone' id='2'>" placeholder "</message>\n"                    \
	"juliet gets\n\t<message id='2'/>\n"

static void carry(struct scene *s, const char *to, size_t *seen)
{
	const char *line = scene_sent(s) + *seen;
	*seen = strlen(scene_sent(s));
	AUTO_TEXT copy = memory_copy_bytes(line, strcspn(line, "\n"));
	scene_comes(s, to, copy);
}

/* Plays all steps; whatever is sent comes at once at the other. */
static enum outcome play(struct scene *s, const char *steps)
{
	size_t seen = 0;
	enum outcome o = OUTCOME_MET;
	scene_open(s, steps);
	while (s->played < s->scenario->step_count && o == OUTCOME_MET) {
		const struct step *step = &s->scenario->steps[s->played];
		o = scene_step(s);
		if (step->kind == STEP_SENDS && o == OUTCOME_MET)
			carry(s, strcmp(step->actor->name, "juliet") == 0 ? "phone" : "juliet", &seen);
		else
			seen = strlen(scene_sent(s));
	}
	return o;
}

static const struct {
	const char *what, *steps;
	enum outcome outcome;
	const char *message; /* a part of it, or NULL */
} plays[] = {
	{ "read", BEGUN("omemo") "juliet reads hark\n", OUTCOME_MET, NULL },
	{ "read, the older way", BEGUN("axolotl") "juliet reads hark\n", OUTCOME_MET, NULL },
	{ "got to read", BEGUN("omemo") "juliet gets to read hark\n", OUTCOME_MET, NULL },
	{ "elements in the envelope",
		BEGUN("omemo") "juliet gets to read hark\n" AGAIN(
			"<encrypted xmlns='urn:assay:omemo:0' for='juliet'><x xmlns='urn:x'/></encrypted>") "juliet reads \"\"\n",
		OUTCOME_MET, NULL },
	{ "not hidden from who can decrypt it", BEGUN("omemo") "hidden hark from juliet\n", OUTCOME_NOT_MET,
		"juliet can decrypt 'hark'" },
	{ "hidden", BEGUN("omemo") "hidden lark from juliet\njuliet reads hark\n", OUTCOME_MET, NULL },
	{ "another text", BEGUN("omemo") "juliet reads lark\n", OUTCOME_NOT_MET, "juliet reads 'hark', not 'lark'" },
	{ "should not be read", BEGUN("omemo") "juliet cannot read\n", OUTCOME_NOT_MET, "juliet can read it" },
	{ "should not be read, for a reason", BEGUN("omemo") "juliet cannot read because repeated\n", OUTCOME_NOT_MET,
		"juliet can read it" },
	{ "repeated",
		BEGUN("omemo") "juliet reads hark\n" AGAIN(
			"<repeated xmlns='urn:assay:omemo:0' of='phone'/>") "juliet cannot read because repeated\n",
		OUTCOME_MET, NULL },
	{ "repeated, with another reason",
		BEGUN("omemo") "juliet reads hark\n" AGAIN(
			"<repeated xmlns='urn:assay:omemo:0' of='phone'/>") "juliet cannot read because unreadable\n",
		OUTCOME_NOT_MET, "but that is 'repeated', not 'unreadable'" },
	{ "nothing to repeat", "phone has keys omemo\n" AGAIN("<repeated xmlns='urn:assay:omemo:0' of='phone'/>"),
		OUTCOME_UNKNOWN, "phone has encrypted nothing yet" },
	{ "a prekey that was used",
		BEGUN("axolotl") "juliet reads hark\njuliet forgets phone\n" AGAIN(
			"<repeated xmlns='urn:assay:omemo:0' of='phone'/>") "juliet cannot read because prekey-gone\n",
		OUTCOME_MET, NULL },
	{ "nothing to forget", BEGUN("axolotl") "juliet forgets phone\n", OUTCOME_UNKNOWN,
		"has no session with phone" },
	{ "a forged payload",
		BEGUN("omemo") "juliet reads hark\n" AGAIN(
			"<encrypted xmlns='urn:assay:omemo:0' for='juliet' forged='payload'>x</encrypted>") "juliet cannot read because unreadable\n",
		OUTCOME_MET, NULL },
	{ "a payload to forge, of a message without",
		BEGUN("omemo") AGAIN("<encrypted xmlns='urn:assay:omemo:0' for='juliet' forged='payload'/>"),
		OUTCOME_UNKNOWN, "there is no 'payload' to forge in <encrypted>" },
	{ "a forged signature",
		"phone has keys omemo\njuliet has keys omemo\njuliet sends\n"
		"\t<message><bundle xmlns='urn:assay:omemo:0' of='juliet' forged='signature'/></message>\n"
		"phone gets\n\t<message/>\nphone learns juliet\n",
		OUTCOME_NOT_MET, "phone refuses the keys of juliet" },
	{ "a right signature that should not be",
		"phone has keys omemo\njuliet has keys omemo\njuliet sends\n"
		"\t<message><bundle xmlns='urn:assay:omemo:0' of='juliet'/></message>\n"
		"phone gets\n\t<message/>\nphone refuses keys of juliet\n",
		OUTCOME_NOT_MET, "phone takes the keys for those of juliet" },
	{ "another identity under the same number",
		BEGUN("axolotl") "juliet has keys axolotl numbered as juliet\n"
				 "juliet sends\n\t<message id='3'><bundle xmlns='urn:assay:omemo:0' of='juliet'/></message>\n"
				 "phone gets\n\t<message id='3'/>\nphone refuses keys of juliet\n",
		OUTCOME_MET, NULL },
	{ "the number of nobody", "phone has keys omemo numbered as juliet\n", OUTCOME_UNKNOWN,
		"juliet has no keys of OMEMO" },
	{ "in the clear",
		"juliet sends\n\t<message><body>hark</body></message>\nphone gets\n\t<message/>\nhidden hark\n",
		OUTCOME_NOT_MET, "phone got 'hark' in the clear" },
};

START_TEST(test_play)
{
	struct scene s;
	enum outcome o = play(&s, plays[_i].steps);
	ck_assert_msg(o == plays[_i].outcome, "%s: outcome %d: %s", plays[_i].what, (int)o, s.finding.message);
	if (plays[_i].message)
		ck_assert_msg(
			strstr(s.finding.message, plays[_i].message), "%s: '%s'", plays[_i].what, s.finding.message);
	scene_close(&s);
}
END_TEST

/* Whatever a script may ask to be forged can be, in both versions, and makes keys wrong or a message unreadable. */
static const char *const bundle_forgeries[] = { "signature", "signed-prekey", "identity", "short-key", "no-prekeys" };
static const char *const message_forgeries[] = { "key", "payload" };

START_TEST(test_forged_bundle)
{
	struct scene s;
	const char *version = _i % 2 ? "omemo" : "axolotl";
	AUTO_TEXT steps =
		memory_printf("phone has keys %s\njuliet has keys %s\njuliet sends\n"
			      "\t<message><bundle xmlns='urn:assay:omemo:0' of='juliet' forged='%s'/></message>\n"
			      "phone gets\n\t<message/>\nphone refuses keys of juliet\n",
			version, version, bundle_forgeries[_i / 2]);
	ck_assert_msg(play(&s, steps) == OUTCOME_MET, "%s: %s", steps, s.finding.message);
	scene_close(&s);
}
END_TEST

START_TEST(test_forged_message)
{
	struct scene s;
	AUTO_TEXT steps =
		memory_printf("%sjuliet reads hark\nphone sends\n\t<message from='romeo@example.org/phone' id='2'>"
			      "<encrypted xmlns='urn:assay:omemo:0' for='juliet' forged='%s'>x</encrypted></message>\n"
			      "juliet gets\n\t<message id='2'/>\njuliet cannot read because unreadable\n",
			_i % 2 ? BEGUN("omemo") : BEGUN("axolotl"), message_forgeries[_i / 2]);
	ck_assert_msg(play(&s, steps) == OUTCOME_MET, "%s: %s", steps, s.finding.message);
	scene_close(&s);
}
END_TEST

/* ---- secrets ---- */

static bool holds(const char *text, const char *part, size_t length)
{
	return length && memmem(text, strlen(text), part, length) != NULL;
}

/* Whether the bytes are in the text: as hexadecimal digits, or as base64 whatever is around them. */
static bool leaked(const char *text, const uint8_t *bytes, size_t length)
{
	BUF_AUTO digits = BUF_INIT;
	for (size_t i = 0; i < length; i++)
		buf_printf(&digits, "%02x", bytes[i]);
	bool found = holds(text, buf_text(&digits), digits.len);
	for (size_t shift = 0; shift < 3; shift++) {
		BUF_AUTO shifted = BUF_INIT, coded = BUF_INIT;
		buf_add(&shifted, "\0\0", shift);
		buf_add(&shifted, bytes, length);
		base64_encode(shifted.data, shifted.len, &coded);
		/* The first and the last letters depend on what is beside them. */
		found |= holds(text, coded.data + 4, coded.len - 8);
	}
	return found;
}

/* The last 32 bytes of a serialised pair are the private key; so they are where it stands alone. */
static void check_record(const char *what, const struct record *r, const char *text)
{
	if (!r->bytes)
		return;
	ck_assert_uint_ge(r->length, KEY_SIZE);
	for (size_t from = 0; from + KEY_SIZE <= r->length; from++)
		if (from + KEY_SIZE == r->length || what[0] == 'i')
			ck_assert_msg(!leaked(text, r->bytes + from, KEY_SIZE), "%s", what);
}

static void check_device(const struct omemo *o, const char *text)
{
	check_record("identity", &o->identity_private, text);
	/* A session holds secrets alone, but for ratchet keys: whole windows of it must not show. */
	for (size_t i = 0; i < o->peers.count; i++) {
		const struct record *session = &((const struct peer *)o->peers.items[i])->session;
		for (size_t from = 0; from + 64 <= session->length; from += 16)
			ck_assert(!leaked(text, session->bytes + from, 64));
	}
}

static void check_prekey(const struct record *r, const char *text)
{
	session_pre_key *key = NULL;
	signal_buffer *secret = NULL;
	if (!r->bytes)
		return;
	ck_assert_int_eq(session_pre_key_deserialize(&key, r->bytes, r->length, NULL), 0);
	ck_assert_int_eq(
		ec_private_key_serialize(&secret, ec_key_pair_get_private(session_pre_key_get_key_pair(key))), 0);
	ck_assert(!leaked(text, signal_buffer_data(secret), signal_buffer_len(secret)));
	signal_buffer_bzero_free(secret);
	SIGNAL_UNREF(key);
}

START_TEST(test_keys_stay)
{
	struct scene s;
	ck_assert_int_eq(play(&s,
				 _i ? BEGUN("omemo") "juliet reads hark\njuliet reads lark\n"
				    : BEGUN("axolotl") "juliet reads hark\njuliet cannot read because no-session\n"),
		OUTCOME_NOT_MET);
	char *journal = scene_journal(&s);
	const char *texts[] = { scene_sent(&s), journal, s.finding.message,
		s.finding.expected ? s.finding.expected : "", s.finding.actual ? s.finding.actual : "" };
	ck_assert_ptr_nonnull(strstr(texts[0], "<bundle"));
	for (size_t i = 0; i < s.scenario->actor_count; i++) {
		const struct omemo *o = s.stage.players[i].omemo;
		for (size_t k = 0; o && k < sizeof texts / sizeof *texts; k++) {
			check_device(o, texts[k]);
			for (size_t n = 0; n < OMEMO_PREKEYS; n++)
				check_prekey(&o->prekeys[n], texts[k]);
		}
	}
	free(journal);
	scene_close(&s);
}
END_TEST

/* The search itself finds what is there. */
START_TEST(test_search_finds)
{
	uint8_t bytes[KEY_SIZE];
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)(i * 37 + 11);
	for (size_t before = 0; before < 5; before++) {
		BUF_AUTO around = BUF_INIT, coded = BUF_INIT;
		buf_add(&around, "abcde", before);
		buf_add(&around, bytes, sizeof bytes);
		buf_add(&around, "xyz", 3);
		base64_encode(around.data, around.len, &coded);
		ck_assert(leaked(buf_text(&coded), bytes, sizeof bytes));
		bytes[7] ^= 1;
		ck_assert(!leaked(buf_text(&coded), bytes, sizeof bytes));
		bytes[7] ^= 1;
	}
}
END_TEST

Suite *suite_encryption_verbs(void)
{
	Suite *s = suite_create("encryption verbs");
	TCase *c = tcase_create("verbs");
	tcase_add_checked_fixture(c, xml_start, NULL);
	tcase_add_loop_test(c, test_play, 0, sizeof plays / sizeof *plays);
	tcase_add_loop_test(c, test_forged_bundle, 0, 2 * sizeof bundle_forgeries / sizeof *bundle_forgeries);
	tcase_add_loop_test(c, test_forged_message, 0, 2 * sizeof message_forgeries / sizeof *message_forgeries);
	tcase_add_loop_test(c, test_keys_stay, 0, 2);
	tcase_add_test(c, test_search_finds);
	suite_add_tcase(s, c);
	return s;
}
