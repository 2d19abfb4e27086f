/* The rexpand command as a person and as a pipe meet it. $REXPAND is its
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
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test/support/temp_folder.h"

struct outcome_of_run {
    int status;
    char *out;
    size_t out_length;
    char *errors;
    size_t errors_length;
};

static const char *command_path(void)
{
    const char *path = getenv("REXPAND");

    return path != NULL ? path : "build/rexpand";
}

static void become_command(const char *const *words)
{
    const char *arguments[24] = {"rexpand"};
    size_t count = 1;

    for (; *words != NULL; words++)
        arguments[count++] = *words;
    (void)execv(command_path(), (char *const *)(uintptr_t)arguments);
    _exit(127);
}

static int exit_status(pid_t child)
{
    int status;

    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

static char *read_all(FILE *file, size_t *length)
{
    char *bytes = NULL;
    char block[65536];
    size_t got;
    FILE *all = open_memstream(&bytes, length);

    assert_non_null(all);
    rewind(file);
    while ((got = fread(block, 1, sizeof block, file)) > 0)
        (void)fwrite(block, 1, got, all);
    (void)fclose(all);
    (void)fclose(file);
    return bytes;
}

/* Runs the command to its end with these arguments and this input. */
static void run(struct outcome_of_run *run, const char *input, size_t length, const char *const *words)
{
    FILE *in = tmpfile();
    FILE *out = tmpfile();
    FILE *errors = tmpfile();

    assert_non_null(in);
    assert_non_null(out);
    assert_non_null(errors);
    assert_int_equal(fwrite(input, 1, length, in), length);
    rewind(in);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        (void)dup2(fileno(in), STDIN_FILENO);
        (void)dup2(fileno(out), STDOUT_FILENO);
        (void)dup2(fileno(errors), STDERR_FILENO);
        become_command(words);
    }
    run->status = exit_status(child);
    (void)fclose(in);
    run->out = read_all(out, &run->out_length);
    run->errors = read_all(errors, &run->errors_length);
}

static void forget(struct outcome_of_run *run)
{
    free(run->out);
    free(run->errors);
}

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

/* Feeds lines, and compares what comes. */
static void assert_feeds_at(const char *input, size_t length, const char *const *words, int status,
                            const char *out, int line)
{
    struct outcome_of_run got;

    run(&got, input, length, words);
    if (got.status != status || strcmp(got.out, out) != 0)
        print_error("line %d: status %d, output: %.2000s\n%s\n", line, got.status, got.out, got.errors);
    assert_int_equal(got.status, status);
    assert_string_equal(got.out, out);
    assert_string_equal(got.errors, "");
    forget(&got);
}

#define assert_feeds(input, status, out, ...)                                                                \
    assert_feeds_at(input, strlen(input), WORDS(__VA_ARGS__), status, out, __LINE__)

/* Runs, and looks for a part of what is said on standard error. */
static void assert_refuses_at(const char *const *words, int status, const char *part, int line)
{
    struct outcome_of_run got;

    run(&got, "", 0, words);
    if (got.status != status || strstr(got.errors, part) == NULL)
        print_error("line %d: status %d, errors: %s\n", line, got.status, got.errors);
    assert_int_equal(got.status, status);
    assert_non_null(strstr(got.errors, part));
    assert_int_equal(strncmp(got.errors, "rexpand: ", 9), 0);
    assert_string_equal(got.out, "");
    forget(&got);
}

#define assert_refuses(status, part, ...) assert_refuses_at(WORDS(__VA_ARGS__), status, part, __LINE__)

/* ---- arguments and lines ---- */

static void test_command_expands_its_arguments(void **state)
{
    (void)state;
    assert_feeds("", 0, "ABC\n", "-be", "${uc:abc}");
    assert_feeds("", 0, "a\n\nb c\n", "eval", "a", "", "b c");
    assert_feeds("not read", 0, "a\n", "-be", "a");
}

static void test_command_expands_lines_of_a_pipe(void **state)
{
    (void)state;
    assert_feeds("${uc:a}\nb\n", 0, "A\nb\n", "-be");
    assert_feeds("", 0, "", "-be");
    assert_feeds("\n\n", 0, "\n\n", "-be");
    assert_feeds("  a b \t\r\n", 0, "a b\n", "-be");
    assert_feeds("a\nlast without an end", 0, "a\nlast without an end\n", "-be");
}

