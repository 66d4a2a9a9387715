#pragma once

#include <stddef.h>
#include <stdint.h>

#include "basics.h"
#include "sniff.h"

/*
 * What the files of the sniffer share: a reader that cannot leave its bytes,
 * and a function for each format.
 *
 * Reading past the end gives zeros and sets `ended`, so that a header is read
 * straight through and asked once, at its end, whether it was all there.
 */
struct reader {
    const unsigned char *bytes;
    size_t len;
    bool little; /* numbers have their smallest byte first */
    bool ended;  /* more was asked for than there is */
};

/* The next number, of 1 to 4 bytes. */
uint32_t reader_number(struct reader *reader, size_t bytes);

/* Cuts off the next `len` bytes, or what is left of them. */
struct reader reader_part(struct reader *reader, uint64_t len);

/* Passes over `len` bytes. */
void reader_skip(struct reader *reader, uint64_t len);

/* Whether the next bytes are these; they stay unread. */
bool reader_has(const struct reader *reader, const char *bytes, size_t len);

/* Each reads a file whose first bytes are its format's. */
int sniff_jpeg(struct reader file, struct picture_facts *facts) MUST_CHECK;
int sniff_png(struct reader file, struct picture_facts *facts) MUST_CHECK;
int sniff_webp(struct reader file, struct picture_facts *facts) MUST_CHECK;
int sniff_heic(struct reader file, struct picture_facts *facts) MUST_CHECK;

/* The orientation in a block of EXIF, with or without the "Exif" before it; 1
 * where it gives none that makes sense. */
int exif_orientation(struct reader block);

/* Whether a JPEG's end is there. */
bool jpeg_is_whole(struct reader file);
