/*
 * heic.c - what a HEIC file costs to be decoded
 *
 * The tables in the file's `meta` are put together to a list of items: which
 * are HEVC pictures and which are grids of them, where their data lies, how
 * large their streams say they are.  Whatever could be read in two ways is
 * refused: a table that comes twice, an item that is described twice.
 */
#include <stdlib.h>

#include "boxes.h"
#include "errors.h"
#include "heic.h"
#include "hevc.h"
#include "xalloc.h"

enum {
    ITEMS_MAX = 2048, /* a photo of 200 million pixels has 800 tiles */
    PROPERTIES_MAX = 2048,
    TILES_MAX = 4096,  /* uses of items as tiles, all in all */
    UNITS_MAX = 65536, /* of HEVC streams, all in all */
};

struct item {
    uint32_t id;
    uint32_t type;
    uint64_t pixels; /* of an HEVC picture, as its stream has it; 0: unknown */
    bool is_tile;    /* of some grid */
    bool has_data;
    struct reader data;
};

struct heic {
    struct reader file;
    struct reader iinf, iloc, iprp, iref, idat; /* bytes is NULL: not there */
    uint64_t *coded; /* by property: pixels if it is HEVC's, else 0 */
    size_t property_count;
    struct item *items;
    size_t item_count;
    size_t units; /* seen so far */
    uint64_t pixels;
};

#define TYPE_HEVC BOX_TYPE('h', 'v', 'c', '1')
#define TYPE_GRID BOX_TYPE('g', 'r', 'i', 'd')

static struct item *find_item(const struct heic *heic, uint32_t id)
{
    for (size_t i = 0; i < heic->item_count; i++)
        if (heic->items[i].id == id)
            return &heic->items[i];
    return NULL;
}

static int set_once(struct reader *place, struct reader body)
{
    if (place->bytes)
        return E_INVALID;
    *place = body;
    return 0;
}

static int find_tables(struct heic *heic)
{
    struct reader file = heic->file, meta = {0};
    struct box box;
    int error = 0;

    while (error == 0 && box_next(&file, &box))
        if (box.type == BOX_TYPE('m', 'e', 't', 'a'))
            error = set_once(&meta, box.body);
    reader_skip(&meta, 4);
    while (error == 0 && box_next(&meta, &box)) {
        if (box.type == BOX_TYPE('i', 'i', 'n', 'f'))
            error = set_once(&heic->iinf, box.body);
        else if (box.type == BOX_TYPE('i', 'l', 'o', 'c'))
            error = set_once(&heic->iloc, box.body);
        else if (box.type == BOX_TYPE('i', 'p', 'r', 'p'))
            error = set_once(&heic->iprp, box.body);
        else if (box.type == BOX_TYPE('i', 'r', 'e', 'f'))
            error = set_once(&heic->iref, box.body);
        else if (box.type == BOX_TYPE('i', 'd', 'a', 't'))
            error = set_once(&heic->idat, box.body);
    }
    return error == 0 && (file.ended || meta.ended) ? E_INVALID : error;
}

static int read_items(struct heic *heic)
{
    struct reader list = heic->iinf;
    struct box_item item;

    box_open_items(&list);
    while (box_next_item(&list, &item)) {
        if (heic->item_count == ITEMS_MAX || find_item(heic, item.id))
            return E_INVALID;
        heic->items[heic->item_count++] =
            (struct item){.id = item.id, .type = item.type};
    }
    return list.ended ? E_INVALID : 0;
}

/* The most pixels of the sequences in a decoder's configuration.  It holds
 * parameters alone; a part of a picture has no business there. */
static int read_configuration(struct reader body, uint64_t *pixels)
{
    uint32_t arrays;

    *pixels = 0;
    reader_skip(&body, 22);
    arrays = reader_number(&body, 1);
    for (uint32_t i = 0; i < arrays && !body.ended; i++) {
        uint32_t units;

        reader_skip(&body, 1);
        units = reader_number(&body, 2);
        for (uint32_t k = 0; k < units && !body.ended; k++) {
            struct reader unit = reader_part(&body, reader_number(&body, 2));
            uint64_t size;

            if (hevc_unit_type(unit) < HEVC_SLICES_END)
                return E_UNSUPPORTED;
            if (hevc_unit_type(unit) != HEVC_SEQUENCE)
                continue;
            size = hevc_pixels(unit);
            if (size == 0)
                return E_INVALID;
            *pixels = size > *pixels ? size : *pixels;
        }
    }
    return body.ended || *pixels == 0 ? E_INVALID : 0;
}

