/* What the files of this folder share; nothing else includes it. */

#ifndef REXPAND_CHECK_PRIVATE_H
#define REXPAND_CHECK_PRIVATE_H

#include "check/check.h"
#include "config/drivers.h"
#include "lang/named_list.h"
#include "lang/node.h"

struct env;

/* One look through a configuration. */
struct check {
    const struct config *config;
    const struct config_driver *drivers[CONFIG_DRIVER_CLASSES];
    struct arena *arena;  /* for what outlives it */
    struct arena scratch; /* for one string at a time */
    struct env *env;      /* sealed; constants are evaluated in it */
    struct check_finding *findings;
    size_t count;
    size_t capacity;
    unsigned depth; /* of strings in strings */
    bool failed;    /* memory ran out */
};

/* A text to look at, and where its bytes stand in a line of the configuration. */
struct check_text {
    const struct config_line *line;
    struct value text;
    const size_t *places; /* for each byte, and the end: the byte of line->text */
};

/* ---- text.c ---- */

/* The value of an option, as it was read from "written" in the line, where it may
   stand in quotes. False when memory runs out, which is noted. */
bool text_of_option(struct check *check, const struct config_line *line, const char *written,
                    const struct value *value, struct check_text *text);

/* Bytes [at, at + length) of the line as they are. */
bool text_of_line(struct check *check, const struct config_line *line, size_t at, size_t length,
                  struct check_text *text);

/* Part of a text. */
struct check_text text_part(const struct check_text *text, size_t from, size_t length);

/* Reads a word at "*at": up to white space, or between two of one of the "quotes";
   in double ones escapes are undone. False at the end. */
bool text_next_word(struct check *check, const struct check_text *text, const char *quotes, size_t *at,
                    struct check_text *word);

/* An item of a list at "*at"; separators in it are doubled in the text. "*separator"
   is found out at the start of the list, where "*at" is 0. False at the end. */
bool text_next_item(struct check *check, const struct check_text *text, size_t *at, char *separator,
                    struct check_text *item);

/* Whether a macro put something into bytes [begin, end] of the text. */
bool text_has_macro(const struct check_text *text, size_t begin, size_t end);

/* Whether a word stands there that might be a macro which is not defined. */
bool text_has_macro_word(const struct value *text);

/* ---- findings.c ---- */

/* Adds a finding at byte "offset" of the text, unless a comment silences it. */
void report(struct check *check, const struct check_text *text, size_t offset, enum check_kind kind,
            const char *format, ...) __attribute__((format(printf, 5, 6)));

/* The same for a place in a line. */
void report_line(struct check *check, const struct config_line *line, size_t at, enum check_kind kind,
                 const char *message);

/* Sorts them, and drops what was found twice. */
void sort_findings(struct check *check);

/* ---- string.c ---- */

/* What is known where a part of a string is evaluated. */
struct facts {
    bool item_is_tainted;
    bool value_is_tainted;
    bool captures_are_tainted;
};

/* A string that is compiled. */
struct checked_string {
    struct check *check;
    const struct check_text *text;
    struct program *program;
};

/* Compiles it and reports what is wrong with it. False when it has a mistake, so
   that no more can be said. Close it in any case. */
bool string_open(struct checked_string *string, struct check *check, const struct check_text *text);
void string_close(struct checked_string *string);

/* Goes over the program of a string without a mistake. */
void check_whole_string(struct checked_string *string);

/* A string that is expanded; as a file's name. */
void check_string(struct check *check, const struct check_text *text);
void check_file_name(struct check *check, const struct check_text *text);

/* A command: its arguments are expanded one by one, and none may be tainted ("first_only":
   the first). */
void check_command(struct check *check, const struct check_text *text, bool first_only);

/* Reports a pattern that does not compile. */
void check_pattern(struct check *check, const struct check_text *pattern);
void check_pattern_node(struct checked_string *string, const struct node *pattern);

/* The text of a node of constant text, with its places. */
bool text_of_node(struct checked_string *string, const struct node *node, struct check_text *text);

/* Reports that a part of the string comes from outside where that is refused; that it
   stands in a query as it is. */
void report_tainted(struct checked_string *string, const struct node *culprit, const char *as_what);
struct lookup_type;
void report_unquoted(struct checked_string *string, const struct node *culprit,
                     const struct lookup_type *type);

/* Reports if the node, part of what is said to be "as_what", can be tainted. */
void check_untainted(struct checked_string *string, const struct node *node, const struct facts *facts,
                     const char *as_what);

/* ---- condition.c ---- */

void check_condition(struct checked_string *string, const struct node *node);
void check_item_constants(struct checked_string *string, const struct node *node);
void check_operator_constants(struct checked_string *string, const struct node *node);

/* ---- taint.c ---- */

/* The node inside "node" that makes it tainted, or NULL. What has passed the
   quote_ operator of "quoter" (may be NULL) counts as clean. */
const struct node *find_taint(const struct node *node, const struct facts *facts, const char *quoter);

/* The facts in an item's {yes}. */
struct facts facts_inside(const struct node *item, const struct facts *facts);

/* What to call a tainted node ("$local_part"), and a clean variable that says nearly the
   same, or NULL. */
const char *taint_name(struct check *check, const struct node *node);
const char *taint_remedy(const struct node *node);

/* For the tests that hold the tables against the language. */
bool taint_operator_cleans(const char *name);
const char *taint_variable_at(size_t index);

/* ---- list.c ---- */

/* A list as an option has it: expanded, then gone through. */
void check_list(struct check *check, const struct check_text *text, enum list_kind kind);

/* A list that is a node of a string. */
void check_list_node(struct checked_string *string, const struct node *node, const struct facts *facts,
                     enum list_kind kind);

/* ---- names.c ---- */

/* A string that is expanded to what "acl =" takes: an ACL's name with arguments, a
   file, or an ACL itself. */
void check_acl(struct check *check, const struct check_text *text);

/* The name of an ACL that a string asks. */
void check_acl_node(struct checked_string *string, const struct node *name);

/* The name of a router or a transport; nothing is said unless it is constant. */
void check_driver_name(struct check *check, const struct check_text *text, enum config_driver_class class);

/* ---- rules.c ---- */

/* Lines of the sections rewrite and retry; rules of headers_rewrite; the value of
   route_list. */
void check_rewrite_rule(struct check *check, const struct check_text *text);
void check_rewrite_rules(struct check *check, const struct check_text *text);
void check_retry_rule(struct check *check, const struct check_text *text);
void check_route_list(struct check *check, const struct check_text *text);

/* ---- acl.c ---- */

void check_acls(struct check *check);

#endif
