#include "xml/xml.h"
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>

int xml_xpath(const xmlNode *stanza, const char *expression, const struct map *prefixes, bool *truth, char **value,
	struct err *e)
{
	xmlXPathContext *context = xmlXPathNewContext(stanza->doc);
	context->node = (xmlNode *)stanza;
	for (size_t i = 0; prefixes && i < prefixes->count; i++)
		xmlXPathRegisterNs(context, (const xmlChar *)prefixes->keys[i], (const xmlChar *)prefixes->values[i]);
	xmlXPathObject *result = xmlXPathEvalExpression((const xmlChar *)expression, context);
	if (result) {
		*truth = xmlXPathCastToBoolean(result) != 0;
		if (value) {
			xmlChar *text = xmlXPathCastToString(result);
			*value = memory_copy_text((const char *)text);
			xmlFree(text);
		}
	}
	xmlXPathFreeObject(result);
	xmlXPathFreeContext(context);
	return result ? 0 : err_set(e, ERR_SCRIPT, NULL, "the XPath expression cannot be evaluated: %s", expression);
}

int xml_xpath_check(const char *expression, struct err *e)
{
	xmlXPathContext *context = xmlXPathNewContext(NULL);
	xmlXPathCompExpr *compiled = xmlXPathCtxtCompile(context, (const xmlChar *)expression);
	bool fine = compiled != NULL;
	xmlXPathFreeCompExpr(compiled);
	xmlXPathFreeContext(context);
	return fine ? 0 : err_set(e, ERR_SCRIPT, NULL, "not an XPath expression: %s", expression);
}
