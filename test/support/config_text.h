/* For tests: a configuration from a string. */

#ifndef REXPAND_TEST_CONFIG_TEXT_H
#define REXPAND_TEST_CONFIG_TEXT_H

#include "config/print.h"

struct config_text {
    struct arena arena;
    struct config *config; /* NULL when reading failed */
    enum outcome outcome;
    struct error error;
};

/* Reads "text" as a file named "t.conf". */
void config_text_read(struct config_text *read, const char *text);

/* As config_text_read for any input. */
void config_text_read_input(struct config_text *read, const struct config_input *input);

void config_text_free(struct config_text *read);

/* What -bP shows for one word (NULL: for none), or the message; lives as long
   as the configuration. */
const char *config_text_print(struct config_text *read, const char *word);

/* Reads "text" and gives what config_text_print does, or the message of why it
   could not be read; the caller frees it. */
char *config_text_show(const char *text, const char *word);

#endif
