#include "lang/variable_values.h"

#include <limits.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "lang/acl_call.h"
#include "lang/env.h"

/* The end of every function here that has made a text in the arena. */
static enum outcome give_text(struct run *run, struct value *value, const char *text)
{
    if (text == NULL)
        return error_no_memory(run->error);
    *value = value_of_string(text);
    return OUTCOME_DONE;
}

static enum outcome give_buffer(struct run *run, struct value *value, struct buffer *buffer)
{
    return buffer_value(buffer, value) ? OUTCOME_DONE : error_no_memory(run->error);
}

static enum outcome give_number(struct run *run, struct value *value, long long number)
{
    return give_text(run, value, arena_format(run->arena, "%lld", number));
}

/* ---- constants and other variables ---- */

enum outcome value_text(struct run *run, const struct variable_row *row, const struct value *name,
                        struct value *value)
{
    (void)name;
    return give_text(run, value, row->text);
}

/* A value that somebody set outranks its row's function, also when it is read
   by another name: tls_in_sni set, tls_sni read. */
static enum outcome read_other(struct run *run, const struct variable_row *row, struct value *value)
{
    const struct variable_row *other = variable_row_find(row->text, strlen(row->text));
    const struct value written = value_of_string(row->text);

    return env_variable(run, other, &written, value);
}

enum outcome value_of_other(struct run *run, const struct variable_row *row, const struct value *name,
                            struct value *value)
{
    (void)name;
    return read_other(run, row, value);
}

/* Where the "@" before the domain of "address" is, or its end. */
static size_t domain_separator(const struct value *address)
{
    const char *at = address->length == 0 ? NULL : memrchr(address->bytes, '@', address->length);

    return at == NULL ? address->length : (size_t)(at - address->bytes);
}

/* Gives part of "whole", with a NUL behind it and its taint. */
static enum outcome give_slice(struct run *run, struct value *value, const struct value *whole, size_t from,
                               size_t length)
{
    const struct value part = value_slice(run->arena, whole, from, length);
    struct buffer buffer;

    if (part.length == 0) { /* which came from outside all the same, see taint_span */
        *value = value_is_tainted(whole) ? value_tainted("", 0) : value_clean("", 0);
        return OUTCOME_DONE;
    }
    buffer_init(&buffer, run->arena);
    buffer_add_value(&buffer, &part);
    return give_buffer(run, value, &buffer);
}

enum outcome value_domain_of(struct run *run, const struct variable_row *row, const struct value *name,
                             struct value *value)
{
    struct value address;

    (void)name;
    enum outcome outcome = read_other(run, row, &address);
    if (outcome != OUTCOME_DONE)
        return outcome;
    return give_slice(run, value, &address, domain_separator(&address) + 1, address.length);
}

enum outcome value_local_part_of(struct run *run, const struct variable_row *row, const struct value *name,
                                 struct value *value)
{
    struct value address;

    (void)name;
    enum outcome outcome = read_other(run, row, &address);
    if (outcome != OUTCOME_DONE)
        return outcome;
    return give_slice(run, value, &address, 0, domain_separator(&address));
}

enum outcome value_of_run_output(struct run *run, const struct variable_row *row, const struct value *name,
                                 struct value *value)
{
    (void)row;
    (void)name;
    if (run->env->run_output == NULL)
        return OUTCOME_DONE;
    /* The next command's output takes its place. */
    char *copy = arena_copy(run->arena, run->env->run_output, run->env->run_output_length);
    if (copy == NULL)
        return error_no_memory(run->error);
    *value = value_clean(copy, run->env->run_output_length);
    return OUTCOME_DONE;
}

enum outcome value_of_srs_recipient(struct run *run, const struct variable_row *row, const struct value *name,
                                    struct value *value)
{
    const struct value *kept = &run->env->srs_recipient;

    (void)row;
    (void)name;
    if (kept->bytes == NULL)
        return OUTCOME_DONE;
    /* The next inbound_srs may free it. */
    char *copy = arena_copy(run->arena, kept->bytes, kept->length);
    if (copy == NULL)
        return error_no_memory(run->error);
    *value = *kept;
    value->bytes = copy;
    return OUTCOME_DONE;
}

