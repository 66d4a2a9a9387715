/*
 * pixels.c - pictures from files and into files: the one door to libvips
 *
 * A file is decoded once, strip by strip, into memory of our own, and turned
 * upright on the way there.  What is cut, shrunk and encoded later starts from
 * that memory.
 *
 * libvips loads a module for each of its rarer formats as it starts, among them
 * all of ImageMagick.  We want one of them, HEIC, and that one only when the
 * first such file comes: libvips is told to look for modules where there are
 * none, which saves a program some 6 MB.  Only the loaders of our four formats
 * are left unlocked, and they are called by name: what the file is has been
 * sniffed before, and no library guesses again.
 */
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include <gmodule.h>
#include <vips/vips.h>

#include "errors.h"
#include "jpeg_file.h"
#include "log.h"
#include "picture_profile.h"
#include "pixels.h"
#include "turn.h"
#include "xalloc.h"

enum {
    STRIP_ROWS = 16, /* decoded at a time: a row of a JPEG's blocks */
};

/* What libraries say on their own is for those who look for a fault. */
static void on_message(const gchar *domain, GLogLevelFlags level,
                       const gchar *message, gpointer unused)
{
    (void)level;
    (void)unused;
    log_debug("library=%s says: %s", domain ? domain : "-", message);
}

/* Why an operation failed; nobody can do more about it than we do. */
static int failure(const char *what)
{
    char *reason = vips_error_buffer_copy();

    log_debug("picture cannot be %s: %s", what, reason);
    g_free(reason);
    return E_INVALID;
}

void pixels_library_init(void)
{
    static const char *const loaders[] = {
        "VipsForeignLoadJpeg", "VipsForeignLoadPng", "VipsForeignLoadWebp"};

    g_log_set_default_handler(on_message, NULL);
    /* The first hides its modules.  Without the second it would write machine
     * code as it runs, by way of files in the home folder where the kernel
     * forbids it elsewhere; shrinking takes twice as long without, and gives
     * the same bytes on every processor. */
    setenv("VIPSHOME", "/nonexistent", 1);
    setenv("VIPS_NOVECTOR", "1", 1);
    if (VIPS_INIT("facewire"))
        fatal("libvips cannot be used: %s", vips_error_buffer());
    unsetenv("VIPSHOME");
    unsetenv("VIPS_NOVECTOR");
    /* A worker has as many photos under way as threads, and sees each once. */
    vips_concurrency_set(1);
    vips_cache_set_max(0);
    vips_operation_block_set("VipsForeignLoad", TRUE);
    for (size_t i = 0; i < COUNT(loaders); i++)
        vips_operation_block_set(loaders[i], FALSE);
}

void pixels_library_finish(void)
{
    vips_shutdown();
}

/* The module lies in a folder beside the library; a libvips that was built
 * without modules has its loader already. */
static gpointer on_first_heic(gpointer unused)
{
    Dl_info place;
    void *symbol = dlsym(RTLD_DEFAULT, "vips_init");

    (void)unused;
    if (!vips_type_find("VipsOperation", "heifload_buffer") && symbol &&
        dladdr(symbol, &place)) {
        char *folder = g_path_get_dirname(place.dli_fname);
        char *path = xprintf("%s/vips-modules-%d.%d/vips-heif.so", folder,
                             vips_version(0), vips_version(1));
        GModule *module = g_module_open(path, G_MODULE_BIND_LAZY);

        if (module)
            g_module_make_resident(module);
        else
            log_error("module=%s cannot be used: %s", path, g_module_error());
        free(path);
        g_free(folder);
    }
    vips_operation_block_set("VipsForeignLoadHeif", FALSE);
    return NULL;
}

static VipsImage *load_heic(void *bytes, size_t len)
{
    static GOnce once = G_ONCE_INIT;
    VipsImage *image = NULL;

    g_once(&once, on_first_heic, NULL);
    vips_heifload_buffer(bytes, len, &image, "access", VIPS_ACCESS_SEQUENTIAL,
                         "fail_on", VIPS_FAIL_ON_ERROR, NULL);
    return image;
}

/* Opens a file, which decodes only its headers.  The bytes stay as they are;
 * libvips has no word for that. */
static VipsImage *load(const void *file, size_t len,
                       const struct pixels_wish *wish)
{
    void *bytes = (void *)(uintptr_t)file;
    VipsImage *image = NULL;

    switch (wish->type) {
    case PICTURE_JPEG:
        vips_jpegload_buffer(bytes, len, &image, "shrink", (int)wish->fraction,
                             "access", VIPS_ACCESS_SEQUENTIAL, "fail_on",
                             VIPS_FAIL_ON_ERROR, NULL);
        break;
    case PICTURE_PNG:
        vips_pngload_buffer(bytes, len, &image, "access",
                            VIPS_ACCESS_SEQUENTIAL, "fail_on",
                            VIPS_FAIL_ON_ERROR, NULL);
        break;
    case PICTURE_WEBP:
        vips_webpload_buffer(bytes, len, &image, "scale", 1.0 / wish->fraction,
                             "access", VIPS_ACCESS_SEQUENTIAL, "fail_on",
                             VIPS_FAIL_ON_ERROR, NULL);
        break;
    case PICTURE_HEIC:
        image = load_heic(bytes, len);
        break;
    }
    return image;
}

