/* A device: its keys, what it publishes, what it forgets, and its copies. Each test runs once for each version. */
#include "tests/crypto/devices.h"

START_TEST(fingerprints_are_the_same_on_both_sides)
{
	struct omemo *romeo = device_make(_i, ROMEO, 1), *juliet = device_make(_i, JULIET, 2);
	BUF_AUTO own = BUF_INIT, seen = BUF_INIT, other = BUF_INIT;
	omemo_fingerprint(juliet, &own);
	ck_assert_uint_eq(own.len, 64);
	ck_assert_uint_eq(strspn(own.data, "0123456789abcdef"), 64);
	ck_assert(!omemo_peer_fingerprint(romeo, JULIET, 2, &seen));
	device_meet(juliet, romeo);
	ck_assert(omemo_peer_fingerprint(romeo, JULIET, 2, &seen));
	ck_assert_str_eq(buf_text(&seen), own.data);
	device_says(romeo, juliet, "hark");
	buf_clear(&own);
	omemo_fingerprint(romeo, &own);
	ck_assert(omemo_peer_fingerprint(juliet, ROMEO, 1, &other));
	ck_assert_str_eq(buf_text(&other), own.data);
	omemo_free(romeo);
	omemo_free(juliet);
}
END_TEST

static bool bundle_has(const struct omemo *o, uint32_t id)
{
	xmlDoc *bundle = device_bundle(o);
	bool has = false;
	const char *name = omemo_version(o) == OMEMO_2 ? "pk" : "preKeyPublic";
	AUTO_TEXT wanted = memory_printf("%u", id);
	for (const xmlNode *k = xml_find(xml_root(bundle), name, NULL); k; k = xml_next(k, name, NULL))
		has = has || text_equal(xml_attribute(k, omemo_version(o) == OMEMO_2 ? "id" : "preKeyId"), wanted);
	xmlFreeDoc(bundle);
	return has;
}

/* A used prekey is gone from the bundle, and another is in its place. */
START_TEST(prekeys_are_replaced)
{
	struct omemo *juliet = device_make(_i, JULIET, 2);
	for (uint32_t i = 1; i <= OMEMO_PREKEYS; i++)
		ck_assert(bundle_has(juliet, i));
	for (uint32_t i = 0; i < 5; i++) {
		struct omemo *other = device_make(_i, ROMEO, 100 + i);
		ck_assert(!bundle_has(juliet, OMEMO_PREKEYS + 1 + i));
		device_meet(juliet, other);
		device_says(other, juliet, "hark");
		ck_assert(bundle_has(juliet, OMEMO_PREKEYS + 1 + i));
		xmlDoc *bundle = device_bundle(juliet);
		ck_assert_uint_eq(xmlChildElementCount(xml_child(xml_root(bundle), "prekeys", NULL)), OMEMO_PREKEYS);
		xmlFreeDoc(bundle);
		omemo_free(other);
	}
	omemo_free(juliet);
}
END_TEST

/* A bundle from before a rotation is good for one more, and no longer. */
START_TEST(rotation)
{
	struct err e;
	struct omemo *juliet = device_make(_i, JULIET, 2);
	xmlDoc *bundle = device_bundle(juliet);
	for (int i = 0; i < 3; i++) {
		struct omemo *romeo = device_make(_i, ROMEO, 1 + (uint32_t)i);
		BUF_AUTO message = BUF_INIT, body = BUF_INIT;
		AUTO_READING facts;
		xmlDoc *part = bundle_share(bundle, (uint32_t)i);
		ck_assert_int_eq(omemo_learn(romeo, JULIET, 2, xml_root(part), &e), 0);
		xmlFreeDoc(part);
		device_write(romeo, juliet, "hark", &message);
		int result = device_read(juliet, ROMEO, &message, &body, &facts, &e);
		ck_assert_int_eq(result, i < 2 ? 0 : -1);
		ck_assert_int_eq(facts.outcome, i < 2 ? OMEMO_READ : OMEMO_PREKEY_GONE);
		ck_assert_int_eq(omemo_rotate(juliet, &e), 0);
		omemo_free(romeo);
	}
	xmlDoc *newest = device_bundle(juliet);
	const xmlNode *key = xml_find(xml_root(newest), _i == OMEMO_2 ? "spk" : "signedPreKeyPublic", NULL);
	ck_assert_str_eq(xml_attribute(key, _i == OMEMO_2 ? "id" : "signedPreKeyId"), "4");
	xmlFreeDoc(newest);
	xmlFreeDoc(bundle);
	omemo_free(juliet);
}
END_TEST

/* A session is forgotten on one side: the next message opens another, and both go on with it. */
START_TEST(forgotten_session)
{
	struct err e;
	struct omemo *romeo = device_make(_i, ROMEO, 1), *juliet = device_make(_i, JULIET, 2);
	BUF_AUTO message = BUF_INIT, body = BUF_INIT;
	AUTO_READING facts;
	device_meet(juliet, romeo);
	ck_assert(!omemo_forget_session(romeo, JULIET, 2));
	device_says(romeo, juliet, "one");
	device_says(juliet, romeo, "two");
	ck_assert(omemo_forget_session(romeo, JULIET, 2));
	device_write(juliet, romeo, "lost", &message);
	ck_assert_int_eq(device_read(romeo, JULIET, &message, &body, &facts, &e), -1);
	ck_assert_int_eq(facts.outcome, OMEMO_NO_SESSION);
	ck_assert_int_eq(e.class, ERR_PROTOCOL);
	device_meet(juliet, romeo); /* the bundle from before names a prekey that may be gone */
	device_says(romeo, juliet, "three");
	device_says(juliet, romeo, "four");
	ck_assert(omemo_forget_device(romeo, JULIET, 2));
	ck_assert(!omemo_forget_device(romeo, JULIET, 2));
	ck_assert_uint_eq(omemo_learned_prekeys(romeo, JULIET, 2), 0);
	omemo_free(romeo);
	omemo_free(juliet);
}
END_TEST

