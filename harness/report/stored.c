#include "report/stored.h"
#include "base/text.h"
#include "report/private.h"
#include <string.h>

#define FORMAT_NEWEST 1

static int check_entry_of(const json_t *check, json_t *seen, const char *file, struct err *e)
{
	const char *id = json_member_text(check, "id"), *verdict = json_member_text(check, "verdict");
	bool known = false;
	if (!*id)
		return err_set(e, ERR_USAGE, file, "holds a check without 'id'");
	for (int o = 0; o < OUTCOMES; o++)
		known = known || strcmp(outcome_name((enum outcome)o), verdict) == 0;
	if (!known)
		return err_set(e, ERR_USAGE, file, "%s has a verdict that does not exist: '%s'", id, verdict);
	if (json_object_get(seen, id))
		return err_set(e, ERR_USAGE, file, "holds %s twice", id);
	json_object_set_new(seen, id, json_true());
	return 0;
}

static int check_result(const json_t *root, const char *file, struct err *e)
{
	size_t i;
	json_t *check;
	const json_t *checks = json_object_get(root, "checks");
	if (!json_is_array(checks))
		return err_set(e, ERR_USAGE, file, "holds no checks");
	if (json_integer_value(json_object_get(root, "format")) > FORMAT_NEWEST)
		return err_set(e, ERR_USAGE, file, "is of a newer format than this program knows; use a newer one");
	json_t *seen = json_object();
	int result = 0;
	json_array_foreach(checks, i, check) {
		result = check_entry_of(check, seen, file, e);
		if (result)
			break;
	}
	json_decref(seen);
	return result;
}

json_t *stored_result(const char *path, struct err *e)
{
	json_error_t fault;
	AUTO_TEXT file = file_is_directory(path) ? memory_printf("%s/result.json", path) : memory_copy_text(path);
	json_t *root = json_load_file(file, 0, &fault);
	if (!root) {
		err_set(e, ERR_USAGE, file, "is no result that can be read: %s", fault.text);
		return NULL;
	}
	if (!check_result(root, file, e))
		return root;
	json_decref(root);
	return NULL;
}

const char *stored_observed(const json_t *check)
{
	enum outcome observed;
	const char *verdict = json_member_text(check, "verdict"), *before = json_member_text(check, "observed");
	if (strcmp(verdict, "fixed") == 0)
		return "pass";
	if (strcmp(verdict, "known") != 0)
		return verdict;
	return outcome_from_verdict(before, &observed) ? "fail" : before;
}

const char *stored_text(const json_t *result, const char *object, const char *member)
{
	return json_member_text(json_object_get(result, object), member);
}

const char *stored_tested(const json_t *result, const char *member)
{
	return stored_text(result, json_object_get(result, "client") ? "client" : "target", member);
}
