#include "config/builtin.h"

#include <string.h>

#include "base/value.h"
#include "config/acls.h"
#include "config/options.h"
#include "lookups/lookup.h"

/* Configurations ask for these to choose between two ways of writing the same
   thing; the answers are those of an Exim with everything built in, with OpenSSL. */
static const char *const features[] = {
    "_HAVE_CONTENT_SCANNING",
    "_HAVE_CRYPTEQ",
    "_HAVE_DANE",
    "_HAVE_DKIM",
    "_HAVE_DLFUNC",
    "_HAVE_DNSSEC",
    "_HAVE_EVENT",
    "_HAVE_I18N",
    "_HAVE_ICONV",
    "_HAVE_IPV6",
    "_HAVE_MOVE_FROZEN_MESSAGES",
    "_HAVE_NATIVE_SRS",
    "_HAVE_OCSP",
    "_HAVE_OPENSSL",
    "_HAVE_PIPE_CONNECT",
    "_HAVE_PRDR",
    "_HAVE_PROXY",
    "_HAVE_SOCKS",
    "_HAVE_SPF",
    "_HAVE_SRS",
    "_HAVE_TCP_FASTOPEN",
    "_HAVE_TLS",
    "_HAVE_TLS1_3",
    "_HAVE_TLS_OCSP",
    "_HAVE_TLS_OCSP_LIST",
    "_HAVE_TLS_RESUME",
    "_HAVE_TRANSPORT_APPEND_MAILDIR",
    "_HAVE_TRANSPORT_APPEND_MAILSTORE",
    "_HAVE_TRANSPORT_APPEND_MBX",
    "_DRIVER_AUTHENTICATOR_CRAM_MD5",
    "_DRIVER_AUTHENTICATOR_DOVECOT",
    "_DRIVER_AUTHENTICATOR_EXTERNAL",
    "_DRIVER_AUTHENTICATOR_PLAINTEXT",
    "_DRIVER_AUTHENTICATOR_TLS",
    "_DRIVER_ROUTER_ACCEPT",
    "_DRIVER_ROUTER_DNSLOOKUP",
    "_DRIVER_ROUTER_IPLITERAL",
    "_DRIVER_ROUTER_MANUALROUTE",
    "_DRIVER_ROUTER_QUERYPROGRAM",
    "_DRIVER_ROUTER_REDIRECT",
    "_DRIVER_TRANSPORT_APPENDFILE",
    "_DRIVER_TRANSPORT_AUTOREPLY",
    "_DRIVER_TRANSPORT_LMTP",
    "_DRIVER_TRANSPORT_PIPE",
    "_DRIVER_TRANSPORT_SMTP",
};

#define NAME_SIZE 128

struct names {
    bool (*add)(void *context, const char *name, size_t length);
    void *context;
    size_t wanted;  /* only names of this length */
    size_t longest; /* of all that were seen */
    bool ok;
};

/* Names are made afresh for each length, the longest first: then none can be
   part of a later one, and nothing is kept. */
static void add_name(struct names *names, const char *prefix, const char *text)
{
    char name[NAME_SIZE];
    size_t prefix_length = strlen(prefix);
    size_t length = prefix_length + strlen(text);
    if (length >= sizeof name || !names->ok)
        return;
    if (length > names->longest)
        names->longest = length;
    if (length != names->wanted)
        return;
    for (size_t i = 0; i < length; i++)
        name[i] = i < prefix_length ? prefix[i] : byte_upper(text[i - prefix_length]);
    names->ok = names->add(names->context, name, length);
}

static void add_names(struct names *names)
{
    size_t count;
    for (size_t i = 0; i < sizeof features / sizeof *features; i++)
        add_name(names, features[i], "");
    const struct option_row *rows = option_rows(&count);
    for (size_t i = 0; i < count; i++)
        add_name(names, "_OPT_MAIN_", rows[i].name);
    const struct acl_row *conditions = acl_rows(&count);
    for (size_t i = 0; i < count; i++)
        add_name(names, conditions[i].is_modifier ? "_ACL_MOD_" : "_ACL_COND_", conditions[i].name);
    const struct lookup_driver *const *drivers = lookup_drivers(&count);
    for (size_t i = 0; i < count; i++)
        add_name(names, "_HAVE_LOOKUP_", drivers[i]->name);
    const struct lookup_setting *setting;
    size_t driver;
    for (size_t i = 0; (setting = lookup_setting_at(i, &driver)) != NULL; i++)
        if (option_row_find(setting->name, strlen(setting->name)) == NULL)
            add_name(names, "_OPT_MAIN_", setting->name);
}

bool builtin_each(bool (*add)(void *context, const char *name, size_t length), void *context)
{
    struct names names = {.add = add, .context = context, .ok = true};
    add_names(&names);
    for (names.wanted = names.longest; names.wanted > 0; names.wanted--)
        add_names(&names);
    return names.ok;
}
