#include "cli/cases.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "cli/answer.h"
#include "cli/escapes.h"

/* The reading of one file. */
struct reader {
    struct test_file *file;
    FILE *stream;
    const char *folder; /* that the file stands in, absolute, with "/" at its end */
    char *line;         /* the physical line under way, without its end */
    size_t length;
    size_t capacity;
    size_t number; /* its number, from 1 */
    size_t first;  /* and that of the step's first line */
    size_t step_capacity;
    struct test_case next; /* what directives say about the next case */
    size_t next_line;      /* where the first of them stands; 0: there is none */
    char *problem;
};

/* ---- mistakes ---- */

/* Records the first mistake; always false. */
__attribute__((format(printf, 2, 3))) static bool wrong(struct reader *reader, const char *format, ...)
{
    va_list arguments;
    char *what = NULL;

    if (reader->problem != NULL)
        return false;
    va_start(arguments, format);
    if (vasprintf(&what, format, arguments) < 0)
        what = NULL;
    va_end(arguments);
    if (what == NULL || asprintf(&reader->problem, "%s:%zu: %s", reader->file->path, reader->first, what) < 0)
        reader->problem = NULL;
    free(what);
    return false;
}

static bool no_memory(struct reader *reader)
{
    return wrong(reader, "out of memory");
}

/* ---- text ---- */

/* A copy of "length" bytes with the marks replaced: @DATA@ by the folder "data"
   beside the file, @HERE@ by the file's own. */
static bool copy_text(struct reader *reader, const char *text, size_t length, struct value *copy)
{
    static const struct {
        const char *word;
        const char *below;
    } marks[] = {{"@DATA@", "data"}, {"@HERE@", ""}};
    enum { MARK_LENGTH = 6 };
    struct buffer out;

    buffer_init(&out, &reader->file->arena);
    for (size_t at = 0; at < length;) {
        size_t mark = 0;
        while (mark < 2 &&
               (length - at < MARK_LENGTH || memcmp(text + at, marks[mark].word, MARK_LENGTH) != 0))
            mark++;
        if (mark == 2) {
            buffer_add_byte(&out, text[at++]);
            continue;
        }
        size_t folder = strlen(reader->folder);
        buffer_add(&out, reader->folder, folder - (*marks[mark].below == '\0'));
        buffer_add_string(&out, marks[mark].below);
        at += MARK_LENGTH;
    }
    return buffer_value(&out, copy) || no_memory(reader);
}

/* ---- lines ---- */

/* The next physical line; false at the end. */
static bool next_line(struct reader *reader)
{
    ssize_t length = getline(&reader->line, &reader->capacity, reader->stream);

    if (length <= 0)
        return false;
    reader->number++;
    reader->length = (size_t)length - (reader->line[length - 1] == '\n');
    reader->line[reader->length] = '\0';
    return true;
}

/* An odd number of backslashes at a line's end says that it goes on. */
static bool goes_on(const struct value *line)
{
    size_t count = 0;

    while (count < line->length && line->bytes[line->length - 1 - count] == '\\')
        count++;
    return count % 2 == 1;
}

/* The logical line that the current one begins: as in a configuration, what
   follows a backslash at the end goes on without its leading white space. */
static bool whole_line(struct reader *reader, struct value *whole)
{
    struct buffer out;
    struct value line = value_clean(reader->line, reader->length);

    buffer_init(&out, &reader->file->arena);
    while (goes_on(&line)) {
        buffer_add(&out, line.bytes, line.length - 1);
        if (!next_line(reader))
            return wrong(reader, "a backslash at the end says that the line goes on, but the file ends");
        line = value_clean(reader->line, reader->length);
        while (line.length > 0 && byte_is_space(line.bytes[0]))
            line = value_clean(line.bytes + 1, line.length - 1);
    }
    buffer_add(&out, line.bytes, line.length);
    return buffer_value(&out, whole) || no_memory(reader);
}

/* Whether a text is "<<WORD", the announcement of lines up to one that is WORD. */
static bool announces_block(const char *text, size_t length)
{
    if (length < 3 || text[0] != '<' || text[1] != '<')
        return false;
    for (size_t i = 2; i < length; i++)
        if (text[i] < 'A' || text[i] > 'Z')
            return false;
    return true;
}

/* The lines up to the announced word, with their ends but the last's. Those of
   an expression go on behind a backslash as they do in a configuration. */
