/* Finding a row by its name. The tables themselves are where their families
   are. */

#include <string.h>

#include "lang/row.h"

/* Byte order of a row's name and a name that has no NUL behind it. */
static int compare_name(const char *row_name, const char *name, size_t length)
{
    int order = strncmp(row_name, name, length);

    return order != 0 ? order : row_name[length] != '\0';
}

/* Rows of any table begin with their name. */
static const void *find_row(const void *rows, size_t count, size_t size, const char *name, size_t length)
{
    size_t low = 0;
    size_t high = count;

    if (length == 0 || memchr(name, '\0', length) != NULL)
        return NULL;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const char *row = (const char *)rows + middle * size;
        int order = compare_name(*(const char *const *)(const void *)row, name, length);
        if (order == 0)
            return row;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
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

const struct variable_row *variable_row_find(const char *name, size_t length)
{
    const struct variable_row *row =
        find_row(variable_rows, variable_row_count, sizeof *variable_rows, name, length);

    if (row != NULL && !row->is_family)
        return row;
    for (size_t i = 0; i < variable_row_count; i++) {
        row = &variable_rows[i];
        size_t prefix = row->is_family ? strlen(row->name) : 0;
        if (prefix > 0 && length >= prefix && memcmp(row->name, name, prefix) == 0)
            return row;
    }
    return NULL;
}
