/*
 * jpeg_file.c - JPEG files: the one door to libjpeg
 *
 * libjpeg tells of an error by a call that may not return, so each job on a
 * file runs behind a setjmp, and all that it has lies outside of the stack.
 * Rows go straight to where they are wanted, unless the picture is turned.
 */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#include <jerror.h>

#include "errors.h"
#include "jpeg_file.h"
#include "log.h"
#include "picture_profile.h"
#include "turn.h"
#include "xalloc.h"

enum {
    STRIP_ROWS = 16, /* decoded before they are turned */
    SCANS_MAX = 100, /* a file of many would be decoded again and again */
    PROFILE_MARKER = JPEG_APP0 + 2,
    WHOLE_COLOURS = 90, /* the least quality that has them */
    FIRST_BYTES = 16 * 1024,
};

/* ---- errors ---- */

/* The way back out of libjpeg. */
struct trouble {
    struct jpeg_error_mgr manager;
    jmp_buf back;
};

static void on_error(j_common_ptr jpeg)
{
    char reason[JMSG_LENGTH_MAX];

    jpeg->err->format_message(jpeg, reason);
    log_debug("picture: %s", reason);
    longjmp(container_of(jpeg->err, struct trouble, manager)->back, 1);
}

/* Of what libjpeg can do without it only warns; an end that is missing is more
 * than that. */
static void on_message(j_common_ptr jpeg, int level)
{
    if (level < 0 && jpeg->err->msg_code == JWRN_JPEG_EOF)
        on_error(jpeg);
}

static struct jpeg_error_mgr *trouble_init(struct trouble *trouble)
{
    struct jpeg_error_mgr *manager = jpeg_std_error(&trouble->manager);

    manager->error_exit = on_error;
    manager->emit_message = on_message;
    return manager;
}

/* ---- decoding ---- */

struct decoding {
    struct jpeg_decompress_struct jpeg;
    struct trouble trouble;
    struct jpeg_progress_mgr progress;
    const struct pixels_wish *wish;
    struct pixels *pixels;
    struct turn turn;
    unsigned char *strip; /* of a picture that is turned; NULL: it is not */
};

static void on_progress(j_common_ptr jpeg)
{
    const struct decoding *decoding =
        container_of(jpeg->progress, struct decoding, progress);

    if (decoding->jpeg.input_scan_number > SCANS_MAX) {
        jpeg->err->msg_code = JERR_NOTIMPL;
        on_error(jpeg);
    }
}

static bool has_profile_that_matters(struct decoding *decoding)
{
    JOCTET *profile;
    unsigned len;
    bool matters;

    if (!jpeg_read_icc_profile(&decoding->jpeg, &profile, &len))
        return false;
    matters = picture_profile_matters(profile, len);
    free(profile);
    return matters;
}

static int read_head(struct decoding *decoding, const void *bytes, size_t len)
{
    struct jpeg_decompress_struct *jpeg = &decoding->jpeg;

    jpeg_create_decompress(jpeg);
    decoding->progress.progress_monitor = on_progress;
    jpeg->progress = &decoding->progress;
    jpeg_mem_src(jpeg, bytes, len);
    jpeg_save_markers(jpeg, PROFILE_MARKER, 0xffff);
    jpeg_read_header(jpeg, TRUE);
    if ((jpeg->jpeg_color_space != JCS_GRAYSCALE &&
         jpeg->jpeg_color_space != JCS_YCbCr &&
         jpeg->jpeg_color_space != JCS_RGB) ||
        has_profile_that_matters(decoding))
        return E_UNSUPPORTED;
    jpeg->out_color_space = JCS_RGB;
    jpeg->scale_num = 1;
    jpeg->scale_denom = decoding->wish->fraction;
    jpeg_calc_output_dimensions(jpeg);
    return (uint64_t)jpeg->output_width * jpeg->output_height >
                   decoding->wish->pixels_max
               ? E_TOO_LARGE
               : 0;
}

static int make_room(struct decoding *decoding)
{
    const struct jpeg_decompress_struct *jpeg = &decoding->jpeg;
    struct pixels *pixels = decoding->pixels;
    int orientation = decoding->wish->orientation;
    bool swaps = turn_swaps(orientation);

    pixels->width = swaps ? jpeg->output_height : jpeg->output_width;
    pixels->height = swaps ? jpeg->output_width : jpeg->output_height;
    pixels->bytes = malloc((size_t)pixels->width * pixels->height * 3);
    if (!pixels->bytes)
        return E_SYSTEM;
    decoding->turn = turn_upright(orientation, pixels->width, pixels->height);
    if (decoding->turn.right != 3)
        decoding->strip = xmalloc((size_t)jpeg->output_width * STRIP_ROWS * 3);
    return 0;
}

/* Puts rows of a strip in their places, the first of which is `top`.  Columns
 * go first where they become rows, so that what is written lies together. */
static void place_strip(const struct decoding *decoding, size_t top,
                        size_t rows)
{
    const struct turn *turn = &decoding->turn;
    size_t width = decoding->jpeg.output_width;
    unsigned char *column =
        decoding->pixels->bytes + turn->corner + (ptrdiff_t)top * turn->down;

    for (size_t x = 0; x < width; x++, column += turn->right) {
        const unsigned char *from = decoding->strip + x * 3;
        unsigned char *to = column;

        for (size_t y = 0; y < rows; y++) {
            memcpy(to, from, 3);
            from += width * 3;
            to += turn->down;
        }
    }
}

