/* A cluster's topology in a file, so that a process that has just begun sends its
   first command to the right node. The file is read as if an enemy had written it. */

#ifndef REXPAND_LOOKUPS_REDIS_TOPOLOGY_FILE_H
#define REXPAND_LOOKUPS_REDIS_TOPOLOGY_FILE_H

#include <sys/types.h>
#include <time.h>

#include "lookups/redis/topology.h"

/* Which file it was: another one in its place has another stamp. */
struct redis_topology_stamp {
    dev_t device;
    ino_t inode;
    struct timespec changed;
};

/* Reads the file at "path" into "arena" if it is a plain file of this user or of
   root that nobody else may write, not older than a day, of a cluster that was
   reached by "list" (what redis_servers says), and not the one of "stamp" (which
   becomes its stamp). False: there is nothing new that is good. */
bool redis_topology_file_read(struct redis_topology *topology, const char *path, const char *list,
                              struct redis_topology_stamp *stamp, struct arena *arena) MUST_CHECK;

/* Puts a new file in its place, in one step. What cannot be written is left: the
   file only saves time. */
void redis_topology_file_write(const struct redis_topology *topology, const char *path, const char *list,
                               struct redis_topology_stamp *stamp, struct arena *arena);

#endif
