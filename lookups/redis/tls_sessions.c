/* Sessions to resume (RFC 8446, section 2.2; RFC 5077): kept for the next connection
   of this process, and in a file for the next process, so that neither pays for a
   whole handshake.

   The file holds what it takes to speak as this client, and is treated so: it must
   be a regular file of the user that runs this, closed to all others, and is
   replaced as a whole. Its first line says what it is; each other one is a session:
   the key of its server and settings, the second it ends, and itself in base64. */

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "base/base64.h"
#include "lookups/redis/tls_openssl.h"

enum { MOST_FILE = 1024 * 1024, MOST_SESSION = 16 * 1024, LONGEST_LIFE = 24 * 60 * 60 };

static const char first_line[] = "rexpand redis TLS sessions 1\n";

/* ---- what a session belongs to ---- */

/* A file that was replaced makes other sessions. */
static void add_file(struct buffer *out, const char *path)
{
    struct stat status;

    buffer_add(out, path, strlen(path) + 1);
    if (path[0] != '\0' && stat(path, &status) == 0)
        buffer_format(out, "%ju %jd %jd", (uintmax_t)status.st_ino, (intmax_t)status.st_mtim.tv_sec,
                      (intmax_t)status.st_mtim.tv_nsec);
}

void tls_sessions_make_key(struct tls_link *link, const char *label)
{
    const struct redis_tls_settings *settings = link->context->settings;
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    struct arena arena;
    struct buffer all;

    arena_init(&arena, 1024, SIZE_MAX);
    buffer_init(&all, &arena);
    buffer_add(&all, label, strlen(label) + 1);
    buffer_add(&all, link->name, strlen(link->name) + 1);
    buffer_format(&all, "%d ", (int)settings->verify);
    add_file(&all, settings->ca);
    add_file(&all, settings->certificate);
    add_file(&all, settings->privatekey);
    link->key[0] = '\0'; /* none: nothing is kept */
    if (!all.failed && EVP_Digest(all.bytes, all.length, digest, &length, EVP_sha256(), NULL) == 1)
        for (unsigned i = 0; i < TLS_KEY_LENGTH / 2; i++)
            (void)snprintf(link->key + 2 * i, 3, "%02x", digest[i]);
    arena_free(&arena);
}

/* ---- in this process ---- */

static struct tls_kept_session *find_kept(struct tls_context *context, const char *key)
{
    for (size_t i = 0; i < context->kept_count; i++)
        if (strcmp(context->kept[i].key, key) == 0)
            return &context->kept[i];
    return NULL;
}

void tls_sessions_keep(struct tls_context *context, const char *key, SSL_SESSION *session)
{
    struct tls_kept_session *kept = key[0] == '\0' ? NULL : find_kept(context, key);

    if (kept == NULL && key[0] != '\0' && context->kept_count < TLS_MOST_SESSIONS) {
        kept = &context->kept[context->kept_count++];
    } else if (kept == NULL && key[0] != '\0') {
        kept = &context->kept[context->oldest];
        context->oldest = (context->oldest + 1) % TLS_MOST_SESSIONS;
    }
    if (kept == NULL) {
        SSL_SESSION_free(session);
        return;
    }
    SSL_SESSION_free(kept->session);
    kept->session = session;
    memcpy(kept->key, key, sizeof kept->key);
}

void tls_sessions_free(struct tls_context *context)
{
    for (size_t i = 0; i < context->kept_count; i++)
        SSL_SESSION_free(context->kept[i].session);
    context->kept_count = 0;
}

/* The second it ends: as the server said, and in a day at the latest. */
static long long end_of(const SSL_SESSION *session)
{
    unsigned long hint = SSL_SESSION_get_ticket_lifetime_hint(session);
    long life = SSL_SESSION_get_timeout(session);

    if (hint > 0 && hint < (unsigned long)life)
        life = (long)hint;
    return (long long)SSL_SESSION_get_time(session) + (life < LONGEST_LIFE ? life : LONGEST_LIFE);
}

/* Who resumes a session does not see a certificate: the one that it began with is
   looked at again. */
static bool is_good(const struct tls_link *link, const SSL_SESSION *session)
{
    enum redis_tls_verify verify = link->context->settings->verify;
    X509 *peer = SSL_SESSION_get0_peer((SSL_SESSION *)(uintptr_t)session);

    if (!SSL_SESSION_is_resumable(session) || end_of(session) <= (long long)time(NULL))
        return false;
    if (verify == REDIS_TLS_VERIFY_NO)
        return true;
    if (peer == NULL || X509_cmp_current_time(X509_get0_notAfter(peer)) <= 0 ||
        X509_cmp_current_time(X509_get0_notBefore(peer)) >= 0)
        return false;
    if (verify == REDIS_TLS_VERIFY_ISSUER)
        return true;
    return link->name_is_address
               ? X509_check_ip_asc(peer, link->name, 0) == 1
               : X509_check_host(peer, link->name, 0, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS, NULL) == 1;
}

/* ---- in the file ---- */

/* One line of the file, in pieces. */
struct entry {
    const char *line; /* with its end */
    size_t length;
    const char *key;
    long long end;
    const char *session;
    size_t session_length;
};

/* The next line that is a session; those that are not are passed over. */
static bool next_entry(struct entry *entry, const char **text, size_t *length)
{
    while (*length > 0) {
        const char *line = *text;
        const char *newline = memchr(line, '\n', *length);
        size_t used = newline == NULL ? *length : (size_t)(newline - line) + 1;
        long long end = 0;
        size_t at = TLS_KEY_LENGTH + 1;
        *text += used;
        *length -= used;
        if (newline == NULL || used < TLS_KEY_LENGTH + 4 || line[TLS_KEY_LENGTH] != ' ')
            continue;
        for (; at < used && byte_is_digit(line[at]) && end < INT64_MAX / 16; at++)
            end = end * 10 + (line[at] - '0');
        if (line[at] != ' ')
            continue;
        *entry = (struct entry){line, used, line, end, line + at + 1, used - at - 2};
        return true;
    }
    return false;
}

