#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include <openssl/ssl.h>

#include "test/support/ask.h"
#include "test/support/certificates.h"
#include "test/support/fake_redis.h"
#include "test/support/redis_server.h"
#include "test/support/tls_peer.h"

/* Certificates for all tests: made once. */
struct world {
    struct temp_folder folder;
    char paths[16][128];
    size_t used;
};

static const char *file(struct world *world, const char *name, const char *suffix)
{
    char *path = world->paths[world->used++ % 16];

    return certificate_file(&world->folder, name, suffix, path, sizeof world->paths[0]);
}

static int open_world(void **state)
{
    static const char here[] = "IP:127.0.0.1,DNS:localhost";
    struct world *world = calloc(1, sizeof *world);

    temp_folder_open(&world->folder);
    certificate_make(&world->folder, "ca", NULL, NULL, -1, 10);
    certificate_make(&world->folder, "good", "ca", here, -1, 10);
    certificate_make(&world->folder, "expired", "ca", here, -10, -1);
    certificate_make(&world->folder, "early", "ca", here, 2, 10);
    certificate_make(&world->folder, "other", "ca", "DNS:other.example,DNS:*.more.example,IP:192.0.2.1", -1,
                     10);
    certificate_make(&world->folder, "self", NULL, here, -1, 10);
    certificate_make(&world->folder, "client", "ca", "DNS:client", -1, 10);
    certificate_make(&world->folder, "late_client", "ca", "DNS:client", -10, -1);
    certificate_make(&world->folder, "old_ca", NULL, NULL, -10, -1);
    certificate_make(&world->folder, "of_old_ca", "old_ca", here, -10, 10);
    *state = world;
    return 0;
}

static int close_world(void **state)
{
    struct world *world = *state;

    temp_folder_close(&world->folder);
    free(world);
    return 0;
}

static void set_servers(struct asker *asker, const char *scheme, const char *place)
{
    char servers[256];

    (void)snprintf(servers, sizeof servers, "<;%s%s", scheme, place);
    asker_set(asker, "redis_servers", servers);
}

static void open_asker(struct asker *asker, struct world *world, const char *scheme, const char *place)
{
    asker_open(asker);
    set_servers(asker, scheme, place);
    asker_set(asker, "redis_protocol", "2"); /* a peer answers once to each record */
    asker_set(asker, "redis_tls_ca", file(world, "ca", "pem"));
}

/* What becomes of a lookup at a peer with that certificate and those settings. */
static const struct {
    const char *certificate;
    int highest_version;
    const char *setting; /* NULL: none */
    const char *value;   /* NAME.pem or NAME.key is a file's */
    const char *expected;
} peers[] = {
    {"good", 0, NULL, NULL, "full"},
    {"good", TLS1_2_VERSION, NULL, NULL, "full"},
    {"good", TLS1_1_VERSION, NULL, NULL, "deferred: connection failed: it does not speak TLS 1.2 or later"},
    {"expired", 0, NULL, NULL, "deferred: connection failed: its certificate has expired: "},
    {"expired", 0, "redis_tls_verify", "issuer",
     "deferred: connection failed: its certificate has expired: "},
    {"expired", 0, "redis_tls_verify", "no", "full"},
    {"early", 0, NULL, NULL, "deferred: connection failed: its certificate is not valid before "},
    {"other", 0, NULL, NULL,
     "deferred: connection failed: its certificate is not for 127.0.0.1 but for other.example, "
     "*.more.example, "
     "192.0.2.1 (see redis_tls_servername)"},
    {"other", 0, "redis_tls_servername", "other.example", "full"},
    {"other", 0, "redis_tls_servername", "x.more.example", "full"},
    {"other", 0, "redis_tls_servername", "x.y.more.example",
     "deferred: its certificate is not for x.y.more.example but for "},
    {"other", 0, "redis_tls_verify", "issuer", "full"},
    {"self", 0, NULL, NULL,
     "deferred: connection failed: its certificate is its own issuer, which is not known here: CN=self (see "
     "redis_tls_ca)"},
    {"self", 0, "redis_tls_ca", "self.pem", "full"},
    {"good", 0, "redis_tls_ca", "self.pem",
     "deferred: connection failed: its certificate comes from an issuer that is not known here: CN=ca (see "
     "redis_tls_ca)"},
    {"good", 0, "redis_tls_ca", "", "deferred: its certificate comes from an issuer that is not known here"},
    {"good", 0, "redis_tls_ca", "/nonexistent",
     "deferred: connection failed: redis_tls_ca: /nonexistent: No such file or directory"},
    {"good", 0, "redis_tls_ca", "good.key", "deferred: connection failed: redis_tls_ca: "},
    {"good", 0, "redis_tls_certificate", "/nonexistent",
     "deferred: connection failed: redis_tls_certificate: /nonexistent: No such file or directory"},
    {"good", 0, "redis_tls_certificate", "client.pem", "deferred: connection failed: redis_tls_privatekey: "},
    {"of_old_ca", 0, "redis_tls_ca", "old_ca.pem",
     "deferred: connection failed: the certificate of its issuer CN=old_ca has expired: "},
};

