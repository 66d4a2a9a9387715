#include "unit.h"

#include "basics.h"
#include "buffer.h"
#include "picture_profile.h"

/* A profile of a colour space, with colorants and a tone curve. */
struct plan {
    const char *space;
    const double (*colorants)[3]; /* NULL: none */
    const char *curve;            /* the tag's data */
    size_t curve_len;
};

static const double srgb[3][3] = {{0.4361, 0.2225, 0.0139},
                                  {0.3851, 0.7169, 0.0971},
                                  {0.1431, 0.0606, 0.7141}};
static const double adobe[3][3] = {{0.6097, 0.3111, 0.0195},
                                   {0.2053, 0.6257, 0.0609},
                                   {0.1492, 0.0632, 0.7446}};
static const double display_p3[3][3] = {{0.5151, 0.2412, -0.0011},
                                        {0.2920, 0.6922, 0.0419},
                                        {0.1571, 0.0666, 0.7841}};

/* Data, and how long it is. */
#define DATA(text) text, sizeof(text) - 1
#define GAMMA_22 DATA("curv\0\0\0\0\0\0\0\x01\x02\x33")

static void add_number(struct buffer *profile, size_t number)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        buffer_add_byte(profile, (char)(number >> shift));
}

static void make_profile(struct buffer *profile, const struct plan *plan)
{
    static const char *const names[] = {"rXYZ", "gXYZ", "bXYZ", "rTRC"};
    char head[128] = {0};

    memcpy(head + 16, plan->space, 4);
    buffer_add(profile, head, sizeof head);
    add_number(profile, COUNT(names));
    for (size_t i = 0; i < COUNT(names); i++) {
        buffer_add_text(profile, plan->colorants ? names[i] : "A2B0");
        add_number(profile, 132 + 4 * 12 + i * 20);
        add_number(profile, i < 3 ? 20 : plan->curve_len);
    }
    for (size_t i = 0; i < 3; i++) {
        buffer_add(profile, "XYZ \0\0\0\0", 8);
        for (size_t k = 0; k < 3; k++)
            add_number(profile,
                       plan->colorants
                           ? (size_t)(int)(plan->colorants[i][k] * 65536)
                           : 0);
    }
    buffer_add(profile, plan->curve, plan->curve_len);
}

static bool matters(const struct plan *plan)
{
    struct buffer profile = {0};
    bool answer;

    make_profile(&profile, plan);
    answer = picture_profile_matters(profile.bytes, profile.len);
    buffer_finish(&profile);
    return answer;
}

static void srgb_and_what_is_like_it_does_not_matter(void **state)
{
    static const struct plan plans[] = {
        {"RGB ", srgb, GAMMA_22},
        /* A table of three, its middle as sRGB has it. */
        {"RGB ", srgb, DATA("curv\0\0\0\0\0\0\0\x03\0\0\x36\xd1\xff\xff")},
        {"RGB ", srgb, DATA("para\0\0\0\0\0\x03\0\0\0\x02\x66\x66")},
        {"GRAY", NULL, GAMMA_22},
        {"Lab ", NULL, GAMMA_22},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(plans); i++)
        assert_false(matters(&plans[i]));
}

static void other_colours_matter(void **state)
{
    static const struct plan plans[] = {
        {"RGB ", adobe, GAMMA_22},
        {"RGB ", display_p3, GAMMA_22},
        {"RGB ", NULL, GAMMA_22}, /* it has tables instead */
        {"RGB ", srgb, DATA("curv\0\0\0\0\0\0\0\0")},           /* linear */
        {"RGB ", srgb, DATA("curv\0\0\0\0\0\0\0\x01\x01\xcd")}, /* 1.8 */
        {"RGB ", srgb, DATA("curv\0\0\0\0\0\0\0\x03\0\0\x80\0\xff\xff")},
        {"RGB ", srgb, DATA("para\0\0\0\0\0\0\0\0\0\x01\0\0")},
        {"RGB ", srgb, DATA("else\0\0\0\0")},
        {"RGB ", srgb, DATA("curv\0\0\0\0\0\xff\xff\xff")},
        {"CMYK", NULL, GAMMA_22},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(plans); i++)
        assert_true(matters(&plans[i]));
}

static void a_profile_is_never_read_past_its_end(void **state)
{
    static const struct plan plan = {"RGB ", srgb, GAMMA_22};
    struct buffer profile = {0};

    (void)state;
    make_profile(&profile, &plan);
    for (size_t len = 0; len < profile.len; len++) {
        char *copy = malloc(len ? len : 1);

        memcpy(copy, profile.bytes, len);
        assert_int_equal(picture_profile_matters(copy, len), len >= 20);
        free(copy);
    }
    assert_false(picture_profile_matters(profile.bytes, profile.len));
    buffer_finish(&profile);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(srgb_and_what_is_like_it_does_not_matter),
        cmocka_unit_test(other_colours_matter),
        cmocka_unit_test(a_profile_is_never_read_past_its_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