static bool is_for(const struct entry *entry, const char *key)
{
    return memcmp(entry->key, key, TLS_KEY_LENGTH) == 0;
}

static void read_entry(struct tls_context *context, const char *key, const struct entry *entry)
{
    struct arena arena;
    struct buffer bytes;

    if (entry->session_length > MOST_SESSION)
        return;
    arena_init(&arena, 4096, SIZE_MAX);
    buffer_init(&bytes, &arena);
    if (base64_decode(&bytes, entry->session, entry->session_length) && !bytes.failed && bytes.length > 0) {
        const unsigned char *next = (const unsigned char *)bytes.bytes;
        SSL_SESSION *session = d2i_SSL_SESSION(NULL, &next, (long)bytes.length);
        if (session != NULL)
            tls_sessions_keep(context, key, session);
    }
    arena_free(&arena);
}

void tls_sessions_read(struct tls_context *context, const char *key, const char *text, size_t length)
{
    size_t head = sizeof first_line - 1;
    struct entry entry;

    if (length < head || memcmp(text, first_line, head) != 0)
        return;
    text += head;
    length -= head;
    while (next_entry(&entry, &text, &length))
        if (is_for(&entry, key) && entry.end > (long long)time(NULL))
            read_entry(context, key, &entry);
}

/* The file's text. False: it cannot be read, or is not as this file must be; then
   it is left alone, but for one that is not there. */
static bool read_file(const char *path, struct buffer *text, bool *is_there)
{
    struct stat status;
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    bool good = false;

    *is_there = fd >= 0 || errno != ENOENT;
    if (fd < 0)
        return false;
    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_uid == geteuid() &&
        (status.st_mode & (S_IRWXG | S_IRWXO)) == 0 && status.st_size <= MOST_FILE) {
        char block[8192];
        ssize_t count = 0;
        while (text->length <= MOST_FILE && (count = read(fd, block, sizeof block)) > 0)
            buffer_add(text, block, (size_t)count);
        good = count == 0 && !text->failed;
    }
    (void)close(fd);
    return good;
}

static void load(struct tls_context *context, const char *key)
{
    struct arena arena;
    struct buffer text;
    bool is_there;

    arena_init(&arena, 16 * 1024, SIZE_MAX);
    buffer_init(&text, &arena);
    if (read_file(context->settings->sessions, &text, &is_there))
        tls_sessions_read(context, key, text.bytes, text.length);
    arena_free(&arena);
}

void tls_sessions_offer(struct tls_link *link)
{
    struct tls_context *context = link->context;

    if (link->key[0] == '\0')
        return;
    const struct tls_kept_session *kept = find_kept(context, link->key);
    if ((kept == NULL || !is_good(link, kept->session)) && context->settings->sessions[0] != '\0') {
        load(context, link->key);
        kept = find_kept(context, link->key);
    }
    if (kept != NULL && is_good(link, kept->session))
        (void)SSL_set_session(link->ssl, kept->session);
}

/* The line for a session. */
static void add_session(struct buffer *out, const char *key, const SSL_SESSION *session)
{
    unsigned char *bytes = NULL;
    int length = i2d_SSL_SESSION(session, &bytes);

    if (length > 0 && length <= MOST_SESSION) {
        buffer_format(out, "%s %lld ", key, end_of(session));
        base64_encode(out, (const char *)bytes, (size_t)length);
        buffer_add_byte(out, '\n');
    }
    OPENSSL_free(bytes);
}

/* The sessions of others that the file has, but for those that have ended. */
static void add_others(struct buffer *out, const struct buffer *old, const char *key)
{
    const char *text = old->bytes;
    size_t length = old->length;
    struct entry entry;

    for (size_t i = 1; i < TLS_MOST_SESSIONS && next_entry(&entry, &text, &length); i++)
        if (!is_for(&entry, key) && entry.end > (long long)time(NULL))
            buffer_add(out, entry.line, entry.length);
}

static bool write_all(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t written = write(fd, bytes, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        bytes += written;
        length -= (size_t)written;
    }
    return true;
}

/* Whole or not at all: readers have the old file or the new one. */
static void replace_file(const char *path, const struct buffer *text, struct arena *arena)
{
    const char *beside = arena_format(arena, "%s.%jd", path, (intmax_t)getpid());
    int fd = beside == NULL ? -1 : open(beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

    if (fd < 0)
        return;
    bool good = write_all(fd, text->bytes, text->length);
    if (close(fd) != 0 || !good || rename(beside, path) != 0)
        (void)unlink(beside);
}

void tls_sessions_save(const struct tls_context *context, const char *key)
{
    const struct tls_kept_session *kept = find_kept((struct tls_context *)(uintptr_t)context, key);
    const char *path = context->settings->sessions;
    struct arena arena;
    struct buffer old;
    struct buffer text;
    bool is_there;

    if (path[0] == '\0' || kept == NULL)
        return;
    arena_init(&arena, 16 * 1024, SIZE_MAX);
    buffer_init(&old, &arena);
    buffer_init(&text, &arena);
    bool is_good_file = read_file(path, &old, &is_there);
    buffer_add_string(&text, first_line);
    if (is_good_file)
        add_others(&text, &old, key);
    add_session(&text, key, kept->session);
    if ((is_good_file || !is_there) && !text.failed)
        replace_file(path, &text, &arena);
    arena_free(&arena);
}
