#include "cmd/load_ranks.h"
#include "base/text.h"
#include "target/passing.h"
#include "xml/redact.h"
#include <errno.h>
#include <jansson.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PLUGIN "assay-mpi.so"

/* Beside the program, or in lib/assay beside its folder where it is installed. free(). */
static char *plugin_path(void)
{
	char own[4096];
	ssize_t length = readlink("/proc/self/exe", own, sizeof own - 1);
	if (length < 0)
		return memory_copy_text(PLUGIN);
	own[length] = 0;
	char *slash = strrchr(own, '/');
	if (slash)
		*slash = 0;
	char *beside = memory_printf("%s/" PLUGIN, own);
	if (file_exists(beside))
		return beside;
	char *installed = memory_printf("%s/../lib/assay/" PLUGIN, own);
	if (file_exists(installed)) {
		free(beside);
		return installed;
	}
	free(installed);
	return beside;
}

int load_party_join(struct load_party *p, struct err *e)
{
	AUTO_TEXT plugin = plugin_path();
	return ranks_join(&p->ranks, plugin, e);
}

/* ---- telling ---- */

static char *make_telling(const struct load_party *p, const struct load_options *o, struct err *e)
{
	json_t *target = target_pass(p->target, e), *accounts = json_array();
	for (size_t i = 0; target && i < p->accounts.count; i++)
		json_array_append_new(
			accounts, json_pack("[s,s]", p->accounts.given[i].user, p->accounts.given[i].password));
	char *text = NULL;
	if (target) {
		json_t *all = json_pack("{s:O, s:O, s:I, s:f, s:I}", "target", target, "accounts", accounts,
			"connections", (json_int_t)o->connections, "most_rate", o->most_rate, "most_time",
			(json_int_t)o->most_time);
		text = json_dumps(all, JSON_COMPACT);
		json_decref(all);
	}
	json_decref(target);
	json_decref(accounts);
	return text;
}

static char *keep(struct load_party *p, const json_t *text)
{
	char *copy = memory_copy_text(json_string_value(text) ? json_string_value(text) : "");
	vec_push(&p->texts, copy);
	return copy;
}

static int take_telling(struct load_party *p, struct load_options *o, const char *text, size_t length, struct err *e)
{
	char path[] = "/tmp/assay-authority-XXXXXX";
	size_t i;
	const json_t *one;
	int descriptor = mkstemp(path);
	if (descriptor < 0)
		return err_set(e, ERR_ENVIRONMENT, path, "cannot be made: %s", strerror(errno));
	close(descriptor);
	p->ca_path = memory_copy_text(path);
	json_t *all = json_loadb(text, length, 0, NULL);
	p->target = target_passed(json_object_get(all, "target"), p->ca_path, e);
	const json_t *accounts = json_object_get(all, "accounts");
	p->count = json_array_size(accounts);
	struct driver_account *given = memory_alloc((p->count + 1) * sizeof *given);
	json_array_foreach(accounts, i, one) {
		given[i].user = keep(p, json_array_get(one, 0));
		given[i].password = keep(p, json_array_get(one, 1));
		redact_secret(given[i].password, given[i].user);
	}
	o->connections = (size_t)json_integer_value(json_object_get(all, "connections"));
	o->most_rate = json_real_value(json_object_get(all, "most_rate"));
	o->most_time = json_integer_value(json_object_get(all, "most_time"));
	p->accounts.given = given;
	p->given = given;
	json_decref(all);
	return p->target ? 0 : -1;
}

int load_party_share(struct load_party *p, struct load_options *o, struct err *e)
{
	if (p->ranks.rank == 0) {
		p->given = p->accounts.given;
		p->count = p->accounts.count;
	}
	if (!p->ranks.many)
		return 0;
	char *text = p->ranks.rank == 0 ? make_telling(p, o, e) : NULL;
	size_t length = text ? strlen(text) : 0;
	if (p->ranks.rank == 0 && !text)
		return -1;
	ranks_tell(&p->ranks, &text, &length);
	int result = p->ranks.rank == 0 ? 0 : take_telling(p, o, text, length, e);
	OPENSSL_cleanse(text, length);
	free(text);
	return result;
}

void load_party_leave(struct load_party *p)
{
	ranks_leave(&p->ranks);
	if (p->accounts.driver)
		measuring_accounts_remove(&p->accounts);
	if (p->ca_path)
		unlink(p->ca_path);
	free(p->ca_path);
	for (size_t i = 0; i < p->texts.count; i++) {
		OPENSSL_cleanse(p->texts.items[i], strlen(p->texts.items[i]));
		free(p->texts.items[i]);
	}
	vec_release(&p->texts);
	target_free(p->target);
}
