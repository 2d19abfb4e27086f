/* The options of routers, transports and authenticators: a row each, in byte
   order of names within its table (Exim specification, chapters 15 to 30 and 33 to 42; in
   all of its builds). */

#include "config/drivers.h"

#include <string.h>

#define OPTION(name, type, content)                                                                          \
    {                                                                                                        \
        (name), OPTION_##type, CONTENT_##content, false                                                      \
    }
#define REPEATED(name, type, content)                                                                        \
    {                                                                                                        \
        (name), OPTION_##type, CONTENT_##content, true                                                       \
    }

static const struct driver_option_row routers_options[] = {
    OPTION("address_data", TEXT, STRING),
    OPTION("address_test", BOOL, PLAIN),
    OPTION("cannot_route_message", TEXT, STRING),
    OPTION("caseful_local_part", BOOL, PLAIN),
    OPTION("check_local_user", BOOL, PLAIN),
    REPEATED("condition", TEXT, STRING),
    OPTION("debug_print", TEXT, STRING),
    OPTION("disable_logging", BOOL, PLAIN),
    OPTION("dnssec_request_domains", TEXT, DOMAINS),
    OPTION("dnssec_require_domains", TEXT, DOMAINS),
    OPTION("domains", TEXT, DOMAINS),
    OPTION("driver", TEXT, PLAIN),
    OPTION("dsn_lasthop", BOOL, PLAIN),
    OPTION("errors_to", TEXT, STRING),
    OPTION("expn", BOOL, PLAIN),
    OPTION("fail_verify", BOOL, PLAIN),
    OPTION("fail_verify_recipient", BOOL, PLAIN),
    OPTION("fail_verify_sender", BOOL, PLAIN),
    OPTION("fallback_hosts", TEXT, PLAIN),
    OPTION("group", NAMES, STRING),
    REPEATED("headers_add", TEXT, LINES),
    REPEATED("headers_remove", TEXT, STRINGS),
    OPTION("ignore_target_hosts", TEXT, HOSTS),
    OPTION("initgroups", BOOL, PLAIN),
    OPTION("local_part_prefix", TEXT, PLAIN),
    OPTION("local_part_prefix_optional", BOOL, PLAIN),
    OPTION("local_part_suffix", TEXT, PLAIN),
    OPTION("local_part_suffix_optional", BOOL, PLAIN),
    OPTION("local_parts", TEXT, LOCAL_PARTS),
    OPTION("log_as_local", BOOL, PLAIN),
    OPTION("more", BOOL, BOOL),
    OPTION("pass_on_timeout", BOOL, PLAIN),
    OPTION("pass_router", TEXT, PLAIN),
    OPTION("redirect_router", TEXT, PLAIN),
    OPTION("require_files", TEXT, STRINGS),
    OPTION("retry_use_local_part", BOOL, PLAIN),
    OPTION("router_home_directory", TEXT, STRING),
    OPTION("self", TEXT, PLAIN),
    OPTION("senders", TEXT, ADDRESSES),
    REPEATED("set", TEXT, VARIABLES),
    OPTION("transport", TEXT, STRING),
    OPTION("transport_current_directory", TEXT, STRING),
    OPTION("transport_home_directory", TEXT, STRING),
    OPTION("unseen", BOOL, BOOL),
    OPTION("user", NAMES, STRING),
    OPTION("verify", BOOL, PLAIN),
    OPTION("verify_only", BOOL, PLAIN),
    OPTION("verify_recipient", BOOL, PLAIN),
    OPTION("verify_sender", BOOL, PLAIN),
};

