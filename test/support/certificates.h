/* Certificates of a test's own, made anew for each run. */

#ifndef REXPAND_TEST_CERTIFICATES_H
#define REXPAND_TEST_CERTIFICATES_H

#include "test/support/temp_folder.h"

/* Makes NAME.pem and NAME.key in "folder": a certificate for "names" (as
   "DNS:a,IP:127.0.0.1"; NULL: none) that is good from so many days before now to so
   many behind it. Its issuer is the certificate "issuer" there, or itself if that is
   NULL; then it is a CA. */
void certificate_make(const struct temp_folder *folder, const char *name, const char *issuer,
                      const char *names, int from_days, int to_days);

/* "<folder>/NAME.pem", valid for ever. */
const char *certificate_file(const struct temp_folder *folder, const char *name, const char *suffix,
                             char *path, size_t room);

#endif
