#include "archive_sample.h"

#include "errors.h"
#include "inspection.h"
#include "sqlite.h"

static struct archive_sample sample;

static int open_sample(void **state)
{
    archive_sample_remove(state);
    archive_sample_open(&sample);
    return 0;
}

static int close_sample(void **state)
{
    archive_close(sample.archive);
    return archive_sample_remove(state);
}

/* ---- users ---- */

static void a_user_is_there_after_reopening(void **state)
{
    struct archive_user user;

    (void)state;
    archive_sample_add_user(&sample, "anna");
    archive_sample_reopen(&sample);
    assert_int_equal(archive_sample_find_user(&sample, "anna", &user), 0);
    assert_int_equal(user.face_count, 0);
    assert_int_equal(user.vector.length, 0);
    assert_int_equal(archive_sample_find_user(&sample, "bert", &user),
                     E_NOT_FOUND);
}

static void an_id_is_given_once_in_a_collection(void **state)
{
    char key[UUID_BYTES];

    (void)state;
    archive_sample_add_user(&sample, "anna");
    user_key("anna", key);
    assert_int_equal(archive_begin(sample.archive), 0);
    assert_int_equal(
        archive_end(sample.archive,
                    archive_add_user(sample.archive, sample.collection, key,
                                     "anna", 0)),
        E_DUPLICATE);
}

static void a_face_says_whom_it_belongs_to(void **state)
{
    struct archive_owned face = {0};
    struct archive_user user;

    (void)state;
    archive_sample_add_user(&sample, "anna");
    archive_sample_give(&sample, 1, "anna");
    archive_sample_reopen(&sample);
    assert_int_equal(archive_sample_find_user(&sample, "anna", &user), 0);
    assert_int_equal(user.face_count, 1);
    assert_float_equal(user.vector.numbers[1], 1, 0);

    assert_int_equal(archive_find_owned(sample.archive, sample.collection,
                                        sample.faces[1], &face),
                     0);
    assert_int_equal(face.user, user.number);
    assert_string_equal(face.user_id, "anna");
    assert_float_equal(face.vector.numbers[1], 1, 0);
    free(face.user_id);
    assert_int_equal(archive_find_owned(sample.archive, sample.collection,
                                        sample.faces[0], &face),
                     0);
    assert_int_equal(face.user, 0);
    assert_string_equal(face.user_id, "");
    free(face.user_id);
    assert_int_equal(archive_find_owned(sample.archive, sample.collection,
                                        "00000000-0000-4000-8000-000000000000",
                                        &face),
                     E_NOT_FOUND);
}

static int see_face(void *owner, const struct record *record,
                    const float *vector, size_t vector_length)
{
    struct buffer *seen = owner;

    (void)vector;
    assert_int_equal(vector_length, SAMPLE_LENGTH);
    buffer_printf(seen, "%s=%s ", record->id,
                  record->user_id ? record->user_id : "");
    return 0;
}

static void a_user_s_faces_are_listed_alone(void **state)
{
    char key[UUID_BYTES], expected[256];
    struct buffer seen = {0};

    (void)state;
    archive_sample_add_user(&sample, "anna");
    archive_sample_add_user(&sample, "bert");
    archive_sample_give(&sample, 0, "bert");
    archive_sample_give(&sample, 1, "anna");
    archive_sample_give(&sample, 3, "anna");
    user_key("anna", key);
    assert_int_equal(archive_each_face_of(sample.archive, "people", key, "",
                                          SIZE_MAX, see_face, &seen),
                     0);
    snprintf(expected, sizeof expected, "%s=anna %s=anna ", sample.faces[1],
             sample.faces[3]);
    assert_string_equal(buffer_text(&seen), expected);

    buffer_clear(&seen);
    assert_int_equal(archive_each_face_of(sample.archive, "people", key,
                                          sample.faces[1], 1, see_face, &seen),
                     0);
    snprintf(expected, sizeof expected, "%s=anna ", sample.faces[3]);
    assert_string_equal(buffer_text(&seen), expected);
    buffer_finish(&seen);
}

static void a_face_of_a_user_cannot_be_removed(void **state)
{
    const char *ids[] = {sample.faces[0], sample.faces[1]};
    bool removed[2];

    (void)state;
    archive_sample_add_user(&sample, "anna");
    archive_sample_give(&sample, 1, "anna");
    assert_int_equal(
        archive_remove_faces(sample.archive, "people", ids, 2, removed), 0);
    assert_true(removed[0]);
    assert_false(removed[1]);
}

