#include "items/certificate.h"

#include <string.h>

#include "base/module.h"
#include "lang/env.h"

bool certificate_is_in(const struct variable_row *variable)
{
    static const char *const names[] = {
        "tls_in_ourcert",
        "tls_in_peercert",
        "tls_out_ourcert",
        "tls_out_peercert",
    };

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(variable->name, names[i]) == 0)
            return true;
    return false;
}

enum outcome certificate_read(struct call *call, const struct value *variable, const struct value *pem,
                              const struct cert_calls **calls, struct cert **cert)
{
    const char *problem = "";

    *cert = NULL;
    if (pem->length == 0)
        return OUTCOME_DONE;
    *calls = CRYPTO_TABLE(rexpand_certs, &problem);
    if (*calls == NULL)
        return call_failed(call, "certificates cannot be read: %s", problem);
    *cert = (*calls)->read(pem);
    if (*cert == NULL)
        return call_failed(call, "\"%.*s\" holds no certificate in PEM", CALL_TEXT(variable));
    return OUTCOME_DONE;
}

/* The variable that an operand is, and nothing else; or NULL. */
static const struct node *find_variable(const struct call *call)
{
    const struct node *operand = call->node->child_count == 0 ? NULL : call->node->children[0];

    if (operand == NULL || operand->kind != NODE_VARIABLE || !certificate_is_in(operand->row.variable))
        return NULL;
    return call->run->program->source.bytes[operand->offset + 1] == '{' ? NULL : operand;
}

enum outcome certificate_argument(struct call *call, struct value *text, bool *is_certificate)
{
    const struct node *variable = find_variable(call);
    const struct cert_calls *calls = NULL;
    struct cert *cert = NULL;
    struct buffer der;
    enum outcome outcome = call_argument(call, 0, text);

    *is_certificate = false;
    if (outcome != OUTCOME_DONE || variable == NULL)
        return outcome;
    bool is_tainted = value_is_tainted(text);
    outcome = certificate_read(call, &variable->text, text, &calls, &cert);
    *text = variable->text;
    if (outcome != OUTCOME_DONE || cert == NULL)
        return outcome;
    buffer_init(&der, call->run->arena);
    bool is_written = calls->add_der(&der, cert);
    calls->free(cert);
    *is_certificate = true;
    if (is_tainted)
        buffer_taint(&der, 0, NULL);
    return is_written && buffer_value(&der, text) ? OUTCOME_DONE : call_no_memory(call);
}
