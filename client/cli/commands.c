/*
 * The table of commands.
 *
 * Owns nothing but constants. Each row: the words, what stands on its line, help, who runs it,
 * the body of demerit.proto it fills, and by which options. interfaces first, then alphabet.
 */

#include "cmd.h"

/* What the rulebook leaves to the decision, for the person of an entry. */
#define COMMANDS_CHOICES(above)                                                                    \
	{"from", above "from_day", CMD_DAY, false}, {"months", above "months", CMD_NUMBER, false}, \
	    {"bar-years", above "bar_years", CMD_NUMBER, false},                                   \
	    {"overlap", above "overlap", CMD_WORD, false},                                         \
	{                                                                                          \
		"credit", above "credit_days", CMD_NUMBER, false                                   \
	}

/* Everything an entry says but who and how many. */
#define COMMANDS_ENTRY(above, needed)                                                              \
	{"penalty", above "penalty", CMD_TEXT, false}, {"on", above "on", CMD_DAY, false},         \
	    {"level", above "level", CMD_WORD, needed},                                            \
	    {"conduct", above "conduct", CMD_CONDUCT, needed},                                     \
	    {"situation", above "situation", CMD_TEXT, false},                                     \
	    {"rulebook", above "rulebook", CMD_RULEBOOK, false},                                   \
	    {"institution", above "institution", CMD_TEXT, false},                                 \
	    {"catalogue-code", above "catalogue_code", CMD_TEXT, false},                           \
	    {"band-shift", above "band_shift", CMD_SIGNED, false},                                 \
	    {"act", above "act", CMD_TEXT, false}, {"id", above "id", CMD_TEXT, false},            \
	    COMMANDS_CHOICES(above)

#define COMMANDS_END                                                                               \
	{                                                                                          \
		NULL, NULL, CMD_OWN, false                                                         \
	}

#define COMMANDS_ENTRY_USAGE                                                                       \
	"PRACTITIONER POINTS --penalty ID|--on DATE --level general|important|main\n"              \
	"         --conduct FROM[..TO] [--situation CODE] [--rulebook SLUG[@DATE]] [--from "       \
	"DATE]\n"                                                                                  \
	"         [--months N] [--bar-years N] [--overlap replace|extend|add|keep] [--credit "     \
	"DAYS]\n"                                                                                  \
	"         [--catalogue-code CODE] [--act ID] [--band-shift -1|1] [--reason TEXT] [--id "   \
	"ID]"

