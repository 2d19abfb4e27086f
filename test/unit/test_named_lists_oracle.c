/* Named lists as a configuration has them, put to rexpand and to Exim. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "rexpand.h"
#include "test/support/temp_folder.h"

#define EXIM "/usr/sbin/exim4"

static const char configuration[] = "keep_environment =\n"
                                    "domainlist d1 = a.b : *.c : !no.d : ${lc:X.Y}\n"
                                    "domainlist d2 = +d1 : q.r\n"
                                    "domainlist d3 = !a.b\n"
                                    "domainlist d4 = +d3 : *.b\n"
                                    "domainlist d5 = !+d1 : y\n"
                                    "domainlist plain = one : *.two : three : !*.four\n"
                                    "domainlist other = +plain : five\n"
                                    "domainlist expression = \\N^x(\\d)$\\N : escaped\\.x : ${sg{a1}{1}{b}}\n"
                                    "domainlist bad = $nosuch\n"
                                    "domainlist nothing = ${if eq{a}{b}{}fail} : a.b\n"
                                    "domainlist badref = +nosuch\n"
                                    "domainlist empty =\n"
                                    "domainlist file = FOLDER/domains : z\n"
                                    "domainlist key = lsearch;FOLDER/keys\n"
                                    "domainlist semi = <; a ; b ; c:d\n"
                                    "domainlist colons = a : b::c : ${lc:D}\n"
                                    "domainlist sender = *.x:$sender_address_domain\n"
                                    "domainlist dup = dd\nhostlist dup = hh\naddresslist dup = aa\n"
                                    "localpartlist dup = ll\nhostlist dup2 = hh\nlocalpartlist dup2 = ll\n"
                                    "domainlist deep = +dup : x\n"
                                    "domainlist_cache kept = ${if eq{a}{a}{k.x}} : *.l\n"
                                    "hostlist h1 = 1.2.3.0/24 : foo.bar : 5.6.7.8\n"
                                    "hostlist h2 = <; ::1 ; +h1\n"
                                    "hostlist h3 = +ignore_unknown : foo.bar : 5.6.7.8\n"
                                    "hostlist h4 = +h3 : 9.9.9.9\n"
                                    "hostlist h5 = FOLDER/hosts : 10.0.0.0/8\n"
                                    "addresslist a1 = joe@*.ex : ann@+d1 : : *.lone\n"
                                    "addresslist a2 = !joe@b.ex : +a1\n"
                                    "addresslist a3 = +caseful : Ann@b : @@lsearch;FOLDER/keys\n"
                                    "localpartlist l1 = +caseful : Ann : bob\n"
                                    "localpartlist l2 = +l1 : Carl\n"
                                    "localpartlist l3 = Ann : ^b(.)b : *x\n";

/* What is asked; "!" in front: Exim gives something else, and is meant to. */
static const char *const questions[] = {
    "${if match_domain{a.b}{+d1}{y [$value] $0 $1}{n}}",
    "${if match_domain{Z.c}{+d1}{y [$value] $0 $1}{n}}",
    "${if match_domain{no.d}{+d1}{y [$value]}{n [$value]}}",
    "${if match_domain{x.y}{+d1}{y [$value]}{n}}",
    "${if match_domain{X.Y}{+d2}{y [$value]}{n}}",
    "${if match_domain{q.r}{+d2}{y [$value]}{n}}",
    "${if match_domain{q.s}{+d2}{y [$value]}{n}}",
    "${if match_domain{q.r}{!+d2:*}{y [$value]}{n [$value]}}",
    "${if match_domain{q.s}{!+d2:*}{y [$value]}{n [$value]}}",
    "${if match_domain{q.s}{!+d2}{y [$value]}{n [$value]}}",
    "${if match_domain{q.z}{+d4}{y [$value]}{n [$value]}}",
    "${if match_domain{a.b}{+d4}{y [$value]}{n [$value]}}",
    "${if match_domain{a.b}{+d3}{y [$value]}{n [$value]}}",
    "${if match_domain{a.b}{+d5}{y [$value]}{n [$value]}}",
    "${if match_domain{y}{+d5}{y [$value]}{n [$value]}}",
    "${if match_domain{one}{+plain}{y [$value] $0 $1}{n}}",
    "${if match_domain{ONE}{+plain}{y [$value] $0 $1}{n}}",
    "${if match_domain{q.two}{+plain}{y [$value] $0 $1}{n}}",
    "${if match_domain{Q.TWO}{+plain}{y [$value] $0 $1}{n}}",
    "${if match_domain{q.four}{+plain}{y [$value] $0 $1}{n [$value] $0 $1}}",
    "${if match_domain{q.four}{+plain:q.four}{y [$value] $0 $1}{n [$value] $0 $1}}",
    "${if match_domain{zz}{+plain}{y [$value] $0 $1}{n}}",
    "${if match_domain{five}{+other}{y [$value] $0 $1}{n}}",
    "${if match_domain{q.two}{+other}{y [$value] $0 $1}{n}}",
    "${if match_domain{x5}{+expression}{y [$value] $0 $1}{n}}",
    "${if match_domain{X5}{+expression}{y [$value] $0 $1}{n}}",
    "${if match_domain{escaped.x}{+expression}{y [$value] $0 $1}{n}}",
    "${if match_domain{ab}{+expression}{y [$value] $0 $1}{n}}",
    "${if match_domain{k.x}{+kept}{y [$value] $0 $1}{n}}",
    "${if match_domain{r.l}{+kept}{y [$value] $0 $1}{n}}",
    "!${if match_domain{a.b}{+bad}{y}{n}}",
    "${if match_domain{a.b}{a.b:+bad}{y}{n}}",
    "${if match_domain{a.b}{+nothing}{y [$value]}{n [$value]}}",
    "${if match_domain{a.b}{+nothing:a.b}{y [$value]}{n [$value]}}",
    "${if match_domain{a.b}{!+nothing}{y [$value]}{n [$value]}}",
    "!${if match_domain{a.b}{+badref}{y}{n}}",
    "${if match_domain{dom.ex}{+empty}{y [$value]}{n [$value]}}",
    "${if match_domain{dom.ex}{!+empty}{y [$value]}{n [$value]}}",
    "${if match_domain{in.file}{+file}{y [$value]}{n [$value]}}",
    "${if match_domain{not.file}{+file}{y [$value]}{n [$value]}}",
    "${if match_domain{z}{+file}{y [$value]}{n [$value]}}",
    "${if match_domain{found}{+key}{y [$value]}{n [$value]}}",
    "${if match_domain{a.b}{+key}{y [$value]}{n [$value]}}",
    "${if match_domain{c:d}{+semi}{y [$value]}{n [$value]}}",
    "${if match_domain{b:c}{+colons}{y [$value]}{n [$value]}}",
    "!${if match_domain{a.b}{+h1}{y}{n}}",
    "!${if match_domain{a.b}{+ d1}{y}{n}}",
    "!${if match_domain{a.b}{+}{y}{n}}",
    "${if match_domain{a.b}{! +d1}{y [$value]}{n [$value]}}",
    "${if match_domain{dd}{+dup}{y [$value]}{n [$value]}}",
    "${if match_domain{dd}{+deep}{y [$value]}{n [$value]}}",
    "${if match_ip{1.2.3.4}{+h1}{y [$value]}{n [$value]}}",
    "${if match_ip{5.6.7.8}{+h1}{y [$value]}{n [$value]}}",
    "${if match_ip{5.6.7.8}{+h1:5.6.7.8}{y [$value]}{n [$value]}}",
    "${if match_ip{5.6.7.8}{+ignore_unknown:+h1}{y [$value]}{n [$value]}}",
    "${if match_ip{5.6.7.8}{+include_unknown:+h1}{y [$value]}{n [$value]}}",
    "${if match_ip{::1}{+h2}{y [$value]}{n [$value]}}",
    "${if match_ip{1.2.3.4}{+h2}{y [$value]}{n [$value]}}",
    "${if match_ip{5.6.7.8}{+h3}{y [$value]}{n [$value]}}",
    "${if match_ip{9.9.9.9}{+h4}{y [$value]}{n [$value]}}",
    "${if match_ip{9.9.9.9}{+h4:foo:9.9.9.9}{y [$value]}{n [$value]}}",
    "${if match_ip{10.9.9.9}{+h5}{y [$value]}{n [$value]}}",
    "${if match_ip{11.9.9.9}{+h5}{y [$value]}{n [$value]}}",
    "${if match_address{joe@x.ex}{+a1}{y}{n [$value]}}",
    "${if match_address{Joe@X.EX}{+a1}{y}{n [$value]}}",
    "${if match_address{ann@a.b}{+a1}{y [$value]}{n [$value]}}",
    "${if match_address{ann@no.d}{+a1}{y}{n}}",
    "${if match_address{jim@a.b}{*@+d1}{y}{n [$value]}}",
    "${if match_address{jim@z.c}{jim@+d1}{y [$value]}{n [$value]}}",
    "${if match_address{jim@z.c}{jim@+plain}{y [$value]}{n [$value]}}",
    "${if match_address{jim@q.two}{jim@+plain}{y [$value]}{n [$value]}}",
    "!${if match_address{jim@a.b}{+d1}{y}{n}}",
    "${if match_address{}{+a1}{y [$value]}{n [$value]}}",
    "${if match_address{q@r.lone}{+a1}{y}{n [$value]}}",
    "${if match_address{joe@b.ex}{+a2}{y [$value]}{n [$value]}}",
    "${if match_address{joe@c.ex}{+a2}{y}{n}}",
    "${if match_address{Ann@b}{+a3}{y [$value]}{n [$value]}}",
    "${if match_address{ann@b}{+a3}{y [$value]}{n [$value]}}",
    "${if match_address{ann@b}{+a3:ann@b}{y [$value]}{n [$value]}}",
    "${if match_address{Ann@b}{+a2:+a3:ann@b}{y [$value]}{n [$value]}}",
    "${if match_address{first@found}{+a3}{y [$value]}{n [$value]}}",
    "${if match_local_part{ann}{+l1}{y [$value]}{n [$value]}}",
    "${if match_local_part{Ann}{+l1}{y [$value]}{n [$value]}}",
    "${if match_local_part{BOB}{+l1}{y [$value]}{n [$value]}}",
    "${if match_local_part{carl}{+l2}{y [$value]}{n [$value]}}",
    "${if match_local_part{Carl}{+l2}{y [$value]}{n [$value]}}",
    "${if match_local_part{BOB}{+caseful:+l1}{y [$value]}{n [$value]}}",
    "${if match_local_part{ann}{+caseful:+l3}{y [$value]}{n [$value]}}",
    "${if match_local_part{ann}{+l3}{y [$value] $0}{n [$value]}}",
    "${if match_local_part{bIb}{+l3}{y [$value] $0 $1}{n [$value]}}",
    "${if match_local_part{AX}{+l3}{y [$value] $0 $1}{n [$value]}}",
    "${listnamed:d1}",
    "${listnamed:+d1}",
    "${listnamed_d:d1}",
    "${listnamed_h:d1}",
    "${listnamed_h:h1}",
    "${listnamed_a:a1}",
    "${listnamed_l:l1}",
    "${listnamed_x:l1}",
    "${listnamed_:d1}",
    "${listnamed_dd:d1}",
    "${listnamed:h1}",
    "${listnamed:h2}",
    "${listnamed:l2}",
    "${listnamed:l3}",
    "${listnamed:d2}",
    "${listnamed:d5}",
    "${listnamed:bad}",
    "${listnamed:badref}",
    "${listnamed:nothing}",
    "${listnamed:semi}",
    "!${listnamed:colons}",
    "${listnamed:empty}",
    "${listnamed:sender}",
    "${listnamed:dup}",
    "${listnamed:dup2}",
    "${listnamed_d:dup}",
    "${listnamed:deep}",
    "${listnamed_h:deep}",
    "${map{${listnamed:semi}}{<$item>}}",
    "${if forany{${listnamed:plain}}{eq{$item}{three}}{y}{n}}",
    "${if inlist{three}{${listnamed:plain}}{y}{n}}",
};

