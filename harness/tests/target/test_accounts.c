#include "base/text.h"
#include "place.h"
#include "target/target.h"
#include <check.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct target *pool(void)
{
	struct err e;
	struct target *t = target_load(
		place_file("pool.ini",
			"[target]\ndomain = example.org\n"
			"[account a]\npassword = secretive\nrole = stranger\n[account b]\npassword = secretive\n"
			"[account c]\npassword = secretive\nrole = owner\n"),
		&e);
	ck_assert_msg(t != NULL, "%s %s", e.where, e.message);
	return t;
}

static const char *name_of(const struct target_account *a)
{
	return a ? a->user : "none";
}

START_TEST(lease_is_exclusive)
{
	struct target *t = pool();
	struct target_account *first = target_lease(t, NULL);
	ck_assert_str_eq(name_of(first), "b"); /* those with a role are spared */
	ck_assert_str_eq(name_of(target_lease(t, "owner")), "c");
	ck_assert_str_eq(name_of(target_lease(t, "owner")), "none"); /* a stranger serves nobody else */
	ck_assert_str_eq(name_of(target_lease(t, NULL)), "a");
	ck_assert_str_eq(name_of(target_lease(t, NULL)), "none");
	target_return(t, first);
	ck_assert_str_eq(name_of(target_lease(t, "contact")), "b");
	ck_assert_str_eq(name_of(target_lease_user(t, "a")), "none"); /* not free */
	target_return(t, first);
	ck_assert_str_eq(name_of(target_lease_user(t, first->user)), first->user);
	ck_assert_str_eq(name_of(target_lease_user(t, "nobody")), "none");
	target_return(t, NULL);
	target_free(t);
}
END_TEST

START_TEST(arguments_take_passwords_from_everywhere)
{
	struct err e;
	struct vec users = VEC_INIT;
	vec_push(&users, "romeo");
	vec_push(&users, "juliet@example.org");
	vec_push(&users, "friar.laurence");
	setenv("ASSAY_PASSWORD_FRIAR_LAURENCE", "distilledliquor", 1);
	setenv("ASSAY_PASSWORD", "forallothers", 1);
	const char *file = place_file("passwords", "romeo  neversaw beauty\n");
	struct target *t = target_from_arguments("example.org", &users, file, &e);
	ck_assert_msg(t != NULL, "%s %s", e.where, e.message);
	static const char *const secrets[] = { "neversaw beauty", "forallothers", "distilledliquor" };
	ck_assert_uint_eq(t->accounts.count, 3);
	for (size_t i = 0; i < 3; i++) {
		const struct target_account *a = t->accounts.items[i];
		ck_assert_str_eq(a->password, secrets[i]);
	}
	ck_assert_str_eq(((struct target_account *)t->accounts.items[1])->user, "juliet");
	ck_assert_int_eq(t->provisioning, PROVISION_FIXED);
	ck_assert(t->verify && !t->allow_register && !t->allow_delete && !t->allow_flood);
	target_free(t);
	/* Without names the file is the list. */
	t = target_from_arguments("example.org", NULL, file, &e);
	ck_assert_msg(t && t->accounts.count == 1, "%s %s", e.where, e.message);
	target_free(t);
	vec_release(&users);
}
END_TEST

/* How `assay run WHAT` is refused before anything is tried. */
static const struct {
	const char *what, *user, *passwords, *message;
} refusals[] = {
	{ "example.org", NULL, NULL, "--account" },
	{ "example.org", "romeo", NULL, "no password for romeo@example.org" },
	{ "example.org", "romeo@example.net", "romeo secretive\n", "is not at example.org" },
	{ "example.org", "ro meo", "romeo secretive\n", "no user name" },
	{ "example.org", "@example.org", "romeo secretive\n", "no user name" },
	{ "example.org", NULL, "romeo\n", "one word only" },
	{ "example.org", NULL, "romeo one\nromeo two\n", "second time" },
	{ "example.org", NULL, "", "--account" },
	{ "two words", "romeo", NULL, "neither a domain" },
	{ "", "romeo", NULL, "neither a domain" },
	{ "fixture:prosodi", NULL, NULL, "did you mean fixture:prosody" },
	{ "fixture:../prosody", NULL, NULL, "there is no fixture" },
	{ "fixture:", NULL, NULL, "there is no fixture" },
	{ "fixture:prosody", "romeo", NULL, "makes its own accounts" },
	{ "prosody", NULL, NULL, "did you mean fixture:prosody" },
	{ "missing.ini", NULL, NULL, "cannot be read" },
	{ "./missing", NULL, NULL, "cannot be read" },
	{ "missing.ini", "romeo", NULL, "stand in missing.ini" },
};

START_TEST(refused)
{
	struct err e = { .class = ERR_NONE };
	struct vec users = VEC_INIT;
	if (refusals[_i].user)
		vec_push(&users, (char *)refusals[_i].user);
	const char *file = refusals[_i].passwords ? place_file("passwords", refusals[_i].passwords) : NULL;
	ck_assert_ptr_null(target_open(refusals[_i].what, &users, file, &e));
	ck_assert_int_eq(e.class, ERR_USAGE);
	ck_assert_msg(strstr(e.message, refusals[_i].message), "%s: %s", e.where, e.message);
	vec_release(&users);
}
END_TEST

START_TEST(readable_passwords_are_remarked)
{
	struct err e;
	const char *file = place_file("passwords", "romeo neversawbeauty\n"), *said = place_path("said");
	int kept = dup(2), to = open(said, O_RDWR | O_CREAT, 0600);
	dup2(to, 2);
	target_free(target_from_arguments("example.org", NULL, file, &e));
	ck_assert_int_eq(lseek(to, 0, SEEK_END), 0);
	chmod(file, 0644);
	target_free(target_from_arguments("example.org", NULL, file, &e));
	dup2(kept, 2);
	close(kept);
	close(to);
	BUF_AUTO text = BUF_INIT;
	ck_assert_int_eq(file_read(said, &text, &e), 0);
	ck_assert_ptr_nonnull(strstr(text.data, "chmod 600"));
	ck_assert_ptr_null(strstr(text.data, "beauty"));
}
END_TEST

Suite *suite_accounts(void)
{
	Suite *s = suite_create("accounts");
	TCase *c = tcase_create("accounts");
	tcase_add_checked_fixture(c, place_begin, place_end);
	tcase_add_test(c, lease_is_exclusive);
	tcase_add_test(c, arguments_take_passwords_from_everywhere);
	tcase_add_loop_test(c, refused, 0, (int)(sizeof refusals / sizeof *refusals));
	tcase_add_test(c, readable_passwords_are_remarked);
	suite_add_tcase(s, c);
	return s;
}
