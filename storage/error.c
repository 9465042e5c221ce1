/*
 * The store's numbers in words. Owns the two tables of them; called by whoever logs a failure, on
 * any thread; never decides whether something is one.
 */
#include "error.h"

#include <assert.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

static const struct {
	int error;
	const char *name;
	const char *text;
} errors[] = {
    {STORE_OK, "STORE_OK", "done"},
    {STORE_BUSY, "STORE_BUSY", "the view is behind; try again shortly"},
    {STORE_FULL, "STORE_FULL", "the disk has no space for more of the book"},
    {STORE_MEMORY, "STORE_MEMORY", "out of memory"},
    {STORE_NOT_FOUND, "STORE_NOT_FOUND", "there is no such thing in the book"},
    {STORE_TOO_LARGE, "STORE_TOO_LARGE", "beyond the store's limit for its size"},
    {STORE_TIME_WENT_BACK, "STORE_TIME_WENT_BACK", "recorded earlier than the record before"},
    {STORE_EXISTS, "STORE_EXISTS", "it is there already"},
    {STORE_BAD_NAME, "STORE_BAD_NAME", "not a plain name"},
    {STORE_BAD_CONFIG, "STORE_BAD_CONFIG", "the store's configuration makes no sense"},
    {STORE_LOCKED, "STORE_LOCKED", "another process has the book open"},
    {STORE_NO_BOOK, "STORE_NO_BOOK", "there is no book"},
    {STORE_NO_MARK, "STORE_NO_MARK", "the book's mark is missing"},
    {STORE_NO_VAULT, "STORE_NO_VAULT", "the book's vault is missing"},
    {STORE_NEWER_FORMAT, "STORE_NEWER_FORMAT", "written by a later version of this program"},
    {STORE_BOOK_WENT_BACK, "STORE_BOOK_WENT_BACK", "the book is older than what it has told"},
    {STORE_DAMAGED, "STORE_DAMAGED", "the bytes on the disk are not those that were written"},
    {STORE_FOREIGN, "STORE_FOREIGN", "it belongs to another ledger"},
    {STORE_RESTORING, "STORE_RESTORING", "a restore was begun here and not finished"},
    {STORE_IO, "STORE_IO", "the system refused"},
    {STORE_FAILED, "STORE_FAILED", "the store has failed and answers nothing any more"},
    {STORE_ERASED, "STORE_ERASED", "the person's key was erased"},
    {STORE_KEY_LOST, "STORE_KEY_LOST", "the person's key is not in this vault"},
};

static size_t
error_row(int error)
{
	size_t i;

	for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		if (errors[i].error == error)
			return i;
	return error_row(STORE_IO);
}

const char *
store_error_name(int error)
{
	return errors[error_row(error)].name;
}

const char *
store_error_text(int error)
{
	return errors[error_row(error)].text;
}

int
store_report_set(struct store_report *report, int error, uint64_t offset, const char *format, ...)
{
	va_list arguments;

	assert(report != NULL);
	report->error = error;
	report->offset = offset;
	va_start(arguments, format);
	(void)vsnprintf(report->text, sizeof(report->text), format, arguments);
	va_end(arguments);
	return error;
}
