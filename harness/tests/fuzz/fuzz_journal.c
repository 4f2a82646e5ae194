/* Journals, and every report that is made of them without a transform. */
#include "base/buf.h"
#include "fuzz.h"
#include "report/report.h"
#include <libxml/parser.h>

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
	results_release(&r);
	return 0;
}
