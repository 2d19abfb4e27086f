#include "base/clock.h"

#include <limits.h>
#include <time.h>

static nanoseconds read_clock(clockid_t clock)
{
    struct timespec now;

    (void)clock_gettime(clock, &now);
    return (nanoseconds)now.tv_sec * NANOSECONDS_PER_SECOND + now.tv_nsec;
}

static nanoseconds add_span(nanoseconds now, nanoseconds span)
{
    nanoseconds deadline;

    return __builtin_add_overflow(now, span, &deadline) ? CLOCK_NEVER : deadline;
}

nanoseconds clock_now(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

nanoseconds clock_deadline(nanoseconds span)
{
    return add_span(clock_now(), span);
}

/* The time of the last tick, which is on the same scale. */
nanoseconds clock_rough_deadline(nanoseconds span)
{
    return add_span(read_clock(CLOCK_MONOTONIC_COARSE), span);
}

int clock_poll_timeout(nanoseconds deadline)
{
    if (deadline == CLOCK_NEVER)
        return -1;
    nanoseconds left = deadline - clock_now();
    if (left <= 0)
        return 0;
    nanoseconds milliseconds = (left + NANOSECONDS_PER_MILLISECOND - 1) / NANOSECONDS_PER_MILLISECOND;
    return milliseconds > INT_MAX ? INT_MAX : (int)milliseconds;
}
