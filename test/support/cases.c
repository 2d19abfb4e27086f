#include "test/support/cases.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "rexpand.h"
#include "test/support/temp_folder.h"

/* ---- reading ---- */

static char *replace_data(const char *text, size_t length, const char *folder)
{
    static const char mark[] = "@DATA@";
    char *result = NULL;
    size_t size;
    FILE *out = open_memstream(&result, &size);

    assert_non_null(out);
    while (length > 0) {
        bool is_mark = length >= sizeof mark - 1 && memcmp(text, mark, sizeof mark - 1) == 0;
        size_t step = is_mark ? sizeof mark - 1 : 1;
        (void)fwrite(is_mark ? folder : text, 1, is_mark ? strlen(folder) : 1, out);
        text += step;
        length -= step;
    }
    assert_int_equal(fclose(out), 0);
    return result;
}

static int hex_digit(char byte)
{
    const char *found = strchr("0123456789abcdef", byte);

    return found == NULL || byte == '\0' ? -1 : (int)(found - "0123456789abcdef");
}

/* Undoes the escapes of a result in place; gives its length. */
static size_t undo_escapes(char *text)
{
    char *to = text;

    for (const char *from = text; *from != '\0'; from++) {
        if (*from != '\\') {
            *to++ = *from;
            continue;
        }
        from++;
        if (*from == 'x' && hex_digit(from[1]) >= 0 && hex_digit(from[2]) >= 0) {
            *to++ = (char)(hex_digit(from[1]) * 16 + hex_digit(from[2]));
            from += 2;
        } else {
            *to++ = *from == 'n' ? '\n' : *from == 't' ? '\t' : *from;
        }
    }
    *to = '\0';
    return (size_t)(to - text);
}

/* Where the expression ends and what the mark between it and the result is. */
static const char *find_mark(const char *line, bool *is_failure)
{
    for (const char *at = line; *at != '\0'; at++) {
        bool is_result = strncmp(at, " =>", 3) == 0 && (at[3] == ' ' || at[3] == '\0');
        *is_failure = strncmp(at, " !!", 3) == 0 && (at[3] == ' ' || at[3] == '\0');
        if (is_result || *is_failure)
            return at;
    }
    return NULL;
}

static void read_case(const struct language_cases *cases, struct language_case *made, const char *line,
                      const char *folder)
{
    bool is_failure;
    const char *mark = find_mark(line, &is_failure);

    if (mark == NULL)
        fail_msg("%s:%zu: neither => nor !! in \"%s\"", cases->path, made->line, line);
    if (mark == NULL)
        return;
    made->expression = replace_data(line, (size_t)(mark - line), folder);
    const char *rest = mark[3] == ' ' ? mark + 4 : mark + 3;
    char *result = replace_data(rest, strlen(rest), folder);
    size_t length = undo_escapes(result);
    size_t prefix = is_failure ? strlen("Failed: ") : 0;
    made->expected = calloc(prefix + length + 1, 1);
    assert_non_null(made->expected);
    memcpy(made->expected, "Failed: ", prefix);
    memcpy(made->expected + prefix, result, length);
    made->expected_length = prefix + length;
    free(result);
}

static void add_case(struct language_cases *cases, const struct language_case *made)
{
    struct language_case *more = realloc(cases->cases, (cases->count + 1) * sizeof *more);

    assert_non_null(more);
    cases->cases = more;
    more[cases->count++] = *made;
}

/* The file of that ending beside "path", or NULL. */
static char *find_beside(const char *path, const char *ending)
{
    char *beside = NULL;

    assert_true(asprintf(&beside, "%.*s%s", (int)(strrchr(path, '.') - path), path, ending) > 0);
    if (access(beside, R_OK) == 0)
        return beside;
    free(beside);
    return NULL;
}

