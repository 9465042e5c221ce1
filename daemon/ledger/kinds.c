/*
 * The names of the closed lists. Owns the tables; called wherever a kind is read or printed, on
 * any thread. Never renumbers: the ledger holds these numbers for ever.
 */
#include "kinds.h"

#include <assert.h>
#include <string.h>

struct kind_row {
	unsigned number;
	const char *name;
};

#define KIND_ROWS_MAX 9 /* the longest list and its end */

static const struct kind_row kind_rows[KINDS_COUNT][KIND_ROWS_MAX] = {
    [KINDS_INSTITUTION] =
	{
	    {INSTITUTION_HOSPITAL, "hospital"},
	    {INSTITUTION_PHARMACY, "pharmacy"},
	},
    [KINDS_CATEGORY] =
	{
	    {CATEGORY_MEDICAL, "medical"},
	    {CATEGORY_PHARMACEUTICAL, "pharmaceutical"},
	    {CATEGORY_NURSING, "nursing"},
	    {CATEGORY_TECHNICAL, "technical"},
	    {CATEGORY_BILLING, "billing"},
	    {CATEGORY_PRINCIPAL, "principal"},
	},
    [KINDS_PENALTY] =
	{
	    {PENALTY_ADMINISTRATIVE, "administrative"},
	    {PENALTY_AGREEMENT, "agreement"},
	},
    [KINDS_LEVEL] =
	{
	    {LEVEL_GENERAL, "general"},
	    {LEVEL_IMPORTANT, "important"},
	    {LEVEL_MAIN, "main"},
	},
    [KINDS_STATUS] =
	{
	    {STATUS_NORMAL, "normal"},
	    {STATUS_SUSPENDED, "suspended"},
	    {STATUS_TERMINATED, "terminated"},
	    {STATUS_UNKNOWN, "unknown"},
	},
    [KINDS_PATH] =
	{
	    {PATH_SINGLE, "single"},
	    {PATH_ACCUMULATED, "accumulated"},
	    {PATH_FOREIGN, "foreign"},
	},
    [KINDS_OVERLAP] =
	{
	    {OVERLAP_REPLACE, "replace"},
	    {OVERLAP_EXTEND, "extend"},
	    {OVERLAP_ADD, "add"},
	    {OVERLAP_KEEP, "keep"},
	},
    [KINDS_START] =
	{
	    {START_SCORING_DAY, "scoring-day"},
	    {START_NEXT_DAY, "next-day"},
	    {START_NEXT_MONTH, "first-of-next-month"},
	},
    [KINDS_SINGLE_BY] =
	{
	    {SINGLE_BY_ENTRY, "entry"},
	    {SINGLE_BY_PENALTY, "penalty"},
	},
    [KINDS_QUALIFICATION] =
	{
	    {QUALIFICATION_AGREEMENT, "agreement"},
	    {QUALIFICATION_COMMITMENT, "commitment"},
	},
    [KINDS_VISIT] =
	{
	    {VISIT_FIRST_AID, "first-aid"},
	    {VISIT_RESCUE, "rescue"},
	    {VISIT_EMERGENCY, "emergency"},
	},
    [KINDS_FALL] =
	{
	    {FALL_ANNULLED, "annulled"},
	    {FALL_OVERTURNED, "overturned"},
	    {FALL_CORRECTED, "corrected"},
	    {FALL_REVIEWED, "reviewed"},
	    {FALL_REPAIRED, "repaired"},
	    {FALL_UNMERGED, "unmerged"},
	},
    [KINDS_ROLE] =
	{
	    {ROLE_BILLING_DOCTOR, "bilg_dr_codg"},
	    {ROLE_ORDERS_DOCTOR, "orders_dr_code"},
	    {ROLE_ATTENDING_DOCTOR, "atddr_no"},
	    {ROLE_DISEASE_DOCTOR, "dise_dor_no"},
	    {ROLE_OPERATING_DOCTOR, "oper_dr_code"},
	    {ROLE_ANAESTHETIST, "anst_dr_code"},
	    {ROLE_PRESCRIBER, "prsc_dr_certno"},
	    {ROLE_PHARMACIST, "phar_prac_cert_no"},
	},
    [KINDS_REVIEW] =
	{
	    {REVIEW_UPHELD, "upheld"},
	    {REVIEW_CHANGED, "changed"},
	    {REVIEW_WITHDRAWN, "withdrawn"},
	},
    [KINDS_REPAIR_BASIS] =
	{
	    {REPAIR_FROM_RAW, "raw"},
	    {REPAIR_FROM_CAPPED, "capped"},
	},
    [KINDS_MARKER] =
	{
	    {MARKER_SUSPENSION_OVER, "suspension_over"},
	    {MARKER_BAR_OVER, "bar_over"},
	    {MARKER_YEAR_TURNED, "year_turned"},
	    {MARKER_OBJECTION_DUE, "objection_due"},
	    {MARKER_PROPOSAL_EXPIRED, "proposal_expired"},
	},
};

const char *
kind_name(enum kind_list list, unsigned number)
{
	assert(list < KINDS_COUNT);
	for (size_t i = 0; i < KIND_ROWS_MAX && kind_rows[list][i].name != NULL; i++) {
		if (kind_rows[list][i].number == number)
			return kind_rows[list][i].name;
	}
	return NULL;
}

unsigned
kind_parse(enum kind_list list, const char *text, size_t size)
{
	assert(list < KINDS_COUNT);
	for (size_t i = 0; i < KIND_ROWS_MAX && kind_rows[list][i].name != NULL; i++) {
		const char *name = kind_rows[list][i].name;
		if (strlen(name) == size && memcmp(name, text, size) == 0)
			return kind_rows[list][i].number;
	}
	return 0;
}
