#include "unit.h"

#include <stdlib.h>

#include <uv.h>

#include "block.h"
#include "dot.h"
#include "errors.h"
#include "gallery.h"
#include "vectors.h"

enum { LENGTH = 256, FACES = 3000, MOST = 4096 };

/* What a gallery is tested against. */
static struct face_kept {
    bool is_there;
    float vector[LENGTH];
} plain[FACES];

static void add(struct gallery *gallery, unsigned number)
{
    struct record record = make_record(number, number % 2 ? "odd" : NULL);

    assert_int_equal(gallery_add(gallery, &record, plain[number].vector), 0);
    plain[number].is_there = true;
}

static void remove_face(struct gallery *gallery, unsigned number)
{
    struct record record = make_record(number, NULL);

    assert_int_equal(gallery_remove(gallery, record.id), 0);
    plain[number].is_there = false;
}

/* Faces of nobody in particular. */
static struct gallery *fill(void)
{
    struct gallery *gallery = gallery_create(LENGTH, FACES);

    for (unsigned i = 0; i < FACES; i++) {
        draw_vector(plain[i].vector, LENGTH);
        add(gallery, i);
    }
    return gallery;
}

struct found {
    double cosine;
    unsigned number;
};

/* The best first; equal ones by id, which are in the order of the numbers. */
static int compare_found(const void *one, const void *other)
{
    const struct found *a = one, *b = other;

    if (a->cosine != b->cosine)
        return a->cosine < b->cosine ? 1 : -1;
    return (a->number > b->number) - (a->number < b->number);
}

/* What a plain loop finds; returns how many. */
static size_t search_plainly(const float *vector, double cosine_min,
                             struct found found[static FACES])
{
    size_t count = 0;

    for (unsigned i = 0; i < FACES; i++) {
        double cosine = dot_plain(vector, plain[i].vector, LENGTH);

        if (plain[i].is_there && cosine >= cosine_min)
            found[count++] = (struct found){cosine, i};
    }
    qsort(found, count, sizeof *found, compare_found);
    return count;
}

/* What a search finds is what a plain loop does: the same faces in the same
 * order, with the same cosines to the last bit. */
static void assert_search(struct gallery *gallery, const float *vector,
                          double cosine_min, size_t most)
{
    static struct found expected[FACES];
    struct gallery_query query = {
        .vector = vector, .cosine_min = cosine_min, .most = most};
    size_t count = search_plainly(vector, cosine_min, expected);
    struct matches matches;

    gallery_search(gallery, &query, &matches);
    assert_int_equal(matches.count, count < most ? count : most);
    for (size_t i = 0; i < matches.count; i++) {
        const struct record *record = &matches.list[i].record;
        struct record same = make_record(expected[i].number, NULL);

        assert_string_equal(record->id, same.id);
        assert_memory_equal(&matches.list[i].cosine, &expected[i].cosine,
                            sizeof(double));
        if (expected[i].number % 2)
            assert_string_equal(record->external_id, "odd");
        else
            assert_null(record->external_id);
    }
    matches_finish(&matches);
}

static void assert_searches(struct gallery *gallery, const float *vector)
{
    assert_search(gallery, vector, -2, 1);
    assert_search(gallery, vector, -2, 10);
    assert_search(gallery, vector, 0.1, MOST);
    assert_search(gallery, vector, -2, MOST);
    assert_search(gallery, vector, 0.99, 5);
    assert_search(gallery, vector, 0.435, 10);
}

static void a_search_finds_what_a_plain_loop_finds(void **state)
{
    struct gallery *gallery = fill();
    float vector[LENGTH];

    (void)state;
    for (int i = 0; i < 20; i++) {
        draw_vector(vector, LENGTH);
        assert_searches(gallery, vector);
    }
    assert_searches(gallery, plain[17].vector);
    gallery_destroy(gallery);
}

static void people_with_several_faces_are_told_apart(void **state)
{
    struct gallery *gallery = gallery_create(LENGTH, FACES);
    float person[LENGTH] = {0}, vector[LENGTH];

    (void)state;
    for (unsigned i = 0; i < FACES; i++) {
        if (i % 10 == 0)
            draw_vector(person, LENGTH);
        draw_vector_near(plain[i].vector, person, 0.6, LENGTH);
        add(gallery, i);
    }
    for (size_t i = 0; i < 20; i++) {
        draw_vector_near(vector, plain[i * 149].vector, 0.6, LENGTH);
        assert_searches(gallery, vector);
    }
    gallery_destroy(gallery);
}

