#include "unit.h"

#include <unistd.h>

#include "archive_parts.h"
#include "archive_sample.h"
#include "inspection.h"

static struct archive_sample sample;

static int open_sample(void **state)
{
    archive_sample_remove(state);
    archive_sample_open(&sample);
    archive_sample_add_user(&sample, "anna");
    archive_sample_add_user(&sample, "nobody");
    archive_sample_give(&sample, 0, "anna");
    return 0;
}

static int close_sample(void **state)
{
    archive_close(sample.archive);
    return archive_sample_remove(state);
}

/* Spoils the archive, as no engine does. */
static void spoil(const char *change)
{
    const char *const statements[] = {"PRAGMA foreign_keys = OFF", change};
    struct sqlite_design design = archive_design;
    struct buffer problem = {0};
    struct sqlite *file;

    archive_close(sample.archive);
    sample.archive = NULL;
    design.statements = statements;
    design.statement_count = COUNT(statements);
    file = sqlite_open(&design, archive_sample_path, &problem);
    assert_string_equal(buffer_text(&problem), "");
    assert_int_equal(sqlite_run(file, 0), 0);
    assert_int_equal(sqlite_run(file, 1), 0);
    sqlite_close(file);
    buffer_finish(&problem);
}

static void inspect(struct inspection *inspection)
{
    struct buffer problem = {0};

    assert_int_equal(inspection_make(inspection, archive_sample_path, &problem),
                     0);
    assert_string_equal(buffer_text(&problem), "");
    buffer_finish(&problem);
}

/* Demands that this is found, and nothing else. */
static void finds(size_t wrong, const char *sentences)
{
    struct inspection inspection;

    inspect(&inspection);
    assert_string_equal(buffer_text(&inspection.sentences), sentences);
    assert_int_equal(inspection.wrong, wrong);
    inspection_finish(&inspection);
}

static void nothing_is_wrong_while_it_is_in_use(void **state)
{
    struct inspection inspection;

    (void)state;
    inspect(&inspection);
    assert_string_equal(buffer_text(&inspection.sentences), "");
    assert_int_equal(inspection.wrong, 0);
    assert_int_equal(inspection.collections, 1);
    assert_int_equal(inspection.faces, SAMPLE_FACES);
    assert_int_equal(inspection.users, 2);
    inspection_finish(&inspection);
}

static void a_vector_of_another_length_is_told(void **state)
{
    (void)state;
    spoil("UPDATE faces SET vector = zeroblob(1020) WHERE number = 2");
    finds(1, "Face 00000001-0000-7000-8000-000000000000 of collection people "
             "has a vector of 1020 bytes; those of face model 2.0 have "
             "1024.\n");
}

static void a_vector_that_is_not_one_long_is_told(void **state)
{
    (void)state;
    spoil("UPDATE faces SET vector = zeroblob(1024) WHERE number = 3");
    finds(1, "Face 00000002-0000-7000-8000-000000000000 of collection people "
             "has a vector that is 0 long and must be 1.\n");
    spoil("UPDATE faces SET vector = CAST(x'0000c07f' || zeroblob(1020) AS"
          " BLOB) WHERE number = 3");
    finds(1, "Face 00000002-0000-7000-8000-000000000000 of collection people "
             "has a vector that is nan long and must be 1.\n");
}

static void a_face_of_no_collection_is_told(void **state)
{
    (void)state;
    spoil("UPDATE faces SET collection = 7 WHERE number = 4");
    finds(1, "Row 4 of faces belongs to one of collections that is not "
             "there.\n");
}

static void a_face_of_a_user_of_another_collection_is_told(void **state)
{
    (void)state;
    spoil("UPDATE users SET collection = 7 WHERE id = 'anna'");
    finds(1, "Row 1 of users belongs to one of collections that is not "
             "there.\n");
    spoil("INSERT INTO collections SELECT 7, 'others', arn, model_version,"
          " tags, 0 FROM collections");
    finds(1, "Face 00000000-0000-7000-8000-000000000000 of collection people "
             "belongs to a user who is not in it.\n");
}

