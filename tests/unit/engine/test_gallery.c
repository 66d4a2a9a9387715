#include "unit.h"

#include <math.h>

#include <uv.h>

#include "dot.h"
#include "embedding.h"
#include "errors.h"
#include "gallery.h"

enum { LENGTH = 256, FACES = 3000 };

/* The same numbers in every run. */
static uint64_t seed = 7;

static double draw(void)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (double)(seed >> 33) / (double)(UINT64_C(1) << 31) * 2 - 1;
}

static void make_vector(float vector[static LENGTH])
{
    for (size_t i = 0; i < LENGTH; i++)
        vector[i] = (float)draw();
    embedding_normalize(vector, LENGTH);
}

static struct record make_record(unsigned number, const char *external_id)
{
    struct record record = {.external_id = external_id};

    snprintf(record.id, sizeof record.id, "%08x-0000-7000-8000-%012x", number,
             number * 2654435761u);
    record.confidence = number;
    return record;
}

/* What a gallery is tested against. */
static struct {
    bool is_there;
    float vector[LENGTH];
} plain[FACES];

static double plain_cosine(const float *vector, unsigned number)
{
    return (double)dot_plain(vector, plain[number].vector, LENGTH);
}

static struct gallery *fill(void)
{
    struct gallery *gallery = gallery_create(LENGTH, FACES);

    for (unsigned i = 0; i < FACES; i++) {
        struct record record = make_record(i, i % 2 ? "odd" : NULL);

        make_vector(plain[i].vector);
        plain[i].is_there = true;
        assert_int_equal(gallery_add(gallery, &record, plain[i].vector), 0);
    }
    return gallery;
}

/* Every face that a plain loop finds is there, none else, in falling order. */
static void assert_search(struct gallery *gallery, const float *vector,
                          double cosine_min, size_t most)
{
    struct gallery_query query = {
        .vector = vector, .cosine_min = cosine_min, .most = most};
    struct matches matches;
    size_t better = 0, expected = 0;
    double worst;

    gallery_search(gallery, &query, &matches);
    for (unsigned i = 0; i < FACES; i++)
        expected += plain[i].is_there && plain_cosine(vector, i) >= cosine_min;
    assert_int_equal(matches.count, expected < most ? expected : most);

    for (size_t i = 0; i < matches.count; i++) {
        unsigned number = (unsigned)matches.list[i].record.confidence;

        assert_true(plain[number].is_there);
        assert_true(
            fabs(matches.list[i].cosine - plain_cosine(vector, number)) < 1e-5);
        if (i > 0)
            assert_true(matches.list[i].cosine <= matches.list[i - 1].cosine);
        if (number % 2)
            assert_string_equal(matches.list[i].record.external_id, "odd");
        else
            assert_null(matches.list[i].record.external_id);
    }
    worst = matches.count ? matches.list[matches.count - 1].cosine : 2;
    for (unsigned i = 0; i < FACES; i++)
        better += plain[i].is_there && plain_cosine(vector, i) > worst + 1e-5;
    assert_true(matches.count == 0 || better < matches.count);
    matches_finish(&matches);
}

static void a_search_finds_what_a_plain_loop_finds(void **state)
{
    struct gallery *gallery = fill();
    float vector[LENGTH];

    (void)state;
    for (int i = 0; i < 20; i++) {
        make_vector(vector);
        assert_search(gallery, vector, -2, 1);
        assert_search(gallery, vector, -2, 10);
        assert_search(gallery, vector, 0.1, 4096);
        assert_search(gallery, vector, -2, 4096);
        assert_search(gallery, vector, 0.99, 5);
    }
    assert_search(gallery, plain[17].vector, 0.99, 5);
    gallery_destroy(gallery);
}

static void removed_faces_are_found_no_more(void **state)
{
    struct gallery *gallery = fill();
    struct record record;
    float vector[LENGTH];

    (void)state;
    for (unsigned i = 0; i < FACES; i++) {
        if (draw() < 0)
            continue;
        record = make_record(i, NULL);
        assert_int_equal(gallery_remove(gallery, record.id), 0);
        assert_int_equal(gallery_remove(gallery, record.id), E_NOT_FOUND);
        plain[i].is_there = false;
    }
    for (unsigned i = 0; i < FACES; i++) {
        record = make_record(i, NULL);
        assert_int_equal(gallery_find(gallery, record.id, NULL, vector),
                         plain[i].is_there ? 0 : E_NOT_FOUND);
        if (plain[i].is_there)
            assert_memory_equal(vector, plain[i].vector, sizeof vector);
    }
    make_vector(vector);
    assert_search(gallery, vector, -2, 4096);
    assert_search(gallery, vector, 0, 20);

    /* What was removed can come again. */
    for (unsigned i = 0; i < FACES; i++) {
        record = make_record(i, i % 2 ? "odd" : NULL);
        assert_int_equal(gallery_add(gallery, &record, plain[i].vector),
                         plain[i].is_there ? E_DUPLICATE : 0);
        plain[i].is_there = true;
    }
    assert_int_equal(gallery_count(gallery), FACES);
    assert_search(gallery, vector, -2, 4096);
    gallery_destroy(gallery);
}

static void equal_faces_come_in_the_order_of_their_ids(void **state)
{
    struct gallery *gallery = gallery_create(LENGTH, 100);
    struct gallery_query query = {.cosine_min = -2, .most = 10};
    struct matches matches;
    float vector[LENGTH];

    (void)state;
    make_vector(vector);
    for (unsigned i = 0; i < 50; i++) {
        struct record record = make_record((i * 37) % 50, NULL);

        assert_int_equal(gallery_add(gallery, &record, vector), 0);
    }
    query.vector = vector;
    gallery_search(gallery, &query, &matches);
    assert_int_equal(matches.count, 10);
    for (unsigned i = 0; i < 10; i++)
        assert_string_equal(matches.list[i].record.id, make_record(i, NULL).id);
    matches_finish(&matches);
    gallery_destroy(gallery);
}

