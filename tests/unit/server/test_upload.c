#include "requests.h"

#include "png.h"
#include "upload.h"
#include "xalloc.h"

static const struct server_settings settings = {
    .image_bytes = 100000, .image_pixels = 10000000, .uploads_bytes = 1000};

static void write_picture(struct buffer *file, uint32_t width, uint32_t height)
{
    unsigned char *pixels = calloc(width, height);

    png_write(file, width, height, 8, PNG_GREY, pixels);
    free(pixels);
}

static enum problem check(const struct buffer *file, char detail[static 128])
{
    struct picture_facts facts;

    return upload_check_image(&settings, file->bytes, file->len, &facts,
                              detail);
}

static void a_picture_must_have_80_pixels_both_ways(void **state)
{
    static const struct {
        uint32_t width, height;
        enum problem problem;
    } rows[] = {
        {80, 80, PROBLEM_NONE},
        {79, 300, PROBLEM_IMAGE_TOO_SMALL},
        {300, 79, PROBLEM_IMAGE_TOO_SMALL},
    };
    char detail[128];

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buffer file = {0};

        write_picture(&file, rows[i].width, rows[i].height);
        assert_int_equal(check(&file, detail), rows[i].problem);
        assert_true(!detail[0] == (rows[i].problem == PROBLEM_NONE));
        buffer_finish(&file);
    }
}

static void a_picture_that_was_cut_off_is_damaged(void **state)
{
    struct buffer file = {0};
    char detail[128];

    (void)state;
    write_picture(&file, 100, 100);
    file.len -= 12; /* the last chunk */
    assert_int_equal(check(&file, detail), PROBLEM_IMAGE_DAMAGED);
    file.len = 20;
    assert_int_equal(check(&file, detail), PROBLEM_IMAGE_DAMAGED);
    file.len = 0;
    assert_int_equal(check(&file, detail), PROBLEM_IMAGE_EMPTY);
    buffer_finish(&file);
}

static void a_size_is_judged_before_anything_is_decoded(void **state)
{
    static const char head[] = "\0\0\xea\x60\0\0\xea\x60\x08\x02\0\0\0";
    struct buffer file = {0};
    char detail[128];

    (void)state;
    buffer_add(&file, "\x89PNG\r\n\x1a\n", 8);
    png_add_chunk(&file, "IHDR", head, sizeof head - 1);
    png_add_chunk(&file, "IEND", "", 0);
    assert_int_equal(check(&file, detail), PROBLEM_IMAGE_TOO_MANY_PIXELS);
    assert_non_null(strstr(detail, "60000 by 60000"));
    buffer_finish(&file);
}

static void bytes_are_counted_before_they_are_looked_at(void **state)
{
    struct buffer file = {0};
    char detail[128];

    (void)state;
    memset(buffer_reserve(&file, 100001), 'x', 100001);
    file.len = 100001;
    assert_int_equal(check(&file, detail), PROBLEM_IMAGE_TOO_LARGE);
    file.len = 100000;
    assert_int_equal(check(&file, detail), PROBLEM_UNSUPPORTED_IMAGE);
    buffer_finish(&file);
}

static void an_upload_gives_its_room_back_at_its_end(void **state)
{
    struct services services = {.settings = &settings};
    struct upload *one, *other;

    (void)state;
    assert_true(upload_has_room(&services, 1000));
    assert_false(upload_has_room(&services, 1001));
    assert_false(upload_has_room(&services, SIZE_MAX));
    one = upload_create(&services, 600);
    assert_true(upload_has_room(&services, 400));
    assert_false(upload_has_room(&services, 401));
    other = upload_create(&services, 400);
    assert_false(upload_has_room(&services, 1));
    upload_destroy(one);
    assert_true(upload_has_room(&services, 600));
    upload_destroy(other);
    upload_destroy(NULL);
    assert_int_equal(services.upload_bytes, 0);
}

static void digest(const char *line, const char *name, const char *value,
                   char hex[static 65])
{
    struct services services = {.settings = &settings};
    struct upload *upload = upload_create(&services, 0);
    char head[256];
    struct request request;

    snprintf(head, sizeof head,
             "%s HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n", line);
    request = request_of(head);
    upload->fields[upload->field_count++] =
        (struct upload_field){xstrdup(name), xstrdup(value)};
    upload_digest(upload, &request, hex);
    request_finish(&request);
    upload_destroy(upload);
}

static void two_uploads_of_one_meaning_have_one_digest(void **state)
{
    static const struct {
        const char *line, *name, *value;
    } others[] = {
        {"PUT /v1/searches", "a", "b"},  {"POST /v1/analyses", "a", "b"},
        {"POST /v1/searches", "ab", ""}, {"POST /v1/searches", "", "ab"},
        {"POST /v1/searches", "a", "c"},
    };
    char first[65], second[65];

    (void)state;
    digest("POST /v1/searches", "a", "b", first);
    digest("POST /v1/searches?x=y", "a", "b", second); /* fields tell */
    assert_string_equal(first, second);
    for (size_t i = 0; i < COUNT(others); i++) {
        digest(others[i].line, others[i].name, others[i].value, second);
        assert_string_not_equal(first, second);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_picture_must_have_80_pixels_both_ways),
        cmocka_unit_test(a_picture_that_was_cut_off_is_damaged),
        cmocka_unit_test(a_size_is_judged_before_anything_is_decoded),
        cmocka_unit_test(bytes_are_counted_before_they_are_looked_at),
        cmocka_unit_test(an_upload_gives_its_room_back_at_its_end),
        cmocka_unit_test(two_uploads_of_one_meaning_have_one_digest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
