/* Transforms. They may read what lies beside them in reports/ and nothing else: no network, no writing, no other
 * folder, so that a transform that somebody sends along cannot reach out. */
#include "base/text.h"
#include "report/private.h"
#include <libexslt/exslt.h>
#include <libxml/parser.h>
#include <libxslt/documents.h>
#include <libxslt/security.h>
#include <libxslt/transform.h>
#include <libxslt/xsltInternals.h>
#include <libxslt/xsltutils.h>
#include <stdlib.h>
#include <string.h>

#define SHEET_OPTIONS (XML_PARSE_NONET | XML_PARSE_NOCDATA | XML_PARSE_NOERROR | XML_PARSE_NOWARNING)

/* The folder that documents come from, for the time of one transform; libxslt's loader takes no context of ours. */
static const char *folder;

/* Addresses are paths below that folder that begin with a slash, so that its own name needs no escaping. */
static xmlDoc *load_document(const char *address)
{
	BUF_AUTO bytes = BUF_INIT;
	struct err ignored;
	AUTO_TEXT path = memory_printf("%s%s", folder, address);
	if (*address != '/' || strstr(address, "/..") || file_read(path, &bytes, &ignored))
		return NULL;
	return xmlReadMemory(buf_text(&bytes), (int)bytes.len, address, NULL, SHEET_OPTIONS);
}

static xmlDoc *load(const xmlChar *address, xmlDict *names, int options, void *context, xsltLoadType type)
{
	(void)names;
	(void)options;
	(void)context;
	(void)type;
	return load_document((const char *)address);
}

static void keep_message(void *context, const char *format, ...)
{
	struct buf *messages = context;
	va_list args;
	va_start(args, format);
	buf_vprintf(messages, format, args);
	va_end(args);
}

static void forbid(xsltSecurityPrefs *security)
{
	static const xsltSecurityOption options[] = { XSLT_SECPREF_WRITE_FILE, XSLT_SECPREF_CREATE_DIRECTORY,
		XSLT_SECPREF_READ_NETWORK, XSLT_SECPREF_WRITE_NETWORK };
	for (size_t i = 0; i < sizeof options / sizeof *options; i++)
		xsltSetSecurityPrefs(security, options[i], xsltSecurityForbid);
}

static int apply(xsltStylesheet *sheet, xmlDoc *doc, const char *language, struct buf *out)
{
	AUTO_TEXT quoted = memory_printf("'%s'", language);
	const char *parameters[] = { "language", quoted, NULL };
	int result = -1, length = 0;
	xmlChar *text = NULL;
	xsltTransformContext *context = xsltNewTransformContext(sheet, doc);
	xsltSecurityPrefs *security = xsltNewSecurityPrefs();
	xmlDoc *made = NULL;
	forbid(security);
	if (context && !xsltSetCtxtSecurityPrefs(security, context))
		made = xsltApplyStylesheetUser(sheet, doc, parameters, NULL, NULL, context);
	if (made && context->state == XSLT_STATE_OK && !xsltSaveResultToString(&text, &length, made, sheet) && text) {
		buf_add(out, text, (size_t)length);
		result = 0;
	}
	xmlFree(text);
	xmlFreeDoc(made);
	xsltFreeTransformContext(context);
	xsltFreeSecurityPrefs(security);
	return result;
}

static int transform(xmlDoc *doc, const char *language, const char *name, struct buf *out, struct err *e)
{
	int result = -1;
	BUF_AUTO messages = BUF_INIT;
	AUTO_TEXT address = memory_printf("/%s", name);
	xsltSetLoaderFunc(load);
	xsltSetGenericErrorFunc(&messages, keep_message);
	exsltRegisterAll();
	xmlDoc *source = load_document(address);
	xsltStylesheet *sheet = source ? xsltParseStylesheetDoc(source) : NULL;
	if (source && !sheet)
		xmlFreeDoc(source);
	if (!sheet || sheet->errors)
		err_set(e, ERR_ENVIRONMENT, folder, "%s is missing or no transform that works: %.300s", name,
			messages.len ? buf_text(&messages) : "set ASSAY_DATA to the folder that holds reports/");
	else if (apply(sheet, doc, language, out))
		err_set(e, ERR_INTERNAL, folder, "%s failed: %.300s", name, buf_text(&messages));
	else
		result = 0;
	xsltFreeStylesheet(sheet);
	xsltSetLoaderFunc(NULL);
	xsltSetGenericErrorFunc(NULL, NULL);
	return result;
}

static int transform_here(xmlDoc *doc, const char *language, const char *name, struct buf *out, struct err *e)
{
	struct arena arena = ARENA_INIT;
	folder = data_path(&arena, "reports");
	int result = transform(doc, language, name, out, e);
	folder = NULL;
	arena_release(&arena);
	return result;
}

int document_transform_as(xmlDoc *doc, const char *language, const char *name, struct buf *out, struct err *e)
{
	return transform_here(doc, language, name, out, e);
}

int document_transform(xmlDoc *doc, const char *name, const char *language, struct buf *out, struct err *e)
{
	if (!language)
		return transform_here(doc, "en", name, out, e);
	xmlDoc *translated = document_translate(doc, language, e);
	int result = translated ? transform_here(translated, language, name, out, e) : -1;
	xmlFreeDoc(translated);
	return result;
}

int results_transform(const struct results *r, const char *name, struct buf *out, struct err *e)
{
	return document_transform(r->doc, name, r->language, out, e);
}
