/* The bytes of a ClientHello as OpenSSL reads them, and answers of every kind. */
#include "base/memory.h"
#include "tls/hello.h"
#include <check.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>

/* ---- a real server, without a network ---- */

static EVP_PKEY *key;
static X509 *certificate;

static void make_identity(void)
{
	key = EVP_RSA_gen(2048);
	certificate = X509_new();
	X509_set_version(certificate, 2);
	X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
	X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
	X509_set_pubkey(certificate, key);
	X509_sign(certificate, key, EVP_sha256());
}

static void drop_identity(void)
{
	X509_free(certificate);
	EVP_PKEY_free(key);
}

static int choose_protocol(SSL *ssl, const unsigned char **out, unsigned char *length, const unsigned char *in,
	unsigned size, void *context)
{
	(void)ssl;
	(void)context;
	return SSL_select_next_proto((unsigned char **)out, length, (const unsigned char *)"\x0bxmpp-client", 12, in,
		       size) == OPENSSL_NPN_NEGOTIATED
		? SSL_TLSEXT_ERR_OK
		: SSL_TLSEXT_ERR_NOACK;
}

/* What OpenSSL, with these suites and groups, answers to the offer. */
static struct tls_answer ask_openssl(const struct tls_offer *offer, const char *suites, const char *groups)
{
	BUF_AUTO hello = BUF_INIT;
	struct tls_answer answer;
	char bytes[32768];
	SSL_CTX *context = SSL_CTX_new(TLS_server_method());
	SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
	SSL_CTX_use_certificate(context, certificate);
	SSL_CTX_use_PrivateKey(context, key);
	SSL_CTX_set_cipher_list(context, suites);
	SSL_CTX_set1_groups_list(context, groups);
	SSL_CTX_set_dh_auto(context, 1);
	SSL_CTX_set_alpn_select_cb(context, choose_protocol, NULL);
	SSL *ssl = SSL_new(context);
	BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());
	SSL_set_bio(ssl, in, out);
	tls_hello(offer, &hello);
	BIO_write(in, hello.data, (int)hello.len);
	SSL_accept(ssl);
	int length = BIO_read(out, bytes, sizeof bytes);
	tls_read_answer(offer, bytes, length > 0 ? (size_t)length : 0, &answer);
	SSL_free(ssl);
	SSL_CTX_free(context);
	return answer;
}

static const uint16_t some[] = { 0xc02f, 0x009e, 0x003c }, newest[] = { 0x1302, 0x1301 }, curves[] = { 29, 23, 24 };

START_TEST(openssl_understands_tls_1_2)
{
	struct tls_offer o = { .version = TLS_1_2,
		.suites = some,
		.suite_count = 3,
		.groups = curves,
		.group_count = 3,
		.server_name = "a.test",
		.alpn = "xmpp-client",
		.fallback = false };
	struct tls_answer a = ask_openssl(&o, "ECDHE-RSA-AES128-GCM-SHA256", "P-384");
	ck_assert_int_eq(a.reaction, TLS_ACCEPTED);
	ck_assert_uint_eq(a.version, TLS_1_2);
	ck_assert_uint_eq(a.suite, 0xc02f);
	ck_assert_uint_eq(a.group, 24);
	ck_assert(a.renegotiation_info && a.ticket && a.extended_master_secret && a.alpn && !a.compression);
	a = ask_openssl(&o, "DHE-RSA-AES128-GCM-SHA256", "P-384");
	ck_assert_int_eq(a.reaction, TLS_ACCEPTED);
	ck_assert_uint_eq(a.suite, 0x009e);
	ck_assert_uint_eq(a.dh_bits, 2048);
	a = ask_openssl(&o, "AES128-SHA256", "P-384");
	ck_assert_int_eq(a.reaction, TLS_ACCEPTED);
	ck_assert_uint_eq(a.suite, 0x003c);
	ck_assert(a.encrypt_then_mac);
	a = ask_openssl(&o, "AES256-SHA256", "P-384");
	ck_assert_int_eq(a.reaction, TLS_ALERT);
	ck_assert_uint_eq(a.alert, 40); /* handshake_failure */
	o.fallback = true;
	a = ask_openssl(&o, "ALL", "P-384");
	ck_assert_int_eq(a.reaction, TLS_ALERT);
	ck_assert_uint_eq(a.alert, 86); /* inappropriate_fallback */
}
END_TEST

START_TEST(openssl_understands_tls_1_3)
{
	struct tls_offer o = { .version = TLS_1_3,
		.suites = newest,
		.suite_count = 2,
		.groups = curves,
		.group_count = 3,
		.server_name = "a.test" };
	struct tls_answer a = ask_openssl(&o, "ALL", "P-256");
	ck_assert_int_eq(a.reaction, TLS_ACCEPTED);
	ck_assert_uint_eq(a.version, TLS_1_3);
	ck_assert(a.suite == 0x1301 || a.suite == 0x1302);
	ck_assert_uint_eq(a.group, 23);
	o.group_count = 1;
	a = ask_openssl(&o, "ALL", "P-256");
	ck_assert_int_eq(a.reaction, TLS_ALERT);
}
END_TEST

START_TEST(openssl_understands_old_versions)
{
	static const uint16_t old[] = { 0x002f };
	struct tls_offer o = {
		.version = TLS_1_0, .suites = old, .suite_count = 1, .groups = curves, .group_count = 3
	};
	struct tls_answer a = ask_openssl(&o, "AES128-SHA:@SECLEVEL=0", "P-256");
	ck_assert_int_eq(a.reaction, TLS_ACCEPTED);
	ck_assert_uint_eq(a.version, TLS_1_0);
	o.version = TLS_SSL3;
	a = ask_openssl(&o, "AES128-SHA:@SECLEVEL=0", "P-256");
	ck_assert_int_eq(a.reaction, TLS_ALERT);
}
END_TEST

