#include "unit.h"

#include <unistd.h>

#include "archive_users.h"
#include "collections.h"
#include "embedding.h"
#include "user_key.h"

enum { LENGTH = 256 };

static const char path[] = "archive.db";

static int remove_files(void **state)
{
    (void)state;
    unlink(path);
    unlink("archive.db-wal");
    unlink("archive.db-shm");
    unlink("archive.db-lock");
    return 0;
}

static struct archive *open_archive(void)
{
    struct buffer problem = {0};
    struct archive *archive = archive_open(path, &problem);

    assert_string_equal(buffer_text(&problem), "");
    buffer_finish(&problem);
    return archive;
}

static struct archive_collection facts_of(const char *id, const char *version)
{
    return (struct archive_collection){.id = id,
                                       .arn = "arn:aws:rekognition:x",
                                       .model_version = version,
                                       .tags = "{\"k\":\"v\"}",
                                       .created_ms = 1234567890123};
}

static void keep(struct archive *archive, const char *id, const char *version)
{
    const struct archive_collection facts = facts_of(id, version);

    assert_int_equal(archive_add_collection(archive, &facts), 0);
}

/* Keeps faces whose vectors have that many numbers. */
static void keep_faces(struct archive *archive, const char *id, size_t count,
                       size_t length)
{
    float vector[NETWORKS_VECTOR_MAX] = {1};
    struct archive_face *faces = calloc(count, sizeof *faces);
    struct archive_picture picture = {
        .vector_length = length, .faces = faces, .face_count = count};

    for (size_t i = 0; i < count; i++) {
        faces[i].vector = vector;
        faces[i].ordinal = (unsigned)i;
        uuid_make(faces[i].record.id);
        uuid_make(faces[i].record.image_id);
    }
    assert_int_equal(archive_add_faces(archive, id, &picture), 0);
    free(faces);
}

static struct collections *load(struct archive *archive, const char *sentence)
{
    struct buffer problem = {0};
    struct collections *collections =
        collections_load(archive, LENGTH, &problem);

    assert_string_equal(buffer_text(&problem), sentence);
    buffer_finish(&problem);
    return collections;
}

static void a_new_archive_has_none(void **state)
{
    struct archive *archive = open_archive();
    struct collections *collections = load(archive, "");

    (void)state;
    assert_int_equal(collections_count(collections), 0);
    assert_null(collections_find(collections, "people"));
    assert_int_equal(collections_after(collections, ""), 0);
    collections_destroy(collections);
    archive_close(archive);
}

static void all_that_was_kept_is_read(void **state)
{
    struct archive *archive = open_archive();
    struct collections *collections;
    const struct collection *people;

    (void)state;
    keep(archive, "people", embedding_version(LENGTH));
    keep(archive, "guests", embedding_version(LENGTH));
    keep_faces(archive, "people", 5, LENGTH);
    collections = load(archive, "");
    assert_int_equal(collections_count(collections), 2);
    assert_string_equal(collections_at(collections, 0)->id, "guests");
    people = collections_find(collections, "people");
    assert_ptr_equal(people, collections_at(collections, 1));
    assert_int_equal(gallery_count(people->gallery), 5);
    assert_string_equal(people->arn, "arn:aws:rekognition:x");
    assert_string_equal(people->tags, "{\"k\":\"v\"}");
    assert_int_equal(people->created_ms, 1234567890123);
    assert_int_equal(people->vector_length, LENGTH);
    collections_destroy(collections);
    archive_close(archive);
}

static void keep_user(struct archive *archive, const char *id,
                      size_t vector_length)
{
    const struct archive_vector vector = {.numbers = {1},
                                          .length = vector_length};
    struct archive_user user;
    char key[UUID_BYTES];
    int64_t people;

    user_key(id, key);
    assert_int_equal(archive_find_collection(archive, "people", &people), 0);
    assert_int_equal(archive_add_user(archive, people, key, id, 5), 0);
    assert_int_equal(archive_find_user(archive, people, key, &user), 0);
    assert_int_equal(archive_set_user_vector(archive, user.number, &vector), 0);
}

static void users_are_read_and_those_with_faces_can_be_found(void **state)
{
    struct archive *archive = open_archive();
    struct collections *collections;
    const struct collection *people;
    char key[UUID_BYTES];
    struct record found;

    (void)state;
    keep(archive, "people", embedding_version(LENGTH));
    keep_user(archive, "anna", LENGTH);
    keep_user(archive, "bert", 0);
    collections = load(archive, "");
    people = collections_find(collections, "people");
    assert_int_equal(people->users.count, 2);
    assert_int_equal(gallery_count(people->people), 1);
    user_key("anna", key);
    assert_int_equal(gallery_find(people->people, key, &found, NULL), 0);
    assert_string_equal(found.external_id, "anna");
    record_finish(&found);
    collections_destroy(collections);
    archive_close(archive);
}

