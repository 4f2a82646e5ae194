#include "scene.h"
#include "base/text.h"
#include "driver/operations.h"
#include <check.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct event { /* something that is going to happen at a device */
	struct list_device *device;
	xmlDoc *doc; /* a stanza, or NULL: the stream ends */
	enum err_class class;
};

struct list_device {
	struct device base;
	char *jid;
	bool client; /* it is one under test: what comes for it passes the gateway, and what it is sent is told */
};

struct list_driver {
	struct driver base;
	struct vec events, devices;
	struct buf sent;
	bool loses_fences;
	int64_t archives_after, archived_at; /* 0: never */
	char *archived;                      /* the id of the last message */
	enum adapter_answer answer;          /* to each command */
};

static struct list_driver *list_of(const struct device *v)
{
	return (struct list_driver *)v->driver;
}

static void list_driver_free(struct driver *base)
{
	struct list_driver *d = (struct list_driver *)base;
	for (size_t i = 0; i < d->events.count; i++) {
		struct event *event = d->events.items[i];
		xmlFreeDoc(event->doc);
		free(event);
	}
	vec_release(&d->events);
	vec_release(&d->devices);
	buf_release(&d->sent);
	free(d->archived);
	free(d);
}

static void add_event(struct list_device *v, xmlDoc *doc, enum err_class class)
{
	struct event *event = memory_alloc(sizeof *event);
	*event = (struct event){ v, doc, class };
	vec_push(&list_of(&v->base)->events, event);
}

static void list_pump(struct driver *base, int64_t deadline)
{
	struct list_driver *d = (struct list_driver *)base;
	if (!d->events.count) {
		poll(NULL, 0, clock_poll_timeout(deadline));
		return;
	}
	struct event event = *(struct event *)d->events.items[0];
	free(d->events.items[0]);
	vec_remove(&d->events, 0);
	struct device *v = &event.device->base;
	struct err e;
	if (event.doc) {
		v->callbacks->received(v->context, event.doc, clock_now());
	} else if (event.class == ERR_NONE) {
		device_enter(v, DEVICE_CLOSED);
	} else {
		err_set(&e, event.class, v->config.label, "by the list");
		device_fail(v, &e);
	}
}

static int64_t list_idle(const struct driver *d)
{
	(void)d;
	return 0;
}

static struct device *list_device_new(struct driver *base)
{
	struct list_device *v = memory_alloc(sizeof *v);
	vec_push(&((struct list_driver *)base)->devices, v);
	return &v->base;
}

static void list_device_free(struct device *base)
{
	struct list_device *v = (struct list_device *)base;
	struct list_driver *d = list_of(base);
	for (size_t i = 0; i < d->devices.count; i++)
		if (d->devices.items[i] == v)
			vec_remove(&d->devices, i--);
	free(v->jid);
	free(v);
}

static void list_connect(struct device *base)
{
	struct list_device *v = (struct list_device *)base;
	free(v->jid);
	v->client = text_equal(base->config.label, "client");
	v->jid = memory_printf("%s@%s/%s", base->config.user, base->config.domain, base->config.resource);
	device_enter(base, DEVICE_ONLINE);
}

static void list_close(struct device *v)
{
	device_enter(v, DEVICE_CLOSED);
}

static void list_cut(struct device *v)
{
	(void)v;
}

/* What comes for a client shows itself at the gateway, where it may be kept back; a chat message is then shown by the client. */
static void pass(struct list_device *v, const xmlNode *element)
{
	xmlDoc *doc = xml_copy(element);
	const xmlNode *body = xml_child(element, "body", NS_CLIENT);
	if (v->base.callbacks->passes(v->base.context, false, xml_root(doc), clock_now())) {
		v->base.callbacks->sent(v->base.context, xml_root(doc), clock_now());
		buf_add_text(&list_of(&v->base)->sent, "passed ");
		xml_print(xml_root(doc), &list_of(&v->base)->sent);
		buf_add_char(&list_of(&v->base)->sent, '\n');
		AUTO_TEXT text = body ? xml_text(body) : NULL;
		AUTO_TEXT shown = memory_printf(
			"<message xmlns='urn:assay:client:0' from='juliet@example.org'>%s</message>", text ? text : "");
		if (text)
			add_event(v, xml_parse(shown, strlen(shown), NULL), ERR_NONE);
	}
	xmlFreeDoc(doc);
}

static void list_tell(struct device *v, const char *command)
{
	buf_printf(&list_of(v)->sent, "does %s\n", command);
}

static enum adapter_answer list_answer(const struct device *v)
{
	return list_of(v)->answer;
}

static const char *list_reason(const struct device *v)
{
	(void)v;
	return "the list says so";
}

static void list_release(struct device *v, const xmlNode *element)
{
	buf_add_text(&list_of(v)->sent, "released ");
	xml_print(element, &list_of(v)->sent);
	buf_add_char(&list_of(v)->sent, '\n');
}

