#include "xml/capabilities.h"
#include "xml/xml.h"
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>

/* capabilities-hash(NODES, ALGORITHM): of the first node. */
static void hash_function(xmlXPathParserContext *parser, int arguments)
{
	BUF_AUTO hash = BUF_INIT;
	if (arguments != 2) {
		xmlXPathSetArityError(parser);
		return;
	}
	xmlChar *algorithm = xmlXPathPopString(parser);
	xmlNodeSet *nodes = xmlXPathPopNodeSet(parser);
	if (nodes && nodes->nodeNr)
		capabilities_hash(nodes->nodeTab[0], algorithm ? (const char *)algorithm : "", &hash);
	xmlFree(algorithm);
	xmlXPathFreeNodeSet(nodes);
	if (!xmlXPathCheckError(parser))
		xmlXPathReturnString(parser, xmlStrdup((const xmlChar *)buf_text(&hash)));
}

int xml_xpath(const xmlNode *stanza, const char *expression, const struct map *prefixes, bool *truth, char **value,
	struct err *e)
{
	xmlXPathContext *context = xmlXPathNewContext(stanza->doc);
	context->node = (xmlNode *)stanza;
	xmlXPathRegisterFunc(context, (const xmlChar *)"capabilities-hash", hash_function);
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