static void test_command_joins_lines_that_go_on(void **state)
{
    (void)state;
    assert_feeds("${uc:a\\\n  b}\nc\n", 0, "AB\nc\n", "-be");
    assert_feeds("a \\\nb\\\n\\\nc\nd\n", 0, "a bc\nd\n", "-be");
    assert_feeds("a\\\n", 0, "a\n", "-be");
    assert_feeds("a\\", 0, "a\n", "-be");
}

static void test_command_tells_failures_and_goes_on(void **state)
{
    (void)state;
    assert_feeds("a$nosuch\nb\n${if eq{a}{b}{c}fail}\n", 1,
                 "Failed: unknown variable name \"nosuch\"\nb\n"
                 "Failed: \"if\" failed and \"fail\" requested\n",
                 "-be");
    assert_feeds("", 1, "Failed: missing } at end of string\n", "-be", "${lc:a");
}

static void test_command_defines_macros_on_lines(void **state)
{
    (void)state;
    assert_feeds("NAME = abc\n${uc:NAME}\n", 0, "Defined macro 'NAME'\nABC\n", "-be");
    assert_feeds("A=1\nB=2\nA-B\n", 0, "Defined macro 'A'\nDefined macro 'B'\n1-2\n", "-be");
    assert_feeds("Abc is no macro\n", 0, "Abc is no macro\n", "-be");
}

static void test_command_takes_any_bytes(void **state)
{
    struct outcome_of_run got;
    static const char input[] = "${strlen:a\0b}\na\0b\n\xff\xfe${uc:\xc3\xa4}\n$\0\n";
    static const char expected[] = "3\na\0b\n\xff\xfe\xc3\xa4\n";

    (void)state;
    run(&got, input, sizeof input - 1, WORDS("-be"));
    assert_int_equal(got.status, 1);
    assert_memory_equal(got.out, expected, sizeof expected - 1);
    assert_int_equal(strncmp(got.out + sizeof expected - 1, "Failed: ", 8), 0);
    forget(&got);
}

static void test_command_takes_a_line_of_a_megabyte(void **state)
{
    enum { LENGTH = 1024 * 1024 };
    struct outcome_of_run got;
    char *input = malloc(LENGTH + 2);

    (void)state;
    assert_non_null(input);
    memset(input, 'x', LENGTH);
    memcpy(input, "${uc:", 5);
    input[LENGTH - 1] = '}';
    memcpy(input + LENGTH, "\na", 2);
    run(&got, input, LENGTH + 2, WORDS("-be"));
    assert_int_equal(got.status, 0);
    assert_int_equal(got.out_length, LENGTH - 6 + 1 + 2);
    for (size_t i = 0; i < LENGTH - 6; i++)
        assert_int_equal(got.out[i], 'X');
    assert_string_equal(got.out + LENGTH - 6, "\na\n");
    forget(&got);
    free(input);
}

static void test_command_refuses_a_hundred_thousand_nested_braces(void **state)
{
    enum { TIMES = 100000 };
    static const char opening[] = "${if eq{";
    struct outcome_of_run got;
    char *input = malloc(TIMES * (sizeof opening - 1));

    (void)state;
    assert_non_null(input);
    for (size_t i = 0; i < TIMES; i++)
        memcpy(input + i * (sizeof opening - 1), opening, sizeof opening - 1);
    run(&got, input, TIMES * (sizeof opening - 1), WORDS("-be"));
    assert_int_equal(got.status, 1);
    assert_string_equal(got.out, "Failed: nested too deeply: the limit is 1000\n");
    assert_string_equal(got.errors, "");
    forget(&got);
    free(input);
}

/* ---- options ---- */

