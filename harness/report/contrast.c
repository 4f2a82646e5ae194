/* The page of a comparison: its JSON as a document, by reports/contrast-html.xsl. */
#include "report/contrast.h"
#include "base/text.h"
#include "report/measured.h"
#include "report/private.h"
#include <string.h>

void contrast_label(const char *label, struct buf *out)
{
	size_t from = out->len;
	clean_bytes(label, strlen(label), out);
	for (size_t i = from; i < out->len; i++)
		if (out->data[i] == '\n' || out->data[i] == '\t')
			out->data[i] = ' ';
}

static bool is_good(const json_t *comparison)
{
	return measured_are_slugs(json_object_get(comparison, "workloads"));
}

static void note_plots(xmlNode *root, const char *directory)
{
	measured_note_plot(root, directory, "", "overview");
	measured_note_workloads(root, directory);
}

static const struct measured contrast = { "latency-comparison", "comparison of latency measurements", "comparison",
	"contrast-html.xsl", "comparison.html", is_good, note_plots };

json_t *contrast_read(const char *directory, struct err *e)
{
	AUTO_TEXT path = memory_printf("%s/comparison.json", directory);
	return measured_read(&contrast, path, e);
}

int contrast_page(const json_t *comparison, const char *directory, const char *language, struct err *e)
{
	return measured_page(&contrast, comparison, directory, language, e);
}