/* Reads a row to where it is wanted, or into the strip. */
static void read_row(struct decoding *decoding)
{
    struct jpeg_decompress_struct *jpeg = &decoding->jpeg;
    const struct turn *turn = &decoding->turn;
    size_t y = jpeg->output_scanline;
    size_t at = y % STRIP_ROWS;
    JSAMPROW row = decoding->strip
                       ? decoding->strip + at * jpeg->output_width * 3
                       : decoding->pixels->bytes + turn->corner +
                             (ptrdiff_t)y * turn->down;

    jpeg_read_scanlines(jpeg, &row, 1);
    if (decoding->strip &&
        (at == STRIP_ROWS - 1 || jpeg->output_scanline == jpeg->output_height))
        place_strip(decoding, y - at, at + 1);
}

static int decode(struct decoding *decoding, const void *bytes, size_t len)
{
    struct jpeg_decompress_struct *jpeg = &decoding->jpeg;
    int error;

    if (setjmp(decoding->trouble.back))
        return E_INVALID;
    error = read_head(decoding, bytes, len);
    if (error == 0)
        error = make_room(decoding);
    if (error)
        return error;
    jpeg_start_decompress(jpeg);
    while (jpeg->output_scanline < jpeg->output_height)
        read_row(decoding);
    return 0;
}

int jpeg_file_decode(struct pixels *pixels, const void *bytes, size_t len,
                     const struct pixels_wish *wish)
{
    struct decoding *decoding = xcalloc(1, sizeof *decoding);
    int error;

    *pixels = (struct pixels){0};
    decoding->pixels = pixels;
    decoding->wish = wish;
    decoding->jpeg.err = trouble_init(&decoding->trouble);
    error = decode(decoding, bytes, len);
    if (error)
        pixels_finish(pixels);
    jpeg_destroy_decompress(&decoding->jpeg);
    free(decoding->strip);
    free(decoding);
    return error;
}

/* ---- encoding ---- */

struct encoding {
    struct jpeg_compress_struct jpeg;
    struct trouble trouble;
    struct jpeg_destination_mgr target;
    const struct pixels *pixels;
    const struct pixels_cut *cut;
    int quality;
    struct buffer *out;
};

/* Shows libjpeg the room behind what was written. */
static void show_room(struct encoding *encoding)
{
    struct buffer *out = encoding->out;

    encoding->target.next_output_byte = (JOCTET *)out->bytes + out->len;
    encoding->target.free_in_buffer = out->capacity - out->len - 1;
}

static void on_begin(j_compress_ptr jpeg)
{
    struct encoding *encoding =
        container_of(jpeg->dest, struct encoding, target);

    buffer_clear(encoding->out);
    buffer_reserve(encoding->out, FIRST_BYTES);
    show_room(encoding);
}

/* All of it is full, whatever libjpeg says of it. */
static boolean on_full(j_compress_ptr jpeg)
{
    struct encoding *encoding =
        container_of(jpeg->dest, struct encoding, target);
    struct buffer *out = encoding->out;

    out->len = out->capacity - 1;
    buffer_reserve(out, out->len);
    show_room(encoding);
    return TRUE;
}

static void on_end(j_compress_ptr jpeg)
{
    struct encoding *encoding =
        container_of(jpeg->dest, struct encoding, target);
    struct buffer *out = encoding->out;

    out->len = out->capacity - 1 - encoding->target.free_in_buffer;
    out->bytes[out->len] = '\0';
}

static void set_quality(struct jpeg_compress_struct *jpeg, int quality)
{
    jpeg_set_quality(jpeg, quality, TRUE);
    if (quality >= WHOLE_COLOURS)
        jpeg->comp_info[0].h_samp_factor = jpeg->comp_info[0].v_samp_factor = 1;
}

static int encode(struct encoding *encoding)
{
    struct jpeg_compress_struct *jpeg = &encoding->jpeg;
    const struct pixels *pixels = encoding->pixels;
    const struct pixels_cut *cut = encoding->cut;

    if (setjmp(encoding->trouble.back))
        return E_INVALID;
    jpeg_create_compress(jpeg);
    encoding->target.init_destination = on_begin;
    encoding->target.empty_output_buffer = on_full;
    encoding->target.term_destination = on_end;
    jpeg->dest = &encoding->target;
    jpeg->image_width = cut->width;
    jpeg->image_height = cut->height;
    jpeg->input_components = 3;
    jpeg->in_color_space = JCS_RGB;
    jpeg_set_defaults(jpeg);
    set_quality(jpeg, encoding->quality);
    jpeg_start_compress(jpeg, TRUE);
    while (jpeg->next_scanline < jpeg->image_height) {
        size_t y = cut->top + jpeg->next_scanline;
        JSAMPROW row = pixels->bytes + (y * pixels->width + cut->left) * 3;

        jpeg_write_scanlines(jpeg, &row, 1);
    }
    jpeg_finish_compress(jpeg);
    return 0;
}

int jpeg_file_encode(const struct pixels *pixels, const struct pixels_cut *cut,
                     int quality, struct buffer *out)
{
    struct encoding *encoding = xcalloc(1, sizeof *encoding);
    int error;

    encoding->pixels = pixels;
    encoding->cut = cut;
    encoding->quality = quality;
    encoding->out = out;
    encoding->jpeg.err = trouble_init(&encoding->trouble);
    error = encode(encoding);
    jpeg_destroy_compress(&encoding->jpeg);
    free(encoding);
    return error;
}