/* ---- what ACLs bind ---- */

static bool give_bound(const struct value *bound, struct value *value)
{
    *value = bound->bytes == NULL ? value_clean("", 0) : *bound;
    return true;
}

bool bound_acl_argument(const struct run *run, const struct variable_row *row, struct value *value)
{
    const size_t number = (size_t)(row->name[strlen("acl_arg")] - '1');

    return run->bindings.acl != NULL && give_bound(&run->bindings.acl->texts[number], value);
}

bool bound_acl_count(const struct run *run, const struct variable_row *row, struct value *value)
{
    static const char digits[ACL_ARGUMENTS + 1][2] = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"};

    (void)row;
    if (run->bindings.acl == NULL)
        return false;
    *value = value_clean(digits[run->bindings.acl->count], 1);
    return true;
}

bool bound_acl_verify_message(const struct run *run, const struct variable_row *row, struct value *value)
{
    (void)row;
    return run->bindings.acl != NULL && run->bindings.acl->verify_message.bytes != NULL &&
           give_bound(&run->bindings.acl->verify_message, value);
}

/* ---- what items leave behind ---- */

enum outcome value_of_prvs_result(struct run *run, const struct variable_row *row, const struct value *name,
                                  struct value *value)
{
    (void)row;
    (void)name;
    return run->env->prvs_is_good ? give_text(run, value, "1") : OUTCOME_DONE;
}

enum outcome value_of_run_status(struct run *run, const struct variable_row *row, const struct value *name,
                                 struct value *value)
{
    (void)row;
    (void)name;
    char *text = arena_format(run->arena, "%d", run->env->run_status);
    return text == NULL ? error_no_memory(run->error) : give_text(run, value, text);
}

/* ---- time ---- */

/* One "%" of a form. strftime would do but for the names of days and months,
   which must not follow an embedder's locale. */
static void add_time_field(struct buffer *buffer, char field, const struct tm *parts)
{
    static const char days[] = "SunMonTueWedThuFriSat";
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    const long offset = labs(parts->tm_gmtoff) / 60;

    switch (field) {
    case 'a':
        buffer_add(buffer, days + 3 * (size_t)parts->tm_wday, 3);
        break;
    case 'b':
        buffer_add(buffer, months + 3 * (size_t)parts->tm_mon, 3);
        break;
    case 'd':
        buffer_format(buffer, "%02d", parts->tm_mday);
        break;
    case 'm':
        buffer_format(buffer, "%02d", parts->tm_mon + 1);
        break;
    case 'Y':
        buffer_format(buffer, "%04d", parts->tm_year + 1900);
        break;
    case 'H':
        buffer_format(buffer, "%02d", parts->tm_hour);
        break;
    case 'M':
        buffer_format(buffer, "%02d", parts->tm_min);
        break;
    case 'S':
        buffer_format(buffer, "%02d", parts->tm_sec);
        break;
    case 'z':
        buffer_format(buffer, "%c%02ld%02ld", parts->tm_gmtoff < 0 ? '-' : '+', offset / 60, offset % 60);
        break;
    default:
        buffer_add_byte(buffer, field);
        break;
    }
}

/* "parts" is NULL when the clock shows what no calendar has. */
static enum outcome give_time(struct run *run, struct value *value, const char *form, const struct tm *parts)
{
    struct buffer buffer;

    if (parts == NULL)
        return error_set(run->error, run->arena, OUTCOME_FAILED, "the clock shows no date");
    buffer_init(&buffer, run->arena);
    for (; *form != '\0'; form++)
        if (*form == '%')
            add_time_field(&buffer, *++form, parts);
        else
            buffer_add_byte(&buffer, *form);
    return give_buffer(run, value, &buffer);
}

enum outcome value_of_local_time(struct run *run, const struct variable_row *row, const struct value *name,
                                 struct value *value)
{
    const time_t now = time(NULL);
    struct tm parts;

