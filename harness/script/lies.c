/* What a gateway can lie about to a client that connects (client/gateway.h tells the lies). */
#include "base/text.h"
#include "script/verbs.h"

const struct entry lie_table[] = {
	{ "expired-certificate",
		"The certificate is the server's but for its time: it expired yesterday. The client must not authenticate." },
	{ "certificate-of-another",
		"The certificate is another domain's, from the authority that the client trusts. Likewise." },
	{ "unknown-authority",
		"The certificate is from an authority of the same name as that which the client trusts, with another key. Likewise." },
	{ "self-signed-certificate", "The certificate is signed by itself. Likewise." },
	{ "no-tls",
		"STARTTLS is not offered, but authentication is; who asks for STARTTLS is refused. Likewise. Of no use where the client has TLS from the "
		"first byte." },
	{ "entity-bomb",
		"In front of the stream's header, over TLS, is a document type whose entities grow to a hundred million letters, and the header refers to "
		"them. Likewise." },
	{ "plain-alone", "Of the SASL mechanisms PLAIN alone is offered. The client must not use it." },
	{ "wrong-nonce",
		"The nonce of SCRAM's challenge does not begin with the client's. The client must not answer with its proof." },
	{ "wrong-signature",
		"The server's signature, with which SCRAM ends, is not right. The client must not go on. Of no use, as the one before and after it, where "
		"the client authenticates by something else." },
	{ "no-signature", "It is missing. Likewise." },
	{ NULL, NULL },
};

const char *lie_find(const char *name)
{
	for (const struct entry *l = lie_table; l->syntax; l++)
		if (text_equal(l->syntax, name))
			return l->syntax;
	return NULL;
}
