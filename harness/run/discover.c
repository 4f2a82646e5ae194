/* What the server offers, asked once a run: service discovery (XEP-0030) of the domain, of an account and of each
 * service, stream features, SASL mechanisms, version (XEP-0092) and the time (XEP-0202). */
#include "base/clock.h"
#include "base/text.h"
#include "run/provision.h"
#include "run/run.h"
#include "run/talk.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define DISCOVERY_LIMIT  (30 * CLOCK_SECOND)
#define QUESTION_LIMIT   (8 * CLOCK_SECOND)
#define SERVICES_AT_MOST 32

/* Asks one thing. A server that leaves it unanswered is wrong, but can be tested for all that: then NULL with ERR_NONE, and
 * the fact "unanswered" names what it was. */
static const xmlNode *ask(struct talk *k, struct features *f, const char *what, const char *iq, struct err *e)
{
	int64_t end = k->deadline, limit = clock_now() + QUESTION_LIMIT;
	k->deadline = limit < end ? limit : end;
	const xmlNode *answer = talk_ask(k, iq, e);
	bool late = clock_now() >= k->deadline;
	k->deadline = end;
	if (answer || !late || clock_now() >= end || device_state(k->device) != DEVICE_ONLINE)
		return answer;
	const char *before = map_get(&f->facts, "unanswered");
	AUTO_TEXT all = memory_printf("%s%s%s", before ? before : "", before ? " " : "", what);
	map_set(&f->facts, "unanswered", all);
	e->class = ERR_NONE;
	return NULL;
}

static const xmlNode *ask_info(struct talk *k, struct features *f, const char *to, struct err *e)
{
	BUF_AUTO iq = BUF_INIT;
	buf_add_text(&iq, "<iq type='get' to='");
	xml_escape(to, &iq);
	buf_add_text(&iq, "'><query xmlns='" NS_DISCO_INFO "'/></iq>");
	return ask(k, f, to, iq.data, e);
}

static int ask_services(struct talk *k, const struct target *t, struct features *f, struct err *e)
{
	BUF_AUTO iq = BUF_INIT;
	buf_printf(&iq, "<iq type='get' to='%s'><query xmlns='" NS_DISCO_ITEMS "'/></iq>", t->domain);
	const xmlNode *items = ask(k, f, NS_DISCO_ITEMS, iq.data, e);
	if (!items)
		return e->class == ERR_NONE ? 0 : -1;
	const xmlNode *query = xml_child(items, "query", NS_DISCO_ITEMS);
	unsigned asked = 0;
	for (const xmlNode *item = query ? xml_child(query, "item", NS_DISCO_ITEMS) : NULL;
		item && asked < SERVICES_AT_MOST; item = xml_next(item, "item", NS_DISCO_ITEMS)) {
		const char *jid = xml_attribute(item, "jid");
		if (!jid || xml_attribute(item, "node"))
			continue;
		const xmlNode *info = ask_info(k, f, jid, e);
		if (!info && e->class != ERR_NONE)
			return -1;
		if (info && text_equal(xml_attribute(info, "type"), "result"))
			features_add_service(f, jid, info);
		asked++;
	}
	return 0;
}

static int ask_version(struct talk *k, const struct target *t, struct features *f, struct err *e)
{
	BUF_AUTO iq = BUF_INIT;
	buf_printf(&iq, "<iq type='get' to='%s'><query xmlns='jabber:iq:version'/></iq>", t->domain);
	const xmlNode *answer = ask(k, f, "jabber:iq:version", iq.data, e);
	if (!answer)
		return e->class == ERR_NONE ? 0 : -1;
	const xmlNode *query = xml_child(answer, "query", "jabber:iq:version");
	static const char *const parts[] = { "name", "version" };
	for (size_t i = 0; query && i < sizeof parts / sizeof *parts; i++) {
		const xmlNode *part = xml_child(query, parts[i], NULL);
		AUTO_TEXT text = part ? xml_text(part) : NULL;
		AUTO_TEXT key = memory_printf("version.%s", parts[i]);
		if (text)
			map_set(&f->facts, key, text);
	}
	return 0;
}

/* By how much the server's clock is ahead of this machine's, in whole seconds: what marks a time by one is compared by it with the other. */
static int ask_time(struct talk *k, const struct target *t, struct features *f, struct err *e)
{
	BUF_AUTO iq = BUF_INIT;
	int64_t told, ours;
	char stamp[CLOCK_STAMP_SIZE];
	if (!features_has(&f->server_features, "urn:xmpp:time"))
		return 0;
	buf_printf(&iq, "<iq type='get' to='%s'><time xmlns='urn:xmpp:time'/></iq>", t->domain);
	const xmlNode *answer = ask(k, f, "urn:xmpp:time", iq.data, e);
	if (!answer)
		return e->class == ERR_NONE ? 0 : -1;
	const xmlNode *utc = xml_find(answer, "utc", "urn:xmpp:time");
	AUTO_TEXT text = utc ? xml_text(utc) : NULL;
	clock_stamp(stamp);
	if (clock_read_stamp(text, &told) || clock_read_stamp(stamp, &ours))
		return 0;
	AUTO_TEXT ahead = memory_printf("%lld", (long long)(told - ours));
	map_set(&f->facts, "time.ahead", ahead);
	return 0;
}

