/*
 * picture_profile.c - whether an ICC profile says something else than sRGB
 *
 * A profile is a header of 128 bytes, a table of tags, and their data.  One
 * like sRGB has three colorants (XYZ values) near those of sRGB and a tone
 * curve near its own, which is near a gamma of 2.2.
 */
#include <math.h>

#include "picture_profile.h"
#include "sniff_parts.h"

enum { HEAD_BYTES = 128, TAGS_MAX = 100 };

/* The colorants of sRGB, adapted to the light that profiles are about. */
static const struct {
    const char *tag;
    double xyz[3];
} colorants[] = {
    {"rXYZ", {0.436, 0.222, 0.014}},
    {"gXYZ", {0.385, 0.717, 0.097}},
    {"bXYZ", {0.143, 0.061, 0.714}},
};

/* The data of a tag; empty if there is none. */
static struct reader find_tag(struct reader profile, const char *name)
{
    struct reader tags = profile;
    uint32_t count;

    reader_skip(&tags, HEAD_BYTES);
    count = reader_number(&tags, 4);
    for (uint32_t i = 0; i < count && i < TAGS_MAX && !tags.ended; i++) {
        bool found = reader_has(&tags, name, 4);
        uint32_t place, len;

        reader_skip(&tags, 4);
        place = reader_number(&tags, 4);
        len = reader_number(&tags, 4);
        if (found) {
            reader_skip(&profile, place);
            return reader_part(&profile, len);
        }
    }
    return (struct reader){0};
}

/* A number with 16 bits behind the point. */
static double fixed(struct reader *data)
{
    return (int32_t)reader_number(data, 4) / 65536.0;
}

static bool has_colorants_of_srgb(struct reader profile)
{
    for (size_t i = 0; i < COUNT(colorants); i++) {
        struct reader data = find_tag(profile, colorants[i].tag);

        if (!reader_has(&data, "XYZ ", 4))
            return false;
        reader_skip(&data, 8);
        for (size_t k = 0; k < 3; k++)
            if (fabs(fixed(&data) - colorants[i].xyz[k]) > 0.01)
                return false;
    }
    return true;
}

/* A curve is a table, or a gamma alone, or a formula that begins with one.  Of
 * a table, how bright the middle comes out says enough. */
static bool has_curve_of_srgb(struct reader profile)
{
    struct reader data = find_tag(profile, "rTRC");
    bool is_formula = reader_has(&data, "para", 4);
    uint32_t count;
    double gamma;

    if (!is_formula && !reader_has(&data, "curv", 4))
        return false;
    reader_skip(&data, 8);
    if (is_formula) {
        reader_skip(&data, 4);
        gamma = fixed(&data);
    } else {
        count = reader_number(&data, 4);
        if (count > 1)
            reader_skip(&data, (uint64_t)(count / 2) * 2);
        gamma = reader_number(&data, 2);
        gamma = count > 1 ? log(gamma / 65535) / log(0.5) : gamma / 256;
        if (count == 0)
            gamma = 1;
    }
    return !data.ended && gamma > 2.0 && gamma < 2.5;
}

/* Grey is grey, near enough; so only red, green and blue can be like sRGB, and
 * inks never are. */
bool picture_profile_matters(const void *bytes, size_t len)
{
    struct reader profile = {.bytes = bytes, .len = len};
    struct reader space = profile;

    reader_skip(&space, 16);
    if (reader_has(&space, "RGB ", 4))
        return !has_colorants_of_srgb(profile) || !has_curve_of_srgb(profile);
    return reader_has(&space, "CMYK", 4);
}
