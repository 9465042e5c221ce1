/*
 * Words for people.
 *
 * Owns one constant table. main.c asks it once for the language, the tables for each word. It
 * never touches what programs read: JSON and CSV have English words whatever the locale.
 */

#include "lang.h"

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *word;
	const char *zh;
} lang_words[] = {
    /* Values. */
    {"pay", "支付"},
    {"refuse", "拒付"},
    {"exempt", "豁免"},
    {"undetermined", "待核"},
    {"normal", "正常"},
    {"suspended", "暂停"},
    {"terminated", "终止"},
    {"unknown", "未知"},
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

    /* Headings. */
    {"action", "措施"},
    {"alarms", "告警"},
    {"article", "法条"},
    {"authority", "作出机关"},
    {"bar_until", "可重新登记日"},
    {"bar_years", "禁入年数"},
    {"bytes", "字节"},
    {"category", "类别"},
    {"clause", "依据条款"},
    {"conduct_from", "行为起"},
    {"conduct_to", "行为止"},
    {"counts_from", "计分日"},
    {"decision", "结论"},
    {"document", "文号"},
    {"entries", "记分记录"},
    {"entry", "记分记录"},
    {"epoch", "纪元"},
    {"event", "事件"},
    {"fallen", "已撤销"},
    {"from", "起"},
    {"id", "标识"},
    {"institution", "机构"},
    {"kind", "种类"},
    {"known_at", "知悉时点"},
    {"ledger", "账本"},
    {"level", "责任"},
    {"lifted", "解除日"},
    {"measures", "处理措施"},
    {"message", "说明"},
    {"months", "月数"},
    {"name", "名称"},
    {"on", "日期"},
    {"parameter", "参数"},
    {"path", "路径"},
    {"penalty", "处罚"},
    {"points", "分值"},
    {"points_raw", "原始记分"},
    {"points_this_year", "本年记分"},
    {"practitioner", "人员"},
    {"reason", "原因"},
    {"recorded_seq", "记录序号"},
    {"recorded_at", "记录时间"},
    {"registered", "在该机构登记"},
    {"registrations", "登记备案"},
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
    {"steps", "步骤"},
    {"superseded_by", "被取代"},
    {"text", "内容"},
    {"threshold", "阈值"},
    {"total", "累计"},
    {"unchanged", "无变化"},
    {"until", "止"},
    {"value", "值"},
    {"verdict", "裁决"},
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

const char *
lang_word(const char *word)
{
	for (size_t i = 0; i < sizeof(lang_words) / sizeof(lang_words[0]); i++)
		if (strcmp(lang_words[i].word, word) == 0)
			return lang_words[i].zh;
	return word;
}
