/* tests/run/scene.h: the steps of a scenario on a stage whose server is a list. The driver of this stage connects every
 * device at once, hands out what the test has written down, and carries fences; it is no server and knows no rule. */
#ifndef ASSAY_TESTS_SCENE_H
#define ASSAY_TESTS_SCENE_H
#include "run/steps.h"

struct scene {
	struct scenario *scenario;
	struct stage stage;
	struct target target;
	struct features features;
	struct system systems[SYSTEMS];
	struct voice voice;
	struct finding finding; /* of the last step */
	size_t played;          /* steps so far */
};
/* A scenario with the devices `phone` and `laptop` of romeo and `juliet` of another account, all of which connect, and the
 * steps (texts joined by the test). The domain is example.org. */
void scene_open(struct scene *s, const char *steps);
/* The same with `client`, a client under test of romeo's, and `juliet`. What comes for `client` (scene_comes) is what it sends or shows. */
void scene_open_client(struct scene *s, const char *steps);
/* How its adapter answers each command: ADAPTER_DONE at the beginning. */
void scene_answers(struct scene *s, enum adapter_answer answer);
/* The server sends `stanza` to it, through the gateway. */
void scene_passes(struct scene *s, const char *stanza);
/* `stanza` is to come at the device of that name; it comes before whatever is caused by steps played later. */
void scene_comes(struct scene *s, const char *actor, const char *stanza);
/* The stream of that device ends: cleanly (ERR_NONE), or with an error of that class. */
void scene_ends(struct scene *s, const char *actor, enum err_class class);
/* From now on no fence arrives. */
void scene_lose_fences(struct scene *s);
/* From now on a message is in the archive only `span` (ns) after it was sent. At the beginning the archive is empty, always. */
void scene_archives_after(struct scene *s, int64_t span);
/* Plays the next step, or all that are left until one is not met. */
enum outcome scene_step(struct scene *s);
enum outcome scene_play(struct scene *s);
/* What the devices have sent, one stanza a line. Borrowed. */
const char *scene_sent(const struct scene *s);
/* What was written to the journal. free(). */
char *scene_journal(const struct scene *s);
void scene_close(struct scene *s);
/* Loads a scenario from text by way of a file in a temporary folder; the test fails where it has a fault. */
struct scenario *scene_scenario(const char *text);
#endif
