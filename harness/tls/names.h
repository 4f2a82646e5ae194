/* tls/names.h: what numbers mean in TLS. */
#ifndef ASSAY_TLS_NAMES_H
#define ASSAY_TLS_NAMES_H
#include <stddef.h>
#include <stdint.h>

enum { TLS_SSL3 = 0x0300, TLS_1_0 = 0x0301, TLS_1_1 = 0x0302, TLS_1_2 = 0x0303, TLS_1_3 = 0x0304 };

struct tls_name {
	uint16_t number;
	const char *name;
};
const struct tls_name *tls_suites(size_t *count); /* by number; the signalling suites are not among them */
const struct tls_name *tls_groups(size_t *count);
const char *tls_suite_name(uint16_t number); /* NULL where it has none */
const char *tls_group_name(uint16_t number);
const char *tls_version_name(uint16_t version); /* "SSLv3" to "TLSv1.3", else "?" */
#endif
