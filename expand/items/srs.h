/* The Sender Rewriting Scheme as Exim has it: an address of somewhere else in
   a local part of this system, signed and dated. */

#ifndef REXPAND_ITEMS_SRS_H
#define REXPAND_ITEMS_SRS_H

#include "base/buffer.h"
#include "base/outcome.h"

enum { SRS_SIGN = 4, SRS_DAY = 2, SRS_DAYS = 1024, SRS_DAYS_VALID = 10 };

/* The signature of a return path: the first digits of its digest. */
bool srs_sign(struct arena *arena, const struct value *secret, const struct value *return_path,
              char sign[SRS_SIGN + 1]) MUST_CHECK;

/* Today's number modulo SRS_DAYS. */
unsigned srs_today(void);

/* That number as SRS_DAY letters and digits of base 32, and back; the way back
   takes both cases and gives -1 for what is none. */
void srs_write_day(unsigned day, char text[SRS_DAY + 1]);
int srs_read_day(const char *text, size_t length);

#endif
