/* rexpand explain: strings in; values out, with all that led to them. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/explain_print.h"

enum { USUAL_WIDTH = 100, LEAST_WIDTH = 40, MOST_WIDTH = 1000 };

struct explanation {
    const struct options *options;
    struct explain_look look;
    bool is_first;
};

static bool wants_colour(enum colour wanted)
{
    const char *no_colour = getenv("NO_COLOR");
    const char *terminal = getenv("TERM");

    if (wanted != COLOUR_AUTO)
        return wanted == COLOUR_ALWAYS;
    if ((no_colour != NULL && no_colour[0] != '\0') || isatty(STDOUT_FILENO) == 0)
        return false;
    return terminal != NULL && strcmp(terminal, "dumb") != 0;
}

/* The terminal's, else what COLUMNS says. */
static size_t line_width(void)
{
    struct winsize size;
    const char *columns = getenv("COLUMNS");
    long width = columns == NULL ? 0 : strtol(columns, NULL, 10);

    if (isatty(STDOUT_FILENO) != 0 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        width = size.ws_col;
    if (width <= 0)
        return USUAL_WIDTH;
    return (size_t)(width < LEAST_WIDTH ? LEAST_WIDTH : width > MOST_WIDTH ? MOST_WIDTH : width);
}

static int explain(struct session *session, const char *text, size_t length, bool shows_place, void *context)
{
    struct explanation *explanation = context;
    struct explaining explaining;
    struct rexpand_result result;

    (void)shows_place; /* the mark under a mistake is always wanted here */
    explaining_begin(&explaining, explanation->options->items);
    rexpand_env_trace(session->env, explaining_observe, &explaining);
    enum rexpand_outcome outcome = rexpand_expand(session->env, text, length, &result);
    rexpand_env_trace(session->env, NULL, NULL);
    if (explaining.no_memory || explaining.root == NULL) {
        (void)fprintf(stderr, "rexpand: %s\n", outcome == REXPAND_DONE ? "out of memory" : result.message);
        outcome = outcome == REXPAND_DONE ? REXPAND_FAILED : outcome;
    } else if (explanation->options->is_json) {
        explain_print_json(explaining.root);
    } else {
        if (!explanation->is_first)
            (void)putchar('\n');
        explain_print_text(explaining.root, &explanation->look);
    }
    explanation->is_first = false;
    explaining_end(&explaining);
    return exit_status_of(outcome);
}

int command_explain(const struct options *options)
{
    struct explanation explanation = {
        .options = options,
        .look = {.has_colour = wants_colour(options->colour), .width = line_width()},
        .is_first = true,
    };

    return take_strings(options, explain, &explanation);
}