static const struct driver_option_row transports_options[] = {
    OPTION("body_only", BOOL, PLAIN),
    OPTION("current_directory", TEXT, STRING),
    OPTION("debug_print", TEXT, STRING),
    OPTION("delivery_date_add", BOOL, PLAIN),
    OPTION("disable_logging", BOOL, PLAIN),
    OPTION("driver", TEXT, PLAIN),
    OPTION("envelope_to_add", BOOL, PLAIN),
    OPTION("event_action", TEXT, STRING),
    OPTION("group", NAMES, STRING),
    REPEATED("headers_add", TEXT, LINES),
    OPTION("headers_only", BOOL, PLAIN),
    REPEATED("headers_remove", TEXT, STRINGS),
    OPTION("headers_rewrite", TEXT, REWRITE),
    OPTION("home_directory", TEXT, STRING),
    OPTION("initgroups", BOOL, PLAIN),
    OPTION("max_parallel", TEXT, STRING),
    OPTION("message_size_limit", TEXT, STRING),
    OPTION("rcpt_include_affixes", BOOL, PLAIN),
    OPTION("retry_use_local_part", BOOL, PLAIN),
    OPTION("return_path", TEXT, STRING),
    OPTION("return_path_add", BOOL, PLAIN),
    OPTION("shadow_condition", TEXT, STRING),
    OPTION("shadow_transport", TEXT, PLAIN),
    OPTION("transport_filter", TEXT, COMMAND),
    OPTION("transport_filter_timeout", TIME, PLAIN),
    OPTION("user", NAMES, STRING),
};

static const struct driver_option_row authenticators_options[] = {
    OPTION("client_condition", TEXT, STRING),
    OPTION("client_set_id", TEXT, STRING),
    OPTION("driver", TEXT, PLAIN),
    OPTION("public_name", TEXT, PLAIN),
    OPTION("server_advertise_condition", TEXT, STRING),
    OPTION("server_condition", TEXT, STRING),
    OPTION("server_debug_print", TEXT, STRING),
    OPTION("server_mail_auth_condition", TEXT, STRING),
    OPTION("server_set_id", TEXT, STRING),
};

static const struct driver_option_row dnslookup_options[] = {
    OPTION("check_secondary_mx", BOOL, PLAIN),   OPTION("check_srv", TEXT, STRING),
    OPTION("fail_defer_domains", TEXT, DOMAINS), OPTION("ipv4_only", TEXT, STRING),
    OPTION("ipv4_prefer", TEXT, STRING),         OPTION("mx_domains", TEXT, DOMAINS),
    OPTION("mx_fail_domains", TEXT, DOMAINS),    OPTION("qualify_single", BOOL, PLAIN),
    OPTION("rewrite_headers", BOOL, PLAIN),      OPTION("same_domain_copy_routing", BOOL, PLAIN),
    OPTION("search_parents", BOOL, PLAIN),       OPTION("srv_fail_domains", TEXT, DOMAINS),
    OPTION("widen_domains", TEXT, PLAIN),
};

static const struct driver_option_row iplookup_options[] = {
    OPTION("hosts", TEXT, PLAIN),
    OPTION("optional", BOOL, PLAIN),
    OPTION("port", INTEGER, PLAIN),
    OPTION("protocol", TEXT, PLAIN),
    OPTION("query", TEXT, STRING),
    OPTION("reroute", TEXT, STRING),
    OPTION("response_pattern", TEXT, PLAIN),
    OPTION("timeout", TIME, PLAIN),
};

static const struct driver_option_row manualroute_options[] = {
    OPTION("host_all_ignored", TEXT, PLAIN), OPTION("host_find_failed", TEXT, PLAIN),
    OPTION("hosts_randomize", BOOL, PLAIN),  OPTION("route_data", TEXT, STRING),
    OPTION("route_list", TEXT, ROUTE_LIST),  OPTION("same_domain_copy_routing", BOOL, PLAIN),
};

static const struct driver_option_row queryprogram_options[] = {
    OPTION("command", TEXT, COMMAND),     OPTION("command_group", NAMES, PLAIN),
    OPTION("command_user", NAMES, PLAIN), OPTION("current_directory", TEXT, PLAIN),
    OPTION("timeout", TIME, PLAIN),
};