    (void)name;
    return give_time(run, value, row->text, localtime_r(&now, &parts));
}

/* Milliseconds are there when the log has them. */
enum outcome value_of_log_time(struct run *run, const struct variable_row *row, const struct value *name,
                               struct value *value)
{
    struct timespec now;
    struct tm parts;
    struct value seconds;

    (void)row;
    (void)name;
    clock_gettime(CLOCK_REALTIME, &now);
    enum outcome outcome = give_time(run, &seconds, "%Y-%m-%d %H:%M:%S", localtime_r(&now.tv_sec, &parts));
    *value = seconds;
    if (outcome != OUTCOME_DONE || !run->env->options.logs_milliseconds)
        return outcome;
    return give_text(run, value, arena_format(run->arena, "%s.%03ld", seconds.bytes, now.tv_nsec / 1000000));
}

enum outcome value_of_utc(struct run *run, const struct variable_row *row, const struct value *name,
                          struct value *value)
{
    const time_t now = time(NULL);
    struct tm parts;

    (void)name;
    return give_time(run, value, row->text, gmtime_r(&now, &parts));
}

enum outcome value_of_epoch(struct run *run, const struct variable_row *row, const struct value *name,
                            struct value *value)
{
    (void)row;
    (void)name;
    return give_number(run, value, (long long)time(NULL));
}

enum outcome value_of_epoch_microseconds(struct run *run, const struct variable_row *row,
                                         const struct value *name, struct value *value)
{
    struct timespec now;

    (void)row;
    (void)name;
    clock_gettime(CLOCK_REALTIME, &now);
    return give_number(run, value, (long long)now.tv_sec * 1000000 + now.tv_nsec / 1000);
}

/* ---- the process and the machine ---- */

enum outcome value_of_pid(struct run *run, const struct variable_row *row, const struct value *name,
                          struct value *value)
{
    (void)row;
    (void)name;
    return give_number(run, value, getpid());
}

enum outcome value_of_uid(struct run *run, const struct variable_row *row, const struct value *name,
                          struct value *value)
{
    (void)row;
    (void)name;
    return give_number(run, value, getuid());
}

enum outcome value_of_gid(struct run *run, const struct variable_row *row, const struct value *name,
                          struct value *value)
{
    (void)row;
    (void)name;
    return give_number(run, value, getgid());
}

/* Exim asks the resolver for the full form of a name without dots. A library
   that went to the network for a variable would surprise; such sites set
   primary_hostname in their configuration. */
enum outcome value_of_host_name(struct run *run, const struct variable_row *row, const struct value *name,
                                struct value *value)
{
    struct utsname names;

    (void)row;
    (void)name;
    if (uname(&names) != 0)
        return OUTCOME_DONE;
    return give_text(run, value, arena_copy(run->arena, names.nodename, strlen(names.nodename)));
}

enum outcome value_of_load_average(struct run *run, const struct variable_row *row, const struct value *name,
                                   struct value *value)
{
    double load = 0;

    (void)row;
    (void)name;
    return give_number(run, value, getloadavg(&load, 1) == 1 ? (long long)(load * 1000) : -1);
}

/* Empty when the directory is gone or its path is longer than paths may be. */
enum outcome value_of_working_directory(struct run *run, const struct variable_row *row,
                                        const struct value *name, struct value *value)
{
    char path[PATH_MAX];

    (void)row;
    (void)name;
    if (getcwd(path, sizeof path) == NULL)
        return OUTCOME_DONE;
    return give_text(run, value, arena_copy(run->arena, path, strlen(path)));
}

/* ---- what is free ---- */

/* The folder of the queue, or of the logs, which are in "log" below it if the
   options say nothing else. */
static enum outcome find_folder(struct run *run, bool is_log, struct value *folder)
{
    const struct value name = VALUE_LITERAL("spool_directory");
    const struct value *log_folder = &run->env->options.log_folder;

