#include "xmpp/sasl.h"
#include "base/memory.h"
#include "base/text.h"
#include <stdio.h>
#include <string.h>

struct mechanism {
	const char *name, *digest; /* digest NULL: PLAIN */
	bool plus;
};

/* Strongest first. A binding weighs more than the digest: it is what shows a man in the middle. */
static const struct mechanism mechanisms[] = {
	{ "SCRAM-SHA-512-PLUS", "SHA512", true },
	{ "SCRAM-SHA-256-PLUS", "SHA256", true },
	{ "SCRAM-SHA-1-PLUS", "SHA1", true },
	{ "SCRAM-SHA-512", "SHA512", false },
	{ "SCRAM-SHA-256", "SHA256", false },
	{ "SCRAM-SHA-1", "SHA1", false },
	{ "PLAIN", NULL, false },
};
#define MECHANISM_COUNT (sizeof mechanisms / sizeof *mechanisms)

static const char *const binding_types[] = { "tls-exporter", "tls-unique", "tls-server-end-point" };
#define BINDING_COUNT (sizeof binding_types / sizeof *binding_types)

bool words_have(const char *words, const char *word)
{
	size_t length = strlen(word);
	for (const char *at = words; (at = strstr(at, word)) != NULL; at += length)
		if ((at == words || at[-1] == ' ') && (at[length] == ' ' || !at[length]))
			return true;
	return false;
}

static bool offers_binding(const struct sasl_offer *offer)
{
	for (size_t i = 0; i < MECHANISM_COUNT; i++)
		if (mechanisms[i].plus && words_have(offer->mechanisms, mechanisms[i].name))
			return true;
	return false;
}

/* The type of binding to use and its data; NULL where there is none. Where the server announces no types (XEP-0440),
 * the one that RFC 5802 section 6 and RFC 9266 section 4.2 expect of this version of TLS is meant. But servers from before
 * RFC 9266 offer -PLUS on TLS 1.3 too and then refuse every binding, so there it is taken only when it was `asked` for. */
static const char *choose_binding(const struct sasl_offer *offer, bool asked, SSL *ssl, struct buf *data)
{
	bool is_1_3 = ssl && SSL_version(ssl) >= TLS1_3_VERSION;
	for (size_t i = 0; i < BINDING_COUNT; i++) {
		const char *type = binding_types[i];
		bool usual = text_equal(type, "tls-exporter") ? is_1_3 && asked : text_equal(type, "tls-unique");
		bool wanted = offer->binding_types[0] ? words_have(offer->binding_types, type) : usual;
		if (wanted && channel_binding(ssl, type, data))
			return type;
	}
	return NULL;
}

static const struct mechanism *find_mechanism(const char *name, size_t length)
{
	for (size_t i = 0; i < MECHANISM_COUNT; i++)
		if (strlen(mechanisms[i].name) == length && strncmp(mechanisms[i].name, name, length) == 0)
			return &mechanisms[i];
	return NULL;
}

const char *sasl_digest(const char *name)
{
	const struct mechanism *m = find_mechanism(name, strlen(name));
	return m ? m->digest : NULL;
}

static int none_offered(const struct sasl_offer *offer, const char *wanted, struct err *e)
{
	return err_set(e, ERR_UNSUPPORTED, NULL, "the server does not offer %s (it offers: %s)",
		wanted                        ? wanted
			: offer->in_the_clear ? "SCRAM without TLS, where no other proof is given"
					      : "a SASL mechanism that is known here",
		offer->mechanisms[0] ? offer->mechanisms : "none");
}

/* The mechanism that was asked for by name. */
static const struct mechanism *choose_wanted(
	struct sasl *x, const struct sasl_offer *offer, const char *wanted, SSL *ssl, struct buf *data, struct err *e)
{
	const char *slash = strchr(wanted, '/');
	const struct mechanism *m = find_mechanism(wanted, slash ? (size_t)(slash - wanted) : strlen(wanted));
	if (!m) {
		err_set(e, ERR_UNSUPPORTED, NULL, "the SASL mechanism %s is not known here", wanted);
		return NULL;
	}
	if (!words_have(offer->mechanisms, m->name)) {
		none_offered(offer, m->name, e);
		return NULL;
	}
	if (offer->in_the_clear && !m->digest) {
		err_set(e, ERR_UNSUPPORTED, NULL, "%s would show the password to whoever listens, as there is no TLS",
			m->name);
		return NULL;
	}
	if (!m->plus)
		return m;
	const char *type = slash ? slash + 1 : choose_binding(offer, true, ssl, data);
	if (!type || (slash && !channel_binding(ssl, type, data))) {
		err_set(e, ERR_UNSUPPORTED, NULL, "%s: this connection has no channel binding of %s", wanted,
			slash ? "that type" : "a type that both sides have");
		return NULL;
	}
	snprintf(x->binding, sizeof x->binding, "%s", type);
	return m;
}

