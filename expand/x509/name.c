#include "x509/name.h"

#include <string.h>

#include <openssl/asn1.h>
#include <openssl/objects.h>

/* Where GnuTLS has another word for a type than OpenSSL's short one. */
static const struct {
    int type;
    const char *word;
} words[] = {
    {NID_pkcs9_emailAddress, "EMAIL"},
    {NID_givenName, "givenName"},
    {NID_surname, "surname"},
    {NID_streetAddress, "STREET"},
};

static void add_type(struct buffer *out, const ASN1_OBJECT *object)
{
    char number[80];
    int type = OBJ_obj2nid(object);

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (words[i].type == type) {
            buffer_add_string(out, words[i].word);
            return;
        }
    if (type == NID_undef && OBJ_obj2txt(number, sizeof number, object, 1) > 0)
        buffer_add_string(out, number);
    else
        buffer_add_string(out, OBJ_nid2sn(type));
}

/* RFC 4514, section 2.4. */
static void add_escaped(struct buffer *out, const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        bool is_end = i == 0 || i + 1 == length;
        char byte = bytes[i];
        if ((byte != '\0' && strchr(",+\"\\<>;", byte) != NULL) || (byte == ' ' && is_end) ||
            (byte == '#' && i == 0))
            buffer_add_byte(out, '\\');
        buffer_add_byte(out, byte);
    }
}

static void add_content(struct buffer *out, const ASN1_STRING *content)
{
    unsigned char *text = NULL;
    int length = ASN1_STRING_to_UTF8(&text, content);

    if (length >= 0)
        add_escaped(out, (const char *)text, (size_t)length);
    OPENSSL_free(text);
}

void name_add(struct buffer *out, const X509_NAME *name)
{
    int count = X509_NAME_entry_count(name);
    int set = -1;

    for (int i = 0; i < count; i++) {
        const X509_NAME_ENTRY *entry = X509_NAME_get_entry(name, i);
        if (i > 0)
            buffer_add_byte(out, X509_NAME_ENTRY_set(entry) == set ? '+' : ',');
        set = X509_NAME_ENTRY_set(entry);
        add_type(out, X509_NAME_ENTRY_get_object(entry));
        buffer_add_byte(out, '=');
        add_content(out, X509_NAME_ENTRY_get_data(entry));
    }
}

void name_open(struct name_reader *reader, struct arena *arena, const X509_NAME *name)
{
    struct buffer text;

    *reader = (struct name_reader){.arena = arena, .text = value_clean("", 0)};
    buffer_init(&text, arena);
    name_add(&text, name);
    if (!buffer_value(&text, &reader->text))
        reader->text = value_clean("", 0);
}

bool name_next(struct name_reader *reader, struct value *part)
{
    const struct value *text = &reader->text;
    struct buffer out;

    if (reader->position >= text->length)
        return false;
    buffer_init(&out, reader->arena);
    for (; reader->position < text->length && text->bytes[reader->position] != ','; reader->position++) {
        char byte = text->bytes[reader->position];
        if (byte == '\\' && reader->position + 1 < text->length) {
            char next = text->bytes[++reader->position];
            if (next != ',')
                buffer_add_byte(&out, byte);
            byte = next;
        }
        buffer_add_byte(&out, byte);
    }
    reader->position++;
    return buffer_value(&out, part);
}
