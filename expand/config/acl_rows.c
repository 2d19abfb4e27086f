/* The tables of ACLs: those of Exim 4.96 in any of its builds. */

#include <string.h>

#include "config/acls.h"

static const char *const verbs[ACL_VERBS] = {
    [ACL_ACCEPT] = "accept", [ACL_DEFER] = "defer",     [ACL_DENY] = "deny", [ACL_DISCARD] = "discard",
    [ACL_DROP] = "drop",     [ACL_REQUIRE] = "require", [ACL_WARN] = "warn",
};

const char *acl_verb_name(enum acl_verb verb)
{
    return verbs[verb];
}

enum acl_verb acl_verb_find(const char *name, size_t length)
{
    size_t i = 0;

    while (i < ACL_VERBS && (strlen(verbs[i]) != length || memcmp(verbs[i], name, length) != 0))
        i++;
    return (enum acl_verb)i;
}

static const struct acl_row rows[] = {
    {"acl", false, ACL_TEXT_NAME, "the verdict of another ACL"},
    {"add_header", true, ACL_TEXT_STRING, "header fields to add to the message"},
    {"authenticated", false, ACL_TEXT_STRINGS, "names of authenticators, one of which the client passed"},
    {"bmi_optin", true, ACL_TEXT_STRING, "Brightmail: the recipient's opt-in data"},
    {"condition", false, ACL_TEXT_STRING, "true after expansion: true, yes, or a number but 0"},
    {"continue", true, ACL_TEXT_STRING, "expanded for what the expansion does; the result is dropped"},
    {"control", true, ACL_TEXT_STRING, "changes how the message or the connection is treated"},
    {"dcc", false, ACL_TEXT_STRING, "DCC: what the checksum clearinghouse says of the message"},
    {"decode", false, ACL_TEXT_STRING, "writes the MIME part, decoded, to a file"},
    {"delay", true, ACL_TEXT_STRING, "waits"},
    {"dkim_signers", false, ACL_TEXT_STRING, "DKIM: domains or identities, the present signer among them"},
    {"dkim_status", false, ACL_TEXT_STRING, "DKIM: results, that of the present signature among them"},
    {"dmarc_status", false, ACL_TEXT_STRING, "DMARC: results, the message's among them"},
    {"dnslists", false, ACL_TEXT_STRING, "DNS lists, one of which names the sending host or a key"},
    {"domains", false, ACL_TEXT_DOMAINS, "the recipient's domain is in the list"},
    {"encrypted", false, ACL_TEXT_STRINGS, "the connection is encrypted, with a cipher of the list"},
    {"endpass", true, ACL_TEXT_NONE, "from here on a condition that fails makes accept or discard deny"},
    {"hosts", false, ACL_TEXT_HOSTS, "the sending host is in the list"},
    {"local_parts", false, ACL_TEXT_LOCAL_PARTS, "the recipient's local part is in the list"},
    {"log_message", true, ACL_TEXT_MESSAGE, "text for the log when the verb decides"},
    {"log_reject_target", true, ACL_TEXT_STRING, "logs that a rejection is written to"},
    {"logwrite", true, ACL_TEXT_STRING, "writes a line to the log, there and then"},
    {"malware", false, ACL_TEXT_STRING, "the scanner finds a virus"},
    {"message", true, ACL_TEXT_MESSAGE, "text for the client when the verb decides"},
    {"mime_regex", false, ACL_TEXT_STRING, "a pattern matches the decoded MIME part"},
    {"queue", true, ACL_TEXT_STRING, "name of the queue that the message goes to"},
    {"ratelimit", false, ACL_TEXT_STRING, "more happens in a time than the limit allows"},
    {"recipients", false, ACL_TEXT_ADDRESSES, "the recipient is in the list"},
    {"regex", false, ACL_TEXT_STRING, "a pattern matches a line of the message"},
    {"remove_header", true, ACL_TEXT_STRING, "names of header fields to take out of the message"},
    {"seen", false, ACL_TEXT_STRING, "the key was met within a time, or was not"},
    {"sender_domains", false, ACL_TEXT_DOMAINS, "the sender's domain is in the list"},
    {"senders", false, ACL_TEXT_ADDRESSES, "the sender is in the list"},
    {"set", true, ACL_TEXT_STRING, "gives an acl_c or acl_m variable a value"},
    {"spam", false, ACL_TEXT_STRING, "SpamAssassin or rspamd takes the message for spam"},
    {"spf", false, ACL_TEXT_STRING, "SPF results, the sender's among them"},
    {"spf_guess", false, ACL_TEXT_STRING, "the same with a guessed policy where the sender has none"},
    {"udpsend", true, ACL_TEXT_STRING, "sends a UDP packet"},
    {"verify", false, ACL_TEXT_STRING, "an address, a host, a header holds under a check"},
};

static const struct acl_control_row controls[] = {
    {"allow_auth_unadvertised", false, "AUTH is taken without having been offered"},
    {"bmi_run", false, "Brightmail: scan the message"},
    {"caseful_local_part", false, "$local_part is as the client wrote it"},
    {"caselower_local_part", false, "$local_part is in lower case"},
    {"cutthrough_delivery", true, "the recipient's host is asked while the client waits"},
    {"debug", true, "writes a debug log from here on"},
    {"dkim_disable_verify", false, "DKIM: signatures are not checked"},
    {"dmarc_disable_verify", false, "DMARC: policies are not checked"},
    {"dmarc_enable_forensic", false, "DMARC: forensic reports are sent"},
    {"dscp", true, "the class of the connection's packets"},
    {"enforce_sync", false, "a client that does not wait for its turn is dropped"},
    {"fakedefer", true, "the message is taken and the client told to come again"},
    {"fakereject", true, "the message is taken and the client told that it is not"},
    {"freeze", true, "the message is put on the queue and not delivered"},
    {"no_callout_flush", false, "a callout does not send what waits for the client"},
    {"no_delay_flush", false, "a delay does not send what waits for the client"},
    {"no_enforce_sync", false, "a client need not wait for its turn"},
    {"no_mbox_unspool", false, "the file made for content scanners stays"},
    {"no_multiline_responses", false, "answers have one line only"},
    {"no_pipelining", false, "PIPELINING is not offered"},
    {"queue", true, "the message is put on the queue for the next queue run"},
    {"queue_only", true, "older name of queue"},
    {"submission", true, "the message is a submission: header fields are completed"},
    {"suppress_local_fixups", false, "header fields are not completed"},
    {"utf8_downconvert", true, "addresses are brought to ASCII before delivery"},
};

const struct acl_row *acl_rows(size_t *count)
{
    *count = sizeof rows / sizeof *rows;
    return rows;
}

const struct acl_control_row *acl_control_rows(size_t *count)
{
    *count = sizeof controls / sizeof *controls;
    return controls;
}

static bool is_named(const char *row, const char *name, size_t length)
{
    return strlen(row) == length && memcmp(row, name, length) == 0;
}

const struct acl_row *acl_row_find(const char *name, size_t length)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (is_named(rows[i].name, name, length))
            return &rows[i];
    return NULL;
}

const struct acl_control_row *acl_control_row_find(const char *name, size_t length)
{
    for (size_t i = 0; i < sizeof controls / sizeof *controls; i++)
        if (is_named(controls[i].name, name, length))
            return &controls[i];
    return NULL;
}
