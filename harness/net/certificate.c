#include "base/text.h"
#include "net/private.h"
#include <openssl/asn1.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <strings.h>

/* The object identifiers of XmppAddr and SRVName: RFC 6120 section 13.7.1.4, RFC 4985 section 2. */
#define OID_XMPP_ADDR "1.3.6.1.5.5.7.8.5"
#define OID_SRV_NAME  "1.3.6.1.5.5.7.8.7"

static bool other_name(const GENERAL_NAME *name, char *oid, size_t oid_size, const ASN1_STRING **value)
{
	if (name->type != GEN_OTHERNAME || OBJ_obj2txt(oid, (int)oid_size, name->d.otherName->type_id, 1) <= 0)
		return false;
	const ASN1_TYPE *type = name->d.otherName->value;
	if (type->type != V_ASN1_UTF8STRING && type->type != V_ASN1_IA5STRING)
		return false;
	*value = type->value.asn1_string;
	return true;
}

static bool string_is(const ASN1_STRING *value, const char *text)
{
	size_t length = strlen(text);
	return (size_t)ASN1_STRING_length(value) == length &&
		strncasecmp((const char *)ASN1_STRING_get0_data(value), text, length) == 0;
}

static bool other_names_have(X509 *certificate, const char *domain, bool s2s)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
	AUTO_TEXT service = memory_printf("_xmpp-%s.%s", s2s ? "server" : "client", domain);
	AUTO_TEXT direct = memory_printf("_xmpps-%s.%s", s2s ? "server" : "client", domain);
	bool found = false;
	for (int i = 0; names && !found && i < sk_GENERAL_NAME_num(names); i++) {
		char oid[32];
		const ASN1_STRING *value;
		if (!other_name(sk_GENERAL_NAME_value(names, i), oid, sizeof oid, &value))
			continue;
		if (text_equal(oid, OID_XMPP_ADDR))
			found = string_is(value, domain);
		else if (text_equal(oid, OID_SRV_NAME))
			found = string_is(value, service) || string_is(value, direct);
	}
	GENERAL_NAMES_free(names);
	return found;
}

bool certificate_is_for(X509 *certificate, const char *domain, bool s2s)
{
	return X509_check_host(certificate, domain, 0, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS, NULL) == 1 ||
		X509_check_ip_asc(certificate, domain, 0) == 1 || other_names_have(certificate, domain, s2s);
}

void certificate_names(X509 *certificate, struct buf *out)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
	for (int i = 0; names && i < sk_GENERAL_NAME_num(names); i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
		char oid[32];
		const ASN1_STRING *value = NULL;
		if (name->type == GEN_DNS)
			value = name->d.dNSName;
		else if (!other_name(name, oid, sizeof oid, &value))
			continue;
		if (out->len)
			buf_add_text(out, ", ");
		buf_add(out, ASN1_STRING_get0_data(value), (size_t)ASN1_STRING_length(value));
	}
	GENERAL_NAMES_free(names);
	if (!out->len) {
		char line[256] = "";
		X509_NAME_oneline(X509_get_subject_name(certificate), line, sizeof line);
		buf_add_text(out, line);
	}
}
