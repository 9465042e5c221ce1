/*
 * THE table: every message of the surface, the right it needs, whom it is about, who answers it.
 *
 * It reads as the access policy. session_request.c looks rows up, on loop threads. A constant; a
 * row without a handler has its number for ever and answers UNIMPLEMENTED until it is built.
 */
#include "route.h"

#include <stddef.h>

#include "admin.h"
#include "hello.h"
#include "proto/precheck.h"
#include "query.h"
#include "submit.h"

#define NOBODY	     ROUTE_SCOPE_NONE
#define PRACTITIONER ROUTE_SCOPE_PRACTITIONER
#define INSTITUTION  ROUTE_SCOPE_INSTITUTION
#define LEDGER	     ROUTE_SCOPE_LEDGER

#define HELLO	RIGHT_HELLO
#define CHECK	RIGHT_CHECK
#define READ	RIGHT_READ
#define RECORD	RIGHT_RECORD
#define RULES	RIGHT_RULES
#define OPERATE RIGHT_OPERATE
#define GRANT	RIGHT_GRANT

/* clang-format off */
static const struct route_row route_table[] = {
    /* body, name,                  right,   scope,        streams, handler */
    {10, "check",                   CHECK,   PRACTITIONER, false, query_check},
    {11, "check_batch",             CHECK,   PRACTITIONER, false, query_check_batch},
    {12, "screen",                  CHECK,   PRACTITIONER, true,  query_screen},
    {13, "hello",                   HELLO,   NOBODY,       false, hello_greet},
    {14, "outcome",                 HELLO,   NOBODY,       false, query_outcome},
    {15, "standing",                READ,    PRACTITIONER, false, query_standing},

    {20, "get_descriptor",          HELLO,   NOBODY,       false, hello_descriptor},
    {21, "history",                 READ,    PRACTITIONER, true,  query_history},
    {22, "explain",                 READ,    PRACTITIONER, false, query_explain},
    {23, "board",                   READ,    INSTITUTION,  true,  NULL},
    {24, "watch",                   READ,    LEDGER,       true,  query_watch},
    {25, "clawback",                READ,    PRACTITIONER, true,  query_clawback},
    {26, "rulebook_list",           READ,    NOBODY,       false, query_rulebook_list},
    {27, "rulebook_show",           READ,    NOBODY,       false, query_rulebook_show},
    {28, "rulebook_check",          READ,    NOBODY,       false, query_rulebook_check},
    {29, "rulebook_diff",           READ,    NOBODY,       false, query_rulebook_diff},
    {30, "rulebook_simulate",       RULES,   LEDGER,       true,  NULL},
    {31, "policy_show",             READ,    NOBODY,       false, query_policy_show},
    {32, "calendar_show",           READ,    NOBODY,       false, query_calendar_show},
    {33, "catalogue",               READ,    NOBODY,       false, NULL},
    {34, "stats",                   READ,    LEDGER,       false, NULL},
    {35, "checkpoint",              READ,    LEDGER,       false, NULL},
    {36, "prove",                   READ,    PRACTITIONER, false, NULL},
    {37, "status",                  OPERATE, LEDGER,       false, query_status},
    {38, "verify",                  OPERATE, LEDGER,       false, admin_verify},
    {39, "backup",                  OPERATE, LEDGER,       false, admin_backup},
    {40, "export",                  OPERATE, LEDGER,       true,  query_export},
    {41, "rights_show",             GRANT,   LEDGER,       false, NULL},
    {42, "penalty_show",            READ,    INSTITUTION,  false, query_penalty_show},
    {43, "institution_show",        READ,    INSTITUTION,  false, query_institution_show},
    {44, "case_list",               READ,    PRACTITIONER, false, query_case_list},

    {60, "institution_add",         RECORD,  INSTITUTION,  false, submit_institution_add},
    {61, "practitioner_add",        RECORD,  PRACTITIONER, false, submit_practitioner_add},
    {62, "registration_join",       RECORD,  PRACTITIONER, false, submit_registration_join},
    {63, "registration_leave",      RECORD,  PRACTITIONER, false, submit_registration_leave},
    {64, "reregister",              RECORD,  PRACTITIONER, false, submit_reregister},
    {65, "penalty_record",          RECORD,  INSTITUTION,  false, submit_penalty_record},
    {66, "penalty_overturn",        RECORD,  INSTITUTION,  false, submit_penalty_overturn},
    {67, "points_record",           RECORD,  PRACTITIONER, false, submit_points_record},
    {68, "points_annul",            RECORD,  PRACTITIONER, false, submit_points_annul},
    {69, "points_correct",          RECORD,  PRACTITIONER, false, submit_points_correct},
    {70, "points_propose",          RECORD,  PRACTITIONER, false, submit_points_propose},
    {71, "points_approve",          RECORD,  PRACTITIONER, false, submit_points_approve},
    {72, "notice",                  RECORD,  PRACTITIONER, false, submit_notice},
    {73, "objection_file",          RECORD,  PRACTITIONER, false, submit_objection_file},
    {74, "objection_explain",       RECORD,  PRACTITIONER, false, submit_objection_explain},
    {75, "review",                  RECORD,  PRACTITIONER, false, submit_review},
    {76, "repair_request",          RECORD,  PRACTITIONER, false, submit_repair_request},
    {77, "repair_approve",          RECORD,  PRACTITIONER, false, submit_repair_approve},
    {78, "repair_deny",             RECORD,  PRACTITIONER, false, submit_repair_deny},
    {79, "stay",                    RECORD,  PRACTITIONER, false, submit_stay},
    {80, "resume",                  RECORD,  PRACTITIONER, false, submit_resume},
    {81, "alias",                   RECORD,  PRACTITIONER, false, submit_alias},
    {82, "merge",                   RECORD,  PRACTITIONER, false, NULL},
    {83, "unmerge",                 RECORD,  PRACTITIONER, false, NULL},
    {84, "foreign_sanction_record", RECORD,  PRACTITIONER, false, submit_foreign_record},
    {85, "foreign_sanction_end",    RECORD,  PRACTITIONER, false, submit_foreign_end},
    {86, "institution_note",        RECORD,  INSTITUTION,  false, submit_institution_note},
    {87, "referral_send",           RECORD,  PRACTITIONER, false, NULL},
    {88, "referral_receipt",        RECORD,  PRACTITIONER, false, NULL},
    {89, "marking_ack",             RECORD,  PRACTITIONER, false, NULL},
    {90, "rulebook_load",           RULES,   NOBODY,       false, submit_rulebook_load},
    {91, "policy_load",             RULES,   NOBODY,       false, submit_policy_load},
    {92, "calendar_load",           RULES,   NOBODY,       false, submit_calendar_load},
    {93, "catalogue_load",          RULES,   NOBODY,       false, NULL},
    {94, "rights",                  GRANT,   LEDGER,       false, NULL},
    {95, "person_erase",            GRANT,   PRACTITIONER, false, NULL},
    {96, "write_batch",             RECORD,  LEDGER,       false, submit_write_batch},
    {97, "institution_change",      RECORD,  INSTITUTION,  false, submit_institution_change},
};
/* clang-format on */

static const size_t route_count = sizeof(route_table) / sizeof(route_table[0]);

const struct route_row *
route_rows(size_t *ret_count)
{
	*ret_count = route_count;
	return route_table;
}

const struct route_row *
route_find(uint32_t body)
{
	size_t low = 0;
	size_t high = route_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (route_table[middle].body == body)
			return &route_table[middle];
		if (route_table[middle].body < body)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

bool
route_writes(const struct route_row *row)
{
	return row->body >= PRECHECK_WRITES_MIN;
}
