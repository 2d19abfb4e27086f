/* Messages of all kinds, well-formed and not, read by `rexpand -bem` and by `exim
   -bem`: strings must see the same of them. Skipped where exim4 is not installed or this is
   not root, as whom it must run. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "test/support/temp_folder.h"

#define EXIM "/usr/sbin/exim4"
#define MESSAGE(bytes)                                                                                       \
    {                                                                                                        \
        bytes, sizeof(bytes) - 1                                                                             \
    }

static const struct {
    const char *bytes;
    size_t length;
} messages[] = {
    MESSAGE("A: x\n\nbody\n"),
    MESSAGE("A: x\n\nbody"),
    MESSAGE("A: x\n\n"),
    MESSAGE("A: x\n"),
    MESSAGE("A: x"),
    MESSAGE(""),
    MESSAGE("\n"),
    MESSAGE("\nbody\n"),
    MESSAGE("A: x\nbody\nmore\n"),
    MESSAGE("A: x\nbody: y z\n w\nno header\nmore\n\nlast\n"),
    MESSAGE("A: x\r\nB: y\r\n z\r\n\r\nbody\r\nmore\r\n"),
    MESSAGE("A: x\nB: y\r\n\r\nbody\n"),
    MESSAGE("A: x\r\nB: y\n\nbody\n"),
    MESSAGE("A: x\rB: y\n\nbody\rb\n"),
    MESSAGE("A: x\000y\n\nb\000b\n"),
    MESSAGE("A\000: x\nb\n"),
    MESSAGE("A: \303\251 \377\n\n\303\251\377\n"),
    MESSAGE("A : x\nA  : y\n\nb\n"),
    MESSAGE("A: x\n \n\t\nB: z\n\nb\n"),
    MESSAGE("A:\n x\n\nb\n"),
    MESSAGE(" A: x\nB: y\n\nb\n"),
    MESSAGE("From ann@x.org Fri Jan  5 12:35 GMT 1996\nA: x\n\nb\n"),
    MESSAGE(">From ann@x.org Fri Jan  5 12:35 GMT 1996\nA: x\n\nb\n"),
    MESSAGE("A: x\nFrom ann@x.org Fri Jan  5 12:35 GMT 1996\nB: y\n\nb\n"),
    MESSAGE("From ann Fri Jan  5 12:35:01 1996\nA: x\n\nb\n"),
    MESSAGE("From ann Fri,  5 Jan 96 12:35:01\nA: x\n\nb\n"),
    MESSAGE("From ann\nA: x\n\nb\n"),
    MESSAGE("From ann Fri Jan  5 12:35:01 1996\nFrom bob Fri Jan  5 12:35:01 1996\nA: x\n\nb\n"),
    MESSAGE("From bad@@x Fri Jan  5 12:35:01 1996\nA: x\n\nb\n"),
    MESSAGE("From <> Fri Jan  5 12:35:01 1996\nA: x\n\nb\n"),
    MESSAGE("A: x\n\nb\n.\nc\n"),
    MESSAGE("A: x\n.\nB: c\n\nd\n"),
    MESSAGE("A: x\n.\r\nB: c\n\nd\n"),
    MESSAGE("A: x\n.b: c\n\n.d\n..e\n"),
    MESSAGE("A: x\n.\rb: c\n\n"),
    MESSAGE("A: x\n\n\n\nb\n\n\nc"),
    MESSAGE("A: x\n\nb\n.\r\nc\n"),
    MESSAGE("A: x\n\n\nb"),
    MESSAGE("A: x\n:y\n\nb"),
    MESSAGE("A: x\nA: \nA: y\na:z\n\nb"),
    MESSAGE("Received: x\nreceived: y\nA: x\n\nb"),
    MESSAGE("A: x\n\n\n"),
    MESSAGE("A: x\n\n\n\n\n"),
    MESSAGE("A: x\n\n.\n"),
    MESSAGE("A: x\n\n."),
    MESSAGE("A: x\n\nx\n."),
    MESSAGE("From: x@y\nMessage-Id: <m>\nDate: d\nReply-To: r@x\n\nb\n"),
    MESSAGE("From: x@y\nMessage-Id: <m>\nDate: d\nReply-To:\n\nb\n"),
    MESSAGE("From: x@y\nMessage-Id: <m>\nDate: d\nReturn-path: <rp@x>\nEnvelope-to: a@b\nDelivery-date: "
            "foo\nBcc: q@r\nSender: s@x\n\nb\n"),
    MESSAGE("From: x@y\nMessage-Id: <m>\nDate: d\nReturn-path: <>\n\n"),
    MESSAGE("From: x@y\nMessage-Id: <m>\nDate: d\nReturn-path: bad@@\n\n"),
    MESSAGE("From: x@y\nMessage-Id: <m>\nDate: d\nResent-To: a@b\nResent-To: c@d\nA: 1\n\nb\n"),
    MESSAGE("Resent-From: x@y\nResent-Date: d\n\nb\n"),
    MESSAGE("From: x@y\nMessage-Id: <m>\nDate: d\nA: =?foo-9?q?a=e9?= =?iso-8859-1?q?a=e9?=\n\n"),
    MESSAGE("From: x@y\nMessage-Id: <m>\nDate: d\nA: =?iso-8859-1?q?a=e?= x =?utf-8?b?w6k=?=  "
            "=?utf-8?b?w6k=?= =?utf-8?q?a=00b?=\n\n"),
    MESSAGE("From: x@y,\nMessage-Id: <m>\nDate: d\nA:  \n\n"),
    MESSAGE("From:\nMessage-Id:\nDate:\n\n"),
    MESSAGE("from:a@b\nmessage-id: <m>\nDATE: x\n\n"),
    MESSAGE("From : a@b\nMessage-Id : <m>\nDate : d\n\n"),
    MESSAGE("From: x@y\nMessage-Id: <m>\nDate: d\nFrom: second@z\nA: x\n\n"),
    MESSAGE("From: x@y\nMessage-Id: <m>\nDate: d\nTo: a@b\nTo: c@d,\n e@f\nTO:\nto: g@h  \n\n"),
    MESSAGE("From: x@y\nMessage-Id: <m>\nDate: d\nA: a:b\nA: :c\nA:\nA: d\n e:f\n\nx"),
    MESSAGE("From: x@y\nMessage-Id: <m>\nDate: d\nA: x\t \n  y  \n\t\n\n"),
    MESSAGE("A: x\r\n\nbody\n"),
    MESSAGE("A: x\r\n\n\r\nbody\n"),
    MESSAGE("A: x\r\r\n\nb"),
    MESSAGE("A: \r\n\r\nb"),
    MESSAGE("\r\nb"),
    MESSAGE("A: x\n\r\nb"),
    MESSAGE("A: x\n\rb\n\nc"),
    MESSAGE("A:x\n\tB: y\nC\351: z\n\n"),
    MESSAGE("A b: x\nc: d\n\n"),
    MESSAGE("A\177: x\n\n"),
    MESSAGE("A: "
            "x\n\n0123456789\n0123456789\n0123456789\n0123456789\n0123456789\n0123456789\n0123456789\n0123456"
            "789\n0123456789\n0123456789\n0123456789\n0123456789\n0123456789\n0123456789\n0123456789\n0123456"
            "789\n0123456789\n0123456789\n0123456789\n0123456789\n0123456789\n0123456789\n0123456789\n0123456"
            "789\n0123456789\n0123456789\n0123456789\n0123456789\n0123456789\n0123456789\n0123456789\n0123456"
            "789\n0123456789\n0123456789\n0123456789\n0123456789\n0123456789\n0123456789\n0123456789\n0123456"
            "789\n0123456789\n0123456789\n0123456789\n0123456789\n0123456789\n0123456789\n0123456789\n0123456"
            "789\n0123456789\n0123456789\n0123456789\n0123456789\n0123456789\n0123456789\n0123456789\n0123456"
            "789\n0123456789\n0123456789\n0123456789\n0123456789\n0123456789\n0123456789\n0123456789\n0123456"
            "789\n0123456789\n0123456789\n0123456789\n0123456789\n0123456789\n0123456789\n0123456789\n0123456"
            "789\n0123456789\n0123456789\n0123456789\n0123456789\n0123456789\n0123456789\n0123456789\n0123456"
            "789\n0123456789\n0123456789\n0123456789\n0123456789\n0123456789\n0123456789\n0123456789\n0123456"
            "789\n0123456789\n0123456789\n0123456789\n0123456789\n0123456789\n0123456789\n0123456789\n0123456"
            "789\n0123456789\n0123456789\n0123456789\n0123456789\n"),
    MESSAGE("A: "
            "x\n\n0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890"
            "123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456"
            "789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012"
            "345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678"
            "901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234"
            "5678901234567890123456789\n"),
    MESSAGE("A: "
            "x\n\n0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890"
            "123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456"
            "789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012"
            "345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678"
            "901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234"
            "56789012345678901234567891\n"),
    MESSAGE("A: "
            "x\n\naaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
            "aaaaaaaaaaaaaaaaaaaaaaaa\n"),
    MESSAGE("A: "
            "x\n\naaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
            "aaaaaaaaaaaaaaaaaaaaaaaaa\n"),
    MESSAGE("A: "
            "x\n\naaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
            "aaaaaaaaaaaaaaaaaaaaaaaaaa\n"),
    MESSAGE("A: "
            "x\n\naaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n"),
    MESSAGE("From: x@y\nMessage-Id: <m>\nDate: d\nA::c\nA:d\n\n"),
    MESSAGE("From: x@y\nMessage-Id: <m>\nDate: d\nA:\nA:d\n\n"),
    MESSAGE("From: x@y\nMessage-Id: <m>\nDate: d\nA::\n\n"),
    MESSAGE("From: x@y\nMessage-Id: <m>\nDate: d\nA:b\nA::c\n\n"),
};

/* What is asked; the header names of the cases are a, to and from. */
static const char probes[] =
    "'$message_headers_raw' '$message_headers' '[$message_body] [$message_body_end]' "
    "'$message_body_size $body_linecount $body_zerocount $message_linecount $message_size' "
    "'$max_received_linelength $received_count [$sender_address] [$return_path] [$reply_address]' "
    "'[$rh_a:] [$h_a:] [$bh_a:] [$lh_a:] ${if def:h_a:{y}{n}}' '[$rh_to:] [$h_to:] [$lh_to:]' "
    "'[$h_from:] [$lh_from:] [$h_received:] [$h_resent-to:]'";

