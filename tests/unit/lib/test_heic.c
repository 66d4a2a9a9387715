#include "heic_boxes.h"

#include "errors.h"
#include "heic.h"

/* The parameters of a sequence of 96 x 64 pixels. */
static const char sequence[] =
    "\x42\x01\x01\x03\x70\0\0\x03\0\x90\0\0\x03\0\0\x03\0\x1e\xa0\x30\x81"
    "\x05\x96";
static const char picture[] = "\x28\x01\xaf?";
static const char more[] = "\x28\x01\x2f?"; /* of the same picture */
enum { TILE = 96 * 64, CANVAS = 150 * 60 };

/* How a test's file differs from a usual one, in which item 1 is a grid of the
 * HEVC pictures 2 and 3.  Texts of units: s, p, m for those above. */
struct plan {
    const char *configuration; /* units in the hvcC; "s" */
    const char *streams[2];    /* units of items 2 and 3; "p" */
    const char *tiles;         /* digits: what the grid is made of; "23" */
    const char *types;         /* of items 1 to 3, as letters: g, h, x */
    size_t pieces;             /* in which item 2 lies; 1 */
    const char *twice;         /* a table that comes twice; NULL */
    bool wide;                 /* all numbers in their larger forms */
    bool item_twice;           /* item 3 is listed again */
};
static const struct plan usual = {"s", {"p", "p"}, "23",  "ghh",
                                  1,   NULL,       false, false};

static void add_units(struct buffer *file, const char *units, size_t len_bytes)
{
    for (; *units; units++) {
        const char *unit = *units == 's'   ? sequence
                           : *units == 'p' ? picture
                                           : more;
        size_t len = *units == 's' ? sizeof sequence - 1 : 4;

        add_number(file, len_bytes, len);
        buffer_add(file, unit, len);
    }
}

static void add_items(struct buffer *file, const struct plan *plan)
{
    static const char *const names[] = {
        ['g'] = "grid", ['h'] = "hvc1", ['x'] = "Exif"};
    size_t box = open_box(file, "iinf");

    add_number(file, 4, plan->wide ? 0x01000000 : 0);
    add_number(file, plan->wide ? 4 : 2, 3);
    for (uint32_t id = 1; id <= 3 + (uint32_t)plan->item_twice; id++) {
        size_t item = open_box(file, "infe");
        uint32_t real = id > 3 ? 3 : id;

        add_number(file, 4, plan->wide ? 0x03000000 : 0x02000000);
        add_number(file, plan->wide ? 4 : 2, real);
        add_number(file, 2, 0);
        buffer_add_text(file, names[(int)plan->types[real - 1]]);
        add_number(file, 1, 0);
        close_box(file, item);
    }
    close_box(file, box);
}

/* Property 1 is something else, 2 the configuration of items 2 and 3. */
static void add_properties(struct buffer *file, const struct plan *plan)
{
    size_t iprp = open_box(file, "iprp");
    size_t ipco = open_box(file, "ipco");
    size_t box = open_box(file, "ispe");

    add_number(file, 12, 0);
    close_box(file, box);
    box = open_box(file, "hvcC");
    add_number(file, 22, 0);
    add_number(file, 1, 1);
    add_number(file, 1, 0x80 | 33);
    add_number(file, 2, strlen(plan->configuration));
    add_units(file, plan->configuration, 2);
    close_box(file, box);
    close_box(file, ipco);
    box = open_box(file, "ipma");
    add_number(file, 4, plan->wide ? 0x01000001 : 0);
    add_number(file, 4, 3);
    for (uint32_t id = 1; id <= 3; id++) {
        add_number(file, plan->wide ? 4 : 2, id);
        add_number(file, 1, id == 1 ? 1 : 2);
        add_number(file, plan->wide ? 2 : 1, 1);
        if (id > 1)
            add_number(file, plan->wide ? 2 : 1, plan->wide ? 0x8002 : 0x82);
    }
    close_box(file, box);
    close_box(file, iprp);
}

