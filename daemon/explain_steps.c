/*
 * The sentences of an explanation, in English and Chinese, for the person it is about: which
 * entries, how the total came about, what it brought, until when, and what ends it.
 *
 * Called by explain.c. Owns nothing but words. Every number is the recorded one; where a period was
 * chosen by the authority inside a range, the step says so.
 */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "explain.h"

/* ---- words ---- */

static const char *
level_zh(enum level level)
{
	switch (level) {
	case LEVEL_GENERAL:
		return "一般责任";
	case LEVEL_IMPORTANT:
		return "重要责任";
	case LEVEL_MAIN:
		return "主要责任";
	}
	return "未记录的责任";
}

static const char *
fall_en(enum fall fall)
{
	switch (fall) {
	case FALL_ANNULLED:
		return "was annulled";
	case FALL_OVERTURNED:
		return "fell because its penalty was overturned";
	case FALL_CORRECTED:
		return "was replaced by a correction";
	case FALL_REVIEWED:
		return "was withdrawn on review";
	case FALL_REPAIRED:
		return "ended by repair";
	case FALL_UNMERGED:
		return "went back to the other code of a merge that was undone";
	}
	return "stands";
}

static const char *
fall_zh(enum fall fall)
{
	switch (fall) {
	case FALL_ANNULLED:
		return "被撤销";
	case FALL_OVERTURNED:
		return "因所依据的处理决定被推翻而失效";
	case FALL_CORRECTED:
		return "已更正为另一条记录";
	case FALL_REVIEWED:
		return "经复核撤回";
	case FALL_REPAIRED:
		return "因修复而提前结束";
	case FALL_UNMERGED:
		return "因撤销合并而归还原编码";
	}
	return "有效";
}

static const char *
kind_en(enum status kind)
{
	return kind == STATUS_TERMINATED ? "termination" : "suspension";
}

static const char *
kind_zh(enum status kind)
{
	return kind == STATUS_TERMINATED ? "终止" : "暂停";
}

/* Whose rule a clause is: project where the texts leave room and this project filled it. */
static const char *
source_of(const struct slug *owner, const struct text *source)
{
	static const char project[] = "project";

	if (source->size >= sizeof(project) - 1 &&
	    memcmp(source->text, project, sizeof(project) - 1) == 0)
		return project;
	return strcmp(owner->text, "national") == 0 ? "national" : "province";
}

/* ---- entries ---- */

static void
penalty_words(struct explain *explain, Demerit__V1__ExplainStep *step, const struct entry *entry,
	      const struct event_penalty *penalty)
{
	bool agreement = penalty->kind == PENALTY_AGREEMENT;
	const char *on = explain_day(explain, entry->scored_on);
	const char *level = kind_name(KINDS_LEVEL, entry->level);

	explain_en(explain, step,
		   "%s: %d point%s for %s %s against %s (%s; %s), %s responsibility: entry %s.", on,
		   entry->points, entry->points == 1 ? "" : "s",
		   agreement ? "the agreement handling" : "the administrative penalty",
		   penalty->penalty.text, penalty->institution.text, penalty->article.text,
		   penalty->authority.text, level == NULL ? "unrecorded" : level, entry->id.text);
	explain_zh(explain, step,
		   "%s：因 %s 受到%s %s（%s 作出，依据：%s），负%s，记 %d 分，记分记录 %s。", on,
		   penalty->institution.text, agreement ? "协议处理" : "行政处罚",
		   penalty->penalty.text, penalty->authority.text, penalty->article.text,
		   level_zh(entry->level), entry->points, entry->id.text);
}

void
explain_entry_step(struct explain *explain, const struct entry *entry,
		   const struct penalty_row *penalty)
{
	Demerit__V1__ExplainStep *step = explain_step(explain, "points", "decision", NULL);
	const char *on = explain_day(explain, entry->scored_on);

	if (penalty != NULL) {
		penalty_words(explain, step, entry, &penalty->recorded);
	} else {
		explain_en(explain, step,
			   "%s: %d point%s for %s, which needs no penalty of the institution: "
			   "entry %s.",
			   on, entry->points, entry->points == 1 ? "" : "s", entry->situation.text,
			   entry->id.text);
		explain_zh(explain, step,
			   "%s：因 %s（无须以机构处理决定为前提）记 %d 分，记分记录 %s。", on,
			   entry->situation.text, entry->points, entry->id.text);
	}
	if (entry->fallen == 0)
		return;
	step = explain_step(explain, "fallen", "decision", NULL);
	on = explain_day(explain, entry->fallen_on);
	explain_en(explain, step, "Entry %s counts no more: it %s on %s.", entry->id.text,
		   fall_en(entry->fallen), on);
	explain_zh(explain, step, "记分记录 %s 不再计分：%s 起%s。", entry->id.text, on,
		   fall_zh(entry->fallen));
}

