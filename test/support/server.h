/* A server with one answer, in a process of its own: for ${readsocket{…}}. */

#ifndef REXPAND_TEST_SERVER_H
#define REXPAND_TEST_SERVER_H

#include <stdbool.h>
#include <sys/types.h>

#include "test/support/temp_folder.h"

enum server_manner {
    SERVER_ECHOES,        /* reads to the end, then says "<what it read>\nline\n" */
    SERVER_ANSWERS_EARLY, /* the same, after the first bytes */
    SERVER_COUNTS,        /* says how many have asked */
    SERVER_HANGS,         /* says nothing */
    SERVER_TRICKLES,      /* says a byte every tenth of a second, for ever */
    SERVER_CLOSES,        /* at once */
};

struct server {
    pid_t process;
    char address[128]; /* as readsocket wants it */
};

/* Over TCP on 127.0.0.1, or a Unix socket in "folder" unless that is NULL. With
   "tls" the answer ends with the name that the client asked for (SNI). */
void server_start(struct server *server, enum server_manner manner, bool tls,
                  const struct temp_folder *folder);
void server_stop(struct server *server);

#endif
