#include "test/support/temp_folder.h"

#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static int remove_one(const char *path, const struct stat *stat, int type, struct FTW *place)
{
    (void)stat;
    (void)type;
    (void)place;
    return remove(path);
}

/* Folders that are open: a test that fails jumps over its own end, so that the
   program's end must remove what is left. Only for programs of tests. */
enum { MOST_FOLDERS = 64 };
static struct {
    char path[64];
    pid_t owner; /* a forked child removes nothing of its parent's */
} left[MOST_FOLDERS];

static void remove_tree(const char *path)
{
    (void)nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void remove_left(void)
{
    for (size_t i = 0; i < MOST_FOLDERS; i++)
        if (left[i].path[0] != '\0' && left[i].owner == getpid())
            remove_tree(left[i].path);
}

static void remember(const char *path)
{
    static bool is_registered;

    if (!is_registered)
        is_registered = atexit(remove_left) == 0;
    for (size_t i = 0; i < MOST_FOLDERS; i++) {
        if (left[i].path[0] != '\0')
            continue;
        (void)snprintf(left[i].path, sizeof left[i].path, "%s", path);
        left[i].owner = getpid();
        return;
    }
}

void temp_folder_open(struct temp_folder *folder)
{
    (void)strcpy(folder->path, "/tmp/rexpand-test-XXXXXX");
    if (mkdtemp(folder->path) == NULL) {
        perror("mkdtemp");
        abort();
    }
    remember(folder->path);
}

void temp_folder_close(struct temp_folder *folder)
{
    remove_tree(folder->path);
    for (size_t i = 0; i < MOST_FOLDERS; i++)
        if (strcmp(left[i].path, folder->path) == 0)
            left[i].path[0] = '\0';
}

void temp_folder_path(const struct temp_folder *folder, const char *name, char *path, size_t size)
{
    (void)snprintf(path, size, "%s/%s", folder->path, name);
}

void temp_folder_write(const struct temp_folder *folder, const char *name, const char *bytes, size_t length)
{
    char path[256];

    temp_folder_path(folder, name, path, sizeof path);
    FILE *file = fopen(path, "w");
    if (file == NULL || fwrite(bytes, 1, length, file) != length || fclose(file) != 0) {
        perror(path);
        abort();
    }
}
