/* ${certextract{field}{$variable}{yes}{no}} */

#include "items/certificate.h"
#include "items/items.h"
#include "lang/env.h"

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
    if (!certificate_is_in(*row))
        return call_failed(call, "\"%.*s\" is not a certificate", CALL_TEXT(name));
    return OUTCOME_DONE;
}

/* What a peer wrote into its certificate is from outside. */
static enum outcome extract(struct call *call, const struct value *pem, const struct value *selector,
                            struct value *found)
{
    const struct cert_calls *calls = NULL;
    struct cert *cert = NULL;
    enum outcome outcome = certificate_read(call, &call->node->text, pem, &calls, &cert);

    *found = (struct value){0};
    if (outcome != OUTCOME_DONE || cert == NULL)
        return outcome;
    outcome = calls->field(call->run->arena, cert, selector, found, call->run->error);
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
