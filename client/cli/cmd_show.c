/*
 * demerit practitioner show, explain: what stands about a person, and why.
 *
 * Owns nothing. The keys of practitioner show are a contract, so they are set one by one here
 * and not taken from the schema, which may grow.
 */

#include <stdio.h>
#include <string.h>

#include "args.h"
#include "cmd.h"
#include "fail.h"
#include "link.h"
#include "render.h"
#include "runners.h"

struct show_key {
	const char *key;
	const char *name; /* of the field */
};

static void
show_set(json_t *object, const struct demerit_message *message, const struct show_key *keys)
{
	for (; keys->key != NULL; keys++)
		json_object_set_new(object, keys->key, render_field(message, keys->name));
}

static json_t *
show_list(const struct demerit_message *message, const char *name, const struct show_key *keys)
{
	const struct demerit_message *item;
	json_t *list = json_array();

	for (size_t i = 0; (item = demerit_get(message, name, i)) != NULL; i++) {
		json_t *object = json_object();

		show_set(object, item, keys);
		json_array_append_new(list, object);
	}
	return list;
}

static json_t *
show_value(const struct demerit_message *standing)
{
	static const struct show_key head[] = {
	    {"practitioner", "practitioner"},
	    {"category", "category"},
	    {"on", "on"},
	    {"status", "status"},
	    {"status_until", "status_until"},
	    {"bar_until", "bar_until"},
	    {"points_this_year", "points_this_year"},
	    {"points_raw", "points_raw"},
	    {"year", "year"},
	    {NULL, NULL},
	};
	static const struct show_key sanction[] = {
	    {"id", "id"},
	    {"kind", "kind"},
	    {"path", "path"},
	    {"from", "from_day"},
	    {"until", "until_day"},
	    {"months", "months"},
	    {"bar_years", "bar_years"},
	    {"entry", "entry"},
	    {"rulebook", "rulebook"},
	    {"clause", "clause"},
	    {"exempt", "exempt"},
	    {"superseded_by", "superseded_by"},
	    {"lifted", "lifted"},
	    {NULL, NULL},
	};
	static const struct show_key measure[] = {
	    {"threshold", "threshold"}, {"action", "action"}, {"entry", "entry"}, {NULL, NULL}};
	static const struct show_key registration[] = {{"institution", "institution"},
						       {"from", "from_day"},
						       {"until", "until_day"},
						       {NULL, NULL}};
	static const struct show_key repair[] = {
	    {"id", "id"}, {"on", "on"}, {"points", "points"}, {"year", "year"}, {NULL, NULL}};
	static const struct show_key stay[] = {
	    {"id", "id"},	    {"sanction", "sanction"},	{"from", "from_day"},
	    {"until", "until_day"}, {"objection", "objection"}, {NULL, NULL}};
	json_t *object = json_object();

	show_set(object, standing, head);
	json_object_set_new(object, "sanctions", show_list(standing, "sanctions", sanction));
	json_object_set_new(object, "measures", show_list(standing, "measures", measure));
	json_object_set_new(object, "registrations",
			    show_list(standing, "registrations", registration));
	json_object_set_new(object, "stays", show_list(standing, "stays", stay));
	json_object_set_new(object, "repairs", show_list(standing, "repairs", repair));
	json_object_set_new(object, "aliases", render_field(standing, "aliases"));
	return object;
}

int
cmd_show_run(struct cli *cli, const struct cmd *cmd)
{
	struct demerit_reply *reply;

	int result = runners_ask(cli, cmd, &reply);
	if (result != CMD_OK)
		return result;
	return runners_show(cli, show_value(demerit_reply_body(reply)), reply);
}

static json_t *
show_explain_value(const struct demerit_reply *reply)
{
	const struct demerit_message *body = demerit_reply_body(reply);
	const struct demerit_message *standing = demerit_get(body, "standing", 0);
	json_t *object = json_object();

	json_object_set_new(object, "standing",
			    standing == NULL ? json_null() : show_value(standing));
	json_object_set_new(object, "entries", render_field(body, "entries"));
	json_object_set_new(object, "steps", render_field(body, "steps"));
	render_position(object, reply);
	return object;
}

/* The steps as sentences, in the reader's language. */
static void
show_explain_steps(const struct cli *cli, const struct demerit_message *body)
{
	const struct demerit_message *step;

	for (size_t i = 0; (step = demerit_get(body, "steps", i)) != NULL; i++) {
		const char *text = "";
		const char *clause;

		if (!cli->chinese || !demerit_get_text(step, "text_zh", 0, &text))
			(void)demerit_get_text(step, "text", 0, &text);
		printf("%zu. %s", i + 1, text);
		if (demerit_get_text(step, "clause", 0, &clause))
			printf(" [%s]", clause);
		putchar('\n');
	}
}

int
cmd_explain_run(struct cli *cli, const struct cmd *cmd)
{
	struct demerit_reply *reply;
	json_t *value;
	int result;

	if ((cli->words_count > 0) + cmd_has(cli, "entry") + cmd_has(cli, "sanction") != 1)
		return fail_usage(cli, NULL, "usage: demerit %s %s", cmd->words, cmd->usage);
	result = runners_ask(cli, cmd, &reply);
	if (result != CMD_OK)
		return result;
	value = show_explain_value(reply);
	if (cli->format == CMD_TABLE) {
		json_object_del(value, "steps");
		result = render_value(cli, value);
		if (demerit_get(demerit_reply_body(reply), "steps", 0) != NULL)
			putchar('\n');
		show_explain_steps(cli, demerit_reply_body(reply));
	} else {
		result = render_value(cli, value);
	}
	demerit_reply_free(reply);
	return result;
}
