/* What an observer is told (rexpand_env_trace). */

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rexpand.h"
#include "test/support/temp_folder.h"
#include "test/support/watcher.h"

/* ---- events as lines ---- */

struct record {
    struct watcher watcher;
    FILE *lines;
    char *text;
    size_t length;
};

static const char *const part_words[] = {
    [REXPAND_PART_STRING] = "string",     [REXPAND_PART_TEXT] = "text",
    [REXPAND_PART_VARIABLE] = "variable", [REXPAND_PART_CAPTURE] = "capture",
    [REXPAND_PART_SEQUENCE] = "sequence", [REXPAND_PART_ITEM] = "item",
    [REXPAND_PART_OPERATOR] = "operator", [REXPAND_PART_CONDITION] = "condition",
    [REXPAND_PART_MISTAKE] = "mistake",   [REXPAND_PART_LIST_ITEM] = "list-item",
    [REXPAND_PART_FAIL] = "fail",         [REXPAND_PART_ABSENT] = "absent",
};

static const char *const role_words[] = {
    [REXPAND_ROLE_PART] = "part",
    [REXPAND_ROLE_ARGUMENT] = "argument",
    [REXPAND_ROLE_CONDITION] = "condition",
    [REXPAND_ROLE_YES] = "yes",
    [REXPAND_ROLE_NO] = "no",
    [REXPAND_ROLE_EACH] = "each",
};

static void put(const struct record *record, const char *before, const struct rexpand_text *text)
{
    if (text->bytes != NULL)
        (void)fprintf(record->lines, "%s[%.*s]%s", before, (int)text->length, text->bytes,
                      text->is_tainted ? "*" : "");
}

static void put_lookup(const struct record *record, const struct rexpand_event *event)
{
    const struct rexpand_lookup_report *lookup = event->lookup;

    (void)fprintf(record->lines, "%*slookup %s%s%s", (int)event->depth + 1, "", lookup->driver,
                  lookup->is_from_cache ? " cached" : "", lookup->is_found ? " found" : "");
    put(record, " ", &lookup->key);
    put(record, " = ", &lookup->value);
    (void)fputc('\n', record->lines);
}

static void put_result(const struct record *record, const struct rexpand_event *event)
{
    if (event->outcome != REXPAND_DONE)
        (void)fprintf(record->lines, "! %s", event->message);
    else if (event->is_truth)
        (void)fputs(event->truth ? "= true" : "= false", record->lines);
    put(record, "= ", &event->value);
    for (size_t i = 0; i < event->capture_count; i++)
        put(record, " ", &event->captures[i]);
    put(record, " $value ", &event->new_value);
}

/* A line an event, further in for each part around it: ">" what is entered, "-"
   what is skipped; a result without a sign in front. */
static void take_down(void *context, const struct rexpand_event *event)
{
    struct record *record = context;

    watcher_observe(&record->watcher, event);
    if (event->kind == REXPAND_EVENT_LOOKUP) {
        put_lookup(record, event);
        return;
    }
    (void)fprintf(record->lines, "%*s", (int)event->depth, "");
    if (event->kind == REXPAND_EVENT_LEAVE) {
        put_result(record, event);
    } else {
        (void)fprintf(record->lines, "%c %s %zu %s", event->kind == REXPAND_EVENT_SKIPPED ? '-' : '>',
                      role_words[event->role], event->number, part_words[event->part]);
        put(record, " ", &event->name);
        put(record, " ", &event->source);
        (void)fprintf(record->lines, "@%zu%s%s%s", event->offset, event->is_negated ? " negated" : "",
                      event->is_constant ? " constant" : "", event->is_known ? " known" : "");
        put(record, " $item ", &event->item);
        put(record, " $value ", &event->so_far);
    }
    (void)fputc('\n', record->lines);
}

