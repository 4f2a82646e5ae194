/* What a server offers: taken from its answers, looked up, written to the journal and read back. */
#include "base/text.h"
#include "target/target.h"
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define NS_MUC         "http://jabber.org/protocol/muc"
#define NS_UPLOAD      "urn:xmpp:http:upload:0"
#define NS_BYTESTREAMS "http://jabber.org/protocol/bytestreams"

static void release_texts(struct vec *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->items[i]);
	vec_release(list);
}

static void service_free(struct service *s)
{
	release_texts(&s->identities);
	release_texts(&s->features);
	free(s->address);
	free(s->kind);
	free(s);
}

void features_release(struct features *f)
{
	release_texts(&f->server_identities);
	release_texts(&f->server_features);
	release_texts(&f->account_features);
	release_texts(&f->stream_features);
	release_texts(&f->mechanisms);
	for (size_t i = 0; i < f->services.count; i++)
		service_free(f->services.items[i]);
	vec_release(&f->services);
	map_release(&f->facts);
}

bool features_has(const struct vec *list, const char *feature)
{
	for (size_t i = 0; i < list->count; i++)
		if (text_equal(list->items[i], feature))
			return true;
	return false;
}

static void add_once(struct vec *list, const char *text)
{
	if (text && *text && !features_has(list, text))
		vec_push(list, memory_copy_text(text));
}

/* XEP-0030 section 3.1. `identities` may be NULL. */
static void take_info(const xmlNode *iq, struct vec *identities, struct vec *features)
{
	const xmlNode *query = xml_child(iq, "query", NS_DISCO_INFO);
	if (!query)
		return;
	for (const xmlNode *i = xml_child(query, "identity", NS_DISCO_INFO); i && identities;
		i = xml_next(i, "identity", NS_DISCO_INFO)) {
		const char *category = xml_attribute(i, "category"), *type = xml_attribute(i, "type"),
			   *name = xml_attribute(i, "name");
		AUTO_TEXT text =
			memory_printf("%s/%s/%s", category ? category : "", type ? type : "", name ? name : "");
		add_once(identities, text);
	}
	for (const xmlNode *i = xml_child(query, "feature", NS_DISCO_INFO); i;
		i = xml_next(i, "feature", NS_DISCO_INFO))
		add_once(features, xml_attribute(i, "var"));
}

void features_add_info(struct features *f, enum disco_subject subject, const xmlNode *iq)
{
	switch (subject) {
	case DISCO_SERVER:
		take_info(iq, &f->server_identities, &f->server_features);
		break;
	case DISCO_ACCOUNT:
		take_info(iq, NULL, &f->account_features);
		break;
	}
}

static bool has_identity(const struct service *s, const char *category_and_type)
{
	for (size_t i = 0; i < s->identities.count; i++)
		if (text_starts(s->identities.items[i], category_and_type))
			return true;
	return false;
}

/* What a service is for: by identity and, where the identity is ambiguous, by the feature that makes it of use. */
static const char *service_kind(const struct service *s)
{
	if (has_identity(s, "conference/") && features_has(&s->features, NS_MUC)) /* XEP-0045 section 6.2 */
		return "muc";
	if (features_has(&s->features, NS_UPLOAD)) /* XEP-0363 section 3 */
		return "upload";
	if (has_identity(s, "pubsub/service/")) /* XEP-0060 section 5.1; pubsub/pep is an account's */
		return "pubsub";
	if (has_identity(s, "proxy/bytestreams/") &&
		features_has(&s->features, NS_BYTESTREAMS)) /* XEP-0065 section 4 */
		return "proxy";
	return "";
}

void features_add_service(struct features *f, const char *address, const xmlNode *iq)
{
	struct service *s = memory_alloc(sizeof *s);
	s->address = memory_copy_text(address);
	take_info(iq, &s->identities, &s->features);
	s->kind = memory_copy_text(service_kind(s));
	vec_push(&f->services, s);
}

void features_add_stream(struct features *f, const xmlNode *stream_features)
{
	for (const xmlNode *i = xml_child(stream_features, NULL, NULL); i; i = xml_next(i, NULL, NULL)) {
		add_once(&f->stream_features, xml_ns(i));
		if (!xml_is(i, "mechanisms", NS_SASL))
			continue;
		for (const xmlNode *m = xml_child(i, "mechanism", NS_SASL); m; m = xml_next(m, "mechanism", NS_SASL)) {
			AUTO_TEXT name = xml_text(m);
			add_once(&f->mechanisms, name);
		}
	}
}