/* ---- totals ---- */

/* "10 + 4", of a year. */
static void
sum_words(const struct standing *standing, uint64_t entries, char *ret, size_t size)
{
	size_t used = 0;

	ret[0] = '\0';
	for (size_t i = 0; i < standing->entries_count; i++) {
		if ((entries >> i & 1) == 0 || used >= size)
			continue;
		int more = snprintf(ret + used, size - used, "%s%d", used > 0 ? " + " : "",
				    standing->entries[i].points);
		used += more > 0 ? (size_t)more : 0;
	}
}

static void
total_step(struct explain *explain, int year, struct day up_to)
{
	const struct standing *standing = &explain->query->standing;
	uint64_t entries = standing_entries_of(standing, year, up_to);
	int32_t raw = standing_total(standing, year, up_to).raw;
	int32_t cap = standing_cap(standing, year, up_to);
	char sum[6 * STANDING_ENTRIES_MAX];

	if (entries == 0)
		return;
	sum_words(standing, entries, sum, sizeof(sum));
	Demerit__V1__ExplainStep *step = explain_step(explain, "total", "national", NULL);
	if (cap > 0 && raw > cap) {
		explain_en(explain, step,
			   "Points of %d: %s = %d, counted as %d, the cap of a year.", year, sum,
			   raw, cap);
		explain_zh(explain, step, "%d 年度累计记分：%s = %d 分，按年度上限计 %d 分。", year,
			   sum, raw, cap);
	} else if ((entries & (entries - 1)) == 0) {
		explain_en(explain, step, "Points of %d: %d.", year, raw);
		explain_zh(explain, step, "%d 年度记分：%d 分。", year, raw);
	} else {
		explain_en(explain, step, "Points of %d: %s = %d.", year, sum, raw);
		explain_zh(explain, step, "%d 年度累计记分：%s = %d 分。", year, sum, raw);
	}
	explain_repairs(explain, year, up_to);
}

/* ---- the sanction that speaks ---- */

/* The parameter the period was taken from, in the version that decided. NULL: not to be had. */
static const struct param *
period_param(struct explain *explain, const struct sanction *sanction)
{
	const struct entry *entry = &explain->query->standing.entries[sanction->entry];
	struct rulebook *rulebook = &explain->query->rulebook;
	int32_t total = explain->facts[sanction->entry].total;
	enum param_name name =
	    sanction->path == PATH_SINGLE ? PARAM_BAR_YEARS_SINGLE : PARAM_BAR_YEARS_ACCUMULATED;
	struct day earliest;

	if (rules_set_rulebook_version(explain->query->book->rules, &sanction->rulebook.slug,
				       sanction->rulebook.version, sanction->rulebook.hash,
				       entry->scored_on, sanction->sequence, rulebook,
				       &earliest) != RULES_FOUND_OWN)
		return NULL;
	if (sanction->kind == STATUS_TERMINATED)
		return &rulebook->params[name];
	if (total < 9 || total > 11)
		return NULL;
	name = (enum param_name)(PARAM_SUSPENSION_SINGLE_MONTHS_9 + (total - 9));
	if (sanction->path != PATH_SINGLE || rulebook->params[name].state == PARAM_ABSENT)
		name = (enum param_name)(PARAM_SUSPENSION_MONTHS_9 + (total - 9));
	return &rulebook->params[name];
}

static bool
param_is_fixed(const struct param *param)
{
	return param->state == PARAM_VALUE && param->min == param->max;
}