static void record_in(struct record *record, struct rexpand_env *env, const char *text)
{
    struct rexpand_result result;

    *record = (struct record){.lines = open_memstream(&record->text, &record->length)};
    assert_non_null(record->lines);
    rexpand_env_trace(env, take_down, record);
    (void)rexpand_expand(env, text, strlen(text), &result);
    rexpand_env_trace(env, NULL, NULL);
    (void)fclose(record->lines);
    if (record->watcher.problem != NULL)
        fail_msg("%s: %s", text, record->watcher.problem);
    assert_int_equal(record->watcher.depth, 0);
}

static struct rexpand_env *new_env(void)
{
    struct rexpand_env *env = rexpand_env_new(NULL, NULL);

    assert_non_null(env);
    assert_true(rexpand_env_set(env, "local_part", "ann", 3, false));
    assert_true(rexpand_env_set(env, "domain", "b.example", 9, true));
    return env;
}

static void assert_told_in(struct rexpand_env *env, const char *text, const char *expected, int line)
{
    struct record record;

    record_in(&record, env, text);
    if (strcmp(record.text, expected) != 0)
        print_error("line %d: %s\n%s", line, text, record.text);
    assert_string_equal(record.text, expected);
    free(record.text);
}

static void assert_told_at(const char *text, const char *expected, int line)
{
    struct rexpand_env *env = new_env();

    assert_told_in(env, text, expected, line);
    rexpand_env_free(env);
}

#define assert_told(text, expected) assert_told_at(text, expected, __LINE__)

/* ---- the parts ---- */

static void test_parts_of_a_string(void **state)
{
    (void)state;
    assert_told("a$local_part${domain}b", "> part 1 string [a$local_part${domain}b]@0\n"
                                          " > part 1 text [a]@0\n"
                                          " = [a]\n"
                                          " > part 2 variable [local_part] [$local_part]@1\n"
                                          " = [ann]*\n"
                                          " > part 3 variable [domain] [${domain}]@12\n"
                                          " = [b.example]\n"
                                          " > part 4 text [b]@21\n"
                                          " = [b]\n"
                                          "= [aannb.exampleb]*\n");
}

static void test_constants_are_said_to_be_folded(void **state)
{
    (void)state;
    assert_told("x${uc:y}", "> part 1 string [x${uc:y}]@0\n"
                            " > part 1 text [x${uc:y}]@0 constant\n"
                            " = [xY]\n"
                            "= [xY]\n");
}

static void test_the_branch_not_taken_is_named(void **state)
{
    (void)state;
    assert_told("${if !eq{$domain}{x}{y$1}{n}}", "> part 1 string [${if !eq{$domain}{x}{y$1}{n}}]@0\n"
                                                 " > part 1 item [if] [${if !eq{$domain}{x}{y$1}{n}}]@0\n"
                                                 "  > condition 1 condition [eq] [eq{$domain}{x}]@6 negated\n"
                                                 "   > argument 1 variable [domain] [$domain]@9\n"
                                                 "   = [b.example]\n"
                                                 "   > argument 2 text [x]@18\n"
                                                 "   = [x]\n"
                                                 "  = true\n"
                                                 "  > yes 1 sequence [y$1]@21\n"
                                                 "   > part 1 text [y]@21\n"
                                                 "   = [y]\n"
                                                 "   > part 2 capture [1] [$1]@22\n"
                                                 "   = []\n"
                                                 "  = [y]\n"
                                                 "  - no 1 text [n]@26\n"
                                                 " = [y]\n"
                                                 "= [y]\n");
}

