#include "config/print.h"

#include <string.h>

#include "config/number.h"

#define HIDDEN "<value not displayable>"

struct printing {
    struct config *config;
    const struct config_print_style *style;
    struct buffer *out;
    struct arena *arena;
    struct error *error;
    const char *name; /* the word behind the one that is printed; NULL: none */
};

/* ---- values ---- */

static const struct printable {
    char byte;
    const char *text;
} printables[] = {{'\n', "\\n"}, {'\r', "\\r"}, {'\t', "\\t"}, {'\b', "\\b"}, {'\v', "\\v"}, {'\f', "\\f"}};

/* Anything that is not printing ASCII is shown as an escape. */
static void add_printing(struct buffer *out, const struct value *text)
{
    for (size_t i = 0; i < text->length; i++) {
        char byte = text->bytes[i];
        const char *escape = NULL;
        for (size_t j = 0; j < sizeof printables / sizeof *printables; j++)
            if (printables[j].byte == byte)
                escape = printables[j].text;
        if (escape != NULL)
            buffer_add_string(out, escape);
        else if (byte_is_print(byte))
            buffer_add_byte(out, byte);
        else
            buffer_format(out, "\\%03o", (unsigned)(unsigned char)byte);
    }
}

static void add_time_list(struct buffer *out, const struct value *text)
{
    size_t start = out->length;
    for (size_t from = 0; from < text->length;) {
        int32_t seconds = 0;
        size_t length = strcspn(text->bytes + from, ":");
        struct value item = value_clean(text->bytes + from, length);
        item = value_trim(out->arena, &item);
        if (number_read_time(item.bytes, item.length, &seconds) && seconds > 0) {
            if (out->length > start)
                buffer_add_byte(out, ':');
            number_add_time(out, seconds);
        }
        from += length + (from + length < text->length);
    }
}

static void add_typed(struct buffer *out, enum option_type type, const struct value *text)
{
    int32_t number = 0;
    int64_t wide = 0;
    const char *rest;
    switch (type) {
    case OPTION_INTEGER:
        (void)number_read_integer(text->bytes, &number, &rest);
        buffer_format(out, "%d", (int)number);
        break;
    case OPTION_SIZE:
        (void)number_read_integer(text->bytes, &number, &rest);
        number_add_size(out, number);
        break;
    case OPTION_KILOBYTES:
        (void)number_read_kilobytes(text->bytes, &wide, &rest);
        number_add_kilobytes(out, wide);
        break;
    case OPTION_FIXED:
        (void)number_read_fixed(text->bytes, &number, &rest);
        number_add_fixed(out, number);
        break;
    case OPTION_TIME:
        (void)number_read_time(text->bytes, text->length, &number);
        number_add_time(out, number);
        break;
    case OPTION_TIME_LIST:
        add_time_list(out, text);
        break;
    default:
        add_printing(out, text);
        break;
    }
}

/* ---- options ---- */

/* name = value | name | no_name, by "name" as it was asked for */
static void add_option(struct printing *printing, const char *name, const struct config_option *option)
{
    struct buffer *out = printing->out;
    enum option_type type = option->row == NULL ? OPTION_TEXT : option->row->type;
    bool is_hidden = option->is_hidden && !printing->style->shows_hidden;
    if (type == OPTION_BOOL && !is_hidden) {
        bool is_true = option->text.bytes != NULL && value_equals_text(&option->text, "true");
        buffer_format(out, "%s%s\n", is_true ? "" : "no_", name);
        return;
    }
    if (!printing->style->values_only) {
        /* Exim leaves the space out where it has no value of another type than
           string. */
        bool has_space = option->text.bytes != NULL || type == OPTION_TEXT;
        buffer_format(out, "%s =%s", name, has_space ? " " : "");
    }
    if (is_hidden)
        buffer_add_string(out, HIDDEN);
    else if (option->text.bytes != NULL)
        add_typed(out, type, &option->text);
    buffer_add_byte(out, '\n');
}

static enum outcome print_all(struct printing *printing)
{
    struct config_option option;
    const char *after = NULL;
    while (config_next_option(printing->config, after, &option)) {
        add_option(printing, option.name, &option);
        after = option.name;
    }
    return OUTCOME_DONE;
}

static enum outcome print_set(struct printing *printing)
{
    struct config_option option;
    const char *after = NULL;
    while (config_next_option(printing->config, after, &option)) {
        if (option.is_set)
            add_option(printing, option.name, &option);
        after = option.name;
    }
    return OUTCOME_DONE;
}

static enum outcome print_unused(struct printing *printing)
{
    struct config_option option;
    const char *after = NULL;
    while (config_next_option(printing->config, after, &option)) {
        if (option.is_set && !option.is_used) {
            buffer_format(printing->out, "%s:%u: ", option.place.file, option.place.line);
            add_option(printing, option.name, &option);
        }
        after = option.name;
    }
    return OUTCOME_DONE;
}

static enum outcome print_option(struct printing *printing, const char *name)
{
    struct config_option option;
    if (!config_option(printing->config, name, strlen(name), &option))
        return error_set(printing->error, printing->arena, OUTCOME_FAILED, "%s is not a known option", name);
    add_option(printing, name, &option);
    return OUTCOME_DONE;
}

/* ---- lists, macros, lines ---- */

