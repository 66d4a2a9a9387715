/*
 * sniff_jpeg.c - a JPEG's size and orientation
 *
 * The file is walked marker by marker up to the scan, where the picture's data
 * begins.  The first frame header gives the size, the first EXIF segment the
 * orientation, in whichever order they come.  Thumbnails lie in segments of
 * their own, so that theirs are never taken for the picture's.
 */
#include <string.h>

#include "errors.h"
#include "sniff_parts.h"

enum marker {
    MARKER_NONE = 0x00, /* a stuffed byte, or the end of what we have */
    MARKER_TEM = 0x01,
    MARKER_SOF0 = 0xc0,  /* frames: baseline */
    MARKER_SOF1 = 0xc1,  /* extended */
    MARKER_SOF2 = 0xc2,  /* progressive */
    MARKER_SOF9 = 0xc9,  /* extended, arithmetic coding */
    MARKER_SOF10 = 0xca, /* progressive, arithmetic coding */
    MARKER_SOF15 = 0xcf,
    MARKER_DHT = 0xc4,
    MARKER_JPG = 0xc8,
    MARKER_DAC = 0xcc,
    MARKER_RST0 = 0xd0,
    MARKER_SOI = 0xd8,
    MARKER_EOI = 0xd9,
    MARKER_SOS = 0xda,
    MARKER_APP1 = 0xe1,
};

/* As decoders do: what stands between segments is passed over, and a marker
 * may have any number of 0xff before it. */
static unsigned next_marker(struct reader *file)
{
    uint32_t byte;

    do
        byte = reader_number(file, 1);
    while (byte != 0xff && !file->ended);
    while (byte == 0xff && !file->ended)
        byte = reader_number(file, 1);
    return file->ended ? MARKER_NONE : byte;
}

/* Whether the marker is all of its segment. */
static bool stands_alone(unsigned marker)
{
    return marker == MARKER_NONE || marker == MARKER_TEM ||
           (marker >= MARKER_RST0 && marker <= MARKER_SOI);
}

static bool is_frame(unsigned marker)
{
    return marker >= MARKER_SOF0 && marker <= MARKER_SOF15 &&
           marker != MARKER_DHT && marker != MARKER_JPG && marker != MARKER_DAC;
}

/* Lossless, hierarchical and 12-bit frames have no decoder in common use. */
static int read_frame(unsigned marker, struct reader segment,
                      struct picture_facts *facts)
{
    uint32_t bits = reader_number(&segment, 1);

    facts->height = reader_number(&segment, 2);
    facts->width = reader_number(&segment, 2);
    if (segment.ended)
        return E_INVALID;
    if (bits != 8 || (marker != MARKER_SOF0 && marker != MARKER_SOF1 &&
                      marker != MARKER_SOF2 && marker != MARKER_SOF9 &&
                      marker != MARKER_SOF10))
        return E_UNSUPPORTED;
    return 0;
}

/* Cuts off the next segment; false where there is none before the scan. */
static bool next_segment(struct reader *file, unsigned *marker,
                         struct reader *segment)
{
    uint32_t len;

    do
        *marker = next_marker(file);
    while (!file->ended && stands_alone(*marker));
    if (file->ended || *marker == MARKER_SOS || *marker == MARKER_EOI)
        return false;
    len = reader_number(file, 2);
    if (len < 2)
        return false;
    *segment = reader_part(file, len - 2);
    return true;
}

int sniff_jpeg(struct reader file, struct picture_facts *facts)
{
    bool has_frame = false, has_exif = false;
    struct reader segment;
    unsigned marker;

    reader_skip(&file, 2);
    while (next_segment(&file, &marker, &segment)) {
        if (is_frame(marker) && !has_frame) {
            int error = read_frame(marker, segment, facts);

            if (error)
                return error;
            has_frame = true;
        } else if (marker == MARKER_APP1 && !has_exif &&
                   reader_has(&segment, "Exif\0\0", 6)) {
            facts->orientation = exif_orientation(segment);
            has_exif = true;
        }
    }
    return has_frame ? 0 : E_INVALID;
}

/* The end's marker stands nowhere in a scan. */
bool jpeg_is_whole(struct reader file)
{
    struct reader segment;
    const unsigned char *end;
    unsigned marker;

    reader_skip(&file, 2);
    while (next_segment(&file, &marker, &segment))
        ;
    if (file.ended || marker != MARKER_SOS)
        return false;
    end = file.bytes + file.len;
    while ((end = memrchr(file.bytes, 0xff, (size_t)(end - file.bytes))))
        if (end + 1 < file.bytes + file.len && end[1] == MARKER_EOI)
            return true;
    return false;
}
