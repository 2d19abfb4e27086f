#include "cli/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"

enum { USUAL_ITEMS = 5, MOST_ITEMS = 1000 };

/* A row an option. "take" gets its value (NULL for one that has none). */
struct option_form {
    const char *name;
    bool has_value;
    bool may_be_attached; /* -DNAME=VALUE as well as -D NAME=VALUE */
    const char *value;    /* what to call the value in --help */
    const char *help;
    bool (*take)(struct options *options, char *value);
};

static bool take_config(struct options *options, char *value)
{
    options->config_path = value;
    return true;
}

static bool take_definition(struct options *options, char *value)
{
    options->definitions[options->definition_count++] = value;
    return true;
}

static bool take_assignment(struct options *options, char *value, enum assignment_kind kind)
{
    char *equals = strchr(value, '=');

    if (equals == NULL || equals == value) {
        (void)fprintf(stderr, "rexpand: \"%s\" is not NAME=VALUE\n", value);
        return false;
    }
    *equals = '\0';
    struct assignment *assignment = &options->assignments[options->assignment_count++];
    assignment->name = value;
    assignment->value = equals + 1;
    assignment->kind = kind;
    return true;
}

static bool take_tainted(struct options *options, char *value)
{
    return take_assignment(options, value, ASSIGN_TAINTED);
}

static bool take_clean(struct options *options, char *value)
{
    return take_assignment(options, value, ASSIGN_CLEAN);
}

static bool take_option(struct options *options, char *value)
{
    return take_assignment(options, value, ASSIGN_OPTION);
}

static bool take_values_only(struct options *options, char *value)
{
    (void)value;
    options->values_only = true;
    return true;
}

static bool take_json(struct options *options, char *value)
{
    (void)value;
    options->is_json = true;
    return true;
}

static bool take_colour(struct options *options, char *value)
{
    static const char *const words[] = {
        [COLOUR_AUTO] = "auto", [COLOUR_ALWAYS] = "always", [COLOUR_NEVER] = "never"};

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        options->colour = (enum colour)i;
        if (strcmp(value, words[i]) == 0)
            return true;
    }
    (void)fprintf(stderr, "rexpand: --colour wants auto, always or never, not \"%s\"\n", value);
    return false;
}

static bool take_items(struct options *options, char *value)
{
    char *end;
    unsigned long number = strtoul(value, &end, 10);

    if (value[0] >= '0' && value[0] <= '9' && *end == '\0' && number > 0 && number <= MOST_ITEMS) {
        options->items = number;
        return true;
    }
    (void)fprintf(stderr, "rexpand: --items wants a number from 1 to %d, not \"%s\"\n", MOST_ITEMS, value);
    return false;
}

/* -bem is the command -be and the file of its message in one. */
static bool take_message(struct options *options, char *value)
{
    for (size_t i = 0; i < command_count && options->command == NULL; i++)
        if (commands[i].run == command_evaluate)
            options->command = &commands[i];
    options->message_path = value;
    return true;
}

static bool take_sender(struct options *options, char *value)
{
    options->sender = value;
    return true;
}

static bool take_dots_as_text(struct options *options, char *value)
{
    (void)value;
    options->dots_are_text = true;
    return true;
}

static const struct option_form forms[] = {
    {"-C", true, true, "FILE", "read this configuration", take_config},
    {"-D", true, true, "MACRO=VALUE", "define a macro, over what the configuration says", take_definition},
    {"--set", true, false, "VARIABLE=VALUE",
     "give a variable a value that counts as coming from outside (tainted)", take_tainted},
    {"--set-clean", true, false, "VARIABLE=VALUE", "give a variable a clean value", take_clean},
    {"--option", true, false, "OPTION=VALUE",
     "set a lookup's option, as redis_servers, without a configuration", take_option},
    {"-bem", true, false, "FILE", "expand strings (-be) with the header fields and the body of a message",
     take_message},
    {"-f", true, true, "ADDRESS", "with -bem: the message's envelope sender", take_sender},
    {"-i", false, false, NULL, "with -bem: a dot alone does not end the message", take_dots_as_text},
    {"-oi", false, false, NULL, "the same as -i", take_dots_as_text},
    {"-n", false, false, NULL, "with -bP: values without their names", take_values_only},
    {"--json", false, false, NULL, "with explain and check: JSON, an object a line", take_json},
    {"--colour", true, false, "WHEN", "with explain: auto (at a terminal), always or never", take_colour},
    {"--items", true, false, "NUMBER", "with explain: how many items of a list are shown (5)", take_items},
};
enum { FORMS = sizeof forms / sizeof forms[0] };