static const struct cmd_field institution_add[] = {
    {NULL, "code", CMD_TEXT, true},
    {"name", "name", CMD_TEXT, true},
    {"region", "region", CMD_TEXT, true},
    {"kind", "kind", CMD_WORD, true},
    COMMANDS_END,
};
static const struct cmd_field institution_change[] = {
    {NULL, "code", CMD_TEXT, true},
    {"name", "name", CMD_TEXT, false},
    {"region", "region", CMD_TEXT, false},
    {"closed-on", "closed_on", CMD_DAY, false},
    {"merged-into", "merged_into", CMD_TEXT, false},
    {"on", "on", CMD_DAY, true},
    {"reason", "reason", CMD_TEXT, false},
    COMMANDS_END,
};
static const struct cmd_field institution_show[] = {
    {NULL, "code", CMD_TEXT, true},
    {"on", "on", CMD_DAY, false},
    COMMANDS_END,
};
static const struct cmd_field practitioner_add[] = {
    {NULL, "code", CMD_TEXT, true},
    {"category", "category", CMD_WORD, true},
    {"at", "institution", CMD_TEXT, false},
    {"from", "from_day", CMD_DAY, false},
    {"name", "name", CMD_TEXT, false},
    {"alias", "aliases", CMD_TEXTS, false},
    {"commitment-signed", "commitment_signed", CMD_FLAG, false},
    COMMANDS_END,
};
static const struct cmd_field practitioner_show[] = {
    {NULL, "practitioner", CMD_TEXT, true},
    {"on", "on", CMD_DAY, false},
    COMMANDS_END,
};
static const struct cmd_field practitioner_register[] = {
    {NULL, "practitioner", CMD_TEXT, true},
    {"at", "institution", CMD_TEXT, true},
    {"on", "on", CMD_DAY, true},
    {"commitment-signed", "commitment_signed", CMD_FLAG, false},
    COMMANDS_END,
};
static const struct cmd_field practitioner_alias[] = {
    {NULL, "practitioner", CMD_TEXT, true},
    {NULL, "alias", CMD_TEXT, true},
    {"remove", "remove", CMD_FLAG, false},
    COMMANDS_END,
};
static const struct cmd_field registration_join[] = {
    {NULL, "practitioner", CMD_TEXT, true},
    {NULL, "institution", CMD_TEXT, true},
    {"on", "on", CMD_DAY, false},
    {"commitment-signed", "commitment_signed", CMD_FLAG, false},
    COMMANDS_END,
};
static const struct cmd_field registration_leave[] = {
    {NULL, "practitioner", CMD_TEXT, true},
    {NULL, "institution", CMD_TEXT, true},
    {"on", "on", CMD_DAY, false},
    COMMANDS_END,
};
static const struct cmd_field penalty_record[] = {
    {NULL, "id", CMD_TEXT, true},
    {"institution", "institution", CMD_TEXT, true},
    {"kind", "kind", CMD_WORD, true},
    {"measure", "measure", CMD_TEXT, true},
    {"article", "article", CMD_TEXT, true},
    {"authority", "authority", CMD_TEXT, true},
    {"on", "on", CMD_DAY, true},
    {"amount", "amount_fen", CMD_NUMBER, false},
    {"clue", "clue", CMD_TEXT, false},
    COMMANDS_END,
};
static const struct cmd_field penalty_show[] = {{NULL, "id", CMD_TEXT, true}, COMMANDS_END};
static const struct cmd_field penalty_overturn[] = {
    {NULL, "id", CMD_TEXT, true},
    {"on", "on", CMD_DAY, true},
    {"reason", "reason", CMD_TEXT, true},
    {"choice", "choices", CMD_CHOICE, false},
    COMMANDS_END,
};
static const struct cmd_field points_record[] = {
    {NULL, "practitioner", CMD_TEXT, true},
    {NULL, "points", CMD_NUMBER, true},
    COMMANDS_ENTRY("", true),
    {"reason", "reason", CMD_TEXT, false},
    COMMANDS_END,
};
static const struct cmd_field points_annul[] = {
    {NULL, "entry", CMD_TEXT, true},
    {"on", "on", CMD_DAY, false},
    {"reason", "reason", CMD_TEXT, true},
    {"choice", "choices", CMD_CHOICE, false},
    COMMANDS_END,
};
static const struct cmd_field points_correct[] = {
    {NULL, "entry", CMD_TEXT, true},
    {NULL, "replacement.practitioner", CMD_TEXT, false},
    {NULL, "replacement.points", CMD_NUMBER, true},
    {"reason", "reason", CMD_TEXT, true},
    {"choice", "choices", CMD_CHOICE, false},
    COMMANDS_ENTRY("replacement.", false),
    COMMANDS_END,
};
static const struct cmd_field points_propose[] = {
    {NULL, "entry.practitioner", CMD_TEXT, true},
    {NULL, "entry.points", CMD_NUMBER, true},
    COMMANDS_ENTRY("entry.", true),
    {"reason", "entry.reason", CMD_TEXT, false},
    COMMANDS_END,
};
static const struct cmd_field points_approve[] = {
    {NULL, "proposal", CMD_TEXT, true},
    {"reason", "reason", CMD_TEXT, false},
    COMMANDS_END,
};
static const struct cmd_field points_deny[] = {
    {NULL, "proposal", CMD_TEXT, true},
    {"reason", "reason", CMD_TEXT, true},
    {NULL, "deny", CMD_ALWAYS, false},
    COMMANDS_END,
};
static const struct cmd_field sanction_record[] = {
    {NULL, "practitioner", CMD_TEXT, true},
    {"kind", "kind", CMD_WORD, true},
    {"source", "source", CMD_TEXT, true},
    {"number", "number", CMD_TEXT, true},
    {"clause", "clause", CMD_TEXT, false},
    {"exempt", "exempt", CMD_LIST, false},
    {"from", "from_day", CMD_DAY, true},
    {"until", "until_day", CMD_DAY, false},
    {"id", "id", CMD_TEXT, false},
    {"note", "note", CMD_TEXT, false},
    COMMANDS_END,
};
static const struct cmd_field sanction_end[] = {
    {NULL, "id", CMD_TEXT, true},
    {"on", "on", CMD_DAY, true},
    {"reason", "reason", CMD_TEXT, false},
    {"withdrawn", "withdrawn", CMD_FLAG, false},
    COMMANDS_END,
};
static const struct cmd_field sanction_stay[] = {
    {NULL, "sanction", CMD_TEXT, true},
    {"court", "court", CMD_TEXT, true},
    {"number", "number", CMD_TEXT, false},
    {"on", "on", CMD_DAY, true},
    {"reason", "reason", CMD_TEXT, false},
    {"id", "id", CMD_TEXT, false},
    COMMANDS_END,
};
static const struct cmd_field sanction_resume[] = {
    {NULL, "stay", CMD_TEXT, true},
    {"on", "on", CMD_DAY, true},
    {"until", "until_day", CMD_DAY, false},
    {"reason", "reason", CMD_TEXT, false},
    COMMANDS_END,
};
static const struct cmd_field check_fields[] = {
    {"file", "file", CMD_OWN, false},
    {"on", "on", CMD_OWN, false},
    {"institution", "institution", CMD_OWN, false},
    {"visit-type", "visit_type", CMD_OWN, false},
    {"emergency", "emergency", CMD_OWN_FLAG, false},
    {"exit-code", "exit_code", CMD_OWN_FLAG, false},
    COMMANDS_END,
};
static const struct cmd_field screen_fields[] = {
    {NULL, "file", CMD_OWN, true},
    {"resume-from", "resume_from", CMD_OWN, false},
    COMMANDS_END,
};
static const struct cmd_field history_fields[] = {
    {NULL, "practitioner", CMD_TEXT, false}, {"institution", "institution", CMD_TEXT, false},
    {"penalty", "penalty", CMD_TEXT, false}, {"since", "since", CMD_NUMBER, false},
    {"limit", "limit", CMD_NUMBER, false},   COMMANDS_END,
};
static const struct cmd_field explain_fields[] = {
    {NULL, "practitioner", CMD_TEXT, false},
    {"on", "on", CMD_DAY, false},
    {"entry", "entry", CMD_TEXT, false},
    {"sanction", "sanction", CMD_TEXT, false},
    COMMANDS_END,
};
static const struct cmd_field board_fields[] = {
    {NULL, "institution", CMD_TEXT, true},
    {"on", "on", CMD_DAY, false},
    {"public", "public_view", CMD_FLAG, false},
    COMMANDS_END,
};
static const struct cmd_field watch_fields[] = {
    {"since", "since", CMD_NUMBER, false},
    {"once", "once", CMD_OWN_FLAG, false},
    {"institution", "institution", CMD_TEXT, false},
    {"practitioner", "practitioner", CMD_TEXT, false},
    {"kind", "kinds", CMD_TEXTS, false},
    {"heartbeat", "heartbeat_s", CMD_NUMBER, false},
    COMMANDS_END,
};
static const struct cmd_field clawback_fields[] = {
    {"since", "since", CMD_NUMBER, true},
    {"institution", "institution", CMD_TEXT, false},
    {"file", "file", CMD_OWN, false},
    {"resume-from", "resume_from", CMD_OWN, false},
    COMMANDS_END,
};
static const struct cmd_field stats_fields[] = {
    {"from", "from_day", CMD_DAY, false},
    {"until", "until_day", CMD_DAY, false},
    {"by", "by", CMD_TEXT, false},
    {"region", "region", CMD_TEXT, false},
    COMMANDS_END,
};
static const struct cmd_field outcome_fields[] = {
    {NULL, "key", CMD_TEXT, true},
    {"principal", "principal", CMD_TEXT, false},
    COMMANDS_END,
};
static const struct cmd_field objection_file[] = {
    {NULL, "entry", CMD_TEXT, true},
    {"by", "by", CMD_TEXT, true},
    {"received-on", "received_on", CMD_DAY, true},
    {"signed", "signed_by_person", CMD_FLAG, false},
    {"stamped", "stamped_by_institution", CMD_FLAG, false},
    {"text", "text", CMD_TEXT, false},
    {"id", "id", CMD_TEXT, false},
    COMMANDS_END,
};
static const struct cmd_field objection_explain[] = {
    {NULL, "objection", CMD_TEXT, true},
    {"on", "on", CMD_DAY, true},
    {"text", "text", CMD_TEXT, false},
    COMMANDS_END,
};
static const struct cmd_field objection_review[] = {
    {NULL, "objection", CMD_TEXT, true},
    {"on", "on", CMD_DAY, true},
    {"outcome", "outcome", CMD_WORD, true},
    {"department", "department", CMD_TEXT, false},
    {"reason", "reason", CMD_TEXT, false},
    {"points", "replacement.points", CMD_NUMBER, false},
    {"entry-id", "replacement.id", CMD_TEXT, false},
    {"level", "replacement.level", CMD_WORD, false},
    {"situation", "replacement.situation", CMD_TEXT, false},
    {"rulebook", "replacement.rulebook", CMD_RULEBOOK, false},
    COMMANDS_CHOICES("replacement."),
    {"choice", "choices", CMD_CHOICE, false},
    COMMANDS_END,
};
static const struct cmd_field repair_request[] = {
    {NULL, "practitioner", CMD_TEXT, true},
    {"points", "points", CMD_NUMBER, false},
    {"activity", "activity", CMD_TEXT, true},
    {"on", "on", CMD_DAY, true},
    {"text", "text", CMD_TEXT, false},
    {"id", "id", CMD_TEXT, false},
    COMMANDS_END,
};
static const struct cmd_field repair_approve[] = {
    {NULL, "repair", CMD_TEXT, true},
    {"on", "on", CMD_DAY, true},
    {"points", "points", CMD_NUMBER, false},
    {"sanction", "sanction", CMD_TEXT, false},
    {"until", "until_day", CMD_DAY, false},
    {"reason", "reason", CMD_TEXT, false},
    COMMANDS_END,
};
static const struct cmd_field repair_deny[] = {
    {NULL, "repair", CMD_TEXT, true},
    {"on", "on", CMD_DAY, true},
    {"reason", "reason", CMD_TEXT, true},
    COMMANDS_END,
};
static const struct cmd_field notice_record[] = {
    {NULL, "entry", CMD_TEXT, true},
    {"to", "to", CMD_TEXT, true},
    {"served-on", "served_on", CMD_DAY, true},
    {"channel", "channel", CMD_TEXT, false},
    {"id", "id", CMD_TEXT, false},
    COMMANDS_END,
};
static const struct cmd_field referral_send[] = {
    {"to", "to", CMD_TEXT, true},
    {"entry", "entry", CMD_TEXT, false},
    {"penalty", "penalty", CMD_TEXT, false},
    {"on", "on", CMD_DAY, true},
    {"text", "text", CMD_TEXT, false},
    {"id", "id", CMD_TEXT, false},
    COMMANDS_END,
};
static const struct cmd_field referral_receipt[] = {
    {NULL, "referral", CMD_TEXT, true},
    {"on", "on", CMD_DAY, true},
    {"number", "number", CMD_TEXT, false},
    {"text", "text", CMD_TEXT, false},
    COMMANDS_END,
};
static const struct cmd_field marking_ack[] = {
    {NULL, "practitioner", CMD_TEXT, true},
    {NULL, "institution", CMD_TEXT, true},
    {"sanction", "sanction", CMD_TEXT, false},
    {"on", "on", CMD_DAY, true},
    COMMANDS_END,
};
static const struct cmd_field case_list[] = {
    {NULL, "practitioner", CMD_TEXT, false}, {"institution", "institution", CMD_TEXT, false},
    {"kind", "kind", CMD_TEXT, false},	     {"open", "open_only", CMD_FLAG, false},
    {"limit", "limit", CMD_NUMBER, false},   COMMANDS_END,
};
static const struct cmd_field rulebook_list[] = {{NULL, "slug", CMD_TEXT, false}, COMMANDS_END};
static const struct cmd_field rulebook_show[] = {
    {NULL, "slug", CMD_VERSION, true},
    {"on", "on", CMD_DAY, false},
    COMMANDS_END,
};
static const struct cmd_field calendar_show[] = {{NULL, "year", CMD_NUMBER, true}, COMMANDS_END};
static const struct cmd_field rulebook_check[] = {{NULL, "text", CMD_FILE, true}, COMMANDS_END};
static const struct cmd_field rulebook_diff[] = {
    {NULL, "slug", CMD_VERSION, true},
    {NULL, "other", CMD_OWN, true},
    COMMANDS_END,
};
static const struct cmd_field rulebook_simulate[] = {
    {NULL, "text", CMD_FILE, true},
    {"from", "from_day", CMD_DAY, true},
    {"until", "until_day", CMD_DAY, false},
    COMMANDS_END,
};
static const struct cmd_field import_fields[] = {
    {NULL, "file", CMD_OWN, true},
    {"source", "source", CMD_OWN, false},
    COMMANDS_END,
};
static const struct cmd_field export_fields[] = {
    {NULL, "file", CMD_OWN, false},
    {"since", "since", CMD_NUMBER, false},
    {"until", "until", CMD_NUMBER, false},
    COMMANDS_END,
};
static const struct cmd_field prove_fields[] = {
    {NULL, "entry", CMD_TEXT, true},
    {"tree-size", "tree_size", CMD_NUMBER, false},
    COMMANDS_END,
};
static const struct cmd_field file_fields[] = {{NULL, "file", CMD_OWN, true}, COMMANDS_END};
static const struct cmd_field backup_fields[] = {{NULL, "name", CMD_TEXT, true}, COMMANDS_END};

