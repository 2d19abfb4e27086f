#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/input.h"

static int waits;

static void count_wait(void)
{
    waits++;
}

/* A pipe that gives "length" bytes, "step" at a time, from another process. */
static int feed(const char *bytes, size_t length, size_t step)
{
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        (void)close(ends[0]);
        while (length > 0) {
            size_t now = length < step ? length : step;
            ssize_t written = write(ends[1], bytes, now);
            if (written <= 0)
                _exit(1);
            bytes += written;
            length -= (size_t)written;
        }
        _exit(0);
    }
    (void)close(ends[1]);
    return ends[0];
}

static void done(struct input *input)
{
    int status;

    (void)close(input->descriptor);
    input_close(input);
    (void)wait(&status);
}

static void assert_line(struct input *input, const char *text, size_t length)
{
    char *line;
    size_t got;

    assert_int_equal(input_line(input, &line, &got), INPUT_LINE);
    assert_int_equal(got, length);
    assert_memory_equal(line, text, length);
}

static void assert_end(struct input *input)
{
    char *line;
    size_t length;

    assert_int_equal(input_line(input, &line, &length), INPUT_END);
    assert_int_equal(input_line(input, &line, &length), INPUT_END);
}

static void test_input_line_gives_lines_with_any_bytes(void **state)
{
    static const char text[] = "one\n\ntw\0o\n\xff\r\nlast";

    (void)state;
    for (size_t step = 1; step < sizeof text; step += 3) {
        struct input input;
        input_open(&input, feed(text, sizeof text - 1, step), count_wait);
        assert_line(&input, "one", 3);
        assert_line(&input, "", 0);
        assert_line(&input, "tw\0o", 4);
        assert_line(&input, "\xff\r", 2);
        assert_line(&input, "last", 4);
        assert_end(&input);
        done(&input);
    }
}

static void test_input_line_of_nothing_is_the_end(void **state)
{
    struct input input;

    (void)state;
    input_open(&input, feed("", 0, 1), count_wait);
    assert_end(&input);
    done(&input);
    input_open(&input, feed("\n", 1, 1), count_wait);
    assert_line(&input, "", 0);
    assert_end(&input);
    done(&input);
}

static void test_input_line_takes_lines_of_any_length_and_shrinks_behind_them(void **state)
{
    enum { LONG = 3 * 1000 * 1000, SHORT = 200000 };
    char *text = malloc(LONG + SHORT);
    struct input input;

    (void)state;
    assert_non_null(text);
    memset(text, 'x', LONG);
    text[LONG - 1] = '\n';
    for (size_t i = LONG; i < LONG + SHORT; i++)
        text[i] = i % 10 == 9 ? '\n' : (char)('0' + i % 10);
    input_open(&input, feed(text, LONG + SHORT, 65536), count_wait);
    assert_line(&input, text, LONG - 1);
    for (size_t i = 0; i < SHORT / 10; i++)
        assert_line(&input, "012345678", 9);
    assert_true(input.capacity <= 65536);
    assert_end(&input);
    done(&input);
    free(text);
}

static void test_input_line_says_before_it_waits(void **state)
{
    struct input input;

    (void)state;
    waits = 0;
    input_open(&input, feed("a\nb\nc\n", 6, 6), count_wait);
    assert_line(&input, "a", 1);
    assert_int_equal(waits, 1);
    assert_line(&input, "b", 1);
    assert_line(&input, "c", 1);
    assert_int_equal(waits, 1);
    assert_end(&input);
    done(&input);
}

static void test_input_line_fails_where_read_does(void **state)
{
    struct input input;
    char *line;
    size_t length;

    (void)state;
    input_open(&input, -1, count_wait);
    assert_int_equal(input_line(&input, &line, &length), INPUT_FAILED);
    input_close(&input);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_input_line_gives_lines_with_any_bytes),
        cmocka_unit_test(test_input_line_of_nothing_is_the_end),
        cmocka_unit_test(test_input_line_takes_lines_of_any_length_and_shrinks_behind_them),
        cmocka_unit_test(test_input_line_says_before_it_waits),
        cmocka_unit_test(test_input_line_fails_where_read_does),
    };

    return cmocka_run_group_tests_name("input", tests, NULL, NULL);
}