enum { QUESTIONS = sizeof questions / sizeof questions[0] };

struct house {
    struct temp_folder folder;
    char path[256];
    struct rexpand_config *config;
    struct rexpand_env *env;
};

static void write_file(const struct house *house, const char *name, const char *text)
{
    char path[256];
    FILE *file;

    temp_folder_path(&house->folder, name, path, sizeof path);
    file = fopen(path, "w");
    assert_non_null(file);
    for (const char *at = text; *at != '\0';) {
        const char *mark = strstr(at, "FOLDER");
        size_t length = mark == NULL ? strlen(at) : (size_t)(mark - at);
        (void)fwrite(at, 1, length, file);
        if (mark != NULL)
            (void)fputs(house->folder.path, file);
        at += length + (mark == NULL ? 0 : strlen("FOLDER"));
    }
    assert_int_equal(fclose(file), 0);
}

static int set_up(void **state)
{
    struct house *house = calloc(1, sizeof *house);
    char *message = NULL;

    assert_non_null(house);
    temp_folder_open(&house->folder);
    write_file(house, "lists.conf", configuration);
    write_file(house, "domains", "# a comment\nin.file\n!not.file # no\n*.file\n");
    write_file(house, "hosts", "!10.9.9.9\n11.0.0.0/8\n");
    write_file(house, "keys", "found: first : !second\n");
    temp_folder_path(&house->folder, "lists.conf", house->path, sizeof house->path);
    house->config = rexpand_config_read(house->path, NULL, 0, &message);
    if (house->config == NULL)
        fail_msg("%s", message);
    house->env = rexpand_env_new(house->config, &message);
    assert_non_null(house->env);
    *state = house;
    return 0;
}

