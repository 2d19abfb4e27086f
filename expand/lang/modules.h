/* Shared objects that were loaded for an environment, each once. */

#ifndef REXPAND_LANG_MODULES_H
#define REXPAND_LANG_MODULES_H

struct modules;

/* An empty set; NULL when memory runs out. Freeing it unloads them all. */
struct modules *modules_new(void);
void modules_free(struct modules *modules);

/* The handle for dlsym of the object at "path". NULL when it cannot be loaded;
   "*problem" is what dlerror said, or that memory ran out, until the next call. */
void *modules_load(struct modules *modules, const char *path, const char **problem);

#endif