static void test_command_sets_variables_tainted_and_clean(void **state)
{
    (void)state;
    assert_feeds("", 0, "ANN\n", "-be", "--set", "local_part=ann", "${uc:$local_part}");
    assert_feeds("", 1,
                 "Failed: internal expansion of \"a$pid\" failed: attempt to expand tainted string 'a$pid'\n",
                 "-be", "--set", "acl_m_x=a$pid", "${expand:$acl_m_x}");
    assert_feeds("", 0, "ann\n", "-be", "--set-clean", "acl_m_x=${lc:ANN}", "${expand:$acl_m_x}");
    assert_feeds("", 0, "b\n", "-be", "--set", "domain=a", "--set-clean=domain=b", "$domain");
}

static void test_command_takes_macros_and_a_configuration(void **state)
{
    static const char text[] = "GREETING = hello\nqualify_domain = ex.org\n";
    struct temp_folder folder;
    char path[128];

    (void)state;
    temp_folder_open(&folder);
    temp_folder_write(&folder, "exim.conf", text, sizeof text - 1);
    temp_folder_path(&folder, "exim.conf", path, sizeof path);
    assert_feeds("", 0, "hello ex.org\n", "-be", "-C", path, "GREETING $qualify_domain");
    assert_feeds("", 0, "bye\n", "-be", "-C", path, "-DGREETING=bye", "GREETING");
    assert_feeds("", 0, "1\n", "-be", "-D", "ONE=1", "ONE");
    temp_folder_close(&folder);
}

static void test_command_takes_a_message(void **state)
{
    static const char text[] = "From: a@b\nSubject: Hello\n\nthe body\n.\nmore\n";
    struct temp_folder folder;
    char path[128];

    (void)state;
    temp_folder_open(&folder);
    temp_folder_write(&folder, "m", text, sizeof text - 1);
    temp_folder_path(&folder, "m", path, sizeof path);
    assert_feeds("", 0, "Hello [the body ]\n", "-bem", path, "$h_subject: [$message_body]");
    assert_feeds("", 0, "[the body . more ]\n", "-oi", "-bem", path, "[$message_body]");
    assert_feeds("", 0, "HELLO\n", "-be", "-bem", path, "${uc:$h_subject:}");
    assert_feeds("", 0, "Hello x\n", "-bem", path, "-be", "--set", "domain=x", "$h_subject: $domain");
    assert_feeds("$h_subject:\n$h_from:\n", 0, "Hello\na@b\n", "-bem", path);
    assert_feeds("", 0, "ann@x.org x.org\n", "-f", "Ann <ann@x.org>", "-bem", path,
                 "$sender_address $sender_address_domain");
    assert_feeds("", 0, "[]\n", "-f", "<>", "-bem", path, "[$sender_address]");
    assert_feeds("", 0, "ann@x.org\n", "-be", "-f", "ann@x.org", "$sender_address");
    assert_refuses(64, "bad -f address \"a@@b\": domain missing or malformed", "-f", "a@@b", "-bem", path,
                   "x");
    assert_refuses(66, "failed to open /nosuch/message: No such file", "-bem", "/nosuch/message", "x");
    assert_refuses(64, "-bem needs a value", "-bem");
    temp_folder_close(&folder);
}

/* The log has its time in front. */
static void test_command_shows_the_log_on_standard_error(void **state)
{
    struct outcome_of_run got;

    (void)state;
    run(&got, "", 0, WORDS("-be", "${acl{warn logwrite = a\\x01b}}${acl{accept message = c}}"));
    assert_int_equal(got.status, 0);
    assert_string_equal(got.out, "c\n");
    assert_int_equal(strspn(got.errors, "0123456789-: "), 20);
    assert_string_equal(got.errors + 20, "a\\001b\n");
    forget(&got);
}

static void test_command_runs_in_the_time_zone_of_its_configuration(void **state)
{
    static const char text[] = "timezone = XYZ-5:30\nkeep_environment = TZ\n";
    struct temp_folder folder;
    char path[128];

    (void)state;
    temp_folder_open(&folder);
    temp_folder_write(&folder, "exim.conf", text, sizeof text - 1);
    temp_folder_path(&folder, "exim.conf", path, sizeof path);
    assert_feeds("", 0, "+0530 XYZ-5:30\n", "-be", "-C", path, "$tod_zone ${env{TZ}}");
    temp_folder_close(&folder);
}