static bool read_block(struct reader *reader, const char *announcement, bool may_go_on, struct value *block)
{
    struct buffer out;
    struct value line = {.bytes = ""};
    bool is_first = true;
    const char *word = arena_copy(&reader->file->arena, announcement + 2, strlen(announcement + 2));

    if (word == NULL)
        return no_memory(reader);
    buffer_init(&out, &reader->file->arena);
    while (next_line(reader)) {
        if (strcmp(reader->line, word) == 0)
            return buffer_value(&out, block) || no_memory(reader);
        line = value_clean(reader->line, reader->length);
        if (may_go_on && !whole_line(reader, &line))
            return false;
        if (!is_first)
            buffer_add_byte(&out, '\n');
        buffer_add(&out, line.bytes, line.length);
        is_first = false;
    }
    return wrong(reader, "the lines behind <<%s have no end: no line is \"%s\"", word, word);
}

/* ---- steps ---- */

static struct test_step *add_step(struct reader *reader, enum step_kind kind)
{
    struct test_file *file = reader->file;

    if (file->count == reader->step_capacity) {
        size_t capacity = reader->step_capacity == 0 ? 64 : reader->step_capacity * 2;
        struct test_step *steps = arena_calloc(&file->arena, capacity, sizeof *steps);
        if (steps == NULL) {
            (void)no_memory(reader);
            return NULL;
        }
        if (file->count > 0)
            memcpy(steps, file->steps, file->count * sizeof *steps);
        file->steps = steps;
        reader->step_capacity = capacity;
    }
    struct test_step *step = &file->steps[file->count++];
    step->kind = kind;
    step->line = reader->first;
    return step;
}

/* ---- cases ---- */

static const struct {
    const char *mark;
    enum expectation expectation;
} marks[] = {
    {"=>", EXPECT_RESULT}, {"!!", EXPECT_MESSAGE}, {"~~", EXPECT_RESULT_LIKE}, {"!~", EXPECT_MESSAGE_LIKE}};
enum { MARKS = sizeof marks / sizeof marks[0], MARK_LENGTH = 2 };

/* Whether a mark stands there, with a space or the end behind it. */
static bool is_mark(const struct value *line, size_t at, enum expectation *expectation)
{
    if (line->length - at < MARK_LENGTH ||
        (line->length - at > MARK_LENGTH && line->bytes[at + MARK_LENGTH] != ' '))
        return false;
    for (size_t i = 0; i < MARKS; i++) {
        if (memcmp(line->bytes + at, marks[i].mark, MARK_LENGTH) != 0)
            continue;
        *expectation = marks[i].expectation;
        return true;
    }
    return false;
}

/* The first mark with a space in front of it. */
static bool find_mark(const struct value *line, size_t *at, enum expectation *expectation)
{
    for (*at = 1; *at < line->length; (*at)++)
        if (line->bytes[*at - 1] == ' ' && is_mark(line, *at, expectation))
            return true;
    return false;
}

/* What stands behind the mark: bytes with escapes, a pattern as it is, or a
   block. */
static bool read_expected(struct reader *reader, struct test_case *made, const struct value *line,
                          size_t mark)
{
    struct value text = {.bytes = ""};
    size_t from = mark + MARK_LENGTH + (line->length > mark + MARK_LENGTH);
    const char *rest = line->bytes + from;
    size_t length = line->length - from;

    if (announces_block(rest, length)) {
        if (!read_block(reader, rest, false, &text))
            return false;
    } else if (!copy_text(reader, rest, length, &text)) {
        return false;
    } else if (made->expectation == EXPECT_RESULT || made->expectation == EXPECT_MESSAGE) {
        escapes_undo(&text);
    }
    made->expected = text.bytes;
    made->expected_length = text.length;
    return true;
}

static bool finish_case(struct reader *reader, const struct test_case *made)
{
    struct test_step *step = add_step(reader, STEP_CASE);

    if (step == NULL)
        return false;
    step->as_case = *made;
    reader->file->case_count++;
    reader->next = (struct test_case){0};
    reader->next_line = 0;
    return true;
}

static bool read_case(struct reader *reader, const struct value *line)
{
    struct test_case made = reader->next;
    struct value expression = {.bytes = ""};
    size_t mark = 0;

    if (!find_mark(line, &mark, &made.expectation))
        return wrong(reader, "no => RESULT, !! MESSAGE, ~~ PATTERN or !~ PATTERN behind \"%.60s%s\"",
                     line->bytes, line->length > 60 ? "…" : "");
    if (!copy_text(reader, line->bytes, mark - 1, &expression) || !read_expected(reader, &made, line, mark))
        return false;
    made.expression = expression.bytes;
    made.expression_length = expression.length;
    return finish_case(reader, &made);
}

/* "<<WORD", the expression's lines, "WORD", and a line that begins with a mark. */
static bool read_block_case(struct reader *reader, const struct value *announcement)
{
    struct test_case made = reader->next;
    struct value block = {.bytes = ""};
    struct value expression = {.bytes = ""};
    struct value line = {.bytes = ""};

    if (!read_block(reader, announcement->bytes, true, &block) ||
        !copy_text(reader, block.bytes, block.length, &expression))
        return false;
    made.expression = expression.bytes;
    made.expression_length = expression.length;
    if (!next_line(reader) || !whole_line(reader, &line) || !is_mark(&line, 0, &made.expectation))
        return wrong(reader, "the line behind %s does not begin with =>, !!, ~~ or !~",
                     announcement->bytes + 2);
    return read_expected(reader, &made, &line, 0) && finish_case(reader, &made);
}

