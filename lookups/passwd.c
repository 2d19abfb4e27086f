/* The driver "passwd": the system's user of that name, as a line of /etc/passwd
   would have it. */

#include <errno.h>
#include <pwd.h>
#include <string.h>

#include "lookups/lookup.h"

extern const struct lookup_driver lookup_driver_passwd;

/* Room for a user's strings grows up to this. */
enum { FIRST_ROOM = 1024, MOST_ROOM = 1024 * 1024 };

static enum outcome passwd_open(struct lookups *lookups, const struct lookup_request *request, void **opened)
{
    (void)lookups;
    (void)request;
    *opened = NULL;
    return OUTCOME_DONE;
}

/* errno of getpwnam_r(3) that says there is no such user: which one depends on the
   service that was asked. */
static bool means_not_found(int error)
{
    return error == 0 || error == ENOENT || error == ESRCH || error == EBADF || error == EPERM;
}

static enum outcome find_user(const struct lookup_request *request, const char *name, struct passwd *user,
                              bool *found)
{
    struct passwd *result = NULL;
    int error = ERANGE;

    for (size_t room = FIRST_ROOM; error == ERANGE && room <= MOST_ROOM; room *= 4) {
        char *strings = arena_alloc_text(request->arena, room);
        if (strings == NULL)
            return error_no_memory(request->error);
        do
            error = getpwnam_r(name, user, strings, room, &result);
        while (error == EINTR);
    }
    *found = result != NULL;
    if (*found || means_not_found(error))
        return OUTCOME_DONE;
    return error_set(request->error, request->arena, OUTCOME_DEFERRED, "getpwnam_r: %s", strerror(error));
}

static enum outcome passwd_find(void *opened, const struct lookup_request *request,
                                struct lookup_answer *answer)
{
    const struct value *key = &request->key;
    const char *name = arena_copy(request->arena, key->bytes, key->length);
    struct passwd user;
    struct buffer text;

    (void)opened;
    answer->found = false;
    if (name == NULL)
        return error_no_memory(request->error);
    if (key->length == 0 || memchr(name, '\0', key->length) != NULL)
        return OUTCOME_DONE;
    enum outcome outcome = find_user(request, name, &user, &answer->found);
    if (outcome != OUTCOME_DONE || !answer->found)
        return outcome;
    buffer_init(&text, request->arena);
    buffer_format(&text, "*:%lld:%lld:%s:%s:%s", (long long)user.pw_uid, (long long)user.pw_gid,
                  user.pw_gecos, user.pw_dir, user.pw_shell);
    return buffer_value(&text, &answer->value) ? OUTCOME_DONE : error_no_memory(request->error);
}

const struct lookup_driver lookup_driver_passwd = {
    .name = "passwd",
    .built_by = "LOOKUP_PASSWD",
    .help = "a user of the system: ${lookup passwd{user}}",
    .style = LOOKUP_QUERY,
    .open = passwd_open,
    .find = passwd_find,
    .quote = lookup_quote_nothing,
};
