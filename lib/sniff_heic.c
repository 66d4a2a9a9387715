/*
 * sniff_heic.c - the size and orientation of a HEIF file's primary picture
 *
 * A HEIF file is a list of boxes (ISO/IEC 14496-12, 23008-12).  `ftyp` names
 * the family, `meta` describes the items in the file: which one is the primary
 * (`pitm`), of which type it is (`iinf`), and which of the shared properties
 * (`ipco`) are its own, in the order in which they apply (`ipma`).
 *
 * The size is that of the stored picture, cut to its clean aperture.  Turns
 * and mirrors are told as the EXIF orientation that does the same; an EXIF
 * block in the file does not count, since the format says so.
 */
#include <string.h>

#include "errors.h"
#include "sniff_parts.h"

/* The box type that is written with these four letters. */
#define TYPE(a, b, c, d)                                                       \
    ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 |          \
     (uint32_t)(d))

/* More properties than any camera gives a picture; bounds the work. */
enum { PROPERTIES_MAX = 32 };

struct box {
    uint32_t type;
    struct reader body;
};

/* What `meta` holds that we need. */
struct heif {
    uint32_t primary;      /* the item's id */
    uint32_t primary_type; /* 0: not found */
    bool has_primary;
    bool has_hevc;            /* some item is HEVC: a tile, if not itself */
    struct reader properties; /* the boxes in `ipco` */
    uint32_t indexes[PROPERTIES_MAX]; /* into them, from 1, of the primary */
    size_t count;
};

/* Cuts off the next box.  False at the list's end; a box that is longer than
 * the list marks the list as ended. */
static bool next_box(struct reader *list, struct box *box)
{
    uint64_t len, head = 8;

    if (list->len == 0 || list->ended)
        return false;
    len = reader_number(list, 4);
    box->type = reader_number(list, 4);
    if (len == 1) {
        len = (uint64_t)reader_number(list, 4) << 32;
        len |= reader_number(list, 4);
        head = 16;
    } else if (len == 0) {
        len = head + list->len;
    }
    if (list->ended || len < head) {
        list->ended = true;
        return false;
    }
    box->body = reader_part(list, len - head);
    return !list->ended;
}

/* Finds the first box of a type. */
static bool find_box(struct reader list, uint32_t type, struct box *box)
{
    while (next_box(&list, box))
        if (box->type == type)
            return true;
    return false;
}

static bool is_heif_brand(uint32_t brand)
{
    static const uint32_t brands[] = {
        TYPE('h', 'e', 'i', 'c'), TYPE('h', 'e', 'i', 'x'),
        TYPE('h', 'e', 'i', 'm'), TYPE('h', 'e', 'i', 's'),
        TYPE('h', 'e', 'v', 'c'), TYPE('h', 'e', 'v', 'x'),
        TYPE('m', 'i', 'f', '1'), TYPE('m', 's', 'f', '1'),
    };

    for (size_t i = 0; i < COUNT(brands); i++)
        if (brand == brands[i])
            return true;
    return false;
}

/* The major brand, its version (which is never a brand), compatible brands. */
static bool is_heif(struct reader brands)
{
    while (brands.len > 0)
        if (is_heif_brand(reader_number(&brands, 4)))
            return true;
    return false;
}

static int read_primary(struct heif *heif, struct reader body)
{
    uint32_t version = reader_number(&body, 1);

    reader_skip(&body, 3);
    heif->primary = reader_number(&body, version == 0 ? 2 : 4);
    heif->has_primary = !body.ended;
    return body.ended ? E_INVALID : 0;
}

/* Each item's type; item entries before version 2 have none and are not
 * allowed in HEIF. */
static int read_items(struct heif *heif, struct reader body)
{
    uint32_t version = reader_number(&body, 1);
    struct box entry;

    reader_skip(&body, version == 0 ? 5 : 7);
    while (next_box(&body, &entry)) {
        uint32_t id, type;

        version = reader_number(&entry.body, 1);
        reader_skip(&entry.body, 3);
        id = reader_number(&entry.body, version == 2 ? 2 : 4);
        reader_skip(&entry.body, 2);
        type = reader_number(&entry.body, 4);
        if (entry.type != TYPE('i', 'n', 'f', 'e') || version < 2)
            continue;
        if (entry.body.ended)
            return E_INVALID;
        if (type == TYPE('h', 'v', 'c', '1'))
            heif->has_hevc = true;
        if (id == heif->primary)
            heif->primary_type = type;
    }
    return body.ended ? E_INVALID : 0;
}

/* The primary's row in the table of items and their properties. */
static int read_associations(struct heif *heif, struct reader body)
{
    uint32_t version = reader_number(&body, 1);
    bool wide = reader_number(&body, 3) & 1;
    uint32_t entries = reader_number(&body, 4);

    for (uint32_t i = 0; i < entries && !body.ended; i++) {
        uint32_t id = reader_number(&body, version == 0 ? 2 : 4);
        uint32_t count = reader_number(&body, 1);

        if (id != heif->primary || heif->count > 0) {
            reader_skip(&body, (uint64_t)count * (wide ? 2 : 1));
            continue;
        }
        if (count > PROPERTIES_MAX)
            return E_INVALID;
        /* The first bit says whether a reader must understand it. */
        for (; heif->count < count; heif->count++)
            heif->indexes[heif->count] = wide ? reader_number(&body, 2) & 0x7fff
                                              : reader_number(&body, 1) & 0x7f;
    }
    return body.ended ? E_INVALID : 0;
}