/* Puts what was made of an image in its place. */
static int replace(VipsImage **image, VipsImage *next)
{
    g_object_unref(*image);
    *image = next;
    return 0;
}

/* A profile that libvips cannot use, as some cameras write them, leaves the
 * colours as they are. */
static bool apply_profile(VipsImage **image)
{
    const void *profile;
    size_t len;
    VipsImage *next;

    if (!vips_image_get_typeof(*image, VIPS_META_ICC_NAME) ||
        vips_image_get_blob(*image, VIPS_META_ICC_NAME, &profile, &len) ||
        !picture_profile_matters(profile, len))
        return false;
    if (vips_icc_transform(*image, &next, "srgb", "embedded", TRUE, NULL)) {
        failure("transformed by its profile");
        return false;
    }
    replace(image, next);
    return true;
}

/* Makes it 8 bits of red, green and blue: or of cyan, magenta, yellow and black
 * where no profile says what these look like. */
static int simplify(VipsImage **image)
{
    VipsImage *next;

    if (!apply_profile(image) && (*image)->BandFmt == VIPS_FORMAT_UCHAR &&
        (((*image)->Type == VIPS_INTERPRETATION_CMYK && (*image)->Bands == 4) ||
         ((*image)->Type == VIPS_INTERPRETATION_sRGB && (*image)->Bands == 3)))
        return 0;
    if (vips_colourspace(*image, &next, VIPS_INTERPRETATION_sRGB, NULL))
        return -1;
    replace(image, next);
    if (vips_image_hasalpha(*image)) {
        VipsArrayDouble *white = vips_array_double_newv(1, 255.0);
        int result = vips_flatten(*image, &next, "background", white, NULL);

        vips_area_unref(VIPS_AREA(white));
        if (result)
            return -1;
        replace(image, next);
    }
    if ((*image)->BandFmt != VIPS_FORMAT_UCHAR) {
        if (vips_cast_uchar(*image, &next, NULL))
            return -1;
        replace(image, next);
    }
    return (*image)->Bands == 3 ? 0 : -1;
}

/* What is left of white light that passes the inks, as OpenCV reckons it: the
 * networks have seen such pictures through its eyes. */
static void mix_inks(unsigned char *to, const unsigned char *inks)
{
    unsigned light = 255u - inks[3];

    for (size_t i = 0; i < 3; i++)
        to[i] = (unsigned char)(light - (inks[i] * light >> 8));
}

static const unsigned char *pixel_at(const VipsRegion *region, int x, int y)
{
    const VipsRect *valid = &region->valid;

    return region->data + (ptrdiff_t)(y - valid->top) * region->bpl +
           (ptrdiff_t)(x - valid->left) * region->im->Bands;
}

/* Copies a strip of the stored picture to where it goes, `to` being the place
 * of its first pixel.  Columns go first where they become rows, so that what is
 * written lies together. */
static void copy_strip(const VipsRegion *region, const VipsRect *strip,
                       const struct turn *turn, unsigned char *to)
{
    bool is_ink = region->im->Bands == 4;

    if (turn->right == 3 && !is_ink) {
        for (int y = 0; y < strip->height; y++, to += turn->down)
            memcpy(to, pixel_at(region, 0, strip->top + y),
                   (size_t)strip->width * 3);
        return;
    }
    for (int x = 0; x < strip->width; x++, to += turn->right) {
        const unsigned char *from = pixel_at(region, x, strip->top);
        unsigned char *place = to;

        for (int y = 0; y < strip->height; y++) {
            if (is_ink)
                mix_inks(place, from);
            else
                memcpy(place, from, 3);
            from += region->bpl;
            place += turn->down;
        }
    }
}

static int copy_strips(VipsImage *image, const struct turn *turn,
                       unsigned char *bytes)
{
    VipsRegion *region = vips_region_new(image);
    int result = 0;

    for (int top = 0; result == 0 && top < image->Ysize; top += STRIP_ROWS) {
        VipsRect strip = {0, top, image->Xsize,
                          VIPS_MIN(STRIP_ROWS, image->Ysize - top)};

        result = vips_region_prepare(region, &strip);
        if (result == 0)
            copy_strip(region, &strip, turn,
                       bytes + turn->corner + top * turn->down);
    }
    g_object_unref(region);
    return result;
}