static const char *full_value(struct world *world, const char *value)
{
    const char *dot = strrchr(value, '.');
    char name[32];

    if (dot == NULL || (strcmp(dot, ".pem") != 0 && strcmp(dot, ".key") != 0))
        return value;
    (void)snprintf(name, sizeof name, "%.*s", (int)(dot - value), value);
    return file(world, name, dot + 1);
}

static void test_tls_checks_the_certificate_as_the_settings_say(void **state)
{
    struct world *world = *state;

    for (size_t i = 0; i < sizeof peers / sizeof peers[0]; i++) {
        const struct tls_peer_settings settings = {
            .certificate = file(world, peers[i].certificate, "pem"),
            .key = file(world, peers[i].certificate, "key"),
            .highest_version = peers[i].highest_version,
        };
        struct tls_peer peer;
        struct asker asker;
        tls_peer_start(&peer, &settings);
        open_asker(&asker, world, "rediss://", peer.place);
        if (peers[i].setting != NULL)
            asker_set(&asker, peers[i].setting, full_value(world, peers[i].value));
        assert_answer(&asker, "GET k", peers[i].expected);
        assert_answer(&asker, "SET k v", peers[i].expected);
        asker_close(&asker);
        tls_peer_stop(&peer);
    }
}

static void test_tls_asks_for_a_name_and_never_for_an_address(void **state)
{
    struct world *world = *state;
    const struct tls_peer_settings settings = {
        .certificate = file(world, "good", "pem"), .key = file(world, "good", "key"), .asks_for_name = true};
    struct tls_peer peer;
    struct asker asker;
    char place[64];

    tls_peer_start(&peer, &settings);
    open_asker(&asker, world, "rediss://", peer.place);
    assert_answer(&asker, "GET k", "-");
    (void)snprintf(place, sizeof place, "localhost:%d", peer.port);
    set_servers(&asker, "rediss://", place);
    assert_answer(&asker, "GET k", "localhost");
    asker_set(&asker, "redis_tls_verify", "issuer");
    asker_set(&asker, "redis_tls_servername", "x.example");
    assert_answer(&asker, "GET k", "x.example");
    asker_close(&asker);
    tls_peer_stop(&peer);
}

static void test_tls_sends_the_client_certificate_when_wanted(void **state)
{
    static const int versions[] = {TLS1_2_VERSION, 0};
    struct world *world = *state;

    for (size_t i = 0; i < 2; i++) {
        const struct tls_peer_settings settings = {
            .certificate = file(world, "good", "pem"),
            .key = file(world, "good", "key"),
            .client_ca = file(world, "ca", "pem"),
            .highest_version = versions[i],
        };
        struct tls_peer peer;
        struct asker asker;
        tls_peer_start(&peer, &settings);
        open_asker(&asker, world, "rediss://", peer.place);
        assert_answer(&asker, "GET k",
                      versions[i] == 0
                          ? "deferred: it wants a client certificate (see redis_tls_certificate)"
                          : "deferred: it broke off the TLS handshake: it wants a client certificate");
        asker_set(&asker, "redis_tls_certificate", file(world, "client", "pem"));
        asker_set(&asker, "redis_tls_privatekey", file(world, "client", "key"));
        assert_answer(&asker, "GET k", "full");
        asker_set(&asker, "redis_tls_certificate", file(world, "late_client", "pem"));
        asker_set(&asker, "redis_tls_privatekey", file(world, "late_client", "key"));
        assert_answer(&asker, "GET k", "deferred: it says that the client certificate has expired");
        asker_set(&asker, "redis_tls_certificate", file(world, "self", "pem"));
        asker_set(&asker, "redis_tls_privatekey", file(world, "self", "key"));
        assert_answer(&asker, "GET k", "deferred: it does not know the issuer of the client certificate");
        asker_close(&asker);
        tls_peer_stop(&peer);
    }
}

