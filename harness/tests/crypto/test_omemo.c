/* Conversations between devices of both versions, as they should go. Each test runs once for each version. */
#include "tests/crypto/devices.h"

static const char *const lines[] = { "But soft", "what light", "through yonder", "window", "breaks?", "" };
#define LINES (sizeof lines / sizeof *lines)

START_TEST(two_devices)
{
	struct omemo *romeo = device_make(_i, ROMEO, 0), *juliet = device_make(_i, JULIET, 2147483647);
	ck_assert_uint_ge(omemo_device_id(romeo), 1);
	ck_assert_uint_le(omemo_device_id(romeo), OMEMO_ID_LIMIT);
	ck_assert_uint_eq(omemo_device_id(juliet), OMEMO_ID_LIMIT);
	ck_assert(omemo_version(romeo) == (enum omemo_version)_i);
	device_meet(juliet, romeo);
	ck_assert_uint_eq(omemo_learned_prekeys(romeo, JULIET, OMEMO_ID_LIMIT), OMEMO_PREKEYS);
	ck_assert(!omemo_has_session(romeo, JULIET, OMEMO_ID_LIMIT));
	for (size_t i = 0; i < LINES; i++) {
		device_says(romeo, juliet, lines[i]);
		ck_assert(omemo_has_session(juliet, ROMEO, omemo_device_id(romeo)));
		device_says(juliet, romeo, lines[LINES - 1 - i]);
		device_says(juliet, romeo, "<&'\"\xc3\xa9 \xf0\x9f\x8c\xb9>");
	}
	omemo_free(romeo);
	omemo_free(juliet);
}
END_TEST

/* The key exchange is repeated until an answer comes (section 4.3), and is one session all the same. */
START_TEST(key_exchange_until_answered)
{
	struct err e;
	struct omemo *romeo = device_make(_i, ROMEO, 1), *juliet = device_make(_i, JULIET, 2);
	device_meet(juliet, romeo);
	for (int i = 0; i < 5; i++) {
		BUF_AUTO message = BUF_INIT, body = BUF_INIT;
		AUTO_READING facts;
		device_write(romeo, juliet, "hark", &message);
		ck_assert_int_eq(device_read(juliet, ROMEO, &message, &body, &facts, &e), 0);
		ck_assert(facts.key_exchange == (i < 3));
		ck_assert(facts.new_session == (i == 0));
		ck_assert_uint_eq(facts.counter, i < 3 ? i : i - 3);
		ck_assert(facts.has_body);
		if (i == 2)
			device_says(juliet, romeo, NULL);
	}
	omemo_free(romeo);
	omemo_free(juliet);
}
END_TEST

/* Two accounts with two devices each: what one writes, the three others read. */
START_TEST(four_devices)
{
	struct omemo *all[4] = { device_make(_i, ROMEO, 11), device_make(_i, ROMEO, 12), device_make(_i, JULIET, 21),
		device_make(_i, JULIET, 22) };
	for (size_t i = 0; i < 4; i++)
		for (size_t j = 0; j < 4; j++)
			if (i != j)
				device_meet_among_others(all[i], all[j]);
	for (size_t round = 0; round < 3; round++)
		for (size_t i = 0; i < 4; i++) {
			struct omemo *others[3];
			BUF_AUTO message = BUF_INIT;
			for (size_t j = 0, n = 0; j < 4; j++)
				if (j != i)
					others[n++] = all[j];
			device_write_all(all[i], others, 3, lines[i], &message);
			for (size_t j = 0; j < 3; j++)
				device_reads(others[j], all[i], &message, lines[i]);
			xmlDoc *doc = element_of(&message);
			size_t keys = 0;
			const xmlNode *first = xml_find(xml_root(doc), "keys", NULL);
			for (const xmlNode *k = first; k; k = xml_next(k, "keys", NULL))
				keys++;
			ck_assert_uint_eq(keys, _i == OMEMO_2 ? 2 : 0);
			xmlFreeDoc(doc);
		}
	for (size_t i = 0; i < 4; i++)
		omemo_free(all[i]);
}
END_TEST