/* Everything lies in `idat`: the grid's 8 bytes, then the streams. */
static void add_data(struct buffer *file, const struct plan *plan)
{
    size_t wide = plan->wide ? 8 : 4;
    size_t box = open_box(file, "idat");
    size_t start = file->len, ends[3];

    add_number(file, 4, 0x00000001);
    add_number(file, 2, 150);
    add_number(file, 2, 60);
    ends[0] = file->len - start;
    for (size_t i = 0; i < 2; i++) {
        add_units(file, plan->streams[i], 4);
        ends[i + 1] = file->len - start;
    }
    close_box(file, box);
    box = open_box(file, "iloc");
    add_number(file, 4, plan->wide ? 0x02000000 : 0x01000000);
    add_number(file, 2, plan->wide ? 0x8888 : 0x4440);
    add_number(file, plan->wide ? 4 : 2, 3);
    for (size_t i = 0; i < 3; i++) {
        size_t pieces = i == 1 ? plan->pieces : 1;

        add_number(file, plan->wide ? 4 : 2, i + 1);
        add_number(file, 2, 1); /* in idat */
        add_number(file, 2, 0);
        add_number(file, wide, i > 0 ? ends[i - 1] : 0);
        add_number(file, 2, pieces);
        for (size_t k = 0; k < pieces; k++) {
            add_number(file, plan->wide ? 8 : 0, 0);
            add_number(file, wide, 0);
            add_number(file, wide, ends[i] - (i > 0 ? ends[i - 1] : 0));
        }
    }
    close_box(file, box);
}

static void add_references(struct buffer *file, const struct plan *plan)
{
    size_t iref = open_box(file, "iref");
    size_t box;

    add_number(file, 4, plan->wide ? 0x01000000 : 0);
    box = open_box(file, "dimg");
    add_number(file, plan->wide ? 4 : 2, 1);
    add_number(file, 2, strlen(plan->tiles));
    for (const char *tile = plan->tiles; *tile; tile++)
        add_number(file, plan->wide ? 4 : 2, (uint64_t)(*tile - '0'));
    close_box(file, box);
    close_box(file, iref);
}

static void make_file(struct buffer *file, const struct plan *plan)
{
    size_t box = open_box(file, "ftyp");
    size_t meta;

    buffer_add(file, "heic\0\0\0\0heic", 12);
    close_box(file, box);
    meta = open_box(file, "meta");
    add_number(file, 4, 0);
    add_items(file, plan);
    add_properties(file, plan);
    add_data(file, plan);
    add_references(file, plan);
    if (plan->twice)
        close_box(file, open_box(file, plan->twice));
    close_box(file, meta);
}

static int cost_of(const struct plan *plan, uint64_t *pixels)
{
    struct buffer file = {0};
    int error;

    make_file(&file, plan);
    error = heic_cost(file.bytes, file.len, pixels);
    buffer_finish(&file);
    return error;
}

static void canvas_and_tiles_are_counted(void **state)
{
    struct plan plan = usual;
    uint64_t pixels;

    (void)state;
    assert_int_equal(cost_of(&plan, &pixels), 0);
    assert_int_equal(pixels, CANVAS + 2 * TILE);
    plan.wide = true;
    assert_int_equal(cost_of(&plan, &pixels), 0);
    assert_int_equal(pixels, CANVAS + 2 * TILE);
    plan.tiles = "222222";
    assert_int_equal(cost_of(&plan, &pixels), 0);
    assert_int_equal(pixels, CANVAS + 7 * TILE);
    plan.types = "xhh"; /* no grid: what is used by something else is not */
    assert_int_equal(cost_of(&plan, &pixels), 0);
    assert_int_equal(pixels, 2 * TILE);
}

static void example_files_cost_what_they_are(void **state)
{
    static const struct {
        const char *path;
        uint64_t pixels;
    } files[] = {
        {"tests/unit/data/quarters.heic", TILE},
        {"tests/unit/data/quarters-turned.heic", TILE},
        {"tests/unit/data/quarters-grid.heic", TILE + 95 * 63},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(files); i++) {
        size_t len;
        char *bytes = unit_read_file(unit_source(files[i].path), &len);
        uint64_t pixels;

        assert_int_equal(heic_cost(bytes, len, &pixels), 0);
        assert_int_equal(pixels, files[i].pixels);
        free(bytes);
    }
}

