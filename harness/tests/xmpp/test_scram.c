/* SCRAM against the vectors of RFC 5802 section 5 and RFC 7677 section 3, and against servers that cheat. */
#include "base/memory.h"
#include "base/text.h"
#include "xmpp/sasl.h"
#include <check.h>
#include <string.h>

struct vector {
	const char *digest, *nonce, *server_first, *client_final, *server_final;
};
static const struct vector vectors[] = {
	{ "SHA1", "fyko+d2lbbFgONRv9qkxdawL", "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
		"c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
		"v=rmF9pqV8S7suAoZWja4dJRkFsKQ=" },
	{ "SHA256", "rOprNGfwEbeRWgbNEkqO",
		"r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
		"c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
		"p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
		"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=" },
};

static void begin(struct scram *s, const struct vector *v)
{
	struct err e;
	ck_assert_int_eq(scram_begin(s, v->digest, "user", "pencil", "n,,", NULL, v->nonce, &e), 0);
}

START_TEST(vector_is_met)
{
	const struct vector *v = &vectors[_i];
	for (int again = 0; again < 2; again++) { /* the second time with the key that was kept */
		struct scram s;
		struct err e;
		BUF_AUTO first = BUF_INIT, final = BUF_INIT;
		begin(&s, v);
		scram_first(&s, &first);
		ck_assert(text_starts(first.data, "n,,n=user,r="));
		ck_assert(text_ends(first.data, v->nonce));
		ck_assert_int_eq(scram_answer(&s, v->server_first, &final, &e), 0);
		ck_assert_str_eq(final.data, v->client_final);
		ck_assert(!s.verified);
		ck_assert_int_eq(scram_check(&s, v->server_final, &e), 0);
		ck_assert(s.verified);
		ck_assert_ptr_null(s.password.data);
		scram_release(&s);
	}
	scram_forget_keys();
}
END_TEST

/* The same vectors, composed by hand. */
START_TEST(proved_by_hand)
{
	const struct vector *v = &vectors[_i];
	struct err e;
	BUF_AUTO proof = BUF_INIT, signature = BUF_INIT, wanted = BUF_INIT, verifier = BUF_INIT;
	AUTO_TEXT final = memory_copy_text(v->client_final);
	ck_assert(scram_attribute(final, 'p', &wanted) && scram_attribute(v->server_final, 'v', &verifier));
	*strstr(final, ",p=") = 0;
	AUTO_TEXT message = memory_printf("n=user,r=%s,%s,%s", v->nonce, v->server_first, final);
	ck_assert_int_eq(
		scram_prove(_i ? "SCRAM-SHA-256" : "SCRAM-SHA-1", "pencil", message, &proof, &signature, &e), 0);
	ck_assert_str_eq(proof.data, wanted.data);
	ck_assert_str_eq(signature.data, verifier.data);
	ck_assert_int_eq(scram_prove("PLAIN", "pencil", message, &proof, &signature, &e), -1);
	ck_assert_int_eq(e.class, ERR_UNSUPPORTED);
	ck_assert_int_eq(scram_prove("SCRAM-SHA-1", "pencil", "r=a,s=#,i=1", &proof, &signature, &e), -1);
	ck_assert_int_eq(e.class, ERR_PROTOCOL);
	ck_assert_int_eq(scram_prove("SCRAM-SHA-1", "pencil", "r=a,s=AAAA,i=20000000", &proof, &signature, &e), -1);
	ck_assert_int_eq(e.class, ERR_PROTOCOL);
	ck_assert(!scram_attribute("r=a,s=i=1", 'i', &proof));
	scram_forget_keys();
}
END_TEST

START_TEST(wrong_signature)
{
	static const char *const finals[] = { "v=rmF9pqV8S7suAoZWja4dJRkFsLQ=", "v=rmF9", "v=", "v=#", "", "x=1",
		"p=rmF9pqV8S7suAoZWja4dJRkFsKQ=" };
	struct scram s;
	struct err e;
	BUF_AUTO final = BUF_INIT;
	begin(&s, &vectors[0]);
	ck_assert_int_eq(scram_answer(&s, vectors[0].server_first, &final, &e), 0);
	ck_assert_int_eq(scram_check(&s, finals[_i], &e), -1);
	ck_assert_int_eq(e.class, ERR_PROTOCOL);
	ck_assert(!s.verified);
	scram_release(&s);
}
END_TEST

