#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lookups/redis/reply.h"

/* Bytes from a server, and the text they make: "(none)", "- problem" when they
   are refused, "..." when the reply is not complete. */
static const struct reply {
    const char *bytes;
    const char *expected;
} replies[] = {
    {"$5\r\nhello\r\n", "hello"},
    {"$0\r\n\r\n", ""},
    {"+OK\r\n", "OK"},
    {"+\r\n", ""},
    {":-42\r\n", "-42"},
    {":9223372036854775807\r\n", "9223372036854775807"},
    {"$-1\r\n", "(none)"},
    {"*-1\r\n", "(none)"},
    {"*0\r\n", "(none)"},
    {"-ERR no\r\n", "ERR no"},
    {"*3\r\n$1\r\na\r\n$-1\r\n:7\r\n", "a\n\n7"},
    {"*2\r\n$-1\r\n$-1\r\n", "\n"},
    {"*1\r\n$0\r\n\r\n", ""},
    {"*2\r\n*2\r\n+a\r\n+b\r\n*0\r\n", "a\nb\n"},
    {"*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n+deep\r\n", "deep"},
    {"*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n+deep\r\n",
     "- its reply has arrays too deep in arrays"},
    {"*1048577\r\n", "- its reply has too many elements"},
    {"*400000\r\n", "- its reply is larger than redis_reply_limit"},
    {"$1000000\r\n", "- its reply is larger than redis_reply_limit"},
    {"$9223372036854775807\r\n", "- its reply is larger than redis_reply_limit"},
    {"$99999999999999999999\r\n", "- it sent a number that is too large"},
    {":9223372036854775808\r\n", "- it sent a number that is too large"},
    {"$-2\r\n", "- it sent a negative length"},
    {"*-2\r\n", "- it sent a negative length"},
    {":12a\r\n", "- it sent a number that is none"},
    {":\r\n", "- it sent a number that is none"},
    {":1\n", "- it sent a number that is none"},
    {"$3\r\nabcde\r\n", "- it sent a string without an end"},
    {"+a\rb\r\n", "- it sent a line without an end"},
    {"HTTP/1.1 400 Bad Request\r\n", "- it does not speak the Redis protocol"},
    {"!5\r\n", "- it does not speak the Redis protocol"},
    {"\x15\x03\x01", "- it speaks TLS on that port (rediss:// is with TLS)"},
    {"$5\r\nhel", "..."},
    {"*2\r\n+a\r\n", "..."},
    {"+OK\r", "..."},
};

/* The same of RESP3, which is no protocol to hiredis 0.14. */
static const struct reply resp3_replies[] = {
    {",1.50\r\n", "1.50"},
    {",inf\r\n", "inf"},
    {"(-3492890328409238509324850943850943825024385\r\n", "-3492890328409238509324850943850943825024385"},
    {"#t\r\n", "true"},
    {"#f\r\n", "false"},
    {"_\r\n", "(none)"},
    {"=7\r\ntxt:a b\r\n", "a b"},
    {"=4\r\ntxt:\r\n", ""},
    {"~3\r\n+a\r\n+b\r\n_\r\n", "a\nb\n"},
    {"~0\r\n", "(none)"},
    {"%2\r\n+a\r\n:1\r\n+b\r\n,2.5\r\n", "a=1 b=2.5 "},
    {"%0\r\n", "(none)"},
    {"%1\r\n+s\r\n*2\r\n:1\r\n%1\r\n+f\r\n+v\r\n", "s\n1\nf\nv"},
    {"*2\r\n*2\r\n$1\r\nm\r\n,1\r\n*2\r\n$1\r\nn\r\n,2\r\n", "m\n1\nn\n2"},
    {">2\r\n+invalidate\r\n*1\r\n+k\r\n", "invalidate\nk"},
    {"%600000\r\n", "- its reply has too many elements"},
    {"%40000\r\n", "- its reply is larger than redis_reply_limit"},
    {"~1048577\r\n", "- its reply has too many elements"},
    {"=1000000\r\n", "- its reply is larger than redis_reply_limit"},
    {"%-1\r\n", "- it sent a negative length"},
    {"~-1\r\n", "- it sent a negative length"},
    {"=-1\r\n", "- it sent a negative length"},
    {"#x\r\n", "- it does not speak the Redis protocol"},
    {",nan1\r\n", "- it does not speak the Redis protocol"},
    {"=3\r\ntxt\r\n", "- it does not speak the Redis protocol"},
    {"%2\r\n+a\r\n", "..."},
    {"%1\r\n%1\r\n%1\r\n%1\r\n%1\r\n%1\r\n%1\r\n%1\r\n+deep\r\n",
     "- its reply has arrays too deep in arrays"},
};

