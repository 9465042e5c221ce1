/*
 * Alarms: a column of conditions over the figures of store, writer and loops.
 *
 * http.c, metrics.c and the status handler ask, on their threads. It changes nothing and remembers
 * nothing: an alarm holds as long as its condition does.
 */
#include "health.h"

#include <assert.h>
#include <string.h>
#include <sys/statvfs.h>

#include "clock.h"
#include "diag.h"
#include "loop.h"
#include "rules.h"

static void
health_raise(struct health_report *report, bool unready, const char *name, const char *message,
	     const char *message_zh)
{
	assert(report->alarms_count < HEALTH_ALARMS_MAX);
	report->alarms[report->alarms_count++] = (struct health_alarm){
	    .name = name, .message = message, .message_zh = message_zh, .unready = unready};
	if (unready)
		report->ready = false;
}

static void
health_judge_store(struct health_report *report)
{
	const struct store_stats *store = &report->store;

	if (store->failed || report->writer.failed)
		health_raise(report, true, "book_failed",
			     "a sync has failed: nothing more is written, the daemon stops",
			     "落盘失败，服务停止写入并退出");
	if (store->disk_full || report->writer.disk_full)
		health_raise(report, false, "disk_full",
			     "no space for the log: writes are refused, reads go on",
			     "磁盘已满：拒绝写入，查询继续");
	if (store->view_stalled)
		health_raise(report, false, "view_stalled",
			     "the index cannot be written; writes will have to wait",
			     "索引无法写入，写入将被推迟");
	if (store->view_building)
		health_raise(report, true, "view_building", "the index is being rebuilt",
			     "正在重建索引");
	if (report->disk_free < HEALTH_DISK_FREE_MIN)
		health_raise(report, false, "disk_low", "less than 512 MiB are free for the book",
			     "账本所在磁盘可用空间不足 512 MiB");
	if (store->mark_age_us > HEALTH_MARK_AGE_MAX_US)
		health_raise(report, false, "mark_old",
			     "the mark has not been synced for more than two seconds",
			     "标记文件超过两秒未落盘");
	if (report->view_lag > HEALTH_VIEW_LAG_MAX)
		health_raise(report, false, "view_behind",
			     "the index is more than a million records behind",
			     "索引落后超过一百万条记录");
}

static void
health_judge_loops(const struct health *health, struct health_report *report)
{
	int64_t now = clock_monotonic_us(health->book->clock);

	for (size_t i = 0; i < health->loops_count; i++) {
		if (loop_silent_us(health->loops[i], now) <= HEALTH_SILENT_MAX_US)
			continue;
		health_raise(report, true, "loop_silent",
			     "a serving thread has not come round for five seconds",
			     "服务线程超过五秒无响应");
		return;
	}
}

/* Notices need this year's working days, and in December the next one's. */
static void
health_judge_calendar(const struct health *health, struct health_report *report)
{
	struct day today = day_of_instant(clock_utc_us(health->book->clock));
	struct calendar calendar;
	int year, month, dom;

	day_to_civil(today, &year, &month, &dom);
	rules_set_calendar(health->book->rules, year, RULES_AS_OF_NOW, &calendar);
	if (calendar_year(&calendar, year) != NULL &&
	    (month < 12 || calendar_year(&calendar, year + 1) != NULL))
		return;
	health_raise(
	    report, false, "calendar_missing",
	    "no calendar of working days covers this year, or in December the next: notices "
	    "whose term reaches into it are refused",
	    "缺少本年度（12 月起为下一年度）工作日历：期限涉及该年度的告知将被拒绝");
}

void
health_report(const struct health *health, struct health_report *ret)
{
	struct diag_figures log;
	struct statvfs disk;

	memset(ret, 0, sizeof(*ret));
	ret->stage = (enum health_stage)atomic_load(&health->stage);
	ret->ready = true;
	if (statvfs(health->data, &disk) == 0)
		ret->disk_free = (uint64_t)disk.f_bavail * disk.f_frsize;
	if (ret->stage == HEALTH_STARTING) {
		health_raise(ret, true, "starting", "the book is being read", "正在读取账本");
		return;
	}
	if (ret->stage == HEALTH_DRAINING)
		health_raise(ret, true, "draining", "the daemon is stopping", "服务正在停止");
	store_stats(health->book->store, &ret->store);
	writer_stats(health->book->writer, &ret->writer);
	standings_stats(health->book->standings, &ret->standings);
	if (ret->store.sequence > ret->store.applied_sequence)
		ret->view_lag = ret->store.sequence - ret->store.applied_sequence;
	health_judge_store(ret);
	if (ret->writer.clock_doubtful)
		health_raise(ret, false, "clock_doubtful",
			     "the clock is behind the last record, or far ahead and not "
			     "synchronised: writes are refused",
			     "时钟可疑（落后于最近记录，或大幅超前且未同步）：拒绝写入");
	health_judge_loops(health, ret);
	health_judge_calendar(health, ret);
	diag_figures(&log);
	if (log.lost > 0)
		health_raise(ret, false, "log_lost", "lines of the log could not be written",
			     "部分日志无法写入");
}
