/* The certificate of somebody whom no authority knows. */
#include "base/memory.h"
#include "net/private.h"
#include <openssl/x509v3.h>
#include <stdlib.h>

#define VALID_BEFORE (-24L * 3600) /* seconds from now */
#define VALID_AFTER  (30L * 24 * 3600)

static bool add_names(X509 *certificate, const char *domain)
{
	AUTO_TEXT names = memory_printf("DNS:%s", domain);
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, names);
	bool good = extension && X509_add_ext(certificate, extension, -1) == 1;
	X509_EXTENSION_free(extension);
	return good;
}

static bool fill_in(X509 *certificate, EVP_PKEY *key, const char *domain)
{
	X509_NAME *subject = X509_get_subject_name(certificate);
	return X509_set_version(certificate, X509_VERSION_3) == 1 &&
		ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1) == 1 &&
		X509_gmtime_adj(X509_getm_notBefore(certificate), VALID_BEFORE) &&
		X509_gmtime_adj(X509_getm_notAfter(certificate), VALID_AFTER) &&
		X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (const unsigned char *)"assay", -1, -1, 0) ==
		1 &&
		X509_set_issuer_name(certificate, subject) == 1 && X509_set_pubkey(certificate, key) == 1 &&
		add_names(certificate, domain) && X509_sign(certificate, key, EVP_sha256()) > 0;
}

int self_signed(const char *domain, X509 **certificate, EVP_PKEY **key, struct err *e)
{
	*key = EVP_EC_gen("P-256");
	*certificate = X509_new();
	if (*key && *certificate && fill_in(*certificate, *key, domain))
		return 0;
	X509_free(*certificate);
	EVP_PKEY_free(*key);
	*certificate = NULL;
	*key = NULL;
	return err_set(e, ERR_ENVIRONMENT, domain, "OpenSSL makes no certificate for it");
}