void language_cases_read(struct language_cases *cases, const char *path)
{
    char folder[4096];
    char *line = NULL;
    size_t capacity = 0;
    ssize_t length;
    struct language_case next = {.is_for_exim = true};
    FILE *file = fopen(path, "r");

    if (file == NULL)
        fail_msg("cannot open %s", path);
    *cases = (struct language_cases){.path = strdup(path)};
    cases->config_path = find_beside(path, ".conf");
    cases->message_path = find_beside(path, ".eml");
    folder[0] = '\0';
    if (path[0] != '/')
        assert_non_null(getcwd(folder, sizeof folder / 2));
    (void)snprintf(folder + strlen(folder), sizeof folder - strlen(folder), "%s%.*sdata",
                   path[0] == '/' ? "" : "/", (int)(strrchr(path, '/') + 1 - path), path);
    while ((length = getline(&line, &capacity, file)) > 0) {
        next.line++;
        if (line[length - 1] == '\n')
            line[length - 1] = '\0';
        if (line[0] == '#' || line[0] == '\0')
            continue;
        if (strncmp(line, "@differs ", 9) == 0) {
            next.differs = true;
            continue;
        }
        struct language_case made = next;
        if (line[0] == '@' && strncmp(line, "@DATA@", 6) != 0) {
            made.setting = strdup(line + 1);
            next.is_for_exim = false;
        } else {
            read_case(cases, &made, line, folder);
            next.differs = false;
        }
        add_case(cases, &made);
    }
    free(line);
    (void)fclose(file);
}

void language_cases_free(struct language_cases *cases)
{
    for (size_t i = 0; i < cases->count; i++) {
        free(cases->cases[i].expression);
        free(cases->cases[i].expected);
        free(cases->cases[i].setting);
    }
    free(cases->cases);
    free(cases->config_path);
    free(cases->message_path);
    free(cases->path);
}

static char *read_whole_file(const char *path, size_t *length)
{
    char *bytes = NULL;
    FILE *file = fopen(path, "r");
    FILE *copy = open_memstream(&bytes, length);

    assert_true(file != NULL && copy != NULL);
    for (int byte = getc(file); byte != EOF; byte = getc(file))
        (void)putc(byte, copy);
    assert_int_equal(fclose(file) | fclose(copy), 0);
    return bytes;
}

void language_setting_open(struct language_setting *setting, const struct language_cases *cases)
{
    char *message = NULL;

    *setting = (struct language_setting){0};
    if (cases->config_path != NULL) {
        setting->config = rexpand_config_read(cases->config_path, NULL, 0, &message);
        if (setting->config == NULL)
            fail_msg("%s", message);
    }
    setting->env = rexpand_env_new(setting->config, NULL);
    assert_non_null(setting->env);
    if (cases->message_path == NULL)
        return;
    const struct rexpand_message_options how = {.dot_ends = true, .is_local = true};
    size_t length;
    char *bytes = read_whole_file(cases->message_path, &length);
    if (!rexpand_env_message(setting->env, bytes, length, &how, &message))
        fail_msg("%s", message);
    free(bytes);
}

void language_setting_close(struct language_setting *setting)
{
    rexpand_env_free(setting->env);
    rexpand_config_free(setting->config);
}

/* ---- running ---- */

static void carry_out(const struct language_cases *cases, const struct language_case *directive,
                      struct rexpand_env *env)
{
    char *name = strchr(directive->setting, ' ');
    char *equals = name == NULL ? NULL : strchr(name, '=');
    char *message = NULL;
    bool done = false;

    if (equals != NULL) {
        char *copy = strndup(name + 1, (size_t)(equals - name) - 1);
        size_t length = undo_escapes(equals + 1);
        if (strncmp(directive->setting, "option ", 7) == 0)
            done = rexpand_env_set_option(env, copy, equals + 1, &message);
        else if (strncmp(directive->setting, "set", 3) == 0)
            done = rexpand_env_set(env, copy, equals + 1, length,
                                   strncmp(directive->setting, "set-clean ", 10) == 0);
        free(copy);
    }
    if (!done)
        fail_msg("%s:%zu: @%s: %s", cases->path, directive->line, directive->setting,
                 message == NULL ? "cannot be done" : message);
}

static void report(const struct language_cases *cases, const struct language_case *wrong, const char *who,
                   const char *got, size_t got_length)
{
    print_error("%s:%zu: %s\n    expected: %.*s\n    %s: %.*s\n", cases->path, wrong->line, wrong->expression,
                (int)wrong->expected_length, wrong->expected, who, (int)got_length, got);
}

