#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "lookups/cache.h"
#include "lookups/settings.h"
#include "test/support/ask.h"

/* These ask the redis driver, the one with settings. */
static void skip_without_redis(void)
{
    if (lookup_driver_find("redis", 5) == NULL) {
        print_message("this build has no redis lookup\n");
        skip();
    }
}

static void test_lookup_drivers_are_sorted_and_complete(void **state)
{
    size_t count;
    const struct lookup_driver *const *drivers = lookup_drivers(&count);

    (void)state;
    for (size_t i = 0; i < count; i++) {
        assert_ptr_equal(lookup_driver_find(drivers[i]->name, strlen(drivers[i]->name)), drivers[i]);
        assert_non_null(drivers[i]->help);
        assert_non_null(drivers[i]->built_by);
        assert_non_null(drivers[i]->open);
        assert_non_null(drivers[i]->find);
        if (i > 0)
            assert_true(strcmp(drivers[i - 1]->name, drivers[i]->name) < 0);
    }
    assert_null(lookup_driver_find("redi", 4));
    assert_null(lookup_driver_find("rediss", 6));
}

static void test_lookup_settings_have_readable_defaults(void **state)
{
    size_t count;
    const struct lookup_driver *const *drivers = lookup_drivers(&count);
    struct lookup_setting_value value;
    struct arena arena;
    struct error error;

    (void)state;
    arena_init(&arena, 256, SIZE_MAX);
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < drivers[i]->setting_count; j++) {
            const struct lookup_setting *setting = &drivers[i]->settings[j];
            assert_non_null(setting->help);
            if (lookup_settings_read(setting, setting->default_value, &value, &arena, &error) != OUTCOME_DONE)
                fail_msg("%s", error.message);
        }
    arena_free(&arena);
}