bool options_describe(size_t index, const char **form, const char **help)
{
    static const char *const written[FORMS] = {
        "-C FILE",
        "-D MACRO=VALUE",
        "--set VARIABLE=VALUE",
        "--set-clean VARIABLE=VALUE",
        "--option OPTION=VALUE",
        "-bem FILE",
        "-f ADDRESS",
        "-i",
        "-oi",
        "-n",
        "--json",
        "--colour WHEN",
        "--items NUMBER",
    };

    if (index >= FORMS)
        return false;
    *form = written[index];
    *help = forms[index].help;
    return true;
}

/* The form that an argument has, and where its value is: attached, behind "=",
   or NULL when it is the next argument. */
static const struct option_form *find_form(char *argument, char **value)
{
    *value = NULL;
    for (size_t i = 0; i < FORMS; i++) {
        size_t length = strlen(forms[i].name);
        if (strcmp(argument, forms[i].name) == 0)
            return &forms[i];
        if (!forms[i].has_value || strncmp(argument, forms[i].name, length) != 0)
            continue;
        if (forms[i].may_be_attached && argument[1] != '-') {
            *value = argument + length;
            return &forms[i];
        }
        if (argument[length] == '=' && argument[1] == '-') {
            *value = argument + length + 1;
            return &forms[i];
        }
    }
    return NULL;
}

static const struct command *find_command(const char *word)
{
    for (size_t i = 0; i < command_count; i++)
        if (strcmp(word, commands[i].name) == 0 ||
            (commands[i].also != NULL && strcmp(word, commands[i].also) == 0))
            return &commands[i];
    return NULL;
}

static bool allocate(struct options *options, size_t count)
{
    options->definitions = calloc(count, sizeof *options->definitions);
    options->assignments = calloc(count, sizeof *options->assignments);
    options->words = calloc(count, sizeof *options->words);
    if (options->definitions != NULL && options->assignments != NULL && options->words != NULL)
        return true;
    (void)fprintf(stderr, "rexpand: out of memory\n");
    return false;
}

static bool take_word(struct options *options, char *word)
{
    if (options->command == NULL) {
        options->command = find_command(word);
        if (options->command != NULL)
            return true;
        (void)fprintf(stderr,
                      "rexpand: \"%s\" is not a command; `rexpand --help` lists them\n"
                      "To expand a string: rexpand -be '%s'\n",
                      word, word);
        return false;
    }
    options->words[options->word_count++] = word;
    return true;
}

/* An option that is not a subcommand's name. */
static bool take_dash(struct options *options, char **argv, int argc, int *index)
{
    char *value;
    const struct option_form *form = find_form(argv[*index], &value);
    const struct command *command = find_command(argv[*index]);

    if (command != NULL && (command->run == command_help || command == options->command)) {
        options->command = command; /* whoever asks for help behind a command gets it */
        return true;
    }
    if (form == NULL) {
        (void)fprintf(stderr, "rexpand: unknown option \"%s\"; `rexpand --help` lists them\n", argv[*index]);
        return false;
    }
    if (form->has_value && value == NULL) {
        if (*index + 1 >= argc) {
            (void)fprintf(stderr, "rexpand: %s needs a value: %s %s\n", form->name, form->name, form->value);
            return false;
        }
        value = argv[++*index];
    }
    return form->take(options, value);
}

bool options_read(struct options *options, int argc, char **argv)
{
    bool only_words = false;

    *options = (struct options){.items = USUAL_ITEMS};
    if (!allocate(options, (size_t)argc + 1))
        return false;
    for (int i = 1; i < argc; i++) {
        char *argument = argv[i];
        bool is_command = options->command == NULL && find_command(argument) != NULL;
        bool is_dash = argument[0] == '-' && argument[1] != '\0' && !only_words && !is_command;
        if (!only_words && strcmp(argument, "--") == 0)
            only_words = true;
        else if (is_dash ? !take_dash(options, argv, argc, &i) : !take_word(options, argument))
            return false;
    }
    return true;
}

void options_free(struct options *options)
{
    free(options->definitions);
    free(options->assignments);
    free(options->words);
}