static void ids_that_are_none_of_ours_are_told(void **state)
{
    (void)state;
    spoil("UPDATE faces SET id = 'anna' WHERE number = 4");
    finds(1, "Face anna of collection people has an id, or a picture, that is "
             "none of ours.\n");
}

static void a_user_whose_vector_is_not_that_of_its_faces_is_told(void **state)
{
    (void)state;
    spoil("UPDATE users SET vector = (SELECT vector FROM faces WHERE"
          " number = 2) WHERE id = 'anna'");
    finds(1, "User anna of collection people has a vector that is not the mean "
             "of its 1 faces'.\n");
    spoil("UPDATE faces SET user = NULL");
    finds(1, "User anna of collection people has a vector and no face.\n");
    spoil("UPDATE users SET vector = NULL, key = id WHERE id = 'anna'");
    finds(1, "User anna of collection people has the key of another one.\n");
}

static void a_collection_that_cannot_be_read_is_told(void **state)
{
    (void)state;
    spoil("INSERT INTO collections VALUES (9, 'next', '', '99.0', '[]', 0)");
    finds(2, "Collection next was made with face model 99.0, which this "
             "program does not know.\n"
             "The tags of collection next are no JSON object.\n");
}

static void only_the_first_of_many_are_kept(void **state)
{
    struct inspection inspection;

    (void)state;
    spoil("INSERT INTO collections WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL"
          " SELECT i + 1 FROM n WHERE i < 101) SELECT i, i, '', '2.0', '', 0"
          " FROM n");
    inspect(&inspection);
    assert_int_equal(inspection.wrong, 100);
    assert_true(inspection.sentences.len < 2000);
    inspection_finish(&inspection);
}

/* Bytes of a page in the middle, as a bad disk gives them. */
static void a_damaged_page_is_told(void **state)
{
    struct inspection inspection;
    FILE *file;

    (void)state;
    archive_close(sample.archive);
    sample.archive = NULL;
    file = fopen(archive_sample_path, "r+e");
    fseek(file, 2L * 4096, SEEK_SET);
    for (int i = 0; i < 4096; i++)
        fputc(0xa5, file);
    fclose(file);
    inspect(&inspection);
    assert_true(inspection.wrong > 0);
    assert_non_null(strstr(buffer_text(&inspection.sentences), "damaged"));
    inspection_finish(&inspection);
}

static void what_is_not_there_cannot_be_looked_at(void **state)
{
    struct inspection inspection;
    struct buffer problem = {0};

    (void)state;
    assert_true(inspection_make(&inspection, "nowhere.db", &problem) < 0);
    assert_string_equal(
        buffer_text(&problem),
        "nowhere.db cannot be used: unable to open database file");
    assert_int_not_equal(access("nowhere.db", F_OK), 0);
    inspection_finish(&inspection);
    buffer_finish(&problem);
}

int main(void)
{
#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, open_sample, close_sample)
    const struct CMUnitTest tests[] = {
        TEST(nothing_is_wrong_while_it_is_in_use),
        TEST(a_vector_of_another_length_is_told),
        TEST(a_vector_that_is_not_one_long_is_told),
        TEST(a_face_of_no_collection_is_told),
        TEST(a_face_of_a_user_of_another_collection_is_told),
        TEST(ids_that_are_none_of_ours_are_told),
        TEST(a_user_whose_vector_is_not_that_of_its_faces_is_told),
        TEST(a_collection_that_cannot_be_read_is_told),
        TEST(only_the_first_of_many_are_kept),
        TEST(a_damaged_page_is_told),
        TEST(what_is_not_there_cannot_be_looked_at),
    };
#undef TEST

    return cmocka_run_group_tests(tests, NULL, NULL);
}
