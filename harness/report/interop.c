/* A matrix of clients as a page: its JSON as a document, by reports/interop-html.xsl. */
#include "report/interop.h"
#include "base/text.h"
#include "report/measured.h"
#include "report/private.h"

static bool are_slugs(const json_t *list)
{
	return json_is_array(list) && measured_are_slugs(list);
}

/* Folders of pairs are links: SERVER/WRITER-READER. */
static bool are_pairs(const json_t *targets)
{
	size_t i, k;
	const json_t *target, *pair;
	json_array_foreach(targets, i, target)
		json_array_foreach(json_object_get(target, "pairs"), k, pair)
			if (!text_is_slug(json_member_text(pair, "writer")) ||
				!text_is_slug(json_member_text(pair, "reader")) ||
				!json_is_array(json_object_get(pair, "cells")))
				return false;
	return true;
}

static bool is_good(const json_t *result)
{
	const json_t *targets = json_object_get(result, "targets");
	return are_slugs(json_object_get(result, "clients")) && are_slugs(json_object_get(result, "features")) &&
		are_slugs(targets) && are_pairs(targets);
}

static void no_plots(xmlNode *root, const char *directory)
{
	(void)root;
	(void)directory;
}

static const struct measured interop = { "interop", "result of `assay interop`", "interop", "interop-html.xsl",
	"interop.html", is_good, no_plots };

json_t *interop_read(const char *directory, struct err *e)
{
	AUTO_TEXT path = memory_printf("%s/interop.json", directory);
	return measured_read(&interop, path, e);
}

int interop_page(const json_t *result, const char *directory, const char *language, struct err *e)
{
	return measured_page(&interop, result, directory, language, e);
}
