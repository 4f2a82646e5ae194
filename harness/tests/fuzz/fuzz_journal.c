/* Journals, every report that is made of them without a transform, and what they are merged into. */
#include "base/buf.h"
#include "base/memory.h"
#include "fuzz.h"
#include "report/combine.h"
#include "report/report.h"
#include <libxml/parser.h>

/* Merged with itself it says no more and no less, or it is said why not. */
static void merge(const char *path, const struct results *alone)
{
	struct err e = { .class = ERR_NONE };
	struct vec twice = VEC_INIT;
	BUF_AUTO out = BUF_INIT;
	vec_push(&twice, (void *)path);
	vec_push(&twice, (void *)path);
	int result = journals_combine(&twice, &out, &e);
	vec_release(&twice);
	fuzz_must(result == 0 || (*e.message && *e.where), "a refusal has a place and a message");
	if (result)
		return;
	struct results r = { 0 };
	fuzz_must(results_from_journal(&r, fuzz_file("journal.jsonl", (const uint8_t *)out.data, out.len), &e) == 0,
		"what was merged can be read");
	fuzz_must(r.checks == alone->checks && r.fail == alone->fail && r.known == alone->known,
		"with the same verdicts");
	results_release(&r);
}

FUZZ_TARGET(journal)
{
	static const enum report_format formats[] = { REPORT_XML, REPORT_JSON };
	struct err e = { .class = ERR_NONE };
	struct results r = { 0 };
	xml_start();
	if (results_from_journal(&r, fuzz_file("journal.jsonl", data, size), &e)) {
		fuzz_must(*e.message && *e.where, "a fault has a place and a message");
		return 0;
	}
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
		BUF_AUTO out = BUF_INIT;
		fuzz_must(report_print(&r, formats[i], &out, &e) == 0, "a report can be made");
		if (formats[i] != REPORT_XML)
			continue;
		xmlDoc *doc = xmlReadMemory(out.data, (int)out.len, NULL, NULL, XML_PARSE_NONET | XML_PARSE_HUGE);
		fuzz_must(doc != NULL, "the results are well-formed XML");
		xmlFreeDoc(doc);
	}
	BUF_AUTO summary = BUF_INIT;
	report_summary_text(&r, false, &summary);
	int status = report_exit_status(&r);
	fuzz_must(status == 0 || status == 1 || status == 4 || status == 77, "the exit status is one of ours");
	AUTO_TEXT path = memory_copy_text(fuzz_file("journal.jsonl", data, size));
	merge(path, &r);
	results_release(&r);
	return 0;
}
