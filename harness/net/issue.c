/* Certificates of our own: of somebody whom no authority knows, and such as nobody should believe. */
#include "base/memory.h"
#include "net/private.h"
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>

#define DAY (24L * 3600)

/* ---- one certificate ---- */

struct order {
	const char *names;       /* subject alternative names; NULL: it is an authority's */
	const char *common_name; /* of its subject */
	long from, to;           /* seconds from now */
	X509 *issuer;            /* with its key; NULL: it signs itself */
	EVP_PKEY *issuer_key;
};

static bool add_extension(X509 *certificate, int nid, const char *value)
{
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, nid, value);
	bool good = extension && X509_add_ext(certificate, extension, -1) == 1;
	X509_EXTENSION_free(extension);
	return good;
}

static bool fill_in(X509 *certificate, EVP_PKEY *key, const struct order *o)
{
	X509_NAME *subject = X509_get_subject_name(certificate);
	const unsigned char *name = (const unsigned char *)o->common_name;
	return X509_set_version(certificate, X509_VERSION_3) == 1 &&
		ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1) == 1 &&
		X509_gmtime_adj(X509_getm_notBefore(certificate), o->from) &&
		X509_gmtime_adj(X509_getm_notAfter(certificate), o->to) &&
		X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, name, -1, -1, 0) == 1 &&
		X509_set_issuer_name(certificate, o->issuer ? X509_get_subject_name(o->issuer) : subject) == 1 &&
		X509_set_pubkey(certificate, key) == 1 &&
		(o->names ? add_extension(certificate, NID_subject_alt_name, o->names)
			  : add_extension(certificate, NID_basic_constraints, "critical,CA:TRUE")) &&
		X509_sign(certificate, o->issuer ? o->issuer_key : key, EVP_sha256()) > 0;
}

static int issue(const struct order *o, X509 **certificate, EVP_PKEY **key, struct err *e)
{
	*key = EVP_EC_gen("P-256");
	*certificate = X509_new();
	if (*key && *certificate && fill_in(*certificate, *key, o))
		return 0;
	X509_free(*certificate);
	EVP_PKEY_free(*key);
	*certificate = NULL;
	*key = NULL;
	return err_set(e, ERR_ENVIRONMENT, o->names, "OpenSSL makes no certificate for it");
}

int self_signed(const char *domain, X509 **certificate, EVP_PKEY **key, struct err *e)
{
	AUTO_TEXT names = memory_printf("DNS:%s", domain);
	const struct order order = { names, "assay", -DAY, 30 * DAY, NULL, NULL };
	return issue(&order, certificate, key, e);
}

/* ---- what nobody should believe ---- */

struct authority {
	X509 *certificate;
	EVP_PKEY *key;
};

static void authority_release(struct authority *a)
{
	X509_free(a->certificate);
	EVP_PKEY_free(a->key);
}

static int authority_load(const char *certificate, const char *key, struct authority *out, struct err *e)
{
	FILE *first = fopen(certificate, "r"), *second = fopen(key, "r");
	out->certificate = first ? PEM_read_X509(first, NULL, NULL, NULL) : NULL;
	out->key = second ? PEM_read_PrivateKey(second, NULL, NULL, NULL) : NULL;
	if (first)
		fclose(first);
	if (second)
		fclose(second);
	if (out->certificate && out->key)
		return 0;
	authority_release(out);
	return err_set(e, ERR_USAGE, out->certificate ? key : certificate, "the authority cannot be read");
}

struct net_identity *net_identity_forge(enum net_forgery forgery, const struct net_forged *of, struct err *e)
{
	struct authority authority = { NULL, NULL };
	struct net_identity *made = NULL;
	X509 *certificate;
	EVP_PKEY *key;
	AUTO_TEXT own = memory_printf("DNS:%s,IP:%s", of->domain, of->address);
	struct order order = { own, of->domain, -DAY, 30 * DAY, NULL, NULL };
	if (forgery == FORGERY_OTHER_AUTHORITY) { /* of the same name: only its key tells that it is another */
		const struct order another = { NULL, "Assay fixture authority", -DAY, 30 * DAY, NULL, NULL };
		if (issue(&another, &authority.certificate, &authority.key, e))
			return NULL;
	} else if (forgery != FORGERY_SELF_SIGNED && authority_load(of->authority, of->authority_key, &authority, e)) {
		return NULL;
	}
	order.issuer = authority.certificate;
	order.issuer_key = authority.key;
	if (forgery == FORGERY_EXPIRED) {
		order.from = -30 * DAY;
		order.to = -DAY;
	}
	if (forgery == FORGERY_OTHER_NAME)
		order.names = "DNS:elsewhere.test";
	if (issue(&order, &certificate, &key, e) == 0) {
		made = identity_of(certificate, authority.certificate, key, e);
		X509_free(certificate);
		EVP_PKEY_free(key);
	}
	authority_release(&authority);
	return made;
}
