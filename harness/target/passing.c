#include "target/passing.h"
#include "base/text.h"
#include <string.h>

/* The members that are texts, NULL or not, in the order of the object. */
#define TEXTS 6
static void texts_of(struct target *t, char **places[TEXTS])
{
	places[0] = &t->name;
	places[1] = &t->domain;
	places[2] = &t->host;
	places[3] = &t->websocket;
	places[4] = &t->bosh;
	places[5] = &t->product;
}
static const char *const names[TEXTS] = { "name", "domain", "host", "websocket", "bosh", "product" };

json_t *target_pass(const struct target *t, struct err *e)
{
	struct target shown = *t;
	char **places[TEXTS];
	json_t *passed = json_pack("{s:i, s:i, s:b, s:i}", "port", t->port, "direct_port", t->direct_port, "verify",
		t->verify, "transport", (int)t->transport);
	texts_of(&shown, places);
	for (size_t i = 0; i < TEXTS; i++)
		if (*places[i])
			json_object_set_new(passed, names[i], json_string(*places[i]));
	BUF_AUTO certificates = BUF_INIT;
	if (t->ca_file && file_read(t->ca_file, &certificates, e)) {
		json_decref(passed);
		return NULL;
	}
	if (t->ca_file)
		json_object_set_new(passed, "certificates", json_stringn(buf_text(&certificates), certificates.len));
	return passed;
}

struct target *target_passed(const json_t *passed, const char *ca_path, struct err *e)
{
	const json_t *certificates = json_object_get(passed, "certificates");
	int transport = (int)json_integer_value(json_object_get(passed, "transport"));
	if (!json_string_value(json_object_get(passed, "domain")) || transport < 0 || transport >= TRANSPORTS) {
		err_set(e, ERR_PROTOCOL, NULL, "this is no target");
		return NULL;
	}
	if (certificates && file_write(ca_path, json_string_value(certificates), json_string_length(certificates), e))
		return NULL;
	struct target *t = memory_alloc(sizeof *t);
	char **places[TEXTS];
	texts_of(t, places);
	for (size_t i = 0; i < TEXTS; i++)
		*places[i] = memory_copy_text(json_string_value(json_object_get(passed, names[i])));
	t->port = (int)json_integer_value(json_object_get(passed, "port"));
	t->direct_port = (int)json_integer_value(json_object_get(passed, "direct_port"));
	t->verify = json_is_true(json_object_get(passed, "verify"));
	t->transport = (enum transport)transport;
	t->ca_file = certificates ? memory_copy_text(ca_path) : NULL;
	return t;
}
