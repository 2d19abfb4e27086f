/* md5, sha1, sha2, sha256, sha3. */

#include "base/digest.h"
#include "items/certificate.h"
#include "operators/operators.h"

/* A digest's text is clean: nothing that came from outside can be read in
   it. */
static enum outcome add_digest_of(struct call *call, enum digest_algorithm algorithm,
                                  const struct value *text, const char *digits)
{
    unsigned char digest[DIGEST_LONGEST];
    unsigned length = 0;

    if (!digest_make(algorithm, text->bytes, text->length, digest, &length))
        return call_failed(call, "the system's cryptographic library is missing or refuses \"%s\"",
                           call_name(call));
    digest_add(call->out, digest, length, digits);
    return call_done(call);
}

static enum outcome add_digest(struct call *call, enum digest_algorithm algorithm)
{
    struct value text;
    enum outcome outcome = call_argument(call, 0, &text);

    return outcome == OUTCOME_DONE ? add_digest_of(call, algorithm, &text, digest_upper_digits) : outcome;
}

/* A certificate's is its fingerprint, always in upper case. */
static enum outcome add_fingerprint(struct call *call, enum digest_algorithm algorithm, const char *digits)
{
    struct value text;
    bool is_certificate;
    enum outcome outcome = certificate_argument(call, &text, &is_certificate);

    if (outcome != OUTCOME_DONE)
        return outcome;
    return add_digest_of(call, algorithm, &text, is_certificate ? digest_upper_digits : digits);
}

enum outcome op_md5(struct call *call)
{
    return add_fingerprint(call, DIGEST_MD5, digest_lower_digits);
}

enum outcome op_sha1(struct call *call)
{
    return add_fingerprint(call, DIGEST_SHA1, digest_upper_digits);
}

enum outcome op_sha256(struct call *call)
{
    return add_fingerprint(call, DIGEST_SHA256, digest_upper_digits);
}

/* A member of a family of digests, by the word behind the operator's name. */
struct variant {
    const char *word;
    enum digest_algorithm algorithm;
};

static enum outcome add_variant(struct call *call, const struct variant *variants, size_t count,
                                enum digest_algorithm usual)
{
    const struct value *word = &call->node->text;

    if (word->bytes == NULL)
        return add_digest(call, usual);
    for (size_t i = 0; i < count; i++)
        if (value_equals_text(word, variants[i].word))
            return add_digest(call, variants[i].algorithm);
    struct value ignored;
    enum outcome outcome = call_argument(call, 0, &ignored);
    return outcome == OUTCOME_DONE ? call_failed(call, "unrecognised %s variant", call_name(call)) : outcome;
}

enum outcome op_sha2(struct call *call)
{
    static const struct variant variants[] = {
        {"256", DIGEST_SHA256}, {"384", DIGEST_SHA384}, {"512", DIGEST_SHA512}};

    return add_variant(call, variants, sizeof variants / sizeof variants[0], DIGEST_SHA256);
}

enum outcome op_sha3(struct call *call)
{
    static const struct variant variants[] = {{"224", DIGEST_SHA3_224},
                                              {"256", DIGEST_SHA3_256},
                                              {"384", DIGEST_SHA3_384},
                                              {"512", DIGEST_SHA3_512}};

    return add_variant(call, variants, sizeof variants / sizeof variants[0], DIGEST_SHA3_256);
}