/* The words of a fact, each once, as copies into the list. */
static void note_words(struct talk *k, const char *fact, struct vec *list)
{
	BUF_AUTO text = BUF_INIT;
	struct arena a = ARENA_INIT;
	struct vec words = VEC_INIT;
	device_fact(k->device, fact, &text);
	text_words(&a, buf_text(&text), &words);
	for (size_t i = 0; i < words.count; i++)
		if (!features_has(list, words.items[i]))
			vec_push(list, memory_copy_text(words.items[i]));
	vec_release(&words);
	arena_release(&a);
}

static void note_stream(struct talk *k, struct features *f)
{
	static const char *const facts[] = { "tls.version", "tls.cipher", "sasl.mechanism" };
	for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
		BUF_AUTO value = BUF_INIT;
		device_fact(k->device, facts[i], &value);
		if (value.len)
			map_set(&f->facts, facts[i], value.data);
	}
	note_words(k, "sasl.mechanisms", &f->mechanisms);
	note_words(k, "stream.features", &f->stream_features);
}

static int converse(
	struct talk *k, const struct target *t, const struct scenario_account *a, struct features *f, struct err *e)
{
	note_stream(k, f);
	const xmlNode *info = ask_info(k, f, t->domain, e);
	if (!info)
		return e->class == ERR_NONE
			? err_set(e, ERR_CONNECTION, t->domain, "the server does not say what it offers (XEP-0030)")
			: -1;
	features_add_info(f, DISCO_SERVER, info);
	AUTO_TEXT bare = memory_printf("%s@%s", a->user, a->domain);
	info = ask_info(k, f, bare, e);
	if (!info && e->class != ERR_NONE)
		return -1;
	if (info)
		features_add_info(f, DISCO_ACCOUNT, info);
	if (ask_services(k, t, f, e))
		return -1;
	return ask_version(k, t, f, e) || ask_time(k, t, f, e) ? -1 : 0;
}

static int discover(struct target *t, struct target_account *leased, struct features *features, struct err *e)
{
	struct driver *driver = driver_new("native", e); /* the one that sees what is offered before authentication */
	if (!driver)
		return -1;
	const struct account_wish wish = { "discovery", t, leased };
	char token[16];
	struct scenario_account *account;
	struct err ignored;
	int64_t deadline = clock_now() + DISCOVERY_LIMIT;
	provision_token(token);
	int result = provision_make(driver, &wish, 1, token, deadline, &account, e);
	if (result == 0) {
		struct talk k;
		result = talk_begin(&k, driver, t, t->transport, account->user, account->password, deadline, e);
		if (result == 0)
			result = converse(&k, t, account, features, e);
		talk_end(&k);
		provision_remove(driver, account, 1, deadline, result ? &ignored : e);
		provision_release(account, 1);
	}
	driver_free(driver);
	return result;
}

/* ---- in a process of its own: the parent never speaks to the network ---- */

static void discover_in_child(struct target *t, struct target_account *leased, int descriptor)
{
	struct err e = { .class = ERR_NONE };
	struct features f = { 0 };
	BUF_AUTO text = BUF_INIT;
	if (discover(t, leased, &f, &e))
		buf_printf(&text, "-%s\n%s\n%s", err_class_name(e.class), e.where, e.message);
	else {
		buf_add_char(&text, '+');
		features_print(&f, &text);
	}
	const char *at = buf_text(&text);
	for (size_t left = text.len; left;) {
		ssize_t wrote = write(descriptor, at, left);
		if (wrote <= 0)
			break;
		at += wrote;
		left -= (size_t)wrote;
	}
}

static int take_discovery(struct buf *text, struct features *f, struct err *e)
{
	if (text->len && text->data[0] == '+')
		return features_parse(f, text->data + 1, e);
	if (!text->len || text->data[0] != '-')
		return err_set(e, ERR_INTERNAL, NULL, "discovery ended without a word");
	char *class = text->data + 1, *where = strchr(class, '\n');
	char *message = where ? strchr(where + 1, '\n') : NULL;
	if (!message)
		return err_set(e, ERR_INTERNAL, NULL, "discovery ended in the middle of a word");
	*where++ = *message++ = 0;
	return err_set(e, err_class_from_name(class), *where ? where : NULL, "%s", message);
}

int run_discover(struct target *target, struct features *features, struct err *e)
{
	int out[2];
	struct target_account *leased = NULL;
	if (target->provisioning == PROVISION_FIXED) {
		leased = target_lease(target, NULL);
		if (!leased)
			return err_set(e, ERR_USAGE, target->name,
				"has no account: name one with --account or in a target file");
	}
	if (pipe2(out, O_CLOEXEC))
		return err_set(e, ERR_ENVIRONMENT, NULL, "no pipe: %s", strerror(errno));
	fflush(NULL);
	pid_t pid = fork();
	if (pid == 0) {
		close(out[0]);
		discover_in_child(target, leased, out[1]);
		_exit(0);
	}
	close(out[1]);
	BUF_AUTO text = BUF_INIT;
	char bytes[4096];
	ssize_t got;
	while (pid > 0 && ((got = read(out[0], bytes, sizeof bytes)) > 0 || (got < 0 && errno == EINTR)))
		if (got > 0)
			buf_add(&text, bytes, (size_t)got);
	close(out[0]);
	if (leased)
		target_return(target, leased);
	if (pid < 0)
		return err_set(e, ERR_ENVIRONMENT, NULL, "no process can be started: %s", strerror(errno));
	int status;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return take_discovery(&text, features, e);
}
