/*
 * Rulebooks and policies: which there are, what they say, whether a text is sound, how two differ.
 *
 * Called on a loop's thread; versions come from the rules in memory, texts from the records that
 * loaded them. Owns nothing. Never loads anything: submit.c does.
 */
#include "query.h"

#include <stdio.h>
#include <string.h>

#include "query_inner.h"
#include "query_rules.h"
#include "storage/store.h"

/* ---- lists ---- */

/* The two digits of a region that choose the jurisdiction; none for the national frame. */
static char *
rules_digits(struct call *call, const struct slug *slug, uint64_t as_of)
{
	for (unsigned number = 10; number < 100; number++) {
		struct code region = {2, {(char)('0' + number / 10), (char)('0' + number % 10)}};
		struct slug found = rules_set_region(call->context->book->rules, &region, as_of);
		if (slug_equal(&found, slug) && strcmp(slug->text, "national") != 0)
			return query_code(call, &region);
	}
	return NULL;
}

static Demerit__V1__RulebookInfo *
rules_info(struct call *call, const struct rulebook *rulebook, uint64_t sequence, uint64_t as_of)
{
	Demerit__V1__RulebookInfo *info = query_alloc(call, 1, sizeof(*info));
	uint8_t *hash = query_alloc(call, 1, RULEBOOK_HASH_SIZE);

	if (info == NULL || hash == NULL)
		return NULL;
	memcpy(hash, rulebook->id.hash, RULEBOOK_HASH_SIZE);
	demerit__v1__rulebook_info__init(info);
	info->slug = query_text(call, rulebook->id.slug.text, strlen(rulebook->id.slug.text));
	info->has_from_day = true;
	info->from_day = rulebook->id.version.number;
	info->has_until_day = !day_is_forever(rulebook->in_force_until);
	info->until_day = rulebook->in_force_until.number;
	info->name = query_text(call, rulebook->name.text, rulebook->name.size);
	info->document = query_text(call, rulebook->document.text, rulebook->document.size);
	info->parent = query_text(call, rulebook->parent.text, strlen(rulebook->parent.text));
	info->has_hash = true;
	info->hash = (ProtobufCBinaryData){RULEBOOK_HASH_SIZE, hash};
	info->has_sequence = sequence != 0;
	info->sequence = sequence;
	info->digits = rules_digits(call, &rulebook->id.slug, as_of);
	return info;
}

/* A jurisdiction that behaves as its parent: known, without a version of its own. */
static Demerit__V1__RulebookInfo *
rules_info_bare(struct call *call, const struct slug *slug, uint64_t as_of)
{
	Demerit__V1__RulebookInfo *info = query_alloc(call, 1, sizeof(*info));

	if (info == NULL)
		return NULL;
	demerit__v1__rulebook_info__init(info);
	info->slug = query_text(call, slug->text, strlen(slug->text));
	info->parent = query_text(call, "national", strlen("national"));
	info->digits = rules_digits(call, slug, as_of);
	return info;
}

static bool
rules_has_version(const struct rules_set *set, const struct slug *slug, uint64_t as_of)
{
	struct rules_version version;

	for (size_t i = 0; rules_set_rulebook_at(set, i, &version); i++) {
		if (version.sequence <= as_of && slug_equal(&version.rulebook->id.slug, slug))
			return true;
	}
	return false;
}

/* A slug of the request; empty where it is absent and may be. */
static enum status_reason
rules_take_slug(const char *text, struct slug *ret)
{
	*ret = (struct slug){0};
	if (text == NULL)
		return STATUS_FIELD_MISSING;
	return slug_set(text, strlen(text), ret) ? STATUS_OK : STATUS_FIELD_BAD_CODE;
}

static void
rules_add(Demerit__V1__RulebookListReply *reply, Demerit__V1__RulebookInfo *info)
{
	if (info != NULL && reply->n_rulebooks < RULES_VERSIONS_MAX)
		reply->rulebooks[reply->n_rulebooks++] = info;
}

static void
rules_fill_list(struct call *call, const struct slug *only, uint64_t as_of,
		Demerit__V1__RulebookListReply *reply)
{
	const struct rules_set *set = call->context->book->rules;
	struct rules_version version;
	const char *known;

	reply->rulebooks = query_alloc(call, RULES_VERSIONS_MAX, sizeof(*reply->rulebooks));
	if (reply->rulebooks == NULL)
		return;
	for (size_t i = 0; rules_set_rulebook_at(set, i, &version); i++) {
		const struct slug *slug = &version.rulebook->id.slug;
		if (version.sequence <= as_of && (only->text[0] == '\0' || slug_equal(slug, only)))
			rules_add(reply,
				  rules_info(call, version.rulebook, version.sequence, as_of));
	}
	for (size_t i = 0; (known = rules_slug_at(i)) != NULL; i++) {
		struct slug slug;
		if (slug_set(known, strlen(known), &slug) &&
		    (only->text[0] == '\0' || slug_equal(&slug, only)) &&
		    !rules_has_version(set, &slug, as_of))
			rules_add(reply, rules_info_bare(call, &slug, as_of));
	}
}

