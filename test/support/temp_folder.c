#include "test/support/temp_folder.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void temp_folder_open(struct temp_folder *folder) {
    (void)strcpy(folder->path, "/tmp/rexpand-test-XXXXXX");
    if (mkdtemp(folder->path) == NULL) {
        perror("mkdtemp");
        abort();
    }
}

static int remove_one(const char *path, const struct stat *stat, int type, struct FTW *place) {
    (void)stat;
    (void)type;
    (void)place;
    return remove(path);
}

void temp_folder_close(struct temp_folder *folder) {
    (void)nftw(folder->path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

void temp_folder_path(const struct temp_folder *folder, const char *name, char *path, size_t size) {
    (void)snprintf(path, size, "%s/%s", folder->path, name);
}

void temp_folder_write(const struct temp_folder *folder, const char *name, const char *bytes, size_t length) {
    char path[256];

    temp_folder_path(folder, name, path, sizeof path);
    FILE *file = fopen(path, "w");
    if (file == NULL || fwrite(bytes, 1, length, file) != length || fclose(file) != 0) {
        perror(path);
        abort();
    }
}
