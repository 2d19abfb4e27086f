#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <limits.h>

#include "base/clock.h"

static void test_clock_now_goes_forward(void **state)
{
    nanoseconds before = clock_now();

    (void)state;
    assert_true(before > 0);
    assert_true(clock_now() >= before);
}

static void test_clock_deadline_saturates(void **state)
{
    (void)state;
    assert_true(clock_deadline(CLOCK_NEVER) == CLOCK_NEVER);
    nanoseconds deadline = clock_deadline(NANOSECONDS_PER_SECOND);
    assert_in_range(deadline - clock_now(), 1, NANOSECONDS_PER_SECOND);
}

static void test_clock_is_past_at_the_deadline_and_never_for_never(void **state)
{
    (void)state;
    assert_true(clock_is_past(clock_now()));
    assert_true(clock_is_past(0));
    assert_false(clock_is_past(CLOCK_NEVER));
    assert_false(clock_is_past(clock_deadline(3600 * NANOSECONDS_PER_SECOND)));
}

static void test_clock_poll_timeout_rounds_up(void **state)
{
    (void)state;
    assert_int_equal(clock_poll_timeout(CLOCK_NEVER), -1);
    assert_int_equal(clock_poll_timeout(clock_now() - 1), 0);
    assert_in_range(clock_poll_timeout(clock_deadline(NANOSECONDS_PER_MILLISECOND - 1)), 0, 1);
    assert_in_range(clock_poll_timeout(clock_deadline(100 * NANOSECONDS_PER_SECOND + 1)), 99000, 100001);
    assert_int_equal(clock_poll_timeout(CLOCK_NEVER - 1), INT_MAX);
}

static void test_clock_earlier_picks_the_first(void **state)
{
    (void)state;
    assert_true(clock_earlier(1, 2) == 1);
    assert_true(clock_earlier(CLOCK_NEVER, 2) == 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clock_now_goes_forward),
        cmocka_unit_test(test_clock_deadline_saturates),
        cmocka_unit_test(test_clock_is_past_at_the_deadline_and_never_for_never),
        cmocka_unit_test(test_clock_poll_timeout_rounds_up),
        cmocka_unit_test(test_clock_earlier_picks_the_first),
    };

    return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