enum call_result
query_rulebook_list(struct call *call)
{
	Demerit__V1__RulebookListReply reply = DEMERIT__V1__RULEBOOK_LIST_REPLY__INIT;
	Demerit__V1__Response response = DEMERIT__V1__RESPONSE__INIT;
	const char *asked = call->request->rulebook_list->slug;
	struct query_moment moment;
	struct slug only;

	if (!query_begin(call, &moment))
		return CALL_DONE;
	enum status_reason reason = rules_take_slug(asked, &only);
	if (asked != NULL && reason != STATUS_OK)
		return query_refuse(call, reason, "slug");
	rules_fill_list(call, &only, moment.as_of, &reply);
	if (asked != NULL && reply.n_rulebooks == 0)
		return query_refuse(call, STATUS_NOT_FOUND, "slug");
	response.body_case = DEMERIT__V1__RESPONSE__BODY_RULEBOOK_LIST;
	response.rulebook_list = &reply;
	return query_reply(call, &moment, &response);
}

/* ---- texts ---- */

/* The text of a version, out of the record that loaded it. */
static int
rules_text(struct call *call, uint64_t sequence, const struct rulebook_id *id, char **ret)
{
	struct entry_body body;
	struct event event;

	int r = lookup_body(&call->context->query->lookup, sequence, &body);
	if (r < 0)
		return r;
	while (entry_next_event(&body.events, &event)) {
		if (event.kind == EVENT_RULES_LOADED && rulebook_id_equal(&event.rules.id, id)) {
			*ret = query_text(call, (const char *)event.rules.text.bytes,
					  event.rules.text.size);
			return 0;
		}
	}
	return STORE_DAMAGED;
}

/* Which record loaded it; 0: none did. */
static uint64_t
rules_sequence(const struct rules_set *set, const struct rulebook_id *id, uint64_t as_of)
{
	struct rules_version version;

	for (size_t i = 0; rules_set_rulebook_at(set, i, &version); i++) {
		if (version.sequence <= as_of && rulebook_id_equal(&version.rulebook->id, id))
			return version.sequence;
	}
	return 0;
}

/* The rulebook in force, resolved; the parent's where the jurisdiction has none. */
static enum status_reason
rules_in_force(struct call *call, const char *text, bool has_on, int32_t on_number, uint64_t as_of,
	       struct rulebook *ret)
{
	struct day on, earliest;
	struct slug slug;

	enum status_reason reason = rules_take_slug(text, &slug);
	if (reason != STATUS_OK)
		return reason;
	if (!query_take_day(call, has_on, on_number, &on))
		return STATUS_FIELD_BAD_DAY;
	switch (rules_set_rulebook(call->context->book->rules, &slug, on, as_of, ret, &earliest)) {
	case RULES_FOUND_OWN:
	case RULES_FOUND_PARENT:
		return STATUS_OK;
	case RULES_FOUND_NONE:
	case RULES_FOUND_UNKNOWN:
		break;
	}
	return STATUS_NOT_FOUND;
}

static const char *
rules_field(enum status_reason reason, const char *slug, const char *on)
{
	return reason == STATUS_FIELD_BAD_DAY ? on : slug;
}

static void
rules_fill_parameters(struct call *call, const struct rulebook *rulebook,
		      Demerit__V1__RulebookShowReply *reply)
{
	size_t count;
	const struct rules_value *values = rules_values(call, rulebook, &count);
	Demerit__V1__RulebookParameter *parameters = query_alloc(call, count, sizeof(*parameters));

	reply->parameters = query_alloc(call, count, sizeof(*reply->parameters));
	if (call->arena->exhausted)
		return;
	for (size_t i = 0; i < count; i++) {
		Demerit__V1__RulebookParameter *to = &parameters[i];
		demerit__v1__rulebook_parameter__init(to);
		to->name = values[i].name;
		to->value = values[i].open ? NULL : values[i].value;
		to->has_open = true;
		to->open = values[i].open;
		to->source = query_text(call, values[i].source->text, values[i].source->size);
		if (!slug_equal(values[i].owner, &rulebook->id.slug))
			to->inherited_from =
			    query_text(call, values[i].owner->text, strlen(values[i].owner->text));
		reply->parameters[i] = to;
	}
	reply->n_parameters = count;
}