/* ---- answers that are broken ---- */

#define RECORD(size) "\x16\x03\x03\x00" size
#define HELLO        "\x02\x00\x00\x28\x03\x03RRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRR\x00\xc0\x2f\x00\x00\x00"
static const struct {
	const char *bytes;
	size_t length;
	enum tls_reaction reaction;
	const char *fault;
} answers[] = {
	{ "", 0, TLS_UNDECIDED, NULL }, { "\x16\x03\x03\x00", 4, TLS_UNDECIDED, NULL },
	{ RECORD("\x2c") HELLO, 49, TLS_UNDECIDED, NULL }, /* the key exchange is missing */
	{ RECORD("\x2c") HELLO RECORD("\x04") "\x0e\x00\x00\x00", 58, TLS_ACCEPTED, NULL },
	{ RECORD("\x2c") "\x02\x00\x00\x28\x03\x03RRRRRRRRRRRRRRRRRRRRRRRRRRRRRRRR\x00\xc0\x30\x00\x00\x00", 49,
		TLS_NONSENSE, "not offered" },
	{ RECORD("\x08") "\x02\x00\x00\x04\x03\x03RR", 13, TLS_NONSENSE, "too short" },
	{ RECORD("\x04") "\x0b\x00\x00\x00", 9, TLS_NONSENSE, "ServerHello" },
	{ RECORD("\x04") "\x02\xff\xff\xff", 9, TLS_NONSENSE, "too large" },
	{ "\x16\x03\x03\xff\xff", 5, TLS_NONSENSE, "TLS" }, { "\x16\x03\x03\x00\x00", 5, TLS_NONSENSE, "TLS" },
	{ "HTTP/1.1 400", 12, TLS_NONSENSE, "TLS" }, { "<?xml version='1.0'?>", 21, TLS_NONSENSE, "TLS" },
	{ "\x15\x03\x01\x00\x02\x02\x28", 7, TLS_ALERT, NULL },
	{ "\x15\x03\x01\x00\x02\x01\x70", 7, TLS_UNDECIDED, NULL }, /* a warning */
};

START_TEST(answers_are_read)
{
	static const uint16_t suites[] = { 0xc02f };
	const struct tls_offer o = { .version = TLS_1_2, .suites = suites, .suite_count = 1 };
	struct tls_answer a;
	char *bytes = malloc(answers[_i].length + 1);
	memcpy(bytes, answers[_i].bytes, answers[_i].length);
	tls_read_answer(&o, bytes, answers[_i].length, &a);
	free(bytes);
	ck_assert_int_eq(a.reaction, answers[_i].reaction);
	if (answers[_i].fault)
		ck_assert_msg(strstr(a.fault, answers[_i].fault), "%s", a.fault);
}
END_TEST

START_TEST(numbers_have_names)
{
	size_t count;
	const struct tls_name *names = tls_suites(&count);
	ck_assert_uint_gt(count, 300);
	for (size_t i = 1; i < count; i++)
		ck_assert_uint_lt(names[i - 1].number, names[i].number);
	ck_assert_str_eq(tls_suite_name(0xc02b), "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256");
	ck_assert_ptr_null(tls_suite_name(0xfefe));
	names = tls_groups(&count);
	for (size_t i = 1; i < count; i++)
		ck_assert_uint_lt(names[i - 1].number, names[i].number);
	ck_assert_str_eq(tls_group_name(29), "x25519");
	ck_assert_str_eq(tls_version_name(TLS_1_0), "TLSv1.0");
	ck_assert_str_eq(tls_version_name(0x7f1c), "?");
}
END_TEST

/* Where OpenSSL has a number too, it has the same name. */
START_TEST(openssl_has_the_same_names)
{
	SSL_CTX *context = SSL_CTX_new(TLS_method());
	SSL_CTX_set_cipher_list(context, "ALL:COMPLEMENTOFALL:@SECLEVEL=0");
	STACK_OF(SSL_CIPHER) *list = SSL_CTX_get_ciphers(context);
	ck_assert_int_gt(sk_SSL_CIPHER_num(list), 60);
	for (int i = 0; i < sk_SSL_CIPHER_num(list); i++) {
		const SSL_CIPHER *cipher = sk_SSL_CIPHER_value(list, i);
		ck_assert_pstr_eq(tls_suite_name(SSL_CIPHER_get_protocol_id(cipher)), SSL_CIPHER_standard_name(cipher));
	}
	SSL_CTX_free(context);
}
END_TEST

Suite *suite_hello(void);
Suite *suite_hello(void)
{
	Suite *s = suite_create("hello");
	TCase *t = tcase_create("hello");
	tcase_add_unchecked_fixture(t, make_identity, drop_identity);
	tcase_add_test(t, openssl_understands_tls_1_2);
	tcase_add_test(t, openssl_understands_tls_1_3);
	tcase_add_test(t, openssl_understands_old_versions);
	tcase_add_loop_test(t, answers_are_read, 0, (int)(sizeof answers / sizeof *answers));
	tcase_add_test(t, numbers_have_names);
	tcase_add_test(t, openssl_has_the_same_names);
	suite_add_tcase(s, t);
	return s;
}
