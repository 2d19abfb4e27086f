#include "lang/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

#include "lang/call.h"

struct regex {
    pcre2_code *code;
    bool is_fast;   /* there is machine code */
    bool in_one_go; /* a search may not be cut into parts: where it starts means something */
    struct regex *next;
};

struct regex_scratch {
    pcre2_match_data *data;
    pcre2_match_context *context;
};

/* Patterns come from the configuration but subjects from anyone: a match that
   backtracks without end is cut off. */
enum { MATCH_LIMIT = 10 * 1000 * 1000, DEPTH_LIMIT = 100 * 1000, HEAP_LIMIT_KIB = 64 * 1024 };

void regex_version(struct buffer *out)
{
    char version[64];
    uint32_t has_jit = 0;

    (void)pcre2_config(PCRE2_CONFIG_VERSION, version);
    (void)pcre2_config(PCRE2_CONFIG_JIT, &has_jit);
    buffer_format(out, "Library version: PCRE2 %s%s", version, has_jit != 0 ? ", with JIT" : "");
}

struct regex_scratch *regex_scratch_new(void)
{
    struct regex_scratch *scratch = calloc(1, sizeof *scratch);

    if (scratch == NULL)
        return NULL;
    scratch->data = pcre2_match_data_create(CAPTURES, NULL);
    scratch->context = pcre2_match_context_create(NULL);
    if (scratch->data == NULL || scratch->context == NULL) {
        regex_scratch_free(scratch);
        return NULL;
    }
    (void)pcre2_set_match_limit(scratch->context, MATCH_LIMIT);
    (void)pcre2_set_depth_limit(scratch->context, DEPTH_LIMIT);
    (void)pcre2_set_heap_limit(scratch->context, HEAP_LIMIT_KIB);
    return scratch;
}

void regex_scratch_free(struct regex_scratch *scratch)
{
    if (scratch == NULL)
        return;
    pcre2_match_data_free(scratch->data);
    pcre2_match_context_free(scratch->context);
    free(scratch);
}

/* \G stands for the start of the search, and in UTF mode a search cannot start
   inside a character. */
static bool start_matters(const pcre2_code *code, const struct value *pattern)
{
    uint32_t options = 0;

    (void)pcre2_pattern_info(code, PCRE2_INFO_ALLOPTIONS, &options);
    return (options & PCRE2_UTF) != 0 || memmem(pattern->bytes, pattern->length, "\\G", 2) != NULL;
}

enum outcome regex_new(struct arena *arena, const struct value *pattern, struct regex **regex,
                       struct error *error)
{
    int code;
    PCRE2_SIZE offset;
    struct regex *made = calloc(1, sizeof *made);

    if (made == NULL)
        return error_no_memory(error);
    made->code = pcre2_compile((PCRE2_SPTR)pattern->bytes, pattern->length, PCRE2_USE_OFFSET_LIMIT, &code,
                               &offset, NULL);
    if (made->code != NULL) {
        made->in_one_go = start_matters(made->code, pattern);
        *regex = made;
        return OUTCOME_DONE;
    }
    free(made);
    PCRE2_UCHAR message[128];
    (void)pcre2_get_error_message(code, message, sizeof message);
    return error_set(error, arena, OUTCOME_FAILED, "regular expression error in \"%.*s\": %s at offset %zu",
                     CALL_TEXT(pattern), (const char *)message, (size_t)offset);
}

bool regex_check(const struct value *pattern, char *message, size_t message_size, size_t *offset)
{
    int number;
    PCRE2_SIZE place;
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)pattern->bytes, pattern->length, 0, &number, &place, NULL);

    if (code != NULL) {
        pcre2_code_free(code);
        return true;
    }
    (void)pcre2_get_error_message(number, (PCRE2_UCHAR *)message, message_size);
    *offset = place;
    return false;
}

void regex_chain(struct regex **chain, struct regex *regex)
{
    regex->next = *chain;
    *chain = regex;
}

void regex_free(struct regex *chain)
{
    while (chain != NULL) {
        struct regex *next = chain->next;
        pcre2_code_free(chain->code);
        free(chain);
        chain = next;
    }
}

void regex_make_fast(struct regex *chain)
{
    for (; chain != NULL; chain = chain->next)
        chain->is_fast = pcre2_jit_compile(chain->code, PCRE2_JIT_COMPLETE) == 0;
}

static void fill_captures(struct captures *captures, struct arena *arena, const struct value *subject,
                          const PCRE2_SIZE *places, int count)
{
    captures->count = (size_t)(count < CAPTURES ? count : CAPTURES);
    for (size_t i = 0; i < captures->count; i++) {
        PCRE2_SIZE begin = places[2 * i];
        PCRE2_SIZE end = places[2 * i + 1];
        /* \K in a look-ahead can put a start behind its end. */
        bool took_part = begin != PCRE2_UNSET && begin <= end;
        captures->texts[i] = took_part ? value_slice(arena, subject, begin, end - begin) : value_clean("", 0);
    }
}