static void test_lookup_time_read_takes_exims_times_and_fractions(void **state)
{
    static const struct {
        const char *text;
        double seconds; /* -1: no time */
    } times[] = {
        {"5s", 5},
        {"1m30s", 90},
        {"250ms", 0.25},
        {"1.5s", 1.5},
        {"0.5m", 30},
        {"1w2d", 777600},
        {"1h1ms", 3600.001},
        {"0s", 0},
        {"", -1},
        {"5", -1},
        {"s", -1},
        {"1.s", -1},
        {"-1s", -1},
        {"5x", -1},
        {"5s ", -1},
        {"99999999999999999999w", -1},
        {"9999999999999w", -1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        nanoseconds time;
        bool is_time = lookup_time_read(times[i].text, strlen(times[i].text), &time);
        if (is_time != (times[i].seconds >= 0) ||
            (is_time && time / 1000 != (nanoseconds)(times[i].seconds * 1e6 + 0.5)))
            fail_msg("%s: %d, %lld", times[i].text, is_time, (long long)time);
    }
}

static void assert_refused(struct asker *asker, const char *name, const char *text, const char *message)
{
    assert_int_equal(lookups_set(asker->lookups, name, text, &asker->arena, &asker->error), OUTCOME_FAILED);
    assert_string_equal(asker->error.message, message);
}

static void test_lookups_set_reads_each_type(void **state)
{
    struct asker asker;

    (void)state;
    skip_without_redis();
    asker_open(&asker);
    assert_int_equal(lookups_time(asker.lookups, "redis_lookup_timeout"), 5 * NANOSECONDS_PER_SECOND);
    asker_set(&asker, "redis_lookup_timeout", "1m");
    assert_int_equal(lookups_time(asker.lookups, "redis_lookup_timeout"), 60 * NANOSECONDS_PER_SECOND);
    assert_int_equal(lookups_number(asker.lookups, "redis_reply_limit"), 16 * 1024 * 1024);
    asker_set(&asker, "redis_reply_limit", "64k");
    assert_int_equal(lookups_number(asker.lookups, "redis_reply_limit"), 65536);
    assert_int_equal(lookups_word(asker.lookups, "redis_nil"), 0);
    asker_set(&asker, "redis_nil", "empty");
    assert_int_equal(lookups_word(asker.lookups, "redis_nil"), 1);
    assert_string_equal(lookups_text(asker.lookups, "redis_servers"), "");
    asker_set(&asker, "redis_servers", "a : b");
    assert_string_equal(lookups_text(asker.lookups, "redis_servers"), "a : b");
    assert_refused(&asker, "redis_nil", "emp", "redis_nil: \"emp\" is not one of the words: notfound empty");
    assert_refused(&asker, "redis_reply_limit", "1x",
                   "redis_reply_limit: \"1x\" is not a number such as 10, 64K or 16M");
    assert_refused(&asker, "redis_reply_limit", "0", "redis_reply_limit must be more than 0");
    assert_refused(&asker, "redis_lookup_timeout", "0s",
                   "redis_lookup_timeout: \"0s\" is not a time above zero such as 5s, 1m30s or 250ms");
    assert_refused(&asker, "redis_servers", "a/b/secret",
                   "redis_servers: the database must be a number in the item for \"a\"");
    assert_refused(&asker, "nosuch", "x", "no lookup of this build has a setting nosuch");
    asker_close(&asker);
}

static void test_lookup_find_reads_options(void **state)
{
    struct asker asker;
    struct value query = VALUE_LITERAL("GET x");

    (void)state;
    skip_without_redis();
    asker_open(&asker);
    assert_result(
        &asker, ask_value(&asker, &query, "foo=1"),
        "failed: unknown option \"foo\" for redis lookup (it has cache, ret, read, servers, timeout)");
    assert_result(&asker, ask_value(&asker, &query, "cache=x"),
                  "failed: cache= of a lookup wants no_rd, no_wr or no, not \"x\"");
    assert_result(&asker, ask_value(&asker, &query, "servers=127.0.0.1::1/0/,timeout=x"),
                  "failed: timeout= of a lookup wants a time such as 5s or 250ms, not \"x\"");
    assert_result(&asker, ask_value(&asker, &query, "cache=no_rd, servers=x"),
                  "failed: Redis server \"x\" not found in redis_servers");
    asker_close(&asker);
}

static void test_lookup_find_says_what_exim_says_when_it_defers(void **state)
{
    struct asker asker;

    (void)state;
    skip_without_redis();
    asker_open(&asker);
    assert_int_equal(ask(&asker, "GET \"a\"\t\001\xe9"), OUTCOME_DEFERRED);
    assert_string_equal(asker.error.message,
                        "lookup of \"GET \"a\"\\t\\001\\351\" gave DEFER: no Redis servers "
                        "defined (redis_servers option)");
    asker_set(&asker, "redis_servers", "127.0.0.1::1/0/secret");
    assert_int_equal(ask(&asker, "GET a"), OUTCOME_DEFERRED);
    assert_string_equal(asker.error.message,
                        "lookup of \"GET a\" gave DEFER: redis server 127.0.0.1:1: connection failed: "
                        "Connection refused");
    asker_close(&asker);
}

/* The cache by itself, against a plain array. */
static void test_lookup_cache_gives_back_what_was_put(void **state)
{
    enum { KEYS = 30000 };
    static char key[32], text[600];
    struct lookup_cache cache;
    struct arena arena;
    struct error error;
    size_t hits = 0;

    (void)state;
    skip_without_redis();
    lookup_cache_open(&cache);
    arena_init(&arena, 4096, SIZE_MAX);
    for (int i = 0; i < KEYS; i++) {
        struct lookup_request request = {
            .driver = lookup_driver_find("redis", 5), .arena = &arena, .error = &error};
        struct lookup_answer answer = {.found = i % 3 != 0, .valid_until = CLOCK_NEVER};
        struct lookup_cache_key cache_key;
        for (int back = 0; back < 40; back += 13) {
            int number = i - back;
            if (number < 0)
                continue;
            size_t length = (size_t)(number % 599);
            request.key = value_clean(key, (size_t)sprintf(key, "key%d", number));
            lookup_cache_key(&cache, &cache_key, &request, 0);
            memset(text, 'a' + number % 26, sizeof text);
            if (back == 0) {
                assert_false(lookup_cache_get(&cache, &cache_key, &answer));
                answer.value = value_clean(text, length);
                lookup_cache_put(&cache, &cache_key, &answer);
                continue;
            }
            if (!lookup_cache_get(&cache, &cache_key, &answer))
                continue;
            hits++;
            assert_int_equal(answer.found, number % 3 != 0);
            assert_int_equal(answer.value.length, length);
            assert_memory_equal(answer.value.bytes, text, length);
        }
        arena_reset(&arena, 4096);
    }
    assert_true(hits > KEYS * 2); /* what is new is there */
    lookup_cache_forget(&cache, 0);
    struct lookup_request request = {
        .driver = lookup_driver_find("redis", 5), .arena = &arena, .key = value_of_string(key)};
    struct lookup_cache_key cache_key;
    struct lookup_answer answer;
    lookup_cache_key(&cache, &cache_key, &request, 0);
    assert_false(lookup_cache_get(&cache, &cache_key, &answer));
    lookup_cache_empty(&cache);
    lookup_cache_close(&cache);
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lookup_drivers_are_sorted_and_complete),
        cmocka_unit_test(test_lookup_settings_have_readable_defaults),
        cmocka_unit_test(test_lookup_time_read_takes_exims_times_and_fractions),
        cmocka_unit_test(test_lookups_set_reads_each_type),
        cmocka_unit_test(test_lookup_find_reads_options),
        cmocka_unit_test(test_lookup_find_says_what_exim_says_when_it_defers),
        cmocka_unit_test(test_lookup_cache_gives_back_what_was_put),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
