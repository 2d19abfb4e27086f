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

enum outcome op_nhash(struct call *call);

/* A value in double quotes as the configuration file and address headers read
   it. */
void op_add_quoted(struct buffer *out, const struct value *text);

enum outcome op_escape8bit(struct call *call);
enum outcome op_hexquote(struct call *call);
enum outcome op_rxquote(struct call *call);

enum outcome op_md5(struct call *call);
enum outcome op_sha1(struct call *call);
enum outcome op_sha256(struct call *call);
enum outcome op_sha2(struct call *call);
enum outcome op_sha3(struct call *call);

enum outcome op_base32(struct call *call);
enum outcome op_base32d(struct call *call);
enum outcome op_base62(struct call *call);
enum outcome op_base62d(struct call *call);
enum outcome op_base64(struct call *call);
enum outcome op_str2b64(struct call *call);
enum outcome op_base64d(struct call *call);
enum outcome op_hex2b64(struct call *call);
enum outcome op_xtextd(struct call *call);

enum outcome op_address(struct call *call);
enum outcome op_addresses(struct call *call);
enum outcome op_quote_local_part(struct call *call);
enum outcome op_domain(struct call *call);
enum outcome op_local_part(struct call *call);

enum outcome op_eval(struct call *call);
enum outcome op_eval10(struct call *call);

enum outcome op_ipv6denorm(struct call *call);
enum outcome op_ipv6norm(struct call *call);
enum outcome op_mask(struct call *call);
enum outcome op_reverse_ip(struct call *call);

enum outcome op_time_eval(struct call *call);
enum outcome op_time_interval(struct call *call);

enum outcome op_rfc2047(struct call *call);
enum outcome op_rfc2047d(struct call *call);
enum outcome op_headerwrap(struct call *call);

enum outcome op_from_utf8(struct call *call);
enum outcome op_utf8clean(struct call *call);
enum outcome op_utf8_domain_to_alabel(struct call *call);
enum outcome op_utf8_domain_from_alabel(struct call *call);
enum outcome op_utf8_localpart_to_alabel(struct call *call);
enum outcome op_utf8_localpart_from_alabel(struct call *call);

enum outcome op_stat(struct call *call);
enum outcome op_randint(struct call *call);

#endif
