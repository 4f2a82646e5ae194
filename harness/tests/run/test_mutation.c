/* Mutations: each one that is planned strikes once, and the step aimed at is not met any more. */
#include "scene.h"
#include <check.h>
#include <stdlib.h>
#include <string.h>

#define SHORTLY (120 * CLOCK_MILLISECOND)

struct sample {
	const char *steps;    /* the check is the last one */
	const char *comes[4]; /* at the phone */
	size_t mutations;
};

static const struct sample samples[] = {
	/* dropped, twice, astray, the element, and two for the attribute */
	{ "phone gets once must RFC6120#x until fence iq\n\t<message id='1'/>\n", { "<message id='1'/>" }, 6 },
	{ "phone gets once must RFC6120#x\n\t<message id='1'/>\n\t<message id='2'/>\n",
		{ "<message id='1'/>", "<message id='2'/>" }, 13 },
	{ "phone gets together once must RFC6120#x\n\t<message id='1'/>\n\t<message id='2'/>\n",
		{ "<message id='2'/>", "<message id='1'/>" }, 12 },
	{ "phone gets next once must RFC6120#x\n\t<message id='1'/>\n", { "<message id='1'/>", "<message id='2'/>" },
		6 },
	{ "phone asks\n\t<iq type='get' id='7'/>\nphone is answered must RFC6120#x\n\t<iq type='result'/>\n",
		{ "<iq type='result' id='7'/>" }, 8 },
	{ "phone never must RFC6120#x until fence iq\n\t<message id='1'/>\n\t<presence/>\n", { "<message id='2'/>" },
		2 },
	{ "phone gets\n\t<message/>\nphone got must RFC6120#x\n\t@id = '1'\n\tc:body\n",
		{ "<message id='1'><body>x</body></message>" }, 2 },
	{ "phone gets\n\t<message id='{bind:x}'/>\nphone got must RFC6120#x\n\tstring-length(\"${x}\") = 1\n",
		{ "<message id='1'/>" }, 1 },
	{ "let a 1\nlet b 1\nsame ${a} ${b} must RFC6120#x\n", { NULL }, 2 },
	{ "let a 1\nlet b 2\ndiffer ${a} ${b} must RFC6120#x\n", { NULL }, 2 },
};

static void lay_out(struct scene *s, const struct sample *sample)
{
	scene_open(s, sample->steps);
	s->stage.step_deadline = SHORTLY;
	for (size_t i = 0; sample->comes[i]; i++)
		scene_comes(s, "phone", sample->comes[i]);
}

static void plan(const struct scenario *scenario, struct vec *mutations)
{
	const bool wanted[] = { true };
	mutation_plan(scenario, wanted, mutations);
}

static void release(struct vec *mutations)
{
	for (size_t i = 0; i < mutations->count; i++)
		free(mutations->items[i]);
	vec_release(mutations);
}

START_TEST(every_mutation_is_noticed)
{
	const struct sample *sample = &samples[_i];
	for (size_t i = 0; i < sample->mutations; i++) {
		struct scene s;
		struct vec mutations = VEC_INIT;
		BUF_AUTO name = BUF_INIT;
		lay_out(&s, sample);
		plan(s.scenario, &mutations);
		ck_assert_msg(
			mutations.count == sample->mutations, "%s: %zu mutations", sample->steps, mutations.count);
		s.stage.strike.mutation = mutations.items[i];
		mutation_name(mutations.items[i], &name);
		enum outcome o = scene_play(&s);
		const struct step *step = &s.scenario->steps[s.played - 1];
		if (o == OUTCOME_MET && (step->once || step->kind == STEP_ANSWERED)) {
			ck_assert(expect_quiet(&s.stage, stage_player(&s.stage, step->actor)));
			if (expect_repeated(&s.stage, step, &s.finding))
				o = OUTCOME_NOT_MET;
		}
		ck_assert_msg(
			s.stage.strike.state == STRIKE_LANDED, "%s: %s: did not land", sample->steps, buf_text(&name));
		ck_assert_msg(o == OUTCOME_NOT_MET, "%s: %s: outcome %d", sample->steps, buf_text(&name), (int)o);
		ck_assert_ptr_eq(step, s.stage.strike.mutation->step);
		AUTO_TEXT journal = scene_journal(&s);
		ck_assert_ptr_nonnull(strstr(journal, "mutation: "));
		scene_close(&s);
		release(&mutations);
	}
}
END_TEST

START_TEST(without_a_mutation_all_is_met)
{
	struct scene s;
	lay_out(&s, &samples[_i]);
	ck_assert_int_eq(scene_play(&s), OUTCOME_MET);
	ck_assert_uint_eq(s.played, s.scenario->step_count);
	scene_close(&s);
}
END_TEST

/* A check that looks at too little is found out. */
START_TEST(a_weak_check_survives)
{
	struct scene s;
	struct vec mutations = VEC_INIT;
	scene_open(&s, "phone gets must RFC6120#x\n\t<message/>\n");
	s.stage.step_deadline = SHORTLY;
	scene_comes(&s, "phone", "<message id='1'/>");
	scene_comes(&s, "phone", "<message id='2'/>");
	plan(s.scenario, &mutations);
	s.stage.strike.mutation = mutations.items[0];
	ck_assert_int_eq(s.stage.strike.mutation->kind, MUTATION_DROPPED);
	ck_assert_int_eq(scene_play(&s), OUTCOME_MET);
	ck_assert_int_eq(s.stage.strike.state, STRIKE_LANDED);
	scene_close(&s);
	release(&mutations);
}
END_TEST

/* An alternative that the server did not use is not struck. */
START_TEST(an_alternative_that_is_not_used)
{
	struct scene s;
	struct vec mutations = VEC_INIT;
	scene_open(&s, "phone gets either must RFC6120#x\n\t<message id='1'/>\n\t<message id='2'/>\n");
	scene_comes(&s, "phone", "<message id='1'/>");
	plan(s.scenario, &mutations);
	s.stage.strike.mutation = mutations.items[mutations.count - 1];
	ck_assert_int_eq(scene_play(&s), OUTCOME_MET);
	ck_assert_int_eq(s.stage.strike.state, STRIKE_WAITS);
	scene_close(&s);
	release(&mutations);
}
END_TEST

/* What the struck stanza would have bound stays unknown. */
START_TEST(values_are_put_back)
{
	struct scene s;
	struct vec mutations = VEC_INIT;
	scene_open(&s, "phone gets must RFC6120#x until fence iq\n\t<message id='{bind:x}'/>\n");
	scene_comes(&s, "phone", "<message id='1'/>");
	plan(s.scenario, &mutations);
	s.stage.strike.mutation = mutations.items[0];
	ck_assert_int_eq(scene_play(&s), OUTCOME_NOT_MET);
	ck_assert_ptr_null(map_get(&s.stage.variables, "x"));
	scene_close(&s);
	release(&mutations);
}
END_TEST

Suite *suite_mutation(void)
{
	Suite *s = suite_create("mutation");
	TCase *c = tcase_create("all");
	tcase_add_unchecked_fixture(c, xml_start, NULL);
	tcase_set_timeout(c, 60);
	tcase_add_loop_test(c, every_mutation_is_noticed, 0, (int)(sizeof samples / sizeof *samples));
	tcase_add_loop_test(c, without_a_mutation_all_is_met, 0, (int)(sizeof samples / sizeof *samples));
	tcase_add_test(c, a_weak_check_survives);
	tcase_add_test(c, an_alternative_that_is_not_used);
	tcase_add_test(c, values_are_put_back);
	suite_add_tcase(s, c);
	return s;
}