static int tear_down(void **state)
{
    struct house *house = *state;

    rexpand_env_free(house->env);
    rexpand_config_free(house->config);
    temp_folder_close(&house->folder);
    free(house);
    return 0;
}

/* What rexpand prints; good until the next. */
static const char *ask_rexpand(const struct house *house, const char *question)
{
    static char text[1024];
    struct rexpand_result result;

    if (rexpand_expand(house->env, question, strlen(question), &result) == REXPAND_DONE)
        (void)snprintf(text, sizeof text, "%.*s", (int)result.length, result.bytes);
    else
        (void)snprintf(text, sizeof text, "Failed: %s", result.message);
    return text;
}

static void test_lists_match_as_in_exim(void **state)
{
    struct house *house = *state;
    char command[1024];
    char line[1024];
    char input[256];
    size_t wrong = 0;
    FILE *file;

    if (access(EXIM, X_OK) != 0 || geteuid() != 0) {
        print_message("exim4 is not installed or this is not root: not compared\n");
        skip();
    }
    temp_folder_path(&house->folder, "questions", input, sizeof input);
    file = fopen(input, "w");
    assert_non_null(file);
    for (size_t i = 0; i < QUESTIONS; i++)
        (void)fprintf(file, "%s\n", questions[i] + (questions[i][0] == '!'));
    assert_int_equal(fclose(file), 0);
    (void)snprintf(command, sizeof command, EXIM " -C %s -be <%s 2>/dev/null", house->path, input);
    FILE *exim = popen(command, "r");
    assert_non_null(exim);
    for (size_t i = 0; i < QUESTIONS; i++) {
        bool differs = questions[i][0] == '!';
        const char *ours = ask_rexpand(house, questions[i] + differs);
        assert_non_null(fgets(line, sizeof line, exim));
        line[strcspn(line, "\n")] = '\0';
        const char *exims = strncmp(line, "> ", 2) == 0 ? line + 2 : line;
        if ((strcmp(ours, exims) == 0) != differs)
            continue;
        print_error("%s\n  exim:    %s\n  rexpand: %s\n", questions[i], exims, ours);
        wrong++;
    }
    (void)pclose(exim);
    assert_int_equal(wrong, 0);
}

