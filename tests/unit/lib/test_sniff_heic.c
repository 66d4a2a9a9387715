#include "heic_boxes.h"

#include "errors.h"
#include "sniff.h"

static void add_box(struct buffer *file, const char *type, const char *body,
                    size_t len)
{
    size_t place = open_box(file, type);

    buffer_add(file, body, len);
    close_box(file, place);
}

/* How a test's file differs from a usual one. */
struct plan {
    const char *brands;        /* 4 letters each; "heic" */
    const char *item_types[2]; /* of items 1 and 2; "hvc1", none */
    uint32_t primary;          /* 1 */
    bool wide;                 /* ids of 4 bytes, indexes of 2 */
    const char *properties;    /* in order: letters of add_property; "s" */
    bool mdat_first;
};

/* s: 40 x 30 pixels, t: 7 x 5, c: cut to 39 x 29, r, R: turned by one and
 * three quarters against the clock, v, h: mirrored, x: something unknown. */
static void add_property(struct buffer *file, char letter)
{
    switch (letter) {
    case 's':
        add_box(file, "ispe", "\0\0\0\0\0\0\0\x28\0\0\0\x1e", 12);
        break;
    case 't':
        add_box(file, "ispe", "\0\0\0\0\0\0\0\x07\0\0\0\x05", 12);
        break;
    case 'c':
        add_box(file, "clap",
                "\0\0\0\x27\0\0\0\x01\0\0\0\x3a\0\0\0\x02"
                "\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\x01",
                32);
        break;
    case 'r':
        add_box(file, "irot", "\x01", 1);
        break;
    case 'R':
        add_box(file, "irot", "\x03", 1);
        break;
    case 'v':
        add_box(file, "imir", "\0", 1);
        break;
    case 'h':
        add_box(file, "imir", "\x01", 1);
        break;
    default:
        add_box(file, "xxxx", "?", 1);
        break;
    }
}

static void add_items(struct buffer *file, const struct plan *plan)
{
    size_t items = open_box(file, "iinf");

    add_number(file, 4, plan->wide ? 0x01000000 : 0);
    add_number(file, plan->wide ? 4 : 2, 2);
    for (uint32_t i = 0; i < 2 && plan->item_types[i]; i++) {
        size_t item = open_box(file, "infe");

        add_number(file, 4, plan->wide ? 0x03000000 : 0x02000000);
        add_number(file, plan->wide ? 4 : 2, i + 1);
        add_number(file, 2, 0);
        buffer_add_text(file, plan->item_types[i]);
        buffer_add_byte(file, '\0');
        close_box(file, item);
    }
    close_box(file, items);
}

/* Item 9 has another size, and stands first. */
static void add_properties(struct buffer *file, const struct plan *plan)
{
    size_t count = strlen(plan->properties);
    size_t iprp = open_box(file, "iprp");
    size_t box = open_box(file, "ipco");

    add_property(file, 't');
    for (size_t i = 0; i < count; i++)
        add_property(file, plan->properties[i]);
    close_box(file, box);
    box = open_box(file, "ipma");
    add_number(file, 4, plan->wide ? 0x01000001 : 0);
    add_number(file, 4, 2);
    add_number(file, plan->wide ? 4 : 2, 9);
    add_number(file, 1, 1);
    add_number(file, plan->wide ? 2 : 1, 1);
    add_number(file, plan->wide ? 4 : 2, plan->primary);
    add_number(file, 1, (uint32_t)count);
    for (uint32_t i = 0; i < count; i++)
        add_number(file, plan->wide ? 2 : 1,
                   (plan->wide ? 0x8000 : 0x80) | (i + 2));
    close_box(file, box);
    close_box(file, iprp);
}

static void make_file(struct buffer *file, const struct plan *plan)
{
    size_t box = open_box(file, "ftyp");

    buffer_add(file, plan->brands, 4);
    add_number(file, 4, 0);
    buffer_add_text(file, plan->brands);
    close_box(file, box);
    if (plan->mdat_first)
        add_box(file, "mdat", "pixels", 6);
    box = open_box(file, "meta");
    add_number(file, 4, 0);
    add_box(file, "hdlr", "\0\0\0\0\0\0\0\0pict", 12);
    add_items(file, plan);
    add_properties(file, plan);
    size_t pitm = open_box(file, "pitm");
    add_number(file, 4, plan->wide ? 0x01000000 : 0);
    add_number(file, plan->wide ? 4 : 2, plan->primary);
    close_box(file, pitm);
    close_box(file, box);
}

static int sniff_plan(const struct plan *plan, struct picture_facts *facts)
{
    struct buffer file = {0};
    int error;

    make_file(&file, plan);
    error = sniff(file.bytes, file.len, facts);
    buffer_finish(&file);
    return error;
}

static void the_primary_item_gives_the_size(void **state)
{
    struct plan plan = {"mif1heic", {"hvc1"}, 1, false, "xsx", false};
    struct picture_facts facts;

    (void)state;
    for (int i = 0; i < 4; i++) {
        plan.wide = i & 1;
        plan.mdat_first = i & 2;
        assert_int_equal(sniff_plan(&plan, &facts), 0);
        assert_int_equal(facts.type, PICTURE_HEIC);
        assert_int_equal(facts.width, 40);
        assert_int_equal(facts.height, 30);
        assert_int_equal(facts.orientation, 1);
    }
    plan.properties = "cs"; /* a cut needs something to cut */
    assert_int_equal(sniff_plan(&plan, &facts), 0);
    plan.properties = "sc";
    assert_int_equal(sniff_plan(&plan, &facts), 0);
    assert_int_equal(facts.width, 39);
    assert_int_equal(facts.height, 29);
    plan.properties = "x";
    assert_int_equal(sniff_plan(&plan, &facts), E_INVALID);
}

