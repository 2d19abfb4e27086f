/* What the values of main options are made of (Exim specification, chapter 14:
   options with a dagger are expanded). */

#include "config/contents.h"

#include <string.h>

static const struct content_row {
    const char *name;
    enum content content;
} rows[] = {
    {"acl_not_smtp", CONTENT_ACL},
    {"acl_not_smtp_mime", CONTENT_ACL},
    {"acl_not_smtp_start", CONTENT_ACL},
    {"acl_smtp_atrn", CONTENT_ACL},
    {"acl_smtp_auth", CONTENT_ACL},
    {"acl_smtp_connect", CONTENT_ACL},
    {"acl_smtp_data", CONTENT_ACL},
    {"acl_smtp_data_prdr", CONTENT_ACL},
    {"acl_smtp_dkim", CONTENT_ACL},
    {"acl_smtp_etrn", CONTENT_ACL},
    {"acl_smtp_expn", CONTENT_ACL},
    {"acl_smtp_helo", CONTENT_ACL},
    {"acl_smtp_mail", CONTENT_ACL},
    {"acl_smtp_mailauth", CONTENT_ACL},
    {"acl_smtp_mime", CONTENT_ACL},
    {"acl_smtp_notquit", CONTENT_ACL},
    {"acl_smtp_predata", CONTENT_ACL},
    {"acl_smtp_quit", CONTENT_ACL},
    {"acl_smtp_rcpt", CONTENT_ACL},
    {"acl_smtp_starttls", CONTENT_ACL},
    {"acl_smtp_vrfy", CONTENT_ACL},
    {"acl_smtp_wellknown", CONTENT_ACL},
    {"admin_groups", CONTENT_STRING},
    {"atrn_domains", CONTENT_DOMAINS},
    {"atrn_host", CONTENT_STRING},
    {"auth_advertise_hosts", CONTENT_HOSTS},
    {"av_scanner", CONTENT_DOLLAR},
    {"bounce_message_file", CONTENT_FILE},
    {"callout_random_local_part", CONTENT_STRING},
    {"chunking_advertise_hosts", CONTENT_HOSTS},
    {"delay_warning_condition", CONTENT_STRING},
    {"dkim_verify_signers", CONTENT_STRING},
    {"dmarc_forensic_sender", CONTENT_STRING},
    {"dns_again_means_nonexist", CONTENT_DOMAINS},
    {"dns_check_names_pattern", CONTENT_REGEX},
    {"dns_ipv4_lookup", CONTENT_DOMAINS},
    {"dns_trust_aa", CONTENT_DOMAINS},
    {"dsn_advertise_hosts", CONTENT_HOSTS},
    {"dsn_from", CONTENT_STRING},
    {"errors_copy", CONTENT_STRING},
    {"event_action", CONTENT_STRING},
    {"gecos_name", CONTENT_STRING},
    {"gecos_pattern", CONTENT_REGEX},
    {"helo_accept_junk_hosts", CONTENT_HOSTS},
    {"helo_lookup_domains", CONTENT_DOMAINS},
    {"helo_try_verify_hosts", CONTENT_HOSTS},
    {"helo_verify_hosts", CONTENT_HOSTS},
    {"hold_domains", CONTENT_DOMAINS},
    {"host_lookup", CONTENT_HOSTS},
    {"host_reject_connection", CONTENT_HOSTS},
    {"hosts_connection_nolog", CONTENT_HOSTS},
    {"hosts_proxy", CONTENT_HOSTS},
    {"hosts_require_alpn", CONTENT_HOSTS},
    {"hosts_require_helo", CONTENT_HOSTS},
    {"hosts_treat_as_local", CONTENT_DOMAINS},
    {"hosts_xclient", CONTENT_HOSTS},
    {"ignore_fromline_hosts", CONTENT_HOSTS},
    {"limits_advertise_hosts", CONTENT_HOSTS},
    {"localhost_number", CONTENT_STRING},
    {"log_file_path", CONTENT_STRING},
    {"message_id_header_domain", CONTENT_STRING},
    {"message_id_header_text", CONTENT_STRING},
    {"message_size_limit", CONTENT_STRING},
    {"never_users", CONTENT_STRING},
    {"percent_hack_domains", CONTENT_DOMAINS},
    {"pid_file_path", CONTENT_STRING},
    {"pipelining_advertise_hosts", CONTENT_HOSTS},
    {"pipelining_connect_advertise_hosts", CONTENT_HOSTS},
    {"queue_domains", CONTENT_DOMAINS},
    {"queue_run_max", CONTENT_STRING},
    {"queue_smtp_domains", CONTENT_DOMAINS},
    {"received_header_text", CONTENT_STRING},
    {"recipient_unqualified_hosts", CONTENT_HOSTS},
    {"remote_sort_domains", CONTENT_DOMAINS},
    {"rfc1413_hosts", CONTENT_HOSTS},
    {"sender_unqualified_hosts", CONTENT_HOSTS},
    {"smtp_accept_max_nonmail_hosts", CONTENT_HOSTS},
    {"smtp_accept_max_per_connection", CONTENT_STRING},
    {"smtp_accept_max_per_host", CONTENT_STRING},
    {"smtp_active_hostname", CONTENT_STRING},
    {"smtp_banner", CONTENT_STRING},
    {"smtp_etrn_command", CONTENT_COMMAND},
    {"smtp_ratelimit_hosts", CONTENT_HOSTS},
    {"smtp_receive_timeout", CONTENT_STRING},
    {"smtp_reserve_hosts", CONTENT_HOSTS},
    {"smtputf8_advertise_hosts", CONTENT_HOSTS},
    {"spamd_address", CONTENT_DOLLAR},
    {"spf_smtp_comment_template", CONTENT_STRING},
    {"spool_directory", CONTENT_STRING},
    {"sqlite_dbfile", CONTENT_FILE},
    {"system_filter", CONTENT_FILE},
    {"system_filter_directory_transport", CONTENT_STRING},
    {"system_filter_file_transport", CONTENT_STRING},
    {"system_filter_pipe_transport", CONTENT_STRING},
    {"system_filter_reply_transport", CONTENT_STRING},
    {"tls_advertise_hosts", CONTENT_HOSTS},
    {"tls_alpn", CONTENT_STRING},
    {"tls_certificate", CONTENT_STRING},
    {"tls_crl", CONTENT_STRING},
    {"tls_dhparam", CONTENT_STRING},
    {"tls_early_banner_hosts", CONTENT_HOSTS},
    {"tls_eccurve", CONTENT_STRING},
    {"tls_ocsp_file", CONTENT_STRING},
    {"tls_privatekey", CONTENT_STRING},
    {"tls_require_ciphers", CONTENT_STRING},
    {"tls_resumption_hosts", CONTENT_HOSTS},
    {"tls_try_verify_hosts", CONTENT_HOSTS},
    {"tls_verify_certificates", CONTENT_STRING},
    {"tls_verify_hosts", CONTENT_HOSTS},
    {"trusted_groups", CONTENT_STRING},
    {"trusted_users", CONTENT_STRING},
    {"unknown_login", CONTENT_STRING},
    {"untrusted_set_sender", CONTENT_ADDRESSES},
    {"uucp_from_pattern", CONTENT_REGEX},
    {"uucp_from_sender", CONTENT_STRING},
    {"warn_message_file", CONTENT_FILE},
};

enum content option_content(const char *name)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (strcmp(rows[i].name, name) == 0)
            return rows[i].content;
    return CONTENT_PLAIN;
}

bool option_content_at(size_t index, const char **name, enum content *content)
{
    if (index >= sizeof rows / sizeof rows[0])
        return false;
    *name = rows[index].name;
    *content = rows[index].content;
    return true;
}
