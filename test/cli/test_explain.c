/* rexpand explain as a person and as a program meet it. $REXPAND is the command's
   path. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test/support/redis_server.h"
#include "test/support/temp_folder.h"

static void become_command(const char *const *words)
{
    const char *path = getenv("REXPAND");
    const char *arguments[24] = {"rexpand", "explain"};
    size_t count = 2;

    for (; *words != NULL; words++)
        arguments[count++] = *words;
    (void)execv(path != NULL ? path : "build/rexpand", (char *const *)(uintptr_t)arguments);
    _exit(127);
}

static char *read_all(int from, size_t *length)
{
    char *bytes = NULL;
    char block[4096];
    ssize_t got;
    FILE *all = open_memstream(&bytes, length);

    assert_non_null(all);
    /* The end of a pseudo-terminal whose other side has gone is an error. */
    while ((got = read(from, block, sizeof block)) > 0 || (got < 0 && errno == EINTR))
        if (got > 0)
            (void)fwrite(block, 1, (size_t)got, all);
    (void)fclose(all);
    (void)close(from);
    return bytes;
}

static int exit_status(pid_t child)
{
    int status;

    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

/* Runs it to its end; what it writes to its output, and to the other one too if
   that is wanted. */
static char *run_with(const char *input, const char *const *words, bool with_errors, int *status,
                      size_t *length)
{
    int ends[2];
    FILE *in = tmpfile();

    assert_non_null(in);
    assert_int_equal(pipe(ends), 0);
    (void)fputs(input, in);
    rewind(in);
    (void)fflush(NULL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        (void)dup2(fileno(in), STDIN_FILENO);
        (void)dup2(ends[1], STDOUT_FILENO);
        (void)dup2(with_errors ? ends[1] : open("/dev/null", O_WRONLY | O_CLOEXEC), STDERR_FILENO);
        (void)close(ends[0]);
        (void)close(ends[1]);
        (void)setenv("COLUMNS", "80", 1);
        become_command(words);
    }
    (void)close(ends[1]);
    (void)fclose(in);
    char *out = read_all(ends[0], length);
    *status = exit_status(child);
    return out;
}

static char *run(const char *input, const char *const *words, int *status, size_t *length)
{
    return run_with(input, words, true, status, length);
}

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

/* Times at the ends of lines are nobody's to foretell. */
static void drop_times(char *text)
{
    char *to = text;

    for (const char *from = text; *from != '\0';) {
        size_t digits = strncmp(from, "  ", 2) == 0 ? strspn(from + 2, "0123456789.") : 0;
        const char *unit = from + 2 + digits;
        size_t length = digits == 0                    ? 0
                        : strncmp(unit, " ms", 3) == 0 ? 3
                        : strncmp(unit, " s", 2) == 0  ? 2
                                                       : 0;
        if (length > 0 && unit[length] == '\n')
            from = unit + length;
        else
            *to++ = *from++;
    }
    *to = '\0';
}

static void assert_explains_at(int status, const char *expected, const char *const *words, int line)
{
    int got_status;
    size_t length;
    char *got = run("", words, &got_status, &length);

    drop_times(got);
    if (got_status != status || strcmp(got, expected) != 0)
        print_error("line %d: status %d\n%s", line, got_status, got);
    assert_string_equal(got, expected);
    assert_int_equal(got_status, status);
    free(got);
}

#define assert_explains(status, expected, ...)                                                               \
    assert_explains_at(status, expected, WORDS(__VA_ARGS__), __LINE__)

/* ---- for people ---- */

static void test_a_condition(void **state)
{
    (void)state;
    assert_explains(0,
                    "${if and{{def:sender_address}{match{$sender_address}{^(.+)@(.+)\\$}}}{<$1>}{nobody}}\n"
                    "→ \"<ann>\" tainted\n"
                    "  and{{def:sender_address}{match{$sender_address}{^(.+)@(.+)\\$}}} → true\n"
                    "    def:sender_address → true\n"
                    "      $sender_address → \"ann@b.example\" tainted\n"
                    "    match{$sender_address}{^(.+)@(.+)\\$} → true\n"
                    "      $sender_address → \"ann@b.example\" tainted\n"
                    "      sets $0 = \"ann@b.example\", $1 = \"ann\", $2 = \"b.example\" tainted\n"
                    "  yes: <$1> → \"<ann>\" tainted\n"
                    "    $1 → \"ann\" tainted\n"
                    "  no: nobody  not taken\n",
                    "--set", "sender_address=ann@b.example",
                    "${if and{{def:sender_address}{match{$sender_address}{^(.+)@(.+)\\$}}}{<$1>}{nobody}}");
}

static void test_a_failure_and_its_place(void **state)
{
    (void)state;
    assert_explains(1,
                    "x${if >{$message_size}{10x}{big}{small}}\n"
                    "      ^\n"
                    "✗ failed: invalid integer \"10x\"\n"
                    "  ${if >{$message_size}{10x}{big}{small}} ✗ failed\n"
                    "    >{$message_size}{10x} ✗ failed: invalid integer \"10x\"\n"
                    "      $message_size → \"5\" tainted\n",
                    "--set=message_size=5", "x${if >{$message_size}{10x}{big}{small}}");
    assert_explains(1,
                    "${if def:domain{a}fail}\n"
                    "^\n"
                    "✗ forced failure: \"if\" failed and \"fail\" requested\n"
                    "  def:domain → false\n"
                    "    $domain → \"\"\n"
                    "  yes: a  not taken\n"
                    "  no: fail ✗ forced failure\n",
                    "${if def:domain{a}fail}");
}

static void test_a_long_list(void **state)
{
    (void)state;
    assert_explains(0,
                    "${map{1:2:3:4:5:6}{<$item>}}\n"
                    "→ \"<1>:<2>:<3>:<4>:<5>:<6>\"\n"
                    "  item 1 \"1\": <$item> → \"<1>\"\n"
                    "  item 2 \"2\": <$item> → \"<2>\"\n"
                    "  … and 3 more\n"
                    "  item 6 \"6\": <$item> → \"<6>\"\n",
                    "--items=2", "${map{1:2:3:4:5:6}{<$item>}}");
}

static void test_a_reduction(void **state)
{
    (void)state;
    assert_explains(0,
                    "${reduce{1:2}{0}{${eval:$value+$item}}}\n"
                    "→ \"3\"\n"
                    "  item 1 \"1\" after \"0\": ${eval:$value+$item} → \"1\"\n"
                    "    $value+$item → \"0+1\"\n"
                    "      $value → \"0\"\n"
                    "  item 2 \"2\" after \"1\": ${eval:$value+$item} → \"3\"\n"
                    "    $value+$item → \"1+2\"\n"
                    "      $value → \"1\"\n",
                    "${reduce{1:2}{0}{${eval:$value+$item}}}");
}

static void test_strings_inside(void **state)
{
    (void)state;
    assert_explains(0,
                    "${sg{a.b}{([a-z])}{<\\$1>}}\n"
                    "→ \"<a>.<b>\"\n"
                    "  expands <$1> → \"<a>\"\n"
                    "    with $0 = \"a\", $1 = \"a\"\n"
                    "    $1 → \"a\"\n"
                    "  expands <$1> → \"<b>\"  compiled before\n"
                    "    with $0 = \"b\", $1 = \"b\"\n"
                    "    $1 → \"b\"\n",
                    "${sg{a.b}{([a-z])}{<\\$1>}}");
}

/* Each line ends at the 80th column at the latest, and nothing in it is obeyed by
   a terminal. */
static void test_what_is_long_or_wild(void **state)
{
    char value[4200] = "acl_m_x=\033[31m\r\n\xFF";
    int status;
    size_t length;

    (void)state;
    memset(value + strlen(value), 'x', 4000);
    char *got = run("", WORDS("--set", value, "${uc:$acl_m_x}${lc:$acl_m_x}"), &status, &length);
    assert_int_equal(status, 0);
    assert_null(strchr(got, '\033'));
    assert_null(strchr(got, '\r'));
    assert_null(memchr(got, 0xFF, length));
    assert_non_null(strstr(got, "$acl_m_x → \"\\e[31m\\r\\n\\xffxxx"));
    assert_non_null(strstr(got, "…\" (4008 bytes) tainted\n"));
    const char *tree = strstr(got, "\n  ");
    assert_non_null(tree);
    for (const char *line = tree + 1; *line != '\0'; line = strchr(line, '\n') + 1) {
        size_t columns = 0;
        for (const char *byte = line; *byte != '\n'; byte++)
            columns += (*byte & 0xC0) != 0x80;
        if (columns > 80)
            fail_msg("%zu columns: %s", columns, line);
    }
    free(got);
}

static void test_lists_say_which_item_decided(void **state)
{
    struct temp_folder folder;
    char path[128];

    (void)state;
    temp_folder_open(&folder);
    static const char text[] = "domainlist near = harbour.example : !bad.example : *.example\n";
    temp_folder_write(&folder, "conf", text, sizeof text - 1);
    temp_folder_path(&folder, "conf", path, sizeof path);
    assert_explains(0,
                    "${if match_domain{bad.example}{+near}{near}{far}}\n"
                    "→ \"far\"\n"
                    "  match_domain{bad.example}{+near} → false\n"
                    "    item +near → no match\n"
                    "      item harbour.example → no match\n"
                    "      item !bad.example → match: not in the list\n"
                    "    sets $0 = \"bad.example\", $value = \"bad.example\"\n"
                    "  yes: near  not taken\n"
                    "  no → \"far\"\n",
                    "-C", path, "${if match_domain{bad.example}{+near}{near}{far}}");
    temp_folder_close(&folder);
}

static void test_strings_come_from_standard_input_too(void **state)
{
    int status;
    size_t length;
    char *got = run("$domain\n${lc:A}\\\n${lc:B}\n", WORDS("--set-clean", "domain=x"), &status, &length);

    (void)state;
    assert_int_equal(status, 0);
    drop_times(got);
    assert_string_equal(got, "$domain\n→ \"x\"\n\n${lc:A}${lc:B}\n→ \"ab\"  constant\n");
    free(got);
}

/* ---- colours ---- */

static void test_colours_are_for_terminals(void **state)
{
    int status;
    size_t length;
    char *got = run("", WORDS("--colour=always", "${uc:$domain}"), &status, &length);

    (void)state;
    assert_non_null(strstr(got, "\033[32m\"\"\033[0m"));
    free(got);
    got = run("", WORDS("--colour", "never", "${uc:$domain}"), &status, &length);
    assert_null(strchr(got, '\033'));
    free(got);
    got = run("", WORDS("--colour=sometimes", "x"), &status, &length);
    assert_int_equal(status, 64);
    assert_string_equal(got, "rexpand: --colour wants auto, always or never, not \"sometimes\"\n");
    free(got);
}

static char *run_at_terminal(const char *name, const char *value)
{
    struct winsize size = {.ws_row = 24, .ws_col = 60};
    size_t length;
    int terminal;
    pid_t child = forkpty(&terminal, NULL, NULL, &size);

    if (child < 0) {
        print_message("no pseudo-terminal to be had here: %s\n", strerror(errno));
        skip();
    }
    if (child == 0) {
        (void)setenv("TERM", "xterm", 1);
        (void)unsetenv("NO_COLOR");
        (void)setenv(name, value, 1);
        become_command(WORDS("$primary_hostname${uc:$domain}"));
    }
    char *got = read_all(terminal, &length);
    assert_int_equal(exit_status(child), 0);
    return got;
}

static void test_at_a_terminal(void **state)
{
    char *got = run_at_terminal("NO_COLOR", "");

    (void)state;
    assert_non_null(strstr(got, "\033[32m\"\"\033[0m"));
    free(got);
    got = run_at_terminal("NO_COLOR", "1");
    assert_null(strchr(got, '\033'));
    free(got);
    got = run_at_terminal("TERM", "dumb");
    assert_null(strchr(got, '\033'));
    free(got);
}

/* ---- for programs ---- */

static json_t *load(const char *input, const char *const *words, int *status)
{
    json_error_t error;
    size_t length;
    char *got = run(input, words, status, &length);
    json_t *tree = json_loadb(got, length, JSON_ALLOW_NUL, &error);

    if (tree == NULL)
        fail_msg("no JSON at %d: %s\n%s", error.position, error.text, got);
    assert_true(length > 0 && strchr(got, '\n') == got + length - 1);
    free(got);
    return tree;
}

static const char *text_of(const json_t *tree, const char *name)
{
    const char *text = json_string_value(json_object_get(tree, name));

    if (text == NULL)
        fail_msg("no text \"%s\" in %s", name, json_dumps(tree, JSON_ENCODE_ANY));
    return text;
}

static const json_t *part_of(const json_t *tree, size_t index)
{
    const json_t *part = json_array_get(json_object_get(tree, "parts"), index);

    assert_non_null(part);
    return part;
}

static void test_json(void **state)
{
    int status;
    json_t *tree =
        load("", WORDS("--json", "--set=domain=b", "${if !eq{$domain}{\"}{<$domain>}{n}}"), &status);

    (void)state;
    assert_int_equal(status, 0);
    assert_string_equal(text_of(tree, "kind"), "string");
    assert_string_equal(text_of(tree, "source"), "${if !eq{$domain}{\"}{<$domain>}{n}}");
    assert_string_equal(text_of(tree, "outcome"), "done");
    assert_string_equal(text_of(tree, "value"), "<b>");
    assert_true(json_is_true(json_object_get(tree, "value_tainted")));
    assert_true(json_is_real(json_object_get(tree, "seconds")));
    const json_t *item = part_of(tree, 0);
    assert_string_equal(text_of(item, "name"), "if");
    const json_t *condition = part_of(item, 0);
    assert_string_equal(text_of(condition, "role"), "condition");
    assert_true(json_is_true(json_object_get(condition, "truth")));
    assert_true(json_is_true(json_object_get(condition, "negated")));
    assert_int_equal(json_integer_value(json_object_get(condition, "offset")), 6);
    assert_string_equal(text_of(part_of(condition, 1), "source"), "\"");
    assert_string_equal(text_of(part_of(item, 1), "role"), "yes");
    assert_string_equal(text_of(part_of(item, 2), "role"), "no");
    assert_true(json_is_true(json_object_get(part_of(item, 2), "skipped")));
    json_decref(tree);
    tree = load("", WORDS("--json", "a${if bool{x}{y}}"), &status);
    assert_int_equal(status, 1);
    assert_string_equal(text_of(tree, "outcome"), "failed");
    assert_string_equal(text_of(tree, "message"), "unrecognised boolean value \"x\"");
    assert_int_equal(json_integer_value(json_object_get(tree, "message_offset")), 6);
    assert_null(json_object_get(tree, "value"));
    assert_true(json_is_true(json_object_get(part_of(part_of(tree, 1), 0), "origin")));
    json_decref(tree);
}

/* Every byte there is, some that are no UTF-8, and what is too long to keep. */
static void test_json_of_any_bytes(void **state)
{
    char every[16 + 2 * 256] = "acl_m_x=";
    int status;
    size_t length = strlen(every);

    (void)state;
    for (unsigned byte = 1; byte < 256; byte++)
        every[length++] = (char)byte;
    every[length] = '\0';
    json_t *tree = load("", WORDS("--json", "--set", every, "${uc:\\x00}$acl_m_x"), &status);
    assert_int_equal(status, 0);
    const json_t *value = json_object_get(tree, "value");
    assert_memory_equal(json_string_value(value), "\0\x01\x02\x03\x04\x05\x06\a\b\t\n\v\f\r\x0E", 15);
    assert_int_equal(json_string_length(value), 128 + 128 * 3);
    assert_int_equal(strlen(text_of(tree, "value_base64")), 344);
    assert_int_equal(strncmp(text_of(tree, "value_base64"), "AAECAwQF", 8), 0);
    assert_string_equal(text_of(tree, "value_base64") + 336, "/P3+/w==");
    json_decref(tree);
    memset(every, 0, sizeof every);
    (void)snprintf(every, sizeof every, "acl_m_x=ä€😀");
    tree = load("", WORDS("--json", "--set", every, "$acl_m_x"), &status);
    assert_string_equal(text_of(tree, "value"), "ä€😀");
    assert_null(json_object_get(tree, "value_base64"));
    json_decref(tree);
}

static void test_json_of_a_text_that_is_cut(void **state)
{
    char text[5002] = "x";
    int status;

    (void)state;
    for (size_t at = 1; at < 5001; at += 2)
        memcpy(text + at, "ä", 2);
    char *setting = NULL;
    assert_true(asprintf(&setting, "acl_m_x=%s", text) > 0);
    json_t *tree = load("", WORDS("--json", "--set", setting, "$acl_m_x."), &status);
    assert_int_equal(json_string_length(json_object_get(tree, "value")), 5002);
    const json_t *variable = part_of(tree, 0);
    assert_int_equal(json_string_length(json_object_get(variable, "value")), 4095);
    assert_int_equal(json_integer_value(json_object_get(variable, "value_length")), 5001);
    assert_null(json_object_get(variable, "value_base64"));
    json_decref(tree);
    free(setting);
}

static void test_json_has_a_line_for_each_string(void **state)
{
    int status;
    size_t length;
    char *got = run_with("A=a\nA\n$domain\n${if bool{x}{y}}\n", WORDS("--json"), false, &status, &length);
    size_t lines = 0;

    (void)state;
    assert_int_equal(status, 1);
    for (char *line = strtok(got, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        json_t *tree = json_loads(line, 0, NULL);
        assert_non_null(tree);
        json_decref(tree);
        lines++;
    }
    assert_int_equal(lines, 3);
    free(got);
}

/* ---- lookups ---- */

#ifdef LOOKUP_REDIS
static void test_redis_lookups(void **state)
{
    struct redis_test_server server;
    char option[128], password[160];
    int status;
    size_t length;

    (void)state;
    if (!redis_test_server_exists()) {
        print_message("no redis-server to be had here\n");
        skip();
    }
    redis_test_server_start(&server, "geheim");
    (void)redis_test_server_run(&server, "SET user:ann /mail/ann");
    (void)snprintf(option, sizeof option, "redis_servers=127.0.0.1::%d/0/geheim", server.port);
    json_t *tree =
        load("",
             WORDS("--json", "--set=local_part=ann", "--option", option,
                   "${map{a:b}{${lookup redis{GET user:$local_part}}}}${lookup redis{GET x}{a}{b}}"),
             &status);
    assert_int_equal(status, 0);
    const json_t *map = part_of(tree, 0);
    for (size_t i = 0; i < 2; i++) {
        const json_t *lookup = json_array_get(json_object_get(part_of(map, i + 1), "lookups"), 0);
        assert_string_equal(text_of(lookup, "driver"), "redis");
        assert_string_equal(text_of(lookup, "key"), "GET user:ann");
        assert_true(json_is_true(json_object_get(lookup, "key_tainted")));
        assert_string_equal(text_of(lookup, "value"), "/mail/ann");
        assert_int_equal(json_is_true(json_object_get(lookup, "cached")), i == 1);
        if (i == 0)
            assert_string_equal(text_of(lookup, "source"), server.place);
        assert_true(json_real_value(json_object_get(lookup, "seconds")) >= 0);
    }
    const json_t *missing = json_array_get(json_object_get(part_of(tree, 1), "lookups"), 0);
    assert_true(json_is_false(json_object_get(missing, "found")));
    json_decref(tree);

    tree = load("", WORDS("--json", "--option", option, "${map{a:b}{${lookup redis{GET k$item}}}}"), &status);
    for (size_t i = 0; i < 2; i++) {
        const json_t *lookup =
            json_array_get(json_object_get(part_of(part_of(tree, 0), i + 1), "lookups"), 0);
        assert_int_equal(json_integer_value(json_object_get(lookup, "together")), 1);
        assert_string_equal(text_of(lookup, "source"), server.place);
    }
    json_decref(tree);

    (void)snprintf(password, sizeof password, "${lookup redis,servers=127.0.0.1::%d/0/falsch{GET a}}",
                   server.port);
    char *got = run("", WORDS("--option", option, password), &status, &length);
    assert_int_equal(status, 2);
    assert_null(strstr(got, "falsch"));
    assert_null(strstr(got, "geheim"));
    assert_non_null(strstr(got, "/0/******{GET a}}"));
    assert_non_null(strstr(got, "✗ deferred: lookup of \"GET a\" gave DEFER: "));
    free(got);
    redis_test_server_stop(&server);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_condition),
        cmocka_unit_test(test_a_failure_and_its_place),
        cmocka_unit_test(test_a_long_list),
        cmocka_unit_test(test_a_reduction),
        cmocka_unit_test(test_strings_inside),
        cmocka_unit_test(test_what_is_long_or_wild),
        cmocka_unit_test(test_lists_say_which_item_decided),
        cmocka_unit_test(test_strings_come_from_standard_input_too),
        cmocka_unit_test(test_colours_are_for_terminals),
        cmocka_unit_test(test_at_a_terminal),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_json_of_any_bytes),
        cmocka_unit_test(test_json_of_a_text_that_is_cut),
        cmocka_unit_test(test_json_has_a_line_for_each_string),
#ifdef LOOKUP_REDIS
        cmocka_unit_test(test_redis_lookups),
#endif
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
