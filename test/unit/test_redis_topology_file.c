#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include <cmocka.h>

#include "lookups/redis/topology_file.h"
#include "test/support/temp_folder.h"

#define LIST "127.0.0.1:7000 host:7001"
#define ID   "0123456789012345678901234567890123456789"
static const char good[] = "rexpand redis topology 1\n"
                           "list " LIST "\n"
                           "node 127.0.0.1 7000 " ID "\n"
                           "node ::1 7001 -\n"
                           "slots 0 5460 0 1\n"
                           "slots 5461 5461 1\n"
                           "end\n";

struct file {
    struct temp_folder folder;
    char path[128];
    struct arena arena;
    struct redis_topology topology;
    struct redis_topology_stamp stamp;
};

static int open_file(void **state)
{
    struct file *file = calloc(1, sizeof *file);

    temp_folder_open(&file->folder);
    temp_folder_path(&file->folder, "topology", file->path, sizeof file->path);
    arena_init(&file->arena, 4096, SIZE_MAX);
    *state = file;
    return 0;
}

static int close_file(void **state)
{
    struct file *file = *state;

    arena_free(&file->arena);
    temp_folder_close(&file->folder);
    free(file);
    return 0;
}

static bool reads(struct file *file)
{
    return redis_topology_file_read(&file->topology, file->path, LIST, &file->stamp, &file->arena);
}

static bool reads_text(struct file *file, const char *text, size_t length)
{
    (void)unlink(file->path);
    temp_folder_write(&file->folder, "topology", text, length);
    file->stamp = (struct redis_topology_stamp){0};
    return reads(file);
}

static void test_topology_file_gives_back_what_was_written(void **state)
{
    struct file *file = *state;
    struct redis_topology_stamp stamp = {0};

    assert_true(reads_text(file, good, sizeof good - 1));
    assert_int_equal(file->topology.covered, 5462);
    assert_int_equal(file->topology.range_count, 2);
    struct redis_topology copy = file->topology;
    (void)unlink(file->path);
    redis_topology_file_write(&copy, file->path, LIST, &stamp, &file->arena);
    assert_true(reads(file));
    assert_int_equal(file->topology.covered, 5462);
    assert_int_equal(file->topology.address_count, 2);
    assert_string_equal(file->topology.addresses[0].id, ID);
    assert_string_equal(file->topology.addresses[1].host, "::1");
    assert_false(reads(file)); /* nothing new */
    file->stamp = stamp;
    assert_false(reads(file)); /* the writer knows it */
}

static void test_topology_file_of_others_is_not_believed(void **state)
{
    struct file *file = *state;
    struct timeval old[2] = {{.tv_sec = 1000000000}, {.tv_sec = 1000000000}};
    char other[160];

    assert_true(reads_text(file, good, sizeof good - 1));
    file->stamp = (struct redis_topology_stamp){0};
    assert_int_equal(chmod(file->path, 0622), 0);
    assert_false(reads(file));
    assert_int_equal(chmod(file->path, 0664), 0);
    assert_false(reads(file));
    assert_int_equal(chmod(file->path, 0600), 0);
    if (geteuid() == 0) {
        assert_int_equal(chown(file->path, 65534, 65534), 0);
        assert_false(reads(file));
        assert_int_equal(chown(file->path, 0, 0), 0);
    }
    assert_int_equal(utimes(file->path, old), 0);
    assert_false(reads(file));
    assert_int_equal(utimes(file->path, NULL), 0);
    assert_true(reads(file));
    temp_folder_path(&file->folder, "other", other, sizeof other);
    assert_int_equal(rename(file->path, other), 0);
    assert_int_equal(symlink(other, file->path), 0);
    file->stamp = (struct redis_topology_stamp){0};
    assert_false(reads(file));
    assert_int_equal(unlink(file->path), 0);
    assert_false(reads(file));
    assert_int_equal(mkdir(file->path, 0700), 0);
    assert_false(reads(file));
    assert_int_equal(rmdir(file->path), 0);
    assert_int_equal(mkfifo(file->path, 0600), 0);
    assert_false(reads(file));
}

static void test_topology_file_that_is_wrong_is_not_believed(void **state)
{
    static const char head[] = "rexpand redis topology 1\nlist " LIST "\n";
    static const char *const tails[] = {
        "end",
        "node 127.0.0.1 7000 " ID "\nslots 0 1 0\n",
        "node 127.0.0.1 7000 " ID "\nslots 0 1 1\nend\n",
        "node 127.0.0.1 7000 " ID "\nslots 0 1 -1\nend\n",
        "node 127.0.0.1 7000 " ID "\nslots 0 16384 0\nend\n",
        "node 127.0.0.1 7000 " ID "\nslots 2 1 0\nend\n",
        "node 127.0.0.1 7000 " ID "\nslots 0 1\nend\n",
        "node 127.0.0.1 7000 " ID "\nslots 0 1 0 \nend\n",
        "node 127.0.0.1 7000 " ID "\nslots 0 1 0\nslots 1 2 0\nend\n",
        "node 127.0.0.1 7000 " ID "\nslots 0 1 0\nend\nmore\n",
        "node 127.0.0.1 7000 " ID "x\nslots 0 1 0\nend\n",
        "node 127.0.0.1 7000\nslots 0 1 0\nend\n",
        "node 127.0.0.1 70000 -\nslots 0 1 0\nend\n",
        "node  7000 -\nslots 0 1 0\nend\n",
        "node ? 7000 -\nslots 0 1 0\nend\n",
        "node /etc/passwd 7000 -\nslots 0 1 0\nend\n",
        "slots 0 1 0\nend\n",
        "slots 0 99999999999999999999 0\nend\n",
    };
    struct file *file = *state;
    char text[1024];

    for (size_t i = 0; i < sizeof tails / sizeof tails[0]; i++) {
        (void)snprintf(text, sizeof text, "%s%s", head, tails[i]);
        if (reads_text(file, text, strlen(text)))
            fail_msg("believed: %s", tails[i]);
    }
    assert_false(reads_text(file, "", 0));
    assert_false(
        redis_topology_file_read(&file->topology, file->path, "another list", &file->stamp, &file->arena));
    /* Cut anywhere, and with any byte changed to another: no harm. */
    for (size_t i = 0; i < sizeof good - 1; i++) {
        char damaged[sizeof good];
        assert_false(reads_text(file, good, i));
        memcpy(damaged, good, sizeof good);
        damaged[i] = (char)(damaged[i] ^ 0x13);
        (void)reads_text(file, damaged, sizeof good - 1);
        arena_reset(&file->arena, 65536);
    }
}

static void test_topology_file_that_cannot_be_written_is_left(void **state)
{
    struct file *file = *state;
    char path[160];

    assert_true(reads_text(file, good, sizeof good - 1));
    (void)snprintf(path, sizeof path, "%s/nosuch/topology", file->folder.path);
    redis_topology_file_write(&file->topology, path, LIST, &file->stamp, &file->arena);
    assert_int_equal(access(path, F_OK), -1);
}

#define FILE_TEST(test) cmocka_unit_test_setup_teardown(test, open_file, close_file)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FILE_TEST(test_topology_file_gives_back_what_was_written),
        FILE_TEST(test_topology_file_of_others_is_not_believed),
        FILE_TEST(test_topology_file_that_is_wrong_is_not_believed),
        FILE_TEST(test_topology_file_that_cannot_be_written_is_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