static void what_only_bombs_do_is_not_supported(void **state)
{
    struct plan films = usual, late = usual, hidden = usual, nested = usual;
    struct plan eyes = usual;
    uint64_t pixels;

    (void)state;
    eyes.streams[0] = "pmmpm"; /* two pictures, in five parts */
    assert_int_equal(cost_of(&eyes, &pixels), 0);
    films.streams[1] = "ppp";
    assert_int_equal(cost_of(&films, &pixels), E_UNSUPPORTED);
    late.streams[1] = "sp"; /* parameters where nobody looks for them */
    assert_int_equal(cost_of(&late, &pixels), E_UNSUPPORTED);
    hidden.configuration = "sp";
    assert_int_equal(cost_of(&hidden, &pixels), E_UNSUPPORTED);
    nested.tiles = "21";
    assert_int_equal(cost_of(&nested, &pixels), E_UNSUPPORTED);
}

static void what_could_be_read_in_two_ways_is_invalid(void **state)
{
    static const char *const tables[] = {"iinf", "iloc", "iprp", "iref",
                                         "idat"};
    struct plan plan = usual;
    uint64_t pixels;

    (void)state;
    for (size_t i = 0; i < COUNT(tables); i++) {
        plan.twice = tables[i];
        assert_int_equal(cost_of(&plan, &pixels), E_INVALID);
    }
    plan = usual;
    plan.item_twice = true;
    assert_int_equal(cost_of(&plan, &pixels), E_INVALID);
    plan = usual;
    plan.pieces = 2;
    assert_int_equal(cost_of(&plan, &pixels), E_INVALID);
    plan = usual;
    plan.configuration = ""; /* a picture of no size */
    assert_int_equal(cost_of(&plan, &pixels), E_INVALID);
    plan = usual;
    plan.tiles = "24"; /* there is no item 4 */
    assert_int_equal(cost_of(&plan, &pixels), E_INVALID);
}

static void a_file_cut_anywhere_is_invalid(void **state)
{
    struct buffer file = {0};
    struct plan plan = usual;
    uint64_t pixels;

    (void)state;
    for (int wide = 0; wide < 2; wide++) {
        plan.wide = wide;
        buffer_clear(&file);
        make_file(&file, &plan);
        for (size_t len = 0; len < file.len; len++) {
            char *copy = malloc(len ? len : 1);

            memcpy(copy, file.bytes, len);
            assert_int_equal(heic_cost(copy, len, &pixels), E_INVALID);
            free(copy);
        }
    }
    buffer_finish(&file);
}

/* A generator of our own, so that every run is the same everywhere. */
static uint32_t draw(uint32_t *seed, uint32_t below)
{
    *seed = *seed * 1664525 + 1013904223;
    return (*seed >> 8) % below;
}

static void damaged_files_get_an_answer(void **state)
{
    uint32_t seed = 20261121;
    struct plan plan = usual;
    struct buffer file = {0};

    (void)state;
    for (int round = 0; round < 20000; round++) {
        uint32_t changes = 1 + draw(&seed, 3);
        uint64_t pixels;
        int error;

        plan.wide = draw(&seed, 2);
        buffer_clear(&file);
        make_file(&file, &plan);
        while (changes-- > 0)
            file.bytes[draw(&seed, (uint32_t)file.len)] =
                (char)(draw(&seed, 2) ? draw(&seed, 256) : 0xff);
        error = heic_cost(file.bytes, file.len, &pixels);
        assert_true(error == 0 || error == E_INVALID || error == E_UNSUPPORTED);
    }
    buffer_finish(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(canvas_and_tiles_are_counted),
        cmocka_unit_test(example_files_cost_what_they_are),
        cmocka_unit_test(what_only_bombs_do_is_not_supported),
        cmocka_unit_test(what_could_be_read_in_two_ways_is_invalid),
        cmocka_unit_test(a_file_cut_anywhere_is_invalid),
        cmocka_unit_test(damaged_files_get_an_answer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