static void test_branches_without_a_string(void **state)
{
    (void)state;
    assert_told("${if def:h_x:{y}fail}", "> part 1 string [${if def:h_x:{y}fail}]@0\n"
                                         " > part 1 item [if] [${if def:h_x:{y}fail}]@0\n"
                                         "  > condition 1 condition [def] [def:h_x:]@5\n"
                                         "  = false\n"
                                         "  - yes 1 text [y]@14\n"
                                         "  > no 1 fail [fail]@0\n"
                                         "  ! \"if\" failed and \"fail\" requested\n"
                                         " ! \"if\" failed and \"fail\" requested\n"
                                         "! \"if\" failed and \"fail\" requested\n");
    assert_told("${extract{3}{:}{a}}", "> part 1 string [${extract{3}{:}{a}}]@0\n"
                                       " > part 1 item [extract] [${extract{3}{:}{a}}]@0\n"
                                       "  > argument 1 text [3]@10\n"
                                       "  = [3]\n"
                                       "  > argument 2 text [:]@13\n"
                                       "  = [:]\n"
                                       "  > argument 3 text [a]@16\n"
                                       "  = [a]\n"
                                       "  > no 1 absent []@0\n"
                                       "  = []\n"
                                       " = []\n"
                                       "= []\n");
}

/* The strings of an extract whose key is no constant are shared out when it is
   known. */
static void test_branches_that_are_found_late(void **state)
{
    (void)state;
    assert_told("${extract{$domain}{b.example=1}{<$value>}{n}}",
                "> part 1 string [${extract{$domain}{b.example=1}{<$value>}{n}}]@0\n"
                " > part 1 item [extract] [${extract{$domain}{b.example=1}{<$value>}{n}}]@0\n"
                "  > argument 1 variable [domain] [$domain]@10\n"
                "  = [b.example]\n"
                "  > argument 2 text [b.example=1]@19\n"
                "  = [b.example=1]\n"
                "  > yes 1 sequence [<$value>]@32\n"
                "   > part 1 text [<]@32\n"
                "   = [<]\n"
                "   > part 2 variable [value] [$value]@33\n"
                "   = [1]\n"
                "   > part 3 text [>]@39\n"
                "   = [>]\n"
                "  = [<1>]\n"
                "  - no 1 text [n]@42\n"
                " = [<1>]\n"
                "= [<1>]\n");
}

static void test_conditions_behind_the_one_that_decides(void **state)
{
    (void)state;
    assert_told("${if or{{eq{a}{a}}{eq{b}{$domain}}}}",
                "> part 1 string [${if or{{eq{a}{a}}{eq{b}{$domain}}}}]@0\n"
                " > part 1 item [if] [${if or{{eq{a}{a}}{eq{b}{$domain}}}}]@0\n"
                "  > condition 1 condition [or] [or{{eq{a}{a}}{eq{b}{$domain}}}]@5\n"
                "   > argument 1 condition [eq] [eq{a}{a}]@9\n"
                "    > argument 1 text [a]@12\n"
                "    = [a]\n"
                "    > argument 2 text [a]@15\n"
                "    = [a]\n"
                "   = true\n"
                "   - argument 2 condition [eq] [eq{b}{$domain}]@19\n"
                "  = true\n"
                " = [true]\n"
                "= [true]\n");
}

/* ---- names that are bound ---- */

static void test_captures_are_told_once_where_they_arise(void **state)
{
    (void)state;
    assert_told("${if and{{match{$local_part}{^(a)(.*)}}{eq{$1}{a}}}{$2}}",
                "> part 1 string [${if and{{match{$local_part}{^(a)(.*)}}{eq{$1}{a}}}{$2}}]@0\n"
                " > part 1 item [if] [${if and{{match{$local_part}{^(a)(.*)}}{eq{$1}{a}}}{$2}}]@0\n"
                "  > condition 1 condition [and] [and{{match{$local_part}{^(a)(.*)}}{eq{$1}{a}}}]@5\n"
                "   > argument 1 condition [match] [match{$local_part}{^(a)(.*)}]@10\n"
                "    > argument 1 variable [local_part] [$local_part]@16\n"
                "    = [ann]*\n"
                "    > argument 2 text [^(a)(.*)]@29\n"
                "    = [^(a)(.*)]\n"
                "   = true [ann]* [a]* [nn]*\n"
                "   > argument 2 condition [eq] [eq{$1}{a}]@40\n"
                "    > argument 1 capture [1] [$1]@43\n"
                "    = [a]*\n"
                "    > argument 2 text [a]@47\n"
                "    = [a]\n"
                "   = true\n"
                "  = true\n"
                "  > yes 1 capture [2] [$2]@52\n"
                "  = [nn]*\n"
                " = [nn]*\n"
                "= [nn]*\n");
}