static void list_break(struct device *v)
{
	buf_add_text(&list_of(v)->sent, "broken\n");
}

static void list_end(struct device *v)
{
	buf_add_text(&list_of(v)->sent, "ended\n");
}

static void list_lose(struct device *v)
{
	buf_add_text(&list_of(v)->sent, "loses\n");
}

static void list_fact(const struct device *v, const char *name, struct buf *out)
{
	if (((const struct list_device *)v)->client && text_equal(name, "client.online"))
		buf_add_text(out, "yes");
}

static void list_blame(struct device *v, const char *what)
{
	struct err e;
	err_set(&e, ERR_ENVIRONMENT, NULL, "%s", what);
	device_fail(v, &e);
}

/* The last page of one of an archive that takes its time. */
static void answer_query(struct list_device *v, const xmlNode *query)
{
	const struct list_driver *d = list_of(&v->base);
	if (!d->archived || clock_now() < d->archived_at)
		return;
	AUTO_TEXT result = memory_printf("<message><result xmlns='urn:xmpp:mam:2' queryid='%s'><forwarded><message "
					 "xmlns='jabber:client' id='%s'/></forwarded></result></message>",
		xml_attribute(query, "queryid"), d->archived);
	add_event(v, xml_parse(result, strlen(result), NULL), ERR_NONE);
}

/* Takes a fence where it is addressed to: a device, all devices of an account, or back as the answer to a ping. */
static void carry(struct device *from, const xmlNode *element)
{
	struct list_driver *d = list_of(from);
	const char *to = xml_attribute(element, "to");
	if (xml_is(element, "iq", NULL)) {
		const xmlNode *query = xml_child(element, "query", "urn:xmpp:mam:2");
		if (query)
			answer_query((struct list_device *)from, query);
		AUTO_TEXT answer = memory_printf("<iq type='result' id='%s'/>", xml_attribute(element, "id"));
		add_event((struct list_device *)from, xml_parse(answer, strlen(answer), NULL), ERR_NONE);
		return;
	}
	if (d->archives_after) {
		free(d->archived);
		d->archived = memory_copy_text(xml_attribute(element, "id"));
		d->archived_at = clock_now() + d->archives_after;
	}
	for (size_t i = 0; to && i < d->devices.count; i++) {
		struct list_device *v = d->devices.items[i];
		AUTO_TEXT bare = memory_printf("%s@%s", v->base.config.user, v->base.config.domain);
		if (!text_equal(v->jid, to) && strcmp(bare, to) != 0)
			continue;
		if (v->client)
			pass(v, element);
		else
			add_event(v, xml_copy(element), ERR_NONE);
	}
}

static void list_send(struct device *v, const xmlNode *element)
{
	struct list_driver *d = list_of(v);
	v->callbacks->sent(v->context, element, clock_now());
	xml_print(element, &d->sent);
	buf_add_char(&d->sent, '\n');
	const char *id = xml_attribute(element, "id");
	if (!d->loses_fences && id && text_starts(id, FENCE_MARK))
		carry(v, element);
}

static const char *list_jid(const struct device *v)
{
	return ((const struct list_device *)v)->jid;
}

static const struct driver_operations list_operations = { .name = "list",
	.driver_free = list_driver_free,
	.pump = list_pump,
	.idle = list_idle,
	.device_new = list_device_new,
	.device_free = list_device_free,
	.connect = list_connect,
	.close = list_close,
	.cut = list_cut,
	.send = list_send,
	.jid = list_jid,
	.tell = list_tell,
	.answer = list_answer,
	.reason = list_reason,
	.release = list_release,
	.breaks = list_break,
	.ends = list_end,
	.loses = list_lose,
	.fact = list_fact,
	.blame = list_blame };

struct scenario *scene_scenario(const char *text)
{
	struct err e;
	struct vec errors = VEC_INIT;
	char folder[] = "/tmp/assay-test-XXXXXX";
	xml_start();
	ck_assert_ptr_nonnull(mkdtemp(folder));
	AUTO_TEXT path = memory_printf("%s/one.scn", folder);
	ck_assert_int_eq(file_write(path, text, strlen(text), &e), 0);
	struct scenario *s = scenario_load(path, NULL, &errors);
	unlink(path);
	rmdir(folder);
	if (errors.count)
		ck_abort_msg(
			"%s: %s", ((struct err *)errors.items[0])->where, ((struct err *)errors.items[0])->message);
	vec_release(&errors);
	return s;
}