static const struct mechanism *choose_strongest(
	struct sasl *x, const struct sasl_offer *offer, SSL *ssl, struct buf *data, struct err *e)
{
	const char *type = offers_binding(offer) ? choose_binding(offer, false, ssl, data) : NULL;
	if (ssl && !type && offers_binding(offer) && offer->binding_types[0]) {
		/* XEP-0440 section 3: somebody in the middle may have struck out the right ones. Without a TLS of our own (WebSocket, BOSH)
		 * there is nothing to bind to, whatever is announced. */
		err_set(e, ERR_PROTOCOL, NULL,
			"the server announces channel bindings (%s), but none that both sides have",
			offer->binding_types);
		return NULL;
	}
	for (size_t i = 0; i < MECHANISM_COUNT; i++) {
		const struct mechanism *m = &mechanisms[i];
		if (!words_have(offer->mechanisms, m->name) || (m->plus && !type) ||
			(offer->in_the_clear && !m->digest))
			continue;
		if (m->plus)
			snprintf(x->binding, sizeof x->binding, "%s", type);
		return m;
	}
	none_offered(offer, NULL, e);
	return NULL;
}

int sasl_begin(struct sasl *x, const struct sasl_offer *offer, const char *wanted, SSL *ssl, const char *user,
	const char *password, struct buf *initial, struct err *e)
{
	BUF_AUTO data = BUF_INIT;
	*x = (struct sasl){ 0 };
	const struct mechanism *m =
		wanted ? choose_wanted(x, offer, wanted, ssl, &data, e) : choose_strongest(x, offer, ssl, &data, e);
	if (!m)
		return -1;
	snprintf(x->name, sizeof x->name, "%s", m->name);
	if (!m->digest) { /* RFC 4616 section 2 */
		x->plain = true;
		buf_add_char(initial, '\0');
		buf_add_text(initial, user);
		buf_add_char(initial, '\0');
		return saslprep(password, initial, e);
	}
	/* RFC 5802 section 6: "y" says that we could bind but saw no offer; where the offer was seen and not taken, that
	 * would be a lie which the server has to take for an attack. */
	char gs2[48];
	if (m->plus)
		snprintf(gs2, sizeof gs2, "p=%s,,", x->binding);
	else
		snprintf(gs2, sizeof gs2, "%c,,", offers_binding(offer) || !ssl ? 'n' : 'y');
	if (!m->plus)
		buf_clear(&data);
	if (scram_begin(&x->scram, m->digest, user, password, gs2, &data, NULL, e))
		return -1;
	scram_first(&x->scram, initial);
	return 0;
}

int sasl_challenge(struct sasl *x, const struct buf *data, struct buf *response, struct err *e)
{
	if (x->plain)
		return err_set(e, ERR_PROTOCOL, NULL, "the server sent a challenge within PLAIN, which has none");
	if (data->len && memchr(data->data, '\0', data->len))
		return err_set(e, ERR_PROTOCOL, NULL, "SCRAM: the server's message holds a NUL");
	if (x->scram.signature_length)
		return x->scram.verified ? err_set(e, ERR_PROTOCOL, NULL, "SCRAM: a challenge too many")
					 : scram_check(&x->scram, buf_text(data), e);
	return scram_answer(&x->scram, buf_text(data), response, e);
}

int sasl_success(struct sasl *x, const struct buf *data, struct err *e)
{
	if (x->plain || (x->scram.verified && !data->len))
		return 0;
	if (!data->len)
		return err_set(e, ERR_PROTOCOL, NULL,
			"SCRAM: success without the server's signature: it may not know the password");
	if (memchr(data->data, '\0', data->len))
		return err_set(e, ERR_PROTOCOL, NULL, "SCRAM: the server's message holds a NUL");
	return scram_check(&x->scram, data->data, e);
}

void sasl_release(struct sasl *x)
{
	scram_release(&x->scram);
	x->plain = false;
}
