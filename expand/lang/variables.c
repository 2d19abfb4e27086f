/* The table of variables. */

#include "lang/call.h"
#include "lang/row.h"

static enum outcome var_item(struct run *run, const struct variable_row *row, const struct value *name,
                             struct value *value)
{
    (void)row;
    (void)name;
    if (run->bindings.item.bytes != NULL)
        *value = run->bindings.item;
    return OUTCOME_DONE;
}

static enum outcome var_value(struct run *run, const struct variable_row *row, const struct value *name,
                              struct value *value)
{
    (void)row;
    (void)name;
    if (run->bindings.value.bytes != NULL)
        *value = run->bindings.value;
    return OUTCOME_DONE;
}

const struct variable_row variable_rows[] = {
    {.name = "acl_c", .is_family = true, .help = "x"},
    {.name = "acl_m", .is_family = true, .help = "x"},
    {.name = "domain", .help = "x"},
    {.name = "h_", .is_family = true, .help = "x"},
    {.name = "item", .get = var_item, .help = "x"},
    {.name = "local_part", .help = "x"},
    {.name = "sender_address", .help = "x"},
    {.name = "value", .get = var_value, .help = "x"},
};
const size_t variable_row_count = sizeof variable_rows / sizeof variable_rows[0];
