#include "target/target.h"
#include "base/text.h"
#include "target/private.h"
#include <ctype.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

struct target_account *target_account_new(const char *user, const char *role)
{
	struct target_account *a = memory_alloc(sizeof *a);
	a->user = memory_copy_text(user);
	a->role = memory_copy_text(role);
	return a;
}

void target_account_free(struct target_account *a)
{
	if (!a)
		return;
	if (a->password)
		OPENSSL_cleanse(a->password, strlen(a->password));
	free(a->password);
	free(a->user);
	free(a->role);
	free(a);
}

static void free_component(struct target_component *c)
{
	if (!c)
		return;
	if (c->secret)
		OPENSSL_cleanse(c->secret, strlen(c->secret));
	free(c->secret);
	free(c->domain);
	free(c->host);
	free(c);
}

void target_free(struct target *t)
{
	if (!t)
		return;
	if (t->running)
		fixture_stop(t);
	for (size_t i = 0; i < t->accounts.count; i++)
		target_account_free(t->accounts.items[i]);
	for (size_t i = 0; i < t->claims.count; i++)
		free(t->claims.items[i]);
	target_account_free(t->admin);
	free_component(t->component);
	vec_release(&t->accounts);
	vec_release(&t->claims);
	char *texts[] = { t->name, t->domain, t->host, t->websocket, t->bosh, t->host_meta, t->ca_file, t->command,
		t->load.websocket, t->load.bosh, t->baseline, t->directory, t->product };
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		free(texts[i]);
	free(t);
}

bool target_domain_valid(const char *domain)
{
	if (!domain || !*domain || strlen(domain) > 1023) /* RFC 7622 section 3.2 */
		return false;
	for (const char *c = domain; *c; c++)
		if (iscntrl((unsigned char)*c) || strchr(" @/\"&'<>", *c))
			return false;
	return true;
}

char *target_user(const char *user, const char *domain, const char *where, struct err *e)
{
	const char *at = strrchr(user, '@');
	size_t length = at ? (size_t)(at - user) : strlen(user);
	char *local = memory_copy_bytes(user, length);
	if (at && strcasecmp(at + 1, domain) != 0)
		err_set(e, ERR_USAGE, where, "the account %s is not at %s", user, domain);
	else if (!length || strpbrk(local, " \t\"&'/:<>@")) /* RFC 7622 section 3.3.1 */
		err_set(e, ERR_USAGE, where, "'%s' is no user name", user);
	else
		return local;
	free(local);
	return NULL;
}

/* ---- opening ---- */

static int add_account(struct target *t, const char *name, const struct passwords *known, struct err *e)
{
	char *user = target_user(name, t->domain, NULL, e);
	if (!user)
		return -1;
	for (size_t i = 0; i < t->accounts.count; i++) {
		const struct target_account *other = t->accounts.items[i];
		if (text_equal(other->user, user)) {
			err_set(e, ERR_USAGE, NULL, "the account %s is named twice", user);
			free(user);
			return -1;
		}
	}
	struct target_account *account = target_account_new(user, NULL);
	const char *secret = passwords_of(known, user);
	account->password = secret ? memory_copy_text(secret) : password_for(user, t->domain, e);
	free(user);
	if (!account->password) {
		target_account_free(account);
		return -1;
	}
	vec_push(&t->accounts, account);
	return 0;
}

struct target *target_from_arguments(
	const char *domain, const struct vec *users, const char *password_file, struct err *e)
{
	if (!target_domain_valid(domain)) {
		err_set(e, ERR_USAGE, NULL, "'%s' is neither a domain, a target file nor fixture:NAME", domain);
		return NULL;
	}
	struct target *t = memory_alloc(sizeof *t);
	t->name = memory_copy_text(domain);
	t->domain = memory_copy_text(domain);
	t->port = 5222;
	t->verify = true;
	struct passwords known = PASSWORDS_INIT;
	int result = password_file ? passwords_load(&known, password_file, domain, e) : 0;
	const struct vec *names = users && users->count ? users : &known.users;
	if (result == 0 && !names->count)
		result = err_set(e, ERR_USAGE, NULL,
			"no account at %s is known: give --account USER, or a target file "
			"(docs/targets.md)",
			domain);
	for (size_t i = 0; result == 0 && i < names->count; i++)
		result = add_account(t, names->items[i], &known, e);
	passwords_release(&known);
	if (result) {
		target_free(t);
		return NULL;
	}
	return t;
}

/* A word that can only have been meant as the name of a fixture. */
static bool is_fixture_name(const char *what)
{
	struct arena a = ARENA_INIT;
	struct vec names = VEC_INIT;
	bool found = false;
	fixture_names(&a, &names);
	for (size_t i = 0; i < names.count; i++)
		found = found || text_equal(what, names.items[i]);
	vec_release(&names);
	arena_release(&a);
	return found;
}

struct target *target_open(const char *what, const struct vec *users, const char *password_file, struct err *e)
{
	bool accounts = (users && users->count) || password_file;
	bool fixture = text_starts(what, "fixture:");
	bool file = !fixture &&
		(strchr(what, '/') || text_ends(what, ".ini") || (file_exists(what) && !file_is_directory(what)));
	if ((fixture || file) && accounts) {
		err_set(e, ERR_USAGE, NULL,
			fixture ? "%s makes its own accounts: leave --account and --password-file out"
				: "the accounts stand in %s: leave --account and --password-file out",
			what);
		return NULL;
	}
	if (fixture)
		return fixture_start(what + strlen("fixture:"), NULL, e);
	if (file)
		return target_load(what, e);
	if (!accounts && is_fixture_name(what)) {
		err_set(e, ERR_USAGE, NULL, "'%s' is no domain; did you mean fixture:%s?", what, what);
		return NULL;
	}
	return target_from_arguments(what, users, password_file, e);
}

/* ---- leasing ---- */

struct target_account *target_lease(struct target *t, const char *role)
{
	/* First those that are kept for the role (or, where any will do, for none), then the others that fit. */
	for (int round = 0; round < 2; round++)
		for (size_t i = 0; i < t->accounts.count; i++) {
			struct target_account *a = t->accounts.items[i];
			bool best = text_equal(a->role, role);
			bool fits = best || !role || !a->role;
			if (a->leased || (round == 0 ? !best : !fits))
				continue;
			a->leased = true;
			return a;
		}
	return NULL;
}

struct target_account *target_lease_user(struct target *t, const char *user)
{
	for (size_t i = 0; i < t->accounts.count; i++) {
		struct target_account *a = t->accounts.items[i];
		if (a->leased || strcmp(a->user, user) != 0)
			continue;
		a->leased = true;
		return a;
	}
	return NULL;
}

void target_return(struct target *t, struct target_account *account)
{
	(void)t;
	if (account)
		account->leased = false;
}
