/* Whether a file is still the one that was read. */

#ifndef REXPAND_LOOKUPS_FILE_STAT_H
#define REXPAND_LOOKUPS_FILE_STAT_H

#include <stdbool.h>
#include <sys/stat.h>
#include <time.h>

#include "base/clock.h"

static inline bool file_is_same(const struct stat *left, const struct stat *right)
{
    return left->st_ino == right->st_ino && left->st_dev == right->st_dev &&
           left->st_size == right->st_size && left->st_mtim.tv_sec == right->st_mtim.tv_sec &&
           left->st_mtim.tv_nsec == right->st_mtim.tv_nsec && left->st_ctim.tv_sec == right->st_ctim.tv_sec &&
           left->st_ctim.tv_nsec == right->st_ctim.tv_nsec;
}

/* Times of files go in steps of the system's tick: a file that was written in this
   one or the last can be written again and look the same. */
static inline bool file_was_just_changed(const struct stat *stat)
{
    enum { LONGEST_TICK = 20 * 1000 * 1000 };
    struct timespec now;

    (void)clock_gettime(CLOCK_REALTIME, &now);
    long long seconds = (long long)now.tv_sec - stat->st_ctim.tv_sec;
    return seconds < 2 && seconds > -2 &&
           seconds * NANOSECONDS_PER_SECOND + now.tv_nsec - stat->st_ctim.tv_nsec < LONGEST_TICK;
}

#endif