static void a_user_that_is_removed_leaves_its_faces(void **state)
{
    struct archive_owned face = {0};
    struct archive_user user;

    (void)state;
    archive_sample_add_user(&sample, "anna");
    archive_sample_give(&sample, 1, "anna");
    assert_int_equal(archive_sample_find_user(&sample, "anna", &user), 0);
    assert_int_equal(archive_begin(sample.archive), 0);
    assert_int_equal(
        archive_end(sample.archive,
                    archive_remove_user(sample.archive, user.number)),
        0);
    assert_int_equal(archive_sample_find_user(&sample, "anna", &user),
                     E_NOT_FOUND);
    assert_int_equal(archive_find_owned(sample.archive, sample.collection,
                                        sample.faces[1], &face),
                     0);
    assert_int_equal(face.user, 0);
    free(face.user_id);
}

static void a_collection_goes_with_its_users(void **state)
{
    (void)state;
    archive_sample_add_user(&sample, "anna");
    archive_sample_give(&sample, 1, "anna");
    assert_int_equal(archive_remove_collection(sample.archive, "people"), 0);
    assert_int_equal(
        archive_find_collection(sample.archive, "people", &sample.collection),
        E_NOT_FOUND);
}

static int see_user(void *owner, const struct record *user, const float *vector,
                    size_t vector_length)
{
    struct buffer *seen = owner;
    char key[UUID_BYTES];

    (void)vector;
    user_key(user->external_id, key);
    assert_string_equal(user->id, key);
    assert_true(user->created_ms == 1700000000000);
    buffer_printf(seen, "%s:%zu ", user->external_id, vector_length);
    return 0;
}

static void
users_are_listed_page_by_page_in_the_order_of_their_keys(void **state)
{
    struct buffer seen = {0};
    char key[UUID_BYTES];

    (void)state;
    archive_sample_add_user(&sample, "anna"); /* 55579b55 */
    archive_sample_add_user(&sample, "bert"); /* 32987c4b */
    archive_sample_add_user(&sample, "carl"); /* 69bfe1e6 */
    archive_sample_give(&sample, 1, "anna");
    assert_int_equal(
        archive_each_user(sample.archive, "people", "", 2, see_user, &seen), 0);
    assert_string_equal(buffer_text(&seen), "bert:0 anna:256 ");
    buffer_clear(&seen);
    user_key("anna", key);
    assert_int_equal(archive_each_user(sample.archive, "people", key, SIZE_MAX,
                                       see_user, &seen),
                     0);
    assert_string_equal(buffer_text(&seen), "carl:0 ");
    buffer_finish(&seen);
    assert_int_equal(archive_each_user(sample.archive, "nowhere", "", SIZE_MAX,
                                       see_user, &seen),
                     E_NOT_FOUND);
}

static void a_change_that_fails_has_changed_nothing(void **state)
{
    struct archive_user user;
    char key[UUID_BYTES];

    (void)state;
    user_key("anna", key);
    assert_int_equal(archive_begin(sample.archive), 0);
    assert_int_equal(
        archive_add_user(sample.archive, sample.collection, key, "anna", 0), 0);
    assert_int_equal(archive_end(sample.archive, E_REFUSED), E_REFUSED);
    assert_int_equal(archive_sample_find_user(&sample, "anna", &user),
                     E_NOT_FOUND);
}

/* ---- answers ---- */

static const struct archive_question question = {
    .operation = "CreateUser", .token = "t-1", .input_hash = {7}};

static void keep_answer(int64_t now_ms)
{
    assert_int_equal(archive_keep_answer(sample.archive, sample.collection,
                                         &question, "{\"a\":1}", now_ms),
                     0);
}

static void an_answer_is_given_again_to_the_same_question(void **state)
{
    struct archive_question other = question;
    char *answer = NULL;

    (void)state;
    assert_int_equal(archive_find_answer(sample.archive, &question, &answer),
                     E_NOT_FOUND);
    keep_answer(1000);
    archive_sample_reopen(&sample);
    assert_int_equal(archive_find_answer(sample.archive, &question, &answer),
                     0);
    assert_string_equal(answer, "{\"a\":1}");
    free(answer);

    other.input_hash[0] = 8;
    assert_int_equal(archive_find_answer(sample.archive, &other, &answer),
                     E_CONFLICT);
    other.operation = "DeleteUser"; /* tokens are each operation's own */
    assert_int_equal(archive_find_answer(sample.archive, &other, &answer),
                     E_NOT_FOUND);
}