static bool is_expected(const struct language_case *wanted, const char *got, size_t length)
{
    return length == wanted->expected_length && memcmp(got, wanted->expected, length) == 0;
}

static bool run_case(const struct language_cases *cases, const struct language_case *wanted,
                     struct rexpand_env *env)
{
    struct rexpand_result result;
    enum rexpand_outcome outcome =
        rexpand_expand(env, wanted->expression, strlen(wanted->expression), &result);

    if (outcome == REXPAND_DONE) {
        if (is_expected(wanted, result.bytes, result.length))
            return true;
        report(cases, wanted, "got", result.bytes, result.length);
        return false;
    }
    char *text = NULL;
    assert_true(asprintf(&text, "Failed: %s", result.message) > 0);
    bool right = is_expected(wanted, text, strlen(text));
    if (!right)
        report(cases, wanted, "got", text, strlen(text));
    free(text);
    return right;
}

size_t language_cases_run(const struct language_cases *cases, struct rexpand_env *env)
{
    size_t wrong = 0;

    for (size_t i = 0; i < cases->count; i++)
        if (cases->cases[i].setting != NULL)
            carry_out(cases, &cases->cases[i], env);
        else
            wrong += !run_case(cases, &cases->cases[i], env);
    return wrong;
}

static bool is_same_result(const struct rexpand_result *left, const struct rexpand_result *right)
{
    if (left->outcome != right->outcome || left->length != right->length ||
        left->is_tainted != right->is_tainted || left->offset != right->offset)
        return false;
    if (left->message != NULL && strcmp(left->message, right->message) != 0)
        return false;
    return memcmp(left->bytes, right->bytes, left->length) == 0;
}

size_t language_cases_compare(const struct language_cases *cases, struct rexpand_env *plain,
                              struct rexpand_env *watched)
{
    struct rexpand_result results[2];
    size_t wrong = 0;

    for (size_t i = 0; i < cases->count; i++) {
        const struct language_case *wanted = &cases->cases[i];
        if (wanted->setting != NULL) {
            carry_out(cases, wanted, plain);
            carry_out(cases, wanted, watched);
            continue;
        }
        (void)rexpand_expand(plain, wanted->expression, strlen(wanted->expression), &results[0]);
        (void)rexpand_expand(watched, wanted->expression, strlen(wanted->expression), &results[1]);
        if (is_same_result(&results[0], &results[1]))
            continue;
        wrong++;
        print_error("%s:%zu: %s\n  comes out otherwise when it is watched\n", cases->path, wanted->line,
                    wanted->expression);
    }
    return wrong;
}

/* ---- asking Exim ---- */

enum { CASES_A_CALL = 200 };
static const char separator[] = "=-=-= next =-=-=";

static const char *exim_path(void)
{
    static const char *const paths[] = {"/usr/sbin/exim4", "/usr/sbin/exim", "/usr/exim/bin/exim"};

    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        if (access(paths[i], X_OK) == 0)
            return paths[i];
    return NULL;
}

bool exim_is_here(void)
{
    return exim_path() != NULL;
}

/* Copies of the files that Exim is given: it reads them after it has given up
   being root. */
struct exim_files {
    struct temp_folder folder;
    char config_path[128];
    char message_path[128];
};

static void copy_file(const struct temp_folder *folder, const char *from, const char *name, char path[128])
{
    size_t length;
    char *bytes = read_whole_file(from, &length);

    temp_folder_write(folder, name, bytes, length);
    temp_folder_path(folder, name, path, 128);
    assert_int_equal(chmod(path, 0644), 0);
    free(bytes);
}

static void open_exim_files(struct exim_files *files, const struct language_cases *cases)
{
    *files = (struct exim_files){0};
    temp_folder_open(&files->folder);
    assert_int_equal(chmod(files->folder.path, 0755), 0);
    if (cases->config_path != NULL)
        copy_file(&files->folder, cases->config_path, "exim.conf", files->config_path);
    if (cases->message_path != NULL)
        copy_file(&files->folder, cases->message_path, "message.eml", files->message_path);
}

