#include "unit.h"

#include <dirent.h>

#include "basics.h"
#include "errors.h"
#include "sniff.h"

static bool is_whole(const char *bytes, size_t len)
{
    struct picture_facts facts;

    return sniff(bytes, len, &facts) == 0 &&
           sniff_is_whole(bytes, len, facts.type);
}

/* Every photo but the one that was cut off, and each of them cut anywhere in
 * its second half. */
static void whole_photos_are_told_from_cut_ones(void **state)
{
    char folder[4096];
    struct dirent *entry;
    int seen = 0;
    DIR *all;

    (void)state;
    snprintf(folder, sizeof folder, "%s",
             unit_shared("FACEWIRE_PHOTOS", "photos", "obama-1.jpg"));
    *strrchr(folder, '/') = '\0';
    all = opendir(folder);
    assert_non_null(all);
    while ((entry = readdir(all))) {
        char path[4400];
        char *bytes;
        size_t len;

        if (!strstr(entry->d_name, ".jpg") && !strstr(entry->d_name, ".png"))
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        bytes = unit_read_file(path, &len);
        if (strstr(entry->d_name, "truncated"))
            assert_false(is_whole(bytes, len));
        else
            assert_true(is_whole(bytes, len));
        for (size_t part = 5; part < 10; part++)
            assert_false(is_whole(bytes, len * part / 10));
        free(bytes);
        seen++;
    }
    closedir(all);
    assert_true(seen > 30);
}

static void cut_webp_and_heic_are_told_too(void **state)
{
    static const char *const names[] = {"WEBP", "HEIC"};

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        /* What stands in the boxes is nobody's business here. */
        char webp[40] = "RIFF\x20\0\0\0WEBPVP8 ";
        char heic[40] = "\0\0\0\x10"
                        "ftypheic\0\0\0\0"
                        "\0\0\0\x18"
                        "mdat";
        const char *bytes = i == 0 ? webp : heic;
        enum picture_type type = i == 0 ? PICTURE_WEBP : PICTURE_HEIC;

        assert_true(sniff_is_whole(bytes, sizeof webp, type));
        for (size_t len = 20; len < sizeof webp; len++)
            assert_false(sniff_is_whole(bytes, len, type));
    }
}

static void odd_boxes_are_not_believed(void **state)
{
    static const char too_small[] = "\0\0\0\x10"
                                    "ftypheic\0\0\0\0"
                                    "\0\0\0\x07"
                                    "mdat";
    static const char large[] = "\0\0\0\x10"
                                "ftypheic\0\0\0\0"
                                "\0\0\0\x01"
                                "mdat"
                                "\xff\xff\xff\xff\xff\xff\xff\xff";
    static const char rest[] = "\0\0\0\x10"
                               "ftypheic\0\0\0\0"
                               "\0\0\0\0"
                               "mdat....";

    (void)state;
    assert_false(sniff_is_whole(too_small, 24, PICTURE_HEIC));
    assert_false(sniff_is_whole(large, 32, PICTURE_HEIC));
    assert_true(sniff_is_whole(rest, 28, PICTURE_HEIC));
    assert_false(sniff_is_whole("\xff\xd8\xff\xd9", 4, PICTURE_JPEG));
    assert_true(
        sniff_is_whole("\xff\xd8\xff\xda\xff\xff\xd9 more", 12, PICTURE_JPEG));
    assert_false(sniff_is_whole("\xff\xd8\xff\xda\xff\xff", 6, PICTURE_JPEG));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_photos_are_told_from_cut_ones),
        cmocka_unit_test(cut_webp_and_heic_are_told_too),
        cmocka_unit_test(odd_boxes_are_not_believed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
