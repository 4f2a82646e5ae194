/* Which scenarios apply to a target, each kind of need met, unmet and turned round. */
#include "base/text.h"
#include "driver/driver.h"
#include "run/plan.h"
#include "scene.h"
#include <check.h>
#include <string.h>

static char server_feature[] = "urn:xmpp:carbons:2", account_feature[] = "urn:xmpp:mam:2", stream[] = "urn:xmpp:sm:3",
	    mechanism[] = "SCRAM-SHA-1", claim[] = "federation", room_feature[] = "muc_persistent",
	    address[] = "rooms.test", muc[] = "muc";
static struct service rooms = { .address = address, .kind = muc };
static struct target target, elsewhere;
static struct features features, nothing;
static struct system systems[SYSTEMS];

static void set_up(void)
{
	target = (struct target){ .allow_delete = true, .provisioning = PROVISION_REGISTER };
	features = nothing = (struct features){ 0 };
	elsewhere = (struct target){ .provisioning = PROVISION_REGISTER };
	systems[SYSTEM_TESTED] = (struct system){ NULL, &target, &features, NULL, NULL };
	systems[SYSTEM_PEER] = (struct system){ NULL, NULL, &nothing, NULL, NULL };
	rooms.features = (struct vec)VEC_INIT;
	vec_push(&features.server_features, server_feature);
	vec_push(&features.account_features, account_feature);
	vec_push(&features.stream_features, stream);
	vec_push(&features.mechanisms, mechanism);
	vec_push(&features.services, &rooms);
	vec_push(&rooms.features, room_feature);
	vec_push(&target.claims, claim);
}

static void tear_down(void)
{
	vec_release(&features.server_features);
	vec_release(&features.account_features);
	vec_release(&features.stream_features);
	vec_release(&features.mechanisms);
	vec_release(&features.services);
	vec_release(&rooms.features);
	vec_release(&target.claims);
}

static const struct {
	const char *needs;
	const char *reason; /* NULL: it applies */
} examples[] = {
	{ "server urn:xmpp:carbons:2", NULL },
	{ "server urn:xmpp:carbons:1", "the server does not advertise urn:xmpp:carbons:1" },
	{ "server urn:xmpp:mam:2", "the server does not advertise urn:xmpp:mam:2" },
	{ "no server urn:xmpp:carbons:1", NULL },
	{ "no server urn:xmpp:carbons:2", "the server does advertise urn:xmpp:carbons:2" },
	{ "account urn:xmpp:mam:2", NULL },
	{ "account urn:xmpp:carbons:2", "the account does not advertise urn:xmpp:carbons:2" },
	{ "no account urn:xmpp:mam:2", "the account does advertise urn:xmpp:mam:2" }, { "stream urn:xmpp:sm:3", NULL },
	{ "stream urn:xmpp:sm:2", "the stream does not offer urn:xmpp:sm:2" },
	{ "no stream urn:xmpp:sm:3", "the stream does offer urn:xmpp:sm:3" }, { "service muc", NULL },
	{ "service muc muc_persistent", NULL },
	{ "service muc muc_hidden", "a service of the kind muc with muc_hidden was not found" },
	{ "service upload", "a service of the kind upload was not found" },
	{ "no service muc", "a service of the kind muc was found" }, { "no service upload", NULL },
	{ "allow delete", NULL }, { "allow register", "the target file does not allow to register" },
	{ "allow flood", "the target file does not allow to flood" },
	{ "no allow delete", "the target file does allow to delete" }, { "driver sm", NULL },
	{ "driver cut", "the driver native cannot do this: cut" },
	{ "no driver sm", "the driver native can do this: sm" }, { "claim federation", NULL },
	{ "claim archive", "the target does not claim archive" },
	{ "no claim federation", "the target does claim federation" }, { "mechanism SCRAM-SHA-1", NULL },
	{ "mechanism SCRAM-SHA-1-PLUS", "the server does not offer the mechanism SCRAM-SHA-1-PLUS" },
	{ "no mechanism SCRAM-SHA-1", "the server does offer the mechanism SCRAM-SHA-1" },
	{ "component", "the target file has no section [component]: the secret of a component is its operator's" },
	{ "no component", NULL },
	{ "server urn:xmpp:carbons:2\nneeds server urn:b\nneeds server urn:c",
		"the server does not advertise urn:b" }, /* the first that is not met */
};

static void judge(const char *header, const char *expected)
{
	char reason[256] = "";
	AUTO_TEXT text = memory_printf("id test/one\n%s\n---\na connects\n", header);
	struct scenario *s = scene_scenario(text);
	bool applies = plan_applies(s, systems, DRIVER_SM, "native", reason, sizeof reason);
	ck_assert_msg(applies == !expected, "%s: '%s'", header, reason);
	ck_assert_str_eq(reason, expected ? expected : "");
	scenario_free(s);
}

START_TEST(need)
{
	AUTO_TEXT header = memory_printf("actor a a/b\nneeds %s", examples[_i].needs);
	judge(header, examples[_i].reason);
}
END_TEST

