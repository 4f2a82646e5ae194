#include "run/provision.h"
#include "base/clock.h"
#include "base/text.h"
#include "run/admin.h"
#include "run/talk.h"
#include "xml/redact.h"
#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static void random_text(char *out, size_t length)
{
	static const char letters[] = "abcdefghijkmnpqrstuvwxyz23456789"; /* 32 of them: no bias */
	unsigned char bytes[64];
	RAND_bytes(bytes, (int)length);
	for (size_t i = 0; i < length; i++)
		out[i] = letters[bytes[i] % 32];
	out[length] = 0;
}

void provision_token(char out[16])
{
	random_text(out, 10);
}

/* Runs the operator's program: COMMAND create|delete USER DOMAIN, the password on its standard input. */
static int run_command(
	const struct target *t, const char *verb, const struct scenario_account *a, int64_t deadline, struct err *e)
{
	int input[2];
	if (pipe2(input, O_CLOEXEC))
		return err_set(e, ERR_ENVIRONMENT, NULL, "no pipe: %s", strerror(errno));
	posix_spawn_file_actions_t actions;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, input[0], 0);
	posix_spawn_file_actions_adddup2(&actions, 2, 1);
	char *argv[] = { t->command, (char *)verb, a->user, a->domain, NULL };
	pid_t pid;
	int fault = posix_spawnp(&pid, t->command, &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	close(input[0]);
	if (fault) {
		close(input[1]);
		return err_set(e, ERR_ENVIRONMENT, t->command, "cannot be started: %s", strerror(fault));
	}
	dprintf(input[1], "%s\n", a->password);
	close(input[1]);
	/* The descriptor of the process becomes readable when it ends. */
	int descriptor = (int)syscall(434 /* pidfd_open */, pid, 0);
	struct pollfd wait = { .fd = descriptor, .events = POLLIN };
	int ready = descriptor < 0 ? 1 : poll(&wait, 1, clock_poll_timeout(deadline));
	if (descriptor >= 0)
		close(descriptor);
	if (ready == 0)
		kill(pid, SIGKILL);
	int status;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (ready == 0)
		return err_set(e, ERR_ENVIRONMENT, t->command, "did not end in time (%s %s)", verb, a->user);
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		return err_set(e, ERR_ENVIRONMENT, t->command, "failed with status %d (%s %s %s)",
			WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), verb, a->user, a->domain);
	return 0;
}

static int register_accounts(struct driver *driver, const struct target *t, struct scenario_account *accounts,
	size_t count, int64_t deadline, struct err *e)
{
	struct driver_account *wanted = memory_alloc((count + 1) * sizeof *wanted);
	size_t wanted_count = 0;
	for (size_t i = 0; i < count; i++)
		if (accounts[i].target == t)
			wanted[wanted_count++] = (struct driver_account){ accounts[i].user, accounts[i].password };
	const struct device_config config = { .label = "registration",
		.domain = t->domain,
		.host = t->host,
		.port = t->port,
		.direct_port = t->direct_port,
		.ca_file = t->ca_file,
		.verify = t->verify,
		.transport = target_own_transport(t) };
	int result = driver_register(driver, &config, wanted, wanted_count, deadline, e);
	free(wanted);
	return result;
}

/* Makes those of the accounts that are at this target. */
static int make_accounts(struct driver *driver, struct target *t, struct scenario_account *accounts, size_t count,
	int64_t deadline, struct err *e)
{
	switch (t->provisioning) {
	case PROVISION_FIXED:
		return 0;
	case PROVISION_REGISTER:
		if (register_accounts(driver, t, accounts, count, deadline, e))
			return -1;
		break;
	case PROVISION_ADMIN:
		if (admin_users(driver, t, true, accounts, count, deadline, e))
			return -1;
		break;
	case PROVISION_COMMAND:
		for (size_t i = 0; i < count; i++) {
			if (accounts[i].target != t)
				continue;
			if (run_command(t, "create", &accounts[i], deadline, e))
				return -1;
			accounts[i].made = true;
		}
		return 0;
	}
	for (size_t i = 0; i < count; i++)
		accounts[i].made |= accounts[i].target == t;
	return 0;
}

/* Whether account `i` is the first one at its target: what is done once for each target is done there. */
static bool is_first(const struct scenario_account *accounts, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (accounts[k].target == accounts[i].target)
			return false;
	return true;
}

int provision_make(struct driver *driver, const struct account_wish *wishes, size_t count, const char *token,
	int64_t deadline, struct scenario_account **accounts, struct err *e)
{
	struct err ignored;
	struct scenario_account *list = memory_alloc((count + 1) * sizeof *list);
	for (size_t i = 0; i < count; i++) {
		const struct account_wish *wish = &wishes[i];
		list[i].target = wish->target;
		list[i].domain = memory_copy_text(wish->target->domain);
		if (wish->target->provisioning == PROVISION_FIXED) {
			list[i].leased = wish->leased;
			list[i].user = memory_copy_text(wish->leased->user);
			list[i].password = memory_copy_text(wish->leased->password);
			continue;
		}
		char password[25];
		random_text(password, sizeof password - 1);
		list[i].user = memory_printf("%s-%s", wish->name, token);
		list[i].password = memory_copy_text(password);
		OPENSSL_cleanse(password, sizeof password);
		redact_secret(list[i].password, list[i].user);
	}
	for (size_t i = 0; i < count; i++) {
		if (!is_first(list, i) || make_accounts(driver, list[i].target, list, count, deadline, e) == 0)
			continue;
		err_context(e, "accounts could not be made");
		provision_remove(driver, list, count, deadline, &ignored); /* those elsewhere were */
		provision_release(list, count);
		return -1;
	}
	*accounts = list;
	return 0;
}