static const struct driver_option_row redirect_options[] = {
    OPTION("allow_defer", BOOL, PLAIN),
    OPTION("allow_fail", BOOL, PLAIN),
    OPTION("allow_filter", BOOL, PLAIN),
    OPTION("allow_freeze", BOOL, PLAIN),
    OPTION("check_ancestor", BOOL, PLAIN),
    OPTION("check_group", BOOL, PLAIN),
    OPTION("check_owner", BOOL, PLAIN),
    OPTION("data", TEXT, STRING),
    OPTION("directory_transport", TEXT, STRING),
    OPTION("file", TEXT, FILE),
    OPTION("file_transport", TEXT, STRING),
    OPTION("filter_prepend_home", BOOL, PLAIN),
    OPTION("forbid_blackhole", BOOL, PLAIN),
    OPTION("forbid_exim_filter", BOOL, PLAIN),
    OPTION("forbid_file", BOOL, PLAIN),
    OPTION("forbid_filter_dlfunc", BOOL, PLAIN),
    OPTION("forbid_filter_existstest", BOOL, PLAIN),
    OPTION("forbid_filter_logwrite", BOOL, PLAIN),
    OPTION("forbid_filter_lookup", BOOL, PLAIN),
    OPTION("forbid_filter_perl", BOOL, PLAIN),
    OPTION("forbid_filter_readfile", BOOL, PLAIN),
    OPTION("forbid_filter_readsocket", BOOL, PLAIN),
    OPTION("forbid_filter_reply", BOOL, PLAIN),
    OPTION("forbid_filter_run", BOOL, PLAIN),
    OPTION("forbid_include", BOOL, PLAIN),
    OPTION("forbid_pipe", BOOL, PLAIN),
    OPTION("forbid_sieve_filter", BOOL, PLAIN),
    OPTION("forbid_smtp_code", BOOL, PLAIN),
    OPTION("hide_child_in_errmsg", BOOL, PLAIN),
    OPTION("ignore_eacces", BOOL, PLAIN),
    OPTION("ignore_enotdir", BOOL, PLAIN),
    OPTION("include_directory", TEXT, PLAIN),
    OPTION("modemask", OCTAL, PLAIN),
    OPTION("one_time", BOOL, PLAIN),
    OPTION("owners", NAMES, STRING),
    OPTION("owngroups", NAMES, STRING),
    OPTION("pipe_transport", TEXT, STRING),
    OPTION("qualify_domain", TEXT, STRING),
    OPTION("qualify_preserve_domain", BOOL, PLAIN),
    OPTION("repeat_use", BOOL, PLAIN),
    OPTION("reply_transport", TEXT, STRING),
    OPTION("rewrite", BOOL, PLAIN),
    OPTION("sieve_enotify_mailto_owner", TEXT, STRING),
    OPTION("sieve_subaddress", TEXT, STRING),
    OPTION("sieve_useraddress", TEXT, STRING),
    OPTION("sieve_vacation_directory", TEXT, STRING),
    OPTION("skip_syntax_errors", BOOL, PLAIN),
    OPTION("syntax_errors_text", TEXT, STRING),
    OPTION("syntax_errors_to", TEXT, PLAIN),
};