/* How the path came about: one entry, or the sum. */
static void
path_step(struct explain *explain, const struct sanction *sanction)
{
	const struct standing *standing = &explain->query->standing;
	const struct entry *entry = &standing->entries[sanction->entry];
	Demerit__V1__ExplainStep *step =
	    explain_step(explain, "path", source_of(&sanction->rulebook.slug, &sanction->clause),
			 &sanction->clause);
	char sum[6 * STANDING_ENTRIES_MAX], version[DAY_TEXT_SIZE];

	day_format(sanction->rulebook.version, version);
	if (sanction->path == PATH_SINGLE) {
		explain_en(explain, step,
			   "Entry %s reaches the threshold by itself, with %d points in one go: "
			   "under %s@%s that brings a %s.",
			   entry->id.text, entry->points, sanction->rulebook.slug.text, version,
			   kind_en(sanction->kind));
		explain_zh(explain, step,
			   "记分记录 %s 一次性记 %d 分，单独达到标准：依 %s@%s，%s医保支付资格。",
			   entry->id.text, entry->points, sanction->rulebook.slug.text, version,
			   kind_zh(sanction->kind));
		return;
	}
	sum_words(standing, sanction->basis, sum, sizeof(sum));
	explain_en(explain, step,
		   "With entry %s the points of the year reached the threshold together (%s): "
		   "under %s@%s that brings a %s by accumulation.",
		   entry->id.text, sum, sanction->rulebook.slug.text, version,
		   kind_en(sanction->kind));
	explain_zh(explain, step,
		   "计入记分记录 %s 后，年度累计记分达到标准（%s）：依 %s@%s，%s医保支付资格。",
		   entry->id.text, sum, sanction->rulebook.slug.text, version,
		   kind_zh(sanction->kind));
}

static void
period_step(struct explain *explain, const struct sanction *sanction)
{
	const struct param *param = period_param(explain, sanction);
	bool terminated = sanction->kind == STATUS_TERMINATED;
	int32_t length = terminated ? sanction->bar_years : sanction->months;
	const char *unit = terminated ? "year" : "month";
	const char *source = "decision";
	char range[64] = "";

	if (param != NULL && param_is_fixed(param))
		source = source_of(&param->owner, &param->source);
	else if (param != NULL && param->state == PARAM_VALUE)
		snprintf(range, sizeof(range), "%d-%d", param->min, param->max);
	Demerit__V1__ExplainStep *step = explain_step(explain, "period", source, &sanction->clause);
	if (strcmp(source, "decision") != 0) {
		explain_en(explain, step, "The rule fixes %d %s%s%s.", length, unit,
			   length == 1 ? "" : "s", terminated ? " before registering again" : "");
		explain_zh(explain, step,
			   terminated ? "规则固定为 %d 年内不得再次登记备案。"
				      : "规则固定为 %d 个月。",
			   length);
		return;
	}
	explain_en(explain, step, "The decision chose %d %s%s%s%s%s.", length, unit,
		   length == 1 ? "" : "s", terminated ? " before registering again" : "",
		   range[0] != '\0' ? " within " : "", range);
	explain_zh(explain, step,
		   terminated ? "决定确定为 %d 年内不得再次登记备案%s%s。"
			      : "决定确定为 %d 个月%s%s。",
		   length, range[0] != '\0' ? "，规定幅度 " : "", range);
}

static void
days_step(struct explain *explain, const struct interval *interval)
{
	const struct query *query = explain->query;
	const struct sanction *sanction = &query->standing.sanctions[interval->sanction];
	const char *from = explain_day(explain, sanction->from);
	Demerit__V1__ExplainStep *step = explain_step(explain, "days", "decision", NULL);

	if (sanction->kind == STATUS_TERMINATED) {
		explain_en(explain, step, "It counts from %s.", from);
		explain_zh(explain, step, "自 %s 起终止。", from);
		return;
	}
	struct day end =
	    interval_status_until(query->intervals, query->intervals_count, explain->on);
	if (day_is_forever(end)) {
		explain_en(explain, step, "It counts from %s; no end is recorded.", from);
		explain_zh(explain, step, "自 %s 起暂停，未记录截止日期。", from);
		return;
	}
	const char *until = explain_day(explain, end);
	const char *last = explain_day(explain, day_add(end, -1));
	explain_en(explain, step,
		   "It counts from %s; its last day is %s, and from %s on the fund pays again.",
		   from, last, until);
	explain_zh(explain, step, "自 %s 起暂停，最后一日为 %s，%s 起不再暂停。", from, last,
		   until);
}

