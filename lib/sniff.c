/*
 * sniff.c - what a file's first bytes say that it is
 *
 * Each format has a row with its first bytes and the function that reads its
 * headers.  PNG and WebP are read here; JPEG and HEIC have files of their own.
 */
#include <string.h>

#include "errors.h"
#include "sniff.h"
#include "sniff_parts.h"

static const struct format {
    const char *magic;
    size_t magic_at;
    int (*read)(struct reader file, struct picture_facts *facts);
    const char *media_type;
    const char *suffix;
} formats[] = {
    [PICTURE_JPEG] = {"\xff\xd8\xff", 0, sniff_jpeg, "image/jpeg", "jpg"},
    [PICTURE_PNG] = {"\x89PNG\r\n\x1a\n", 0, sniff_png, "image/png", "png"},
    [PICTURE_WEBP] = {"WEBP", 8, sniff_webp, "image/webp", "webp"},
    [PICTURE_HEIC] = {"ftyp", 4, sniff_heic, "image/heic", "heic"},
};

static const struct format *format_of(struct reader file)
{
    for (size_t i = 0; i < COUNT(formats); i++) {
        struct reader rest = file;

        reader_skip(&rest, formats[i].magic_at);
        if (reader_has(&rest, formats[i].magic, strlen(formats[i].magic)))
            return &formats[i];
    }
    return NULL;
}

int sniff(const void *bytes, size_t len, struct picture_facts *facts)
{
    struct reader file = {.bytes = bytes, .len = len};
    const struct format *format = format_of(file);
    int error;

    if (!format)
        return E_UNSUPPORTED;
    *facts = (struct picture_facts){
        .type = (enum picture_type)(format - formats), .orientation = 1};
    error = format->read(file, facts);
    if (error == 0 && (facts->width == 0 || facts->height == 0))
        error = E_INVALID;
    return error;
}

const char *picture_media_type(enum picture_type type)
{
    return formats[type].media_type;
}

const char *picture_suffix(enum picture_type type)
{
    return formats[type].suffix;
}

/* An orientation that a PNG may carry (eXIf) is passed over, as recognition
 * services do: hardly a program writes one, and fewer obey it. */
int sniff_png(struct reader file, struct picture_facts *facts)
{
    const uint32_t most = INT32_MAX; /* more is not allowed in a PNG */

    reader_skip(&file, 8);
    if (reader_number(&file, 4) != 13 || !reader_has(&file, "IHDR", 4))
        return E_INVALID;
    reader_skip(&file, 4);
    facts->width = reader_number(&file, 4);
    facts->height = reader_number(&file, 4);
    if (file.ended || facts->width > most || facts->height > most)
        return E_INVALID;
    return 0;
}

/* A lossy frame: three bytes of tag, three of start code, two times 14 bits.
 * Only a key frame, whose tag is even, has a size. */
static int read_lossy(struct reader chunk, struct picture_facts *facts)
{
    bool inner = reader_number(&chunk, 3) & 1;

    if (inner || !reader_has(&chunk, "\x9d\x01\x2a", 3))
        return E_INVALID;
    reader_skip(&chunk, 3);
    facts->width = reader_number(&chunk, 2) & 0x3fff;
    facts->height = reader_number(&chunk, 2) & 0x3fff;
    return chunk.ended ? E_INVALID : 0;
}

/* A lossless frame: its signature, two times 14 bits, each less one. */
static int read_lossless(struct reader chunk, struct picture_facts *facts)
{
    bool is_lossless = reader_number(&chunk, 1) == 0x2f;
    uint32_t sizes = reader_number(&chunk, 4);

    if (chunk.ended || !is_lossless)
        return E_INVALID;
    facts->width = (sizes & 0x3fff) + 1;
    facts->height = (sizes >> 14 & 0x3fff) + 1;
    return 0;
}

/* The extended form gives the canvas; EXIF stands behind the picture, and is
 * found where the caller has read as far as that. */
static int read_extended(struct reader chunk, struct reader rest,
                         struct picture_facts *facts)
{
    enum { HAS_EXIF = 0x08 };
    uint32_t flags = reader_number(&chunk, 4);

    facts->width = reader_number(&chunk, 3) + 1;
    facts->height = reader_number(&chunk, 3) + 1;
    if (chunk.ended)
        return E_INVALID;
    while (flags & HAS_EXIF && !rest.ended) {
        bool found = reader_has(&rest, "EXIF", 4);
        uint32_t len;

        reader_skip(&rest, 4);
        len = reader_number(&rest, 4);
        chunk = reader_part(&rest, len);
        if (found) {
            facts->orientation = exif_orientation(chunk);
            break;
        }
        reader_skip(&rest, len & 1);
    }
    return 0;
}

int sniff_webp(struct reader file, struct picture_facts *facts)
{
    struct reader name, chunk;
    uint32_t len;

    if (!reader_has(&file, "RIFF", 4))
        return E_UNSUPPORTED;
    file.little = true;
    reader_skip(&file, 12);
    name = reader_part(&file, 4);
    len = reader_number(&file, 4);
    if (file.ended)
        return E_INVALID;
    chunk = reader_part(&file, len);
    if (reader_has(&name, "VP8 ", 4))
        return read_lossy(chunk, facts);
    if (reader_has(&name, "VP8L", 4))
        return read_lossless(chunk, facts);
    if (reader_has(&name, "VP8X", 4))
        return read_extended(chunk, file, facts);
    return E_INVALID;
}
