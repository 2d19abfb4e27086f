/* ${certextract{field}{$variable}{yes}{no}} */

#include <string.h>

#include "base/module.h"
#include "items/items.h"
#include "lang/env.h"
#include "x509/cert.h"

static const char *const certificate_variables[] = {
    "tls_in_ourcert",
    "tls_in_peercert",
    "tls_out_ourcert",
    "tls_out_peercert",
};

static bool is_certificate(const struct variable_row *row)
{
    for (size_t i = 0; i < sizeof certificate_variables / sizeof certificate_variables[0]; i++)
        if (strcmp(row->name, certificate_variables[i]) == 0)
            return true;
    return false;
}

/* certextract := "{" field "}" "{" "$" name "}" branches , where the variable
   is looked at and never expanded. */
bool parse_certextract(struct parser *parser, struct node *node)
{
    parse_space(parser);
    if (parse_peek(parser) != '{')
        return parse_mistake(parser, parser->position, "missing '{' for field arg of certextract");
    if (!parse_child(parser, node))
        return false;
    parse_space(parser);
    if (parse_peek(parser) != '{')
        return parse_mistake(parser, parser->position, "missing '{' for cert variable arg of certextract");
    size_t from = parser->position + 1;
    if (!parse_plain_argument(parser, &node->text))
        return false;
    node->text = value_clean(parser->text + from, parser->position - 1 - from);
    return parse_branches(parser, node, "certextract");
}

static enum outcome find_variable(struct call *call, const struct variable_row **row, struct value *name)
{
    const struct value *text = &call->node->text;

    if (text->length == 0 || text->bytes[0] != '$')
        return call_failed(call, "second argument of \"certextract\" must be a certificate variable");
    *name = value_clean(text->bytes + 1, text->length - 1);
    *row = variable_row_find(name->bytes, name->length);
    if (*row == NULL || (*row)->is_family)
        return call_failed(call, "no variable named \"%.*s\"", CALL_TEXT(name));
    if (!is_certificate(*row))
        return call_failed(call, "\"%.*s\" is not a certificate", CALL_TEXT(name));
    return OUTCOME_DONE;
}

/* What a peer wrote into its certificate is from outside. */
static enum outcome extract(struct call *call, const struct value *pem, const struct value *selector,
                            struct value *found)
{
    const char *problem = "";

    *found = (struct value){0};
    if (pem->length == 0)
        return OUTCOME_DONE;
    const struct cert_calls *calls = OPENSSL_TABLE(rexpand_certs, &problem);
    if (calls == NULL)
        return call_failed(call, "certificates cannot be read: %s", problem);
    struct cert *cert = calls->read(pem);
    if (cert == NULL)
        return call_failed(call, "\"%.*s\" holds no certificate in PEM", CALL_TEXT(&call->node->text));
    enum outcome outcome = calls->field(call->run->arena, cert, selector, found, call->run->error);
    calls->free(cert);
    if (outcome == OUTCOME_DONE && found->bytes != NULL && value_is_tainted(pem))
        *found = value_tainted(found->bytes, found->length);
    return outcome;
}

enum outcome item_certextract(struct call *call)
{
    const struct variable_row *row = NULL;
    struct value field, name, pem, found;
    enum outcome outcome = call_argument(call, 0, &field);

    if (outcome == OUTCOME_DONE)
        outcome = find_variable(call, &row, &name);
    if (outcome == OUTCOME_DONE)
        outcome = env_variable(call->run, row, &name, &pem);
    if (outcome != OUTCOME_DONE)
        return outcome;
    field = value_trim(call->run->arena, &field);
    outcome = extract(call, &pem, &field, &found);
    if (outcome != OUTCOME_DONE)
        return outcome;
    return call_branch(call, found.bytes != NULL, &found);
}