const struct service *features_service(const struct features *f, const char *kind)
{
	for (size_t i = 0; i < f->services.count; i++) {
		const struct service *s = f->services.items[i];
		if (text_equal(s->kind, kind))
			return s;
	}
	return NULL;
}

/* ---- JSON ---- */

/* The lists of an object by name; the same table writes and reads. */
struct named_list {
	const char *name;
	size_t offset;
};
#define LIST(of, member)                                                                                               \
	{                                                                                                              \
#member, offsetof(struct of, member)                                                                   \
	}
static const struct named_list feature_lists[] = {
	LIST(features, server_identities),
	LIST(features, server_features),
	LIST(features, account_features),
	LIST(features, stream_features),
	LIST(features, mechanisms),
};
static const struct named_list service_lists[] = { LIST(service, identities), LIST(service, features) };
#define COUNT(list) (sizeof(list) / sizeof *(list))

static void print_lists(json_t *object, const void *from, const struct named_list *lists, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct vec *list = (const void *)((const char *)from + lists[i].offset);
		json_t *array = json_array();
		for (size_t j = 0; j < list->count; j++)
			json_array_append_new(array, json_string(list->items[j]));
		json_object_set_new(object, lists[i].name, array);
	}
}

static int add_bytes(const char *bytes, size_t length, void *out)
{
	buf_add(out, bytes, length);
	return 0;
}

void features_print(const struct features *f, struct buf *out)
{
	json_t *object = json_object(), *services = json_array(), *facts = json_object();
	print_lists(object, f, feature_lists, COUNT(feature_lists));
	for (size_t i = 0; i < f->services.count; i++) {
		const struct service *s = f->services.items[i];
		json_t *service = json_pack("{s:s, s:s}", "address", s->address, "kind", s->kind);
		print_lists(service, s, service_lists, COUNT(service_lists));
		json_array_append_new(services, service);
	}
	for (size_t i = 0; i < f->facts.count; i++)
		json_object_set_new(facts, f->facts.keys[i], json_string(f->facts.values[i]));
	json_object_set_new(object, "services", services);
	json_object_set_new(object, "facts", facts);
	json_dump_callback(object, add_bytes, out, JSON_COMPACT);
	json_decref(object);
}

static int parse_lists(void *into, json_t *object, const struct named_list *lists, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct vec *list = (void *)((char *)into + lists[i].offset);
		json_t *array = json_object_get(object, lists[i].name), *item;
		size_t j;
		if (!json_is_array(array))
			return -1;
		json_array_foreach(array, j, item) {
			if (!json_is_string(item))
				return -1;
			vec_push(list, memory_copy_text(json_string_value(item)));
		}
	}
	return 0;
}

static int parse_services(struct features *f, json_t *array)
{
	json_t *item;
	size_t i;
	if (!json_is_array(array))
		return -1;
	json_array_foreach(array, i, item) {
		const char *address = json_string_value(json_object_get(item, "address"));
		const char *kind = json_string_value(json_object_get(item, "kind"));
		if (!address || !kind)
			return -1;
		struct service *s = memory_alloc(sizeof *s);
		s->address = memory_copy_text(address);
		s->kind = memory_copy_text(kind);
		vec_push(&f->services, s);
		if (parse_lists(s, item, service_lists, COUNT(service_lists)))
			return -1;
	}
	return 0;
}

static int parse_facts(struct features *f, json_t *object)
{
	const char *key;
	json_t *value;
	if (!json_is_object(object))
		return -1;
	json_object_foreach(object, key, value) {
		if (!json_is_string(value))
			return -1;
		map_set(&f->facts, key, json_string_value(value));
	}
	return 0;
}

int features_parse(struct features *f, const char *json, struct err *e)
{
	json_error_t why;
	memset(f, 0, sizeof *f);
	json_t *object = json_loads(json, 0, &why);
	if (!object)
		return err_set(e, ERR_INTERNAL, NULL, "the features of a server are no JSON: %s", why.text);
	int result = parse_lists(f, object, feature_lists, COUNT(feature_lists)) ||
		parse_services(f, json_object_get(object, "services")) ||
		parse_facts(f, json_object_get(object, "facts"));
	json_decref(object);
	if (!result)
		return 0;
	features_release(f);
	return err_set(e, ERR_INTERNAL, NULL, "the features of a server are not as features_print writes them");
}
