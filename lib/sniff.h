#pragma once

#include <stddef.h>
#include <stdint.h>

#include "basics.h"

/*
 * What the first bytes of a file say that it is: its type and its size in
 * pixels, read from the headers alone.  Nothing is decoded, so a stranger's
 * file costs next to nothing before we know that we want it.
 */
enum picture_type {
    PICTURE_JPEG,
    PICTURE_PNG,
    PICTURE_WEBP,
    PICTURE_HEIC, /* HEIF with an HEVC picture */
};

struct picture_facts {
    enum picture_type type;
    uint32_t width; /* as stored; turned by orientations 5 to 8 */
    uint32_t height;
    /* Of EXIF, 1 to 8; for HEIC, which has its own way to say it, the one that
     * turns alike.  1 where none is given, and for every PNG. */
    int orientation;
};

/* How many bytes of the beginning are always enough to try. */
enum { SNIFF_BYTES = 256 * 1024 };

/*
 * Reads the facts from the first `len` bytes of a file.  E_UNSUPPORTED: none of
 * the four types.  E_INVALID: one of them, but damaged, without dimensions, or
 * its headers do not end within `len` bytes.
 */
int sniff(const void *bytes, size_t len,
          struct picture_facts *facts) MUST_CHECK;

/* Whether a whole file, of the type that `sniff` has found, is there to its
 * end: false for what was cut off on its way. */
bool sniff_is_whole(const void *bytes, size_t len, enum picture_type type);

/* "image/jpeg" and so on. */
const char *picture_media_type(enum picture_type type);

/* "jpg" and so on. */
const char *picture_suffix(enum picture_type type);