static void test_tls_sessions_are_resumed(void **state)
{
    static const int versions[] = {TLS1_2_VERSION, 0};
    struct world *world = *state;

    for (size_t i = 0; i < 2; i++) {
        const struct tls_peer_settings settings = {
            .certificate = file(world, "good", "pem"),
            .key = file(world, "good", "key"),
            .highest_version = versions[i],
            .hangs_up = true,
        };
        struct tls_peer peer;
        struct asker asker;
        tls_peer_start(&peer, &settings);
        open_asker(&asker, world, "rediss://", peer.place);
        assert_answer(&asker, "GET 1", "full");
        assert_answer(&asker, "GET 2", "resumed");
        assert_answer(&asker, "GET 3", "resumed");
        /* Other settings: another session. */
        asker_set(&asker, "redis_tls_verify", "issuer");
        assert_answer(&asker, "GET 4", "full");
        asker_close(&asker);
        open_asker(&asker, world, "rediss://", peer.place);
        assert_answer(&asker, "GET 1", "full");
        asker_close(&asker);
        tls_peer_stop(&peer);
    }
}

/* One lookup by lookups of its own, as another process would make it. */
static void assert_fresh(struct world *world, const struct tls_peer *peer, const char *sessions,
                         const char *expected)
{
    struct asker asker;

    open_asker(&asker, world, "rediss://", peer->place);
    asker_set(&asker, "redis_tls_sessions", sessions);
    assert_answer(&asker, "GET k", expected);
    asker_close(&asker);
}

static void test_tls_sessions_pass_between_processes(void **state)
{
    static const int versions[] = {TLS1_2_VERSION, 0};
    struct world *world = *state;

    for (size_t i = 0; i < 2; i++) {
        struct tls_peer_settings settings = {
            .certificate = file(world, "good", "pem"),
            .key = file(world, "good", "key"),
            .highest_version = versions[i],
        };
        struct temp_folder folder;
        struct tls_peer peer;
        struct tls_peer other;
        struct stat status;
        char sessions[128];
        temp_folder_open(&folder);
        temp_folder_path(&folder, "sessions", sessions, sizeof sessions);
        tls_peer_start(&peer, &settings);
        tls_peer_start(&other, &settings);
        assert_fresh(world, &peer, sessions, "full");
        assert_int_equal(stat(sessions, &status), 0);
        assert_int_equal(status.st_mode & 0777, 0600);
        assert_fresh(world, &peer, sessions, "resumed");
        assert_fresh(world, &other, sessions, "full");
        assert_fresh(world, &other, sessions, "resumed");
        assert_fresh(world, &peer, sessions, "resumed");

        /* A file that others can read is not used, and not touched. */
        assert_int_equal(chmod(sessions, 0640), 0);
        assert_fresh(world, &peer, sessions, "full");
        assert_int_equal(stat(sessions, &status), 0);
        assert_int_equal(status.st_mode & 0777, 0640);
        assert_int_equal(chmod(sessions, 0600), 0);
        assert_fresh(world, &peer, sessions, "resumed");

        /* One that holds something else is replaced, a link is not followed. */
        temp_folder_write(&folder, "sessions", "nonsense\n\n x y\n", 15);
        assert_int_equal(chmod(sessions, 0600), 0);
        assert_fresh(world, &peer, sessions, "full");
        assert_fresh(world, &peer, sessions, "resumed");
        char link_path[128];
        temp_folder_path(&folder, "link", link_path, sizeof link_path);
        assert_int_equal(symlink(sessions, link_path), 0);
        assert_fresh(world, &peer, link_path, "full");
        assert_fresh(world, &peer, "/nonexistent/sessions", "full");
        tls_peer_stop(&peer);
        tls_peer_stop(&other);
        temp_folder_close(&folder);
    }
}

