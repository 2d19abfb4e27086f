/* Reads small configurations by rexpand and by exim4 and compares what -bP
   shows, or the message with its line. Skipped where exim4 is not installed or may not be
   given a file (it must be root's). */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "test/support/config_text.h"

#define EXIM "/usr/sbin/exim4"

/* Each is a line of its own for Exim and for us: a configuration, and what to
   show of it. */
static const char *const cases[][2] = {
    /* macros */
    {"A = x\nAB = y\n", "hold_domains"},
    {"AB = x\nA = y\nhold_domains = AB-A\n", "hold_domains"},
    {"AB = x\nAB = y\n", "hold_domains"},
    {"AB == x\n", "hold_domains"},
    {"AB = x\nAB == AB AB and more\nhold_domains = AB\n", "hold_domains"},
    {"A = A A\nhold_domains = A\n", "hold_domains"},
    {"AB x\n", "hold_domains"},
    {"A-B = x\n", "hold_domains"},
    {"A = \"q\"\nhold_domains=A\n", "hold_domains"},
    {"FOO = \"a b \"\nhold_domains = FOO\n", "hold_domains"},
    {"A=x\nA==y\nA  ==  z \nhold_domains=A\n", "hold_domains"},
    {"A= =x\nhold_domains=A\n", "hold_domains"},
    {"A===x\nhold_domains=A\n", "hold_domains"},
    {"A = x\nB = A\nA == y\nhold_domains = B\n", "hold_domains"},
    {"B = A\nA = x\nhold_domains = B\n", "hold_domains"},
    {"A = \nA\nhold_domains=Ab\n", "hold_domains"},
    {"A = #x\nA hold_domains = x\n", "hold_domains"},
    {"Qualify = x\nhold_domains = QualifyQualify.Qualif\n", "hold_domains"},
    {"hold_domains = _HAVE_TLS.x\n", "hold_domains"},
    {"hold_domains = _ACL_MOD_SET _ACL_COND_HOSTS _ACL_COND_SET _ACL_MOD_LOG_MESSAGE\n", "hold_domains"},
    {"hold_domains = X_HAVE_TLS\n", "hold_domains"},
    {"X_HAVE_TLS = 3\n", "hold_domains"},
    {"_A = x\n", "hold_domains"},
    {"A\303\211 = 3\n", "hold_domains"},
    {"FOO = a\\\nb\nhold_domains = FOO\n", "hold_domains"},
    {"A = x\nbegin acl\nB = A\nfoo:\n accept\nC = 1\nbar:\n accept hosts = B C\n", "macro B"},
    {"begin transports\nG = 3\nr:\n driver = smtp\nB = 3\nq:\n driver = smtp\n", "macro B"},
    {"A = x y   z  \n", "macro A"},
    /* conditions */
    {".ifdef X\nhold_domains=x\n.endif\n", "hold_domains"},
    {".endif\n", "hold_domains"},
    {".else\n", "hold_domains"},
    {".elifdef A\n", "hold_domains"},
    {"A =\n.ifdef A\nhold_domains=yes\n.else\nhold_domains=no\n.endif\n", "hold_domains"},
    {"A = 1\n.ifdef B\nhold_domains=b\n.elifdef A\nhold_domains=a\n.elifdef A\nhold_domains=c\n.else\n"
     "hold_domains=d\n.endif\n",
     "hold_domains"},
    {"A = 1\n.ifndef A\nhold_domains=b\n.elifndef B\nhold_domains=n\n.else\nhold_domains=c\n.endif x\n",
     "hold_domains"},
    {".ifdef X\n.else\nhold_domains=a\n.else\nqualify_domain=b\n.endif\n", "hold_domains"},
    {".ifdef B\n.ifdef C\n.else\nhold_domains=b\n.endif\n.endif\nhold_domains = c\n", "hold_domains"},
    {".ifdef B\n.foo\n.include /nonex\nbegin foo\nX =\n.endif\nhold_domains = c\n", "hold_domains"},
    {".ifdef X _HAVE_TLS\nhold_domains = y\n.endif\n", "hold_domains"},
    {".ifdef _HAVE_NIX _HAVE_TLS\nhold_domains = y\n.endif\n", "hold_domains"},
    {".ifdef _OPT_MAIN_SMTPUTF8_ADVERTISE_HOSTS\nhold_domains = y\n.endif\n", "hold_domains"},
    {"HAVE = 3\n.ifdef _HAVE_NIX\nhold_domains = y\n.endif\n", "hold_domains"},
    {"hold_domains = x\\\n.ifdef B\nu\\\n.else\nv\\\n.endif\nw\n", "hold_domains"},
    {".IFDEF B\n.endif\n", "hold_domains"},
    {". ifdef B\n.endif\n", "hold_domains"},
    /* lines */
    {"hold_domains=x\\\n   yz  \\  \n   w\n", "hold_domains"},
    {"hold_domains=x\\\n\n   w\n", "hold_domains"},
    {"hold_domains=x\\\n # c\n   w\n", "hold_domains"},
    {"hold_domains=x\\", "hold_domains"},
    {"hold_domains=a\\\r\n b\r\n", "hold_domains"},
    {"hold_domains = a\\\\\nb = c\n", "hold_domains"},
    {"hold_domains = a\\ b\n", "hold_domains"},
    {"hold_\\\ndomains = \\\n a\n", "hold_domains"},
    {"A=\nhold_domains = x\\\nA\nw\n", "hold_domains"},
    {"A=\nhold_domains = x\\\nA \\\nw\n", "hold_domains"},
    {"hold_domains = x\\\nA = 3\n", "hold_domains"},
    {".foo\n", "hold_domains"},
    {".include_if_exists x\n", "hold_domains"},
    {".include_if_exists /nonesuch/file\nhold_domains = a\n", "hold_domains"},
    /* strings */
    {"hold_domains=\"x\\n\\x41\\101\\q\\\"z\" \n", "hold_domains"},
    {"hold_domains=\"x\n", "hold_domains"},
    {"hold_domains=\"x\" y\n", "hold_domains"},
    {"hold_domains=\"a\\8b\\e\\t\\r\"", "hold_domains"},
    {"hold_domains=\"a\\bb\\fc\\vd\\aq\"", "hold_domains"},
    {"hold_domains=\"\"", "hold_domains"},
    {"hold_domains = a\"b\"\n", "hold_domains"},
    {"hold_domains = 'a'\n", "hold_domains"},
    {"hold_domains==a\n", "hold_domains"},
    {"hold_domains =\ta\tb\t\n", "hold_domains"},
    {"hold_domains = \"a\\\n# comment\n  b\"\n", "hold_domains"},
    {"hold_domains = \"a\\\\b\\001\\x7g\303\251\"\n", "hold_domains"},
    {"hold_domains = a\\tb\303\251\"d\n", "hold_domains"},
    {"hold_domains = a # b\n", "hold_domains"},
    {"hold_domains\n", "hold_domains"},
    {"hold_domains=\n", "hold_domains"},
    {"hold_domains x\n", "hold_domains"},
    {"hold_domains = x\nhold_domains = y\n", "hold_domains"},
    {"hide hold_domains = x y\nhide no_tcp_nodelay\n", "tcp_nodelay"},
    {"hide\n", "hold_domains"},
    {"hide  hide hold_domains = x\n", "hold_domains"},
    /* bools */
    {"prdr_enable\n", "prdr_enable"},
    {"no_hold_domains = x\n", "hold_domains"},
    {"prdr_enable = maybe\n", "prdr_enable"},
    {"prdr_enable = no x\n", "prdr_enable"},
    {"prdr_enable = true # x\n", "prdr_enable"},
    {"prdr_enable x\n", "prdr_enable"},
    {"no_prdr_enable = yes\n", "prdr_enable"},
    {"not_tcp_nodelay\n", "tcp_nodelay"},
    {"prdr_enable = TRUE\n", "prdr_enable"},
    {"tcp_nodelay = No\n", "tcp_nodelay"},
    {"prdr_enable\nno_prdr_enable\n", "prdr_enable"},
    {"prdr_enable = 1\n", "prdr_enable"},
    {"prdr_enable =\n", "prdr_enable"},
    /* numbers and times */
    {"smtp_accept_max = 010\n", "smtp_accept_max"},
    {"smtp_accept_max = 0x10\n", "smtp_accept_max"},
    {"smtp_accept_max = 10K\n", "smtp_accept_max"},
    {"smtp_accept_max = 2m\n", "smtp_accept_max"},
    {"smtp_accept_max = 2G\n", "smtp_accept_max"},
    {"smtp_accept_max = 10 K\n", "smtp_accept_max"},
    {"smtp_accept_max = -5K\n", "smtp_accept_max"},
    {"smtp_accept_max = x\n", "smtp_accept_max"},
    {"smtp_accept_max = 09\n", "smtp_accept_max"},
    {"smtp_accept_max = 5 # x\n", "smtp_accept_max"},
    {"smtp_accept_max = 2147483648\n", "smtp_accept_max"},
    {"check_spool_space = 7\n", "check_spool_space"},
    {"check_spool_space = 3K\n", "check_spool_space"},
    {"check_spool_space = 20480G\n", "check_spool_space"},
    {"bounce_return_size_limit = 1024K\n", "bounce_return_size_limit"},
    {"bounce_return_size_limit = 1024M\n", "bounce_return_size_limit"},
    {"return_size_limit = 1025K\n", "bounce_return_size_limit"},
    {"auto_thaw = 90m\n", "auto_thaw"},
    {"auto_thaw = 1w2d3h4m5s\n", "auto_thaw"},
    {"auto_thaw = 5s6s\n", "auto_thaw"},
    {"auto_thaw = 5\n", "auto_thaw"},
    {"auto_thaw = 5s x\n", "auto_thaw"},
    {"auto_thaw = 99999999w\n", "auto_thaw"},
    {"auto_thaw = 1.5s\n", "auto_thaw"},
    {"delay_warning = 2h : 4h : 8h\n", "delay_warning"},
    {"delay_warning = 0s\n", "delay_warning"},
    {"delay_warning = 2h:1h\n", "delay_warning"},
    {"deliver_queue_load_max = 1.5555\n", "deliver_queue_load_max"},
    {"deliver_queue_load_max = 3\n", "deliver_queue_load_max"},
    {"deliver_queue_load_max = 1.050\n", "deliver_queue_load_max"},
    {"deliver_queue_load_max = .5\n", "deliver_queue_load_max"},
    {"deliver_queue_load_max = 1.25 x\n", "deliver_queue_load_max"},
    {"", "deliver_queue_load_max"},
    {"", "never_users"},
    /* names */
    {"foo = bar\n", "hold_domains"},
    {"no_foo\n", "hold_domains"},
    {"3foo = x\n", "hold_domains"},
    {"hold_domains-x = x\n", "hold_domains"},
    {"no_not_prdr_enable\n", "hold_domains"},
    {"", "nonesuch"},
    /* named lists */
    {"domainlist a = x:y\ndomainlist a = z\n", "+a"},
    {"domainlist a = x:y\nhostlist a = z\n", "+a"},
    {"hide addresslist b_c = q@r\n", "+b_c"},
    {"domainlist_cache a = x:y\n", "+a"},
    {"domainlist a x\n", "+a"},
    {"domainlist\n", "+a"},
    {"domainlist 3a = x\n", "+3a"},
    {"domainlist a-b = x\n", "+a"},
    {"domainlist a = \"x : \n", "+a"},
    {"domainlist a=\n", "+a"},
    {"localpartlist a = x\n", "+none"},
    /* sections */
    {"begin foo\n", "hold_domains"},
    {"begin\n", "hold_domains"},
    {"begin acl x\n", "hold_domains"},
    {"begin acl\nx:\n accept\nbegin acl\ny:\n deny\n", "hold_domains"},
    {"begin\tacl\nx:\n", "hold_domains"},
    {"  begin  ACL\nx:\n", "hold_domains"},
    {"begin acl\nA = x\nA = y\n", "hold_domains"},
    /* access control lists: names */
    {"begin acl\nx:\n accept\n", "hold_domains"},
    {"begin acl\n accept\n", "hold_domains"},
    {"begin acl\nx\n accept\n", "hold_domains"},
    {"begin acl\nx y:\n accept\n", "hold_domains"},
    {"begin acl\nx :\n accept\n", "hold_domains"},
    {"begin acl\nx: accept\n", "hold_domains"},
    {"begin acl\n9x:\n accept\n", "hold_domains"},
    {"begin acl\nx-y:\n accept\n", "hold_domains"},
    {"begin acl\nx:\nx:\n accept\n", "hold_domains"},
    {"begin acl\nx:\n accept\nX:\n deny\n", "hold_domains"},
    {"begin acl\nx:\n accept: hosts = a\n deny\n", "hold_domains"},
    {"begin acl\nx:\n accept\n!y: = 3\n", "hold_domains"},
    {"begin acl\nx:\n accept\n: accept\n", "hold_domains"},
    {"begin acl\nx:\n accept\nA = b\n condition = A\n", "hold_domains"},
    {"begin acl\nx:\n accept\nA = b\ny:\n condition = A\n", "hold_domains"},
    {"begin acl\nx:\n accept\n! A = b\n", "hold_domains"},
    {"begin acl\naaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa:\n deny\n", "hold_domains"},
    {"begin acl\naaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa:\n deny\n", "hold_domains"},
    /* … verbs */
    {"begin acl\nx:\n accept\n defer\n deny\n discard\n drop\n require\n warn\n", "hold_domains"},
    {"begin acl\nx:\n foo\n", "hold_domains"},
    {"begin acl\nx:\n ACCEPT\n", "hold_domains"},
    {"begin acl\nx:\n !deny\n", "hold_domains"},
    {"begin acl\nx:\n condition = true\n", "hold_domains"},
    {"begin acl\nx:\n !condition = true\n", "hold_domains"},
    {"begin acl\nx:\n set acl_c9 = z\n", "hold_domains"},
    {"begin acl\nx:\n deny\n !accept condition=x\n", "hold_domains"},
    {"begin acl\nx:\n accept\n  \"deny\"\n", "hold_domains"},
    /* … conditions */
    {"begin acl\nx:\n deny\n\n   hosts = a\n # b\n ! hosts = b\n", "hold_domains"},
    {"begin acl\nx:\n deny foo = bar\n", "hold_domains"},
    {"begin acl\nx:\n deny foo\n", "hold_domains"},
    {"begin acl\nx:\n deny accept\n", "hold_domains"},
    {"begin acl\nx:\n deny !accept\n", "hold_domains"},
    {"begin acl\nx:\n deny cond = x\n", "hold_domains"},
    {"begin acl\nx:\n deny CONDITION = x\n", "hold_domains"},
    {"begin acl\nx:\n deny !\n", "hold_domains"},
    {"begin acl\nx:\n deny!condition=x\n", "hold_domains"},
    {"begin acl\nx:\n deny  !  condition  =  x\n", "hold_domains"},
    {"begin acl\nx:\n deny ! ! condition = x\n", "hold_domains"},
    {"begin acl\nx:\n deny 9condition = x\n", "hold_domains"},
    {"begin acl\nx:\n deny \"condition\" = x\n", "hold_domains"},
    {"begin acl\nx:\n deny condition\n", "hold_domains"},
    {"begin acl\nx:\n deny condition x = y\n", "hold_domains"},
    {"begin acl\nx:\n deny condition:\n", "hold_domains"},
    {"begin acl\nx:\n deny condition=\n", "hold_domains"},
    {"begin acl\nx:\n deny message\n", "hold_domains"},
    {"begin acl\nx:\n deny !message = y\n", "hold_domains"},
    {"begin acl\nx:\n deny\n !control = freeze\n", "hold_domains"},
    {"begin acl\nx:\n accept endpass\n discard endpass what\n accept\n  endpass = x\n", "hold_domains"},
    {"begin acl\nx:\n deny endpass\n", "hold_domains"},
    {"begin acl\nx:\n accept !endpass\n", "hold_domains"},
    {"begin acl\nx:\n warn endpass\n", "hold_domains"},
    {"begin acl\nx:\n deny condition = \\\n  x \\\n # c\n  y\n log_message\n", "hold_domains"},
    /* … set */
    {"begin acl\nx:\n warn set acl_m1 = x\n set acl_c_x=y\n set acl_c1a\t=\n set acl_m_=\n", "hold_domains"},
    {"begin acl\nx:\n warn !set acl_m1 = x\n", "hold_domains"},
    {"begin acl\nx:\n warn set acl_mx = x\n", "hold_domains"},
    {"begin acl\nx:\n warn set acl_x = x\n", "hold_domains"},
    {"begin acl\nx:\n warn set acl_m = x\n", "hold_domains"},
    {"begin acl\nx:\n warn set foo = x\n", "hold_domains"},
    {"begin acl\nx:\n warn set = x\n", "hold_domains"},
    {"begin acl\nx:\n warn set\n", "hold_domains"},
    {"begin acl\nx:\n warn set acl_m1\n", "hold_domains"},
    {"begin acl\nx:\n warn set acl_m1 x\n", "hold_domains"},
    {"begin acl\nx:\n warn set acl_m_a-b=x\n", "hold_domains"},
    {"begin acl\nx:\n warn set acl_c9:x=\n", "hold_domains"},
    {"begin acl\nx:\n warn set acl_c_\303\251=\n", "hold_domains"},
    /* … and in which order mistakes are found */
    {"begin acl\nx:\n foo\nbegin foo\n", "hold_domains"},
    {"begin acl\nx:\n deny\nbegin foo\n", "hold_domains"},
};

