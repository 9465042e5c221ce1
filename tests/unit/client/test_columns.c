/*
 * Columns: found by name in any order, read without guessing.
 */

#include "suites.h"

#include <string.h>

#include "claims.h"
#include "columns.h"

static const char *
read_header(struct columns *columns, const char *header, const char **ret_column)
{
	struct demerit_text fields[32];
	char scratch[256];
	size_t count = claims_split(header, strlen(header), scratch, fields, 32);

	return columns_read(columns, fields, count, ret_column);
}

START_TEST(columns_are_found_in_any_order)
{
	struct columns columns;
	const char *column;

	ck_assert_ptr_null(
	    read_header(&columns, "x,atddr_no,fee_ocur_time,y,er_flag,fixmedins_code", &column));
	ck_assert_uint_eq(columns.count, 6);
	ck_assert_int_eq(columns.day, 2);
	ck_assert_int_eq(columns.roles[2], 1);
	ck_assert_int_eq(columns.roles[0], -1);
	ck_assert_int_eq(columns.emergency, 4);
	ck_assert_int_eq(columns.institution, 5);
	ck_assert_int_eq(columns.reverses, -1);
}
END_TEST

START_TEST(a_header_that_is_none_is_refused_by_name)
{
	struct columns columns;
	const char *column;

	ck_assert_ptr_nonnull(read_header(&columns, "H1,2025-01-01,D1", &column));
	ck_assert_str_eq(column, "fee_ocur_time");
	ck_assert_ptr_nonnull(read_header(&columns, "fee_ocur_time,x", &column));
	ck_assert_str_eq(column, "bilg_dr_codg");
	ck_assert_ptr_nonnull(read_header(&columns, "fee_ocur_time,atddr_no,atddr_no", &column));
	ck_assert_str_eq(column, "atddr_no");
	ck_assert_ptr_nonnull(
	    read_header(&columns, "fee_ocur_time,fee_ocur_time,atddr_no", &column));
	ck_assert_str_eq(column, "fee_ocur_time");
}
END_TEST

static const struct {
	const char *text;
	bool valid;
} times[] = {
    {"2016-01-06", true},
    {"2016-01-06 08:06:59", true},
    {"2016-01-06 23:59:59", true},
    {"2016-01-06 24:00:00", false},
    {"2016-01-06 08:60:00", false},
    {"2016-01-06 08:00:60", false},
    {"2016-01-06T08:06:59", false},
    {"2016-01-06 8:06:59", false},
    {"2016-01-06 ", false},
    {"2016-02-30", false},
    {"2016-02-30 08:00:00", false},
    {"20160101", false},
    {"", false},
    {"yesterday", false},
    {"2016-13-01 10:00:00", false},
};

START_TEST(the_day_of_service_is_a_date_with_or_without_a_time)
{
	int32_t day;

	ck_assert_int_eq(
	    columns_day((struct demerit_text){times[_i].text, strlen(times[_i].text)}, &day),
	    times[_i].valid);
}
END_TEST

/* institution, med_type, er_flag, then four roles. */
static const struct {
	const char *line;
	bool understood;
	bool emergency;
	const char *roles; /* digit, then the code or ? where it can be none */
} lines[] = {
    {"H1,11,0,D1,,,", true, false, "1D1"},
    {"H1,11,1,D1,D2,,", true, true, "1D1 2D2"},
    {",,,,,,", true, false, ""},
    {"H1,11,, ,\t,D3,", true, false, "3D3"},
    {"H1,11,0,张三,D2,,", true, false, "1? 2D2"},
    {"H1,11,0,D350100000001 ,,,", true, false, "1?"},
    {"H1,11,0,0123456789012345678901234567890123456789012345678901234567890123x,,,", true, false,
     "1?"},
    {"H1,11,0,\xff\xfe,,,", true, false, "1?"},
    {"H1,11,yes,D1,,,", false, false, ""},
    {"H 1,11,0,D1,,,", false, false, ""},
    {"H1,门诊,0,D1,,,", false, false, ""},
};

START_TEST(a_line_is_understood_or_not)
{
	struct columns columns;
	struct demerit_text fields[8];
	struct demerit_line line;
	char scratch[256], roles[256] = "";
	const char *column;
	size_t count;

	ck_assert_ptr_null(read_header(
	    &columns,
	    "fixmedins_code,med_type,er_flag,bilg_dr_codg,orders_dr_code,atddr_no,fee_ocur_time",
	    &column));
	count = claims_split(lines[_i].line, strlen(lines[_i].line), scratch, fields, 8);
	ck_assert_uint_eq(count, 7);
	ck_assert_int_eq(columns_line(&columns, fields, &line), lines[_i].understood);
	if (!lines[_i].understood)
		return;
	ck_assert_int_eq(line.emergency, lines[_i].emergency);
	for (size_t i = 0; i < line.roles_count; i++) {
		char digit[3] = {(char)('0' + line.roles[i].role), '\0'};

		if (i > 0)
			strcat(roles, " ");
		strcat(roles, digit);
		if (line.roles[i].code.bytes[0] == ' ')
			strcat(roles, "?");
		else
			strncat(roles, line.roles[i].code.bytes, line.roles[i].code.size);
	}
	ck_assert_str_eq(roles, lines[_i].roles);
}
END_TEST

Suite *
suite_columns(void)
{
	Suite *suite = suite_create("columns");
	TCase *tcase = tcase_create("columns");

	tcase_add_test(tcase, columns_are_found_in_any_order);
	tcase_add_test(tcase, a_header_that_is_none_is_refused_by_name);
	tcase_add_loop_test(tcase, the_day_of_service_is_a_date_with_or_without_a_time, 0,
			    (int)(sizeof(times) / sizeof(times[0])));
	tcase_add_loop_test(tcase, a_line_is_understood_or_not, 0,
			    (int)(sizeof(lines) / sizeof(lines[0])));
	suite_add_tcase(suite, tcase);
	return suite;
}