START_TEST(server_says_error)
{
	struct scram s;
	struct err e;
	begin(&s, &vectors[0]);
	ck_assert_int_eq(scram_check(&s, "e=unknown-user", &e), -1);
	ck_assert_int_eq(e.class, ERR_REFUSED);
	ck_assert_ptr_nonnull(strstr(e.message, "unknown-user"));
	scram_release(&s);
}
END_TEST

START_TEST(signature_before_its_time)
{
	struct scram s;
	struct err e;
	begin(&s, &vectors[0]);
	ck_assert_int_eq(scram_check(&s, vectors[0].server_final, &e), -1);
	ck_assert_int_eq(e.class, ERR_PROTOCOL);
	scram_release(&s);
}
END_TEST

START_TEST(bad_first_message)
{
	static const char *const messages[] = {
		"r=fyko+d2lbbFgONRv9qkxdawL,s=QSXCR+Q6sek8bf92,i=4096",  /* only our nonce again */
		"r=fyko+d2lbbFgONRv9qkxdawX3,s=QSXCR+Q6sek8bf92,i=4096", /* another nonce */
		"r=,s=QSXCR+Q6sek8bf92,i=4096",
		"m=ext,r=fyko+d2lbbFgONRv9qkxdawL3,s=QSXCR+Q6sek8bf92,i=4096",
		"r=fyko+d2lbbFgONRv9qkxdawL3,s=QSXC R+Q,i=4096",
		"r=fyko+d2lbbFgONRv9qkxdawL3,s=,i=4096",
		"r=fyko+d2lbbFgONRv9qkxdawL3,i=4096",
		"r=fyko+d2lbbFgONRv9qkxdawL3,s=QSXCR+Q6sek8bf92",
		"r=fyko+d2lbbFgONRv9qkxdawL3,s=QSXCR+Q6sek8bf92,i=0",
		"r=fyko+d2lbbFgONRv9qkxdawL3,s=QSXCR+Q6sek8bf92,i=-4096",
		"r=fyko+d2lbbFgONRv9qkxdawL3,s=QSXCR+Q6sek8bf92,i=4096x",
		"r=fyko+d2lbbFgONRv9qkxdawL3,s=QSXCR+Q6sek8bf92,i=10000001",
		"r=fyko+d2lbbFgONRv9qkxdawL3,s=QSXCR+Q6sek8bf92,i=99999999999999999999",
		"",
		"r",
		"e=other-error",
	};
	struct scram s;
	struct err e;
	BUF_AUTO final = BUF_INIT;
	begin(&s, &vectors[0]);
	ck_assert_int_eq(scram_answer(&s, messages[_i], &final, &e), -1);
	ck_assert_int_eq(e.class, ERR_PROTOCOL);
	ck_assert_int_eq(final.len, 0);
	scram_release(&s);
}
END_TEST

START_TEST(names_are_escaped_and_prepared)
{
	struct scram s;
	struct err e;
	BUF_AUTO first = BUF_INIT;
	ck_assert_int_eq(scram_begin(&s, "SHA1", "a=b,c", "x", "y,,", NULL, "nonce", &e), 0);
	scram_first(&s, &first);
	ck_assert_str_eq(first.data, "y,,n=a=3Db=2Cc,r=nonce");
	scram_release(&s);
	/* RFC 4013 section 3: U+00AD goes, U+2168 becomes IX; U+0007 is forbidden. */
	BUF_AUTO prepared = BUF_INIT;
	ck_assert_int_eq(saslprep("I\xc2\xadX", &prepared, &e), 0);
	ck_assert_str_eq(prepared.data, "IX");
	buf_clear(&prepared);
	ck_assert_int_eq(saslprep("\xe2\x85\xa8", &prepared, &e), 0);
	ck_assert_str_eq(prepared.data, "IX");
	ck_assert_int_eq(scram_begin(&s, "SHA1", "user", "\x07", "n,,", NULL, NULL, &e), -1);
	ck_assert_int_eq(e.class, ERR_UNSUPPORTED);
	ck_assert_int_eq(scram_begin(&s, "SHA1", "user", "\xff", "n,,", NULL, NULL, &e), -1);
	ck_assert_int_eq(e.class, ERR_UNSUPPORTED);
}
END_TEST

