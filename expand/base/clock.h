/* Time that only goes forward, and deadlines on it. */

#ifndef REXPAND_BASE_CLOCK_H
#define REXPAND_BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* Nanoseconds of CLOCK_MONOTONIC; a deadline is such a time. */
typedef int64_t nanoseconds;

#define CLOCK_NEVER                 INT64_MAX
#define NANOSECONDS_PER_SECOND      INT64_C(1000000000)
#define NANOSECONDS_PER_MILLISECOND INT64_C(1000000)

nanoseconds clock_now(void);

/* "span" from now, CLOCK_NEVER if that is beyond all time. */
nanoseconds clock_deadline(nanoseconds span);

/* The same for spans of seconds, in a fraction of the time: it may come some
   milliseconds early. */
nanoseconds clock_rough_deadline(nanoseconds span);

static inline nanoseconds clock_earlier(nanoseconds left, nanoseconds right)
{
    return left < right ? left : right;
}

static inline bool clock_is_past(nanoseconds deadline)
{
    return deadline != CLOCK_NEVER && clock_now() >= deadline;
}

/* Milliseconds until "deadline" for poll(2): rounded up, so that a wait is
   never cut short and polled again; 0 when it is past, -1 for CLOCK_NEVER. */
int clock_poll_timeout(nanoseconds deadline);

#endif