static enum outcome print_lists(struct printing *printing, const char *name)
{
    bool any = false;
    for (size_t i = 0; i < CONFIG_LIST_KINDS; i++) {
        enum config_list_kind kind = (enum config_list_kind)i;
        const struct config_list *list = config_list_find(printing->config, kind, name, strlen(name));
        if (list == NULL)
            continue;
        any = true;
        if (!printing->style->values_only)
            buffer_format(printing->out, "%s %s = ", config_list_word(kind), list->name);
        if (list->is_hidden && !printing->style->shows_hidden)
            buffer_add_string(printing->out, HIDDEN);
        else
            buffer_add_value(printing->out, &list->text);
        buffer_add_byte(printing->out, '\n');
    }
    if (!any) {
        return error_set(printing->error, printing->arena, OUTCOME_FAILED,
                         "no address, domain, host, or local part list called \"%s\" exists", name);
    }
    return OUTCOME_DONE;
}

static void add_macro(struct printing *printing, const struct config_macro *macro)
{
    if (!printing->style->values_only)
        buffer_format(printing->out, "%s=", macro->name);
    buffer_add_value(printing->out, &macro->replacement);
    buffer_add_byte(printing->out, '\n');
}

static void add_macro_name(struct printing *printing, const struct config_macro *macro)
{
    buffer_format(printing->out, "%s\n", macro->name);
}

static void each_macro(struct printing *printing,
                       void (*add)(struct printing *printing, const struct config_macro *macro))
{
    const struct config_macro *macro = config_builtin_macros(printing->config);
    for (; macro != NULL; macro = macro->next)
        add(printing, macro);
    for (macro = config_macros(printing->config); macro != NULL; macro = macro->next)
        add(printing, macro);
}

static enum outcome print_macros(struct printing *printing)
{
    each_macro(printing, add_macro);
    return OUTCOME_DONE;
}

static enum outcome print_macro_list(struct printing *printing)
{
    each_macro(printing, add_macro_name);
    return OUTCOME_DONE;
}

static enum outcome print_macro(struct printing *printing)
{
    if (printing->name == NULL)
        return error_set(printing->error, printing->arena, OUTCOME_FAILED, "macro name missing");
    const struct config_macro *macro = config_macro(printing->config, printing->name);
    if (macro == NULL) {
        return error_set(printing->error, printing->arena, OUTCOME_FAILED, "macro %s not found",
                         printing->name);
    }
    add_macro(printing, macro);
    return OUTCOME_DONE;
}

/* A line as it was read, but for what "hide" is about. */
static void add_line(struct printing *printing, const struct value *line, const char *indent)
{
    const char *equals = memchr(line->bytes, '=', line->length);
    buffer_add_string(printing->out, indent);
    if (!printing->style->shows_hidden && strncmp(line->bytes, "hide", 4) == 0 && equals != NULL) {
        buffer_add(printing->out, line->bytes, (size_t)(equals - line->bytes) + 1);
        buffer_add_string(printing->out, " " HIDDEN);
    } else {
        buffer_add_value(printing->out, line);
    }
    buffer_add_byte(printing->out, '\n');
}

static enum outcome print_config(struct printing *printing)
{
    const char *file = NULL;
    enum config_section section;
    for (size_t i = 0; config_section_at(printing->config, i, &section); i++) {
        if (section != CONFIG_MAIN)
            buffer_format(printing->out, "begin %s\n", config_section_name(section));
        const struct config_line *line = config_lines(printing->config, section);
        for (; line != NULL; line = line->next) {
            if (line->place.file != file) {
                file = line->place.file;
                buffer_format(printing->out, "# %u \"%s\"\n", line->place.line, file);
            }
            add_line(printing, &line->text, section == CONFIG_MAIN ? "" : "  ");
        }
    }
    return OUTCOME_DONE;
}

static enum outcome print_config_file(struct printing *printing)
{
    const char *path = config_path(printing->config);
    buffer_format(printing->out, "%s\n", path == NULL ? "" : path);
    return OUTCOME_DONE;
}

/* ---- words ---- */

static const struct print_row {
    const char *word;
    enum outcome (*print)(struct printing *printing);
    bool takes_name;
} print_rows[] = {
    {"config", print_config, false},
    {"config_file", print_config_file, false},
    {"configure_file", print_config_file, false},
    {"macro", print_macro, true},
    {"macro_list", print_macro_list, false},
    {"macros", print_macros, false},
    {"set", print_set, false},
    {"unused", print_unused, false},
};

static const struct print_row *find_row(const char *word)
{
    for (size_t i = 0; i < sizeof print_rows / sizeof *print_rows; i++)
        if (strcmp(print_rows[i].word, word) == 0)
            return &print_rows[i];
    return NULL;
}

static enum outcome print_word(struct printing *printing, const char *word, const struct print_row *row)
{
    if (row != NULL)
        return row->print(printing);
    return word[0] == '+' ? print_lists(printing, word + 1) : print_option(printing, word);
}

enum outcome config_print(struct config *config, const char *const *words, size_t word_count,
                          const struct config_print_style *style, struct buffer *out, struct arena *arena,
                          struct error *error)
{
    struct printing printing = {.config = config, .style = style, .out = out, .arena = arena, .error = error};
    enum outcome outcome = word_count == 0 ? print_all(&printing) : OUTCOME_DONE;
    for (size_t i = 0; i < word_count && outcome == OUTCOME_DONE; i++) {
        const struct print_row *row = find_row(words[i]);
        bool takes_name = row != NULL && row->takes_name;
        printing.name = takes_name && i + 1 < word_count ? words[i + 1] : NULL;
        outcome = print_word(&printing, words[i], row);
        i += takes_name;
    }
    return outcome == OUTCOME_DONE && out->failed ? error_no_memory(error) : outcome;
}