enum call_result
query_rulebook_show(struct call *call)
{
	const Demerit__V1__RulebookShow *asked = call->request->rulebook_show;
	Demerit__V1__RulebookShowReply reply = DEMERIT__V1__RULEBOOK_SHOW_REPLY__INIT;
	Demerit__V1__Response response = DEMERIT__V1__RESPONSE__INIT;
	struct rulebook *rulebook = &call->context->query->rulebook;
	struct query_moment moment;

	if (!query_begin(call, &moment))
		return CALL_DONE;
	enum status_reason reason =
	    rules_in_force(call, asked->slug, asked->has_on, asked->on, moment.as_of, rulebook);
	if (reason != STATUS_OK)
		return query_refuse(call, reason, rules_field(reason, "slug", "on"));
	uint64_t sequence = rules_sequence(call->context->book->rules, &rulebook->id, moment.as_of);
	int r = rules_text(call, sequence, &rulebook->id, &reply.text);
	if (r < 0)
		return query_fail(call, r);
	reply.info = rules_info(call, rulebook, sequence, moment.as_of);
	rules_fill_parameters(call, rulebook, &reply);
	response.body_case = DEMERIT__V1__RESPONSE__BODY_RULEBOOK_SHOW;
	response.rulebook_show = &reply;
	return query_reply(call, &moment, &response);
}

enum call_result
query_policy_show(struct call *call)
{
	const Demerit__V1__PolicyShow *asked = call->request->policy_show;
	const struct rules_set *set = call->context->book->rules;
	Demerit__V1__PolicyShowReply reply = DEMERIT__V1__POLICY_SHOW_REPLY__INIT;
	Demerit__V1__Response response = DEMERIT__V1__RESPONSE__INIT;
	struct rules_version version = {0};
	struct query_moment moment;
	struct slug slug;
	struct day on;

	if (!query_begin(call, &moment))
		return CALL_DONE;
	enum status_reason reason = rules_take_slug(asked->slug, &slug);
	if (reason != STATUS_OK)
		return query_refuse(call, reason, "slug");
	if (!query_take_day(call, asked->has_on, asked->on, &on))
		return query_refuse(call, STATUS_FIELD_BAD_DAY, "on");
	const struct policy *policy = rules_set_policy(set, &slug, on, moment.as_of);
	if (policy == NULL || !rules_set_knows(set, &slug, moment.as_of))
		return query_refuse(call, STATUS_NOT_FOUND, "slug");
	for (size_t i = 0; rules_set_policy_at(set, i, &version) && version.policy != policy; i++)
		;
	int r = rules_text(call, version.sequence, &policy->id, &reply.text);
	if (r < 0)
		return query_fail(call, r);
	reply.slug = query_text(call, policy->id.slug.text, strlen(policy->id.slug.text));
	reply.has_from_day = true;
	reply.from_day = policy->id.version.number;
	reply.has_hash = true;
	reply.hash =
	    (ProtobufCBinaryData){RULEBOOK_HASH_SIZE, (uint8_t *)(uintptr_t)policy->id.hash};
	reply.has_sequence = true;
	reply.sequence = version.sequence;
	response.body_case = DEMERIT__V1__RESPONSE__BODY_POLICY_SHOW;
	response.policy_show = &reply;
	return query_reply(call, &moment, &response);
}

/* The text that speaks for the year: the one loaded last, by then, of those that cover it. */
enum call_result
query_calendar_show(struct call *call)
{
	const Demerit__V1__CalendarShow *asked = call->request->calendar_show;
	const struct rules_set *set = call->context->book->rules;
	Demerit__V1__CalendarShowReply reply = DEMERIT__V1__CALENDAR_SHOW_REPLY__INIT;
	Demerit__V1__Response response = DEMERIT__V1__RESPONSE__INIT;
	const struct calendar_year *found = NULL;
	struct rules_version version;
	struct query_moment moment;

	if (!query_begin(call, &moment))
		return CALL_DONE;
	if (!asked->has_year)
		return query_refuse(call, STATUS_FIELD_MISSING, "year");
	for (size_t i = 0; rules_set_calendar_at(set, i, &version); i++) {
		const struct calendar_year *year = calendar_year(version.calendar, asked->year);
		if (year == NULL || version.sequence > moment.as_of)
			continue;
		found = year;
		reply.sequence = version.sequence;
	}
	if (found == NULL)
		return query_refuse(call, STATUS_NOT_FOUND, "year");
	int r = rules_text(call, reply.sequence, &found->id, &reply.text);
	if (r < 0)
		return query_fail(call, r);
	reply.has_year = true;
	reply.year = asked->year;
	reply.has_hash = true;
	reply.hash =
	    (ProtobufCBinaryData){RULEBOOK_HASH_SIZE, (uint8_t *)(uintptr_t)found->id.hash};
	reply.has_sequence = true;
	response.body_case = DEMERIT__V1__RESPONSE__BODY_CALENDAR_SHOW;
	response.calendar_show = &reply;
	return query_reply(call, &moment, &response);
}

