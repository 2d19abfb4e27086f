/* A message: its header fields and what strings may know of its body (Exim
   specification, section 11.9 and chapter 11's variables). Read as Exim reads one. */

#ifndef REXPAND_LANG_MESSAGE_H
#define REXPAND_LANG_MESSAGE_H

#include "lang/call.h"

struct message_field {
    struct message_field *next;
    const char *text; /* name, colon, content, and a line end behind each line */
    size_t length;
    size_t name_length; /* what is in front of the colon and the white space before it */
    bool is_hidden;     /* there for nobody: Return-path: and its like */
};

/* Texts live in the arena; "bytes" are NULL where there is none. All of them came
   from outside. */
struct message {
    struct arena arena;
    struct message_field *first;
    struct message_field *last;
    struct value body;     /* its beginning */
    struct value body_end; /* and its end */
    size_t size;           /* with line ends as the message has them inside Exim */
    size_t body_size;
    size_t line_count;
    size_t body_line_count;
    size_t body_nul_count;
    size_t longest_line; /* of the header */
    size_t received_count;
    size_t received_time;
    struct value id;
    struct value sender;      /* envelope sender */
    struct value return_path; /* from the field of that name */
};

struct message_rules {
    size_t visible_bytes; /* of the body, at each end */
    bool keeps_newlines;  /* in what is visible; else they are spaces, as NUL bytes always are */
    bool dot_ends;        /* a line with a dot alone ends the message; as in Exim that also leaves empty
                             lines of the body out of the count */
    size_t header_limit;  /* bytes of the header … */
    size_t line_limit;    /* … and of one field; 0: any */
    bool keeps_return_path;
    bool keeps_envelope_to;
    bool keeps_delivery_date;
    /* Asked for lines in front of the header that begin with "From ": whether
       the line is an envelope's. */
    enum outcome (*take_from_line)(void *context, const struct value *line, bool *is_taken);
    void *context;
};

/* Reads a message; "bytes" need not outlive the call. *message is the caller's,
   for message_free. The error's message is in "arena". */
enum outcome message_read(const char *bytes, size_t length, const struct message_rules *rules,
                          struct arena *arena, struct message **message, struct error *error) MUST_CHECK;
void message_free(struct message *message);

/* Adds a field of "length" bytes, its line end among them, behind the others or
   in front of them. False when memory runs out. */
bool message_add_field(struct message *message, const char *text, size_t length, bool in_front) MUST_CHECK;

/* The first field of a name; "tolerant": also when there is white space in front of
   its colon. NULL: there is none. */
const struct message_field *message_find(const struct message *message, const struct value *name,
                                         bool tolerant);

/* What a family of variables for header fields makes of those of a name. */
enum header_form {
    HEADER_CONVERTED, /* decoded, in the environment's character set */
    HEADER_DECODED,   /* encoded words decoded, in the character set they are in */
    HEADER_RAW,       /* as they came */
    HEADER_LISTED,    /* a list with an item for each */
};

/* The content of the fields of a name; of all fields, with their names, if "name"
   is NULL. The value lives as long as the evaluation. */
enum outcome message_header(struct run *run, const struct message *message, const struct value *name,
                            enum header_form form, struct value *value) MUST_CHECK;

#endif
