/* Where variables that nobody has set get their values: the functions behind
   the table's rows. Nothing is looked at before a variable is read. */

#ifndef REXPAND_LANG_VARIABLE_VALUES_H
#define REXPAND_LANG_VARIABLE_VALUES_H

#include "lang/row.h"

/* A row's "get". "name" is what was written; "value" is empty before. */
typedef enum outcome variable_get(struct run *run, const struct variable_row *row, const struct value *name,
                                  struct value *value) MUST_CHECK;

/* row->text is the value. */
variable_get value_text;
/* row->text is the name of a variable: its value, or a part of it. */
variable_get value_of_other;
variable_get value_domain_of;
variable_get value_local_part_of;

/* What items bind. */
variable_get value_of_run_output;
/* What conditions leave behind. */
variable_get value_of_srs_recipient;

/* What an ACL binds while it is checked: a row's "bound". */
typedef bool variable_bound(const struct run *run, const struct variable_row *row, struct value *value);
variable_bound bound_acl_argument;
variable_bound bound_acl_count;
variable_bound bound_acl_verify_message;

/* What items leave behind. */
variable_get value_of_prvs_result;
variable_get value_of_run_status;

/* What the environment's message gives; without one row->text, if there is any.
   For the rows that the function knows (message_values.c). */
variable_get value_of_message;

/* The time now, in the form that row->text is. */
variable_get value_of_local_time;
variable_get value_of_log_time;
variable_get value_of_utc;
variable_get value_of_epoch;
variable_get value_of_epoch_microseconds;

/* The process and the machine. */
variable_get value_of_pid;
variable_get value_of_uid;
variable_get value_of_gid;
variable_get value_of_host_name;
variable_get value_of_load_average;
variable_get value_of_working_directory;

/* What is free where the queue is and where the logs are; -1 where that cannot be
   told, nothing where no place is known. */
variable_get value_of_spool_space;
variable_get value_of_spool_inodes;
variable_get value_of_log_space;
variable_get value_of_log_inodes;

/* The Exim that is installed here. */
variable_get value_of_exim_path;
variable_get value_of_exim_uid;
variable_get value_of_exim_gid;

/* Fails: a name that means nothing until it is set. */
variable_get value_of_filter;

#endif
