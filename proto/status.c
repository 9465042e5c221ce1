/*
 * The protocol's refusals in words.
 *
 * Owns one constant table. The daemon builds its errors from it, the client the few it must
 * report itself. It never formats: what varies (a field, a clause) travels beside the sentence.
 */

#include "status.h"

#include <assert.h>

#define INVALID	     STATUS_CODE_INVALID_ARGUMENT
#define EXHAUSTED    STATUS_CODE_RESOURCE_EXHAUSTED
#define UNAVAILABLE  STATUS_CODE_UNAVAILABLE
#define OUT_OF_RANGE STATUS_CODE_OUT_OF_RANGE

static const struct status_row status_table[] = {
    [STATUS_OK] = {STATUS_CODE_OK, "OK", "done", "完成"},

    [STATUS_HTTP_NOT_SPOKEN] = {INVALID, "HTTP_NOT_SPOKEN",
				"this port speaks varint-delimited protobuf, not HTTP",
				"此端口使用带长度前缀的 protobuf，不支持 HTTP"},
    [STATUS_FRAME_BAD] = {INVALID, "FRAME_BAD", "the length in front of the message is malformed",
			  "消息长度前缀格式错误"},
    [STATUS_FRAME_TOO_LARGE] = {INVALID, "FRAME_TOO_LARGE",
				"the message is longer than this request may be",
				"消息超过该请求允许的长度"},
    [STATUS_MESSAGE_BAD] = {INVALID, "MESSAGE_BAD", "the message ends in the middle of a field",
			    "消息在字段中间结束"},
    [STATUS_FIELD_UNKNOWN] = {INVALID, "FIELD_UNKNOWN",
			      "the message has a field this daemon does not know",
			      "消息含有本服务不认识的字段"},
    [STATUS_FIELD_WIRE_TYPE] = {INVALID, "FIELD_WIRE_TYPE",
				"the field is encoded with the wrong wire type",
				"字段的编码类型错误"},
    [STATUS_FIELD_TWICE] = {INVALID, "FIELD_TWICE", "the field stands there twice", "字段重复出现"},
    [STATUS_FIELD_RANGE] = {INVALID, "FIELD_RANGE", "the number does not fit the field",
			    "数值超出字段范围"},
    [STATUS_FIELD_TOO_LONG] = {INVALID, "FIELD_TOO_LONG", "the field is longer than allowed",
			       "字段超过允许长度"},
    [STATUS_FIELD_TOO_MANY] = {INVALID, "FIELD_TOO_MANY", "the list has more items than allowed",
			       "列表项数超过上限"},
    [STATUS_FIELD_BAD_TEXT] = {INVALID, "FIELD_BAD_TEXT",
			       "the text is not valid UTF-8 or holds a NUL",
			       "文本不是有效的 UTF-8 或含有空字符"},
    [STATUS_TOO_DEEP] = {INVALID, "TOO_DEEP", "the message is nested too deeply", "消息嵌套过深"},
    [STATUS_TOO_COSTLY] = {INVALID, "TOO_COSTLY",
			   "the message would take too much memory to unpack",
			   "解析该消息所需内存过多"},

    [STATUS_REQUEST_ID_MISSING] = {INVALID, "REQUEST_ID_MISSING",
				   "a request needs a request_id that is not 0",
				   "请求必须带有非零的 request_id"},
    [STATUS_BODY_MISSING] = {INVALID, "BODY_MISSING", "the request asks for nothing",
			     "请求没有内容"},
    [STATUS_BODY_UNKNOWN] = {STATUS_CODE_UNIMPLEMENTED, "BODY_UNKNOWN",
			     "this daemon does not know that kind of request",
			     "本服务不认识该类请求"},
    [STATUS_BODY_NOT_BUILT] = {STATUS_CODE_UNIMPLEMENTED, "BODY_NOT_BUILT",
			       "that kind of request is not built yet", "该类请求尚未实现"},
    [STATUS_FIELD_MISSING] = {INVALID, "FIELD_MISSING", "a field that is needed is not there",
			      "缺少必填字段"},
    [STATUS_FIELD_BAD_CODE] = {INVALID, "FIELD_BAD_CODE",
			       "a code is 1 to 64 bytes of printable ASCII without blanks",
			       "编码须为 1 至 64 个不含空格的可打印 ASCII 字符"},
    [STATUS_FIELD_BAD_ID] =
	{INVALID, "FIELD_BAD_ID",
	 "an id is 1 to 64 letters, digits, dots, underscores, colons or hyphens",
	 "标识须为 1 至 64 个字母、数字、点、下划线、冒号或连字符"},
    [STATUS_FIELD_BAD_DAY] = {INVALID, "FIELD_BAD_DAY", "the day is outside the calendar",
			      "日期超出日历范围"},
    [STATUS_FIELD_BAD_VALUE] = {INVALID, "FIELD_BAD_VALUE", "the value is not allowed here",
				"此处不允许该值"},
    [STATUS_KEY_MISSING] = {INVALID, "KEY_MISSING",
			    "a write needs an idempotency key of 1 to 64 bytes",
			    "写入请求必须带有 1 至 64 字节的幂等键"},
    [STATUS_KEY_REUSED] = {STATUS_CODE_ALREADY_EXISTS, "KEY_REUSED",
			   "that key already stands for another request", "该幂等键已用于另一请求"},
    [STATUS_EPOCH_UNKNOWN] = {OUT_OF_RANGE, "EPOCH_UNKNOWN",
			      "that sequence belongs to another epoch of the book",
			      "该序号属于账本的另一纪元"},
    [STATUS_NOT_FRESH] = {OUT_OF_RANGE, "NOT_FRESH", "the book has not reached that sequence",
			  "账本尚未到达该序号"},
    [STATUS_KNOWN_AT_AHEAD] = {OUT_OF_RANGE, "KNOWN_AT_AHEAD", "known-at lies ahead of the book",
			       "known-at 超前于账本"},
    [STATUS_SINCE_AHEAD] = {OUT_OF_RANGE, "SINCE_AHEAD",
			    "since lies ahead of the book: nothing has that sequence yet",
			    "since 超前于账本：尚无该序号"},

    [STATUS_PEER_UNKNOWN] = {STATUS_CODE_UNAUTHENTICATED, "PEER_UNKNOWN",
			     "the daemon does not know who is calling", "无法识别调用方身份"},
    [STATUS_NOT_ALLOWED] = {STATUS_CODE_PERMISSION_DENIED, "NOT_ALLOWED",
			    "the caller has no right to that", "调用方无权执行该操作"},

    [STATUS_NOT_FOUND] = {STATUS_CODE_NOT_FOUND, "NOT_FOUND", "there is no such thing in the book",
			  "账本中没有该对象"},

    [STATUS_BUSY] = {UNAVAILABLE, "BUSY", "too much is waiting; try again", "服务繁忙，请稍后重试"},
    [STATUS_IN_FLIGHT_FULL] = {EXHAUSTED, "IN_FLIGHT_FULL",
			       "too many requests of this session have no answer yet",
			       "本会话未应答的请求过多"},
    [STATUS_REFUSALS_TOO_MANY] = {EXHAUSTED, "REFUSALS_TOO_MANY",
				  "too many refused writes from this principal; try again later",
				  "该主体被拒绝的写入过多，请稍后重试"},
    [STATUS_DEADLINE_EXCEEDED] = {STATUS_CODE_DEADLINE_EXCEEDED, "DEADLINE_EXCEEDED",
				  "the deadline passed before the request was decided",
				  "请求在裁决前已超时"},
    [STATUS_DRAINING] = {UNAVAILABLE, "DRAINING", "the daemon is stopping", "服务正在停止"},
    [STATUS_STARTING] = {UNAVAILABLE, "STARTING", "the daemon is still reading its book",
			 "服务正在加载账本"},
    [STATUS_CLOCK_DOUBTFUL] = {UNAVAILABLE, "CLOCK_DOUBTFUL",
			       "the daemon's clock is in doubt: it writes nothing",
			       "服务时钟可疑，暂停写入"},
    [STATUS_DISK_FULL] = {EXHAUSTED, "DISK_FULL", "the disk is full: reads go on, writes wait",
			  "磁盘已满：可读，暂停写入"},
    [STATUS_OUTCOME_UNKNOWN] =
	{UNAVAILABLE, "OUTCOME_UNKNOWN",
	 "the connection ended before the answer; ask for the outcome by key",
	 "连接在应答前中断；请按幂等键查询结果"},
    [STATUS_CANCELLED] = {STATUS_CODE_CANCELLED, "CANCELLED", "the request was cancelled",
			  "请求已取消"},
    [STATUS_BOOK_DAMAGED] = {STATUS_CODE_DATA_LOSS, "BOOK_DAMAGED",
			     "the book is damaged at the place asked for", "账本在所查位置已损坏"},
    [STATUS_INTERNAL] = {STATUS_CODE_INTERNAL, "INTERNAL", "the daemon failed", "服务内部错误"},
};

static_assert(sizeof(status_table) / sizeof(status_table[0]) == STATUS_REASONS_COUNT,
	      "every reason has its words");

const struct status_row *
status_get(enum status_reason reason)
{
	assert((size_t)reason < STATUS_REASONS_COUNT);
	assert(status_table[reason].reason != NULL);
	return &status_table[reason];
}

const char *
status_code_name(unsigned code)
{
	static const char *const names[] = {
	    "OK",
	    "CANCELLED",
	    "UNKNOWN",
	    "INVALID_ARGUMENT",
	    "DEADLINE_EXCEEDED",
	    "NOT_FOUND",
	    "ALREADY_EXISTS",
	    "PERMISSION_DENIED",
	    "RESOURCE_EXHAUSTED",
	    "FAILED_PRECONDITION",
	    "ABORTED",
	    "OUT_OF_RANGE",
	    "UNIMPLEMENTED",
	    "INTERNAL",
	    "UNAVAILABLE",
	    "DATA_LOSS",
	    "UNAUTHENTICATED",
	};

	return code < sizeof(names) / sizeof(names[0]) ? names[code] : NULL;
}