static const struct driver_option_row appendfile_options[] = {
    OPTION("allow_fifo", BOOL, PLAIN),
    OPTION("allow_symlink", BOOL, PLAIN),
    OPTION("batch_id", TEXT, STRING),
    OPTION("batch_max", INTEGER, PLAIN),
    OPTION("check_group", BOOL, PLAIN),
    OPTION("check_owner", BOOL, PLAIN),
    OPTION("check_string", TEXT, PLAIN),
    OPTION("create_directory", BOOL, PLAIN),
    OPTION("create_file", TEXT, PLAIN),
    OPTION("directory", TEXT, FILE),
    OPTION("directory_file", TEXT, STRING),
    OPTION("directory_mode", OCTAL, PLAIN),
    OPTION("escape_string", TEXT, PLAIN),
    OPTION("file", TEXT, FILE),
    OPTION("file_format", TEXT, PLAIN),
    OPTION("file_must_exist", BOOL, PLAIN),
    OPTION("lock_fcntl_timeout", TIME, PLAIN),
    OPTION("lock_flock_timeout", TIME, PLAIN),
    OPTION("lock_interval", TIME, PLAIN),
    OPTION("lock_retries", INTEGER, PLAIN),
    OPTION("lockfile_mode", OCTAL, PLAIN),
    OPTION("lockfile_timeout", TIME, PLAIN),
    OPTION("mailbox_filecount", TEXT, STRING),
    OPTION("mailbox_size", TEXT, STRING),
    OPTION("maildir_format", BOOL, PLAIN),
    OPTION("maildir_quota_directory_regex", TEXT, REGEX),
    OPTION("maildir_retries", INTEGER, PLAIN),
    OPTION("maildir_tag", TEXT, STRING),
    OPTION("maildir_use_size_file", BOOL, BOOL),
    OPTION("maildirfolder_create_regex", TEXT, REGEX),
    OPTION("mailstore_format", BOOL, PLAIN),
    OPTION("mailstore_prefix", TEXT, STRING),
    OPTION("mailstore_suffix", TEXT, STRING),
    OPTION("mbx_format", BOOL, PLAIN),
    OPTION("message_prefix", TEXT, STRING),
    OPTION("message_suffix", TEXT, STRING),
    OPTION("mode", OCTAL, PLAIN),
    OPTION("mode_fail_narrower", BOOL, PLAIN),
    OPTION("notify_comsat", BOOL, PLAIN),
    OPTION("quota", TEXT, STRING),
    OPTION("quota_directory", TEXT, STRING),
    OPTION("quota_filecount", TEXT, STRING),
    OPTION("quota_is_inclusive", BOOL, PLAIN),
    OPTION("quota_size_regex", TEXT, PLAIN),
    OPTION("quota_warn_message", TEXT, STRING),
    OPTION("quota_warn_threshold", TEXT, STRING),
    OPTION("use_bsmtp", BOOL, PLAIN),
    OPTION("use_crlf", BOOL, PLAIN),
    OPTION("use_fcntl_lock", BOOL, PLAIN),
    OPTION("use_flock_lock", BOOL, PLAIN),
    OPTION("use_lockfile", BOOL, PLAIN),
    OPTION("use_mbx_lock", BOOL, PLAIN),
};

static const struct driver_option_row autoreply_options[] = {
    OPTION("bcc", TEXT, STRING),
    OPTION("cc", TEXT, STRING),
    OPTION("file", TEXT, FILE),
    OPTION("file_expand", BOOL, PLAIN),
    OPTION("file_optional", BOOL, PLAIN),
    OPTION("from", TEXT, STRING),
    OPTION("headers", TEXT, STRING),
    OPTION("log", TEXT, FILE),
    OPTION("mode", OCTAL, PLAIN),
    OPTION("never_mail", TEXT, ADDRESSES),
    OPTION("once", TEXT, FILE),
    OPTION("once_file_size", INTEGER, PLAIN),
    OPTION("once_repeat", TEXT, STRING),
    OPTION("reply_to", TEXT, STRING),
    OPTION("return_message", BOOL, PLAIN),
    OPTION("subject", TEXT, STRING),
    OPTION("text", TEXT, STRING),
    OPTION("to", TEXT, STRING),
};

static const struct driver_option_row lmtp_options[] = {
    OPTION("batch_id", TEXT, STRING), OPTION("batch_max", INTEGER, PLAIN),
    OPTION("command", TEXT, COMMAND), OPTION("ignore_quota", BOOL, PLAIN),
    OPTION("socket", TEXT, STRING),   OPTION("timeout", TIME, PLAIN),
};

static const struct driver_option_row pipe_options[] = {
    OPTION("allow_commands", TEXT, STRING),
    OPTION("batch_id", TEXT, STRING),
    OPTION("batch_max", INTEGER, PLAIN),
    OPTION("check_string", TEXT, PLAIN),
    OPTION("command", TEXT, COMMAND),
    OPTION("environment", TEXT, STRING),
    OPTION("escape_string", TEXT, PLAIN),
    OPTION("force_command", BOOL, PLAIN),
    OPTION("freeze_exec_fail", BOOL, PLAIN),
    OPTION("freeze_signal", BOOL, PLAIN),
    OPTION("ignore_status", BOOL, PLAIN),
    OPTION("log_defer_output", BOOL, PLAIN),
    OPTION("log_fail_output", BOOL, PLAIN),
    OPTION("log_output", BOOL, PLAIN),
    OPTION("max_output", INTEGER, PLAIN),
    OPTION("message_prefix", TEXT, STRING),
    OPTION("message_suffix", TEXT, STRING),
    OPTION("path", TEXT, STRING),
    OPTION("permit_coredump", BOOL, PLAIN),
    OPTION("pipe_as_creator", BOOL, PLAIN),
    OPTION("restrict_to_path", BOOL, PLAIN),
    OPTION("return_fail_output", BOOL, PLAIN),
    OPTION("return_output", BOOL, PLAIN),
    OPTION("temp_errors", TEXT, PLAIN),
    OPTION("timeout", TIME, PLAIN),
    OPTION("timeout_defer", BOOL, PLAIN),
    OPTION("umask", OCTAL, PLAIN),
    OPTION("use_bsmtp", BOOL, PLAIN),
    OPTION("use_classresources", BOOL, PLAIN),
    OPTION("use_crlf", BOOL, PLAIN),
    OPTION("use_shell", BOOL, PLAIN),
};

