/* What the files of the public interface share; nothing else includes this. */

#ifndef REXPAND_FACADE_H
#define REXPAND_FACADE_H

#include "base/arena.h"
#include "base/outcome.h"
#include "lang/cache.h"
#include "lang/trace.h"
#include "rexpand.h"

struct acls;
struct config;
struct config_input;
struct env;

struct rexpand_env {
    struct env *env;
    struct program_use last; /* the program of the last rexpand_expand, whose text its result may be */
    struct arena arena;      /* what the configuration made for it: the environment's strings */
    struct acls *acls;
    struct trace trace;
    rexpand_observer observer; /* and its context */
    void *context;
    const struct config *config; /* NULL: none */
};

/* What a configuration of the public interface holds. */
const struct config *facade_config(const struct rexpand_config *config);

/* Gives an environment what a configuration says. */
enum outcome facade_configure(struct rexpand_env *env, const struct rexpand_config *config,
                              struct error *error) MUST_CHECK;

/* As rexpand_config_read. */
struct rexpand_config *facade_config_read(const struct config_input *input, char **message);
/* The part of that which is main options' say about expansions. */
enum outcome facade_set_options(struct rexpand_env *env, const struct config *config, const char *path,
                                struct error *error) MUST_CHECK;

/* A copy of the message for the caller of the library to free, if one is
   wanted. */
void facade_hand_over(char **message, const struct error *error);

#endif