START_TEST(nonces_differ)
{
	struct scram a, b;
	struct err e;
	ck_assert_int_eq(scram_begin(&a, "SHA512", "user", "pencil", "n,,", NULL, NULL, &e), 0);
	ck_assert_int_eq(scram_begin(&b, "SHA512", "user", "pencil", "n,,", NULL, NULL, &e), 0);
	ck_assert_uint_ge(strlen(a.nonce), 24);
	ck_assert_str_ne(a.nonce, b.nonce);
	ck_assert_ptr_null(strchr(a.nonce, ','));
	scram_release(&a);
	scram_release(&b);
}
END_TEST

/* ---- the choice of a mechanism, without a connection ---- */

static void chosen_among(const char *offered, const char *binding_types, const char *wanted, const char *name)
{
	struct sasl x;
	struct err e = { .class = ERR_NONE };
	struct buf initial = BUF_INIT;
	const struct sasl_offer offer = { offered, binding_types, false };
	int result = sasl_begin(&x, &offer, wanted, NULL, "user", "pencil", &initial, &e);
	if (name) {
		ck_assert_msg(result == 0, "%s", e.message);
		ck_assert_str_eq(x.name, name);
	} else {
		ck_assert_int_eq(result, -1);
		ck_assert_int_eq(e.class, ERR_UNSUPPORTED);
	}
	sasl_release(&x);
	buf_cleanse(&initial);
}

static void chosen(const char *offered, const char *wanted, const char *name)
{
	chosen_among(offered, "", wanted, name);
}

START_TEST(strongest_mechanism)
{
	chosen("PLAIN SCRAM-SHA-1 SCRAM-SHA-256", NULL, "SCRAM-SHA-256");
	chosen("SCRAM-SHA-512 PLAIN SCRAM-SHA-1 SCRAM-SHA-256", NULL, "SCRAM-SHA-512");
	chosen("DIGEST-MD5 PLAIN X-OAUTH2", NULL, "PLAIN");
	chosen("SCRAM-SHA-1-PLUS SCRAM-SHA-1", NULL, "SCRAM-SHA-1"); /* nothing to bind to */
	chosen("SCRAM-SHA-1-PLUS", NULL, NULL);
	/* As over WebSocket, where nothing is bound: what the server announces is for others. */
	chosen_among("SCRAM-SHA-1-PLUS SCRAM-SHA-1", "tls-exporter", NULL, "SCRAM-SHA-1");
	chosen("DIGEST-MD5 EXTERNAL", NULL, NULL);
	chosen("", NULL, NULL);
	chosen("SCRAM-SHA-256 PLAIN", "PLAIN", "PLAIN");
	chosen("SCRAM-SHA-256-PLUS PLAIN", "SCRAM-SHA-256", NULL);
	chosen("SCRAM-SHA-256-PLUS PLAIN", "SCRAM-SHA-256-PLUS", NULL);
	chosen("DIGEST-MD5", "DIGEST-MD5", NULL);
	chosen("SCRAM-SHA-256", "SCRAM-SHA-2567", NULL);
}
END_TEST

Suite *suite_scram(void)
{
	Suite *suite = suite_create("scram");
	TCase *t = tcase_create("scram");
	tcase_add_loop_test(t, vector_is_met, 0, 2);
	tcase_add_loop_test(t, proved_by_hand, 0, 2);
	tcase_add_loop_test(t, wrong_signature, 0, 7);
	tcase_add_test(t, server_says_error);
	tcase_add_test(t, signature_before_its_time);
	tcase_add_loop_test(t, bad_first_message, 0, 16);
	tcase_add_test(t, names_are_escaped_and_prepared);
	tcase_add_test(t, nonces_differ);
	tcase_add_test(t, strongest_mechanism);
	suite_add_tcase(suite, t);
	return suite;
}
