#include "lang/modules.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

struct module {
    struct module *next;
    void *handle;
    char *path;
};

struct modules {
    struct module *first;
};

struct modules *modules_new(void)
{
    return calloc(1, sizeof(struct modules));
}

static void free_module(struct module *module)
{
    if (module->handle != NULL)
        (void)dlclose(module->handle);
    free(module->path);
    free(module);
}

void modules_free(struct modules *modules)
{
    if (modules == NULL)
        return;
    while (modules->first != NULL) {
        struct module *next = modules->first->next;
        free_module(modules->first);
        modules->first = next;
    }
    free(modules);
}

void *modules_load(struct modules *modules, const char *path, const char **problem)
{
    struct module *module = modules->first;

    while (module != NULL && strcmp(module->path, path) != 0)
        module = module->next;
    if (module != NULL)
        return module->handle;
    module = calloc(1, sizeof *module);
    if (module != NULL)
        module->path = strdup(path);
    if (module == NULL || module->path == NULL) {
        free(module);
        *problem = "out of memory";
        return NULL;
    }
    module->handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (module->handle == NULL) {
        *problem = dlerror();
        free_module(module);
        return NULL;
    }
    module->next = modules->first;
    modules->first = module;
    return module->handle;
}
