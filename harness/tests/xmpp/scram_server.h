/* tests/xmpp/scram_server.h: a scripted server that lets in by SCRAM with SHA-256 who knows the password "secret", and can cheat. */
#ifndef ASSAY_TESTS_SCRAM_SERVER_H
#define ASSAY_TESTS_SCRAM_SERVER_H
#include "base/base64.h"
#include "base/text.h"
#include "tests/xmpp/script.h"
#include <openssl/hmac.h>

static struct scram_play {        /* how it plays */
	const char *auth;         /* what <auth> must hold before its text */
	const char *gs2;          /* the header that the client must send */
	const char *binding;      /* type whose data the client must have bound */
	const char *nonce_suffix; /* "" is a fault */
	bool break_nonce, break_signature, leave_out_signature, signature_in_challenge;
	bool cheats;       /* the client must leave, then or at the end */
	const char *first; /* sent in place of the right first message */
} play;

HELPER void decode_between(struct peer *p, const char *end, struct buf *out)
{
	for (;;) {
		const char *at = p->seen.len ? strstr(p->seen.data, end) : NULL;
		if (at) {
			size_t length = (size_t)(at - p->seen.data);
			if (base64_decode(p->seen.data, length, out))
				peer_give_up("no base64");
			buf_consume(&p->seen, length + strlen(end));
			return;
		}
		if (!peer_read(p))
			peer_give_up("the client left in the middle");
	}
}

HELPER void say_coded(struct peer *p, const char *element, const struct buf *data)
{
	struct buf xml = BUF_INIT;
	buf_printf(&xml, "<%s xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>", element);
	base64_encode(data->data, data->len, &xml);
	buf_printf(&xml, "</%s>", element);
	peer_say(p, xml.data);
	buf_release(&xml);
}

HELPER void hash_with(const unsigned char *key, const void *bytes, size_t length, unsigned char out[32])
{
	HMAC(EVP_sha256(), key, 32, bytes, length, out, NULL);
}

/* What the server must find in c= : the header, and the data that it sees itself on its side of the connection. */
HELPER void expected_binding(struct peer *p, struct buf *out)
{
	buf_add_text(out, play.gs2);
	if (!play.binding)
		return;
	if (strcmp(play.binding, "tls-unique") == 0) {
		unsigned char data[EVP_MAX_MD_SIZE];
		buf_add(out, data, SSL_get_peer_finished(p->ssl, data, sizeof data));
	} else if (strcmp(play.binding, "tls-exporter") == 0) {
		unsigned char data[32];
		SSL_export_keying_material(
			p->ssl, data, 32, "EXPORTER-Channel-Binding", 24, (const unsigned char *)"", 0, 1);
		buf_add(out, data, 32);
	} else {
		unsigned char data[EVP_MAX_MD_SIZE];
		unsigned length;
		X509_digest(p->identity->certificate, EVP_sha256(), data, &length);
		buf_add(out, data, length);
	}
}

HELPER void play_scram(struct peer *p)
{
	struct buf first = BUF_INIT, final = BUF_INIT, answer = BUF_INIT, bound = BUF_INIT, message = BUF_INIT;
	unsigned char salted[32], key[32], signature[32];
	peer_expect(p, play.auth);
	decode_between(p, "</auth>", &first);
	if (!text_starts(first.data, play.gs2))
		peer_give_up("another header");
	const char *bare = first.data + strlen(play.gs2), *nonce = strstr(bare, "r=") + 2;
	buf_printf(&answer, "r=%s%s,s=c2FsdHNhbHQ=,i=4096", play.break_nonce ? "x" : nonce,
		play.nonce_suffix ? play.nonce_suffix : "server");
	if (play.first) {
		buf_clear(&answer);
		buf_printf(&answer, play.first[0] == ',' ? "r=%sserver%s" : "%.0s%s", nonce, play.first);
	}
	say_coded(p, "challenge", &answer);
	while (p->seen.len == 0 && peer_read(p))
		;
	if (play.cheats && text_starts(buf_text(&p->seen), "</stream:stream>"))
		peer_leave(true); /* the client has given up, as its test wants it to */
	peer_expect(p, "<response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>");
	decode_between(p, "</response>", &final);
	char *proof = strstr(final.data, ",p=");
	buf_printf(&message, "%s,%s,%.*s", bare, answer.data, (int)(proof - final.data), final.data);
	/* The binding that the client has said. */
	BUF_AUTO said = BUF_INIT;
	const char *comma = strchr(final.data, ',');
	expected_binding(p, &bound);
	if (base64_decode(final.data + 2, (size_t)(comma - final.data) - 2, &said) || said.len != bound.len ||
		memcmp(said.data, bound.data, bound.len) != 0)
		peer_give_up("another binding");
	PKCS5_PBKDF2_HMAC("secret", 6, (const unsigned char *)"saltsalt", 8, 4096, EVP_sha256(), 32, salted);
	hash_with(salted, "Server Key", 10, key);
	hash_with(key, message.data, message.len, signature);
	/* The client's proof: its key, hashed, must be the stored one (RFC 5802 section 3). */
	unsigned char client_key[32], stored[32], expected[32];
	hash_with(salted, "Client Key", 10, client_key);
	EVP_Digest(client_key, 32, stored, NULL, EVP_sha256(), NULL);
	hash_with(stored, message.data, message.len, expected);
	BUF_AUTO proven = BUF_INIT;
	base64_decode(proof + 3, strlen(proof + 3), &proven);
	for (size_t i = 0; i < 32; i++)
		if (proven.len != 32 || ((unsigned char)proven.data[i] ^ expected[i]) != client_key[i])
			peer_give_up("the proof is wrong");
	if (play.break_signature)
		signature[0] ^= 1;
	buf_clear(&answer);
	buf_add_text(&answer, "v=");
	base64_encode(signature, sizeof signature, &answer);
	if (play.signature_in_challenge) {
		say_coded(p, "challenge", &answer);
		peer_expect(p, "<response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'></response>");
	}
	if (play.leave_out_signature || play.signature_in_challenge)
		buf_clear(&answer);
	say_coded(p, "success", &answer);
}
#endif
