#include <stdio.h>
#include <stdlib.h>

#include "cli/command.h"

static void print_row(const char *name, const char *words, const char *help)
{
    int width = (int)(30 - 2) - printf("  %s%s%s", name, *words == '\0' ? "" : " ", words);

    /* "…" is one column and three bytes. */
    for (const char *byte = words; *byte != '\0'; byte++)
        if ((*byte & 0xC0) == 0x80)
            width++;
    (void)printf("%*s%s\n", width + 4 > 1 ? width + 4 : 1, "", help);
}

int command_help(const struct options *options)
{
    const char *form;
    const char *help;

    (void)options;
    (void)printf("rexpand %s: Exim's string expansion, with lookups in Redis\n\n"
                 "Usage: rexpand COMMAND [OPTION…] [ARGUMENT…]\n\nCommands:\n",
                 rexpand_version());
    for (size_t i = 0; i < command_count; i++)
        print_row(commands[i].name, commands[i].words, commands[i].help);
    (void)printf("\n`rexpand eval` is another name of -be.\n\nOptions:\n");
    for (size_t i = 0; options_describe(i, &form, &help); i++)
        print_row(form, "", help);
    (void)printf("\nExamples:\n"
                 "  rexpand -be '${uc:hello}'\n"
                 "  rexpand -be --set local_part=ann '${lookup redis{GET user:$local_part}{$value}{nobody}}' "
                 "--option redis_servers=127.0.0.1\n"
                 "  rexpand explain --set local_part=ann '${if match{$local_part}{^a}{yes}{no}}'\n"
                 "  rexpand -be -C /etc/exim4/exim4.conf < strings.txt\n"
                 "  rexpand -bP -C exim.conf redis_servers\n"
                 "\nExit status: 0; 1 an expansion failed; 2 a lookup deferred; 64 wrong usage; 66 no "
                 "message; 78 wrong "
                 "configuration.\n"
                 "More: man rexpand, rexpand-redis(5), rexpand-configuration(5).\n");
    return EXIT_OK;
}

int command_version(const struct options *options)
{
    char *about = rexpand_about();

    (void)options;
    if (about == NULL) {
        (void)fprintf(stderr, "rexpand: out of memory\n");
        return EXIT_USAGE_WRONG;
    }
    (void)fputs(about, stdout);
    free(about);
    return EXIT_OK;
}

int command_print(const struct options *options)
{
    struct session session;
    char *message;
    int status = EXIT_OK;

    if (!session_open(&session, options, &status))
        return status;
    char *text = rexpand_config_print(session.config, options->words, options->word_count,
                                      options->values_only, &message);
    if (text != NULL) {
        (void)fputs(text, stdout);
    } else {
        (void)fprintf(stderr, "rexpand: %s\n", message == NULL ? "out of memory" : message);
        status = EXIT_USAGE_WRONG;
    }
    free(text);
    free(message);
    session_close(&session);
    return status;
}
