#include "base/clock.h"

#include <limits.h>
#include <time.h>

nanoseconds clock_now(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (nanoseconds)now.tv_sec * NANOSECONDS_PER_SECOND + now.tv_nsec;
}

nanoseconds clock_deadline(nanoseconds span)
{
    nanoseconds deadline;

    return __builtin_add_overflow(clock_now(), span, &deadline) ? CLOCK_NEVER : deadline;
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
