/* Device lists (XEP-0384 section 5.3.1) and where they and the bundles are published. */
#include "base/text.h"
#include "crypto/private.h"
#include "xml/xml.h"
#include <stdlib.h>

const char *omemo_namespace(enum omemo_version version)
{
	return version == OMEMO_2 ? NS_OMEMO_2 : NS_OMEMO_AXOLOTL;
}

const char *omemo_list_node(enum omemo_version version)
{
	return version == OMEMO_2 ? NS_OMEMO_2 ":devices" : NS_OMEMO_AXOLOTL ".devicelist";
}

void omemo_bundle_node(enum omemo_version version, uint32_t device_id, struct buf *node, struct buf *item)
{
	if (version == OMEMO_2) {
		buf_add_text(node, NS_OMEMO_2 ":bundles");
		buf_printf(item, "%u", device_id);
	} else {
		buf_printf(node, "%s.bundles:%u", NS_OMEMO_AXOLOTL, device_id);
		buf_add_text(item, "current");
	}
}

static const char *list_name(enum omemo_version version)
{
	return version == OMEMO_2 ? "devices" : "list";
}

void omemo_print_devices(enum omemo_version version, const uint32_t *ids, size_t count, struct buf *out)
{
	buf_printf(out, "<%s xmlns='%s'>", list_name(version), omemo_namespace(version));
	for (size_t i = 0; i < count; i++)
		buf_printf(out, "<device id='%u'/>", ids[i]);
	buf_printf(out, "</%s>", list_name(version));
}

static int by_number(const void *a, const void *b)
{
	uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
	return left < right ? -1 : left > right;
}

int omemo_read_devices(enum omemo_version version, const xmlNode *list, uint32_t **ids, size_t *count, struct err *e)
{
	const char *ns = omemo_namespace(version);
	size_t room = 0, found = 0, kept = 0;
	*ids = NULL;
	*count = 0;
	if (!xml_is(list, list_name(version), ns))
		return err_set(e, ERR_PROTOCOL, NULL, "this is no <%s xmlns='%s'/>", list_name(version), ns);
	for (const xmlNode *d = xml_child(list, "device", ns); d; d = xml_next(d, "device", ns))
		room++;
	if (!room)
		return 0;
	uint32_t *read = memory_alloc(room * sizeof *read);
	for (const xmlNode *d = xml_child(list, "device", ns); d; d = xml_next(d, "device", ns))
		if (id_from_attribute(d, "id", 1, &read[found++])) {
			const char *id = xml_attribute(d, "id");
			free(read);
			return err_set(e, ERR_PROTOCOL, NULL, "a device's id is %s%.40s, not between 1 and 2147483647",
				id ? "" : "missing", id ? id : "");
		}
	qsort(read, found, sizeof *read, by_number);
	for (size_t i = 0; i < found; i++)
		if (!kept || read[i] != read[kept - 1])
			read[kept++] = read[i];
	*ids = read;
	*count = kept;
	return 0;
}