/* What a message's name and the time make different each time. */
static void take_out_changes(char *text)
{
    for (char *at = strstr(text, "<E"); at != NULL; at = strstr(at + 1, "<E"))
        if (strlen(at) > 18 && at[18] == '@')
            memset(at + 2, '.', 16);
    for (char *at = strstr(text, "Date: "); at != NULL; at = strstr(at + 1, "Date: "))
        if (strcspn(at, "\n") > 30)
            memset(at + 6, '.', strcspn(at, "\n") - 6);
}

/* The lines that Exim puts in front are on rexpand's standard error. */
static const char *skip_notes(const char *text)
{
    static const char *const notes[] = {"Sender taken from \"From \" line\n",
                                        "Warning: no message headers read\n",
                                        "Return-path taken from \"Return-path:\" header line\n"};

    for (size_t i = 0; i < sizeof notes / sizeof notes[0]; i++) {
        if (strncmp(text, notes[i], strlen(notes[i])) != 0)
            continue;
        text += strlen(notes[i]);
        i = (size_t)-1;
    }
    return text;
}

/* NUL bytes are shown as zeroes. */
static char *ask(const char *program, const char *options, const char *path)
{
    char command[2048];
    size_t size = 65536;
    char *text = calloc(1, size);

    (void)snprintf(command, sizeof command, "%s %s -bem %s %s 2>/dev/null </dev/null", program, options, path,
                   probes);
    FILE *pipe = popen(command, "r");
    assert_true(pipe != NULL && text != NULL);
    size_t length = fread(text, 1, size - 1, pipe);
    (void)pclose(pipe);
    for (size_t i = 0; i < length; i++)
        if (text[i] == '\0')
            text[i] = '0';
    take_out_changes(text);
    return text;
}