static void test_command_ends_with_64_when_it_is_called_wrongly(void **state)
{
    struct outcome_of_run got;

    (void)state;
    assert_refuses(64, "unknown option \"--nosuch\"", "-be", "--nosuch");
    assert_refuses(64, "\"nosuch\" is not a command", "nosuch");
    assert_refuses(64, "--set needs a value", "-be", "--set");
    assert_refuses(64, "is not NAME=VALUE", "-be", "--set", "x");
    assert_refuses(64, "there is no variable \"nosuch\"", "-be", "--set", "nosuch=1", "a");
    assert_refuses(64, "nosuch", "-be", "--option", "nosuch=1", "a");
    run(&got, "", 0, (const char *const[]){NULL});
    assert_int_equal(got.status, 64);
    assert_non_null(strstr(got.errors, "Usage: rexpand"));
    forget(&got);
}

static void test_command_ends_with_78_when_its_configuration_is_wrong(void **state)
{
    struct temp_folder folder;
    char path[128];

    (void)state;
    assert_refuses(78, "/nosuch/exim.conf", "-be", "-C", "/nosuch/exim.conf", "a");
    temp_folder_open(&folder);
    temp_folder_write(&folder, "exim.conf", "\nno_such_option = 1\n", 20);
    temp_folder_path(&folder, "exim.conf", path, sizeof path);
    assert_refuses(78, "exim.conf:2: ", "-be", "-C", path, "a");
    assert_refuses(78, "exim.conf:2: ", "-bP", "-C", path);
    temp_folder_close(&folder);
}

#ifdef LOOKUP_REDIS
/* Nobody listens on port 1. */
static void test_command_ends_with_2_when_a_lookup_defers(void **state)
{
    struct outcome_of_run got;

    (void)state;
    run(&got, "$nosuch\n${lookup redis{GET a}}\nb\n", 32,
        WORDS("-be", "--option", "redis_servers=127.0.0.1::1"));
    assert_int_equal(got.status, 2);
    assert_non_null(strstr(got.out, "\nFailed: lookup of \"GET a\" gave DEFER: "));
    assert_non_null(strstr(got.out, "\nb\n"));
    forget(&got);
}
#endif

static void test_command_ends_with_74_when_its_output_is_lost(void **state)
{
    const char *const *const lines[] = {WORDS("-be", "a"), WORDS("--help"), WORDS("-bV")};

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            int full = open("/dev/full", O_WRONLY);
            int null = open("/dev/null", O_WRONLY);
            (void)dup2(full, STDOUT_FILENO);
            (void)dup2(null, STDERR_FILENO);
            become_command(lines[i]);
        }
        assert_int_equal(exit_status(child), 74);
    }
}

static void test_command_tells_about_itself(void **state)
{
    struct outcome_of_run got;

    (void)state;
    run(&got, "", 0, WORDS("--help"));
    assert_int_equal(got.status, 0);
    assert_non_null(strstr(got.out, "--set-clean VARIABLE=VALUE"));
    assert_non_null(strstr(got.out, "-be"));
    forget(&got);
    run(&got, "", 0, WORDS("-bV"));
    assert_int_equal(got.status, 0);
    assert_int_equal(strncmp(got.out, "rexpand version ", 16), 0);
    forget(&got);
    run(&got, "", 0, WORDS("-bP", "qualify_domain"));
    assert_int_equal(got.status, 0);
    assert_int_equal(strncmp(got.out, "qualify_domain = ", 17), 0);
    forget(&got);
    assert_refuses(64, "nosuch", "-bP", "nosuch");
}

/* Who feeds line by line and waits for each answer gets it. */
static void test_command_answers_before_it_waits(void **state)
{
    int in[2];
    int out[2];
    char answer[16] = "";

    (void)state;
    assert_int_equal(pipe(in), 0);
    assert_int_equal(pipe(out), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        (void)dup2(in[0], STDIN_FILENO);
        (void)dup2(out[1], STDOUT_FILENO);
        (void)close(in[1]);
        become_command(WORDS("-be"));
    }
    (void)close(in[0]);
    (void)close(out[1]);
    for (int i = 0; i < 3; i++) {
        struct pollfd ready = {.fd = out[0], .events = POLLIN};
        assert_int_equal(write(in[1], "${uc:a}\n", 8), 8);
        assert_int_equal(poll(&ready, 1, 10000), 1);
        assert_int_equal(read(out[0], answer, sizeof answer), 2);
        assert_memory_equal(answer, "A\n", 2);
    }
    (void)close(in[1]);
    (void)close(out[0]);
    assert_int_equal(exit_status(child), 0);
}

