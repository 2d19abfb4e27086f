/* Any bytes as a file of lsearch, iplsearch and nwildlsearch: the first answers come
   from going through it, the next from an index, and they must be the same. */

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "rexpand.h"

enum { KEY = 16, TIMES = 4, TEXT_ROOM = 256 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_all(int fd, const uint8_t *data, size_t size)
{
    while (size > 0) {
        ssize_t written = write(fd, data, size);
        if (written <= 0)
            abort();
        data += written;
        size -= (size_t)written;
    }
}

/* Whether the result is the same line TIMES times. */
static void check_same(const struct rexpand_result *result)
{
    size_t length = (result->length + 1) / TIMES;

    if ((result->length + 1) % TIMES != 0)
        abort();
    for (size_t i = 1; i < TIMES; i++)
        if (memcmp(result->bytes, result->bytes + i * length, length - 1) != 0)
            abort();
}

/* One evaluation looks at the file once: the state stays, and with it the index. */
static void ask(struct rexpand_env *env, const char *driver, int fd, const char *key, size_t length)
{
    struct rexpand_result result;
    char text[TEXT_ROOM];

    if (!rexpand_env_set(env, "local_part", key, length, false))
        abort();
    int written = snprintf(
        text, sizeof text,
        "${map{<\\n 1\\n2\\n3\\n4}{${lookup{$local_part}%s,cache=no{/proc/self/fd/%d}{+$value}{-}}}}", driver,
        fd);
    if (rexpand_expand(env, text, (size_t)written, &result) == REXPAND_DONE)
        check_same(&result);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const drivers[] = {"lsearch", "iplsearch", "nwildlsearch", "partial0-lsearch*@"};
    char key[KEY + 1] = {0};
    struct rexpand_env *env = rexpand_env_new(NULL, NULL);
    int fd = memfd_create("lines", MFD_CLOEXEC);

    if (env == NULL || fd < 0)
        abort();
    size_t key_length = size < KEY ? size : KEY;
    if (key_length > 0)
        memcpy(key, data, key_length);
    write_all(fd, data, size);
    for (size_t i = 0; i < sizeof drivers / sizeof drivers[0]; i++) {
        ask(env, drivers[i], fd, key, strlen(key));
        ask(env, drivers[i], fd, key, strcspn(key, ": \n"));
        ask(env, drivers[i], fd, "1.2.3.4", strlen("1.2.3.4"));
        ask(env, drivers[i], fd, "abcd::1", strlen("abcd::1"));
    }
    rexpand_env_free(env);
    (void)close(fd);
    return 0;
}