static int read_properties(struct heif *heif, struct reader body)
{
    struct box box;
    int error = 0;

    while (error == 0 && next_box(&body, &box)) {
        if (box.type == TYPE('i', 'p', 'c', 'o'))
            heif->properties = box.body;
        else if (box.type == TYPE('i', 'p', 'm', 'a'))
            error = read_associations(heif, box.body);
    }
    return error == 0 && body.ended ? E_INVALID : error;
}

static int read_meta(struct heif *heif, struct reader body)
{
    struct box box;
    int error = 0;

    reader_skip(&body, 4);
    /* Everything else is about the primary, which may be named last. */
    if (!find_box(body, TYPE('p', 'i', 't', 'm'), &box))
        return E_INVALID;
    error = read_primary(heif, box.body);
    while (error == 0 && next_box(&body, &box)) {
        if (box.type == TYPE('i', 'i', 'n', 'f'))
            error = read_items(heif, box.body);
        else if (box.type == TYPE('i', 'p', 'r', 'p'))
            error = read_properties(heif, box.body);
    }
    return error == 0 && body.ended ? E_INVALID : error;
}

/* A turn by quarters after a flip from left to right; each pair is one of
 * EXIF's eight. */
struct turn {
    bool flipped;
    uint32_t quarters; /* clockwise */
};

static int orientation_of(struct turn turn)
{
    static const int orientations[2][4] = {{1, 6, 3, 8}, {2, 7, 4, 5}};

    return orientations[turn.flipped][turn.quarters % 4];
}

/* The aperture is a width and a height, each a fraction; wrong ones are left
 * to the decoder to refuse. */
static void cut(struct reader aperture, struct picture_facts *facts)
{
    uint32_t sizes[4];

    for (size_t i = 0; i < COUNT(sizes); i++)
        sizes[i] = reader_number(&aperture, 4);
    if (aperture.ended || sizes[1] == 0 || sizes[3] == 0)
        return;
    if (sizes[0] / sizes[1] < facts->width)
        facts->width = sizes[0] / sizes[1];
    if (sizes[2] / sizes[3] < facts->height)
        facts->height = sizes[2] / sizes[3];
}

static void apply(struct box property, struct picture_facts *facts,
                  struct turn *turn)
{
    struct reader body = property.body;

    switch (property.type) {
    case TYPE('i', 's', 'p', 'e'):
        reader_skip(&body, 4);
        facts->width = reader_number(&body, 4);
        facts->height = reader_number(&body, 4);
        break;
    case TYPE('c', 'l', 'a', 'p'):
        cut(body, facts);
        break;
    case TYPE('i', 'r', 'o', 't'): /* quarters against the clock */
        turn->quarters += 4 - (reader_number(&body, 1) & 3);
        break;
    case TYPE('i', 'm', 'i', 'r'): /* 0: top to bottom, 1: left to right */
        turn->quarters = 8 - turn->quarters % 4;
        turn->quarters += reader_number(&body, 1) & 1 ? 0 : 2;
        turn->flipped = !turn->flipped;
        break;
    default:
        break;
    }
}

/* The property of that index; the work is bounded by PROPERTIES_MAX. */
static bool find_property(const struct heif *heif, uint32_t index,
                          struct box *property)
{
    struct reader list = heif->properties;

    while (index > 0 && next_box(&list, property))
        if (--index == 0)
            return true;
    return false;
}

/* A grid of HEVC tiles is as good as one HEVC picture. */
static bool is_hevc(const struct heif *heif)
{
    return heif->primary_type == TYPE('h', 'v', 'c', '1') ||
           (heif->has_hevc && (heif->primary_type == TYPE('g', 'r', 'i', 'd') ||
                               heif->primary_type == TYPE('i', 'd', 'e', 'n') ||
                               heif->primary_type == TYPE('i', 'o', 'v', 'l')));
}

int sniff_heic(struct reader file, struct picture_facts *facts)
{
    struct heif heif = {0};
    struct turn turn = {0};
    struct box box;
    int error;

    if (!next_box(&file, &box))
        return E_INVALID;
    if (!is_heif(box.body))
        return E_UNSUPPORTED;
    if (!find_box(file, TYPE('m', 'e', 't', 'a'), &box))
        return E_INVALID;
    error = read_meta(&heif, box.body);
    if (error)
        return error;
    if (!is_hevc(&heif))
        return heif.primary_type ? E_UNSUPPORTED : E_INVALID;
    for (size_t i = 0; i < heif.count; i++)
        if (find_property(&heif, heif.indexes[i], &box))
            apply(box, facts, &turn);
    facts->orientation = orientation_of(turn);
    return 0;
}