static void a_user_is_found_while_it_has_a_vector(void **state)
{
    const struct archive_collection facts =
        facts_of("people", embedding_version(LENGTH));
    struct collection *people = collection_create(&facts, LENGTH);
    struct record user = {.external_id = "anna"};
    const float vector[LENGTH] = {0, 1};
    float read[LENGTH];

    (void)state;
    user_key("anna", user.id);
    collection_set_user(people, &user, NULL);
    assert_int_equal(people->users.count, 1);
    assert_int_equal(gallery_count(people->people), 0);
    collection_set_user(people, &user, (const float[LENGTH]){1});
    collection_set_user(people, &user, vector);
    assert_int_equal(people->users.count, 1);
    assert_int_equal(gallery_find(people->people, user.id, NULL, read), 0);
    assert_memory_equal(read, vector, sizeof vector);
    collection_set_user(people, &user, NULL);
    assert_int_equal(gallery_count(people->people), 0);
    collection_remove_user(people, user.id);
    assert_int_equal(people->users.count, 0);
    collection_let_go(people);
}

static void vectors_of_another_model_stay_among_themselves(void **state)
{
    struct archive *archive = open_archive();
    struct collections *collections;

    (void)state;
    keep(archive, "old", embedding_version(128));
    keep_faces(archive, "old", 2, 128);
    collections = load(archive, "");
    assert_int_equal(collections_find(collections, "old")->vector_length, 128);
    assert_int_equal(
        gallery_count(collections_find(collections, "old")->gallery), 2);
    collections_destroy(collections);
    archive_close(archive);
}

static void a_model_that_nobody_knows_is_told(void **state)
{
    struct archive *archive = open_archive();

    (void)state;
    keep(archive, "future", "99.0");
    assert_null(load(archive,
                     "the collection future was made with face model 99.0, "
                     "which this engine does not know"));
    archive_close(archive);
}

static void vectors_of_a_wrong_length_are_told(void **state)
{
    struct archive *archive = open_archive();

    (void)state;
    keep(archive, "people", embedding_version(LENGTH));
    keep_faces(archive, "people", 1, 128);
    assert_null(load(archive,
                     "the collection people has a vector of 128 numbers "
                     "among those of 256"));
    archive_close(archive);
}

/* Adds one, which then belongs to the list alone. */
static void add(struct collections *collections, const char *id)
{
    const struct archive_collection facts =
        facts_of(id, embedding_version(LENGTH));
    struct collection *collection = collection_create(&facts, LENGTH);

    collections_add(collections, collection);
    collection_let_go(collection);
}

static void a_page_begins_behind_an_id_that_may_be_gone(void **state)
{
    struct archive *archive = open_archive();
    struct collections *collections = load(archive, "");

    (void)state;
    add(collections, "m");
    add(collections, "B");
    add(collections, "b");
    add(collections, "a");
    assert_string_equal(collections_at(collections, 0)->id, "B");
    assert_string_equal(collections_at(collections, 1)->id, "a");
    assert_string_equal(collections_at(collections, 2)->id, "b");
    assert_string_equal(collections_at(collections, 3)->id, "m");
    assert_int_equal(collections_after(collections, ""), 0);
    assert_int_equal(collections_after(collections, "a"), 2);
    assert_int_equal(collections_after(collections, "aa"), 2);
    assert_int_equal(collections_after(collections, "z"), 4);
    collections_remove(collections, "a");
    assert_int_equal(collections_after(collections, "a"), 1);
    assert_null(collections_find(collections, "a"));
    assert_int_equal(collections_count(collections), 3);
    collections_destroy(collections);
    archive_close(archive);
}

static void one_that_is_held_outlives_its_place_in_the_list(void **state)
{
    struct archive *archive = open_archive();
    struct collections *collections = load(archive, "");
    struct collection *held;

    (void)state;
    add(collections, "people");
    held = collections_find(collections, "people");
    collection_hold(held);
    collections_remove(collections, "people");
    assert_string_equal(held->id, "people");
    assert_int_equal(gallery_count(held->gallery), 0);
    collection_let_go(held);
    collection_let_go(NULL);
    collections_destroy(collections);
    collections_destroy(NULL);
    archive_close(archive);
}

int main(void)
{
#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, remove_files, remove_files)
    const struct CMUnitTest tests[] = {
        TEST(a_new_archive_has_none),
        TEST(all_that_was_kept_is_read),
        TEST(users_are_read_and_those_with_faces_can_be_found),
        TEST(a_user_is_found_while_it_has_a_vector),
        TEST(vectors_of_another_model_stay_among_themselves),
        TEST(a_model_that_nobody_knows_is_told),
        TEST(vectors_of_a_wrong_length_are_told),
        TEST(a_page_begins_behind_an_id_that_may_be_gone),
        TEST(one_that_is_held_outlives_its_place_in_the_list),
    };
#undef TEST

    return cmocka_run_group_tests(tests, NULL, NULL);
}
