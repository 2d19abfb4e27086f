#include "lookups/line_index.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "lookups/hash.h"
#include "test/support/ask.h"
#include "test/support/temp_folder.h"

/* A folder with a file "f" in it, and what asks. */
struct bench {
    struct temp_folder folder;
    struct asker asker;
    char path[128];
};

static void open_bench(struct bench *bench)
{
    temp_folder_open(&bench->folder);
    asker_open(&bench->asker);
    temp_folder_path(&bench->folder, "f", bench->path, sizeof bench->path);
}

static void close_bench(struct bench *bench)
{
    asker_close(&bench->asker);
    temp_folder_close(&bench->folder);
}

static void open_lines(struct line_file *file, struct bench *bench)
{
    struct lookup_request request = {
        .driver = lookup_driver_find("lsearch", 7),
        .file = value_of_string(bench->path),
        .arena = &bench->asker.arena,
        .error = &bench->asker.error,
    };

    assert_int_equal(line_file_open(file, &request), OUTCOME_DONE);
}

static bool scan(struct line_file *file, const struct value *text, struct value *line, struct line_key *key)
{
    line_file_rewind(file);
    while (line_file_next(file, line))
        if (line_key_read(file, line, key) && value_equal_caseless(&key->text, text))
            return true;
    return false;
}

/* Lines of few different keys, of all forms. */
static size_t make_lines(char *bytes, size_t count, unsigned seed)
{
    static const char *const forms[] = {"%cK%u: data %u\n",   "%ck%u\t%u\r\n",     "\"%ck%u\" : %u\n",
                                        "\"%ck\\x3%u\" %u\n", "%ck%u %u\n more\n", " %ck%u: %u\n",
                                        "#%ck%u: %u\n",       "\n%ck%u:%u\n\n"};
    size_t length = 0;

    for (size_t i = 0; i < count; i++) {
        seed = seed * 1103515245U + 12345U;
        unsigned random = seed >> 16;
        length += (size_t)sprintf(bytes + length, forms[random % 8], 'a' + (int)(random / 8 % 5),
                                  random / 64 % 10, (unsigned)i);
    }
    return length;
}

static void test_line_index_finds_what_a_scan_finds(void **state)
{
    enum { LINES = 300, MOST = LINES * 32 };
    struct bench bench;
    char *bytes = malloc(MOST);
    char name[16];

    (void)state;
    assert_non_null(bytes);
    open_bench(&bench);
    for (unsigned seed = 1; seed <= 20; seed++) {
        struct line_file scanned, loaded;
        struct line_index index;
        size_t length = make_lines(bytes, LINES / seed, seed);
        temp_folder_write(&bench.folder, "f", bytes, length - seed % 2); /* with and without a last newline */
        open_lines(&scanned, &bench);
        open_lines(&loaded, &bench);
        assert_true(line_file_load(&loaded));
        assert_true(line_index_build(&index, &loaded));
        assert_true(index.size * sizeof(struct line_slot) + loaded.length <= 3 * loaded.length + 16);
        for (int letter = 'A'; letter <= 'F'; letter++)
            for (int number = 0; number < 11; number++) {
                struct value line, found_line;
                struct line_key key, found_key;
                (void)snprintf(name, sizeof name, "%ck%d", letter, number);
                struct value text = value_of_string(name);
                bool expected = scan(&scanned, &text, &line, &key);
                assert_int_equal(line_index_find(&index, &loaded, &text, &found_line, &found_key), expected);
                if (expected && !value_equal(&line, &found_line))
                    fail_msg("%s: %.*s", name, (int)found_line.length, found_line.bytes);
            }
        line_index_free(&index);
        line_file_close(&scanned);
        line_file_close(&loaded);
    }
    close_bench(&bench);
    free(bytes);
}

/* More lines than an index of three times the file's size has room for: still right. */
static void test_lsearch_answers_from_a_file_of_tiny_lines(void **state)
{
    struct bench bench;

    (void)state;
    open_bench(&bench);
    temp_folder_write(&bench.folder, "f", "a\nb\nc\nd\ne\nf\ng\n", 14);
    for (int round = 0; round < 4; round++) {
        assert_result(&bench.asker, ask_file(&bench.asker, "lsearch", "g", bench.path), "");
        assert_result(&bench.asker, ask_file(&bench.asker, "lsearch", "x", bench.path), "(none)");
        lookups_tidy(bench.asker.lookups);
    }
    close_bench(&bench);
}

