/* Where connections take OpenSSL's algorithms from: its default provider, but of the decoders only those of public keys in
 * certificates, and of the kinds of keys only those that a handshake may meet.
 *
 * OpenSSL 3.0 goes through every decoder and every kind that there is, for each certificate that it is shown, to find what may read its
 * key: that takes more than the mathematics of a handshake do. Everything else is the default
 * provider's, by its own tables, so what is offered to the peer does not change. */
#include "net/private.h"
#include <openssl/core_dispatch.h>
#include <openssl/provider.h>
#include <string.h>

#define PART_MOST 64

static OSSL_PROVIDER *whole; /* the default provider, in the default context */

/* Kinds of keys that no handshake meets: of other protocols, or of OpenSSL's own older ways to derive one. */
static const char *const foreign[] = { "HKDF", "TLS1-PRF", "SCRYPT", "SIPHASH", "POLY1305", "CMAC", "SM2", NULL };
/* Kinds that no certificate of a server has. */
static const char *const unsigning[] = { "DH", "DHX", "X25519", "X448", "SM2", NULL };

/* Whether the first of an algorithm's names is among these. */
static bool is_among(const OSSL_ALGORITHM *a, const char *const *names)
{
	size_t length = strcspn(a->algorithm_names, ":");
	while (*names && (strlen(*names) != length || strncmp(a->algorithm_names, *names, length) != 0))
		names++;
	return *names;
}

struct part {
	OSSL_ALGORITHM list[PART_MOST + 1]; /* ended by one without a name */
	bool made;
};

/* Those of `all` that are not among `without` and have `property`. */
static const OSSL_ALGORITHM *take_part(
	struct part *p, const OSSL_ALGORITHM *all, const char *const *without, const char *property)
{
	for (size_t n = 0; !p->made && all->algorithm_names && n < PART_MOST; all++)
		if (!is_among(all, without) && strstr(all->property_definition, property))
			p->list[n++] = *all;
	p->made = true;
	return p->list;
}

static const OSSL_ALGORITHM *query(void *context, int operation, int *no_cache)
{
	static struct part keys, decoders;
	(void)context;
	const OSSL_ALGORITHM *all = OSSL_PROVIDER_query_operation(whole, operation, no_cache);
	if (all && operation == OSSL_OP_KEYMGMT)
		return take_part(&keys, all, foreign, "");
	if (all && operation == OSSL_OP_DECODER)
		return take_part(&decoders, all, unsigning, "structure=SubjectPublicKeyInfo");
	return all;
}

static int capabilities(void *context, const char *name, OSSL_CALLBACK *callback, void *argument)
{
	(void)context;
	return OSSL_PROVIDER_get_capabilities(whole, name, callback, argument);
}

static int init(const OSSL_CORE_HANDLE *handle, const OSSL_DISPATCH *in, const OSSL_DISPATCH **out, void **context)
{
	static const OSSL_DISPATCH functions[] = { { OSSL_FUNC_PROVIDER_QUERY_OPERATION, (void (*)(void))query },
		{ OSSL_FUNC_PROVIDER_GET_CAPABILITIES, (void (*)(void))capabilities }, { 0, NULL } };
	(void)handle;
	(void)in;
	*out = functions;
	*context = OSSL_PROVIDER_get0_provider_ctx(whole);
	return 1;
}

OSSL_LIB_CTX *tls_library(void)
{
	static OSSL_LIB_CTX *library; /* for the life of the process, as what was made with it is */
	static bool tried;
	if (tried)
		return library;
	tried = true;
	whole = OSSL_PROVIDER_load(NULL, "default");
	OSSL_LIB_CTX *made = whole ? OSSL_LIB_CTX_new() : NULL;
	if (made && OSSL_PROVIDER_add_builtin(made, "assay", init) == 1 && OSSL_PROVIDER_load(made, "assay"))
		library = made;
	else
		OSSL_LIB_CTX_free(made); /* then all decoders, at their cost */
	return library;
}