/* ---- at a terminal ---- */

struct seat {
    struct temp_folder home;
    int terminal;
    pid_t child;
    char seen[65536];
    size_t length;
};

static void sit_down(struct seat *seat, const char *locale)
{
    *seat = (struct seat){0};
    temp_folder_open(&seat->home);
    struct winsize size = {.ws_row = 24, .ws_col = 200};
    seat->child = forkpty(&seat->terminal, NULL, NULL, &size);
    if (seat->child < 0) {
        print_message("no pseudo-terminal to be had here: %s\n", strerror(errno));
        temp_folder_close(&seat->home);
        skip();
    }
    if (seat->child == 0) {
        (void)setenv("HOME", seat->home.path, 1);
        (void)unsetenv("XDG_STATE_HOME");
        (void)setenv("TERM", "vt100", 1);
        (void)setenv("LC_ALL", locale, 1);
        become_command(WORDS("-be", "--set", "local_part=ann"));
    }
}

/* Waits until "text" is on the screen behind what was looked for before. */
static void see_at(struct seat *seat, const char *text, int line)
{
    for (;;) {
        char *found = strstr(seat->seen, text);
        struct pollfd ready = {.fd = seat->terminal, .events = POLLIN};
        if (found != NULL) {
            size_t used = (size_t)(found - seat->seen) + strlen(text);
            memmove(seat->seen, seat->seen + used, sizeof seat->seen - used);
            seat->length -= used;
            return;
        }
        ssize_t got = poll(&ready, 1, 10000) == 1 ? read(seat->terminal, seat->seen + seat->length,
                                                         sizeof seat->seen - seat->length - 1)
                                                  : 0;
        if (got <= 0) {
            (void)kill(seat->child, SIGKILL);
            fail_msg("line %d: \"%s\" does not come; there is: %s", line, text, seat->seen);
        }
        for (size_t end = seat->length + (size_t)got, i = seat->length; i < end; i++)
            if (seat->seen[i] != '\0') /* terminals of old got such bytes to gain time */
                seat->seen[seat->length++] = seat->seen[i];
        seat->seen[seat->length] = '\0';
    }
}

#define see(seat, text) see_at(seat, text, __LINE__)

static void type(struct seat *seat, const char *text)
{
    assert_int_equal(write(seat->terminal, text, strlen(text)), strlen(text));
}

/* Types Control-D until that is the end. libedit shows its prompt a moment before it
   looks at single keys, and may take a first one for text: Control-U wipes that out. */
static int stand_up(struct seat *seat)
{
    struct pollfd ready = {.fd = seat->terminal, .events = POLLIN};
    char rest[4096];
    int patience = 100;

    see(seat, "> ");
    type(seat, "\x04");
    for (;;) {
        int polled = poll(&ready, 1, 200);
        if (polled == 1 && read(seat->terminal, rest, sizeof rest) <= 0)
            break;
        if (polled == 0 && patience-- == 0)
            (void)kill(seat->child, SIGKILL);
        if (polled == 0)
            (void)!write(seat->terminal, "\x15\x04", 2);
    }
    int status = exit_status(seat->child);
    (void)close(seat->terminal);
    return status;
}

static void test_terminal_shows_a_prompt_and_results(void **state)
{
    struct seat seat;

    (void)state;
    sit_down(&seat, "C");
    see(&seat, "Control-D ends.");
    see(&seat, "> ");
    type(&seat, "${uc:abc}\n");
    see(&seat, "\nABC");
    see(&seat, "> ");
    type(&seat, "a\\\n");
    see(&seat, "+ ");
    type(&seat, "b\n");
    see(&seat, "\nab");
    assert_int_equal(stand_up(&seat), 0);
    temp_folder_close(&seat.home);
}

