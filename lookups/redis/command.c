#include "lookups/redis/command.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"

enum { FIRST_ARGUMENTS = 8, LONGEST_NAME = 32 };

#define REDIS_COMMAND(name, effect, rule, position) {name, REDIS_##effect, REDIS_##rule, position},
static const struct redis_command_row rows[] = {
#include "lookups/redis/commands.def"
};
#undef REDIS_COMMAND

const struct redis_command_row *redis_command_rows(size_t *count)
{
    *count = sizeof rows / sizeof rows[0];
    return rows;
}

static const struct redis_command_row *find_row(const char *name, size_t length)
{
    size_t low = 0;
    size_t high = sizeof rows / sizeof rows[0];

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strncmp(name, rows[middle].name, length);
        if (order == 0 && rows[middle].name[length] != '\0')
            order = -1;
        if (order == 0)
            return &rows[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

/* Adds a word in upper case to "name". False if no command is that long. */
static bool add_word(char *name, size_t *length, const struct redis_argument *word)
{
    if (word->length == 0 || word->length >= (size_t)LONGEST_NAME - *length)
        return false;
    for (size_t i = 0; i < word->length; i++) {
        if (word->bytes[i] <= ' ')
            return false; /* "GET x" as one argument is no command; neither is a NUL */
        name[(*length)++] = byte_upper(word->bytes[i]);
    }
    return true;
}

const struct redis_command_row *redis_command_find(const struct redis_argument *arguments, size_t count)
{
    char name[LONGEST_NAME];
    size_t length = 0;

    if (count == 0 || !add_word(name, &length, &arguments[0]))
        return NULL;
    const struct redis_command_row *row = find_row(name, length);
    if (row == NULL || row->effect != REDIS_BY_SECOND_WORD)
        return row;
    if (count < 2 || length + 1 >= sizeof name)
        return NULL;
    name[length++] = ' ';
    return add_word(name, &length, &arguments[1]) ? find_row(name, length) : NULL;
}

static size_t key_behind_streams(const struct redis_command *command)
{
    const struct value word = VALUE_LITERAL("STREAMS");

    for (size_t i = 1; i + 1 < command->count; i++) {
        struct value argument = value_clean(command->arguments[i].bytes, command->arguments[i].length);
        if (value_equal_caseless(&argument, &word))
            return i + 1;
    }
    return 0;
}

size_t redis_command_first_key(const struct redis_command *command)
{
    const struct redis_command_row *row = command->row;
    size_t position;

    if (row == NULL || row->key_rule == REDIS_NO_KEY || row->key_rule == REDIS_NO_KEY_ON_EACH)
        return 0;
    if (row->key_rule == REDIS_KEY_BEHIND_STREAMS)
        return key_behind_streams(command);
    position = row->key_position;
    if (row->key_rule != REDIS_KEYS_COUNTED_AT)
        return position < command->count ? position : 0;
    if (position >= command->count)
        return 0;
    const struct redis_argument *keys = &command->arguments[position];
    bool has_keys = keys->length > 0 && !(keys->length == 1 && keys->bytes[0] == '0');
    return has_keys && position + 1 < command->count ? position + 1 : 0;
}

/* What is being built: the bytes of all words stand in one block, which is
   never longer than the query. */
struct words {
    struct redis_command *command;
    struct arena *arena;
    size_t capacity;
    char *next;    /* where the next byte goes */
    char *begin;   /* of the current word */
    bool in_word;  /* a word has begun, though it may have no bytes yet */
    bool is_plain; /* nothing of it was escaped or tainted: "" means an empty argument */
    bool is_tainted;
    bool were_tainted[2]; /* the first words, which can say what the server is to do */
};

static bool end_word(struct words *words)
{
    struct redis_command *command = words->command;

    if (!words->in_word)
        return true;
    words->in_word = false;
    if (command->count == words->capacity) {
        size_t capacity = words->capacity == 0 ? (size_t)FIRST_ARGUMENTS : words->capacity * 2;
        struct redis_argument *arguments = arena_calloc(words->arena, capacity, sizeof *arguments);
        if (arguments == NULL)
            return false;
        if (command->count > 0)
            memcpy(arguments, command->arguments, command->count * sizeof *arguments);
        command->arguments = arguments;
        words->capacity = capacity;
    }
    if (command->count < sizeof words->were_tainted)
        words->were_tainted[command->count] = words->is_tainted;
    size_t length = (size_t)(words->next - words->begin);
    if (words->is_plain && length == 2 && words->begin[0] == '"' && words->begin[1] == '"')
        length = 0;
    command->arguments[command->count++] = (struct redis_argument){words->begin, length};
    return true;
}

static void begin_word(struct words *words)
{
    if (words->in_word)
        return;
    words->in_word = true;
    words->is_plain = true;
    words->is_tainted = false;
    words->begin = words->next;
}

static void add_byte(struct words *words, char byte)
{
    begin_word(words);
    *words->next++ = byte;
}

static enum outcome no_byte_behind(struct arena *arena, struct error *error)
{
    return error_set(error, arena, OUTCOME_FAILED,
                     "the redis query ends with a backslash that has nothing behind it (write \\\\ for one)");
}

/* Clean text: white space and backslashes mean something. */
static enum outcome take_clean(struct words *words, const char *bytes, size_t length, struct error *error)
{
    for (size_t i = 0; i < length; i++) {
        if (byte_is_space(bytes[i])) {
            if (!end_word(words))
                return error_no_memory(error);
            continue;
        }
        if (bytes[i] == '\\') {
            if (++i == length)
                return no_byte_behind(words->arena, error);
            begin_word(words);
            words->is_plain = false;
        }
        add_byte(words, bytes[i]);
    }
    return OUTCOME_DONE;
}

/* Text from outside: content as it stands. */
static enum outcome take_literal(struct words *words, const char *bytes, size_t length, struct error *error)
{
    (void)error;
    begin_word(words);
    words->is_plain = false;
    words->is_tainted = true;
    if (length > 0)
        memcpy(words->next, bytes, length);
    words->next += length;
    return OUTCOME_DONE;
}

/* Text from outside that redis_quote made. */
static enum outcome take_quoted(struct words *words, const char *bytes, size_t length, struct error *error)
{
    begin_word(words);
    words->is_plain = false;
    words->is_tainted = true;
    if (length == 2 && memcmp(bytes, "\"\"", 2) == 0)
        return OUTCOME_DONE;
    for (size_t i = 0; i < length; i++) {
        if (bytes[i] == '\\' && ++i == length)
            return no_byte_behind(words->arena, error);
        add_byte(words, bytes[i]);
    }
    return OUTCOME_DONE;
}

static enum outcome take_query(struct words *words, const struct value *query,
                               const struct lookup_driver *quoter, struct error *error)
{
    enum outcome outcome = OUTCOME_DONE;
    size_t from = 0;

    for (size_t i = 0; i < query->span_count && outcome == OUTCOME_DONE; i++) {
        const struct taint_span *span = &query->spans[i];
        if (span->begin > query->length)
            break;
        size_t end = span->end < query->length ? span->end : query->length;
        outcome = take_clean(words, query->bytes + from, span->begin - from, error);
        if (outcome != OUTCOME_DONE)
            return outcome;
        if (quoter != NULL && span->quoter == quoter)
            outcome = take_quoted(words, query->bytes + span->begin, end - span->begin, error);
        else
            outcome = take_literal(words, query->bytes + span->begin, end - span->begin, error);
        from = end;
    }
    if (outcome != OUTCOME_DONE)
        return outcome;
    outcome = take_clean(words, query->bytes + from, query->length - from, error);
    if (outcome == OUTCOME_DONE && !end_word(words))
        return error_no_memory(error);
    return outcome;
}

/* Whether the second word is as much the command as the first: a subcommand, or
   a script. */
static bool second_word_decides(const struct redis_argument *first)
{
    static const char *const takes_script[] = {"EVAL", "EVAL_RO"};
    char name[LONGEST_NAME];
    size_t length = 0;
    const struct redis_command_row *row = add_word(name, &length, first) ? find_row(name, length) : NULL;

    if (row == NULL)
        return false;
    for (size_t i = 0; i < sizeof takes_script / sizeof takes_script[0]; i++)
        if (strcmp(row->name, takes_script[i]) == 0)
            return true;
    return row->effect == REDIS_BY_SECOND_WORD;
}

/* What the server is to do, the configuration says; from outside come only the
   names and values that it is to be done with. */
static enum outcome refuse_tainted(const struct words *words, struct error *error)
{
    const struct redis_command *command = words->command;
    bool is_first = words->were_tainted[0];

    if (!is_first && !(words->were_tainted[1] && second_word_decides(&command->arguments[0])))
        return OUTCOME_DONE;
    return error_set(error, words->arena, OUTCOME_FAILED,
                     "the redis command itself comes from outside (its %s word is tainted); only what stands "
                     "behind it may",
                     is_first ? "first" : "second");
}

static enum outcome refuse(const struct redis_command_row *row, struct arena *arena, struct error *error)
{
    return error_set(error, arena, OUTCOME_FAILED,
                     "the redis command %s changes the connection that all lookups share and cannot be used "
                     "in a lookup%s",
                     row->name,
                     strcmp(row->name, "SELECT") == 0 || strcmp(row->name, "AUTH") == 0
                         ? " (database and password belong into redis_servers)"
                         : "");
}

enum outcome redis_command_parse(struct redis_command *command, const struct value *query,
                                 const struct lookup_driver *quoter, struct arena *arena, struct error *error)
{
    *command = (struct redis_command){.effect = REDIS_WRITES};
    char *block = arena_alloc_text(arena, query->length + 1);
    if (block == NULL)
        return error_no_memory(error);
    struct words words = {.command = command, .arena = arena, .next = block, .begin = block};

    enum outcome outcome = take_query(&words, query, quoter, error);
    if (outcome != OUTCOME_DONE)
        return outcome;
    if (command->count == 0)
        return error_set(error, arena, OUTCOME_FAILED, "the redis query is empty: a command is expected");
    outcome = refuse_tainted(&words, error);
    if (outcome != OUTCOME_DONE)
        return outcome;
    command->row = redis_command_find(command->arguments, command->count);
    if (command->row == NULL)
        return OUTCOME_DONE;
    if (command->row->effect == REDIS_REFUSED)
        return refuse(command->row, arena, error);
    if (command->row->effect != REDIS_BY_SECOND_WORD)
        command->effect = command->row->effect;
    return OUTCOME_DONE;
}

enum redis_effect redis_query_effect(const struct value *query)
{
    struct redis_argument word = {query->bytes, 0};
    char name[LONGEST_NAME];
    size_t length = 0;
    size_t left = query->length;

    while (left > 0 && byte_is_space(*word.bytes)) {
        word.bytes++;
        left--;
    }
    while (word.length < left && !byte_is_space(word.bytes[word.length]))
        word.length++;
    /* A name that does not end in clean text may go on. */
    size_t end = (size_t)(word.bytes - query->bytes) + word.length;
    if ((query->span_count > 0 && query->spans[0].begin <= end) || !add_word(name, &length, &word))
        return REDIS_WRITES;
    const struct redis_command_row *row = find_row(name, length);
    return row == NULL || row->effect == REDIS_BY_SECOND_WORD ? REDIS_WRITES : row->effect;
}

/* '*' or '$', a number, CR LF. */
static void add_header(struct buffer *out, char type, size_t number)
{
    char text[24];
    char *next = text + sizeof text;

    *--next = '\n';
    *--next = '\r';
    do {
        *--next = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    *--next = type;
    buffer_add(out, next, (size_t)(text + sizeof text - next));
}

void redis_command_encode(struct buffer *out, const struct redis_argument *arguments, size_t count)
{
    enum { HEADER = 24 };
    size_t room = HEADER;

    for (size_t i = 0; i < count; i++)
        room += arguments[i].length + HEADER;
    buffer_reserve(out, room);
    add_header(out, '*', count);
    for (size_t i = 0; i < count; i++) {
        add_header(out, '$', arguments[i].length);
        buffer_add(out, arguments[i].bytes, arguments[i].length);
        buffer_add(out, "\r\n", 2);
    }
}

void redis_quote(struct buffer *out, const struct value *text)
{
    if (text->length == 0)
        buffer_add(out, "\"\"", 2);
    for (size_t i = 0; i < text->length; i++) {
        char byte = text->bytes[i];
        if (byte_is_space(byte) || byte == '\\' || byte == '"')
            buffer_add_byte(out, '\\');
        buffer_add_byte(out, byte);
    }
}