static const struct driver_option_row smtp_options[] = {
    OPTION("address_retry_include_sender", BOOL, PLAIN),
    OPTION("allow_localhost", BOOL, PLAIN),
    OPTION("arc_sign", TEXT, STRING),
    OPTION("authenticated_sender", TEXT, STRING),
    OPTION("authenticated_sender_force", BOOL, PLAIN),
    OPTION("command_timeout", TIME, PLAIN),
    OPTION("connect_timeout", TIME, PLAIN),
    OPTION("connection_max_messages", INTEGER, PLAIN),
    OPTION("dane_require_tls_ciphers", TEXT, STRING),
    OPTION("data_timeout", TIME, PLAIN),
    OPTION("delay_after_cutoff", BOOL, PLAIN),
    OPTION("dkim_canon", TEXT, STRING),
    OPTION("dkim_domain", TEXT, STRING),
    OPTION("dkim_hash", TEXT, STRING),
    OPTION("dkim_identity", TEXT, STRING),
    OPTION("dkim_private_key", TEXT, FILE),
    OPTION("dkim_selector", TEXT, STRING),
    OPTION("dkim_sign_headers", TEXT, STRING),
    OPTION("dkim_strict", TEXT, STRING),
    OPTION("dkim_timestamps", TEXT, STRING),
    OPTION("dns_qualify_single", BOOL, PLAIN),
    OPTION("dns_search_parents", BOOL, PLAIN),
    OPTION("dnssec_request_domains", TEXT, DOMAINS),
    OPTION("dnssec_require_domains", TEXT, DOMAINS),
    OPTION("dscp", TEXT, STRING),
    OPTION("fallback_hosts", TEXT, PLAIN),
    OPTION("final_timeout", TIME, PLAIN),
    OPTION("gethostbyname", BOOL, PLAIN),
    OPTION("gnutls_compat_mode", BOOL, PLAIN),
    OPTION("helo_data", TEXT, STRING),
    OPTION("host_name_extract", TEXT, STRING),
    OPTION("hosts", TEXT, STRING),
    OPTION("hosts_avoid_esmtp", TEXT, HOSTS),
    OPTION("hosts_avoid_pipelining", TEXT, HOSTS),
    OPTION("hosts_avoid_tls", TEXT, HOSTS),
    OPTION("hosts_max_try", INTEGER, PLAIN),
    OPTION("hosts_max_try_hardlimit", INTEGER, PLAIN),
    OPTION("hosts_nopass_tls", TEXT, HOSTS),
    OPTION("hosts_noproxy_tls", TEXT, HOSTS),
    OPTION("hosts_override", BOOL, PLAIN),
    OPTION("hosts_pipe_connect", TEXT, HOSTS),
    OPTION("hosts_randomize", BOOL, PLAIN),
    OPTION("hosts_request_ocsp", TEXT, HOSTS),
    OPTION("hosts_require_alpn", TEXT, HOSTS),
    OPTION("hosts_require_auth", TEXT, HOSTS),
    OPTION("hosts_require_dane", TEXT, HOSTS),
    OPTION("hosts_require_ocsp", TEXT, HOSTS),
    OPTION("hosts_require_tls", TEXT, HOSTS),
    OPTION("hosts_try_auth", TEXT, HOSTS),
    OPTION("hosts_try_chunking", TEXT, HOSTS),
    OPTION("hosts_try_dane", TEXT, HOSTS),
    OPTION("hosts_try_fastopen", TEXT, HOSTS),
    OPTION("hosts_try_prdr", TEXT, HOSTS),
    OPTION("hosts_verify_avoid_tls", TEXT, HOSTS),
    OPTION("interface", TEXT, STRING),
    OPTION("keepalive", BOOL, PLAIN),
    OPTION("lmtp_ignore_quota", BOOL, PLAIN),
    OPTION("max_rcpt", INTEGER, STRING),
    OPTION("message_linelength_limit", INTEGER, PLAIN),
    OPTION("multi_domain", BOOL, BOOL),
    OPTION("port", TEXT, STRING),
    OPTION("protocol", TEXT, PLAIN),
    OPTION("retry_include_ip_address", BOOL, BOOL),
    OPTION("serialize_hosts", TEXT, HOSTS),
    OPTION("size_addition", INTEGER, PLAIN),
    OPTION("socks_proxy", TEXT, STRING),
    OPTION("tls_alpn", TEXT, STRING),
    OPTION("tls_certificate", TEXT, STRING),
    OPTION("tls_crl", TEXT, STRING),
    OPTION("tls_dh_min_bits", INTEGER, PLAIN),
    OPTION("tls_privatekey", TEXT, STRING),
    OPTION("tls_require_ciphers", TEXT, STRING),
    OPTION("tls_resumption_hosts", TEXT, HOSTS),
    OPTION("tls_sni", TEXT, STRING),
    OPTION("tls_tempfail_tryclear", BOOL, PLAIN),
    OPTION("tls_try_verify_hosts", TEXT, HOSTS),
    OPTION("tls_verify_cert_hostnames", TEXT, HOSTS),
    OPTION("tls_verify_certificates", TEXT, STRING),
    OPTION("tls_verify_hosts", TEXT, HOSTS),
    OPTION("utf8_downconvert", TEXT, STRING),
};

