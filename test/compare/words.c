#include "test/compare/words.h"

#include <string.h>

void put(struct generator *generator, const char *text)
{
    buffer_add_string(generator->out, text);
}

void write_digits(struct generator *generator)
{
    if (happens(generator, 6))
        PUT_ONE_OF(generator, "0", "00", "62", "63", "100", "256", "384", "512", "65536", "2147483647",
                   "2147483648", "4294967295", "4294967296", "99999999999");
    else
        buffer_format(generator->out, "%zu", pick(generator, happens(generator, 2) ? 8 : 40));
}

void write_number(struct generator *generator)
{
    static const char *const edges[] = {
        "",
        "-",
        "+",
        "-0",
        "007",
        "0x1F",
        "1k",
        "2M",
        "3g",
        "-4K",
        "1kk",
        "1.5",
        " 12",
        "12 ",
        "1 2",
        "2147483647",
        "2147483648",
        "-2147483648",
        "1e3",
        "0777",
        "-2147483649",
        "4294967296",
        "abc",
        "9223372036854775807",
        "1T",
        "١",
        "0x",
        "-9223372036854775808",
        "9223372036854775808",
        "8589934592G",
        "99999999999999999999",
        "+5",
        "- 5",
        "true",
        "no",
        "1a",
        "\\t7",
        "0b1",
        "'5'",
    };

    if (happens(generator, 3)) {
        put(generator, edges[pick(generator, COUNT(edges))]);
        return;
    }
    if (happens(generator, 4))
        put(generator, "-");
    write_digits(generator);
    if (happens(generator, 12))
        PUT_ONE_OF(generator, "k", "K", "m", "M", "g", "G");
}

void write_arithmetic(struct generator *generator)
{
    size_t terms = 1 + pick(generator, 4);

    for (size_t i = 0; i < terms; i++) {
        if (happens(generator, 8))
            PUT_ONE_OF(generator, "~", "-", "+", "!", " ");
        if (happens(generator, 6) && generator->depth < DEEPEST) {
            generator->depth++;
            put(generator, "(");
            write_arithmetic(generator);
            put(generator, happens(generator, 12) ? "" : ")");
            generator->depth--;
        } else {
            write_number(generator);
        }
        if (i + 1 < terms)
            PUT_ONE_OF(generator, "+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>", " + ", " - ", "**", "<",
                       " ");
    }
}

void write_word(struct generator *generator)
{
    PUT_ONE_OF(generator, "a", "abc", "Key", "lt", "gt", "eqi", "lei", ">", "<=", "secret", "SECRET", "md5",
               "sha1", "sha256", "ann", "root", "x_y", "z", "0", "1", "10", "foo-bar", "subject", "version",
               "notafter", "issuer", "d", "h", "l", "a1", "b2", "c3", "true", "yes", "no", "false", "fail",
               "", "not_before", "serial_number", "q.r", "a b");
}

void write_domain(struct generator *generator)
{
    PUT_ONE_OF(generator, "a.b.c", "dom.ex", "example.com", "EXAMPLE.Org", "x.y.z", "x", "", "a..b", ".a",
               "a.", "-a.b", "a_b.c", "xn--mnchen-3ya.de", "xn--", "münchen.de", "[1.2.3.4]", "[IPv6:::1]",
               "10.1.2.3", "*.x.y", "foo.bar.com", "no.z.w", "q.z.w", "localhost", "ÄÖ.example", "a b.c",
               "a.b.c.d.e.f.g", "faß.de", "日本.jp", "xn--a-0.b");
}

void write_local_part(struct generator *generator)
{
    PUT_ONE_OF(generator, "ann", "Bob.Smith", "\"bob smith\"", "a+b", "a.b.c", ".a", "a..b", "", "x y",
               "\"a\\\\\"b\"", "postmaster", "prvs=ann=0123456789", "SRS0=abcd=AA=dom.ex=bob", "user#1",
               "a@b", "ü", "xn--bcher-kva", "a(c)", "\\\"q\\\"", "a\\\\b", "btv1==1234==ann",
               "SRS0=aaaa=22=a.b=c=d", "<ann>", "a,b", "!#$%&'*");
}

