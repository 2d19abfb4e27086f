#include "lookups/redis/servers.h"

#include <string.h>

#include "base/list.h"

#define DEFAULT_PORT  "6379"
#define SENTINEL_PORT "26379"
enum { HIGHEST_PORT = 65535, HIGHEST_DATABASE = 1000000 };

/* An item while it is read; "text" is a copy of it that may be cut up. */
struct item {
    struct redis_servers *servers;
    struct redis_server *server; /* the next of "servers" */
    struct arena *arena;
    struct error *error;
    char *text;
};

static enum outcome wrong(struct item *item, const char *what)
{
    return error_set(item->error, item->arena, OUTCOME_FAILED, "redis_servers: %s in the item for \"%s\"",
                     what, item->server->host != NULL ? item->server->host : "?");
}

static bool read_number(const char *text, unsigned long highest, unsigned long *number)
{
    *number = 0;
    if (*text == '\0')
        return false;
    for (; *text != '\0'; text++) {
        if (!byte_is_digit(*text))
            return false;
        *number = *number * 10 + (unsigned long)(*text - '0');
        if (*number > highest)
            return false;
    }
    return true;
}

static enum outcome set_database(struct item *item, const char *text)
{
    unsigned long number;

    if (*text == '\0')
        return OUTCOME_DONE;
    if (!read_number(text, HIGHEST_DATABASE, &number))
        return wrong(item, "the database must be a number");
    item->server->database = (unsigned)number;
    return OUTCOME_DONE;
}

/* "host", "host:port", "[v6]", "[v6]:port", or a bare IPv6 address. */
static enum outcome set_host(struct item *item, char *text)
{
    struct redis_server *server = item->server;
    unsigned long port;
    char *colon = NULL;

    server->host = text;
    server->port = item->servers->kind == REDIS_SERVERS_SENTINEL ? SENTINEL_PORT : DEFAULT_PORT;
    if (*text == '[') {
        char *close = strchr(text, ']');
        if (close == NULL)
            return wrong(item, "] is missing");
        server->host = text + 1;
        *close = '\0';
        if (close[1] != '\0' && close[1] != ':')
            return wrong(item, "only :port may stand behind ]");
        colon = close[1] == ':' ? close + 1 : NULL;
    } else {
        colon = strchr(text, ':');
        if (colon != NULL && strchr(colon + 1, ':') != NULL)
            colon = NULL;
    }
    if (colon != NULL) {
        *colon = '\0';
        server->port = colon + 1;
        if (!read_number(server->port, HIGHEST_PORT, &port) || port == 0)
            return wrong(item, "the port must be a number from 1 to 65535");
    }
    if (*server->host == '\0')
        return wrong(item, "there is no host");
    if (server->host[strspn(server->host, "0123456789")] == '\0')
        return wrong(item, "a host is expected, not a number (in a list a colon is doubled: host::6379)");
    return OUTCOME_DONE;
}

static bool set_label(struct redis_server *server, struct arena *arena)
{
    bool is_v6 = server->port != NULL && strchr(server->host, ':') != NULL;

    server->label = server->port == NULL
                        ? server->host
                        : arena_format(arena, is_v6 ? "[%s]:%s" : "%s:%s", server->host, server->port);
    return server->label != NULL;
}

static bool is_same(const char *left, const char *right)
{
    return left == right || (left != NULL && right != NULL && strcmp(left, right) == 0);
}

/* The server is complete: the next one has its place behind it, or in its place if it
   is one that the list has. */
static enum outcome add_server(struct item *item)
{
    const struct redis_server *server = item->server;

    if (!set_label(item->server, item->arena))
        return error_no_memory(item->error);
    for (const struct redis_server *other = item->servers->all; other < server; other++)
        if (is_same(other->label, server->label) && is_same(other->user, server->user) &&
            is_same(other->password, server->password) && other->database == server->database &&
            other->uses_tls == server->uses_tls)
            return OUTCOME_DONE;
    item->server = &item->servers->all[++item->servers->count];
    return OUTCOME_DONE;
}