static void an_answer_is_known_for_ten_minutes(void **state)
{
    const int64_t later_ms = 1000 + 10 * 60 * 1000;
    char *answer = NULL;

    (void)state;
    keep_answer(1000);
    assert_int_equal(archive_forget_answers(sample.archive, later_ms), 0);
    assert_int_equal(archive_find_answer(sample.archive, &question, &answer),
                     0);
    free(answer);
    assert_int_equal(archive_forget_answers(sample.archive, later_ms + 1), 0);
    assert_int_equal(archive_find_answer(sample.archive, &question, &answer),
                     E_NOT_FOUND);
}

static void an_answer_goes_with_its_collection(void **state)
{
    char *answer = NULL;

    (void)state;
    keep_answer(1000);
    assert_int_equal(archive_remove_collection(sample.archive, "people"), 0);
    assert_int_equal(archive_find_answer(sample.archive, &question, &answer),
                     E_NOT_FOUND);
}

/* ---- an archive from before there were users ---- */

static const char old_face[] = "0199c1de-7f3a-7000-8000-0123456789ab";

static void make_old_archive(void)
{
    char *tables = unit_read_file(unit_source("engine/archive.sql"), NULL);
    const char *const versions[] = {tables};
    const char *const statements[] = {
        "INSERT INTO collections VALUES (1, 'people', 'arn', '2.0', '{}', 5)",
        "INSERT INTO faces VALUES (1, 1, ?, '', x'00', 'dad', 0, 0, 0, 1, 1,"
        " 99, 6, zeroblob(1024))",
    };
    const struct sqlite_design design = {.what = "archive",
                                         .application_id = 0x46576567,
                                         .versions = versions,
                                         .version_count = 1,
                                         .statements = statements,
                                         .statement_count = COUNT(statements)};
    struct buffer problem = {0};
    struct sqlite *file = sqlite_open(&design, archive_sample_path, &problem);

    assert_string_equal(buffer_text(&problem), "");
    assert_int_equal(sqlite_run(file, 0), 0);
    sqlite_bind_text(file, 1, 1, old_face);
    assert_int_equal(sqlite_run(file, 1), 0);
    sqlite_close(file);
    buffer_finish(&problem);
    free(tables);
}

/* Its rows are other ones, and nothing is changed to see them. */
static void an_older_archive_is_inspected_as_a_file(void **state)
{
    struct inspection inspection;
    struct buffer problem = {0};

    close_sample(state);
    sample = (struct archive_sample){0};
    make_old_archive();
    for (int i = 0; i < 2; i++) {
        assert_int_equal(
            inspection_make(&inspection, archive_sample_path, &problem), 0);
        assert_int_equal(inspection.wrong, 0);
        assert_int_equal(inspection.faces, 0);
        inspection_finish(&inspection);
    }
    buffer_finish(&problem);
}

static void an_older_archive_is_brought_up_to_date(void **state)
{
    struct archive_user user;

    close_sample(state);
    sample = (struct archive_sample){0};
    make_old_archive();
    archive_sample_reopen(&sample);
    assert_int_equal(
        archive_find_collection(sample.archive, "people", &sample.collection),
        0);
    memcpy(sample.faces[0], old_face, UUID_BYTES);
    archive_sample_add_user(&sample, "anna");
    archive_sample_give(&sample, 0, "anna");
    archive_sample_reopen(&sample); /* it is of the new version now */
    assert_int_equal(archive_sample_find_user(&sample, "anna", &user), 0);
    assert_int_equal(user.face_count, 1);
    assert_int_equal(user.vector.length, 256);
}

int main(void)
{
#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, open_sample, close_sample)
    const struct CMUnitTest tests[] = {
        TEST(a_user_is_there_after_reopening),
        TEST(an_id_is_given_once_in_a_collection),
        TEST(a_face_says_whom_it_belongs_to),
        TEST(a_user_s_faces_are_listed_alone),
        TEST(a_face_of_a_user_cannot_be_removed),
        TEST(a_user_that_is_removed_leaves_its_faces),
        TEST(a_collection_goes_with_its_users),
        TEST(users_are_listed_page_by_page_in_the_order_of_their_keys),
        TEST(a_change_that_fails_has_changed_nothing),
        TEST(an_answer_is_given_again_to_the_same_question),
        TEST(an_answer_is_known_for_ten_minutes),
        TEST(an_answer_goes_with_its_collection),
        TEST(an_older_archive_is_inspected_as_a_file),
        TEST(an_older_archive_is_brought_up_to_date),
    };
#undef TEST

    return cmocka_run_group_tests(tests, NULL, NULL);
}
