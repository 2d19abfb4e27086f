#include "base/module.h"

#include <dlfcn.h>
#include <limits.h>
#include <link.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

enum { LOAD_FLAGS = RTLD_NOW | RTLD_LOCAL };

/* From the folder of the program or library that this is linked to, to the
   modules: as built, and where `make install` puts them, wherever the whole was moved. */
static const char *const places[] = {"", "rexpand/", "../lib/rexpand/"};

/* That folder with its last slash; false when it cannot be told. */
static bool find_own_folder(char folder[PATH_MAX])
{
    static const char in_this_object = 0;
    Dl_info about;
    void *found = NULL;

    if (dladdr1(&in_this_object, &about, &found, RTLD_DL_LINKMAP) == 0)
        return false;
    const struct link_map *map = found;
    const char *own = map->l_name[0] == '\0' ? "/proc/self/exe" : map->l_name; /* the program has no name */
    if (realpath(own, folder) == NULL)
        return false;
    char *slash = strrchr(folder, '/');
    if (slash != NULL)
        slash[1] = '\0';
    return slash != NULL;
}

static void *open_beside(const char *file)
{
    char folder[PATH_MAX];
    char path[PATH_MAX + 64];
    void *module = NULL;

    if (!find_own_folder(folder))
        return NULL;
    for (size_t i = 0; module == NULL && i < sizeof places / sizeof places[0]; i++) {
        int length = snprintf(path, sizeof path, "%s%s%s", folder, places[i], file);
        if (length > 0 && (size_t)length < sizeof path && access(path, R_OK) == 0)
            module = dlopen(path, LOAD_FLAGS);
    }
    return module;
}

static void *open_installed(const char *file)
{
    char path[sizeof REXPAND_MODULE_DIR + 64];
    int length = snprintf(path, sizeof path, "%s/%s", REXPAND_MODULE_DIR, file);

    return length < 0 || (size_t)length >= sizeof path ? NULL : dlopen(path, LOAD_FLAGS);
}

/* In a program with more rights than its user has, the place of its file is not
   trusted: the user may have made a link to it elsewhere. */
static void *open_module(const char *file)
{
    void *module = dlopen(file, LOAD_FLAGS | RTLD_NOLOAD);

    if (module == NULL && getauxval(AT_SECURE) == 0) {
        module = open_beside(file);
        if (module == NULL)
            module = dlopen(file, LOAD_FLAGS);
    }
    return module != NULL ? module : open_installed(file);
}

/* Modules are never closed: the libraries behind them do not like to go before
   the process does. */
const void *module_find(const char *file, const char *table, const char **problem)
{
    void *module = open_module(file);
    const void *found = module == NULL ? NULL : dlsym(module, table);

    if (found == NULL) {
        const char *why = dlerror();
        *problem = why == NULL ? "no reason is known" : why;
    }
    return found;
}
