/* The accounts of a target file, once the whole of it is known: a password may stand in three places. */
#include "base/text.h"
#include "target/loader.h"
#include "xml/redact.h"
#include <stdlib.h>

/* The password of a section from wherever it says, else from the file of [accounts], the environment, the terminal. */
static char *find_password(struct loader *l, const struct pending *p, const char *user, const struct passwords *known)
{
	struct err local = { .class = ERR_NONE };
	char *secret = NULL;
	if (!!p->password + !!p->variable + !!p->file > 1) {
		loader_fault(l, p->line, "one of password, password-env and password-file is enough");
		return NULL;
	}
	if (p->password) {
		redact_secret(p->password, user);
		return memory_copy_text(p->password);
	}
	if (p->variable) {
		secret = password_from_variable(p->variable, user);
		if (!secret)
			loader_fault(l, p->line, "the environment variable %s, the password of %s, is not set",
				p->variable, user);
		return secret;
	}
	if (p->file)
		secret = password_from_file(p->file, user, &local);
	else if (passwords_of(known, user))
		return memory_copy_text(passwords_of(known, user));
	else
		secret = password_for(user, l->target->domain, &local);
	if (!secret && *local.where)
		loader_fault(l, p->line, "%s: %s", local.where, local.message);
	else if (!secret)
		loader_fault(l, p->line, "%s", local.message);
	return secret;
}

static struct target_account *make_account(struct loader *l, const struct pending *p, const struct passwords *known)
{
	struct err local = { .class = ERR_NONE };
	char *user = target_user(p->user ? p->user : p->label, l->target->domain, NULL, &local);
	if (!user) {
		loader_fault(l, p->line, "%s", local.message);
		return NULL;
	}
	struct target_account *account = target_account_new(user, p->role);
	account->password = find_password(l, p, user, known);
	free(user);
	if (account->password)
		return account;
	target_account_free(account);
	return NULL;
}

void loader_make_accounts(struct loader *l)
{
	struct target *t = l->target;
	struct passwords known = PASSWORDS_INIT;
	if (l->password_file && passwords_load(&known, l->password_file, t->domain, l->e))
		l->failed = true;
	for (size_t i = 0; i < l->accounts.count && !l->failed; i++) {
		const struct pending *p = l->accounts.items[i];
		struct target_account *account = make_account(l, p, &known);
		for (size_t j = 0; account && j < t->accounts.count; j++) {
			const struct target_account *other = t->accounts.items[j];
			if (text_equal(other->user, account->user))
				loader_fault(l, p->line, "the user %s has a section already", account->user);
		}
		if (account)
			vec_push(&t->accounts, account);
	}
	/* A file of users alone is a list of accounts. */
	for (size_t i = 0; !l->accounts.count && i < known.users.count && !l->failed; i++) {
		if (l->admin.user && text_equal(l->admin.user, known.users.items[i]))
			continue;
		struct target_account *account = target_account_new(known.users.items[i], NULL);
		account->password = memory_copy_text(known.secrets.items[i]);
		vec_push(&t->accounts, account);
	}
	if (l->section_lines[SECTION_ADMIN] && !l->failed)
		t->admin = make_account(l, &l->admin, &known);
	passwords_release(&known);
}