static void
ends_step(struct explain *explain, const struct interval *interval)
{
	const struct sanction *sanction = &explain->query->standing.sanctions[interval->sanction];
	Demerit__V1__ExplainStep *step = explain_step(explain, "ends", "national", NULL);

	if (sanction->path == PATH_FOREIGN) {
		explain_en(explain, step,
			   "It was set by another authority and ends when that authority ends it.");
		explain_zh(explain, step, "该状态由其他机关作出，由该机关解除。");
		return;
	}
	if (sanction->kind == STATUS_SUSPENDED) {
		explain_en(explain, step,
			   "It ends by itself. It ends before only if an entry it rests on is "
			   "annulled, or the penalty behind it is overturned.");
		explain_zh(explain, step,
			   "期满自动恢复；所依据的记分被撤销或处理决定被推翻的，提前解除。");
		return;
	}
	const char *bar = explain_day(explain, interval->bar_until);
	bool over = !day_before(explain->on, interval->bar_until);
	explain_en(explain, step,
		   over ? "Since %s registering again is possible; until somebody does, the "
			  "person stays terminated."
			: "From %s on registering again is possible; that is not automatic. It "
			  "ends before only if an entry it rests on is annulled, or the penalty "
			  "behind it is overturned.",
		   bar);
	explain_zh(
	    explain, step,
	    over ? "自 %s 起可以重新登记备案；未重新登记前仍为终止状态。"
		 : "自 %s 起方可重新登记备案，并非自动恢复；所依据的记分被撤销或处理决定被推翻的，"
		   "提前解除。",
	    bar);
}

static void
exempt_step(struct explain *explain, const struct interval *interval)
{
	static const char *const names_zh[] = {
	    [VISIT_FIRST_AID] = "急救", [VISIT_RESCUE] = "抢救", [VISIT_EMERGENCY] = "急诊"};
	Demerit__V1__ExplainStep *step = explain_step(explain, "exempt", "national", NULL);
	char en[64] = "", zh[64] = "";

	for (unsigned kind = 1; kind <= VISIT_EMERGENCY; kind *= 2) {
		if ((interval->exempt & kind) == 0)
			continue;
		size_t used = strlen(en), used_zh = strlen(zh);
		snprintf(en + used, sizeof(en) - used, "%s%s", used > 0 ? ", " : "",
			 kind_name(KINDS_VISIT, kind));
		snprintf(zh + used_zh, sizeof(zh) - used_zh, "%s%s", used_zh > 0 ? "、" : "",
			 names_zh[kind]);
	}
	if (en[0] == '\0') {
		explain_en(explain, step,
			   "The fund pays for none of the person's services in these days.");
		explain_zh(explain, step, "期间该人员提供服务的费用，医保基金一律不予结算。");
		return;
	}
	explain_en(explain, step,
		   "The fund pays for none of the person's services in these days, except: %s.",
		   en);
	explain_zh(explain, step, "期间该人员提供服务的费用，除%s外，医保基金不予结算。", zh);
}

static void
foreign_step(struct explain *explain, const struct sanction *sanction)
{
	Demerit__V1__ExplainStep *step =
	    explain_step(explain, "foreign", "decision", &sanction->clause);

	explain_en(explain, step,
		   "Another authority (%s) set this %s: %s. It binds here and is not computed "
		   "again.",
		   sanction->source.text, kind_en(sanction->kind), sanction->id.text);
	explain_zh(explain, step, "%s已作出%s决定（%s），在本地同样有效，不重新计算。",
		   sanction->source.text, kind_zh(sanction->kind), sanction->id.text);
}

/* Days on which claims may have been paid before anybody knew. */
static void
late_step(struct explain *explain, const struct sanction *sanction)
{
	const struct explain_fact *fact = &explain->facts[sanction->entry];
	struct day recorded = day_of_instant(fact->recorded_at);

	if (fact->recorded_at == 0 || !day_before(sanction->from, recorded))
		return;
	const char *from = explain_day(explain, sanction->from);
	const char *known = explain_day(explain, recorded);
	Demerit__V1__ExplainStep *step = explain_step(explain, "recorded_late", "decision", NULL);
	explain_en(explain, step,
		   "It was recorded on %s, after it began on %s: services between those days may "
		   "have been paid before it was known.",
		   known, from);
	explain_zh(explain, step, "该决定于 %s 录入，晚于生效日 %s：其间的费用可能已先行支付。",
		   known, from);
}

