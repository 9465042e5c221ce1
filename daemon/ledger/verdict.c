/*
 * The table of verdicts: number, name, class, sentences. Owns the table; read by whoever tells a
 * person what was decided. Never decides. Rows are only ever added; a number is never reused.
 */
#include "verdict.h"

#include <assert.h>

static const struct verdict_row rows[] = {
    {VERDICT_ACCEPTED, "ACCEPTED", VERDICT_CLASS_OK, "Accepted.", "已受理。"},
    {VERDICT_UNCHANGED, "UNCHANGED", VERDICT_CLASS_OK,
     "{thing} stands with these facts already; nothing was changed.",
     "{thing} 已按相同内容登记，未作变更。"},

    {VERDICT_PRACTITIONER_UNKNOWN, "PRACTITIONER_UNKNOWN", VERDICT_CLASS_NOT_FOUND,
     "No practitioner is registered under {thing}.", "未找到相关人员 {thing}。"},
    {VERDICT_INSTITUTION_UNKNOWN, "INSTITUTION_UNKNOWN", VERDICT_CLASS_NOT_FOUND,
     "No institution is registered under {thing}.", "未找到定点医药机构 {thing}。"},
    {VERDICT_ALREADY_EXISTS, "ALREADY_EXISTS", VERDICT_CLASS_ALREADY_EXISTS,
     "{thing} exists already with another {field}.", "{thing} 已存在，但 {field} 不同。"},
    {VERDICT_ALREADY_REGISTERED, "ALREADY_REGISTERED", VERDICT_CLASS_FAILED_PRECONDITION,
     "The practitioner is registered at {thing} already.", "该人员已在 {thing} 登记备案。"},
    {VERDICT_NOT_REGISTERED, "NOT_REGISTERED", VERDICT_CLASS_FAILED_PRECONDITION,
     "The practitioner is not registered at {thing} on that day.",
     "该人员当日未在 {thing} 登记备案。"},
    {VERDICT_DATE_IN_FUTURE, "DATE_IN_FUTURE", VERDICT_CLASS_FAILED_PRECONDITION,
     "{day} lies in the future; a decision is recorded once it is made.",
     "{day} 晚于今日；决定作出后方可记录。"},
    {VERDICT_STANDING_FULL, "STANDING_FULL", VERDICT_CLASS_FAILED_PRECONDITION,
     "The standing of {thing} holds as many entries as the ledger keeps for one person.",
     "{thing} 的记录数已达上限。"},

    {VERDICT_PENALTY_UNKNOWN, "PENALTY_UNKNOWN", VERDICT_CLASS_NOT_FOUND,
     "No penalty is recorded under {thing}; points need the institution's decision first.",
     "未找到处罚或协议处理 {thing}；记分须以对机构的处理决定为前提。"},
    {VERDICT_PENALTY_OVERTURNED, "PENALTY_OVERTURNED", VERDICT_CLASS_FAILED_PRECONDITION,
     "The penalty {thing} was overturned on {day}.", "处罚 {thing} 已于 {day} 被推翻。"},
    {VERDICT_OVERTURN_TOO_WIDE, "OVERTURN_TOO_WIDE", VERDICT_CLASS_FAILED_PRECONDITION,
     "Entries of {total} practitioners rest on the penalty {thing}; one command overturns those of "
     "at most {allowed}. Annul entries first.",
     "处罚 {thing} 涉及 {total} 人，单次推翻上限为 {allowed} 人，请先逐条撤销记分。"},
    {VERDICT_OVERTURN_BEFORE_PENALTY, "OVERTURN_BEFORE_PENALTY", VERDICT_CLASS_FAILED_PRECONDITION,
     "The penalty {thing} is dated {day}; it cannot be overturned before.",
     "处罚 {thing} 的日期为 {day}，推翻日期不得早于该日。"},

    {VERDICT_NO_RULEBOOK_IN_FORCE, "NO_RULEBOOK_IN_FORCE", VERDICT_CLASS_FAILED_PRECONDITION,
     "No rulebook of {thing} was in force on the scoring day; the earliest is in force from {day}.",
     "记分时点 {thing} 无生效的规则；最早生效日为 {day}。"},
    {VERDICT_RULE_NOT_SET, "RULE_NOT_SET", VERDICT_CLASS_FAILED_PRECONDITION,
     "The rulebook leaves {parameter} open, and a decision may not supply it.",
     "规则未规定 {parameter}，且不得由个案决定补充。"},
    {VERDICT_NEEDS_CHOICE, "NEEDS_CHOICE", VERDICT_CLASS_FAILED_PRECONDITION,
     "The decision must supply, with a reason: {needs}.", "决定须说明理由并明确：{needs}。"},
    {VERDICT_PERIOD_NOT_ALLOWED, "PERIOD_NOT_ALLOWED", VERDICT_CLASS_FAILED_PRECONDITION,
     "{parameter} is not what the rulebook allows: {allowed}.",
     "{parameter} 超出规则允许范围：{allowed}。"},
    {VERDICT_PERIOD_NOT_APPLICABLE, "PERIOD_NOT_APPLICABLE", VERDICT_CLASS_FAILED_PRECONDITION,
     "{parameter} was given, but a total of {total} brings no consequence that it applies to.",
     "提供了 {parameter}，但累计 {total} 分不产生适用该项的后果。"},
    {VERDICT_SITUATION_UNKNOWN, "SITUATION_UNKNOWN", VERDICT_CLASS_FAILED_PRECONDITION,
     "The rulebook knows no situation {thing}.", "规则中没有情形 {thing}。"},
    {VERDICT_POINTS_OUTSIDE_BAND, "POINTS_OUTSIDE_BAND", VERDICT_CLASS_FAILED_PRECONDITION,
     "The situation {thing} carries {allowed} points.", "情形 {thing} 的记分档次为 {allowed} 分。"},
    {VERDICT_NEEDS_PENALTY, "NEEDS_PENALTY", VERDICT_CLASS_FAILED_PRECONDITION,
     "Points for the situation {thing} need a recorded penalty of the institution.",
     "情形 {thing} 须以对机构的处罚或协议处理决定为前提。"},
    {VERDICT_CLASS_NOT_MANAGED, "CLASS_NOT_MANAGED", VERDICT_CLASS_FAILED_PRECONDITION,
     "The rulebook does not manage the class of {thing} at this kind of institution on that day.",
     "记分时点，规则未将 {thing} 所属人员类别纳入管理。"},
    {VERDICT_CONDUCT_TOO_EARLY, "CONDUCT_TOO_EARLY", VERDICT_CLASS_FAILED_PRECONDITION,
     "The rulebook scores only conduct from {day} on.", "规则仅对 {day} 及以后的行为记分。"},
    {VERDICT_CONDUCT_AFTER_DECISION, "CONDUCT_AFTER_DECISION", VERDICT_CLASS_FAILED_PRECONDITION,
     "The conduct ends after the scoring day {day}.", "行为结束日晚于记分时点 {day}。"},
    {VERDICT_ENTRY_UNKNOWN, "ENTRY_UNKNOWN", VERDICT_CLASS_NOT_FOUND,
     "No points entry is recorded under {thing}.", "未找到记分记录 {thing}。"},
    {VERDICT_ENTRY_FALLEN, "ENTRY_FALLEN", VERDICT_CLASS_FAILED_PRECONDITION,
     "The points entry {thing} no longer stands since {day}.",
     "记分记录 {thing} 自 {day} 起已失效。"},
    {VERDICT_RULEBOOK_UNKNOWN, "RULEBOOK_UNKNOWN", VERDICT_CLASS_NOT_FOUND,
     "No rulebook is known as {thing}.", "未找到规则 {thing}。"},
    {VERDICT_RULEBOOK_AMBIGUOUS, "RULEBOOK_AMBIGUOUS", VERDICT_CLASS_FAILED_PRECONDITION,
     "The practitioner is registered in several jurisdictions; name the rulebook.",
     "该人员在多个统筹区登记备案，请指明适用规则。"},
    {VERDICT_BAND_SHIFT_NOT_ALLOWED, "BAND_SHIFT_NOT_ALLOWED", VERDICT_CLASS_FAILED_PRECONDITION,
     "The rulebook moves the band of {thing} no further, or not at all.",
     "规则不允许调整情形 {thing} 的记分档次，或已无可调整的档次。"},
    {VERDICT_NOT_A_REPEAT, "NOT_A_REPEAT", VERDICT_CLASS_FAILED_PRECONDITION,
     "No standing entry of that year carries the violation {thing}; name the one that is repeated.",
     "该自然年度内没有违规项目为 {thing} 的有效记分记录，不属于再次发生。"},

    {VERDICT_NOT_TERMINATED, "NOT_TERMINATED", VERDICT_CLASS_FAILED_PRECONDITION,
     "{thing} is not terminated under this scheme; there is nothing to re-register after.",
     "{thing} 的医保支付资格未被终止，无需重新登记备案。"},
    {VERDICT_BAR_RUNNING, "BAR_RUNNING", VERDICT_CLASS_FAILED_PRECONDITION,
     "{thing} may not be registered again before {day}.",
     "{thing} 在 {day} 之前不得再次登记备案。"},
    {VERDICT_SANCTION_UNKNOWN, "SANCTION_UNKNOWN", VERDICT_CLASS_NOT_FOUND,
     "No sanction is recorded under {thing}.", "未找到暂停或终止记录 {thing}。"},
    {VERDICT_SANCTION_NOT_FOREIGN, "SANCTION_NOT_FOREIGN", VERDICT_CLASS_FAILED_PRECONDITION,
     "The sanction {thing} rests on points entries; annul those, or overturn their penalty.",
     "{thing} 由本系统记分产生，应撤销记分或推翻处罚。"},
    {VERDICT_SANCTION_ENDED, "SANCTION_ENDED", VERDICT_CLASS_FAILED_PRECONDITION,
     "The sanction {thing} was ended on {day} by its source.",
     "{thing} 已由来源机构于 {day} 终结。"},
    {VERDICT_TERMINATED_NEEDS_REREGISTRATION, "TERMINATED_NEEDS_REREGISTRATION",
     VERDICT_CLASS_FAILED_PRECONDITION,
     "{thing} is terminated on that day; only a re-registration after the bar can follow.",
     "{thing} 当日资格已终止，须在限制期满后重新登记备案。"},
    {VERDICT_SANCTION_ENDS_BEFORE_IT_BEGINS, "SANCTION_ENDS_BEFORE_IT_BEGINS",
     VERDICT_CLASS_FAILED_PRECONDITION,
     "The sanction {thing} begins on {day}; it cannot end before.",
     "{thing} 自 {day} 起生效，结束日期不得早于该日。"},
};

const struct verdict_row *
verdict_row(unsigned number)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if ((unsigned)rows[i].verdict == number)
			return &rows[i];
	}
	return NULL;
}

const struct verdict_row *
verdict_rows(size_t *ret_count)
{
	*ret_count = sizeof(rows) / sizeof(rows[0]);
	return rows;
}