    if (is_log && log_folder->length > 0) {
        *folder = *log_folder;
        return OUTCOME_DONE;
    }
    enum outcome outcome = env_variable(run, variable_row_find(name.bytes, name.length), &name, folder);
    if (outcome != OUTCOME_DONE || folder->length == 0)
        return outcome;
    return give_text(run, folder, arena_format(run->arena, is_log ? "%.*s/log" : "%.*s", CALL_TEXT(folder)));
}

static enum outcome give_free(struct run *run, bool is_log, bool is_inodes, struct value *value)
{
    enum { BYTES_A_KILOBYTE = 1024 };
    struct statvfs found;
    struct value folder;
    enum outcome outcome = find_folder(run, is_log, &folder);

    if (outcome != OUTCOME_DONE || folder.length == 0)
        return outcome;
    if (statvfs(folder.bytes, &found) != 0)
        return give_number(run, value, -1);
    return give_number(run, value,
                       is_inodes ? (long long)found.f_favail
                                 : (long long)(found.f_bavail * found.f_frsize / BYTES_A_KILOBYTE));
}

enum outcome value_of_spool_space(struct run *run, const struct variable_row *row, const struct value *name,
                                  struct value *value)
{
    (void)row;
    (void)name;
    return give_free(run, false, false, value);
}

enum outcome value_of_spool_inodes(struct run *run, const struct variable_row *row, const struct value *name,
                                   struct value *value)
{
    (void)row;
    (void)name;
    return give_free(run, false, true, value);
}

enum outcome value_of_log_space(struct run *run, const struct variable_row *row, const struct value *name,
                                struct value *value)
{
    (void)row;
    (void)name;
    return give_free(run, true, false, value);
}

enum outcome value_of_log_inodes(struct run *run, const struct variable_row *row, const struct value *name,
                                 struct value *value)
{
    (void)row;
    (void)name;
    return give_free(run, true, true, value);
}

/* ---- the Exim that is installed here ---- */

enum outcome value_of_exim_path(struct run *run, const struct variable_row *row, const struct value *name,
                                struct value *value)
{
    static const char *const paths[] = {"/usr/sbin/exim4", "/usr/sbin/exim", "/usr/exim/bin/exim"};

    (void)run;
    (void)row;
    (void)name;
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        if (access(paths[i], X_OK) == 0) {
            *value = value_of_string(paths[i]);
            break;
        }
    return OUTCOME_DONE;
}

/* Debian's name for the user, then Exim's own suggestion. */
static bool find_exim_user(uid_t *uid, gid_t *gid)
{
    static const char *const users[] = {"Debian-exim", "exim"};

    for (size_t i = 0; i < sizeof users / sizeof users[0]; i++) {
        struct passwd entry;
        struct passwd *found = NULL;
        char strings[4096];
        if (getpwnam_r(users[i], &entry, strings, sizeof strings, &found) == 0 && found != NULL) {
            *uid = found->pw_uid;
            *gid = found->pw_gid;
            return true;
        }
    }
    return false;
}

enum outcome value_of_exim_uid(struct run *run, const struct variable_row *row, const struct value *name,
                               struct value *value)
{
    uid_t uid = geteuid();
    gid_t gid = getegid();

    (void)row;
    (void)name;
    (void)find_exim_user(&uid, &gid);
    return give_number(run, value, uid);
}

enum outcome value_of_exim_gid(struct run *run, const struct variable_row *row, const struct value *name,
                               struct value *value)
{
    uid_t uid = geteuid();
    gid_t gid = getegid();

    (void)row;
    (void)name;
    (void)find_exim_user(&uid, &gid);
    return give_number(run, value, gid);
}

/* Exim knows these names only while a filter runs. Here they can be set, so
   that a filter's strings can be tried; until then they are as unknown as there. */
enum outcome value_of_filter(struct run *run, const struct variable_row *row, const struct value *name,
                             struct value *value)
{
    (void)row;
    (void)value;
    return error_set(run->error, run->arena, OUTCOME_FAILED, "unknown variable name \"%.*s\"",
                     CALL_TEXT(name));
}