/* What `exim -be` prints for some expressions, with a separator behind each. */
static char *call_exim(const struct exim_files *files, const struct language_case *const *batch, size_t count,
                       size_t *length)
{
    const char *exim = exim_path();
    const char *arguments[2 * CASES_A_CALL + 8] = {exim};
    size_t used = 1;
    char *output = NULL;
    char block[4096];
    int ends[2];
    ssize_t got;

    if (files->config_path[0] != '\0') {
        arguments[used++] = "-C";
        arguments[used++] = files->config_path;
    }
    arguments[used++] = files->message_path[0] != '\0' ? "-bem" : "-be";
    if (files->message_path[0] != '\0')
        arguments[used++] = files->message_path;
    for (size_t i = 0; i < count; i++) {
        arguments[used++] = batch[i]->expression;
        arguments[used++] = separator;
    }
    assert_non_null(exim);
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        (void)dup2(ends[1], STDOUT_FILENO);
        (void)close(ends[0]);
        if (count == 1 || files->config_path[0] != '\0')
            (void)close(STDERR_FILENO); /* what it says of a crash, and its log */
        (void)execv(exim == NULL ? "" : exim, (char *const *)(uintptr_t)arguments);
        _exit(127);
    }
    (void)close(ends[1]);
    FILE *out = open_memstream(&output, length);
    assert_non_null(out);
    while ((got = read(ends[0], block, sizeof block)) > 0)
        (void)fwrite(block, 1, (size_t)got, out);
    (void)fclose(out);
    (void)close(ends[0]);
    (void)waitpid(child, NULL, 0);
    return output;
}

/* One case's part of what Exim printed. A case marked as different has to be. */
static bool compare_case(const struct language_cases *cases, const struct language_case *wanted,
                         const char *got, size_t length)
{
    if (is_expected(wanted, got, length) != wanted->differs)
        return true;
    report(cases, wanted, wanted->differs ? "no difference, but marked as one; exim" : "exim", got, length);
    return false;
}

/* Where Exim stops, the halves are asked again. */
static size_t ask_batch(const struct language_cases *cases, const struct exim_files *files,
                        const struct language_case *const *batch, size_t count)
{
    size_t length;
    size_t wrong = 0;
    size_t done = 0;
    char *output = call_exim(files, batch, count, &length);
    const char *at = output;

    for (; done < count; done++) {
        const char *end = memmem(at, length - (size_t)(at - output), separator, sizeof separator - 1);
        if (end == NULL)
            break;
        wrong += !compare_case(cases, batch[done], at, end > at ? (size_t)(end - at) - 1 : 0);
        at = end + sizeof separator;
    }
    free(output);
    if (done == count)
        return wrong;
    /* It crashed on one, and took with it what it had not printed yet. */
    if (count > 1)
        return ask_batch(cases, files, batch, count / 2) +
               ask_batch(cases, files, batch + count / 2, count - count / 2);
    if (!batch[0]->differs)
        print_error("%s:%zu: exim stopped at %s\n", cases->path, batch[0]->line, batch[0]->expression);
    return !batch[0]->differs;
}

size_t language_cases_ask_exim(const struct language_cases *cases)
{
    const struct language_case *batch[CASES_A_CALL];
    struct exim_files files;
    size_t wrong = 0;
    size_t count = 0;

    if ((cases->config_path != NULL || cases->message_path != NULL) && geteuid() != 0) {
        print_message("%s: not root, exim is not asked\n", cases->path);
        return 0;
    }
    open_exim_files(&files, cases);
    for (size_t i = 0; i < cases->count; i++) {
        const struct language_case *one = &cases->cases[i];
        if (one->setting == NULL && one->is_for_exim)
            batch[count++] = one;
        if (count == CASES_A_CALL || (i + 1 == cases->count && count > 0)) {
            wrong += ask_batch(cases, &files, batch, count);
            count = 0;
        }
    }
    temp_folder_close(&files.folder);
    return wrong;
}