/* Thousands that differ in the last digits, or not at all. */
static void hardly_different_faces_are_ranked_as_they_are(void **state)
{
    struct gallery *gallery = gallery_create(LENGTH, FACES);
    float face[LENGTH];

    (void)state;
    draw_vector(face, LENGTH);
    for (unsigned i = 0; i < FACES; i++) {
        draw_vector_near(plain[i].vector, face, i % 3 ? 1e-6 : 0, LENGTH);
        add(gallery, i);
    }
    assert_searches(gallery, face);
    assert_searches(gallery, plain[1].vector);
    gallery_destroy(gallery);
}

/* Vectors that no embedder gives, of which sketches say little. */
static void odd_vectors_are_found_all_the_same(void **state)
{
    struct gallery *gallery = gallery_create(LENGTH, FACES);
    float vector[LENGTH] = {0};

    (void)state;
    for (unsigned i = 0; i < FACES; i++) {
        memset(plain[i].vector, 0, sizeof plain[i].vector);
        if (i % 4 == 1)
            plain[i].vector[i % LENGTH] = i % 8 == 1 ? 1 : -1;
        else if (i % 4 == 2)
            draw_vector(plain[i].vector, LENGTH);
        else if (i % 4 == 3)
            plain[i].vector[i % LENGTH] = (float)draw_number() * 1e-20f;
        add(gallery, i);
    }
    assert_searches(gallery, vector);
    vector[1] = 1;
    assert_searches(gallery, vector);
    vector[1] = 1e-20f;
    assert_searches(gallery, vector);
    draw_vector(vector, LENGTH);
    assert_searches(gallery, vector);
    gallery_destroy(gallery);
}

static void removed_faces_are_found_no_more(void **state)
{
    struct gallery *gallery = fill();
    float vector[LENGTH], wanted[LENGTH];

    (void)state;
    for (unsigned i = 0; i < FACES; i++)
        if (draw_number() >= 0)
            remove_face(gallery, i);
    for (unsigned i = 0; i < FACES; i++) {
        struct record record = make_record(i, NULL);

        assert_int_equal(gallery_find(gallery, record.id, NULL, vector),
                         plain[i].is_there ? 0 : E_NOT_FOUND);
        if (plain[i].is_there)
            assert_memory_equal(vector, plain[i].vector, sizeof vector);
        else
            assert_int_equal(gallery_remove(gallery, record.id), E_NOT_FOUND);
    }
    draw_vector(wanted, LENGTH);
    assert_searches(gallery, wanted);

    /* What was removed can come again. */
    for (unsigned i = 0; i < FACES; i++) {
        struct record record = make_record(i, NULL);

        if (plain[i].is_there)
            assert_int_equal(gallery_add(gallery, &record, plain[i].vector),
                             E_DUPLICATE);
        else
            add(gallery, i);
    }
    assert_int_equal(gallery_count(gallery), FACES);
    assert_searches(gallery, wanted);
    gallery_destroy(gallery);
}

static void an_emptied_gallery_is_as_new(void **state)
{
    struct gallery *gallery = fill();
    float wanted[LENGTH];

    (void)state;
    draw_vector(wanted, LENGTH);
    for (unsigned i = 0; i < FACES; i++)
        remove_face(gallery, (i * 7) % FACES);
    assert_int_equal(gallery_count(gallery), 0);
    assert_searches(gallery, wanted);
    for (unsigned i = 0; i < 100; i++)
        add(gallery, i);
    assert_searches(gallery, wanted);
    gallery_destroy(gallery);
}

