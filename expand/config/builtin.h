/* The names of the macros that are defined before a configuration is read
   (Exim specification, section 6.9): what can be written in it, and what an Exim
   that reads the same file can do. */

#ifndef REXPAND_CONFIG_BUILTIN_H
#define REXPAND_CONFIG_BUILTIN_H

#include <stdbool.h>
#include <stddef.h>

/* Calls "add" with each name, in an order in which no name is contained in a
   later one. The name is valid during the call. Stops at false and returns it. */
bool builtin_each(bool (*add)(void *context, const char *name, size_t length), void *context);

#endif