/* Its places in memory are the same each time: that must not hide them. */
static void test_captures_of_each_item(void **state)
{
    struct rexpand_env *env = new_env();
    struct record record;

    (void)state;
    record_in(&record, env, "${map{x1:y2:z3}{${if match{$item}{(.)\\$}{$1}}}}");
    assert_non_null(strstr(record.text, "= true [1] [1]\n"));
    assert_non_null(strstr(record.text, "= true [2] [2]\n"));
    assert_non_null(strstr(record.text, "= true [3] [3]\n"));
    free(record.text);
    rexpand_env_free(env);
}

static void test_a_condition_that_sets_value(void **state)
{
    struct rexpand_env *env = new_env();
    struct record record;

    (void)state;
    record_in(&record, env, "${if and{{inlist{b}{a:b}}{eq{$value}{b}}}{y}}");
    const char *found = strstr(record.text, "= true $value [b]\n");
    assert_non_null(found);
    assert_null(strstr(found + strlen("= true $value ["), "$value ["));
    free(record.text);
    rexpand_env_free(env);
}

/* ---- loops ---- */

static void test_items_of_a_loop(void **state)
{
    (void)state;
    assert_told("${filter{a:b}{eq{$item}{b}}}", "> part 1 string [${filter{a:b}{eq{$item}{b}}}]@0\n"
                                                " > part 1 item [filter] [${filter{a:b}{eq{$item}{b}}}]@0\n"
                                                "  > argument 1 text [a:b]@9\n"
                                                "  = [a:b]\n"
                                                "  > each 1 condition [eq] [eq{$item}{b}]@14 $item [a]\n"
                                                "   > argument 1 variable [item] [$item]@17\n"
                                                "   = [a]\n"
                                                "   > argument 2 text [b]@24\n"
                                                "   = [b]\n"
                                                "  = false\n"
                                                "  > each 2 condition [eq] [eq{$item}{b}]@14 $item [b]\n"
                                                "   > argument 1 variable [item] [$item]@17\n"
                                                "   = [b]\n"
                                                "   > argument 2 text [b]@24\n"
                                                "   = [b]\n"
                                                "  = true\n"
                                                " = [b]\n"
                                                "= [b]\n");
    assert_told("${reduce{1:2}{0}{$item}}", "> part 1 string [${reduce{1:2}{0}{$item}}]@0\n"
                                            " > part 1 item [reduce] [${reduce{1:2}{0}{$item}}]@0\n"
                                            "  > argument 1 text [1:2]@9\n"
                                            "  = [1:2]\n"
                                            "  > argument 2 text [0]@14\n"
                                            "  = [0]\n"
                                            "  > each 1 variable [item] [$item]@17 $item [1] $value [0]\n"
                                            "  = [1]\n"
                                            "  > each 2 variable [item] [$item]@17 $item [2] $value [1]\n"
                                            "  = [2]\n"
                                            " = [2]\n"
                                            "= [2]\n");
}

static void test_a_loop_over_nothing(void **state)
{
    (void)state;
    assert_told("${map{}{<$item>}}", "> part 1 string [${map{}{<$item>}}]@0\n"
                                     " > part 1 item [map] [${map{}{<$item>}}]@0\n"
                                     "  > argument 1 text []@6\n"
                                     "  = []\n"
                                     "  - each 0 sequence [<$item>]@8\n"
                                     " = []\n"
                                     "= []\n");
}

/* ---- strings inside ---- */

