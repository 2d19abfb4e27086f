/* Parts of rexpand that stand in files of their own, because the libraries they
   need take longer to load than most strings to expand: each is loaded at its first
   use, and stays (Local/Makefile says which). The module NAME is the file
   rexpand_NAME.so. It offers tables of functions, constants with external names, and
   calls nothing of the program but what it is given. */

#ifndef REXPAND_BASE_MODULE_H
#define REXPAND_BASE_MODULE_H

/* The symbols that a module shows. */
#define MODULE_TABLE __attribute__((visibility("default")))

/* The table of that name in a module's file, which is looked for beside the
   program or library that this is linked to, where the dynamic linker looks for that,
   and where `make install` puts it. NULL when there is none: then "*problem" says why, until this
   thread calls again. Any thread may call it; asking again for a module that is there
   costs some hundred nanoseconds. */
const void *module_find(const char *file, const char *table, const char **problem)
    __attribute__((nonnull, warn_unused_result));

/* For what is linked to the program after all. */
static inline const void *module_linked(const void *table)
{
    return table;
}

/* The tables of the files that include OpenSSL's headers or libcrypt's. */
#ifdef CRYPTO_LINKED
#define CRYPTO_TABLE(table, problem) ((void)(problem), module_linked(&(table)))
#else
#define CRYPTO_TABLE(table, problem) module_find("rexpand_crypto.so", #table, problem)
#endif

#endif