/* Cuts what stands behind the next slash off "text". */
static char *behind_slash(char *text)
{
    char *slash = text == NULL ? NULL : strchr(text, '/');

    if (slash == NULL)
        return NULL;
    *slash = '\0';
    return slash + 1;
}

/* Exim's form: the place, then /database, then /password, which may hold
   slashes. The path in "(path)" does too. */
static enum outcome read_slashes(struct item *item, char *text)
{
    char *open = strchr(text, '(');
    char *slash = strchr(text, '/');
    enum outcome outcome;

    if (open != NULL && (slash == NULL || open < slash)) {
        char *close = strchr(open, ')');
        item->server->host = open + 1;
        if (close == NULL)
            return wrong(item, ") is missing");
        *close = '\0';
        if (open[1] != '/')
            return wrong(item, "a socket needs an absolute path");
        char *rest = close + 1;
        if (*rest != '\0' && *rest != '/')
            return wrong(item, "only /database/password may stand behind )");
        slash = *rest == '/' ? rest : NULL;
    }
    if (slash != NULL)
        *slash = '\0';
    if (item->server->host == NULL && (outcome = set_host(item, text)) != OUTCOME_DONE)
        return outcome;
    char *database = slash == NULL ? NULL : slash + 1;
    char *password = behind_slash(database);
    item->server->password = password != NULL && *password != '\0' ? password : NULL;
    if (database != NULL && (outcome = set_database(item, database)) != OUTCOME_DONE)
        return outcome;
    return add_server(item);
}