static void test_terminal_completes_names(void **state)
{
    struct seat seat;

    (void)state;
    sit_down(&seat, "C");
    see(&seat, "> ");
    type(&seat, "<$local_p\t>\n");
    see(&seat, "\n<ann>");
    see(&seat, "> ");
    type(&seat, "${if e\t\t");
    see(&seat, "\neq  eqi");
    type(&seat, "q{a}{a}}\n");
    see(&seat, "\ntrue");
    see(&seat, "> ");
    type(&seat, "${if eq{ann}{$loc\t_p\t}}\n");
    see(&seat, "\ntrue");
    assert_int_equal(stand_up(&seat), 0);
    temp_folder_close(&seat.home);
}

static void test_terminal_takes_letters_beyond_ascii(void **state)
{
    static const char *const locales[] = {"C", "C.UTF-8"};
    struct seat seat;

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        sit_down(&seat, locales[i]);
        see(&seat, "> ");
        type(&seat, "${strlen:\xc3\xa4}\n");
        see(&seat, "\n2");
        assert_int_equal(stand_up(&seat), 0);
        temp_folder_close(&seat.home);
    }
}

static void test_terminal_shows_the_place_of_a_mistake(void **state)
{
    struct seat seat;

    (void)state;
    sit_down(&seat, "C");
    see(&seat, "> ");
    type(&seat, "ab$nosuch\n");
    see(&seat, "Failed: unknown variable name \"nosuch\"");
    see(&seat, "  ab$nosuch\r\n    ^\r\n");
    assert_int_equal(stand_up(&seat), 1);
    temp_folder_close(&seat.home);
}

static void test_terminal_keeps_its_history_for_the_next_time(void **state)
{
    struct seat seat;
    char path[256];
    size_t length;

    (void)state;
    sit_down(&seat, "C");
    see(&seat, "> ");
    type(&seat, "${uc:remember me}\n");
    see(&seat, "REMEMBER ME");
    assert_int_equal(stand_up(&seat), 0);
    temp_folder_path(&seat.home, ".local/state/rexpand/history", path, sizeof path);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    char *text = read_all(file, &length);
    assert_non_null(strstr(text, "remember"));
    free(text);
    temp_folder_close(&seat.home);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_command_expands_its_arguments),
        cmocka_unit_test(test_command_expands_lines_of_a_pipe),
        cmocka_unit_test(test_command_joins_lines_that_go_on),
        cmocka_unit_test(test_command_tells_failures_and_goes_on),
        cmocka_unit_test(test_command_defines_macros_on_lines),
        cmocka_unit_test(test_command_takes_any_bytes),
        cmocka_unit_test(test_command_takes_a_line_of_a_megabyte),
        cmocka_unit_test(test_command_refuses_a_hundred_thousand_nested_braces),
        cmocka_unit_test(test_command_sets_variables_tainted_and_clean),
        cmocka_unit_test(test_command_takes_macros_and_a_configuration),
        cmocka_unit_test(test_command_takes_a_message),
        cmocka_unit_test(test_command_shows_the_log_on_standard_error),
        cmocka_unit_test(test_command_runs_in_the_time_zone_of_its_configuration),
        cmocka_unit_test(test_command_ends_with_64_when_it_is_called_wrongly),
        cmocka_unit_test(test_command_ends_with_78_when_its_configuration_is_wrong),
#ifdef LOOKUP_REDIS
        cmocka_unit_test(test_command_ends_with_2_when_a_lookup_defers),
#endif
        cmocka_unit_test(test_command_ends_with_74_when_its_output_is_lost),
        cmocka_unit_test(test_command_tells_about_itself),
        cmocka_unit_test(test_command_answers_before_it_waits),
        cmocka_unit_test(test_terminal_shows_a_prompt_and_results),
        cmocka_unit_test(test_terminal_completes_names),
        cmocka_unit_test(test_terminal_takes_letters_beyond_ascii),
        cmocka_unit_test(test_terminal_shows_the_place_of_a_mistake),
        cmocka_unit_test(test_terminal_keeps_its_history_for_the_next_time),
    };

    return cmocka_run_group_tests_name("command", tests, NULL, NULL);
}