static void test_tls_a_child_leaves_its_parents_connection_alone(void **state)
{
    struct world *world = *state;
    const struct tls_peer_settings settings = {.certificate = file(world, "good", "pem"),
                                               .key = file(world, "good", "key")};
    struct tls_peer peer;
    struct asker asker;
    int status;

    tls_peer_start(&peer, &settings);
    open_asker(&asker, world, "rediss://", peer.place);
    assert_answer(&asker, "GET 1", "full");
    pid_t child = fork();
    if (child == 0) {
        asker_close(&asker);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    /* "resumed" would tell of a new connection. */
    assert_answer(&asker, "GET 2", "full");
    asker_close(&asker);
    tls_peer_stop(&peer);
}

static void test_tls_and_plain_text_are_told_apart(void **state)
{
    const struct fake_step plain[] = {{FAKE_ACCEPT, NULL, 0},
                                      {FAKE_SEND, "-ERR Protocol error\r\n", 0},
                                      {FAKE_SILENCE, NULL, 0},
                                      {FAKE_END, NULL, 0}};
    const struct fake_step garbage[] = {
        {FAKE_ACCEPT, NULL, 0},
        {FAKE_SEND, "\x16\x03\x03\xff\xff\x02\x03garbage that is no record", 0},
        {FAKE_CLOSE, NULL, 0},
        {FAKE_END, NULL, 0}};
    const struct fake_step alert[] = {{FAKE_ACCEPT, NULL, 0},
                                      {FAKE_SEND, "\x15\x03\x01\x00\x02\x02\x46", 7},
                                      {FAKE_SILENCE, NULL, 0},
                                      {FAKE_END, NULL, 0}};
    const struct fake_step slow[] = {
        {FAKE_ACCEPT, NULL, 0},
        {FAKE_TRICKLE, "\x16\x03\x03\x40\x00\x02\x00\x3f\xfc\x03\x03 and so on", 20},
        {FAKE_SILENCE, NULL, 0},
        {FAKE_END, NULL, 0}};
    const struct fake_step silent[] = {{FAKE_ACCEPT, NULL, 0}, {FAKE_SILENCE, NULL, 0}, {FAKE_END, NULL, 0}};
    const struct fake_step closed[] = {
        {FAKE_ACCEPT, NULL, 0}, {FAKE_EXPECT, "*2", 2}, {FAKE_CLOSE, NULL, 0}, {FAKE_END, NULL, 0}};
    const struct {
        const struct fake_step *steps;
        const char *scheme;
        const char *expected;
    } cases[] = {
        {plain, "rediss://",
         "deferred: connection failed: it does not speak TLS on that port (redis:// is without TLS)"},
        {garbage, "rediss://", "deferred: connection failed: TLS failed: "},
        {alert, "rediss://", "deferred: connection failed: it does not speak TLS 1.2 or later"},
        {slow, "rediss://", "deferred: connection failed: it does not answer the TLS handshake"},
        {silent, "rediss://",
         "deferred: connection failed: it does not answer the TLS handshake: does it speak TLS on that "
         "port?"},
        {alert, "redis://", "deferred: it speaks TLS on that port (rediss:// is with TLS)"},
        {closed, "redis://",
         "deferred: the connection was closed before any answer: does it want TLS (rediss://)?"},
    };
    struct world *world = *state;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fake_redis fake;
        struct asker asker;
        fake_redis_start(&fake, cases[i].steps);
        open_asker(&asker, world, cases[i].scheme, fake.place);
        asker_set(&asker, "redis_connect_timeout", "500ms");
        assert_answer(&asker, "GET k", cases[i].expected);
        asker_close(&asker);
        assert_int_equal(fake_redis_stop(&fake), 0);
    }
}

static void test_tls_that_breaks_off_never_answers(void **state)
{
    static const char *const cuts[] = {"handshake", "answer", "record"};
    static const char *const expected[] = {"deferred: it closed the connection during the TLS handshake",
                                           "deferred: the connection was closed", "deferred: TLS failed: "};
    struct world *world = *state;

    for (size_t i = 0; i < 3; i++) {
        const struct tls_peer_settings settings = {
            .certificate = file(world, "good", "pem"), .key = file(world, "good", "key"), .cuts = cuts[i]};
        struct tls_peer peer;
        struct asker asker;
        tls_peer_start(&peer, &settings);
        open_asker(&asker, world, "rediss://", peer.place);
        assert_answer(&asker, "GET k", expected[i]);
        assert_answer(&asker, "SET k v", expected[i]);
        if (i > 0)
            assert_non_null(strstr(asker.error.message, "the command may have run"));
        asker_close(&asker);
        tls_peer_stop(&peer);
    }
}