static void test_strings_that_arise_on_the_way(void **state)
{
    (void)state;
    assert_told("${sg{ab}{(.)}{<\\$1>}}", "> part 1 string [${sg{ab}{(.)}{<\\$1>}}]@0\n"
                                          " > part 1 item [sg] [${sg{ab}{(.)}{<\\$1>}}]@0\n"
                                          "  > argument 1 text [ab]@5\n"
                                          "  = [ab]\n"
                                          "  > argument 2 text [(.)]@9\n"
                                          "  = [(.)]\n"
                                          "  > argument 3 text [<\\$1>]@14\n"
                                          "  = [<$1>]\n"
                                          "  > part 1 string [<$1>]@0\n"
                                          "   > part 1 text [<]@0\n"
                                          "   = [<]\n"
                                          "   > part 2 capture [1] [$1]@1\n"
                                          "   = [a]\n"
                                          "   > part 3 text [>]@3\n"
                                          "   = [>]\n"
                                          "  = [<a>]\n"
                                          "  > part 2 string [<$1>]@0 known\n"
                                          "   > part 1 text [<]@0\n"
                                          "   = [<]\n"
                                          "   > part 2 capture [1] [$1]@1\n"
                                          "   = [b]\n"
                                          "   > part 3 text [>]@3\n"
                                          "   = [>]\n"
                                          "  = [<b>]\n"
                                          " = [<a><b>]\n"
                                          "= [<a><b>]\n");
}

static void test_a_compiled_program_is_watched_too(void **state)
{
    struct rexpand_program *program = rexpand_compile("$domain", 7, NULL);
    struct rexpand_env *env = new_env();
    struct rexpand_result result;
    struct watcher watcher = {.depth = 0};

    (void)state;
    rexpand_env_trace(env, watcher_observe, &watcher);
    assert_int_equal(rexpand_evaluate(program, env, &result), REXPAND_DONE);
    assert_int_equal(watcher.entered, 2);
    rexpand_env_trace(env, NULL, NULL);
    assert_int_equal(rexpand_evaluate(program, env, &result), REXPAND_DONE);
    assert_int_equal(watcher.entered, 2);
    assert_null(watcher.problem);
    rexpand_program_free(program);
    rexpand_env_free(env);
}

/* ---- failures ---- */

static void test_a_failure_is_told_from_its_origin_up(void **state)
{
    (void)state;
    assert_told("${uc:${if >{$domain}{1}{y}}}", "> part 1 string [${uc:${if >{$domain}{1}{y}}}]@0\n"
                                                " > part 1 operator [uc] [${uc:${if >{$domain}{1}{y}}}]@0\n"
                                                "  > argument 1 item [if] [${if >{$domain}{1}{y}}]@5\n"
                                                "   > condition 1 condition [>] [>{$domain}{1}]@10\n"
                                                "    > argument 1 variable [domain] [$domain]@12\n"
                                                "    = [b.example]\n"
                                                "    > argument 2 text [1]@21\n"
                                                "    = [1]\n"
                                                "   ! integer expected but \"b.example\" found\n"
                                                "  ! integer expected but \"b.example\" found\n"
                                                " ! integer expected but \"b.example\" found\n"
                                                "! integer expected but \"b.example\" found\n");
}

static void test_a_mistake_is_a_part(void **state)
{
    (void)state;
    assert_told("a${nonsense}$domain", "> part 1 string [a${nonsense}$domain]@0\n"
                                       " > part 1 text [a]@0\n"
                                       " = [a]\n"
                                       " > part 2 mistake [${nonsense}$domain]@1\n"
                                       " ! unknown variable in \"${nonsense}\"\n"
                                       "! unknown variable in \"${nonsense}\"\n");
}

/* ---- lookups and lists ---- */