/* ---- is a text sound? ---- */

static void
rules_problem(struct call *call, const struct rules_error *error, bool warning,
	      Demerit__V1__RulebookCheckReply *reply)
{
	Demerit__V1__Problem *problem = query_alloc(call, 1, sizeof(*problem));

	reply->problems = query_alloc(call, 1, sizeof(*reply->problems));
	if (problem == NULL || reply->problems == NULL)
		return;
	demerit__v1__problem__init(problem);
	problem->has_line = error->line != 0;
	problem->line = error->line;
	problem->has_column = error->column != 0;
	problem->column = error->column;
	problem->key = query_text(call, error->key, strlen(error->key));
	problem->message = query_text(call, error->message, strlen(error->message));
	problem->has_warning = true;
	problem->warning = warning;
	reply->problems[0] = problem;
	reply->n_problems = 1;
}

/* A text names what it is in a line of its own. */
static bool
rules_is_policy(const char *text)
{
	static const char key[] = "policy:";

	if (strncmp(text, key, sizeof(key) - 1) == 0)
		return true;
	const char *found = strstr(text, "\npolicy:");
	return found != NULL;
}

static void
rules_check_policy(struct call *call, const char *text, Demerit__V1__RulebookCheckReply *reply)
{
	struct rules_error error = {0};
	struct policy policy;

	if (rules_parse_policy((const uint8_t *)text, strlen(text), &policy, &error) < 0) {
		rules_problem(call, &error, false, reply);
		return;
	}
	reply->info = rules_info_bare(call, &policy.id.slug, RULES_AS_OF_NOW);
	if (reply->info == NULL)
		return;
	reply->info->has_from_day = true;
	reply->info->from_day = policy.id.version.number;
	reply->info->name = query_text(call, policy.name.text, policy.name.size);
}

static void
rules_check_rulebook(struct call *call, const char *text, uint64_t as_of,
		     Demerit__V1__RulebookCheckReply *reply)
{
	const struct rules_set *set = call->context->book->rules;
	struct rulebook *rulebook = &call->context->query->rulebook;
	struct rules_error error = {0};
	struct day earliest;

	if (rules_parse_rulebook((const uint8_t *)text, strlen(text), rulebook, &error) < 0) {
		rules_problem(call, &error, false, reply);
		return;
	}
	reply->info = rules_info(call, rulebook, rules_sequence(set, &rulebook->id, as_of), as_of);
	if (reply->info != NULL && !reply->info->has_sequence &&
	    rules_set_rulebook_version(set, &rulebook->id.slug, rulebook->id.version, NULL,
				       rulebook->id.version, as_of, &call->context->query->other,
				       &earliest) == RULES_FOUND_OWN) {
		snprintf(error.message, sizeof(error.message),
			 "another text is loaded for this jurisdiction and day; loading this one "
			 "corrects it");
		snprintf(error.key, sizeof(error.key), "version");
		rules_problem(call, &error, true, reply);
	}
}

enum call_result
query_rulebook_check(struct call *call)
{
	const char *text = call->request->rulebook_check->text;
	Demerit__V1__RulebookCheckReply reply = DEMERIT__V1__RULEBOOK_CHECK_REPLY__INIT;
	Demerit__V1__Response response = DEMERIT__V1__RESPONSE__INIT;
	struct query_moment moment;

	if (!query_begin(call, &moment))
		return CALL_DONE;
	if (text == NULL)
		return query_refuse(call, STATUS_FIELD_MISSING, "text");
	if (rules_is_policy(text))
		rules_check_policy(call, text, &reply);
	else
		rules_check_rulebook(call, text, moment.as_of, &reply);
	response.body_case = DEMERIT__V1__RESPONSE__BODY_RULEBOOK_CHECK;
	response.rulebook_check = &reply;
	return query_reply(call, &moment, &response);
}