START_TEST(not_for_us)
{
	struct err e;
	struct omemo *romeo = device_make(_i, ROMEO, 1), *juliet = device_make(_i, JULIET, 2),
		     *tablet = device_make(_i, JULIET, 3);
	BUF_AUTO message = BUF_INIT, body = BUF_INIT;
	AUTO_READING facts;
	device_meet(juliet, romeo);
	device_write(romeo, juliet, "hark", &message);
	ck_assert_int_eq(device_read(tablet, ROMEO, &message, &body, &facts, &e), 0);
	ck_assert_int_eq(facts.outcome, OMEMO_NOT_FOR_US);
	ck_assert_uint_eq(facts.sender, 1);
	ck_assert_uint_eq(body.len, 0);
	omemo_free(romeo);
	omemo_free(juliet);
	omemo_free(tablet);
}
END_TEST

/* In OMEMO_2 the account tells as well as the device: the same device id under another address is another's. In axolotl the id alone
 * tells, and a key that is another's is passed over for the one that fits. */
START_TEST(same_device_id_of_two_accounts)
{
	struct omemo *romeo = device_make(_i, ROMEO, 1), *juliet = device_make(_i, JULIET, 7),
		     *nurse = device_make(_i, "nurse@capulet.lit", 7);
	struct omemo *const both[] = { juliet, nurse };
	device_meet(juliet, romeo);
	device_meet(nurse, romeo);
	for (int i = 0; i < 3; i++) {
		BUF_AUTO message = BUF_INIT;
		device_write_all(romeo, both, 2, "hark", &message);
		device_reads(juliet, romeo, &message, "hark");
		device_reads(nurse, romeo, &message, "hark");
		device_says(juliet, romeo, "aye");
		device_says(nurse, romeo, "nay");
	}
	omemo_free(romeo);
	omemo_free(juliet);
	omemo_free(nurse);
}
END_TEST

START_TEST(key_only)
{
	struct err e;
	struct omemo *romeo = device_make(_i, ROMEO, 1), *juliet = device_make(_i, JULIET, 2);
	BUF_AUTO message = BUF_INIT, body = BUF_INIT;
	AUTO_READING facts;
	device_meet(juliet, romeo);
	device_write(romeo, juliet, NULL, &message);
	ck_assert_ptr_null(strstr(message.data, "<payload"));
	ck_assert_int_eq(device_read(juliet, ROMEO, &message, &body, &facts, &e), 0);
	ck_assert_int_eq(facts.outcome, OMEMO_READ);
	ck_assert(facts.key_only && !facts.has_body);
	ck_assert(facts.key_is_zeros == (_i == OMEMO_2));
	ck_assert_uint_eq(body.len, 0);
	omemo_free(romeo);
	omemo_free(juliet);
}
END_TEST

/* Ten messages in each direction, delivered backwards, every third lost. */
START_TEST(out_of_order_and_lost)
{
	struct omemo *pair[2] = { device_make(_i, ROMEO, 1), device_make(_i, JULIET, 2) };
	device_meet(pair[1], pair[0]);
	device_says(pair[0], pair[1], "hark");
	for (int round = 0; round < 4; round++) {
		struct omemo *from = pair[round % 2], *to = pair[1 - round % 2];
		struct buf messages[10] = { { 0 } };
		for (int i = 0; i < 10; i++) {
			AUTO_TEXT text = memory_printf("%d of %d", i, round);
			device_write(from, to, text, &messages[i]);
		}
		for (int i = 9; i >= 0; i--) {
			AUTO_TEXT text = memory_printf("%d of %d", i, round);
			if (i % 3)
				device_reads(to, from, &messages[i], text);
			buf_release(&messages[i]);
		}
	}
	omemo_free(pair[0]);
	omemo_free(pair[1]);
}
END_TEST

/* A message of a chain before, after two of later chains were read. */
START_TEST(late_over_chains)
{
	struct omemo *romeo = device_make(_i, ROMEO, 1), *juliet = device_make(_i, JULIET, 2);
	BUF_AUTO late = BUF_INIT;
	device_meet(juliet, romeo);
	device_says(romeo, juliet, "one");
	device_says(juliet, romeo, "two");
	device_says(romeo, juliet, "three");
	device_write(romeo, juliet, "late", &late);
	for (int i = 0; i < 3; i++) {
		device_says(juliet, romeo, "four");
		device_says(romeo, juliet, "five");
	}
	device_reads(juliet, romeo, &late, "late");
	omemo_free(romeo);
	omemo_free(juliet);
}
END_TEST

