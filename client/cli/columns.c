/*
 * The columns of a claim file.
 *
 * Owns the names; cmd_screen.c asks it about each line. It never decides whether a code is
 * known or a visit an emergency: the daemon does.
 */

#include "columns.h"

#include <string.h>

#include "when.h"

#define COLUMNS_CODE_MAX 64

/* Sent where a field holds what can be no code: a blank is none either, and always may be sent. */
static const struct demerit_text columns_nobody = {" ", 1};

/* In the order of their numbers; the last two hold certificates, which aliases match. */
static const char *const columns_roles[COLUMNS_ROLES_MAX] = {
    "bilg_dr_codg", "orders_dr_code", "atddr_no",	"dise_dor_no",
    "oper_dr_code", "anst_dr_code",   "prsc_dr_certno", "phar_prac_cert_no",
};

static bool
columns_is(struct demerit_text field, const char *name)
{
	return name != NULL && field.size == strlen(name) &&
	       memcmp(field.bytes, name, field.size) == 0;
}

/* The place of a column, -1 if it is not there, -2 if it is there twice. */
static int
columns_find(const struct demerit_text *fields, size_t count, const char *name)
{
	int found = -1;

	for (size_t i = 0; i < count; i++) {
		if (!columns_is(fields[i], name))
			continue;
		if (found >= 0)
			return -2;
		found = (int)i;
	}
	return found;
}

const char *
columns_read(struct columns *columns, const struct demerit_text *fields, size_t count,
	     const char **ret_column)
{
	struct {
		const char *name;
		int *place;
	} plain[] = {
	    {"fixmedins_code", &columns->institution}, {"med_type", &columns->med_type},
	    {"er_flag", &columns->emergency},	       {"fee_ocur_time", &columns->day},
	    {"feedetl_sn", &columns->serial},	       {"init_feedetl_sn", &columns->reverses},
	};
	int roles = 0;

	columns->count = count;
	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
		*ret_column = plain[i].name;
		*plain[i].place = columns_find(fields, count, plain[i].name);
		if (*plain[i].place == -2)
			return "stands there twice";
	}
	for (size_t i = 0; i < COLUMNS_ROLES_MAX; i++) {
		*ret_column = columns_roles[i];
		columns->roles[i] = columns_find(fields, count, columns_roles[i]);
		if (columns->roles[i] == -2)
			return "stands there twice";
		roles += columns->roles[i] >= 0;
	}
	*ret_column = "fee_ocur_time";
	if (columns->day < 0)
		return "is missing: no header, or no claim file";
	*ret_column = "bilg_dr_codg";
	return roles == 0 ? "and every other column that names a person is missing" : NULL;
}

struct demerit_text
columns_field(const struct demerit_text *fields, int column)
{
	return column < 0 ? (struct demerit_text){NULL, 0} : fields[column];
}

bool
columns_day(struct demerit_text field, int32_t *ret)
{
	static const char form[] = " 00:00:00";
	const char *time = field.bytes + 10;

	if (field.size != 10 && field.size != 10 + strlen(form))
		return false;
	if (!when_day_parse(field.bytes, 10, ret))
		return false;
	for (size_t i = 0; i < field.size - 10; i++) {
		bool digit = time[i] >= '0' && time[i] <= '9';

		if (form[i] == '0' ? !digit : time[i] != form[i])
			return false;
	}
	return field.size == 10 ||
	       (memcmp(time + 1, "24", 2) < 0 && time[4] < '6' && time[7] < '6');
}

static bool
columns_is_code(struct demerit_text field)
{
	for (size_t i = 0; i < field.size; i++)
		if (field.bytes[i] < 0x21 || field.bytes[i] > 0x7e)
			return false;
	return field.size >= 1 && field.size <= COLUMNS_CODE_MAX;
}

static bool
columns_is_blank(struct demerit_text field)
{
	for (size_t i = 0; i < field.size; i++)
		if (field.bytes[i] != ' ' && field.bytes[i] != '\t')
			return false;
	return true;
}

/* A code, or nothing; false if it is neither. */
static bool
columns_code(struct demerit_text field, struct demerit_text *ret)
{
	if (columns_is_blank(field))
		return true;
	*ret = field;
	return columns_is_code(field);
}

bool
columns_line(const struct columns *columns, const struct demerit_text *fields,
	     struct demerit_line *ret)
{
	struct demerit_text flag = columns_field(fields, columns->emergency);

	ret->roles_count = 0;
	ret->institution = ret->med_type = (struct demerit_text){NULL, 0};
	if (!columns_code(columns_field(fields, columns->institution), &ret->institution) ||
	    !columns_code(columns_field(fields, columns->med_type), &ret->med_type))
		return false;
	ret->emergency = columns_is(flag, "1");
	if (!ret->emergency && !columns_is_blank(flag) && !columns_is(flag, "0"))
		return false;
	for (int i = 0; i < COLUMNS_ROLES_MAX; i++) {
		struct demerit_text code = columns_field(fields, columns->roles[i]);

		if (columns_is_blank(code))
			continue;
		if (!columns_is_code(code))
			code = columns_nobody;
		ret->roles[ret->roles_count].role = i + 1;
		ret->roles[ret->roles_count++].code = code;
	}
	return true;
}