static const struct driver_option_row cram_md5_options[] = {
    OPTION("client_name", TEXT, STRING),
    OPTION("client_secret", TEXT, STRING),
    OPTION("server_secret", TEXT, STRING),
};

static const struct driver_option_row cyrus_sasl_options[] = {
    OPTION("server_hostname", TEXT, STRING),
    OPTION("server_mech", TEXT, PLAIN),
    OPTION("server_realm", TEXT, STRING),
    OPTION("server_service", TEXT, PLAIN),
};

static const struct driver_option_row dovecot_options[] = {
    OPTION("server_socket", TEXT, PLAIN),
};

static const struct driver_option_row external_options[] = {
    OPTION("client_send", TEXT, STRING),
    OPTION("server_param2", TEXT, STRING),
    OPTION("server_param3", TEXT, STRING),
};

static const struct driver_option_row gsasl_options[] = {
    OPTION("client_authz", TEXT, STRING),      OPTION("client_channelbinding", BOOL, PLAIN),
    OPTION("client_password", TEXT, STRING),   OPTION("client_spassword", TEXT, STRING),
    OPTION("client_username", TEXT, STRING),   OPTION("server_channelbinding", BOOL, PLAIN),
    OPTION("server_hostname", TEXT, STRING),   OPTION("server_key", TEXT, STRING),
    OPTION("server_mech", TEXT, PLAIN),        OPTION("server_password", TEXT, STRING),
    OPTION("server_realm", TEXT, STRING),      OPTION("server_scram_iter", TEXT, STRING),
    OPTION("server_scram_salt", TEXT, STRING), OPTION("server_service", TEXT, PLAIN),
    OPTION("server_skey", TEXT, STRING),
};

static const struct driver_option_row heimdal_gssapi_options[] = {
    OPTION("server_hostname", TEXT, STRING),
    OPTION("server_keytab", TEXT, STRING),
    OPTION("server_service", TEXT, STRING),
};

static const struct driver_option_row plaintext_options[] = {
    OPTION("client_ignore_invalid_base64", BOOL, PLAIN),
    OPTION("client_send", TEXT, STRINGS),
    OPTION("server_prompts", TEXT, STRING),
};

