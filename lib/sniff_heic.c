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
#include "boxes.h"
#include "errors.h"
#include "sniff_parts.h"

/* More properties than any camera gives a picture; bounds the work. */
enum { PROPERTIES_MAX = 32 };

/* What `meta` holds that we need. */
struct heif {
    uint32_t primary;         /* the item's id */
    uint32_t primary_type;    /* 0: not found */
    bool has_hevc;            /* some item is HEVC: a tile, if not itself */
    struct reader properties; /* the boxes in `ipco` */
    uint32_t indexes[PROPERTIES_MAX]; /* into them, from 1, of the primary */
    size_t count;
};

static bool is_heif_brand(uint32_t brand)
{
    static const uint32_t brands[] = {
        BOX_TYPE('h', 'e', 'i', 'c'), BOX_TYPE('h', 'e', 'i', 'x'),
        BOX_TYPE('h', 'e', 'i', 'm'), BOX_TYPE('h', 'e', 'i', 's'),
        BOX_TYPE('h', 'e', 'v', 'c'), BOX_TYPE('h', 'e', 'v', 'x'),
        BOX_TYPE('m', 'i', 'f', '1'), BOX_TYPE('m', 's', 'f', '1'),
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
    uint32_t version = box_version(&body);

    heif->primary = reader_number(&body, version == 0 ? 2 : 4);
    return body.ended ? E_INVALID : 0;
}

/* The types of the primary and of those that it may be made of. */
static int read_items(struct heif *heif, struct reader body)
{
    struct box_item item;

    box_open_items(&body);
    while (box_next_item(&body, &item)) {
        if (item.type == BOX_TYPE('h', 'v', 'c', '1'))
            heif->has_hevc = true;
        if (item.id == heif->primary)
            heif->primary_type = item.type;
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

    while (error == 0 && box_next(&body, &box)) {
        if (box.type == BOX_TYPE('i', 'p', 'c', 'o'))
            heif->properties = box.body;
        else if (box.type == BOX_TYPE('i', 'p', 'm', 'a'))
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
    if (!box_find(body, BOX_TYPE('p', 'i', 't', 'm'), &box))
        return E_INVALID;
    error = read_primary(heif, box.body);
    while (error == 0 && box_next(&body, &box)) {
        if (box.type == BOX_TYPE('i', 'i', 'n', 'f'))
            error = read_items(heif, box.body);
        else if (box.type == BOX_TYPE('i', 'p', 'r', 'p'))
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
    case BOX_TYPE('i', 's', 'p', 'e'):
        reader_skip(&body, 4);
        facts->width = reader_number(&body, 4);
        facts->height = reader_number(&body, 4);
        break;
    case BOX_TYPE('c', 'l', 'a', 'p'):
        cut(body, facts);
        break;
    case BOX_TYPE('i', 'r', 'o', 't'): /* quarters against the clock */
        turn->quarters += 4 - (reader_number(&body, 1) & 3);
        break;
    case BOX_TYPE('i', 'm', 'i', 'r'): /* 0: top to bottom, 1: left to right */
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

    while (index > 0 && box_next(&list, property))
        if (--index == 0)
            return true;
    return false;
}

/* A grid of HEVC tiles is as good as one HEVC picture.  Overlays and other
 * derived pictures are left out: no camera makes them. */
static bool is_hevc(const struct heif *heif)
{
    return heif->primary_type == BOX_TYPE('h', 'v', 'c', '1') ||
           (heif->primary_type == BOX_TYPE('g', 'r', 'i', 'd') &&
            heif->has_hevc);
}

int sniff_heic(struct reader file, struct picture_facts *facts)
{
    struct heif heif = {0};
    struct turn turn = {0};
    struct box box;
    int error;

    if (!box_next(&file, &box))
        return E_INVALID;
    if (!is_heif(box.body))
        return E_UNSUPPORTED;
    if (!box_find(file, BOX_TYPE('m', 'e', 't', 'a'), &box))
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