void write_address(struct generator *generator)
{
    size_t way = pick(generator, 10);

    if (way == 0) {
        PUT_ONE_OF(generator, "<>", "<a@b.c>", "Ann <ann@dom.ex>", "@b", "a@", "a@b@c", "a", "",
                   "<@r1,@r2:a@b>", "\"Ann, X\" <a@b.c> (comment)", "(c) a@b", "a@[1.2.3.4]", "a @ b . c",
                   "<a@b", "a@b>", "a@b;", "group: a@b;", "=?iso-8859-1?q?a?= <a@b>", "a%b@c", "a!b",
                   "prvs=0123abcdef=ann@dom.ex", "a@b c@d", "\"a\"@b", "a@\"b\"", "a\\\\@b", "@[1.2]:a@b");
        return;
    }
    write_local_part(generator);
    put(generator, "@");
    write_domain(generator);
}

void write_addresses(struct generator *generator)
{
    size_t count = pick(generator, 4);

    for (size_t i = 0; i <= count; i++) {
        if (i > 0)
            PUT_ONE_OF(generator, ",", ", ", ";", " ", ",,", ":", "\\n ");
        if (happens(generator, 6))
            PUT_ONE_OF(generator, "Ann ", "\"A B\" ", "(c)", "grp:", "Jo (nick) ");
        write_address(generator);
        if (happens(generator, 8))
            PUT_ONE_OF(generator, ";", " (comment)", "(", ")", ">", "\"");
    }
}

void write_ip(struct generator *generator)
{
    PUT_ONE_OF(generator, "1.2.3.4", "10.1.2.3", "0.0.0.0", "255.255.255.255", "256.1.1.1", "1.2.3",
               "1.2.3.4.5", "::1", "::", "fe80::1", "2001:db8::1:2", "2001:DB8:0:0:0:0:1:2", "::ffff:1.2.3.4",
               "1::2::3", "fe80::1%eth0", ":::1", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7",
               "::1.2.3", "", "01.2.3.4", "1.2.3.4 ", " 1.2.3.4", "a.b.c.d", "10.1.2.9",
               "12345::", "1.2.3.04", "::12345", "1:2:3:4:5:6:1.2.3.4", "fe80::1%", "1.2..4", "[::1]",
               "2001:db8::", "a:b:c:d:e:f:a:b");
}

void write_masked(struct generator *generator)
{
    write_ip(generator);
    if (happens(generator, 8))
        return;
    put(generator, "/");
    if (happens(generator, 6))
        PUT_ONE_OF(generator, "", "a", "-1", "1.2", "129", "128", "33", "0", "007", "24x", " 8", "/8",
                   "99999999999");
    else
        buffer_format(generator->out, "%zu", pick(generator, 40));
}

void write_file(struct generator *generator)
{
    static const char *const names[] = {"users",  "keys",  "lines",     "lines_open", "empty",
                                        "dollar", "hosts", "addresses", "domains",    "nosuch"};

    buffer_format(generator->out, "%s/%s", generator->data, names[pick(generator, COUNT(names))]);
}

void write_key(struct generator *generator)
{
    PUT_ONE_OF(generator, "root", "ann", "Ann", "ROOT", "bob smith", "\"bob smith\"", "nobody", "", "dom.ex",
               "key2", "10.1.2.0/24", "a:b", "#", "*", " root", "root ", "$", "key");
}

void write_list_match(struct generator *generator)
{
    size_t items = 1 + pick(generator, 3);

    for (size_t i = 0; i < items; i++) {
        if (i > 0)
            PUT_ONE_OF(generator, ":", " : ", "::", ":!");
        switch (pick(generator, 6)) {
        case 0:
            write_domain(generator);
            break;
        case 1:
            write_address(generator);
            break;
        case 2:
            PUT_ONE_OF(generator, "*", "*.c", "*.dom.ex", "!*.org", "^a", "\\N^[a-m].*$\\N", "^.*\\\\.c\\$",
                       "*@dom.ex", "ann@*", "*smith", "@", "*@*.ex", "^ann@", "@@", "", "@[]");
            break;
        case 3:
            put(generator, "lsearch;");
            write_file(generator);
            break;
        case 4:
            write_file(generator);
            break;
        default:
            write_word(generator);
        }
    }
}

void write_pattern(struct generator *generator)
{
    PUT_ONE_OF(generator, "a", "^a", "b\\$", "(.)(.)", "[a-f]+", "\\N^(\\w+)\\s*(.*)$\\N", "\\N[^:]*\\N",
               ".*", "", "(a|b)*", "(?i)ANN", "\\\\d+", "\\\\.", "x?", "\\N(?<n>a)b\\N", "(", "[", "*", "a{2",
               "\\\\", "+", ":", "\\N(a)(b)?(c)?\\N", "^\\$", "\\\\b", "(?:x)", "(?z)", "a\\\\",
               "[[:alpha:]]+", "\\N\\d{2,3}\\N", "a**", "a)", "(?<=a)b", "\\x41");
}