static void open_scene(struct scene *s, const char *text, int connects)
{
	static char domain[] = "example.org";
	*s = (struct scene){ .target = { .domain = domain, .port = 1, .name = domain } };
	s->systems[SYSTEM_TESTED] = (struct system){ NULL, &s->target, &s->features, NULL, NULL };
	s->scenario = scene_scenario(text);
	struct list_driver *d = memory_alloc(sizeof *d);
	d->base.operations = &list_operations;
	s->voice = (struct voice){
		.descriptor = memfd_create("journal", MFD_CLOEXEC), .begin = clock_now(), .label = "one"
	};
	s->stage = (struct stage){ .scenario = s->scenario,
		.systems = s->systems,
		.driver = &d->base,
		.voice = &s->voice,
		.token = "token",
		/* What is to come is there at once, but a machine may be busy. */
		.step_deadline = 20 * CLOCK_SECOND,
		.end = clock_now() + 60 * CLOCK_SECOND };
	struct scenario_account *accounts = memory_alloc(s->scenario->account_count * sizeof *accounts);
	for (size_t i = 0; i < s->scenario->account_count; i++) {
		accounts[i].target = &s->target;
		accounts[i].user = memory_copy_text(s->scenario->accounts[i].name);
		accounts[i].domain = memory_copy_text(domain);
		accounts[i].password = memory_copy_text("secret");
	}
	stage_open(&s->stage, accounts);
	for (int i = 0; i < connects; i++)
		ck_assert_int_eq(scene_step(s), OUTCOME_MET);
}

void scene_open(struct scene *s, const char *steps)
{
	AUTO_TEXT text = memory_printf("id test/one\nactor phone romeo/phone\nactor laptop romeo/laptop\n"
				       "actor juliet juliet/balcony\n---\nphone connects\nlaptop connects\n"
				       "juliet connects\n%s",
		steps);
	open_scene(s, text, 3);
}

void scene_open_client(struct scene *s, const char *steps)
{
	AUTO_TEXT text =
		memory_printf("id test/one\nactor client client romeo/phone\nactor juliet juliet/balcony\n---\n"
			      "client connects\njuliet connects\n%s",
			steps);
	open_scene(s, text, 2);
	scene_answers(s, ADAPTER_DONE);
}

void scene_answers(struct scene *s, enum adapter_answer answer)
{
	((struct list_driver *)s->stage.driver)->answer = answer;
}

static struct list_device *device_named(const struct scene *s, const char *actor)
{
	for (size_t i = 0; i < s->scenario->actor_count; i++)
		if (text_equal(s->scenario->actors[i].name, actor))
			return (struct list_device *)s->stage.players[i].device;
	ck_abort_msg("no actor %s", actor);
	return NULL;
}

void scene_comes(struct scene *s, const char *actor, const char *stanza)
{
	struct err e;
	xmlDoc *doc = xml_parse(stanza, strlen(stanza), &e);
	ck_assert_msg(doc != NULL, "%s: %s", stanza, e.message);
	add_event(device_named(s, actor), doc, ERR_NONE);
}

void scene_passes(struct scene *s, const char *stanza)
{
	struct err e;
	xmlDoc *doc = xml_parse(stanza, strlen(stanza), &e);
	ck_assert_msg(doc != NULL, "%s: %s", stanza, e.message);
	pass(device_named(s, "client"), xml_root(doc));
	xmlFreeDoc(doc);
}

void scene_ends(struct scene *s, const char *actor, enum err_class class)
{
	add_event(device_named(s, actor), NULL, class);
}

void scene_lose_fences(struct scene *s)
{
	((struct list_driver *)s->stage.driver)->loses_fences = true;
}

void scene_archives_after(struct scene *s, int64_t span)
{
	((struct list_driver *)s->stage.driver)->archives_after = span;
}

enum outcome scene_step(struct scene *s)
{
	ck_assert_uint_lt(s->played, s->scenario->step_count);
	finding_release(&s->finding);
	s->finding = (struct finding){ 0 };
	stage_refresh(&s->stage);
	return step_play(&s->stage, &s->scenario->steps[s->played++], &s->finding);
}

enum outcome scene_play(struct scene *s)
{
	enum outcome o = OUTCOME_MET;
	while (s->played < s->scenario->step_count && (o == OUTCOME_MET || o == OUTCOME_MET_WEAKLY))
		o = scene_step(s);
	return o;
}

const char *scene_sent(const struct scene *s)
{
	return buf_text(&((struct list_driver *)s->stage.driver)->sent);
}

char *scene_journal(const struct scene *s)
{
	struct buf out = BUF_INIT;
	char bytes[4096];
	ssize_t got;
	lseek(s->voice.descriptor, 0, SEEK_SET);
	while ((got = read(s->voice.descriptor, bytes, sizeof bytes)) > 0)
		buf_add(&out, bytes, (size_t)got);
	return buf_take(&out);
}

void scene_close(struct scene *s)
{
	struct scenario_account *accounts = s->stage.accounts;
	stage_close(&s->stage, CLOCK_SECOND);
	for (size_t i = 0; i < s->scenario->account_count; i++) {
		free(accounts[i].user);
		free(accounts[i].domain);
		free(accounts[i].password);
	}
	free(accounts);
	driver_free(s->stage.driver);
	finding_release(&s->finding);
	scenario_free(s->scenario);
	close(s->voice.descriptor);
}