/* ---- directives ---- */

static bool read_assignment(struct reader *reader, const struct value *text, enum assignment_kind kind)
{
    const char *equals = memchr(text->bytes, '=', text->length);
    struct value value = {.bytes = ""};

    if (equals == NULL || equals == text->bytes)
        return wrong(reader, "\"%s\" is not NAME=VALUE", text->bytes);
    size_t name_length = (size_t)(equals - text->bytes);
    if (!copy_text(reader, equals + 1, text->length - name_length - 1, &value))
        return false;
    escapes_undo(&value);
    const char *name = arena_copy(&reader->file->arena, text->bytes, name_length);
    struct test_step *step = name == NULL ? NULL : add_step(reader, STEP_ASSIGN);
    if (step == NULL)
        return no_memory(reader);
    step->assignment =
        (struct assignment){.name = name, .value = value.bytes, .value_length = value.length, .kind = kind};
    return true;
}

static bool read_set(struct reader *reader, const struct value *text)
{
    return read_assignment(reader, text, ASSIGN_TAINTED);
}

static bool read_set_clean(struct reader *reader, const struct value *text)
{
    return read_assignment(reader, text, ASSIGN_CLEAN);
}

static bool read_option(struct reader *reader, const struct value *text)
{
    return read_assignment(reader, text, ASSIGN_OPTION);
}

static bool add_text_step(struct reader *reader, enum step_kind kind, const char *text)
{
    struct test_step *step = add_step(reader, kind);

    if (step == NULL)
        return false;
    step->text = text;
    return true;
}

static bool read_answer(struct reader *reader, const struct value *text)
{
    struct value whole = {.bytes = ""};
    struct fixed_answer answer;
    const char *problem;

    if (!copy_text(reader, text->bytes, text->length, &whole))
        return false;
    if (!fixed_answer_read(&reader->file->arena, &whole, &answer, &problem))
        return wrong(reader, "@answer %s: %s", text->bytes, problem);
    struct test_step *step = add_step(reader, STEP_ASSIGN);
    if (step == NULL)
        return false;
    step->assignment = (struct assignment){
        .name = "", .value = whole.bytes, .value_length = whole.length, .kind = ASSIGN_ANSWER};
    return true;
}

static bool read_answers(struct reader *reader, const struct value *text)
{
    if (!value_equals_text(text, "only") && !value_equals_text(text, "any"))
        return wrong(reader,
                     "@answers wants \"only\" (a lookup without a fixed answer fails) or \"any\", "
                     "not \"%s\"",
                     text->bytes);
    return add_text_step(reader, STEP_ANSWERS, text->bytes);
}

/* A path is taken from the folder of the file that names it. */
static bool read_config(struct reader *reader, const struct value *text)
{
    struct value path = {.bytes = ""};

    if (!copy_text(reader, text->bytes, text->length, &path))
        return false;
    if (path.bytes[0] == '/')
        return add_text_step(reader, STEP_CONFIG, path.bytes);
    const char *whole = arena_format(&reader->file->arena, "%s%s", reader->folder, path.bytes);
    return whole == NULL ? no_memory(reader) : add_text_step(reader, STEP_CONFIG, whole);
}

static bool read_define(struct reader *reader, const struct value *text)
{
    struct value definition = {.bytes = ""};

    if (text->bytes[0] < 'A' || text->bytes[0] > 'Z')
        return wrong(reader,
                     "@define wants NAME=VALUE with a name that begins with an upper-case letter, "
                     "not \"%s\"",
                     text->bytes);
    return copy_text(reader, text->bytes, text->length, &definition) &&
           add_text_step(reader, STEP_DEFINE, definition.bytes);
}

static bool read_unset(struct reader *reader, const struct value *text)
{
    return add_text_step(reader, STEP_UNSET, text->bytes);
}

static bool read_reset(struct reader *reader, const struct value *text)
{
    return add_text_step(reader, STEP_RESET, text->bytes);
}

/* Directives about the next case. */
static bool note_for_next(struct reader *reader, const char **place, const struct value *text)
{
    if (reader->next_line == 0)
        reader->next_line = reader->first;
    *place = text->bytes;
    return true;
}

static bool read_name(struct reader *reader, const struct value *text)
{
    return note_for_next(reader, &reader->next.name, text);
}

static bool read_differs(struct reader *reader, const struct value *text)
{
    return note_for_next(reader, &reader->next.differs, text);
}