void write_separator(struct generator *generator)
{
    PUT_ONE_OF(generator, ":", ",", ";", "/", ":,", " ", "|", "", "a", "::", "\\n", "\\t", ".", "-", "=", "é",
               "\\\\");
}

void write_json(struct generator *generator)
{
    PUT_ONE_OF(generator, "[1,2,3]", "[\"a\",\"b\"]", "[]", "{\\\"a\\\": 1\\}", "\\{\"a\":1,\"Key\":[1,2]\\}",
               "\\{\"abc\": \"x y\", \"b\" : \\{\"c\":null\\}\\}", "[1, [2, 3], \\{\"a\":\"b\"\\}]", "\\{\\}",
               "[ \"a\\\\\"b\", true ]", "1", "\"s\"", "", "[1,", "\\{\"a\"", "[\"a:b\",\"c\"]",
               "\\{\"a\":\"\\}\"\\}", "[1,,2]", "[\" a \"]", "\\{\"a\":[],\"z\":0\\}",
               "\\{ \"root\" : \"x\\\\\\\\y\" \\}", "[\"abc\",1.5,-2]");
}

void write_base64(struct generator *generator)
{
    PUT_ONE_OF(generator, "YWJj", "YWI=", "YQ==", "YQ", "Y", "", "YWJj\\n", "a b", "!!!!", "YWJjZA==", "/+8=",
               "YQ=", "====", "kAFQmDzST7DWlj99KOF/cg==", "qZk+NkcGgWq6PiVxeFDCbJzQ2J0=", "YWJj YWJj",
               "YWJj=", "900150983cd24fb0d6963f7d28e17f72", "a9993e364706816aba3e25717850c26c9cd0d89d");
}

void write_hex(struct generator *generator)
{
    PUT_ONE_OF(generator, "41", "4142", "414", "00", "ff", "FF0a", "", "g1", "4 1", "616263", "0x41",
               "900150983cd24fb0d6963f7d28e17f72");
}

void write_time(struct generator *generator)
{
    PUT_ONE_OF(generator, "1d", "1w2d3h4m5s", "90s", "1h30m", "", "1", "h", "1x", "1s1d", "99999w", "1.5s",
               "1m 1s", "-1s", "0s", "1h1h", "250ms", "1d12h", "4294967296s", " 1s", "1s ", "1D");
}

void write_unicode(struct generator *generator)
{
    size_t parts = 1 + pick(generator, 4);

    for (size_t i = 0; i < parts; i++)
        PUT_ONE_OF(generator, "abc", "é", "ü", "日本", "\xff", "\xc3", "\xe2\x82", "€", "\xf0\x9f\x98\x80",
                   "a b", "_", "\x80", "\\xe4", "\\n", "&", "~", "/", ".", "=?", "?=", "\"", "(", "x",
                   "\xed\xa0\x80", "\xc0\x80", "\xf4\x90\x80\x80", "&-", "%", "INBOX", "ß", "\x7f", "\\x01",
                   "@", "İ", "\xe9");
}

void write_encoded(struct generator *generator)
{
    PUT_ONE_OF(
        generator, "=?iso-8859-1?q?a=e4b?=", "=?utf-8?B?w6Q=?=", "=?utf-8?q?a?= =?utf-8?q?b?=", "=?x?q?a?=",
        "=?utf-8?q?a_b?= c", "=?utf-8?b?!?=", "=?utf-8?q?", "plain",
        "=?utf-8?q?=E2=82=AC?=", "=??q?a?=", "=?iso-8859-1?Q?=?=", "a =?us-ascii?q?x?= b",
        "=?utf-8?x?a?=", "=?iso-8859-15?q?=a4?=", "=?utf-8?q?=00a?=", "=?utf-8?q?a b?=", "=?utf-8?B?YWJj=?=");
}

void write_pairs(struct generator *generator)
{
    PUT_ONE_OF(generator, "a=1 b=2", "Key=\"x y\" z=3", "abc = 1", "a=1,b=2", "a", "=", "a=", "a=\"unclosed",
               "a=\"q\\\\\"r\" b=1", "A=1", "root:x=1 root=2", "  a=1  ", "a=1\\nz=2", "ann=\"\" abc=x");
}