/* Both open a session before either has read the other's key exchange. */
START_TEST(both_open_at_once)
{
	struct omemo *romeo = device_make(_i, ROMEO, 1), *juliet = device_make(_i, JULIET, 2);
	BUF_AUTO there = BUF_INIT, back = BUF_INIT;
	device_meet(juliet, romeo);
	device_meet(romeo, juliet);
	device_write(romeo, juliet, "hark", &there);
	device_write(juliet, romeo, "hist", &back);
	device_reads(juliet, romeo, &there, "hark");
	device_reads(romeo, juliet, &back, "hist");
	for (int i = 0; i < 3; i++) {
		device_says(romeo, juliet, "one");
		device_says(juliet, romeo, "two");
	}
	omemo_free(romeo);
	omemo_free(juliet);
}
END_TEST

START_TEST(repeated)
{
	struct err e;
	struct omemo *romeo = device_make(_i, ROMEO, 1), *juliet = device_make(_i, JULIET, 2);
	BUF_AUTO first = BUF_INIT, later = BUF_INIT;
	const struct buf *const all[] = { &first, &later };
	device_meet(juliet, romeo);
	device_write(romeo, juliet, "hark", &first);
	device_reads(juliet, romeo, &first, "hark");
	device_says(juliet, romeo, "aye");
	device_write(romeo, juliet, "again", &later);
	device_reads(juliet, romeo, &later, "again");
	for (size_t i = 0; i < 4; i++) {
		BUF_AUTO body = BUF_INIT;
		AUTO_READING facts;
		ck_assert_int_eq(device_read(juliet, ROMEO, all[i % 2], &body, &facts, &e), 0);
		ck_assert_int_eq(facts.outcome, OMEMO_REPEATED);
		ck_assert_uint_eq(body.len, 0);
	}
	device_says(romeo, juliet, "and on");
	omemo_free(romeo);
	omemo_free(juliet);
}
END_TEST

/* Section 6: the first message on a ratchet key with a counter of 53 or higher. */
START_TEST(heartbeat)
{
	struct omemo *romeo = device_make(_i, ROMEO, 1), *juliet = device_make(_i, JULIET, 2);
	device_meet(juliet, romeo);
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < 60; i++) {
			ck_assert_msg(omemo_heartbeat_due(juliet, ROMEO, 1) == (i > OMEMO_HEARTBEAT), "at %d", i);
			device_says(romeo, juliet, "hark");
		}
		device_says(juliet, romeo, NULL);
		ck_assert(!omemo_heartbeat_due(juliet, ROMEO, 1));
	}
	omemo_free(romeo);
	omemo_free(juliet);
}
END_TEST

Suite *suite_omemo(void)
{
	Suite *s = suite_create("omemo");
	TCase *t = tcase_create("conversations");
	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, two_devices, OMEMO_AXOLOTL, OMEMO_2 + 1);
	tcase_add_loop_test(t, key_exchange_until_answered, OMEMO_AXOLOTL, OMEMO_2 + 1);
	tcase_add_loop_test(t, not_for_us, OMEMO_AXOLOTL, OMEMO_2 + 1);
	tcase_add_loop_test(t, key_only, OMEMO_AXOLOTL, OMEMO_2 + 1);
	tcase_add_loop_test(t, out_of_order_and_lost, OMEMO_AXOLOTL, OMEMO_2 + 1);
	tcase_add_loop_test(t, late_over_chains, OMEMO_AXOLOTL, OMEMO_2 + 1);
	tcase_add_loop_test(t, both_open_at_once, OMEMO_AXOLOTL, OMEMO_2 + 1);
	tcase_add_loop_test(t, repeated, OMEMO_AXOLOTL, OMEMO_2 + 1);
	suite_add_tcase(s, t);
	t = tcase_create("many devices");
	tcase_set_timeout(t, 120);
	tcase_set_tags(t, "heavy");
	tcase_add_loop_test(t, four_devices, OMEMO_AXOLOTL, OMEMO_2 + 1);
	tcase_add_loop_test(t, same_device_id_of_two_accounts, OMEMO_AXOLOTL, OMEMO_2 + 1);
	tcase_add_loop_test(t, heartbeat, OMEMO_AXOLOTL, OMEMO_2 + 1);
	suite_add_tcase(s, t);
	return s;
}