/* What a command prints; the caller frees it. */
static char *run(const char *command)
{
    size_t size = 65536;
    char *text = calloc(1, size);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    size_t length = fread(text, 1, size - 1, pipe);
    text[length] = '\0';
    (void)pclose(pipe);
    return text;
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

/* Exim's answer in our form: "Exim configuration error in line 3 of FILE:" and
   the message on a line of its own become "FILE:3: message". Without a place there is
   the message alone. */
static void take_exim_answer(char *answer, char *taken, size_t size)
{
    unsigned line = 0;
    char *error = strstr(answer, "Exim configuration error");
    if (error == NULL) {
        snprintf(taken, size, "%s", answer);
        return;
    }
    char *message = strchr(error, '\n');
    assert_non_null(message);
    message += strspn(message, "\n ");
    message[strcspn(message, "\n")] = '\0';
    if (sscanf(error, "Exim configuration error in line %u of", &line) == 1)
        snprintf(taken, size, "%u: %s", line, message);
    else
        snprintf(taken, size, "%s", message);
}

/* Exim says the line it has come to, we the one where the mistake begins: of
   cases with continued lines only the message is compared. Where Exim has no place
   ours is left out; where we say more, that is too. */
static bool is_same(const char *ours, const char *exims, const char *text)
{
    const char *message = strchr(ours, ' ');
    if (strncmp(ours, exims, strlen(exims)) == 0)
        return true;
    if (message == NULL || strchr(ours, ':') == NULL)
        return false;
    if (strstr(text, "\\\n") != NULL && strchr(exims, ' ') != NULL)
        exims = strchr(exims, ' ') + 1;
    return strncmp(message + 1, exims, strlen(exims)) == 0;
}

static char *ask_rexpand(const char *path, const char *what)
{
    static const struct config_print_style style = {.shows_hidden = true};
    struct config_input input = {.path = path};
    struct config_text read;
    char name[64];
    const char *words[2] = {what, name};
    size_t count = 1;
    if (strncmp(what, "macro ", 6) == 0) {
        words[0] = "macro";
        snprintf(name, sizeof name, "%s", what + 6);
        count = 2;
    }
    config_text_read_input(&read, &input);
    char *shown;
    if (read.outcome != OUTCOME_DONE) {
        const char *message = read.error.message;
        size_t skipped = strncmp(message, path, strlen(path)) == 0 ? strlen(path) + 1 : 0;
        shown = strdup(message + skipped);
    } else {
        struct buffer out;
        struct value text;
        buffer_init(&out, &read.arena);
        enum outcome outcome =
            config_print(read.config, words, count, &style, &out, &read.arena, &read.error);
        assert_true(buffer_value(&out, &text));
        shown = strdup(outcome == OUTCOME_DONE ? text.bytes : read.error.message);
    }
    config_text_free(&read);
    return shown;
}

/* Exim shows the value of a hidden named list to nobody. */
static bool is_hidden_list(const char *text, const char *what)
{
    return *what == '+' && strstr(text, "hide") != NULL;
}

static bool compare_case(const char *path, const char *text, const char *what)
{
    char command[256];
    char exims[4096];
    char whole[4096];
    snprintf(whole, sizeof whole, "keep_environment =\n%s", text);
    write_file(path, whole);
    snprintf(command, sizeof command, EXIM " -C %s -bP %s 2>&1 </dev/null", path, what);
    char *answer = run(command);
    take_exim_answer(answer, exims, sizeof exims);
    char *ours = ask_rexpand(path, what);
    exims[strcspn(exims, "\n")] = '\0';
    assert_true(exims[0] != 0);
    ours[strcspn(ours, "\n")] = '\0';
    bool same = is_same(ours, exims, text) || is_hidden_list(text, what);
    if (!same)
        print_error("%s[%s]\n  exim:    %s\n  rexpand: %s\n", text, what, exims, ours);
    free(answer);
    free(ours);
    return same;
}

static void test_configurations_read_as_by_exim(void **state)
{
    (void)state;
    char folder[] = "/tmp/rexpand-test-XXXXXX";
    char path[64];
    size_t differences = 0;
    if (access(EXIM, X_OK) != 0 || geteuid() != 0) {
        print_message("exim4 is not installed or this is not root: not compared\n");
        skip();
    }
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/t.conf", folder);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        differences += !compare_case(path, cases[i][0], cases[i][1]);
    (void)remove(path);
    (void)remove(folder);
    assert_int_equal(differences, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_configurations_read_as_by_exim),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
