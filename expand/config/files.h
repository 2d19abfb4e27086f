/* The files a configuration is read from: a stack of them, the top one being
   read line by line (Exim specification, section 6.3). */

#ifndef REXPAND_CONFIG_FILES_H
#define REXPAND_CONFIG_FILES_H

#include "base/arena.h"
#include "base/value.h"
#include "config/place.h"

#define FILES_DEPTH_LIMIT 64                 /* includes in includes */
#define FILES_COUNT_LIMIT 10000              /* includes in all */
#define FILES_SIZE_LIMIT  ((size_t)16 << 20) /* bytes of one file */
#define FILES_TOTAL_LIMIT ((size_t)64 << 20) /* bytes of all together */

struct source_file {
    const char *name; /* as it was asked for */
    struct value text;
    size_t position;
    unsigned line;           /* of the line that was read last */
    struct arena_mark start; /* what the file's text takes of "texts" begins here */
};

struct files {
    struct arena *arena; /* for names and messages */
    struct arena texts;
    struct source_file stack[FILES_DEPTH_LIMIT];
    size_t depth;
    size_t count;
    size_t total;
    bool is_confined; /* no file may be opened */
};

void files_init(struct files *files, struct arena *arena);
void files_free(struct files *files);

/* Puts a file on the stack. The file that the configuration begins with may
   be of any kind but a folder; its error has no place. */
enum outcome files_open(struct files *files, const char *name, struct error *error) MUST_CHECK;

/* Puts text on the stack as if it were the file "name"; it stays the caller's.
   No file can be opened afterwards. */
void files_open_text(struct files *files, const char *name, const struct value *text);

/* Puts the file of an .include on the stack: a relative name is taken from the
   folder of the file that names it. With "if_exists" the name must be absolute, and
   nothing happens if no such file is there. */
enum outcome files_include(struct files *files, const struct value *name, bool if_exists,
                           struct error *error) MUST_CHECK;

/* The next physical line without its line end, shared with the file; false at
   the end of the last file. A file that has ended is taken off the stack. A line
   is valid until the next call. */
bool files_next_line(struct files *files, struct value *line);

/* Where the line is that was read last; at the end, where the last file ended. */
struct config_place files_place(const struct files *files);

#endif