static bool is_same(size_t index, const char *options, const struct temp_folder *folder)
{
    const char *rexpand = getenv("REXPAND");
    char path[128];

    temp_folder_write(folder, "m", messages[index].bytes, messages[index].length);
    temp_folder_path(folder, "m", path, sizeof path);
    assert_int_equal(chmod(path, 0644), 0);
    char *exims = ask(EXIM, options, path);
    char *ours = ask(rexpand == NULL ? "build/rexpand" : rexpand, options, path);
    bool same = strcmp(skip_notes(exims), ours) == 0;
    if (!same)
        print_error("message %zu, \"%s\" %s\n---- exim:\n%s\n---- rexpand:\n%s\n", index,
                    messages[index].bytes, options, exims, ours);
    free(exims);
    free(ours);
    return same;
}

static void test_messages_are_read_as_by_exim(void **state)
{
    static const char *const senders[] = {"-f ann@x.org",     "-f '<>'",      "-f ''",         "-f ann",
                                          "-f 'Ann <ann@x>'", "-f '(c) a@b'", "-f '\"q s\"@x'"};
    struct temp_folder folder;
    size_t differences = 0;

    (void)state;
    if (access(EXIM, X_OK) != 0 || geteuid() != 0) {
        print_message("exim4 is not installed or this is not root: not compared\n");
        skip();
    }
    temp_folder_open(&folder);
    assert_int_equal(chmod(folder.path, 0755), 0);
    for (size_t i = 0; i < sizeof messages / sizeof messages[0]; i++)
        differences += !is_same(i, i % 2 == 0 ? "" : "-oi", &folder);
    for (size_t i = 0; i < sizeof messages / sizeof messages[0]; i += 4)
        differences += !is_same(i, i % 8 == 0 ? "-oi" : "", &folder);
    for (size_t i = 0; i < sizeof senders / sizeof senders[0]; i++)
        differences += !is_same(i, senders[i], &folder);
    temp_folder_close(&folder);
    assert_int_equal(differences, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_messages_are_read_as_by_exim),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