static int match_once(const struct regex *regex, const struct regex_scratch *scratch,
                      const struct value *subject, size_t from, uint32_t options)
{
    PCRE2_SPTR bytes = (PCRE2_SPTR)(subject->bytes == NULL ? "" : subject->bytes);
    /* What pcre2_match looks at first is known to be well, but for UTF. */
    bool runs_directly = regex->is_fast && !regex->in_one_go && options == 0;
    int count = (runs_directly ? pcre2_jit_match : pcre2_match)(regex->code, bytes, subject->length, from,
                                                                options, scratch->data, scratch->context);

    /* Machine code has a small stack of its own; without it the same match may well end. */
    if (count == PCRE2_ERROR_JIT_STACKLIMIT)
        count = pcre2_match(regex->code, bytes, subject->length, from, options | PCRE2_NO_JIT, scratch->data,
                            scratch->context);
    return count;
}

/* No code of PCRE2's. */
enum { TIME_IS_OVER = 1000 * 1000 };

/* PCRE2's limits hold for one start of a match, and a long subject has many:
   they are tried so many at a time, and the clock is looked at in between. */
static int match_in_time(const struct regex *regex, const struct regex_scratch *scratch,
                         const struct value *subject, const struct regex_match *match)
{
    enum { STARTS_AT_A_TIME = 256 };
    uint32_t options = match->not_empty_here ? PCRE2_NOTEMPTY_ATSTART | PCRE2_ANCHORED : 0;

    for (size_t from = match->from;; from += STARTS_AT_A_TIME) {
        bool is_last = regex->in_one_go || options != 0 || subject->length - from < STARTS_AT_A_TIME;
        (void)pcre2_set_offset_limit(scratch->context, is_last ? PCRE2_UNSET : from + STARTS_AT_A_TIME - 1);
        int count = match_once(regex, scratch, subject, from, options);
        if (count != PCRE2_ERROR_NOMATCH || is_last)
            return count;
        if (match->deadline != 0 && clock_is_past(match->deadline))
            return TIME_IS_OVER;
    }
}

static enum outcome match_failed(int code, struct arena *arena, struct error *error)
{
    PCRE2_UCHAR message[128];

    if (code == TIME_IS_OVER)
        return error_set(error, arena, OUTCOME_FAILED,
                         "regular expression matching failed: the expansion took longer than its time limit");
    (void)pcre2_get_error_message(code, message, sizeof message);
    return error_set(error, arena, OUTCOME_FAILED, "regular expression matching failed: %s",
                     (const char *)message);
}

enum outcome regex_match(const struct regex *regex, struct regex_scratch *scratch, struct arena *arena,
                         const struct value *subject, struct regex_match *match, struct captures *captures,
                         struct error *error)
{
    int count = match_in_time(regex, scratch, subject, match);

    match->found = false;
    if (count == PCRE2_ERROR_NOMATCH)
        return OUTCOME_DONE;
    if (count < 0 || count == TIME_IS_OVER)
        return match_failed(count, arena, error);
    match->found = true;
    const PCRE2_SIZE *places = pcre2_get_ovector_pointer(scratch->data);
    match->begin = places[0];
    match->end = places[1];
    if (captures != NULL)
        fill_captures(captures, arena, subject, places, count == 0 ? CAPTURES : count);
    return OUTCOME_DONE;
}

enum { CACHED_PATTERNS = 32, USES_BEFORE_FAST = 3 };

struct regex_cache {
    struct cached_pattern {
        char *bytes;
        size_t length;
        struct regex *regex;
        unsigned uses;
    } patterns[CACHED_PATTERNS];
    size_t next; /* the place that the next new pattern takes */
};

struct regex_cache *regex_cache_new(void)
{
    return calloc(1, sizeof(struct regex_cache));
}

static void forget_pattern(struct cached_pattern *pattern)
{
    free(pattern->bytes);
    regex_free(pattern->regex);
    *pattern = (struct cached_pattern){0};
}

void regex_cache_free(struct regex_cache *cache)
{
    if (cache == NULL)
        return;
    for (size_t i = 0; i < CACHED_PATTERNS; i++)
        forget_pattern(&cache->patterns[i]);
    free(cache);
}

static struct cached_pattern *find_pattern(struct regex_cache *cache, const struct value *wanted)
{
    for (size_t i = 0; i < CACHED_PATTERNS; i++) {
        struct cached_pattern *pattern = &cache->patterns[i];
        if (pattern->regex != NULL && pattern->length == wanted->length &&
            memcmp(pattern->bytes, wanted->bytes, wanted->length) == 0)
            return pattern;
    }
    return NULL;
}

enum outcome regex_cache_get(struct regex_cache *cache, struct arena *arena, const struct value *pattern,
                             const struct regex **regex, struct error *error)
{
    struct value text = pattern->bytes == NULL ? value_clean("", 0) : *pattern;
    struct cached_pattern *cached = find_pattern(cache, &text);

    if (cached != NULL) {
        if (++cached->uses == USES_BEFORE_FAST)
            regex_make_fast(cached->regex);
        *regex = cached->regex;
        return OUTCOME_DONE;
    }
    struct regex *made = NULL;
    enum outcome outcome = regex_new(arena, &text, &made, error);
    if (outcome != OUTCOME_DONE)
        return outcome;
    char *bytes = malloc(text.length + 1);
    if (bytes == NULL) {
        regex_free(made);
        return error_no_memory(error);
    }
    memcpy(bytes, text.bytes, text.length);
    cached = &cache->patterns[cache->next];
    cache->next = (cache->next + 1) % CACHED_PATTERNS;
    forget_pattern(cached);
    *cached = (struct cached_pattern){.bytes = bytes, .length = text.length, .regex = made, .uses = 1};
    *regex = made;
    return OUTCOME_DONE;
}