static void test_lookups_and_lists(void **state)
{
    struct rexpand_env *env = new_env();
    struct temp_folder folder;
    char text[512];
    char expected[2048];

    (void)state;
    temp_folder_open(&folder);
    temp_folder_write(&folder, "file", "ann: 1\n", 7);
    (void)snprintf(text, sizeof text, "${lookup{$local_part}lsearch{%s/file}}", folder.path);
    (void)snprintf(expected, sizeof expected,
                   "> part 1 string [%s]@0\n"
                   " > part 1 item [lookup] [%s]@0\n"
                   "  > argument 1 variable [local_part] [$local_part]@9\n"
                   "  = [ann]*\n"
                   "  > argument 2 text [%s/file]@29\n"
                   "  = [%s/file]\n"
                   "  lookup lsearch found [ann]* = [1]\n"
                   "  > yes 1 absent []@0\n"
                   "  = [1]\n"
                   " = [1]\n"
                   "= [1]\n",
                   text, text, folder.path, folder.path);
    assert_told_in(env, text, expected, __LINE__);
    struct record record;
    record_in(&record, env, text);
    assert_non_null(strstr(record.text, "lookup lsearch cached found [ann]* = [1]\n"));
    free(record.text);
    (void)snprintf(text, sizeof text, "${if match_local_part{$local_part}{!bob : lsearch;%s/file}}",
                   folder.path);
    record_in(&record, env, text);
    assert_non_null(
        strstr(record.text, "  > each 1 list-item [!bob]@0\n   = false\n   > each 2 list-item [lsearch;"));
    assert_non_null(
        strstr(record.text, "/file]@0\n    lookup lsearch cached found [ann]* = [1]\n   = true\n"));
    free(record.text);
    temp_folder_close(&folder);
    rexpand_env_free(env);
}

#ifdef LOOKUP_REDIS
/* Wherever a string with servers is shown; and the rest of it stays what and where
   it was. */
static void test_passwords_of_servers_are_stars(void **state)
{
    static const char *const strings[] = {
        "${lookup redis,servers=127.0.0.1::1/0/geheim{GET a}}",
        "${lookup redis,servers=127.0.0.1::1/0/geheim::er:/tmp/geheim/0/geheim,cache=no{GET a}}",
        "${lookup redis,servers=redis://ann:geheim@127.0.0.1::1/0{GET a}}",
        "${expand:\\${lookup redis,servers=127.0.0.1::1/0/geheim{GET a}}}",
        "${if match_local_part{$local_part}{redis,servers=127.0.0.1/0/geheim;GET a}{y}}",
        "${lookup redis,servers=127.0.0.1::1/0/geheim{GET a",
    };

    (void)state;
    for (size_t i = 0; i < sizeof strings / sizeof strings[0]; i++) {
        struct rexpand_env *env = new_env();
        struct record record;
        record_in(&record, env, strings[i]);
        if (strstr(record.text, "geheim") != NULL && strstr(record.text, "/tmp/geheim") == NULL)
            fail_msg("%s: %s", strings[i], record.text);
        assert_null(strstr(record.text, "0/geheim"));
        assert_null(strstr(record.text, ":geheim"));
        assert_non_null(strstr(record.text, "servers="));
        free(record.text);
        rexpand_env_free(env);
    }
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parts_of_a_string),
        cmocka_unit_test(test_constants_are_said_to_be_folded),
        cmocka_unit_test(test_the_branch_not_taken_is_named),
        cmocka_unit_test(test_branches_without_a_string),
        cmocka_unit_test(test_branches_that_are_found_late),
        cmocka_unit_test(test_conditions_behind_the_one_that_decides),
        cmocka_unit_test(test_captures_are_told_once_where_they_arise),
        cmocka_unit_test(test_captures_of_each_item),
        cmocka_unit_test(test_a_condition_that_sets_value),
        cmocka_unit_test(test_items_of_a_loop),
        cmocka_unit_test(test_a_loop_over_nothing),
        cmocka_unit_test(test_strings_that_arise_on_the_way),
        cmocka_unit_test(test_a_compiled_program_is_watched_too),
        cmocka_unit_test(test_a_failure_is_told_from_its_origin_up),
        cmocka_unit_test(test_a_mistake_is_a_part),
        cmocka_unit_test(test_lookups_and_lists),
#ifdef LOOKUP_REDIS
        cmocka_unit_test(test_passwords_of_servers_are_stars),
#endif
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