static int hex_digit(char byte)
{
    if (byte_is_digit(byte))
        return byte - '0';
    byte = byte_lower(byte);
    return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

/* Decodes %XX where it stands. False: not two digits, or a NUL. */
static bool decode_percent(char *text)
{
    char *to = text;

    for (const char *from = text; *from != '\0'; from++) {
        if (*from != '%') {
            *to++ = *from;
            continue;
        }
        int high = hex_digit(from[1]);
        int low = high < 0 ? -1 : hex_digit(from[2]);
        if (low < 0 || high + low == 0)
            return false;
        *to++ = (char)(high * 16 + low);
        from += 2;
    }
    *to = '\0';
    return true;
}

/* Takes "user:password@" off the front of "text". */
static enum outcome take_user(struct item *item, char **text)
{
    char *slash = strchr(*text, '/');
    char *at = strchr(*text, '@');
    struct redis_server *server = item->server;

    for (char *next = at; next != NULL && (slash == NULL || next < slash); next = strchr(next + 1, '@'))
        at = next;
    if (at == NULL || (slash != NULL && at > slash))
        return OUTCOME_DONE;
    char *user = *text;
    *at = '\0';
    *text = at + 1;
    server->host = at + 1; /* for a message; the user and password are in none */
    char *colon = strchr(user, ':');
    if (colon == NULL)
        return wrong(item, "a user name needs :password behind it");
    *colon = '\0';
    if (!decode_percent(user) || !decode_percent(colon + 1))
        return wrong(item, "a % must have two hexadecimal digits behind it, and not 00,");
    server->user = *user != '\0' ? user : NULL;
    server->password = colon[1] != '\0' ? colon + 1 : NULL;
    if (server->user != NULL && server->password == NULL)
        return wrong(item, "a user name needs a password");
    server->host = NULL;
    return OUTCOME_DONE;
}

/* One host or several with commas between, all with the user and database that are
   known by now. */
static enum outcome add_hosts(struct item *item, char *hosts)
{
    const struct redis_server model = *item->server;
    enum outcome outcome = OUTCOME_DONE;

    while (hosts != NULL && outcome == OUTCOME_DONE) {
        char *comma = strchr(hosts, ',');
        if (comma != NULL)
            *comma++ = '\0';
        *item->server = model;
        outcome = set_host(item, hosts);
        if (outcome == OUTCOME_DONE)
            outcome = add_server(item);
        hosts = comma;
    }
    return outcome;
}

static enum outcome read_tcp_uri(struct item *item, char *rest)
{
    enum outcome outcome = take_user(item, &rest);
    if (outcome != OUTCOME_DONE)
        return outcome;
    char *database = behind_slash(rest);
    item->server->host = rest; /* for a message */
    if (database != NULL && (outcome = set_database(item, database)) != OUTCOME_DONE)
        return outcome;
    return add_hosts(item, rest);
}

static enum outcome read_sentinel_uri(struct item *item, char *rest)
{
    struct redis_servers *servers = item->servers;
    enum outcome outcome = take_user(item, &rest);
    if (outcome != OUTCOME_DONE)
        return outcome;
    char *name = behind_slash(rest);
    char *database = behind_slash(name);
    item->server->host = rest; /* for a message */
    if (name == NULL || *name == '\0')
        return wrong(item, "the name of the master must stand behind a slash");
    if (!decode_percent(name))
        return wrong(item, "a % must have two hexadecimal digits behind it, and not 00,");
    if (servers->master_name != NULL && strcmp(servers->master_name, name) != 0)
        return wrong(item, "the master has another name than in the items before");
    servers->master_name = name;
    if (database != NULL && (outcome = set_database(item, database)) != OUTCOME_DONE)
        return outcome;
    return add_hosts(item, rest);
}

static enum outcome read_unix_uri(struct item *item, char *rest)
{
    if (strncmp(rest, "//", 2) == 0)
        rest += 2;
    enum outcome outcome = take_user(item, &rest);
    if (outcome != OUTCOME_DONE)
        return outcome;
    char *query = strchr(rest, '?');
    if (query != NULL)
        *query++ = '\0';
    item->server->host = rest;
    if (!decode_percent(rest) || rest[0] != '/')
        return wrong(item, "a socket needs an absolute path");
    if (query != NULL && strncmp(query, "db=", 3) != 0)
        return wrong(item, "only db= is known behind ?");
    if (query != NULL && (outcome = set_database(item, query + 3)) != OUTCOME_DONE)
        return outcome;
    return add_server(item);
}

static const struct scheme {
    const char *name;
    enum redis_servers_kind kind;
    bool uses_tls;
    enum outcome (*read)(struct item *item, char *rest);
} schemes[] = {
    {"", REDIS_SERVERS_LIST, false, read_slashes},
    {"redis://", REDIS_SERVERS_LIST, false, read_tcp_uri},
    {"rediss://", REDIS_SERVERS_LIST, true, read_tcp_uri},
    {"unix:", REDIS_SERVERS_LIST, false, read_unix_uri},
    {"redis+cluster://", REDIS_SERVERS_CLUSTER, false, read_tcp_uri},
    {"rediss+cluster://", REDIS_SERVERS_CLUSTER, true, read_tcp_uri},
    {"redis+sentinel://", REDIS_SERVERS_SENTINEL, false, read_sentinel_uri},
    {"rediss+sentinel://", REDIS_SERVERS_SENTINEL, true, read_sentinel_uri},
};

static const struct scheme *find_scheme(const char *text)
{
    for (size_t i = 1; i < sizeof schemes / sizeof schemes[0]; i++)
        if (strncmp(text, schemes[i].name, strlen(schemes[i].name)) == 0)
            return &schemes[i];
    return &schemes[0];
}

/* Adds the servers of one item. */
static enum outcome read_item(struct redis_servers *servers, const struct value *text, struct arena *arena,
                              struct error *error)
{
    struct item item = {
        .servers = servers,
        .server = &servers->all[servers->count],
        .arena = arena,
        .error = error,
    };

    *item.server = (struct redis_server){.host = NULL};
    if (text->length > 0 && memchr(text->bytes, '\0', text->length) != NULL)
        return wrong(&item, "there is a NUL byte");
    item.text = arena_copy(arena, text->bytes, text->length);
    if (item.text == NULL)
        return error_no_memory(error);
    const struct scheme *scheme = find_scheme(item.text);
    if (servers->count > 0 && servers->kind != scheme->kind)
        return error_set(error, arena, OUTCOME_FAILED,
                         "redis_servers: servers of a list, a cluster and Sentinels do not go together");
    servers->kind = scheme->kind;
    item.server->uses_tls = scheme->uses_tls;
    return scheme->read(&item, item.text + strlen(scheme->name));
}

void redis_servers_set_tls(struct redis_servers *servers, struct redis_tls *tls)
{
    for (size_t i = 0; i < servers->count; i++)
        servers->all[i].tls = tls;
}

void redis_servers_set_resp2(struct redis_servers *servers)
{
    for (size_t i = 0; i < servers->count; i++)
        servers->all[i].uses_resp2 = true;
}

bool redis_server_at(struct redis_server *server, const struct redis_server *model, const char *host,
                     size_t host_length, unsigned port, struct arena *arena)
{
    *server = *model;
    server->host = arena_copy(arena, host, host_length);
    server->port = arena_format(arena, "%u", port);
    return server->host != NULL && server->port != NULL && set_label(server, arena);
}

/* An item of a lookup's own list that gives no database and no password. */
static bool is_bare_host(const struct value *item)
{
    return item->length > 0 && memchr(item->bytes, '/', item->length) == NULL;
}

/* The most servers that a list of so many items can give: one an item, and one more
   for each comma in it, or in the item of "known" that it stands for. */
static struct redis_server *make_room(const struct value *list, size_t items, const struct value *known,
                                      struct arena *arena)
{
    size_t most = items + 1;

    for (size_t i = 0; i < list->length; i++)
        most += list->bytes[i] == ',';
    for (size_t i = 0; known != NULL && i < known->length; i++)
        most += known->bytes[i] == ',' ? items : 0;
    return arena_calloc(arena, most, sizeof(struct redis_server));
}

/* Whether the item is a URI for "host", or "host:port". */
static bool is_uri_for(const struct value *item, const struct value *host, struct arena *arena)
{
    struct error ignored = {0};
    struct redis_servers servers = {.all = make_room(item, 1, NULL, arena)};

    if (servers.all == NULL || read_item(&servers, item, arena, &ignored) != OUTCOME_DONE)
        return false;
    for (size_t i = 0; i < servers.count; i++)
        if (value_equals_text(host, servers.all[i].host) || value_equals_text(host, servers.all[i].label))
            return true;
    return false;
}

/* The item of "known" that begins with "host" and ends there or goes on with a
   slash, or whose URI names it. */
static bool find_known(struct value *item, const struct value *host, const struct value *known,
                       struct arena *arena)
{
    struct list_reader reader;

    list_open(&reader, arena, known, ':');
    while (list_next(&reader, item)) {
        if (item->length >= host->length && memcmp(item->bytes, host->bytes, host->length) == 0 &&
            (item->length == host->length || item->bytes[host->length] == '/'))
            return true;
        if (item->length > 0 && is_uri_for(item, host, arena))
            return true;
    }
    return false;
}

enum outcome redis_servers_choose(struct redis_servers *servers, const struct value *list,
                                  const struct value *known, struct arena *arena, struct error *error)
{
    struct list_reader reader;
    struct value item;

    *servers = (struct redis_servers){.all = make_room(list, list_count(arena, list), known, arena)};
    if (servers->all == NULL)
        return error_no_memory(error);
    list_open(&reader, arena, list, ':');
    while (list_next(&reader, &item)) {
        if (item.length == 0)
            continue;
        struct value host = item;
        if (known != NULL && is_bare_host(&host) && !find_known(&item, &host, known, arena))
            return error_set(error, arena, OUTCOME_FAILED, "Redis server \"%.*s\" not found in redis_servers",
                             (int)host.length, host.bytes);
        enum outcome outcome = read_item(servers, &item, arena, error);
        if (outcome != OUTCOME_DONE)
            return outcome;
    }
    return OUTCOME_DONE;
}

enum outcome redis_servers_parse(struct redis_servers *servers, const struct value *list, struct arena *arena,
                                 struct error *error)
{
    return redis_servers_choose(servers, list, NULL, arena, error);
}
