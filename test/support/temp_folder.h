/* A folder of a test's own, gone with all that is in it when the test is. */

#ifndef REXPAND_TEST_TEMP_FOLDER_H
#define REXPAND_TEST_TEMP_FOLDER_H

#include <stddef.h>

struct temp_folder {
    char path[64];
};

/* Makes it, or ends the program. */
void temp_folder_open(struct temp_folder *folder);
void temp_folder_close(struct temp_folder *folder);

/* The path of "name" in the folder, in "path". */
void temp_folder_path(const struct temp_folder *folder, const char *name, char *path, size_t size);

/* Writes a file of "length" bytes there, anew if there is one. */
void temp_folder_write(const struct temp_folder *folder, const char *name, const char *bytes, size_t length);

#endif