const struct cmd cmd_table[] = {
    {"institution add", "CODE --name NAME --region 350102 --kind hospital|pharmacy",
     "add an institution", cmd_write_run, "institution_add", institution_add, true},
    {"institution change",
     "CODE [--name NAME] [--region 350102] [--closed-on DATE]\n"
     "         [--merged-into CODE] [--reason TEXT] --on DATE",
     "another name or region, closed, merged into another", cmd_write_run, "institution_change",
     institution_change, true},
    {"institution show", "CODE [--on DATE]", "show an institution", cmd_read_run,
     "institution_show", institution_show, false},
    {"practitioner add",
     "CODE --category medical|pharmaceutical|nursing|technical|billing|principal\n"
     "         [--at CODE] [--from DATE] [--name NAME] [--alias KIND:VALUE]... "
     "[--commitment-signed]",
     "add a practitioner", cmd_write_run, "practitioner_add", practitioner_add, true},
    {"practitioner show", "CODE [--on DATE]", "status, points, sanctions, registrations",
     cmd_show_run, "standing", practitioner_show, false},
    {"practitioner alias", "CODE ALIAS [--remove]",
     "another name of the same person: cert:NUMBER, code:EARLIER", cmd_write_run, "alias",
     practitioner_alias, true},
    {"practitioner register", "CODE --at CODE --on DATE [--commitment-signed]",
     "register again after a bar", cmd_write_run, "reregister", practitioner_register, true},
    {"registration join", "PRACTITIONER INSTITUTION [--on DATE] [--commitment-signed]",
     "register at an institution", cmd_write_run, "registration_join", registration_join, true},
    {"registration leave", "PRACTITIONER INSTITUTION [--on DATE]", "end a registration",
     cmd_write_run, "registration_leave", registration_leave, true},
    {"penalty record",
     "ID --institution CODE --kind administrative|agreement --measure TEXT --article TEXT\n"
     "         --authority TEXT --on DATE [--amount FEN] [--clue REF]",
     "record an institution's decision", cmd_write_run, "penalty_record", penalty_record, true},
    {"penalty show", "ID", "show an institution's decision", cmd_read_run, "penalty_show",
     penalty_show, false},
    {"penalty overturn",
     "ID --on DATE --reason TEXT [--choice PRACTITIONER:months=N,from=DATE,bar-years=N,\n"
     "         overlap=replace|extend|add|keep,credit=DAYS]...",
     "overturn it; what rests on it falls", cmd_write_run, "penalty_overturn", penalty_overturn,
     true},
    {"points record", COMMANDS_ENTRY_USAGE, "record points", cmd_write_run, "points_record",
     points_record, true},
    {"points annul", "ENTRY --reason TEXT [--on DATE] [--choice ...]...", "annul an entry",
     cmd_write_run, "points_annul", points_annul, true},
    {"points correct",
     "ENTRY [PRACTITIONER] POINTS --reason TEXT [--choice ...]... and what changes of\n"
     "         points record; what is left out stays as in ENTRY",
     "annul an entry and record another in its place", cmd_write_run, "points_correct",
     points_correct, true},
    {"points propose", COMMANDS_ENTRY_USAGE, "propose points for approval", cmd_write_run,
     "points_propose", points_propose, true},
    {"points approve", "PROPOSAL [--reason TEXT]", "do what another person proposed", cmd_write_run,
     "points_approve", points_approve, true},
    {"points deny", "PROPOSAL --reason TEXT", "deny a proposal, or take it back", cmd_write_run,
     "points_approve", points_deny, true},
    {"sanction record",
     "PRACTITIONER --kind suspended|terminated --source TEXT --number TEXT [--clause TEXT]\n"
     "         [--exempt first-aid,rescue,emergency] --from DATE [--until DATE] [--id ID] [--note "
     "TEXT]",
     "record another authority's sanction", cmd_write_run, "foreign_sanction_record",
     sanction_record, true},
    {"sanction end", "ID --on DATE [--withdrawn] [--reason TEXT]", "end such a sanction",
     cmd_write_run, "foreign_sanction_end", sanction_end, true},
    {"sanction stay", "ID --court TEXT --on DATE [--number TEXT] [--reason TEXT] [--id ID]",
     "a court stays a sanction", cmd_write_run, "stay", sanction_stay, true},
    {"sanction resume", "STAY --on DATE [--until DATE --reason TEXT]", "it holds again",
     cmd_write_run, "resume", sanction_resume, true},
    {"check",
     "CODE... | --file IDS.csv [--on DATE] [--institution CODE] [--emergency]\n"
     "         [--visit-type T] [--exit-code]",
     "may the fund pay for these people", cmd_check_run, NULL, check_fields, false},
    {"screen", "FILE.csv [--resume-from LINE]", "decide every line of a claim file", cmd_screen_run,
     NULL, screen_fields, false},
    {"history", "PRACTITIONER | --institution CODE | --penalty ID [--since SEQ] [--limit N]",
     "what was recorded, in order", cmd_list_run, "history", history_fields, false},
    {"explain", "PRACTITIONER [--on DATE] | --entry ID | --sanction ID",
     "entries, sums and clauses behind a status", cmd_explain_run, "explain", explain_fields,
     false},
    {"board", "INSTITUTION [--on DATE] [--public]", "an institution's staff with status",
     cmd_list_run, "board", board_fields, false},
    {"watch",
     "[--since SEQ] [--once] [--institution CODE] [--practitioner CODE]\n"
     "         [--kind EVENT]... [--heartbeat SECONDS]",
     "what is recorded, as it is recorded", cmd_watch_run, "watch", watch_fields, false},
    {"clawback",
     "--since SEQ [--institution CODE] | --since SEQ --file PAID.csv [--resume-from LINE]",
     "what differs from what was known then", cmd_clawback_run, "clawback", clawback_fields, false},
    {"stats", "[--from DATE] [--until DATE] [--by region|category|situation|rulebook|month]",
     "figures", cmd_list_run, "stats", stats_fields, false},
    {"outcome", "KEY [--principal NAME]", "what became of a write", cmd_outcome_run, "outcome",
     outcome_fields, false},
    {"objection file", "ENTRY --by CODE --received-on DATE [--signed] [--stamped] [--text TEXT]",
     "file an objection", cmd_write_run, "objection_file", objection_file, true},
    {"objection explain", "OBJECTION --on DATE [--text TEXT]", "the agency has explained",
     cmd_write_run, "objection_explain", objection_explain, true},
    {"objection review",
     "OBJECTION --on DATE --outcome upheld|changed|withdrawn --reason TEXT\n"
     "         [--department TEXT] [--points N and what changes of points record]\n"
     "         [--choice ...]...",
     "the department's result", cmd_write_run, "review", objection_review, true},
    {"repair request",
     "PRACTITIONER --activity CODE --on DATE [--points N] [--text TEXT] [--id ID]",
     "request a repair", cmd_write_run, "repair_request", repair_request, true},
    {"repair approve", "REPAIR --on DATE [--points N] [--sanction ID --until DATE] [--reason TEXT]",
     "approve a repair", cmd_write_run, "repair_approve", repair_approve, true},
    {"repair deny", "REPAIR --on DATE --reason TEXT", "deny a repair", cmd_write_run, "repair_deny",
     repair_deny, true},
    {"notice record", "ENTRY --to CODE --served-on DATE [--channel TEXT]", "a notice was served",
     cmd_write_run, "notice", notice_record, true},
    {"referral send", "--to TEXT --on DATE --entry ID|--penalty ID [--text TEXT]",
     "refer to another authority", cmd_write_run, "referral_send", referral_send, true},
    {"referral receipt", "REFERRAL --on DATE [--number TEXT]", "its receipt came", cmd_write_run,
     "referral_receipt", referral_receipt, true},
    {"marking ack", "PRACTITIONER INSTITUTION --on DATE [--sanction ID]",
     "an institution has marked a status", cmd_write_run, "marking_ack", marking_ack, true},
    {"case list",
     "PRACTITIONER | --institution CODE [--kind notice|objection|stay|repair|proposal|referral]\n"
     "         [--open] [--limit N]",
     "notices, objections, stays, repairs: what is open and until when", cmd_list_run, "case_list",
     case_list, false},
    {"rulebook list", "[SLUG]", "the rulebooks and their versions", cmd_list_run, "rulebook_list",
     rulebook_list, false},
    {"rulebook show", "SLUG[@DATE]", "a rulebook's text", cmd_rulebook_show_run, "rulebook_show",
     rulebook_show, false},
    {"rulebook check", "FILE", "is a file a rulebook", cmd_rulebook_check_run, "rulebook_check",
     rulebook_check, false},
    {"rulebook diff", "SLUG[@DATE] SLUG[@DATE]|FILE", "what differs between two",
     cmd_rulebook_diff_run, "rulebook_diff", rulebook_diff, false},
    {"rulebook load", "FILE", "load a rulebook's version", cmd_write_run, "rulebook_load",
     rulebook_check, true},
    {"calendar show", "YEAR", "the calendar that speaks for a year", cmd_rulebook_show_run,
     "calendar_show", calendar_show, false},
    {"calendar load", "FILE.csv", "load a calendar of working days", cmd_write_run, "calendar_load",
     rulebook_check, true},
    {"rulebook simulate", "FILE --from DATE [--until DATE]", "whose outcome would differ",
     cmd_list_run, "rulebook_simulate", rulebook_simulate, false},
    {"import exclusions", "FILE.csv [--source TEXT]", "another authority's exclusion notices",
     cmd_import_run, NULL, import_fields, true},
    {"export", "[FILE] [--since SEQ] [--until SEQ]", "the book's records as they are stored",
     cmd_export_run, "export", export_fields, false},
    {"verify", "", "read the whole book and recompute it", cmd_verify_run, "verify", NULL, false},
    {"checkpoint", "", "the tree's size and root, signed", cmd_read_run, "checkpoint", NULL, false},
    {"prove", "ENTRY [--tree-size N]", "a proof that an entry is in the book", cmd_read_run,
     "prove", prove_fields, false},
    {"proof check", "FILE", "check a proof without a daemon", cmd_unbuilt_run, NULL, file_fields,
     false},
    {"backup", "NAME", "a backup below the configured folder", cmd_read_run, "backup",
     backup_fields, false},
    {"status", "", "how the daemon and its book are", cmd_read_run, "status", NULL, false},
    {"bench", "", "measure this daemon", cmd_unbuilt_run, NULL, NULL, false},
    {NULL, NULL, NULL, NULL, NULL, NULL, false},
};