static bool read_skip(struct reader *reader, const struct value *text)
{
    return note_for_next(reader, &reader->next.skip, text);
}

static bool read_acl(struct reader *reader, const struct value *text)
{
    reader->next.is_acl = true;
    return read_case(reader, text);
}

/* rexpand-test(5) has these; a test holds the two together. */
static const struct directive {
    const char *name;
    const char *value; /* what has to stand behind it; NULL: nothing may */
    bool (*read)(struct reader *reader, const struct value *text);
} directives[] = {
    {"acl", "NAME {ARGUMENT} => VERDICT: MESSAGE", read_acl},
    {"answer", "DRIVER:QUERY=VALUE", read_answer},
    {"answers", "only", read_answers},
    {"config", "FILE", read_config},
    {"define", "MACRO=VALUE", read_define},
    {"differs", "REASON", read_differs},
    {"name", "TEXT", read_name},
    {"option", "OPTION=VALUE", read_option},
    {"reset", NULL, read_reset},
    {"set", "VARIABLE=VALUE", read_set},
    {"set-clean", "VARIABLE=VALUE", read_set_clean},
    {"skip", "REASON", read_skip},
    {"unset", "VARIABLE", read_unset},
};
enum { DIRECTIVES = sizeof directives / sizeof directives[0] };

static bool read_directive(struct reader *reader, const struct value *line)
{
    size_t name = strcspn(line->bytes + 1, " \t");
    const char *rest = line->bytes + 1 + name;
    const struct directive *directive = NULL;

    rest += strspn(rest, " \t");
    struct value text = value_clean(rest, line->length - (size_t)(rest - line->bytes));
    for (size_t i = 0; i < DIRECTIVES && directive == NULL; i++)
        if (strlen(directives[i].name) == name && memcmp(directives[i].name, line->bytes + 1, name) == 0)
            directive = &directives[i];
    if (directive == NULL)
        return wrong(reader, "unknown directive \"@%.*s\"; rexpand-test(5) lists them", (int)name,
                     line->bytes + 1);
    if (directive->value == NULL && text.length > 0)
        return wrong(reader, "@%s takes nothing behind it, but there is \"%s\"", directive->name, text.bytes);
    if (directive->value != NULL && text.length == 0)
        return wrong(reader, "@%s wants something behind it: @%s %s", directive->name, directive->name,
                     directive->value);
    return directive->read(reader, &text);
}

/* ---- the file ---- */

/* A directive begins with a lower-case letter behind the "@"; @DATA@ begins a
   case. */
static bool read_step(struct reader *reader)
{
    struct value line = {.bytes = ""};

    reader->first = reader->number;
    if (reader->length == 0 || reader->line[0] == '#')
        return true;
    if (!whole_line(reader, &line))
        return false;
    if (line.bytes[0] == '@' && line.bytes[1] >= 'a' && line.bytes[1] <= 'z')
        return read_directive(reader, &line);
    if (announces_block(line.bytes, line.length))
        return read_block_case(reader, &line);
    return read_case(reader, &line);
}

static bool read_steps(struct reader *reader)
{
    while (next_line(reader))
        if (!read_step(reader))
            return false;
    reader->first = reader->number;
    if (ferror(reader->stream) != 0)
        return wrong(reader, "cannot be read further: %s", strerror(errno));
    if (reader->next_line > 0) {
        reader->first = reader->next_line;
        return wrong(reader, "there is no case behind this");
    }
    return true;
}

/* The folder of "path", absolute, with "/" at its end; for free(). */
static char *folder_of(const char *path)
{
    char *real = realpath(path, NULL);

    if (real != NULL)
        strrchr(real, '/')[1] = '\0';
    return real;
}

const char *test_directive(size_t index)
{
    return index < DIRECTIVES ? directives[index].name : NULL;
}

bool test_file_read(struct test_file *file, const char *path, char **message)
{
    struct reader reader = {.file = file};

    *message = NULL;
    *file = (struct test_file){.path = path};
    arena_init(&file->arena, 16384, SIZE_MAX);
    file->path = arena_copy(&file->arena, path, strlen(path));
    reader.stream = fopen(path, "re");
    char *folder = reader.stream == NULL ? NULL : folder_of(path);
    reader.folder = folder;
    bool done = file->path != NULL && folder != NULL && read_steps(&reader);
    if (!done && reader.problem == NULL && asprintf(message, "%s: %s", path, strerror(errno)) < 0)
        *message = NULL;
    if (reader.problem != NULL)
        *message = reader.problem;
    if (reader.stream != NULL)
        (void)fclose(reader.stream);
    free(reader.line);
    free(folder);
    if (!done)
        test_file_free(file);
    return done;
}

void test_file_free(struct test_file *file)
{
    arena_free(&file->arena);
}
