/*
 * Records as items of an answer: what history, watch and export tell of them alike.
 */
#ifndef DAEMON_QUERY_HISTORY_H
#define DAEMON_QUERY_HISTORY_H

#include "query.h"
#include "query_inner.h"

#define HISTORY_ITEMS	512	    /* one answer's */
#define HISTORY_NOTHING UINT64_C(1) /* of kinds: records without events, refused ones above all */

/* One answer on its way. Filled in by who asks, up to list; the rest is history_record()'s. */
struct history_page {
	struct call *call;
	uint64_t as_of;
	enum subject_kind kind; /* whose events are wanted; 0: everybody's */
	struct code subject;
	uint64_t kinds; /* a bit for each kind of event that is wanted; 0: all */
	bool plain;	/* without personal texts, whoever asks */
	size_t items_max;
	size_t count;
	Demerit__V1__HistoryItem **list;

	Demerit__V1__HistoryItem *items;
	const struct store_record *record;
	const struct entry_head *head;
};

/* Room for HISTORY_ITEMS. False: the arena is full. */
bool history_page_begin(struct history_page *, struct call *);
bool history_page_is_full(const struct history_page *);

/* The record, in bytes of the arena's: folding people reads others over the reader's own. */
int history_read(struct call *, uint64_t sequence, struct store_record *ret_record,
		 struct entry_body *ret_body) NODISCARD;

/*
 * The events of one record, from the told'th on. 0: it is told as a whole, and told is 0 again.
 * 1: the page is full before that. Negative: the store's failure.
 */
int history_record(struct history_page *, const struct store_record *, struct entry_body *,
		   uint32_t *told) NODISCARD;

#endif