static int cancel_registration(struct driver *driver, const struct target *t, const struct scenario_account *a,
	int64_t deadline, struct err *e)
{
	struct talk k;
	int result = talk_begin(&k, driver, t, target_own_transport(t), a->user, a->password, deadline, e);
	if (result && e->class == ERR_REFUSED) {
		result = 0; /* the scenario itself has removed it */
	} else if (result == 0) {
		/* XEP-0077 section 3.2. The server may end the stream instead of answering: both mean that it is done. */
		const xmlNode *answer =
			talk_ask(&k, "<iq type='set'><query xmlns='jabber:iq:register'><remove/></query></iq>", e);
		const char *type = answer ? xml_attribute(answer, "type") : "result";
		if (strcmp(type, "error") == 0)
			result = err_set(e, ERR_REFUSED, t->domain, "the account %s could not be removed: %s", a->user,
				xml_error_condition(answer, NULL));
	}
	talk_end(&k);
	return result;
}

int provision_remove(
	struct driver *driver, struct scenario_account *accounts, size_t count, int64_t deadline, struct err *e)
{
	int result = 0;
	for (size_t i = 0; i < count; i++) {
		struct target *t = accounts[i].target;
		if (t->fixture || !t->allow_delete || !accounts[i].made)
			continue;
		if (t->provisioning == PROVISION_COMMAND)
			result |= run_command(t, "delete", &accounts[i], deadline, e);
		else if (t->provisioning == PROVISION_REGISTER)
			result |= cancel_registration(driver, t, &accounts[i], deadline, e);
		else if (is_first(accounts, i))
			result |= admin_users(driver, t, false, accounts, count, deadline, e);
	}
	return result;
}

/* Whether the address is one of those that scenarios lease at this target. */
static bool is_leased_at(const struct target *t, const char *jid)
{
	for (size_t i = 0; i < t->accounts.count; i++) {
		const struct target_account *a = t->accounts.items[i];
		AUTO_TEXT bare = memory_printf("%s@%s", a->user, t->domain);
		if (strcasecmp(bare, jid) == 0)
			return true;
	}
	return false;
}

struct pool {
	const struct scenario_account *accounts; /* those of the scenario, made or leased */
	size_t count;
};

static bool in_pool(const struct pool *pool, const char *jid)
{
	for (size_t i = 0; i < pool->count; i++) {
		AUTO_TEXT bare = memory_printf("%s@%s", pool->accounts[i].user, pool->accounts[i].domain);
		if (strcasecmp(bare, jid) == 0 || is_leased_at(pool->accounts[i].target, jid))
			return true;
	}
	return false;
}

/* Removes every item of a list (roster, block list) that names an account of the pool. */
static int clear_list(struct talk *k, const struct pool *pool, const char *get, const char *element, const char *ns,
	const char *set_format, struct err *e)
{
	const xmlNode *answer = talk_ask(k, get, e);
	if (!answer)
		return -1;
	const xmlNode *list = xml_child(answer, element, ns);
	for (const xmlNode *item = list ? xml_child(list, "item", ns) : NULL; item; item = xml_next(item, "item", ns)) {
		const char *jid = xml_attribute(item, "jid");
		if (!jid || !in_pool(pool, jid))
			continue;
		BUF_AUTO escaped = BUF_INIT, request = BUF_INIT;
		xml_escape(jid, &escaped);
		const char *hole = strstr(set_format, "JID");
		buf_add(&request, set_format, (size_t)(hole - set_format));
		buf_add_text(&request, buf_text(&escaped));
		buf_add_text(&request, hole + 3);
		if (!talk_ask(k, buf_text(&request), e))
			return -1;
	}
	return 0;
}

int provision_restore(
	struct driver *driver, struct scenario_account *accounts, size_t count, int64_t deadline, struct err *e)
{
	const struct pool pool = { accounts, count };
	for (size_t i = 0; i < count; i++) {
		if (!accounts[i].leased)
			continue;
		struct talk k;
		const struct target *t = accounts[i].target;
		int result = talk_begin(
			&k, driver, t, target_own_transport(t), accounts[i].user, accounts[i].password, deadline, e);
		if (result == 0)
			result = clear_list(&k, &pool, "<iq type='get'><query xmlns='jabber:iq:roster'/></iq>", "query",
				"jabber:iq:roster",
				"<iq type='set'><query xmlns='jabber:iq:roster'>"
				"<item jid='JID' subscription='remove'/></query></iq>",
				e);
		if (result == 0)
			result = clear_list(&k, &pool, "<iq type='get'><blocklist xmlns='urn:xmpp:blocking'/></iq>",
				"blocklist", "urn:xmpp:blocking",
				"<iq type='set'><unblock xmlns='urn:xmpp:blocking'><item jid='JID'/></unblock></iq>",
				e);
		talk_end(&k);
		if (result)
			return -1;
	}
	return 0;
}

void provision_release(struct scenario_account *accounts, size_t count)
{
	for (size_t i = 0; accounts && i < count; i++) {
		free(accounts[i].user);
		free(accounts[i].domain);
		if (accounts[i].password)
			OPENSSL_cleanse(accounts[i].password, strlen(accounts[i].password));
		free(accounts[i].password);
	}
	free(accounts);
}
