/*
 * The procedure in an explanation: points that were repaired, sanctions that are stayed.
 *
 * Owns nothing; called by explain_steps.c, on a loop's thread.
 */
#include <string.h>

#include "explain.h"

static void
repair_step(struct explain *explain, const struct repair *repair)
{
	const char *on = explain_day(explain, repair->on);
	Demerit__V1__ExplainStep *step = explain_step(explain, "repair", "decision", NULL);

	explain_en(explain, step,
		   "Repair %s takes %d point%s off from %s on; the entries themselves stay.",
		   repair->id.text, repair->points, repair->points == 1 ? "" : "s", on);
	explain_zh(explain, step, "修复 %s：自 %s 起减 %d 分，原记分记录仍然保留。",
		   repair->id.text, on, repair->points);
}

void
explain_repairs(struct explain *explain, int year, struct day up_to)
{
	const struct standing *standing = &explain->query->standing;
	bool any = false;

	for (size_t i = 0; i < standing->repairs_count; i++) {
		const struct repair *repair = &standing->repairs[i];
		if (repair->year != year || day_before(up_to, repair->on))
			continue;
		repair_step(explain, repair);
		any = true;
	}
	if (!any)
		return;
	int32_t total = standing_total(standing, year, up_to).capped;
	Demerit__V1__ExplainStep *step = explain_step(explain, "total", "national", NULL);
	explain_en(explain, step, "That leaves %d for %d.", total, year);
	explain_zh(explain, step, "修复后 %d 年度计 %d 分。", year, total);
}

void
explain_stays(struct explain *explain)
{
	const struct standing *standing = &explain->query->standing;

	for (size_t i = 0; i < standing->stays_count; i++) {
		const struct stay *stay = &standing->stays[i];
		const struct sanction *sanction = &standing->sanctions[stay->sanction];
		struct day end = standing_sanction_end(standing, sanction);
		if (day_before(explain->on, stay->from) || !day_before(explain->on, stay->until) ||
		    day_before(explain->on, sanction->from) || !day_before(explain->on, end))
			continue;
		bool court = code_is_empty(&stay->objection);
		const char *from = explain_day(explain, stay->from);
		const char *whose = court ? stay->id.text : stay->objection.text;
		Demerit__V1__ExplainStep *step = explain_step(explain, "stay", "decision", NULL);
		explain_en(explain, step,
			   "%s would hold, but %s %s stays it since %s: while that lasts the fund "
			   "pays.",
			   sanction->id.text, court ? "a court's order" : "objection", whose, from);
		explain_zh(explain, step, "%s 自 %s 起因%s %s 暂缓执行，其间基金照常结算。",
			   sanction->id.text, from, court ? "法院裁定" : "异议", whose);
	}
}