/* The second time the answer is the one that was kept. */
static void test_kept_answers_are_those_of_the_first_time(void **state)
{
    struct house *house = *state;

    for (size_t i = 0; i < QUESTIONS; i++) {
        const char *question = questions[i] + (questions[i][0] == '!');
        char first[1024];
        (void)snprintf(first, sizeof first, "%s", ask_rexpand(house, question));
        assert_string_equal(ask_rexpand(house, question), first);
        rexpand_env_tidy(house->env);
        assert_string_equal(ask_rexpand(house, question), first);
    }
}

/* A file is read anew for each message, not for each question. */
static void test_answers_last_until_the_end_of_the_message(void **state)
{
    struct house *house = *state;
    static const char question[] = "${if match_domain{in.file}{+file}{y}{n}}";

    assert_string_equal(ask_rexpand(house, question), "y");
    write_file(house, "domains", "other\n");
    assert_string_equal(ask_rexpand(house, question), "y");
    rexpand_env_tidy(house->env);
    assert_string_equal(ask_rexpand(house, question), "n");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_lists_match_as_in_exim),
        TEST(test_kept_answers_are_those_of_the_first_time),
        TEST(test_answers_last_until_the_end_of_the_message),
    };

    return cmocka_run_group_tests_name("named_lists_oracle", tests, NULL, NULL);
}