static void equal_faces_come_in_the_order_of_their_ids(void **state)
{
    struct gallery *gallery = gallery_create(LENGTH, 100);
    struct gallery_query query = {.cosine_min = -2, .most = 10};
    struct matches matches;
    float vector[LENGTH];

    (void)state;
    draw_vector(vector, LENGTH);
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

static void a_face_gets_another_vector_and_a_user(void **state)
{
    struct gallery *gallery = fill();
    struct record record = make_record(42, NULL), found;
    float wanted[LENGTH];

    (void)state;
    draw_vector(plain[42].vector, LENGTH);
    assert_int_equal(gallery_set_vector(gallery, record.id, plain[42].vector),
                     0);
    assert_searches(gallery, plain[42].vector);
    draw_vector(wanted, LENGTH);
    assert_searches(gallery, wanted);

    assert_int_equal(gallery_set_user(gallery, record.id, "user 7"), 0);
    assert_int_equal(gallery_find(gallery, record.id, &found, NULL), 0);
    assert_string_equal(found.user_id, "user 7");
    record_finish(&found);
    record = make_record(FACES, NULL);
    assert_int_equal(gallery_set_user(gallery, record.id, "user 7"),
                     E_NOT_FOUND);
    assert_int_equal(gallery_set_vector(gallery, record.id, wanted),
                     E_NOT_FOUND);
    gallery_destroy(gallery);
}

/* More faces than one block has. */
static void many_blocks_are_searched_as_one(void **state)
{
    enum { MANY = 2 * BLOCK_ROWS + 1000, SHORT = 16, WANTED = 10 };
    struct gallery *gallery = gallery_create(SHORT, MANY);
    float(*vectors)[SHORT] = calloc(MANY, sizeof *vectors), wanted[SHORT];
    struct gallery_query query = {
        .vector = wanted, .cosine_min = -2, .most = WANTED};
    struct matches matches;
    size_t better = 0;

    (void)state;
    for (unsigned i = 0; i < MANY; i++) {
        struct record record = make_record(i, NULL);

        draw_vector(vectors[i], SHORT);
        assert_int_equal(gallery_add(gallery, &record, vectors[i]), 0);
    }
    /* Rooms that became free in the first block are taken again. */
    for (unsigned i = 0; i < 1500; i += 3) {
        struct record record = make_record(i, NULL);

        assert_int_equal(gallery_remove(gallery, record.id), 0);
        assert_int_equal(gallery_add(gallery, &record, vectors[i]), 0);
    }
    draw_vector(wanted, SHORT);
    gallery_search(gallery, &query, &matches);
    assert_int_equal(matches.count, WANTED);
    for (unsigned i = 0; i < MANY; i++)
        better += dot_plain(wanted, vectors[i], SHORT) >
                  matches.list[WANTED - 1].cosine;
    assert_true(better < WANTED);
    for (size_t i = 0; i < WANTED; i++) {
        unsigned number = (unsigned)matches.list[i].record.confidence;
        double cosine = dot_plain(wanted, vectors[number], SHORT);

        assert_memory_equal(&matches.list[i].cosine, &cosine, sizeof cosine);
    }
    matches_finish(&matches);
    gallery_destroy(gallery);
    free(vectors);
}

/* Looks for a face that stays while others come and go around it. */
static void search_often(void *owner)
{
    struct gallery *gallery = owner;
    struct gallery_query query = {
        .vector = plain[0].vector, .cosine_min = -2, .most = 5};

    for (int i = 0; i < 200; i++) {
        const struct record same = make_record(0, NULL);
        struct matches matches;

        gallery_search(gallery, &query, &matches);
        assert(matches.count == 5);
        assert(strcmp(matches.list[0].record.id, same.id) == 0);
        for (size_t k = 1; k < matches.count; k++)
            assert(matches.list[k].cosine <= matches.list[k - 1].cosine);
        matches_finish(&matches);
        assert(gallery_find(gallery, same.id, NULL, NULL) == 0);
    }
}

/* Each changes faces of its own. */
struct changer {
    struct gallery *gallery;
    unsigned first;
};

static void change_often(void *owner)
{
    const struct changer *changer = owner;

    for (unsigned i = 0; i < 500; i++) {
        const unsigned number = changer->first + i;
        struct record record = make_record(number, "odd");

        if (gallery_remove(changer->gallery, record.id) != 0 ||
            gallery_add(changer->gallery, &record, plain[number].vector) != 0 ||
            gallery_set_user(changer->gallery, record.id, "anna") != 0 ||
            gallery_set_vector(changer->gallery, record.id,
                               plain[number].vector) != 0)
            abort();
    }
}

static void searches_and_changes_go_side_by_side(void **state)
{
    struct gallery *gallery = fill();
    struct changer changers[] = {{gallery, 1}, {gallery, FACES - 501}};
    uv_thread_t threads[4];

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        uv_thread_create(&threads[i], search_often, gallery);
        uv_thread_create(&threads[i + 2], change_often, &changers[i]);
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
    draw_vector(vector, LENGTH);
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
    struct gallery_query query = {.vector = vector, .most = MOST};
    struct matches matches;

    (void)state;
    gallery_search(gallery, &query, &matches);
    assert_int_equal(matches.count, 0);
    matches_finish(&matches);
    gallery_destroy(gallery);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_search_finds_what_a_plain_loop_finds),
        cmocka_unit_test(people_with_several_faces_are_told_apart),
        cmocka_unit_test(hardly_different_faces_are_ranked_as_they_are),
        cmocka_unit_test(odd_vectors_are_found_all_the_same),
        cmocka_unit_test(removed_faces_are_found_no_more),
        cmocka_unit_test(an_emptied_gallery_is_as_new),
        cmocka_unit_test(equal_faces_come_in_the_order_of_their_ids),
        cmocka_unit_test(the_searched_face_is_left_out),
        cmocka_unit_test(a_face_gets_another_vector_and_a_user),
        cmocka_unit_test(many_blocks_are_searched_as_one),
        cmocka_unit_test(searches_and_changes_go_side_by_side),
        cmocka_unit_test(a_full_gallery_says_so),
        cmocka_unit_test(an_empty_gallery_finds_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
