#include "unit.h"

#include "errors.h"
#include "porters.h"
#include "vectors.h"

enum { LENGTH = 16, FACES = 3000 };

static void faces_arrive_where_they_belong(void **state)
{
    struct gallery *odd = gallery_create(LENGTH, FACES);
    struct gallery *even = gallery_create(LENGTH / 2, FACES);
    struct porters *porters = porters_start(LENGTH);
    float vectors[FACES][LENGTH], found[LENGTH];

    (void)state;
    for (unsigned i = 0; i < FACES; i++) {
        struct record record = make_record(i, "anna");
        size_t length = i % 2 ? LENGTH : LENGTH / 2;

        draw_vector(vectors[i], length);
        porters_carry(porters, i % 2 ? odd : even, &record, vectors[i], length);
    }
    assert_int_equal(porters_finish(porters), 0);
    assert_int_equal(gallery_count(odd), FACES / 2);
    assert_int_equal(gallery_count(even), FACES / 2);
    for (unsigned i = 0; i < FACES; i++) {
        struct record record = make_record(i, NULL);

        assert_int_equal(
            gallery_find(i % 2 ? odd : even, record.id, &record, found), 0);
        assert_string_equal(record.external_id, "anna");
        assert_memory_equal(found, vectors[i],
                            (i % 2 ? LENGTH : LENGTH / 2) * sizeof *found);
        record_finish(&record);
    }
    gallery_destroy(odd);
    gallery_destroy(even);
}

static void what_a_gallery_refuses_is_told_in_the_end(void **state)
{
    struct gallery *gallery = gallery_create(LENGTH, FACES);
    struct porters *porters = porters_start(LENGTH);
    struct record record = make_record(1, NULL);
    float vector[LENGTH];

    (void)state;
    draw_vector(vector, LENGTH);
    porters_carry(porters, gallery, &record, vector, LENGTH);
    porters_carry(porters, gallery, &record, vector, LENGTH);
    assert_int_equal(porters_finish(porters), E_DUPLICATE);
    assert_int_equal(gallery_count(gallery), 1);
    gallery_destroy(gallery);
}

static void nothing_to_carry_is_no_trouble(void **state)
{
    (void)state;
    assert_int_equal(porters_finish(porters_start(LENGTH)), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(faces_arrive_where_they_belong),
        cmocka_unit_test(what_a_gallery_refuses_is_told_in_the_end),
        cmocka_unit_test(nothing_to_carry_is_no_trouble),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
