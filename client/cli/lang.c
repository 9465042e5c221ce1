/*
 * Words for people.
 *
 * Owns two constant tables. main.c asks once for the language, table.c for each word. It
 * never touches what programs read: JSON and CSV have English words whatever the locale.
 */

#include "lang.h"

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

struct lang_word {
	const char *word;
	const char *zh;
};

/* A value and a heading may be the same English word and not the same Chinese one. */
static const struct lang_word lang_values[] = {
    {"pay", "支付"},
    {"refuse", "拒付"},
    {"exempt", "豁免"},
    {"undetermined", "待核"},
    {"normal", "正常"},
    {"suspended", "暂停"},
    {"terminated", "终止"},
    {"unknown", "未知"},
    {"institution_changed", "机构变更"},
    {"alias_set", "设置别名"},
    {"alias_removed", "取消别名"},
    {"medical", "医疗"},
    {"pharmaceutical", "药学"},
    {"nursing", "护理"},
    {"technical", "技术"},
    {"billing", "结算审核"},
    {"principal", "主要负责人"},
    {"hospital", "医疗机构"},
    {"pharmacy", "零售药店"},
    {"administrative", "行政处罚"},
    {"agreement", "协议处理"},
    {"general", "一般责任"},
    {"important", "重要责任"},
    {"main", "主要责任"},
    {"single", "一次性"},
    {"accumulated", "累计"},
    {"foreign", "外部"},
    {"replace", "替换"},
    {"extend", "延长"},
    {"add", "叠加"},
    {"keep", "保留"},
    {"first-aid", "急救"},
    {"rescue", "抢救"},
    {"emergency", "急诊"},
    {"true", "是"},
    {"false", "否"},
    {"ELIGIBLE", "资格正常"},
    {"CLASS_NOT_MANAGED", "该类人员未纳入管理"},
    {"SUSPENDED", "资格暂停"},
    {"TERMINATED", "资格终止"},
    {"BAR_OVER_NOT_REREGISTERED", "期满未重新登记"},
    {"EMERGENCY_EXEMPT", "急救抢救豁免"},
    {"UNKNOWN_PRACTITIONER", "未登记人员"},
    {"NO_PRACTITIONER", "未填人员"},
    {"RULE_NOT_SET", "规则未定"},
    {"BAD_DATE", "日期错误"},
    {"BAD_LINE", "明细错误"},
    {"NOT_REGISTERED", "未在该机构登记备案"},
    {"notice", "告知"},
    {"objection", "异议"},
    {"stay", "暂缓执行"},
    {"repair", "修复"},
    {"proposal", "拟办"},
    {"referral", "移送"},
    {"served", "已送达"},
    {"filed", "已受理"},
    {"explained", "已解释"},
    {"upheld", "维持"},
    {"changed", "变更"},
    {"withdrawn", "撤回"},
    {"running", "执行中"},
    {"ended", "已结束"},
    {"requested", "已申请"},
    {"approved", "已批准"},
    {"expired", "已过期"},
    {"moot", "无须审理"},
    {"denied", "未批准"},
    {"proposed", "待批准"},
    {"sent", "已移送"},
    {"received", "已回执"},
    {"refused", "未受理"},
    {"unchanged", "无变化"},
    {"institution_added", "机构登记"},
    {"practitioner_added", "人员登记"},
    {"registration_joined", "登记备案"},
    {"registration_left", "退出登记"},
    {"reregistered", "重新登记备案"},
    {"penalty_recorded", "处罚记录"},
    {"penalty_overturned", "处罚被推翻"},
    {"points_recorded", "记分"},
    {"points_fell", "记分失效"},
    {"sanction_set", "暂停或终止"},
    {"sanction_lifted", "解除"},
    {"foreign_sanction_set", "外部暂停或终止"},
    {"foreign_sanction_ended", "外部处理结束"},
    {"institution_noted", "机构备注"},
    {"notice_served", "送达告知"},
    {"objection_filed", "提出异议"},
    {"objection_explained", "解释说明"},
    {"objection_reviewed", "复核"},
    {"sanction_stayed", "暂缓执行"},
    {"sanction_resumed", "恢复执行"},
    {"repair_requested", "申请修复"},
    {"repaired", "修复"},
    {"repair_denied", "修复未批准"},
    {"sanction_shortened", "缩短暂停"},
    {"proposal_approved", "批准拟办"},
    {"proposal_denied", "否决拟办"},
    {"marker", "日期标记"},
    {"suspension_over", "暂停期满"},
    {"bar_over", "禁入期满"},
    {"year_turned", "进入新年度"},
    {"objection_due", "异议期满"},
    {"proposal_expired", "拟办逾期"},
    {"other", "其他"},
};

