/* The numbers of a configuration file (Exim specification, sections 6.13 to
   6.16): reading them from text and writing them as -bP does. */

#ifndef REXPAND_CONFIG_NUMBER_H
#define REXPAND_CONFIG_NUMBER_H

#include <stdint.h>

#include "base/buffer.h"

enum number_result {
    NUMBER_READ,
    NUMBER_EXPECTED,  /* the text does not begin with a number */
    NUMBER_TOO_LARGE, /* it does, but the number has no room in its type */
};

/* An integer in decimal, octal (leading 0) or hexadecimal (0x), perhaps with
   a sign, perhaps with K, M or G in either case behind it. Its absolute value may be
   INT32_MAX. "rest" is set to what follows it. */
enum number_result number_read_integer(const char *text, int32_t *value, const char **rest);

/* As number_read_integer with a result in units of 1024 bytes: a number without
   letter counts in them, one with K, M, G or T in bytes times the letter. Its
   absolute value may be INT64_MAX / 1024. */
enum number_result number_read_kilobytes(const char *text, int64_t *value, const char **rest);

/* An octal integer, whether or not it begins with 0. */
enum number_result number_read_octal(const char *text, int32_t *value, const char **rest);

/* A decimal number with up to three digits behind a point, as thousandths;
   further digits are read and dropped. */
enum number_result number_read_fixed(const char *text, int32_t *thousandths, const char **rest);

/* A time of "length" bytes as 1w2d3h4m5s, in seconds, at most INT32_MAX. False: it
   is none. */
bool number_read_time(const char *text, size_t length, int32_t *seconds);

/* Adds a time in its shortest form: 1h30m, 0s. */
void number_add_time(struct buffer *out, int32_t seconds);

/* Adds thousandths as 1.5, 3.0. */
void number_add_fixed(struct buffer *out, int32_t thousandths);

/* Adds a number of bytes with K or M if that divides it: 2K, 1025, 1024M. */
void number_add_size(struct buffer *out, int64_t bytes);

/* Adds a number of kilobytes with the largest letter of K, M, G and T that
   divides it; 0 has none. */
void number_add_kilobytes(struct buffer *out, int64_t kilobytes);

#endif
