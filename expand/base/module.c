#include "base/module.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

/* By its name alone the dynamic linker finds a module that is loaded already,
   and otherwise goes where this program or library was linked to look. */
static void *open_module(const char *file)
{
    char path[sizeof REXPAND_MODULE_DIR + 64];
    void *module = dlopen(file, RTLD_NOW | RTLD_LOCAL);

    if (module != NULL)
        return module;
    int length = snprintf(path, sizeof path, "%s/%s", REXPAND_MODULE_DIR, file);
    return length < 0 || (size_t)length >= sizeof path ? NULL : dlopen(path, RTLD_NOW | RTLD_LOCAL);
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