static void turns_and_mirrors_are_told_as_orientations(void **state)
{
    static const struct {
        const char *properties;
        int orientation;
    } turns[] = {
        {"s", 1},   {"sh", 2},  {"srr", 3}, {"sv", 4},    {"shr", 5},
        {"srv", 5}, {"sR", 6},  {"shR", 7}, {"srh", 7},   {"sr", 8},
        {"shh", 1}, {"shv", 3}, {"srR", 1}, {"srrrr", 1}, {"srvr", 4},
    };
    struct plan plan = {"heic", {"hvc1"}, 1, false, "s", false};
    struct picture_facts facts;

    (void)state;
    for (size_t i = 0; i < COUNT(turns); i++) {
        plan.properties = turns[i].properties;
        assert_int_equal(sniff_plan(&plan, &facts), 0);
        assert_int_equal(facts.orientation, turns[i].orientation);
        assert_int_equal(facts.width, 40);
    }
}

static void only_hevc_is_supported(void **state)
{
    static const struct {
        const char *brands;
        const char *types[2];
        int error;
    } kinds[] = {
        {"heic", {"hvc1"}, 0},
        {"heixmif1", {"hvc1"}, 0},
        {"mif1", {"grid", "hvc1"}, 0},
        {"mif1", {"iden", "hvc1"}, E_UNSUPPORTED},
        {"avifmif1", {"av01"}, E_UNSUPPORTED},
        {"mif1avif", {"grid", "av01"}, E_UNSUPPORTED},
        {"mif1", {"jpeg"}, E_UNSUPPORTED},
        {"mif1", {"Exif", "hvc1"}, E_UNSUPPORTED},
        {"avif", {"hvc1"}, E_UNSUPPORTED},
        {"isommp42", {"hvc1"}, E_UNSUPPORTED},
        {"heic", {NULL}, E_INVALID},
    };
    struct plan plan = {"heic", {"hvc1"}, 1, false, "s", false};
    struct picture_facts facts;

    (void)state;
    for (size_t i = 0; i < COUNT(kinds); i++) {
        plan.brands = kinds[i].brands;
        memcpy(plan.item_types, kinds[i].types, sizeof plan.item_types);
        assert_int_equal(sniff_plan(&plan, &facts), kinds[i].error);
    }
}

static void properties_are_bounded(void **state)
{
    struct plan plan = {"heic", {"hvc1"}, 1, false, NULL, false};
    struct picture_facts facts;
    char properties[34];

    (void)state;
    memset(properties, 'x', sizeof properties);
    properties[0] = 's';
    properties[32] = '\0';
    plan.properties = properties;
    assert_int_equal(sniff_plan(&plan, &facts), 0);
    properties[32] = 'x';
    properties[33] = '\0';
    assert_int_equal(sniff_plan(&plan, &facts), E_INVALID);
}

static void a_file_cut_anywhere_is_invalid(void **state)
{
    struct plan plan = {"heic", {"hvc1", "Exif"}, 1, true, "scr", true};
    struct picture_facts facts;
    struct buffer file = {0};

    (void)state;
    make_file(&file, &plan);
    for (size_t len = 12; len < file.len; len++) {
        char *copy = malloc(len);

        memcpy(copy, file.bytes, len);
        assert_int_equal(sniff(copy, len, &facts), E_INVALID);
        free(copy);
    }
    assert_int_equal(sniff(file.bytes, file.len, &facts), 0);
    buffer_finish(&file);
}

static void boxes_of_every_length_are_read(void **state)
{
    static const char wide[] = "\0\0\0\x01wide\0\0\0\0\0\0\0\x11?";
    static const char endless[] = "\0\0\0\x01wide\xff\xff\xff\xff"
                                  "\xff\xff\xff\xff";
    static const char small[] = "\0\0\0\x07wide";
    struct plan plan = {"heic", {"hvc1"}, 1, false, "s", false};
    struct picture_facts facts;
    struct buffer file = {0}, changed = {0};

    (void)state;
    make_file(&file, &plan);
    const struct {
        const char *box;
        size_t len;
        int error;
    } inserted[] = {{wide, sizeof wide - 1, 0},
                    {endless, sizeof endless - 1, E_INVALID},
                    {small, sizeof small - 1, E_INVALID}};
    for (size_t i = 0; i < COUNT(inserted); i++) {
        buffer_clear(&changed);
        buffer_add(&changed, file.bytes, 20); /* ftyp */
        buffer_add(&changed, inserted[i].box, inserted[i].len);
        buffer_add(&changed, file.bytes + 20, file.len - 20);
        assert_int_equal(sniff(changed.bytes, changed.len, &facts),
                         inserted[i].error);
    }
    memset(file.bytes + 20, 0, 4); /* meta goes up to the end */
    assert_int_equal(sniff(file.bytes, file.len, &facts), 0);
    buffer_finish(&file);
    buffer_finish(&changed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_primary_item_gives_the_size),
        cmocka_unit_test(turns_and_mirrors_are_told_as_orientations),
        cmocka_unit_test(only_hevc_is_supported),
        cmocka_unit_test(properties_are_bounded),
        cmocka_unit_test(a_file_cut_anywhere_is_invalid),
        cmocka_unit_test(boxes_of_every_length_are_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
