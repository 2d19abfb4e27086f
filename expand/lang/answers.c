#include "lang/answers.h"

#include <stdlib.h>
#include <string.h>

struct answer {
    struct answer *next;
    struct value server;
    struct value question;
    struct value text;
    char bytes[]; /* of all three */
};

struct answers {
    struct answer *first;
};

struct answers *answers_new(void)
{
    return calloc(1, sizeof(struct answers));
}

void answers_forget_all(struct answers *answers)
{
    while (answers->first != NULL) {
        struct answer *next = answers->first->next;
        free(answers->first);
        answers->first = next;
    }
}

void answers_free(struct answers *answers)
{
    if (answers != NULL)
        answers_forget_all(answers);
    free(answers);
}

const struct value *answers_find(const struct answers *answers, const struct value *server,
                                 const struct value *question)
{
    const struct answer *answer = answers->first;

    while (answer != NULL &&
           !(value_equal(&answer->server, server) && value_equal(&answer->question, question)))
        answer = answer->next;
    return answer == NULL ? NULL : &answer->text;
}

static struct value copy_to(char **place, const struct value *value)
{
    struct value copy = value_clean(*place, value->length);

    if (value->length > 0)
        memcpy(*place, value->bytes, value->length);
    *place += value->length;
    return copy;
}

void answers_keep(struct answers *answers, const struct value *server, const struct value *question,
                  const struct value *answer)
{
    struct answer *kept = malloc(sizeof *kept + server->length + question->length + answer->length);

    if (kept == NULL)
        return;
    char *place = kept->bytes;
    kept->server = copy_to(&place, server);
    kept->question = copy_to(&place, question);
    kept->text = copy_to(&place, answer);
    kept->next = answers->first;
    answers->first = kept;
}

void answers_forget(struct answers *answers, const struct value *server)
{
    struct answer **link = &answers->first;

    while (*link != NULL) {
        struct answer *answer = *link;
        if (value_equal(&answer->server, server)) {
            *link = answer->next;
            free(answer);
        } else {
            link = &answer->next;
        }
    }
}