/* Whatever the target file says: the accounts of a list are somebody's. */
START_TEST(listed_accounts_are_never_removed)
{
	target.provisioning = PROVISION_FIXED;
	judge("actor a a/b\nneeds allow delete", "the target file does not allow to delete");
}
END_TEST

START_TEST(a_component)
{
	struct target_component bridge = { 0 };
	struct need with = { .kind = NEED_COMPONENT, .value = "" }, without = with;
	struct scenario s = { .needs = &with, .need_count = 1 };
	char reason[200];
	target.component = &bridge;
	ck_assert(plan_applies(&s, systems, 0, "native", reason, sizeof reason));
	without.absent = true;
	s.needs = &without;
	ck_assert(!plan_applies(&s, systems, 0, "native", reason, sizeof reason));
	ck_assert_ptr_nonnull(strstr(reason, "has a section [component]"));
}
END_TEST

START_TEST(second_target)
{
	static const char missing[] = "it needs a second target, 'peer', and this run has one";
	judge("actor a a/b\nactor c c/d at peer", missing);
	judge("actor a a/b\nneeds peer peer", missing);
	judge("actor a a/b\nneeds server urn:xmpp:carbons:2 at peer", missing);
	judge("actor a a/b\nneeds no peer peer", NULL);
	systems[SYSTEM_PEER].name = "other";
	systems[SYSTEM_PEER].target = &elsewhere;
	judge("actor a a/b\nactor c c/d at peer", "it needs a second target, 'peer', and that of this run is 'other'");
	judge("actor a a/b\nactor c c/d at other", NULL);
	judge("actor a a/b\nneeds no peer other", "it is for runs without a second target 'other'");
}
END_TEST

/* What is asked of the second target is not answered by what the first one offers, nor the other way round. */
START_TEST(needs_of_the_second_target)
{
	systems[SYSTEM_PEER].name = "peer";
	systems[SYSTEM_PEER].target = &elsewhere;
	judge("actor a a/b\nneeds server urn:xmpp:carbons:2", NULL);
	judge("actor a a/b\nneeds server urn:xmpp:carbons:2 at peer",
		"the server of the second target does not advertise urn:xmpp:carbons:2");
	judge("actor a a/b\nneeds service muc muc_persistent at peer",
		"a service of the second target of the kind muc with muc_persistent was not found");
	judge("actor a a/b\nneeds allow delete at peer",
		"the target file of the second target does not allow to delete");
	systems[SYSTEM_PEER].features = &features;
	judge("actor a a/b\nneeds server urn:xmpp:carbons:2 at peer", NULL);
	judge("actor a a/b\nneeds service muc muc_persistent at peer", NULL);
}
END_TEST

START_TEST(advertised)
{
	ck_assert(plan_advertised(&features, "urn:xmpp:carbons:2") && plan_advertised(&features, "urn:xmpp:mam:2"));
	ck_assert(plan_advertised(&features, "urn:xmpp:sm:3") && !plan_advertised(&features, "SCRAM-SHA-1"));
}
END_TEST

START_TEST(accounts_enough)
{
	char reason[128] = "";
	struct account_reference accounts[2] = { { .name = "a" }, { .name = "b" } };
	struct scenario s = { .accounts = accounts, .account_count = 2 };
	struct target_account one = { 0 };
	target.provisioning = PROVISION_FIXED;
	vec_push(&target.accounts, &one);
	ck_assert(!plan_has_accounts(&s, systems, reason, sizeof reason));
	ck_assert_str_eq(reason, "it needs 2 accounts at once, and the target has 1");
	s.account_count = 1;
	ck_assert(plan_has_accounts(&s, systems, reason, sizeof reason));
	s.account_count = 2;
	systems[SYSTEM_PEER].target = &elsewhere;
	accounts[1].peer = "peer";
	ck_assert(plan_has_accounts(&s, systems, reason, sizeof reason));
	elsewhere.provisioning = PROVISION_FIXED;
	ck_assert(!plan_has_accounts(&s, systems, reason, sizeof reason));
	ck_assert_str_eq(reason, "it needs 1 accounts at once, and the second target has 0");
	accounts[1].peer = NULL;
	target.provisioning = PROVISION_REGISTER;
	ck_assert(plan_has_accounts(&s, systems, reason, sizeof reason));
	vec_release(&target.accounts);
}
END_TEST

Suite *suite_plan(void)
{
	Suite *s = suite_create("plan");
	TCase *c = tcase_create("all");
	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_add_loop_test(c, need, 0, (int)(sizeof examples / sizeof *examples));
	tcase_add_test(c, accounts_enough);
	tcase_add_test(c, listed_accounts_are_never_removed);
	tcase_add_test(c, a_component);
	tcase_add_test(c, second_target);
	tcase_add_test(c, needs_of_the_second_target);
	tcase_add_test(c, advertised);
	suite_add_tcase(s, c);
	return s;
}