static int read_properties(struct heic *heic, struct reader list)
{
    struct box box;
    int error = 0;

    while (error == 0 && box_next(&list, &box)) {
        uint64_t *pixels = &heic->coded[heic->property_count];

        if (heic->property_count++ == PROPERTIES_MAX)
            return E_INVALID;
        if (box.type == BOX_TYPE('h', 'v', 'c', 'C'))
            error = read_configuration(box.body, pixels);
    }
    return error == 0 && list.ended ? E_INVALID : error;
}

/* Gives the items the sizes that are among their properties. */
static int read_associations(struct heic *heic, struct reader body)
{
    uint32_t version = reader_number(&body, 1);
    bool wide = reader_number(&body, 3) & 1;
    uint32_t entries = reader_number(&body, 4);

    if (entries > ITEMS_MAX)
        return E_INVALID;
    for (uint32_t i = 0; i < entries && !body.ended; i++) {
        struct item *item =
            find_item(heic, reader_number(&body, version == 0 ? 2 : 4));
        uint32_t count = reader_number(&body, 1);

        for (uint32_t k = 0; k < count; k++) {
            uint32_t index = wide ? reader_number(&body, 2) & 0x7fff
                                  : reader_number(&body, 1) & 0x7f;
            uint64_t pixels = index > 0 && index <= heic->property_count
                                  ? heic->coded[index - 1]
                                  : 0;

            if (!item || pixels == 0)
                continue;
            if (item->pixels)
                return E_INVALID;
            item->pixels = pixels;
        }
    }
    return body.ended ? E_INVALID : 0;
}

static int read_sizes(struct heic *heic)
{
    struct reader list = heic->iprp, ipco = {0}, ipma = {0};
    struct box box;
    int error = 0;

    while (error == 0 && box_next(&list, &box)) {
        if (box.type == BOX_TYPE('i', 'p', 'c', 'o'))
            error = set_once(&ipco, box.body);
        else if (box.type == BOX_TYPE('i', 'p', 'm', 'a'))
            error = set_once(&ipma, box.body);
    }
    if (error == 0)
        error = list.ended ? E_INVALID : read_properties(heic, ipco);
    return error ? error : read_associations(heic, ipma);
}

/* A number of 0, 4 or 8 bytes; other lengths are not allowed. */
static uint64_t wide_number(struct reader *body, uint32_t bytes)
{
    uint64_t high = bytes == 8 ? reader_number(body, 4) : 0;

    if (bytes != 0 && bytes != 4 && bytes != 8)
        body->ended = true;
    return high << 32 | (bytes == 0 ? 0 : reader_number(body, 4));
}

/* How many bytes the numbers in a table of places have. */
struct widths {
    uint32_t offset, length, base, index;
};

/* One item's place.  In several pieces lies what a camera adds, not pictures.
 */
static int read_place(struct heic *heic, struct reader *body, uint32_t version,
                      const struct widths *widths)
{
    struct item *item =
        find_item(heic, reader_number(body, version < 2 ? 2 : 4));
    uint32_t method = version == 0 ? 0 : reader_number(body, 2) & 15;
    uint32_t pieces;
    uint64_t base;
    struct reader data = method == 1 ? heic->idat : heic->file;

    reader_skip(body, 2);
    base = wide_number(body, widths->base);
    pieces = reader_number(body, 2);
    if (item && item->has_data)
        return E_INVALID;
    for (uint32_t i = 0; i < pieces && !body->ended; i++) {
        uint64_t offset, len;

        wide_number(body, widths->index);
        offset = wide_number(body, widths->offset);
        len = wide_number(body, widths->length);
        if (!item || pieces > 1 || method > 1)
            continue;
        if (base > SIZE_MAX - offset)
            return E_INVALID;
        reader_skip(&data, base + offset);
        item->data = reader_part(&data, len);
        item->has_data = !data.ended;
    }
    return body->ended ? E_INVALID : 0;
}

