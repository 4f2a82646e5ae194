/* assay certify: a signed certificate of a run. */
#include "certify/certify.h"
#include "base/log.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "target/target.h"
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char usage[] =
	"usage: assay certify REPORT-DIR --key FILE [--certificate FILE] [--valid-days N] [--issuer NAME] [--link URL]\n"
	"\n"
	"Signs what a run found: REPORT-DIR/certificate.json says what was tested, with what, what came out and what was not\n"
	"looked at; beside it come its signature (certificate.sig, or certificate.p7s), certificate.chain and badge.svg. An\n"
	"incomplete run is refused, and so is a report that does not follow from the journal. `assay verify` finds any byte\n"
	"that changes afterwards; docs/certificates.md tells how to make keys, and how others verify without Assay.\n"
	"\n"
	"  --key FILE            the private key in PEM: Ed25519, or with --certificate RSA or ECDSA\n"
	"  --certificate FILE    the X.509 certificate of the key, in PEM, with those between it and the authority behind it\n"
	"  --password-file FILE  its first line is the passphrase of an encrypted key (default: asked on the terminal)\n"
	"  --valid-days N        how long it is valid (default 365; never longer than the X.509 certificate)\n"
	"  --issuer NAME         who certifies (default: the subject of the X.509 certificate)\n"
	"  --link URL            where the badge leads (default: report.html)\n"
	"  --out FILE            the certificate, NAME.json; the other files get its name (default: in REPORT-DIR)\n"
	"\n"
	"Exit status: 0 certified, 2 refused, 4 it cannot be written.\n";

#define DAYS_MOST 3660

struct certify_line {
	const char *days, *password_file;
	char *secret; /* from the file */
	struct certify_request request;
	struct vec words;
};

static char *ask(void *context)
{
	const struct certify_line *l = context;
	return l->secret ? memory_copy_text(l->secret) : password_ask("Passphrase of the key: ");
}

static int certify(struct certify_line *l)
{
	struct err e;
	struct certified made;
	int64_t days = 365;
	if (l->days && text_to_number(l->days, 1, DAYS_MOST, &days))
		return cmd_usage(
			&command_certify, "--valid-days takes a number from 1 to %d, not '%s'", DAYS_MOST, l->days);
	if (!l->request.key)
		return cmd_usage(&command_certify, "needs --key FILE");
	if (l->password_file && !(l->secret = password_from_file(l->password_file, "the key", &e)))
		return cmd_fail(&e);
	l->request.folder = l->words.items[0];
	l->request.days = (unsigned)days;
	l->request.now = time(NULL);
	l->request.version = ASSAY_VERSION;
	l->request.ask = ask;
	l->request.context = l;
	if (certificate_make(&l->request, &made, &e))
		return cmd_fail(&e);
	if (made.shortened)
		log_line("the X.509 certificate ends before %lld days are over, and this certificate with it",
			(long long)days);
	printf("certificate: %s\nvalid until: %s\n%s: SHA-256 %s\n", made.path, made.valid_until,
		l->request.certificate ? "X.509 certificate" : "key", made.fingerprint);
	certified_release(&made);
	return EXIT_AS_EXPECTED;
}

static int run_certify(int argc, char **argv)
{
	struct certify_line l = { .days = NULL };
	const struct option_spec specs[] = {
		{ "key", &l.request.key, NULL, NULL },
		{ "certificate", &l.request.certificate, NULL, NULL },
		{ "password-file", &l.password_file, NULL, NULL },
		{ "valid-days", &l.days, NULL, NULL },
		{ "issuer", &l.request.issuer, NULL, NULL },
		{ "link", &l.request.link, NULL, NULL },
		{ "out", &l.request.out, NULL, NULL },
		{ NULL, NULL, NULL, NULL },
	};
	int status = EXIT_USAGE;
	if (!options_read(&command_certify, argc, argv, specs, &l.words))
		status = l.words.count == 1 ? certify(&l) : cmd_usage(&command_certify, "needs one folder of a run");
	if (l.secret)
		OPENSSL_cleanse(l.secret, strlen(l.secret));
	free(l.secret);
	vec_release(&l.words);
	return status;
}

const struct command command_certify = { "certify", "sign a certificate of a run, with a badge", usage, run_certify };
