#include <stdio.h>

#include "cli/command.h"

const struct command commands[] = {
    {"-be", "eval", "[STRING…]", "expand strings: those given, else lines of standard input",
     command_evaluate},
    {"explain", NULL, "[STRING…]", "the same, with all that led to it: parts, branches, matches, lookups",
     command_explain},
    {"check", NULL, "FILE…", "look for mistakes in configurations, without running anything", command_check},
    {"-bP", NULL, "[WORD…]", "print the configuration's options, lists and macros", command_print},
    {"-bV", "--version", "", "print the version and what this build contains", command_version},
    {"--help", "-h", "", "print this", command_help},
};
const size_t command_count = sizeof commands / sizeof commands[0];

int main(int argc, char **argv)
{
    struct options options;
    int status = EXIT_USAGE_WRONG;

    if (options_read(&options, argc, argv)) {
        if (options.command != NULL) {
            status = finish_output(options.command->run(&options));
        } else {
            (void)fprintf(stderr, "Usage: rexpand COMMAND [OPTION…] [ARGUMENT…]\n"
                                  "Try `rexpand -be '${uc:hello}'`, or `rexpand --help`.\n");
        }
    }
    options_free(&options);
    return status;
}
