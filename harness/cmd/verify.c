/* assay verify: whether a certificate and what it stands for are what was signed. */
#include "base/text.h"
#include "certify/certify.h"
#include "cmd/cmd.h"
#include "cmd/options.h"
#include <stdio.h>
#include <string.h>
#include <time.h>

static const char usage[] =
	"usage: assay verify REPORT-DIR|CERTIFICATE.json [--key PUBLIC] [--ca FILE] [--reports DIR] [--alone]\n"
	"\n"
	"Checks the signature of a certificate, its dates, and every file that it stands for. Each line of the output that begins\n"
	"with `wrong:` is one thing that is not as it was signed, with file, lines and bytes (counted from 1).\n"
	"\n"
	"  --key PUBLIC   the public key (PEM) that must have signed it\n"
	"  --ca FILE      authorities (X.509, PEM), one of which must vouch for who signed it\n"
	"  --reports DIR  where the journal and the reports are (default: where the certificate is)\n"
	"  --alone        look at the certificate only, not at the files that it stands for\n"
	"\n"
	"Without --key and --ca it is only known that nothing changed since somebody signed it, not who that is.\n"
	"\n"
	"Exit status: 0 all is good, 1 something is wrong, 2 there is no certificate, or a file that was given cannot be used.\n";

static int verify(struct verify_request *q, const char *word)
{
	struct err e;
	struct verified v;
	AUTO_TEXT path = file_is_directory(word)
		? memory_printf("%s%scertificate.json", word, text_ends(word, "/") ? "" : "/")
		: memory_copy_text(word);
	q->certificate = path;
	q->now = time(NULL);
	if (q->reports && !file_is_directory(q->reports))
		return cmd_usage(&command_verify, "--reports takes a folder, not '%s'", q->reports);
	if (certificate_verify(q, &v, &e))
		return cmd_fail(&e);
	for (size_t i = 0; i < v.notes.count; i++)
		printf("%s\n", (const char *)v.notes.items[i]);
	for (size_t i = 0; i < v.findings.count; i++) {
		BUF_AUTO text = BUF_INIT;
		finding_print(v.findings.items[i], &text);
		printf("wrong: %s\n", buf_text(&text));
	}
	int status = v.findings.count ? EXIT_NOT_CONFORMING : EXIT_AS_EXPECTED;
	if (status)
		printf("%zu thing%s wrong\n", v.findings.count, v.findings.count == 1 ? " is" : "s are");
	else
		printf("good: nothing changed since it was signed\n");
	verified_release(&v);
	return status;
}

static int run_verify(int argc, char **argv)
{
	struct verify_request q = { .key = NULL };
	struct vec words = VEC_INIT;
	const struct option_spec specs[] = {
		{ "key", &q.key, NULL, NULL },
		{ "ca", &q.authorities, NULL, NULL },
		{ "reports", &q.reports, NULL, NULL },
		{ "alone", NULL, NULL, &q.alone },
		{ NULL, NULL, NULL, NULL },
	};
	int status = EXIT_USAGE;
	if (!options_read(&command_verify, argc, argv, specs, &words))
		status = words.count == 1 ? verify(&q, words.items[0])
					  : cmd_usage(&command_verify, "needs one certificate, or its folder");
	vec_release(&words);
	return status;
}

const struct command command_verify = { "verify", "check a certificate and what it stands for", usage, run_verify };
