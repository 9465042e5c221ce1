/* The table of requests against the schema: nothing is missing, nothing has another number. */
#include <string.h>

#include "daemon/route.h"
#include "proto/demerit.pb-c.h"
#include "suites.h"

static bool
is_body(const ProtobufCFieldDescriptor *field)
{
	return (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0;
}

START_TEST(every_body_of_the_schema_has_its_row)
{
	const ProtobufCMessageDescriptor *request = &demerit__v1__request__descriptor;
	size_t bodies = 0;
	size_t rows;

	for (unsigned i = 0; i < request->n_fields; i++) {
		if (!is_body(&request->fields[i]))
			continue;
		const struct route_row *row = route_find(request->fields[i].id);
		if (row == NULL)
			ck_abort_msg("no row for %s", request->fields[i].name);
		ck_assert_str_eq(row->name, request->fields[i].name);
		bodies++;
	}
	(void)route_rows(&rows);
	ck_assert_uint_eq(rows, bodies);
}
END_TEST

START_TEST(rows_are_in_order_and_within_the_bound)
{
	size_t count;
	const struct route_row *rows = route_rows(&count);

	for (size_t i = 0; i < count; i++) {
		ck_assert_uint_le(rows[i].body, ROUTE_BODY_MAX);
		ck_assert(i == 0 || rows[i - 1].body < rows[i].body);
	}
	ck_assert_uint_eq(rows[count - 1].body, ROUTE_BODY_MAX);
}
END_TEST

START_TEST(numbers_without_a_body_have_no_row)
{
	ck_assert_ptr_null(route_find(0));
	ck_assert_ptr_null(route_find(9));
	ck_assert_ptr_null(route_find(16));
	ck_assert_ptr_null(route_find(59));
	ck_assert_ptr_null(route_find(98));
	ck_assert_ptr_null(route_find(UINT32_MAX));
}
END_TEST

START_TEST(every_row_asks_for_a_right)
{
	size_t count;
	const struct route_row *rows = route_rows(&count);

	for (size_t i = 0; i < count; i++) {
		ck_assert_uint_ne(rows[i].rights, 0);
		ck_assert_uint_eq(rows[i].rights & ~(uint32_t)RIGHTS_ALL, 0);
		/* What settlement may ask is the answer, never the reasons. */
		if (route_writes(&rows[i]))
			ck_assert(rows[i].rights & (RIGHT_RECORD | RIGHT_RULES | RIGHT_GRANT));
	}
	ck_assert_uint_eq(route_find(15)->rights, RIGHT_READ);
	ck_assert_uint_eq(route_find(22)->rights, RIGHT_READ);
}
END_TEST

START_TEST(writes_begin_where_the_schema_says)
{
	ck_assert(!route_writes(route_find(44)));
	ck_assert(route_writes(route_find(60)));
	ck_assert(route_writes(route_find(96)));
}
END_TEST

Suite *
suite_route(void)
{
	Suite *suite = suite_create("route");
	TCase *tcase = tcase_create("route");

	tcase_add_test(tcase, every_body_of_the_schema_has_its_row);
	tcase_add_test(tcase, rows_are_in_order_and_within_the_bound);
	tcase_add_test(tcase, numbers_without_a_body_have_no_row);
	tcase_add_test(tcase, every_row_asks_for_a_right);
	tcase_add_test(tcase, writes_begin_where_the_schema_says);
	suite_add_tcase(suite, tcase);
	return suite;
}
