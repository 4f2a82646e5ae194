/* tls/policy.h: what somebody demands of TLS, as rows of data, and what a scan is worth by them. */
#ifndef ASSAY_TLS_POLICY_H
#define ASSAY_TLS_POLICY_H
#include "tls/scan.h"

enum worth { WORTH_PASS, WORTH_WEAK, WORTH_FAIL };

/* suites/policies/NAME.tsv: lines `ITEM<tab>VALUE<tab>WORTH<tab>WHERE<tab>REASON`, the first that fits counts; `#` comments; before
 * them `title`, `edition` and `date` with their texts. ITEM is version, suite, group, rsa-bits, ec-bits, dh-bits, signature,
 * certificate, or the name of a trait (see finding); VALUE a glob, or for bits `<3000`. WORTH is pass, weak or fail. */
struct policy {
	struct arena arena;
	const char *name, *title, *edition, *date;
	struct vec rows; /* private */
};
/* ERR_USAGE at file:line. */
int policy_load(struct policy *p, const char *path, struct err *e);
void policy_release(struct policy *p);

/* One thing that was found out. */
struct finding_of_tls {
	const char *item; /* as in a policy */
	char *value;      /* "TLSv1.2", "yes", "3072" */
	char *context;    /* the versions of a suite or a group; "" else */
};
/* Everything that can be judged, struct finding_of_tls *; released by scan_findings_release. */
void scan_findings(const struct scan *s, const struct scan_place *place, struct vec *out);
void scan_findings_release(struct vec *findings);

struct judgement {
	enum worth worth;
	const char *where, *reason; /* borrowed from the policy; "" where no row speaks of it */
};
/* False where the policy does not speak of it. */
bool policy_judge(const struct policy *p, const struct finding_of_tls *f, struct judgement *j);
const char *worth_name(enum worth w);
#endif