/* ---- how two differ ---- */

/* A text not loaded, with what it would inherit. */
static enum status_reason
rules_of_text(struct call *call, const char *text, uint64_t as_of, struct rulebook *ret)
{
	struct rulebook *parent = query_alloc(call, 1, sizeof(*parent));
	struct rules_error error;
	struct day earliest;

	if (parent == NULL)
		return STATUS_TOO_COSTLY;
	if (rules_parse_rulebook((const uint8_t *)text, strlen(text), ret, &error) < 0)
		return STATUS_FIELD_BAD_VALUE;
	if (ret->parent.text[0] != '\0' &&
	    rules_set_rulebook(call->context->book->rules, &ret->parent, ret->id.version, as_of,
			       parent, &earliest) == RULES_FOUND_OWN)
		rulebook_inherit(ret, parent);
	return STATUS_OK;
}

static const struct rules_value *
rules_value_of(const struct rules_value *values, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(values[i].name, name) == 0)
			return &values[i];
	}
	return NULL;
}

static void
rules_difference(struct call *call, const struct rules_value *value,
		 const struct rules_value *other, Demerit__V1__RulebookDiffReply *reply)
{
	Demerit__V1__Difference *difference = query_alloc(call, 1, sizeof(*difference));

	if (difference == NULL)
		return;
	demerit__v1__difference__init(difference);
	difference->parameter = value != NULL ? value->name : other->name;
	difference->value = value != NULL ? value->value : NULL;
	difference->other_value = other != NULL ? other->value : NULL;
	reply->differences[reply->n_differences++] = difference;
}

static void
rules_fill_differences(struct call *call, const struct rulebook *a, const struct rulebook *b,
		       Demerit__V1__RulebookDiffReply *reply)
{
	size_t a_count, b_count;
	const struct rules_value *a_values = rules_values(call, a, &a_count);
	const struct rules_value *b_values = rules_values(call, b, &b_count);

	reply->differences = query_alloc(call, a_count + b_count, sizeof(*reply->differences));
	if (call->arena->exhausted)
		return;
	for (size_t i = 0; i < a_count; i++) {
		const struct rules_value *other =
		    rules_value_of(b_values, b_count, a_values[i].name);
		if (other == NULL || strcmp(other->value, a_values[i].value) != 0)
			rules_difference(call, &a_values[i], other, reply);
	}
	for (size_t i = 0; i < b_count; i++) {
		if (rules_value_of(a_values, a_count, b_values[i].name) == NULL)
			rules_difference(call, NULL, &b_values[i], reply);
	}
}

enum call_result
query_rulebook_diff(struct call *call)
{
	const Demerit__V1__RulebookDiff *asked = call->request->rulebook_diff;
	Demerit__V1__RulebookDiffReply reply = DEMERIT__V1__RULEBOOK_DIFF_REPLY__INIT;
	Demerit__V1__Response response = DEMERIT__V1__RESPONSE__INIT;
	const struct rules_set *set = call->context->book->rules;
	struct query *query = call->context->query;
	struct query_moment moment;

	if (!query_begin(call, &moment))
		return CALL_DONE;
	enum status_reason reason = rules_in_force(call, asked->slug, asked->has_on, asked->on,
						   moment.as_of, &query->rulebook);
	if (reason != STATUS_OK)
		return query_refuse(call, reason, rules_field(reason, "slug", "on"));
	if (asked->other_text != NULL && asked->other_slug != NULL)
		return query_refuse(call, STATUS_FIELD_BAD_VALUE, "other_text");
	if (asked->other_text != NULL)
		reason = rules_of_text(call, asked->other_text, moment.as_of, &query->other);
	else
		reason = rules_in_force(call, asked->other_slug, asked->has_other_on,
					asked->other_on, moment.as_of, &query->other);
	if (reason != STATUS_OK)
		return query_refuse(call, reason,
				    asked->other_text != NULL
					? "other_text"
					: rules_field(reason, "other_slug", "other_on"));
	reply.info =
	    rules_info(call, &query->rulebook,
		       rules_sequence(set, &query->rulebook.id, moment.as_of), moment.as_of);
	reply.other = rules_info(call, &query->other,
				 rules_sequence(set, &query->other.id, moment.as_of), moment.as_of);
	rules_fill_differences(call, &query->rulebook, &query->other, &reply);
	response.body_case = DEMERIT__V1__RESPONSE__BODY_RULEBOOK_DIFF;
	response.rulebook_diff = &reply;
	return query_reply(call, &moment, &response);
}
