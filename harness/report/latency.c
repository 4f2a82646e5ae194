/* A latency measurement as a page: its JSON as a document, by reports/latency-html.xsl. */
#include "report/latency.h"
#include "base/text.h"
#include "report/measured.h"
#include "report/private.h"
#include <string.h>

static bool is_good(const json_t *result)
{
	return text_is_slug(json_member_text(json_object_get(result, "echo"), "name")) &&
		measured_are_slugs(json_object_get(json_object_get(result, "echo"), "series")) &&
		json_is_array(json_object_get(result, "workloads")) &&
		measured_are_slugs(json_object_get(result, "workloads"));
}

static const struct measured latency = { "latency", "result of `assay latency`", "latency", "latency-html.xsl",
	"latency.html", is_good, measured_note_workloads };

static char *file_of(const char *path)
{
	bool is_file = text_ends(path, ".json") || (file_exists(path) && !file_is_directory(path));
	return is_file ? memory_copy_text(path) : memory_printf("%s/latency.json", path);
}

bool latency_is_there(const char *path)
{
	BUF_AUTO text = BUF_INIT;
	AUTO_TEXT file = file_of(path);
	struct err ignored;
	if (file_is_directory(path))
		return file_exists(file);
	if (file_read(file, &text, &ignored))
		return false;
	json_t *result = json_loadb(buf_text(&text), text.len, 0, NULL);
	bool is = strcmp(json_member_text(result, "assay"), "latency") == 0;
	json_decref(result);
	return is;
}

json_t *latency_read(const char *where, struct err *e)
{
	AUTO_TEXT path = file_of(where);
	return measured_read(&latency, path, e);
}

int latency_page(const json_t *result, const char *directory, const char *language, struct err *e)
{
	return measured_page(&latency, result, directory, language, e);
}