enum { LIMIT = 100000 };

/* Feeds the bytes in pieces of "step" and shows what comes. */
static void show(const char *bytes, size_t step, struct arena *arena, struct buffer *out)
{
    const struct redis_reply_form form = {.nil_is_empty = false};
    struct redis_codec codec;
    struct redis_reply *reply = NULL;
    enum redis_progress progress = REDIS_MORE;
    size_t length = strlen(bytes), used;
    struct value text;
    bool found;

    assert_true(redis_codec_open(&codec, LIMIT));
    for (size_t at = 0; at < length && progress == REDIS_MORE; at += used) {
        size_t piece = length - at < step ? length - at : step;
        progress = redis_codec_feed(&codec, arena, bytes + at, piece, &used, &reply);
    }
    if (progress == REDIS_MORE)
        buffer_add_string(out, "...");
    else if (progress == REDIS_BROKEN)
        buffer_format(out, "- %s", codec.problem);
    else if (!redis_reply_text(reply, &form, arena, &found, &text))
        buffer_add_string(out, "no memory");
    else if (found)
        buffer_add_value(out, &text);
    else
        buffer_add_string(out, "(none)");
    redis_codec_close(&codec);
}

/* Whole and cut up, with what comes instead of "expected". */
static void assert_reply(const struct reply *reply, const char *expected)
{
    static const size_t steps[] = {1, 2, 3, 7, 1000};

    for (size_t j = 0; j < sizeof steps / sizeof steps[0]; j++) {
        struct arena arena;
        struct buffer out;
        struct value text;
        arena_init(&arena, 256, SIZE_MAX);
        buffer_init(&out, &arena);
        show(reply->bytes, steps[j], &arena, &out);
        assert_true(buffer_value(&out, &text));
        if (strcmp(text.bytes, expected) != 0)
            fail_msg("%s in steps of %zu: %s instead of %s", reply->bytes, steps[j], text.bytes, expected);
        arena_free(&arena);
    }
}

static void test_redis_codec_feed_reads_whole_and_cut_replies(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof replies / sizeof replies[0]; i++)
        assert_reply(&replies[i], replies[i].expected);
}

static void test_redis_codec_feed_reads_resp3_if_hiredis_does(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof resp3_replies / sizeof resp3_replies[0]; i++)
        assert_reply(&resp3_replies[i], redis_codec_knows_resp3() ? resp3_replies[i].expected
                                                                  : "- it does not speak the Redis protocol");
}

static void test_redis_codec_feed_stops_behind_each_reply(void **state)
{
    static const char bytes[] = "+OK\r\n:1\r\n$2\r\nab\r\n+OK\r\n";
    struct arena arena;
    struct redis_codec codec;
    size_t at = 0, count = 0, used;

    (void)state;
    arena_init(&arena, 256, SIZE_MAX);
    assert_true(redis_codec_open(&codec, LIMIT));
    while (at < sizeof bytes - 1) {
        struct redis_reply *reply;
        assert_true(redis_codec_is_between_replies(&codec));
        assert_int_equal(redis_codec_feed(&codec, &arena, bytes + at, sizeof bytes - 1 - at, &used, &reply),
                         REDIS_REPLY);
        at += used;
        count++;
    }
    assert_int_equal(count, 4);
    redis_codec_close(&codec);
    arena_free(&arena);
}

static void test_redis_codec_feed_survives_refused_memory(void **state)
{
    (void)state;
    for (size_t limit = 0; limit < 1500; limit += 5) {
        struct arena arena;
        struct redis_codec codec;
        struct redis_reply *reply;
        size_t used;
        static const char bytes[] = "*3\r\n$20\r\n01234567890123456789\r\n:5\r\n*2\r\n+a\r\n+b\r\n";
        arena_init(&arena, 16, limit);
        assert_true(redis_codec_open(&codec, LIMIT));
        enum redis_progress progress =
            redis_codec_feed(&codec, &arena, bytes, sizeof bytes - 1, &used, &reply);
        assert_true(progress == REDIS_REPLY || progress == REDIS_BROKEN);
        redis_codec_close(&codec);
        arena_free(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_redis_codec_feed_reads_whole_and_cut_replies),
        cmocka_unit_test(test_redis_codec_feed_reads_resp3_if_hiredis_does),
        cmocka_unit_test(test_redis_codec_feed_stops_behind_each_reply),
        cmocka_unit_test(test_redis_codec_feed_survives_refused_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
