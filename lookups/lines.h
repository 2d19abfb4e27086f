/* Text files with a key and its data a line, as lsearch and its kin read them
   (Exim specification, chapter 9, section 3, "lsearch"). A window of the file is in
   memory: lines are cut from it one after the other. What is asked again and again loads
   the whole file, and goes to lines by their offsets. */

#ifndef REXPAND_LOOKUPS_LINES_H
#define REXPAND_LOOKUPS_LINES_H

#include <stdint.h>
#include <sys/stat.h>

#include "lookups/lookup.h"

/* No larger file is loaded. */
enum { LARGEST_LOADED_FILE = 512 * 1024 * 1024 };

/* So many keys are looked for by going through a file before it gets an index, which
   takes about as long to make as going through it three times. */
enum { SCANS_BEFORE_INDEX = 2 };

struct line_file {
    int fd;
    struct stat stat; /* as it was when it was opened */
    bool is_fresh;    /* it may have been changed since without any trace in "stat" */
    char *bytes;      /* the window */
    size_t room;
    size_t length;    /* bytes in the window */
    size_t next;      /* the first one that no line has taken */
    off_t offset;     /* of the window in the file */
    bool is_read_out; /* the window ends where the file does */
    int error;        /* errno of a read that failed */
    bool no_memory;
    size_t longest_quoted; /* room in "unquoted" */
    char *unquoted;        /* the last quoted key without its quotes */
};

/* Opens a regular file. Otherwise the outcome with Exim's message; the file must be
   closed then too. */
enum outcome line_file_open(struct line_file *file, const struct lookup_request *request) MUST_CHECK;
void line_file_close(struct line_file *file);

/* Whether the file of that name is still the one that was opened. */
bool line_file_is_current(const struct line_file *file, const struct lookup_request *request);

/* The next line will be the first, or the one at an offset of a loaded file. */
void line_file_rewind(struct line_file *file);
static inline void line_file_go_to(struct line_file *file, size_t offset)
{
    file->next = offset;
}

/* Reads all of it into memory. False when it is too large, changes meanwhile, or
   cannot be read: it can still be gone through then. */
bool line_file_load(struct line_file *file);

/* The next line without its end and the white space before it; valid until the
   next call. False at the end of the file, or after an error. */
bool line_file_next(struct line_file *file, struct value *line);

/* What a line begins with. */
struct line_key {
    struct value text; /* without quotes; valid until the next one is read */
    size_t rest;       /* where in the line the key has ended, its quote included */
    size_t data;       /* where the data begin */
};

/* False: it is a comment, empty, or continues another line, or memory ran out. */
bool line_key_read(struct line_file *file, const struct value *line, struct line_key *key);

/* The data of the line, or all of it ("is_full") with the key unquoted, and of the
   lines that continue it. */
enum outcome line_answer(struct line_file *file, const struct value *line, const struct line_key *key,
                         bool is_full, const struct lookup_request *request,
                         struct lookup_answer *answer) MUST_CHECK;

/* OUTCOME_DONE, or why the file could not be gone through to its end. */
enum outcome line_file_outcome(const struct line_file *file, const struct lookup_request *request) MUST_CHECK;

/* The option "ret", which all of them have: nothing or "full". */
extern const struct lookup_option line_options[];
enum { LINE_OPTION_RET, LINE_OPTIONS };
enum outcome line_read_ret(const struct lookup_request *request, bool *is_full) MUST_CHECK;

#endif
