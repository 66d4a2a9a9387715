/*
 * sniff_exif.c - the orientation that a block of EXIF gives
 *
 * EXIF is a TIFF file of its own: eight bytes that tell the byte order and
 * where the first directory lies, then that directory, twelve bytes an entry.
 */
#include "sniff_parts.h"

enum { TAG_ORIENTATION = 0x0112, TYPE_SHORT = 3 };

/* Passes over the signature; what is no TIFF is left empty. */
static struct reader open_tiff(struct reader block)
{
    if (reader_has(&block, "Exif\0\0", 6))
        reader_skip(&block, 6);
    block.little = reader_has(&block, "II*\0", 4);
    if (!block.little && !reader_has(&block, "MM\0*", 4))
        block.len = 0;
    return block;
}

int exif_orientation(struct reader block)
{
    struct reader tiff = open_tiff(block);
    struct reader directory = tiff;
    uint32_t count;

    reader_skip(&tiff, 4);
    reader_skip(&directory, reader_number(&tiff, 4));
    count = reader_number(&directory, 2);
    for (uint32_t i = 0; i < count && !directory.ended; i++) {
        struct reader entry = reader_part(&directory, 12);
        uint32_t tag = reader_number(&entry, 2);
        uint32_t type = reader_number(&entry, 2);
        uint32_t values = reader_number(&entry, 4);
        uint32_t value = reader_number(&entry, 2);

        if (tag == TAG_ORIENTATION && type == TYPE_SHORT && values == 1)
            return value >= 1 && value <= 8 ? (int)value : 1;
    }
    return 1;
}
