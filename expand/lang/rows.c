/* Finding a row by its name. The tables themselves are where their families
   are. */

#include <stdbool.h>
#include <string.h>

#include "lang/row.h"

/* Byte order of a row's name and a name that has no NUL behind it. The calls
   that the C library's functions would need take longer than this does. */
static int compare_name(const char *row_name, const char *name, size_t length)
{
    size_t same = 0;

    while (same < length && row_name[same] == name[same] && row_name[same] != '\0')
        same++;
    if (same == length)
        return row_name[same] != '\0';
    return row_name[same] == '\0' ? -1 : (unsigned char)row_name[same] - (unsigned char)name[same];
}

/* Finds the first of "count" rows that is not before "name"; *found: whether it
   is the row of that name. Rows of any table begin with their name. */
static size_t search(const void *rows, size_t count, size_t size, const char *name, size_t length,
                     bool *found)
{
    size_t low = 0;
    size_t high = count;

    *found = false;
    while (low < high && !*found) {
        size_t middle = low + (high - low) / 2;
        const char *row = (const char *)rows + middle * size;
        int order = compare_name(*(const char *const *)(const void *)row, name, length);
        *found = order == 0;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return high;
}

static const void *find_row(const void *rows, size_t count, size_t size, const char *name, size_t length)
{
    bool found;
    size_t index = search(rows, count, size, name, length, &found);

    return found ? (const char *)rows + index * size : NULL;
}

const struct item_row *item_row_find(const char *name, size_t length)
{
    return find_row(item_rows, item_row_count, sizeof *item_rows, name, length);
}

const struct condition_row *condition_row_find(const char *name, size_t length)
{
    return find_row(condition_rows, condition_row_count, sizeof *condition_rows, name, length);
}

const struct operator_row *operator_row_find(const char *name, size_t length, size_t *used)
{
    const struct operator_row *row =
        find_row(operator_rows, operator_row_count, sizeof *operator_rows, name, length);

    *used = length;
    if (row != NULL)
        return row;
    const char *underscore = length == 0 ? NULL : memchr(name, '_', length);
    if (underscore == NULL)
        return NULL;
    *used = (size_t)(underscore - name);
    return find_row(operator_rows, operator_row_count, sizeof *operator_rows, name, *used);
}

static bool is_of_family(const struct variable_row *row, const char *name, size_t length)
{
    size_t prefix = strlen(row->name);

    return row->is_family && length >= prefix && memcmp(row->name, name, prefix) == 0;
}

const struct variable_row *variable_row_find(const char *name, size_t length)
{
    bool found;
    size_t index = search(variable_rows, variable_row_count, sizeof *variable_rows, name, length, &found);

    if (found)
        return &variable_rows[index];
    /* The name of its family is the beginning of it, so it stands before it. */
    while (index > 0 && length > 0 && variable_rows[--index].name[0] == name[0])
        if (is_of_family(&variable_rows[index], name, length))
            return &variable_rows[index];
    return NULL;
}