static int read_places(struct heic *heic)
{
    struct reader body = heic->iloc;
    uint32_t version = box_version(&body);
    uint32_t numbers = reader_number(&body, 2);
    const struct widths widths = {numbers >> 12, numbers >> 8 & 15,
                                  numbers >> 4 & 15,
                                  version == 0 ? 0 : numbers & 15};
    uint32_t count = reader_number(&body, version < 2 ? 2 : 4);
    int error = body.ended || count > ITEMS_MAX ? E_INVALID : 0;

    for (uint32_t i = 0; error == 0 && i < count; i++)
        error = read_place(heic, &body, version, &widths);
    return error;
}

/* A stream is one picture in one or more parts, or two, as an eye each.  All
 * parameters came before it; new ones could change the size. */
static int check_stream(struct heic *heic, const struct item *item)
{
    struct reader data = item->data;
    unsigned pictures = 0;

    if (!item->has_data || item->pixels == 0)
        return E_INVALID;
    while (data.len > 0) {
        struct reader unit = reader_part(&data, reader_number(&data, 4));
        unsigned type = hevc_unit_type(unit);

        if (data.ended)
            return E_INVALID;
        if (type < HEVC_SLICES_END && hevc_begins_picture(unit))
            pictures++;
        if (type == HEVC_SEQUENCE || pictures > 2 || ++heic->units > UNITS_MAX)
            return E_UNSUPPORTED;
    }
    heic->pixels += item->pixels;
    return 0;
}

/* A grid's data is the size of its canvas. */
static int check_grid(struct heic *heic, const struct item *item)
{
    const uint32_t most = 65535; /* decoders stop before that */
    struct reader data = item->data;
    bool wide;
    uint32_t width, height;

    reader_skip(&data, 1);
    wide = reader_number(&data, 1) & 1;
    reader_skip(&data, 2);
    width = reader_number(&data, wide ? 4 : 2);
    height = reader_number(&data, wide ? 4 : 2);
    if (!item->has_data || data.ended || width > most || height > most)
        return E_INVALID;
    heic->pixels += (uint64_t)width * height;
    return 0;
}

static int check_items(struct heic *heic)
{
    int error = 0;

    for (size_t i = 0; error == 0 && i < heic->item_count; i++) {
        const struct item *item = &heic->items[i];

        if (item->type == TYPE_HEVC)
            error = check_stream(heic, item);
        else if (item->type == TYPE_GRID)
            error = check_grid(heic, item);
    }
    return error;
}

/* Every picture was counted once; a grid that uses one again makes it anew.  A
 * grid of grids would grow without bounds. */
static int count_tiles(struct heic *heic)
{
    struct reader list = heic->iref;
    uint32_t id_bytes = reader_number(&list, 1) == 0 ? 2 : 4;
    size_t tiles = 0;
    struct box box;

    if (!list.bytes)
        return 0; /* nothing is made of something else */
    reader_skip(&list, 3);
    while (box_next(&list, &box)) {
        const struct item *from =
            find_item(heic, reader_number(&box.body, id_bytes));
        uint32_t count = reader_number(&box.body, 2);

        if (box.type != BOX_TYPE('d', 'i', 'm', 'g') || !from ||
            from->type != TYPE_GRID)
            continue;
        for (uint32_t i = 0; i < count; i++) {
            struct item *tile =
                find_item(heic, reader_number(&box.body, id_bytes));

            if (!tile || box.body.ended)
                return E_INVALID;
            if (tile->type != TYPE_HEVC || ++tiles > TILES_MAX)
                return E_UNSUPPORTED;
            heic->pixels += tile->is_tile ? tile->pixels : 0;
            tile->is_tile = true;
        }
    }
    return list.ended ? E_INVALID : 0;
}

typedef int step_fn(struct heic *heic);

int heic_cost(const void *bytes, size_t len, uint64_t *pixels)
{
    static step_fn *const steps[] = {find_tables, read_items,  read_sizes,
                                     read_places, check_items, count_tiles};
    struct heic heic = {.file = {.bytes = bytes, .len = len}};
    int error = 0;

    heic.items = xcalloc(ITEMS_MAX, sizeof *heic.items);
    heic.coded = xcalloc(PROPERTIES_MAX + 1, sizeof *heic.coded);
    for (size_t i = 0; error == 0 && i < COUNT(steps); i++)
        error = steps[i](&heic);
    free(heic.items);
    free(heic.coded);
    *pixels = heic.pixels;
    return error;
}