static const struct driver_option_row spa_options[] = {
    OPTION("client_domain", TEXT, STRING),
    OPTION("client_password", TEXT, STRING),
    OPTION("client_username", TEXT, STRING),
    OPTION("server_password", TEXT, STRING),
};

static const struct driver_option_row tls_options[] = {
    OPTION("server_param", TEXT, STRING),
    OPTION("server_param1", TEXT, STRING),
    OPTION("server_param2", TEXT, STRING),
    OPTION("server_param3", TEXT, STRING),
};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define DRIVER(kind, name)                                                                                   \
    {                                                                                                        \
        (kind), #name, name##_options, COUNT(name##_options)                                                 \
    }

static const struct driver_row drivers[] = {
    {CONFIG_ROUTER, "accept", NULL, 0},      DRIVER(CONFIG_ROUTER, dnslookup),
    {CONFIG_ROUTER, "ipliteral", NULL, 0},   DRIVER(CONFIG_ROUTER, iplookup),
    DRIVER(CONFIG_ROUTER, manualroute),      DRIVER(CONFIG_ROUTER, queryprogram),
    DRIVER(CONFIG_ROUTER, redirect),         DRIVER(CONFIG_TRANSPORT, appendfile),
    DRIVER(CONFIG_TRANSPORT, autoreply),     DRIVER(CONFIG_TRANSPORT, lmtp),
    DRIVER(CONFIG_TRANSPORT, pipe),          DRIVER(CONFIG_TRANSPORT, smtp),
    DRIVER(CONFIG_AUTHENTICATOR, cram_md5),  DRIVER(CONFIG_AUTHENTICATOR, cyrus_sasl),
    DRIVER(CONFIG_AUTHENTICATOR, dovecot),   DRIVER(CONFIG_AUTHENTICATOR, external),
    DRIVER(CONFIG_AUTHENTICATOR, gsasl),     DRIVER(CONFIG_AUTHENTICATOR, heimdal_gssapi),
    DRIVER(CONFIG_AUTHENTICATOR, plaintext), DRIVER(CONFIG_AUTHENTICATOR, spa),
    DRIVER(CONFIG_AUTHENTICATOR, tls),
};

static const struct class_row {
    const char *word;
    enum config_section section;
    const struct driver_option_row *options; /* those of all drivers of the class */
    size_t option_count;
} classes[CONFIG_DRIVER_CLASSES] = {
    [CONFIG_ROUTER] = {"router", CONFIG_ROUTERS, routers_options, COUNT(routers_options)},
    [CONFIG_TRANSPORT] = {"transport", CONFIG_TRANSPORTS, transports_options, COUNT(transports_options)},
    [CONFIG_AUTHENTICATOR] = {"authenticator", CONFIG_AUTHENTICATORS, authenticators_options,
                              COUNT(authenticators_options)},
};

const char *driver_class_word(enum config_driver_class class)
{
    return classes[class].word;
}

enum config_section driver_class_section(enum config_driver_class class)
{
    return classes[class].section;
}

const struct driver_option_row *driver_generic_options(enum config_driver_class class, size_t *count)
{
    *count = classes[class].option_count;
    return classes[class].options;
}

const struct driver_row *driver_rows(size_t *count)
{
    *count = COUNT(drivers);
    return drivers;
}

const struct driver_row *driver_row_find(enum config_driver_class class, const char *name, size_t length)
{
    for (size_t i = 0; i < COUNT(drivers); i++) {
        const struct driver_row *row = &drivers[i];
        if (row->class == class && strlen(row->name) == length && memcmp(row->name, name, length) == 0)
            return row;
    }
    return NULL;
}

static const struct driver_option_row *find_in(const struct driver_option_row *rows, size_t count,
                                               const char *name, size_t length)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(rows[i].name) == length && memcmp(rows[i].name, name, length) == 0)
            return &rows[i];
    return NULL;
}

const struct driver_option_row *driver_option_find(enum config_driver_class class,
                                                   const struct driver_row *driver, const char *name,
                                                   size_t length)
{
    const struct driver_option_row *row =
        find_in(classes[class].options, classes[class].option_count, name, length);

    if (row == NULL && driver != NULL)
        row = find_in(driver->options, driver->option_count, name, length);
    return row;
}
