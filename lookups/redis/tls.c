#include "lookups/redis/tls.h"

#include "base/module.h"
#include "lookups/redis/tls_openssl.h"

void redis_tls_init(struct redis_tls *tls, const struct redis_tls_settings *settings)
{
    *tls = (struct redis_tls){.settings = *settings};
}

void redis_tls_free(struct redis_tls *tls)
{
    if (tls->transport != NULL)
        tls->transport->forget(tls->context);
    tls->context = NULL;
}

const struct redis_transport *redis_tls_transport(struct redis_tls *tls, const char **problem)
{
    if (tls->transport == NULL)
        tls->transport = CRYPTO_TABLE(rexpand_redis_tls, problem);
    return tls->transport;
}
