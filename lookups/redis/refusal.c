#include "lookups/redis/refusal.h"

#include <string.h>

static const struct redis_refusal rows[] = {
    {"MOVED", REDIS_REFUSED_MOVED, true, false, true},
    {"ASK", REDIS_REFUSED_ASK, true, false, true},
    {"TRYAGAIN", REDIS_REFUSED_SOON, true, false, true},
    {"BUSY", REDIS_REFUSED_SOON, true, true, false},
    {"ERR max number of clients reached", REDIS_REFUSED_SOON, true, true, false},
    {"CLUSTERDOWN", REDIS_REFUSED_DOWN, true, true, true},
    {"LOADING", REDIS_REFUSED_DOWN, true, true, false},
    {"MASTERDOWN", REDIS_REFUSED_DOWN, true, true, false},
    {"READONLY", REDIS_REFUSED_DEMOTED, true, false, false},
    {"CROSSSLOT", REDIS_REFUSED_CROSSSLOT, false, false, true},
    {"NOSCRIPT", REDIS_REFUSED_NOSCRIPT, false, false, false},
    {"NOAUTH", REDIS_REFUSED_FOR_GOOD, true, true, false},
    {"WRONGPASS", REDIS_REFUSED_FOR_GOOD, true, true, false},
    {"NOPERM", REDIS_REFUSED_FOR_GOOD, true, false, false},
    {"MISCONF", REDIS_REFUSED_FOR_GOOD, true, false, false},
    {"NOREPLICAS", REDIS_REFUSED_FOR_GOOD, true, false, false},
};

static const struct redis_refusal *find_row(const char *words)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t length = strlen(rows[i].beginning);
        if (strncmp(words, rows[i].beginning, length) == 0 && (words[length] == ' ' || words[length] == '\0'))
            return &rows[i];
    }
    return NULL;
}

const struct redis_refusal *redis_refusal_find(const struct redis_reply *reply, bool only_reads)
{
    const char *words = reply->as.text.bytes;

    /* Before Redis 7 a script's error stands behind words about the script. */
    const char *wrapped =
        strncmp(words, "ERR Error running script", 24) == 0 ? strstr(words, "-READONLY") : NULL;
    const struct redis_refusal *row = find_row(wrapped != NULL ? wrapped + 1 : words);
    if (row == NULL || row->kind == REDIS_REFUSED_DEMOTED)
        return row;
    return !only_reads && strstr(words, "script:") != NULL ? NULL : row;
}
