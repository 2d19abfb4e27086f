#include "test/compare/words.h"

static const char *const shards[] = {
    "{",    "}",        "$",          "\\",     ":",   ",",    "${", "}}",  "{}",     "{}{}",        "fail",
    "\\N",  " ",        "\n",         "=",      "!",   "<",    ">",  "$1",  "${if",   "${1",         "$h_",
    "\\x4", "0",        "-",          "_",      "a",   "(",    "eq", "{a}", "$value", "\"",          "\xe4",
    "\t",   "${lookup", "${extract{", "${map{", "$$",  "!!",   "{{", "::",  ".",      "/",           "${lc:",
    "def:", "and{{",    "or{",        "forany", "yes", "json", "${", "\\}", "${if!",  "99999999999",
};

static void damage_once(struct generator *generator, const char *text, size_t length, struct buffer *out)
{
    size_t from = pick(generator, length + 1);
    size_t span = pick(generator, happens(generator, 4) ? 20 : 3) + 1;
    size_t end = length - from < span ? length : from + span;

    buffer_add(out, text, from);
    switch (pick(generator, 8)) {
    case 0: /* gone */
    case 1:
        break;
    case 2: /* the end is missing */
        return;
    case 3: /* twice */
        buffer_add(out, text + from, end - from);
        end = from;
        break;
    case 4: /* another byte */
        buffer_add_byte(out, (char)(1 + pick(generator, 255)));
        end = from + (from < length);
        break;
    case 5: /* in another place */
        if (end < length) {
            buffer_add_byte(out, text[end]);
            buffer_add(out, text + from, end - from);
            end++;
        } else {
            end = from;
        }
        break;
    default: /* something in between */
        buffer_add_string(out, shards[pick(generator, COUNT(shards))]);
        end = from;
    }
    buffer_add(out, text + end, length - end);
}

void damage(struct generator *generator, const char *text, size_t length, struct buffer *out)
{
    struct value before = value_clean(text, length);
    struct value after = before;
    size_t times = 1 + pick(generator, 3);

    for (size_t i = 0; i < times; i++) {
        struct buffer next;
        buffer_init(&next, out->arena);
        damage_once(generator, before.bytes, before.length, &next);
        if (!buffer_value(&next, &after))
            break;
        before = after;
    }
    buffer_add(out, after.bytes, after.length);
}
