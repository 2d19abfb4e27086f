/* Arithmetic of text that items and operators share: ${substr{1}{2}{…}} and
   ${substr_1_2:…} are one thing written in two ways. */

#ifndef REXPAND_ITEMS_TEXT_H
#define REXPAND_ITEMS_TEXT_H

#include "lang/call.h"

enum { TEXT_REST = -1 }; /* a length: as much as there is */

/* Part of "text" from "start" (negative: counted from the end) and "length"
   bytes of it. With a negative start and no length it is what stands in front (Exim
   specification, chapter 11, "${substr"). */
struct value text_substr(struct arena *arena, const struct value *text, long start, long length);

/* Exim's hash of "length" letters out of the first "letters" of a fixed
   alphabet; text that is not longer than "length" is its own hash. */
enum outcome text_hash(struct call *call, const struct value *text, long length, long letters);

enum { TEXT_HASH_ALPHABET = 62, TEXT_HASH_LETTERS = 26 };

/* Exim's hash of a text to a number below "high", or two numbers below "high"
   and "*low" with a slash between. */
enum outcome text_nhash(struct call *call, const struct value *text, long high, const long *low);

/* Evaluates the arguments of {n}{text} and {n}{m}{text}; "numbers" of those
   that were not written are left as they are. */
enum outcome text_numbers(struct call *call, bool first_may_be_negative, long numbers[2],
                          struct value *text) MUST_CHECK;

/* check_constant of items with numbers in front of a text. */
enum outcome check_numbers(struct call *call, size_t index, const struct value *value);
enum outcome check_sg(struct call *call, size_t index, const struct value *value); /* its pattern */

/* The item forms. */
enum outcome item_length(struct call *call);
enum outcome item_substr(struct call *call);
enum outcome item_hash(struct call *call);
enum outcome item_nhash(struct call *call);
enum outcome item_sg(struct call *call);

#endif
