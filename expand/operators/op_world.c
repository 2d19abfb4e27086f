/* stat, randint: what is not the same each time. */

#include <errno.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>

#include "items/number.h"
#include "operators/operators.h"

/* ---- stat ---- */

struct file_type {
    mode_t type;
    char letter;
};

/* As ls shows them. Exim has no letter for a socket. */
static char type_letter(mode_t mode)
{
    static const struct file_type types[] = {{S_IFREG, '-'}, {S_IFDIR, 'd'}, {S_IFCHR, 'c'},
                                             {S_IFBLK, 'b'}, {S_IFIFO, 'p'}, {S_IFLNK, 'l'}};

    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if ((mode & S_IFMT) == types[i].type)
            return types[i].letter;
    return '?';
}

/* "rwx", with a letter in the place of x when the bit that goes with these
   three is set. */
static void add_permissions(struct buffer *out, unsigned bits, bool special, char letter)
{
    bool executable = (bits & 1) != 0;

    buffer_add_byte(out, (bits & 4) != 0 ? 'r' : '-');
    buffer_add_byte(out, (bits & 2) != 0 ? 'w' : '-');
    if (special)
        buffer_add_byte(out, executable ? letter : byte_upper(letter));
    else
        buffer_add_byte(out, executable ? 'x' : '-');
}

static void add_status(struct buffer *out, const struct stat *status)
{
    unsigned mode = status->st_mode;

    /* Of the file's type Exim shows all bits but the highest. */
    buffer_format(out, "mode=%04o smode=%c", mode & 077777, type_letter(status->st_mode));
    add_permissions(out, mode >> 6 & 7, (mode & S_ISUID) != 0, 's');
    add_permissions(out, mode >> 3 & 7, (mode & S_ISGID) != 0, 's');
    add_permissions(out, mode & 7, (mode & S_ISVTX) != 0, 't');
    buffer_format(out, " inode=%ju device=%ju links=%ju uid=%ju gid=%ju size=%jd", (uintmax_t)status->st_ino,
                  (uintmax_t)status->st_dev, (uintmax_t)status->st_nlink, (uintmax_t)status->st_uid,
                  (uintmax_t)status->st_gid, (intmax_t)status->st_size);
    buffer_format(out, " atime=%jd mtime=%jd ctime=%jd", (intmax_t)status->st_atime,
                  (intmax_t)status->st_mtime, (intmax_t)status->st_ctime);
}

enum outcome op_stat(struct call *call)
{
    struct value name;
    struct stat status;
    enum outcome outcome = call_argument(call, 0, &name);

    if (outcome != OUTCOME_DONE)
        return outcome;
    if (value_is_tainted(&name))
        return call_failed(call, "Tainted filename for stat: '%.*s'", CALL_TEXT(&name));
    char *path = arena_copy(call->run->arena, name.bytes, name.length);
    if (path == NULL)
        return call_no_memory(call);
    bool has_nul = name.length > 0 && memchr(path, '\0', name.length) != NULL;
    if (has_nul || stat(path, &status) < 0)
        return call_failed(call, "stat(%.*s) failed: %s", CALL_TEXT(&name),
                           strerror(has_nul ? ENOENT : errno));
    add_status(call->out, &status);
    return call_done(call);
}

/* ---- randint ---- */

/* From 0 up to but not "limit", each as likely as any other: what would make
   the first ones likelier is thrown again. False when there is no randomness to be had. */
static bool random_below(unsigned long long limit, unsigned long long *number)
{
    unsigned long long surplus = (0 - limit) % limit;

    do {
        if (getrandom(number, sizeof *number, 0) != (ssize_t)sizeof *number)
            return false;
    } while (*number < surplus);
    *number %= limit;
    return true;
}

enum outcome op_randint(struct call *call)
{
    unsigned long long number = 0;
    long long limit = 0;
    struct value text;
    enum outcome outcome = call_argument(call, 0, &text);

    if (outcome == OUTCOME_DONE)
        outcome = number_natural(call, &text, &limit);
    if (outcome != OUTCOME_DONE)
        return outcome;
    if (limit > 0 && !random_below((unsigned long long)limit, &number))
        return call_failed(call, "no random numbers: %s", strerror(errno));
    buffer_format(call->out, "%llu", number);
    return call_done(call);
}
