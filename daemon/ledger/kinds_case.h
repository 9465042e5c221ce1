/*
 * The closed lists of the procedure: as kinds.h, which includes this.
 */
#ifndef LEDGER_KINDS_CASE_H
#define LEDGER_KINDS_CASE_H

/* What came of an objection. */
enum review {
	REVIEW_UPHELD = 1,
	REVIEW_CHANGED = 2,
	REVIEW_WITHDRAWN = 3,
};

/* What repaired points are taken from: the plain sum, or the total under the cap. */
enum repair_basis {
	REPAIR_FROM_RAW = 1,
	REPAIR_FROM_CAPPED = 2,
};

/* What the calendar brings without anybody's deed. */
enum marker {
	MARKER_SUSPENSION_OVER = 1,
	MARKER_BAR_OVER = 2,
	MARKER_YEAR_TURNED = 3,
	MARKER_OBJECTION_DUE = 4,
	MARKER_PROPOSAL_EXPIRED = 5,
};

#endif