static const struct lang_word lang_headings[] = {
    {"act", "行为编号"},
    {"action", "措施"},
    {"activity", "修复活动"},
    {"alarms", "告警"},
    {"article", "法条"},
    {"authority", "作出机关"},
    {"bar_until", "可重新登记日"},
    {"bar_years", "禁入年数"},
    {"band_shift", "档次调整"},
    {"bytes", "字节"},
    {"case_id", "案号"},
    {"catalogue_code", "违规项目"},
    {"category", "类别"},
    {"closed_on", "办结日"},
    {"clause", "依据条款"},
    {"conduct_from", "行为起"},
    {"conduct_to", "行为止"},
    {"counts_from", "起算日"},
    {"decision", "结论"},
    {"document", "文号"},
    {"due_on", "期限"},
    {"effects", "影响"},
    {"entries", "记分记录"},
    {"entry", "记分记录"},
    {"epoch", "纪元"},
    {"event", "事件"},
    {"fallen", "已失效"},
    {"from", "起"},
    {"id", "标识"},
    {"institution", "机构"},
    {"kind", "种类"},
    {"known_at", "知悉时点"},
    {"ledger", "账本"},
    {"alias", "别名"},
    {"aliases", "别名"},
    {"closed_on", "关闭日"},
    {"merged_into", "并入"},
    {"region", "统筹区"},
    {"level", "责任"},
    {"lifted", "解除日"},
    {"marker", "日期标记"},
    {"measures", "处理措施"},
    {"message", "说明"},
    {"months", "月数"},
    {"number", "文号"},
    {"objection", "异议"},
    {"on_behalf_of", "代为"},
    {"command", "拟办事项"},
    {"opened_on", "开始日"},
    {"outcome", "结论"},
    {"party", "当事人"},
    {"name", "名称"},
    {"on", "日期"},
    {"parameter", "参数"},
    {"path", "路径"},
    {"penalty", "处罚"},
    {"points", "分值"},
    {"points_raw", "原始记分"},
    {"points_this_year", "本年记分"},
    {"practitioner", "人员"},
    {"principal", "操作人"},
    {"reason", "原因"},
    {"recorded_seq", "记录序号"},
    {"recorded_at", "记录时间"},
    {"registered", "在该机构登记"},
    {"registrations", "登记备案"},
    {"repairs", "修复"},
    {"role", "角色"},
    {"rulebook", "规则"},
    {"rule", "规则"},
    {"sanction", "处理"},
    {"sanctions", "暂停与终止"},
    {"scored_on", "计分日"},
    {"seq", "序号"},
    {"situation", "情形"},
    {"slug", "代号"},
    {"source", "来源"},
    {"standing", "状态"},
    {"status", "资格状态"},
    {"status_until", "状态截止日"},
    {"state", "进展"},
    {"stays", "暂缓执行"},
    {"steps", "步骤"},
    {"superseded_by", "被取代"},
    {"text", "内容"},
    {"threshold", "阈值"},
    {"total", "累计"},
    {"unchanged", "无变化"},
    {"until", "止（不含）"},
    {"value", "值"},
    {"verdict", "裁决"},
    {"verdict_name", "裁决名称"},
    {"warnings", "提示"},
    {"year", "年度"},
};

/* POSIX: LC_ALL, then the category, then LANG; the first that is set and not empty. */
static const char *
lang_locale_name(void)
{
	static const char *const variables[] = {"LC_ALL", "LC_MESSAGES", "LANG"};

	for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++) {
		const char *value = getenv(variables[i]);

		if (value != NULL && *value != '\0')
			return value;
	}
	return "C";
}

bool
lang_begin(void)
{
	/* The zh locale itself need not be installed to be wished for. */
	if (setlocale(LC_ALL, "") == NULL || strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
		setlocale(LC_CTYPE, "C.UTF-8");
	return strncmp(lang_locale_name(), "zh", 2) == 0;
}

static const char *
lang_find(const struct lang_word *words, size_t count, const char *word)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(words[i].word, word) == 0)
			return words[i].zh;
	}
	return word;
}

const char *
lang_value(const char *word)
{
	return lang_find(lang_values, sizeof(lang_values) / sizeof(lang_values[0]), word);
}

const char *
lang_heading(const char *word)
{
	return lang_find(lang_headings, sizeof(lang_headings) / sizeof(lang_headings[0]), word);
}