/* A device restarts with what it had: it goes on, and cannot be told from the one before. A device that is set back to an older state
 * reads the same messages again, as a restored backup does. */
START_TEST(copy_and_restore)
{
	struct err e;
	struct omemo *romeo = device_make(_i, ROMEO, 1), *juliet = device_make(_i, JULIET, 2);
	BUF_AUTO message = BUF_INIT;
	device_meet(juliet, romeo);
	device_says(romeo, juliet, "one");
	for (int i = 0; i < 5; i++) {
		struct omemo *again = omemo_copy(juliet, &e);
		ck_assert_ptr_nonnull(again);
		omemo_free(juliet);
		juliet = again;
		device_says(juliet, romeo, "two");
		device_says(romeo, juliet, "three");
	}
	struct omemo *backup = omemo_copy(juliet, &e);
	device_write(romeo, juliet, "four", &message);
	for (int i = 0; i < 3; i++) {
		device_reads(juliet, romeo, &message, "four");
		omemo_restore(juliet, backup);
	}
	omemo_restore(juliet, juliet);
	device_reads(juliet, romeo, &message, "four");
	device_says(juliet, romeo, "five");
	omemo_free(backup);
	omemo_free(romeo);
	omemo_free(juliet);
}
END_TEST

START_TEST(device_lists)
{
	struct err e;
	BUF_AUTO text = BUF_INIT;
	const uint32_t ids[] = { 7, OMEMO_ID_LIMIT, 1, 7 };
	uint32_t *read = NULL;
	size_t count = 0;
	xml_start();
	omemo_print_devices(_i, ids, 4, &text);
	xmlDoc *doc = element_of(&text);
	ck_assert_int_eq(omemo_read_devices(_i, xml_root(doc), &read, &count, &e), 0);
	ck_assert_uint_eq(count, 3);
	ck_assert(read[0] == 1 && read[1] == 7 && read[2] == OMEMO_ID_LIMIT);
	free(read);
	ck_assert_int_eq(omemo_read_devices(1 - _i, xml_root(doc), &read, &count, &e), -1);
	ck_assert_int_eq(e.class, ERR_PROTOCOL);
	xmlFreeDoc(doc);
	static const char *const bad[] = { "", "id='0'", "id='-1'", "id='2147483648'", "id='1x'", "id=''" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		buf_clear(&text);
		const char *name = _i == OMEMO_2 ? "devices" : "list";
		buf_printf(&text, "<%s xmlns='%s'><device id='1'/><device %s/></%s>", name, omemo_namespace(_i), bad[i],
			name);
		doc = element_of(&text);
		ck_assert_msg(omemo_read_devices(_i, xml_root(doc), &read, &count, &e) == -1, "'%s' was taken", bad[i]);
		ck_assert_int_eq(e.class, ERR_PROTOCOL);
		ck_assert_ptr_null(read);
		xmlFreeDoc(doc);
	}
	buf_clear(&text);
	omemo_print_devices(_i, NULL, 0, &text);
	doc = element_of(&text);
	ck_assert_int_eq(omemo_read_devices(_i, xml_root(doc), &read, &count, &e), 0);
	ck_assert_uint_eq(count, 0);
	xmlFreeDoc(doc);
}
END_TEST

START_TEST(where_it_is_published)
{
	BUF_AUTO node = BUF_INIT, item = BUF_INIT;
	omemo_bundle_node(_i, 31415, &node, &item);
	ck_assert_str_eq(buf_text(&node),
		_i == OMEMO_2 ? "urn:xmpp:omemo:2:bundles" : "eu.siacs.conversations.axolotl.bundles:31415");
	ck_assert_str_eq(buf_text(&item), _i == OMEMO_2 ? "31415" : "current");
	ck_assert_str_eq(omemo_list_node(_i),
		_i == OMEMO_2 ? "urn:xmpp:omemo:2:devices" : "eu.siacs.conversations.axolotl.devicelist");
}
END_TEST

Suite *suite_omemo_device(void)
{
	Suite *s = suite_create("omemo_device");
	TCase *t = tcase_create("device");
	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, fingerprints_are_the_same_on_both_sides, OMEMO_AXOLOTL, OMEMO_2 + 1);
	tcase_add_loop_test(t, forgotten_session, OMEMO_AXOLOTL, OMEMO_2 + 1);
	tcase_add_loop_test(t, copy_and_restore, OMEMO_AXOLOTL, OMEMO_2 + 1);
	tcase_add_loop_test(t, device_lists, OMEMO_AXOLOTL, OMEMO_2 + 1);
	tcase_add_loop_test(t, where_it_is_published, OMEMO_AXOLOTL, OMEMO_2 + 1);
	suite_add_tcase(s, t);
	t = tcase_create("many devices");
	tcase_set_timeout(t, 120);
	tcase_set_tags(t, "heavy");
	tcase_add_loop_test(t, prekeys_are_replaced, OMEMO_AXOLOTL, OMEMO_2 + 1);
	tcase_add_loop_test(t, rotation, OMEMO_AXOLOTL, OMEMO_2 + 1);
	suite_add_tcase(s, t);
	return s;
}