static void test_line_index_takes_many_lines_of_one_key(void **state)
{
    enum { LINES = 50000 };
    struct bench bench;
    char *bytes = malloc(LINES * 16);
    size_t length = 0;

    (void)state;
    assert_non_null(bytes);
    open_bench(&bench);
    for (int i = 0; i < LINES; i++)
        length += (size_t)sprintf(bytes + length, i % 2 == 0 ? "same: %d\n" : "\"quo ted\": %d\n", i);
    length += (size_t)sprintf(bytes + length, "other: o\n");
    temp_folder_write(&bench.folder, "f", bytes, length);
    for (int round = 0; round < 4; round++) {
        assert_result(&bench.asker, ask_file(&bench.asker, "lsearch", "other", bench.path), "o");
        assert_result(&bench.asker, ask_file(&bench.asker, "lsearch", "SAME", bench.path), "0");
        assert_result(&bench.asker, ask_file(&bench.asker, "lsearch", "Quo Ted", bench.path), "1");
        lookups_tidy(bench.asker.lookups);
    }
    close_bench(&bench);
    free(bytes);
}

static void ask_twice(struct bench *bench, const char *expected_a, const char *expected_b)
{
    assert_result(&bench->asker, ask_file(&bench->asker, "lsearch", "a", bench->path), expected_a);
    assert_result(&bench->asker, ask_file(&bench->asker, "lsearch", "b", bench->path), expected_b);
    lookups_tidy(bench->asker.lookups);
    assert_result(&bench->asker, ask_file(&bench->asker, "lsearch", "a", bench->path), expected_a);
    lookups_tidy(bench->asker.lookups);
}

/* Of the same size, in the same tick of the clock, in place and by another file. */
static void test_lsearch_drops_its_index_when_the_file_changes(void **state)
{
    struct bench bench;
    char other[128];

    (void)state;
    open_bench(&bench);
    temp_folder_write(&bench.folder, "f", "a: 1\nb: 2\n", 10);
    ask_twice(&bench, "1", "2");
    temp_folder_write(&bench.folder, "f", "a: 3\nb: 4\n", 10);
    ask_twice(&bench, "3", "4");
    (void)usleep(30000);
    ask_twice(&bench, "3", "4");
    temp_folder_write(&bench.folder, "g", "b: 5\na: 6\n", 10);
    temp_folder_path(&bench.folder, "g", other, sizeof other);
    assert_int_equal(rename(other, bench.path), 0);
    ask_twice(&bench, "6", "5");
    (void)usleep(30000);
    ask_twice(&bench, "6", "5");
    assert_int_equal(truncate(bench.path, 5), 0);
    ask_twice(&bench, "(none)", "5");
    close_bench(&bench);
}

static void test_hash_bytes_caseless_leaves_case_aside(void **state)
{
    char text[32], other[32];

    (void)state;
    for (int byte = 0; byte < 256; byte++)
        for (size_t at = 0; at < 19; at++) {
            memset(text, 'x', sizeof text);
            memset(other, 'x', sizeof other);
            text[at] = (char)byte;
            other[at] = byte_lower((char)byte);
            assert_true(hash_bytes_caseless(7, text, 19) == hash_bytes_caseless(7, other, 19));
            assert_true(hash_bytes_caseless(7, other, 19) == hash_bytes(7, other, 19));
        }
    assert_true(hash_bytes_caseless(7, "ab", 2) != hash_bytes_caseless(7, "ac", 2));
    assert_true(hash_bytes_caseless(7, "@", 1) != hash_bytes_caseless(7, "`", 1));
    assert_true(hash_bytes_caseless(7, "[", 1) != hash_bytes_caseless(7, "{", 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_line_index_finds_what_a_scan_finds),
        cmocka_unit_test(test_lsearch_answers_from_a_file_of_tiny_lines),
        cmocka_unit_test(test_line_index_takes_many_lines_of_one_key),
        cmocka_unit_test(test_lsearch_drops_its_index_when_the_file_changes),
        cmocka_unit_test(test_hash_bytes_caseless_leaves_case_aside),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
