/* Small readers of text that the parser and rows share. */

#ifndef REXPAND_LANG_SCAN_H
#define REXPAND_LANG_SCAN_H

#include <stdbool.h>
#include <stddef.h>

struct value;

/* Reads the escape whose backslash is at text[0]; "length" is at least 2.
   Gives the byte that it stands for, and how many bytes it took. Backslash and n, t, r, b,
   f, v, up to three octal digits, x and up to two hexadecimal digits; any other
   byte stands for itself (Exim specification, chapter 11, "Literal text in
   expanded strings"). */
char scan_escape(const char *text, size_t length, size_t *used);

/* What a hexadecimal digit stands for; -1 for any other byte. */
int scan_hex_digit(char byte);

enum scan_number {
    SCAN_NUMBER_OK,
    SCAN_NUMBER_NONE,     /* no digit where one must be */
    SCAN_NUMBER_TRAILING, /* something behind it */
    SCAN_NUMBER_OVERFLOW,
};

/* A decimal integer as Exim's conditions take it: white space around it, a
   sign, and K, M or G behind it for powers of 1024. Empty text is 0. */
enum scan_number scan_integer(const struct value *text, long long *number);

#endif
