/*
 * Words for people, in the language of their locale. Programs always read the English ones.
 */

#ifndef CLI_LANG_H
#define CLI_LANG_H

#include <stdbool.h>

/* Make the character set UTF-8, and tell whether people here read Chinese. */
bool lang_begin(void);

/* The Chinese for a value, for a heading of ours; the word itself if there is none. */
const char *lang_value(const char *word);
const char *lang_heading(const char *word);

#endif