static void the_searched_face_is_left_out(void **state)
{
    struct gallery *gallery = fill();
    struct record record = make_record(42, NULL);
    struct gallery_query query = {.vector = plain[42].vector,
                                  .cosine_min = 0.9,
                                  .most = 3,
                                  .except = record.id};
    struct matches matches;

    (void)state;
    gallery_search(gallery, &query, &matches);
    assert_int_equal(matches.count, 0);
    matches_finish(&matches);
    query.except = NULL;
    gallery_search(gallery, &query, &matches);
    assert_int_equal(matches.count, 1);
    assert_string_equal(matches.list[0].record.id, record.id);
    matches_finish(&matches);
    gallery_destroy(gallery);
}

/* Searches while another thread adds and removes. */
static void search_often(void *owner)
{
    struct gallery *gallery = owner;
    struct gallery_query query = {
        .vector = plain[0].vector, .cosine_min = -2, .most = 5};

    for (int i = 0; i < 200; i++) {
        struct matches matches;

        gallery_search(gallery, &query, &matches);
        assert(matches.count == 5);
        for (size_t k = 0; k < matches.count; k++)
            assert(strlen(matches.list[k].record.id) == UUID_BYTES - 1);
        matches_finish(&matches);
    }
}

static void searches_and_changes_go_side_by_side(void **state)
{
    enum { CHANGED = 1000 };
    struct gallery *gallery = fill();
    uv_thread_t threads[2];

    (void)state;
    for (size_t i = 0; i < COUNT(threads); i++)
        uv_thread_create(&threads[i], search_often, gallery);
    for (unsigned i = 0; i < CHANGED; i++) {
        struct record record = make_record(FACES - 1 - i, "odd");

        assert_int_equal(gallery_remove(gallery, record.id), 0);
        assert_int_equal(
            gallery_add(gallery, &record, plain[FACES - 1 - i].vector), 0);
    }
    for (size_t i = 0; i < COUNT(threads); i++)
        uv_thread_join(&threads[i]);
    assert_int_equal(gallery_count(gallery), FACES);
    gallery_destroy(gallery);
}

static void a_full_gallery_says_so(void **state)
{
    struct gallery *gallery = gallery_create(LENGTH, 1);
    struct record one = make_record(1, NULL), other = make_record(2, NULL);
    float vector[LENGTH];

    (void)state;
    make_vector(vector);
    assert_int_equal(gallery_add(gallery, &one, vector), 0);
    assert_int_equal(gallery_add(gallery, &other, vector), E_TOO_LARGE);
    assert_int_equal(gallery_remove(gallery, one.id), 0);
    assert_int_equal(gallery_add(gallery, &other, vector), 0);
    gallery_destroy(gallery);
}

static void an_empty_gallery_finds_nothing(void **state)
{
    struct gallery *gallery = gallery_create(LENGTH, 1);
    float vector[LENGTH] = {1};
    struct gallery_query query = {.vector = vector, .most = 4096};
    struct matches matches;

    (void)state;
    gallery_search(gallery, &query, &matches);
    assert_int_equal(matches.count, 0);
    matches_finish(&matches);
    gallery_destroy(gallery);
}

static void the_fastest_product_is_that_of_a_plain_loop(void **state)
{
    dot_fn *fastest = dot_fastest();
    float one[LENGTH], other[LENGTH];

    (void)state;
    make_vector(one);
    make_vector(other);
    for (size_t length = 0; length <= LENGTH; length++) {
        double sum = 0;

        for (size_t i = 0; i < length; i++)
            sum += (double)one[i] * (double)other[i];
        assert_true(fabs((double)fastest(one, other, length) - sum) < 1e-6);
        assert_true(fabs((double)dot_plain(one, other, length) - sum) < 1e-6);
    }
}

static void a_face_can_change_hands_and_vectors(void **state)
{
    struct gallery *gallery = fill();
    struct record record = make_record(7, NULL), found;
    float vector[LENGTH], read[LENGTH];

    (void)state;
    make_vector(vector);
    assert_int_equal(gallery_set_user(gallery, record.id, "anna"), 0);
    assert_int_equal(gallery_set_vector(gallery, record.id, vector), 0);
    assert_int_equal(gallery_find(gallery, record.id, &found, read), 0);
    assert_string_equal(found.user_id, "anna");
    assert_memory_equal(read, vector, sizeof vector);
    record_finish(&found);

    assert_int_equal(gallery_set_user(gallery, record.id, NULL), 0);
    assert_int_equal(gallery_find(gallery, record.id, &found, NULL), 0);
    assert_null(found.user_id);
    record_finish(&found);
    record = make_record(FACES, NULL);
    assert_int_equal(gallery_set_user(gallery, record.id, "anna"), E_NOT_FOUND);
    assert_int_equal(gallery_set_vector(gallery, record.id, vector),
                     E_NOT_FOUND);
    gallery_destroy(gallery);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_search_finds_what_a_plain_loop_finds),
        cmocka_unit_test(removed_faces_are_found_no_more),
        cmocka_unit_test(equal_faces_come_in_the_order_of_their_ids),
        cmocka_unit_test(the_searched_face_is_left_out),
        cmocka_unit_test(searches_and_changes_go_side_by_side),
        cmocka_unit_test(a_full_gallery_says_so),
        cmocka_unit_test(an_empty_gallery_finds_nothing),
        cmocka_unit_test(the_fastest_product_is_that_of_a_plain_loop),
        cmocka_unit_test(a_face_can_change_hands_and_vectors),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
