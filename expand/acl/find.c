/* From a text to an ACL: by name, from a file, or the text itself. */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "acl/private.h"

/* An ACL of a file is read once, as in Exim. */
struct loaded_acl {
    struct loaded_acl *next;
    struct value path;
    const struct acl *acl;
};

/* Files that an environment keeps, and what one may hold: bounds that no person
   reaches. */
enum { LOADED_LIMIT = 1000, FILE_SIZE_LIMIT = 16 << 20 };

static const struct loaded_acl *find_loaded(const struct acls *acls, const struct value *path, size_t *count)
{
    const struct loaded_acl *loaded = acls->loaded;

    for (*count = 0; loaded != NULL && !value_equal(&loaded->path, path); (*count)++)
        loaded = loaded->next;
    return loaded;
}

/* Reads all of an open file into "arena". */
static enum outcome read_open_file(struct acl_check *check, int file, const struct value *path,
                                   struct arena *arena, struct value *text)
{
    struct stat status;

    if (fstat(file, &status) != 0)
        return acl_say(check, VERDICT_ERROR, "failed to fstat ACL file \"%.*s\": %s", CALL_TEXT(path),
                       strerror(errno));
    if (!S_ISREG(status.st_mode) || status.st_size > FILE_SIZE_LIMIT)
        return acl_say(check, VERDICT_ERROR, "failed to read ACL file \"%.*s\": %s", CALL_TEXT(path),
                       S_ISREG(status.st_mode) ? "it is longer than 16 MB" : "it is not a regular file");
    size_t size = (size_t)status.st_size;
    char *bytes = arena_alloc_text(arena, size + 1);
    if (bytes == NULL)
        return error_no_memory(check->run->error);
    ssize_t length = read(file, bytes, size);
    if (length != (ssize_t)size)
        return acl_say(check, VERDICT_ERROR, "failed to read ACL file \"%.*s\": %s", CALL_TEXT(path),
                       length < 0 ? strerror(errno) : "it changed while it was read");
    bytes[size] = '\0';
    *text = value_clean(bytes, size);
    return OUTCOME_DONE;
}

static enum outcome read_file(struct acl_check *check, const struct value *path, const char *name,
                              struct value *text)
{
    int file = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    if (file < 0)
        return acl_say(check, VERDICT_ERROR, "failed to open ACL file \"%s\": %s", name, strerror(errno));
    enum outcome outcome = read_open_file(check, file, path, &check->acls->arena, text);
    (void)close(file);
    return outcome;
}

/* Makes an ACL of text. */
static enum outcome parse(struct acl_check *check, const struct value *text, const char *file,
                          struct arena *arena, const struct acl **acl)
{
    struct error error;
    struct acl *made = NULL;

    if (acl_read_text(text, file, arena, &made, &error) != OUTCOME_DONE)
        return acl_say(check, VERDICT_ERROR, "%s", error.message);
    *acl = made;
    return OUTCOME_DONE;
}

/* Reads the ACL of a file that has not been read before, and keeps it. */
static enum outcome load_new(struct acl_check *check, const struct value *path, const struct acl **acl)
{
    struct acls *acls = check->acls;
    struct value text = {0};
    char *name = arena_copy(&acls->arena, path->bytes, path->length);
    struct loaded_acl *loaded = arena_calloc(&acls->arena, 1, sizeof *loaded);

    if (name == NULL || loaded == NULL)
        return error_no_memory(check->run->error);
    enum outcome outcome = read_file(check, path, name, &text);
    if (outcome == OUTCOME_DONE && text.bytes != NULL)
        outcome = parse(check, &text, name, &acls->arena, acl);
    if (outcome != OUTCOME_DONE || *acl == NULL)
        return outcome;
    *loaded = (struct loaded_acl){acls->loaded, value_clean(name, path->length), *acl};
    acls->loaded = loaded;
    return OUTCOME_DONE;
}

static enum outcome load(struct acl_check *check, const struct value *path, const struct acl **acl)
{
    struct arena *arena = &check->acls->arena;
    size_t count;
    const struct loaded_acl *found = find_loaded(check->acls, path, &count);

    if (found != NULL) {
        *acl = found->acl;
        return OUTCOME_DONE;
    }
    if (count >= LOADED_LIMIT)
        return acl_say(check, VERDICT_ERROR, "too many ACL files (max is %d)", LOADED_LIMIT);
    struct arena_mark mark = arena_mark(arena);
    enum outcome outcome = load_new(check, path, acl);
    if (outcome != OUTCOME_DONE || *acl == NULL)
        arena_release(arena, mark);
    return outcome;
}

static enum outcome refuse_tainted(struct acl_check *check, const struct value *text)
{
    enum outcome outcome =
        acl_log_format(check, "main,panic", "attempt to use tainted ACL text \"%.*s\"", CALL_TEXT(text));

    return outcome == OUTCOME_DONE ? acl_say(check, VERDICT_ERROR, "internal configuration error") : outcome;
}

enum outcome acl_find(struct acl_check *check, const struct value *text, const struct acl **acl)
{
    const struct config *config = check->acls->config;
    struct value name = *text;

    *acl = NULL;
    if (value_is_tainted(text))
        return refuse_tainted(check, text);
    while (name.length > 0 && byte_is_space(*name.bytes)) {
        name.bytes++;
        name.length--;
    }
    bool is_word = memchr(name.bytes, ' ', name.length) == NULL;
    if (is_word && config != NULL)
        *acl = config_acl_find(config, name.bytes, name.length);
    if (*acl != NULL)
        return OUTCOME_DONE;
    if (check->run->env->is_sealed)
        return acl_say(check, VERDICT_ERROR, "ACLs that the configuration does not name are not permitted");
    if (is_word && name.length > 0 && *name.bytes == '/')
        return load(check, &name, acl);
    return parse(check, &name, NULL, check->run->arena, acl);
}
