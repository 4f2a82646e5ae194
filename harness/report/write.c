/* Formats by name, files, and the exit status. */
#include "base/text.h"
#include "report/private.h"
#include <libxml/xmlsave.h>
#include <string.h>

static const struct {
	const char *name, *file;
} formats[] = {
	[REPORT_HTML] = { "html", "report.html" },
	[REPORT_JSON] = { "json", "result.json" },
	[REPORT_JUNIT] = { "junit", "junit.xml" },
	[REPORT_XML] = { "xml", "results.xml" },
	[REPORT_TEXT] = { "text", "report.txt" },
	[REPORT_TAP] = { "tap", "report.tap" },
	[REPORT_MARKDOWN] = { "markdown", "report.md" },
};

int report_format_from_name(const char *name, enum report_format *format)
{
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
		if (strcmp(formats[i].name, name) == 0) {
			*format = (enum report_format)i;
			return 0;
		}
	}
	return -1;
}

const char *report_file_name(enum report_format format)
{
	return formats[format].file;
}

int document_print(xmlDoc *doc, struct buf *out, struct err *e)
{
	xmlBuffer *bytes = xmlBufferCreate();
	xmlSaveCtxt *save = xmlSaveToBuffer(bytes, "UTF-8", 0);
	long written = save ? xmlSaveDoc(save, doc) : -1;
	if (save)
		xmlSaveClose(save);
	if (written >= 0)
		buf_add(out, xmlBufferContent(bytes), (size_t)xmlBufferLength(bytes));
	xmlBufferFree(bytes);
	return written < 0 ? err_set(e, ERR_INTERNAL, NULL, "a document cannot be printed as XML") : 0;
}

int report_print(const struct results *r, enum report_format format, struct buf *out, struct err *e)
{
	switch (format) {
	case REPORT_HTML:
		return results_transform(r, "html.xsl", out, e);
	case REPORT_JSON:
		return results_print_json(r, out, e);
	case REPORT_JUNIT:
		return document_transform(r->doc, "junit.xsl", NULL, out, e);
	case REPORT_TAP:
		return document_transform(r->doc, "tap.xsl", NULL, out, e);
	case REPORT_MARKDOWN:
		return results_transform(r, "markdown.xsl", out, e);
	case REPORT_XML:
		return document_print(r->doc, out, e);
	case REPORT_TEXT:
		break;
	}
	report_summary_text(r, false, out);
	return 0;
}

int report_write(const struct results *r, const char *directory, struct err *e)
{
	static const enum report_format written[] = { REPORT_XML, REPORT_JSON, REPORT_JUNIT, REPORT_HTML };
	if (directory_make(directory, e))
		return -1;
	for (size_t i = 0; i < sizeof written / sizeof *written; i++) {
		BUF_AUTO text = BUF_INIT;
		AUTO_TEXT path = memory_printf("%s/%s", directory, report_file_name(written[i]));
		if (report_print(r, written[i], &text, e) || file_write(path, buf_text(&text), text.len, e))
			return -1;
	}
	return 0;
}

int report_exit_status(const struct results *r)
{
	unsigned ran = r->pass + r->weak + r->fail + r->inconclusive + r->error + r->known + r->fixed;
	if (r->fail)
		return 1;
	if (r->error)
		return 4;
	if (r->inconclusive)
		return 1;
	if (!ran)
		return 77;
	return r->complete && !r->not_run ? 0 : 1;
}
