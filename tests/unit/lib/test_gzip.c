#include "unit.h"

#include "child.h"
#include "gzip.h"

static void what_is_packed_is_what_gzip_unpacks(void **state)
{
    const char *const unpack[] = {"sh", "-c", "gzip -dc packed.gz > unpacked",
                                  NULL};
    char text[5000];
    FILE *file = fopen("packed.gz", "wbe");
    size_t len, packed_len;
    char *packed, *unpacked;

    (void)state;
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (char)('a' + i % 7);
    packed = gzip_pack(text, sizeof text, &packed_len);
    assert_non_null(packed);
    assert_true(packed_len < 200);
    assert_int_equal(fwrite(packed, 1, packed_len, file), packed_len);
    fclose(file);
    assert_int_equal(child_run(unpack, "gzip.log"), 0);
    unpacked = unit_read_file("unpacked", &len);
    assert_int_equal(len, sizeof text);
    assert_memory_equal(unpacked, text, sizeof text);
    free(unpacked);
    free(packed);
    remove("packed.gz");
    remove("unpacked");
    remove("gzip.log");
}

static void what_gets_no_smaller_is_not_packed(void **state)
{
    size_t len;

    (void)state;
    assert_null(gzip_pack("", 0, &len));
    assert_null(gzip_pack("x", 1, &len));
    assert_null(gzip_pack("\x01\x9f\x55\xe0\x13\x7a\xc4\x2b", 8, &len));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_packed_is_what_gzip_unpacks),
        cmocka_unit_test(what_gets_no_smaller_is_not_packed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