/* Runs the image, upright, into memory of our own. */
static int read_image(VipsImage *image, int orientation, struct pixels *pixels)
{
    bool swaps = turn_swaps(orientation);
    struct turn turn;

    pixels->width = (uint32_t)(swaps ? image->Ysize : image->Xsize);
    pixels->height = (uint32_t)(swaps ? image->Xsize : image->Ysize);
    pixels->bytes = malloc((size_t)pixels->width * pixels->height * 3);
    if (!pixels->bytes)
        return E_SYSTEM;
    turn = turn_upright(orientation, pixels->width, pixels->height);
    if (copy_strips(image, &turn, pixels->bytes) == 0)
        return 0;
    pixels_finish(pixels);
    return failure("decoded");
}

int pixels_decode(struct pixels *pixels, const void *bytes, size_t len,
                  const struct pixels_wish *wish)
{
    VipsImage *image;
    int error = wish->type == PICTURE_JPEG
                    ? jpeg_file_decode(pixels, bytes, len, wish)
                    : E_UNSUPPORTED;

    if (error != E_UNSUPPORTED)
        return error;
    *pixels = (struct pixels){0};
    image = load(bytes, len, wish);
    if (!image)
        return failure("opened");
    if ((uint64_t)image->Xsize * (uint64_t)image->Ysize > wish->pixels_max)
        error = E_TOO_LARGE;
    else if (simplify(&image))
        error = failure("understood");
    else
        error = read_image(image, wish->orientation, pixels);
    g_object_unref(image);
    /* Gives back what libvips keeps for this thread. */
    vips_thread_shutdown();
    return error;
}

void pixels_finish(struct pixels *pixels)
{
    free(pixels->bytes);
    *pixels = (struct pixels){0};
}

/* The pixels as an image, borrowed. */
static VipsImage *wrap(const struct pixels *pixels)
{
    size_t len = (size_t)pixels->width * pixels->height * 3;
    VipsImage *image =
        vips_image_new_from_memory(pixels->bytes, len, (int)pixels->width,
                                   (int)pixels->height, 3, VIPS_FORMAT_UCHAR);

    if (image)
        image->Type = VIPS_INTERPRETATION_sRGB;
    return image;
}

/* Shrinks it, if need be; no side becomes less than a pixel.  A tent over the
 * pixels that become one rings at no edge, and is several times faster than
 * what libvips does unless it is told otherwise. */
static int shrink(VipsImage **image, uint32_t longest)
{
    double scale = (double)longest / VIPS_MAX((*image)->Xsize, (*image)->Ysize);
    VipsImage *next;

    if (scale >= 1)
        return 0;
    if (vips_resize(*image, &next, VIPS_MAX(scale, 1.0 / (*image)->Xsize),
                    "vscale", VIPS_MAX(scale, 1.0 / (*image)->Ysize), "kernel",
                    VIPS_KERNEL_LINEAR, "gap", 0.0, NULL))
        return -1;
    return replace(image, next);
}

/* Runs an image into memory, shrunk.  The image is consumed. */
static int shrink_into(VipsImage *image, uint32_t longest,
                       struct pixels *smaller)
{
    int error;

    *smaller = (struct pixels){0};
    if (!image)
        return failure("shrunk");
    error = shrink(&image, longest) ? failure("shrunk")
                                    : read_image(image, 1, smaller);
    g_object_unref(image);
    vips_thread_shutdown();
    return error;
}

int pixels_shrink(const struct pixels *pixels, uint32_t longest,
                  struct pixels *smaller)
{
    return shrink_into(wrap(pixels), longest, smaller);
}

/* The part as an image; NULL after an error. */
static VipsImage *extract(const struct pixels *pixels,
                          const struct pixels_cut *cut)
{
    VipsImage *image = wrap(pixels), *part = NULL;

    if (image)
        vips_extract_area(image, &part, (int)cut->left, (int)cut->top,
                          (int)cut->width, (int)cut->height, NULL);
    if (image)
        g_object_unref(image);
    return part;
}

int pixels_jpeg(const struct pixels *pixels, const struct pixels_cut *cut,
                uint32_t longest, int quality, struct buffer *out)
{
    struct pixels_cut all = {0};
    struct pixels smaller;
    int error;

    longest = VIPS_MIN(longest, JPEG_FILE_LONGEST);
    if (VIPS_MAX(cut->width, cut->height) <= longest)
        return jpeg_file_encode(pixels, cut, quality, out);
    error = shrink_into(extract(pixels, cut), longest, &smaller);
    if (error)
        return error;
    all.width = smaller.width;
    all.height = smaller.height;
    error = jpeg_file_encode(&smaller, &all, quality, out);
    pixels_finish(&smaller);
    return error;
}