static void test_tls_with_a_real_server(void **state)
{
    struct world *world = *state;
    struct redis_test_server server;
    struct asker asker;
    char port[16];
    char place[64];
    char with_user[96];

    if (!redis_test_server_exists())
        skip();
    (void)snprintf(port, sizeof port, "%d", free_port());
    const char *const more[] = {"--tls-port",
                                port,
                                "--tls-cert-file",
                                file(world, "good", "pem"),
                                "--tls-key-file",
                                file(world, "good", "key"),
                                "--tls-ca-cert-file",
                                file(world, "ca", "pem"),
                                "--user",
                                "reader",
                                "on",
                                ">secret",
                                "~*",
                                "+get",
                                "+select",
                                NULL};
    redis_test_server_start_with(&server, NULL, more);
    (void)snprintf(place, sizeof place, "127.0.0.1:%s", port);
    open_asker(&asker, world, "rediss://", place);
    /* Debian's redis-server wants a client certificate unless told otherwise. */
    assert_answer(&asker, "GET k", "deferred: it wants a client certificate");
    asker_set(&asker, "redis_tls_certificate", file(world, "client", "pem"));
    asker_set(&asker, "redis_tls_privatekey", file(world, "client", "key"));
    assert_answer(&asker, "SET k v", "OK");
    assert_answer(&asker, "GET k", "v");
    assert_answer(&asker, "SETRANGE big 9999999 x", "10000000");
    assert_int_equal(ask(&asker, "GET big"), OUTCOME_DONE);
    assert_int_equal(asker.answer.value.length, 10000000);
    (void)snprintf(with_user, sizeof with_user, "reader:secret@%s", place);
    set_servers(&asker, "rediss://", with_user);
    assert_answer(&asker, "GET k", "v");
    assert_answer(&asker, "SET k w", "deferred: NOPERM");
    /* A right that is taken away while the connection stands, and the user with it. */
    (void)redis_test_server_run(&server, "ACL SETUSER reader -get");
    assert_answer(&asker, "GET k2", "deferred: NOPERM");
    (void)redis_test_server_run(&server, "ACL SETUSER reader +get");
    assert_answer(&asker, "GET k2", "(none)");
    (void)redis_test_server_run(&server, "ACL DELUSER reader");
    assert_answer(&asker, "GET k3", "deferred: log-in refused: WRONGPASS");
    (void)redis_test_server_run(&server, "ACL SETUSER reader on >secret ~* +get");
    assert_answer(&asker, "GET k3", "(none)");
    (void)snprintf(with_user, sizeof with_user, "reader:wrong@%s", place);
    set_servers(&asker, "rediss://", with_user);
    assert_answer(&asker, "GET k", "deferred: log-in refused: WRONGPASS");
    (void)snprintf(with_user, sizeof with_user, "nobody:secret@%s", place);
    set_servers(&asker, "rediss://", with_user);
    assert_answer(&asker, "GET k", "deferred: log-in refused: WRONGPASS");
    assert_null(strstr(asker.error.message, "secret"));
    set_servers(&asker, "redis://", place);
    assert_answer(&asker, "GET k",
                  "deferred: the connection was closed before any answer: does it want TLS (rediss://)?");
    asker_set(&asker, "redis_connect_timeout", "500ms");
    set_servers(&asker, "rediss://", server.place);
    assert_answer(&asker, "GET k", "deferred: connection failed: it does not");
    asker_close(&asker);
    redis_test_server_stop(&server);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tls_checks_the_certificate_as_the_settings_say),
        cmocka_unit_test(test_tls_asks_for_a_name_and_never_for_an_address),
        cmocka_unit_test(test_tls_sends_the_client_certificate_when_wanted),
        cmocka_unit_test(test_tls_sessions_are_resumed),
        cmocka_unit_test(test_tls_sessions_pass_between_processes),
        cmocka_unit_test(test_tls_a_child_leaves_its_parents_connection_alone),
        cmocka_unit_test(test_tls_and_plain_text_are_told_apart),
        cmocka_unit_test(test_tls_that_breaks_off_never_answers),
        cmocka_unit_test(test_tls_with_a_real_server),
    };

    return cmocka_run_group_tests(tests, open_world, close_world);
}
