/* utf8_domain_to_alabel and its family: names beyond ASCII in ASCII, for mail
   (RFC 6531) that goes to a host which knows no other. */

#include <dlfcn.h>
#include <idn2.h>
#include <stdlib.h>
#include <string.h>

#include "base/list.h"
#include "operators/operators.h"
#include "operators/punycode.h"

static const char prefix[] = "xn--";
enum { PREFIX_LENGTH = sizeof prefix - 1 };

static bool is_ascii(const struct value *text)
{
    for (size_t i = 0; i < text->length; i++)
        if ((unsigned char)text->bytes[i] >= 128)
            return false;
    return true;
}

static bool has_prefix(const struct value *text)
{
    return text->length >= PREFIX_LENGTH && memcmp(text->bytes, prefix, PREFIX_LENGTH) == 0;
}

/* The text for a message, bytes that do not print in octal. */
static const char *printable(struct call *call, const struct value *text)
{
    struct buffer shown;
    struct value value;

    buffer_init(&shown, call->run->arena);
    buffer_add_printing(&shown, text, false);
    return buffer_value(&shown, &value) ? value.bytes : "";
}

static enum outcome fail_to_ascii(struct call *call, const struct value *text, const char *problem)
{
    return call_failed(call, "error converting utf8 (%s) to alabel: %s", printable(call, text), problem);
}

static enum outcome fail_from_ascii(struct call *call, const struct value *text, enum punycode_result result)
{
    static const char *const problems[] = {
        [PUNYCODE_INVALID] = "Invalid input",
        [PUNYCODE_TOO_LONG] = "String size limit exceeded",
    };

    if (result == PUNYCODE_NO_MEMORY)
        return call_no_memory(call);
    return call_failed(call, "error converting alabel (%s) to utf8: %s", printable(call, text),
                       problems[result]);
}

static enum outcome taint_result(struct call *call, size_t from, const struct value *text)
{
    if (value_is_tainted(text))
        buffer_taint(call->out, from, NULL);
    return call_done(call);
}

/* ---- domains ---- */

/* The library that knows which characters a name may have, and its functions
   with the types that its header declares. It is loaded when the first name
   needs it, since it and its tables take as long as all the rest of a short run. */
struct library {
    __typeof__(idn2_to_ascii_8z) *to_ascii;
    __typeof__(idn2_strerror) *describe;
    __typeof__(idn2_free) *release;
};

static void find_function(void *handle, void *function, const char *name)
{
    void *address = dlsym(handle, name);

    memcpy(function, &address, sizeof address);
}

static bool open_library(struct library *library)
{
    void *handle = dlopen("libidn2.so.0", RTLD_LAZY | RTLD_LOCAL);

    if (handle == NULL)
        return false;
    find_function(handle, &library->to_ascii, "idn2_to_ascii_8z");
    find_function(handle, &library->describe, "idn2_strerror");
    find_function(handle, &library->release, "idn2_free");
    return library->to_ascii != NULL && library->describe != NULL && library->release != NULL;
}

static enum outcome add_alabels(struct call *call, const struct value *text)
{
    struct library library;
    char *ascii = NULL;
    char *copy = arena_copy(call->run->arena, text->bytes, text->length);
    size_t from = call->out->length;

    if (copy == NULL)
        return call_no_memory(call);
    if (memchr(text->bytes, '\0', text->length) != NULL)
        return fail_to_ascii(call, text, "string encoding error");
    if (!open_library(&library))
        return fail_to_ascii(call, text, "the library libidn2 is not there");
    int result = library.to_ascii(copy, &ascii, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
    if (result != IDN2_OK)
        return fail_to_ascii(call, text, library.describe(result));
    buffer_add_string(call->out, ascii);
    library.release(ascii);
    return taint_result(call, from, text);
}

enum outcome op_utf8_domain_to_alabel(struct call *call)
{
    struct value text;
    enum outcome outcome = call_argument(call, 0, &text);

    if (outcome != OUTCOME_DONE)
        return outcome;
    if (!is_ascii(&text))
        return add_alabels(call, &text);
    buffer_add_value(call->out, &text);
    return call_done(call);
}

static enum punycode_result add_label(struct call *call, const struct value *label)
{
    struct buffer decoded;
    struct value item = *label;

    buffer_init(&decoded, call->run->arena);
    if (has_prefix(label)) {
        struct value code = value_slice(call->run->arena, label, PREFIX_LENGTH, label->length);
        enum punycode_result result = punycode_decode(&decoded, &code);
        if (result != PUNYCODE_OK)
            return result;
        if (!buffer_value(&decoded, &item))
            return PUNYCODE_NO_MEMORY;
    }
    list_add(call->out, call->out->length, true, '.', &item);
    return PUNYCODE_OK;
}

/* Exim takes the domain for a list whose separator is a dot; what is empty in
   front of its first label is lost. */
enum outcome op_utf8_domain_from_alabel(struct call *call)
{
    struct list_reader labels = {.arena = call->run->arena, .separator = '.'};
    struct value text, label;
    enum outcome outcome = call_argument(call, 0, &text);
    size_t from = call->out->length;

    if (outcome != OUTCOME_DONE)
        return outcome;
    labels.list = text;
    while (list_next(&labels, &label)) {
        if (call->out->length > from)
            buffer_add_byte(call->out, '.');
        enum punycode_result result = add_label(call, &label);
        if (result != PUNYCODE_OK)
            return fail_from_ascii(call, &label, result);
    }
    return taint_result(call, from, &text);
}

/* ---- local parts ---- */

enum outcome op_utf8_localpart_to_alabel(struct call *call)
{
    struct value text;
    enum outcome outcome = call_argument(call, 0, &text);
    size_t from = call->out->length;

    if (outcome != OUTCOME_DONE)
        return outcome;
    if (is_ascii(&text)) {
        buffer_add_value(call->out, &text);
        return call_done(call);
    }
    buffer_add_string(call->out, prefix);
    enum punycode_result result = punycode_encode(call->out, &text);
    if (result == PUNYCODE_NO_MEMORY)
        return call_no_memory(call);
    if (result != PUNYCODE_OK)
        return fail_to_ascii(call, &text,
                             result == PUNYCODE_INVALID ? "l_u2a: bad UTF-8 input"
                                                        : "String size limit exceeded");
    return taint_result(call, from, &text);
}

enum outcome op_utf8_localpart_from_alabel(struct call *call)
{
    struct value text;
    enum outcome outcome = call_argument(call, 0, &text);
    size_t from = call->out->length;

    if (outcome != OUTCOME_DONE)
        return outcome;
    if (!has_prefix(&text))
        return call_failed(call, "error converting alabel (%s) to utf8: bad alabel prefix",
                           printable(call, &text));
    struct value code = value_slice(call->run->arena, &text, PREFIX_LENGTH, text.length);
    enum punycode_result result = punycode_decode(call->out, &code);
    if (result != PUNYCODE_OK)
        return fail_from_ascii(call, &text, result);
    return taint_result(call, from, &text);
}
