/* The operators' functions. */

#ifndef REXPAND_OPERATORS_OPERATORS_H
#define REXPAND_OPERATORS_OPERATORS_H

#include "lang/call.h"

enum outcome op_lc(struct call *call);
enum outcome op_uc(struct call *call);
enum outcome op_length(struct call *call);
enum outcome op_substr(struct call *call);
enum outcome op_hash(struct call *call);
enum outcome op_strlen(struct call *call);
enum outcome op_listcount(struct call *call);
enum outcome op_listnamed(struct call *call);
enum outcome op_quote(struct call *call);
enum outcome op_escape(struct call *call);
enum outcome op_expand(struct call *call);

enum outcome op_md5(struct call *call);
enum outcome op_sha1(struct call *call);
enum outcome op_sha256(struct call *call);
enum outcome op_base64(struct call *call);

enum outcome op_domain(struct call *call);
enum outcome op_local_part(struct call *call);

enum outcome op_eval(struct call *call);
enum outcome op_eval10(struct call *call);

#endif
