/*
 * packed_record.c - what is kept of an indexed face, in little memory
 */
#include <stdlib.h>
#include <string.h>

#include "packed_record.h"
#include "xalloc.h"

/* Where a UUID's text has its dashes: before these bytes. */
static bool is_after_dash(size_t byte)
{
    return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

struct id_bits id_bits_of(const char *id)
{
    struct id_bits bits = {{0}};
    size_t digits = 0;

    for (; *id && digits < 2 * sizeof bits.bytes; id++) {
        unsigned digit = (unsigned char)*id;

        if (digit == '-')
            continue;
        digit = digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
        bits.bytes[digits / 2] |=
            (unsigned char)((digit & 15) << (digits % 2 ? 0 : 4));
        digits++;
    }
    return bits;
}

int id_bits_compare(const struct id_bits *one, const struct id_bits *other)
{
    return memcmp(one->bytes, other->bytes, sizeof one->bytes);
}

static void write_id(const struct id_bits *bits, char text[static UUID_BYTES])
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < sizeof bits->bytes; i++) {
        if (is_after_dash(i))
            *text++ = '-';
        *text++ = digits[bits->bytes[i] >> 4];
        *text++ = digits[bits->bytes[i] & 15];
    }
    *text = '\0';
}

/* The two texts, a zero byte behind each; NULL where both are empty. */
static char *join(const char *external_id, const char *user_id)
{
    const char *first = external_id ? external_id : "";
    const char *then = user_id ? user_id : "";
    size_t first_bytes = strlen(first) + 1, then_bytes = strlen(then) + 1;
    char *texts;

    if (!first[0] && !then[0])
        return NULL;
    texts = xmalloc(first_bytes + then_bytes);
    memcpy(texts, first, first_bytes);
    memcpy(texts + first_bytes, then, then_bytes);
    return texts;
}

static const char *external_id_of(const struct packed_record *packed)
{
    return packed->texts && packed->texts[0] ? packed->texts : NULL;
}

static const char *user_id_of(const struct packed_record *packed)
{
    const char *user_id =
        packed->texts ? packed->texts + strlen(packed->texts) + 1 : "";

    return user_id[0] ? user_id : NULL;
}

struct packed_record packed_record_from(const struct record *record)
{
    return (struct packed_record){
        .id = id_bits_of(record->id),
        .image_id = id_bits_of(record->image_id),
        .box = record->box,
        .confidence = record->confidence,
        .created_ms = record->created_ms,
        .texts = join(record->external_id, record->user_id),
    };
}

struct packed_record packed_record_copy(const struct packed_record *packed)
{
    struct packed_record copy = *packed;

    copy.texts = join(external_id_of(packed), user_id_of(packed));
    return copy;
}

struct record packed_record_open(const struct packed_record *packed)
{
    struct record record = {
        .external_id = xstrdup(external_id_of(packed)),
        .user_id = xstrdup(user_id_of(packed)),
        .box = packed->box,
        .confidence = packed->confidence,
        .created_ms = packed->created_ms,
    };

    write_id(&packed->id, record.id);
    write_id(&packed->image_id, record.image_id);
    return record;
}

void packed_record_finish(struct packed_record *packed)
{
    free(packed->texts);
    *packed = (struct packed_record){.texts = NULL};
}

void packed_record_set_user(struct packed_record *packed, const char *user_id)
{
    char *texts = join(external_id_of(packed), user_id);

    free(packed->texts);
    packed->texts = texts;
}
