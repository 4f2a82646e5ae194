/* The manual of the language, from the tables that define it. */
#include "script/verbs.h"

static void table(struct buf *out, const char *left, const char *right, const struct entry *rows)
{
	buf_printf(out, "| %s | %s |\n|---|---|\n", left, right);
	for (; rows->syntax; rows++) {
		buf_add_text(out, "| `");
		for (const char *at = rows->syntax; *at; at++)
			buf_printf(out, *at == '|' ? "\\|" : "%c", *at);
		buf_printf(out, "` | %s |\n", rows->about);
	}
	buf_add_char(out, '\n');
}

void language_manual(struct buf *out)
{
	buf_add_text(out,
		"# The scenario language\n\n"
		"Printed by `assay language`, from the tables that the parser uses.\n\n"
		"A scenario is a text file, `suites/SUITE/SCENARIO.scn`: a header, a line `---`, and steps. A line at the first column\n"
		"is a key of the header or a step; an indented block below a step belongs to it; a line whose first character is `#` is a\n"
		"comment. A file is read and checked whole before anything connects. Includes (`.inc`) lie in `suites/common/`.\n\n"
		"What fails before the first check leaves the checks `inconclusive`, and so does a step that is no check and fails later:\n"
		"the checks after it are `inconclusive`. A check that fails does not end the scenario. What comes after `finally` always\n"
		"runs.\n\n## Header\n\n");
	table(out, "line", "meaning", header_keys);
	buf_add_text(out,
		"## Steps\n\n`A` is an actor. `CHECK` stands for the options of a check, see below; options may come in any "
		"order.\n\n");
	for (const struct verb *v = verbs; v->words; v++)
		buf_printf(out, "### %s\n\n`%s`\n\n%s\n\n```\n%s\n```\n\n", v->words, v->syntax, v->about, v->example);
	buf_add_text(out, "## Checks and other options\n\n");
	table(out, "option", "meaning", option_table);
	buf_add_text(out,
		"## Fences\n\nA fence is something harmless that is sent when the step is reached, down the same route as what\n"
		"is looked for: whatever the trigger caused arrives before it. It proves nothing before the trigger was processed, and\n"
		"nothing on another route. Fences are taken out of every inbox.\n\n");
	table(out, "after `until`", "meaning", fence_table);
	buf_add_text(out,
		"## Lies\n\nOf `C is not deceived by`. Each is told from when the client comes until it is decided whether it falls for it.\n\n");
	table(out, "lie", "what the client meets", lie_table);
	buf_add_text(out, "## Variables\n\n");
	table(out, "name", "value", variable_table);
	buf_add_text(out,
		"Besides these, what `{bind:NAME}`, `keeps` and `let` have set. `$$` is a dollar.\n\n"
		"## Patterns\n\nIn blocks of expected stanzas. What is not named is not looked at; children may come in any order.\n\n");
	table(out, "token", "matches", pattern_table);
	buf_add_text(out, "Tokens and text may stand together: `${romeo.bare}/{any}`.\n");
}
