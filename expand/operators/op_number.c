/* eval, eval10: integer arithmetic with C's operators and precedence, 64 bits
   wide (Exim specification, chapter 11, "${eval"). */

#include <limits.h>

#include "operators/operators.h"

enum { EVAL_DEPTH_LIMIT = 500, LOOSEST = 1, SHIFT = 4 };

/* The expression as it is read: a number at a time, from left to right. */
struct arithmetic {
    const char *text;
    size_t length;
    size_t position;
    bool decimal;        /* eval10: no octal, no hexadecimal */
    const char *problem; /* NULL while all is well */
    unsigned depth;
};

static char peek(const struct arithmetic *sum)
{
    return sum->position < sum->length ? sum->text[sum->position] : '\0';
}

static void skip_space(struct arithmetic *sum)
{
    while (byte_is_space(peek(sum)))
        sum->position++;
}

static int digit_value(char byte)
{
    if (byte_is_digit(byte))
        return byte - '0';
    byte = byte_lower(byte);
    return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : INT_MAX;
}

static int read_base(struct arithmetic *sum)
{
    if (sum->decimal || peek(sum) != '0')
        return 10;
    if (sum->position + 1 < sum->length && byte_lower(sum->text[sum->position + 1]) == 'x') {
        sum->position += 2;
        return 16;
    }
    return 8;
}

/* So many decimal digits fit whatever they are. */
enum { SAFE_DIGITS = 18 };

/* Decimal digits as long as they cannot be too many: nearly all numbers are
   done with that. */
static long long read_first_digits(struct arithmetic *sum)
{
    const char *from = sum->text + sum->position;
    size_t left = sum->length - sum->position;
    size_t most = left < SAFE_DIGITS ? left : SAFE_DIGITS;
    size_t count = 0;
    long long number = 0;

    for (; count < most && byte_is_digit(from[count]); count++)
        number = number * 10 + (from[count] - '0');
    sum->position += count;
    return number;
}

/* Too large a number is the largest. */
static long long read_digits(struct arithmetic *sum, int base)
{
    long long number = base == 10 ? read_first_digits(sum) : 0;

    while (digit_value(peek(sum)) < base) {
        int digit = digit_value(peek(sum));
        if (__builtin_mul_overflow(number, base, &number) || __builtin_add_overflow(number, digit, &number))
            number = LLONG_MAX;
        if (number == LLONG_MAX) {
            while (digit_value(peek(sum)) < base)
                sum->position++;
            break;
        }
        sum->position++;
    }
    return number;
}

/* number := digits [ "K" | "M" | "G" ] */
static long long read_number(struct arithmetic *sum)
{
    static const char suffixes[] = "kmg";
    int base = read_base(sum);
    unsigned long long number = (unsigned long long)read_digits(sum, base);

    for (unsigned i = 0; byte_is_letter(peek(sum)) && i < sizeof suffixes - 1; i++) {
        if (byte_lower(peek(sum)) != suffixes[i])
            continue;
        sum->position++;
        number <<= 10 * (i + 1);
        break;
    }
    skip_space(sum);
    return (long long)number;
}

static long long read_expression(struct arithmetic *sum);

/* unary := ( "+" | "-" | "~" ) unary | "(" expression ")" | number */
static long long read_unary(struct arithmetic *sum)
{
    long long number = 0;

    skip_space(sum);
    char byte = peek(sum);
    if (++sum->depth > EVAL_DEPTH_LIMIT) {
        sum->problem = "nested too deeply";
        return 0;
    }
    if (byte == '+' || byte == '-' || byte == '~') {
        sum->position++;
        number = read_unary(sum);
        if (byte == '-')
            number = (long long)(0 - (unsigned long long)number);
        else if (byte == '~')
            number = ~number;
    } else if (byte_is_digit(byte)) {
        number = read_number(sum);
    } else if (byte == '(') {
        sum->position++;
        number = read_expression(sum);
        if (sum->problem == NULL && peek(sum) != ')')
            sum->problem = "expecting closing parenthesis";
        else if (sum->problem == NULL)
            sum->position++;
        if (sum->problem == NULL)
            skip_space(sum);
    } else {
        sum->problem = "expecting number or opening parenthesis";
    }
    sum->depth--;
    return number;
}

static long long divide(struct arithmetic *sum, char symbol, long long left, long long right)
{
    if (right == 0) {
        sum->problem = symbol == '/' ? "divide by zero" : "modulo by zero";
        return 0;
    }
    if (right == -1) /* the one quotient that does not fit is the largest number */
        return symbol == '%' ? 0 : left == LLONG_MIN ? LLONG_MAX : -left;
    return symbol == '/' ? left / right : left % right;
}

static long long calculate(struct arithmetic *sum, char symbol, long long left, long long right)
{
    long long result = 0;

    switch (symbol) {
    case '*':
        return (long long)((unsigned long long)left * (unsigned long long)right);
    case '+':
        if (__builtin_add_overflow(left, right, &result))
            sum->problem = "overflow in sum";
        return result;
    case '-':
        if (__builtin_sub_overflow(left, right, &result))
            sum->problem = "overflow in difference";
        return result;
    case '<':
        return (long long)((unsigned long long)left << (right & 63));
    case '>':
        return left >> (right & 63);
    case '&':
        return left & right;
    case '^':
        return left ^ right;
    case '|':
        return left | right;
    default:
        return divide(sum, symbol, left, right);
    }
}

/* How tightly a binary operator binds, 0 for what is none. The shifts are two
   bytes. */
static unsigned binding_of(const struct arithmetic *sum)
{
    char byte = peek(sum);

    switch (byte) {
    case '*':
    case '/':
    case '%':
        return 6;
    case '+':
    case '-':
        return 5;
    case '<':
    case '>':
        return sum->position + 1 < sum->length && sum->text[sum->position + 1] == byte ? SHIFT : 0;
    case '&':
        return 3;
    case '^':
        return 2;
    case '|':
        return 1;
    default:
        return 0;
    }
}

/* level := unary ( symbol level )* , with the symbols that bind no looser than
   "least"; what stands behind a symbol binds tighter than it. */
static long long read_level(struct arithmetic *sum, unsigned least)
{
    long long left = read_unary(sum);
    unsigned binding;

    while (sum->problem == NULL && (binding = binding_of(sum)) >= least) {
        char symbol = peek(sum);
        sum->position += binding == SHIFT ? 2 : 1;
        long long right = read_level(sum, binding + 1);
        if (sum->problem == NULL)
            left = calculate(sum, symbol, left, right);
    }
    return left;
}

static long long read_expression(struct arithmetic *sum)
{
    skip_space(sum);
    return read_level(sum, LOOSEST);
}

static enum outcome evaluate_arithmetic(struct call *call, bool decimal)
{
    struct value text;
    enum outcome outcome = call_argument(call, 0, &text);

    if (outcome != OUTCOME_DONE)
        return outcome;
    struct arithmetic sum = {.text = text.bytes, .length = text.length, .decimal = decimal};
    long long number = read_expression(&sum);
    if (sum.problem == NULL && sum.position < sum.length)
        sum.problem = "expecting operator";
    if (sum.problem != NULL) {
        struct value done = value_clean(text.bytes, sum.position);
        return call_failed(call, "error in expression evaluation: %s (after processing \"%.*s\")",
                           sum.problem, CALL_TEXT(&done));
    }
    buffer_add_number(call->out, number);
    return call_done(call);
}

enum outcome op_eval(struct call *call)
{
    return evaluate_arithmetic(call, false);
}

enum outcome op_eval10(struct call *call)
{
    return evaluate_arithmetic(call, true);
}