static void
new_year_step(struct explain *explain, const struct sanction *sanction)
{
	int then = day_year(explain->query->standing.entries[sanction->entry].scored_on);
	int now = day_year(explain->on);

	if (then == now)
		return;
	Demerit__V1__ExplainStep *step = explain_step(explain, "new_year", "national", NULL);
	explain_en(explain, step,
		   "The points of %d do not count in %d, but a %s that runs goes on to its end.",
		   then, now, kind_en(sanction->kind));
	explain_zh(explain, step, "%d 年度的记分不计入 %d 年度，但已生效的%s继续至期满。", then,
		   now, kind_zh(sanction->kind));
}

static void
superseded_steps(struct explain *explain, const struct interval *interval)
{
	const struct standing *standing = &explain->query->standing;
	const struct sanction *by = &standing->sanctions[interval->sanction];

	for (size_t i = 0; i < standing->sanctions_count; i++) {
		const struct sanction *sanction = &standing->sanctions[i];
		if (sanction->superseded_by != interval->sanction || sanction->lifted != 0)
			continue;
		const char *from = explain_day(explain, by->from);
		Demerit__V1__ExplainStep *step =
		    explain_step(explain, "supersedes", "national", NULL);
		explain_en(explain, step, "It takes the place of the %s %s from %s on.",
			   kind_en(sanction->kind), sanction->id.text, from);
		explain_zh(explain, step, "自 %s 起取代%s %s。", from, kind_zh(sanction->kind),
			   sanction->id.text);
	}
}

static void
status_step(struct explain *explain, const struct interval *interval)
{
	const struct query *query = explain->query;
	const char *on = explain_day(explain, explain->on);
	Demerit__V1__ExplainStep *step = explain_step(explain, "status", "national", NULL);

	if (interval != NULL) {
		const struct sanction *sanction = &query->standing.sanctions[interval->sanction];
		bool terminated = interval->status == STATUS_TERMINATED;
		explain_en(explain, step, "On %s %s is %s: %s %s holds.", on,
			   query->standing.practitioner.text,
			   terminated ? "terminated" : "suspended", kind_en(sanction->kind),
			   sanction->id.text);
		explain_zh(explain, step, "%s，%s 的医保支付资格为%s（%s %s）。", on,
			   query->standing.practitioner.text, terminated ? "终止" : "暂停",
			   kind_zh(sanction->kind), sanction->id.text);
		return;
	}
	explain_en(explain, step,
		   "On %s the payment eligibility of %s is normal: no suspension and no "
		   "termination covers the day.",
		   on, query->standing.practitioner.text);
	explain_zh(explain, step, "%s，%s 的医保支付资格正常：当日没有暂停或终止。", on,
		   query->standing.practitioner.text);

	struct day next =
	    interval_status_until(query->intervals, query->intervals_count, explain->on);
	if (day_is_forever(next))
		return;
	const char *from = explain_day(explain, next);
	const struct interval *later = query_interval(query, next);
	assert(later != NULL);
	step = explain_step(explain, "next", "decision", NULL);
	explain_en(explain, step, "From %s on a %s holds: %s.", from, kind_en(later->status),
		   query->standing.sanctions[later->sanction].id.text);
	explain_zh(explain, step, "自 %s 起%s：%s。", from, kind_zh(later->status),
		   query->standing.sanctions[later->sanction].id.text);
}

/* Of every year with entries that count up to the day. */
static void
total_steps(struct explain *explain)
{
	const struct standing *standing = &explain->query->standing;

	for (size_t i = 0; i < standing->entries_count; i++) {
		int year = day_year(standing->entries[i].scored_on);
		bool told = false;
		for (size_t k = 0; k < i && !told; k++)
			told = day_year(standing->entries[k].scored_on) == year;
		if (!told)
			total_step(explain, year, explain->on);
	}
}

void
explain_steps(struct explain *explain)
{
	const struct interval *interval = query_interval(explain->query, explain->on);

	total_steps(explain);
	if (interval == NULL) {
		status_step(explain, NULL);
		explain_stays(explain);
		return;
	}
	const struct sanction *sanction = &explain->query->standing.sanctions[interval->sanction];
	if (sanction->path == PATH_FOREIGN) {
		foreign_step(explain, sanction);
	} else {
		path_step(explain, sanction);
		period_step(explain, sanction);
	}
	superseded_steps(explain, interval);
	status_step(explain, interval);
	days_step(explain, interval);
	if (sanction->path != PATH_FOREIGN) {
		new_year_step(explain, sanction);
		late_step(explain, sanction);
	}
	exempt_step(explain, interval);
	ends_step(explain, interval);
}
