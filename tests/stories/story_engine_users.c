/*
 * Users join the faces of one person: they are made, get faces and lose them,
 * are listed and found, also across a restart of the engine, and go.
 */
#include "engine_stage.h"
#include "unit.h"
#include "utf8.h"
#include "xalloc.h"

static struct engine_stage stage;
static const struct recognition_client *client = &stage.client;

static const char nobodys[] = "00000000-0000-0000-0000-000000000000";
static char *dads[3], *mom; /* the ids of their faces */

static char *index_photo(const char *name)
{
    char *photo = recognition_photo(name);
    struct json *answer =
        recognition_get(client, "IndexFaces",
                        "{\"CollectionId\":\"people\",\"MaxFaces\":1,"
                        "\"Image\":{\"Bytes\":\"%s\"}}",
                        photo);
    const struct json *record = json_first(json_get(answer, "FaceRecords"));
    char *id = xstrdup(json_get_text(json_get(record, "Face"), "FaceId", ""));

    assert_int_equal(strlen(id), 36);
    json_destroy(answer);
    free(photo);
    return id;
}

static int open_stage(void **state)
{
    (void)state;
    setenv("FACEWIRE_ENGINE_USERS", "3", 1);
    engine_stage_open(&stage);
    recognition_do(client, "CreateCollection", "{\"CollectionId\":\"people\"}");
    dads[0] = index_photo("f1-dad-1.jpg");
    dads[1] = index_photo("f1-dad-2.jpg");
    dads[2] = index_photo("f1-dad-3.jpg");
    mom = index_photo("f1-mom-1.jpg");
    return 0;
}

static int close_stage(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(dads); i++)
        free(dads[i]);
    free(mom);
    engine_stage_close(&stage);
    return 0;
}

/* What an operation on the collection answers to some members. */
static void answer_is(const char *operation, const char *members,
                      const char *expected)
{
    char *text = json_print_and_destroy(recognition_get(
        client, operation, "{\"CollectionId\":\"people\"%s}", members));

    assert_string_equal(text, expected);
    free(text);
}

static void refused(const char *operation, const char *members,
                    const char *type, const char *message)
{
    recognition_be_refused(
        client, (struct recognition_refusal){400, type, message}, operation,
        "{\"CollectionId\":\"people\"%s}", members);
}

static double count_of(const char *name)
{
    struct json *facts = recognition_get(client, "DescribeCollection",
                                         "{\"CollectionId\":\"people\"}");
    double count = json_get_number(facts, name, -1);

    json_destroy(facts);
    return count;
}

static void a_user_is_made_without_faces(void **state)
{
    (void)state;
    answer_is("CreateUser", ",\"UserId\":\"dad\"", "{}");
    answer_is("ListUsers", "",
              "{\"Users\":[{\"UserId\":\"dad\",\"UserStatus\":\"CREATED\"}]}");
    assert_true(count_of("UserCount") == 1);
    refused("CreateUser", ",\"UserId\":\"dad\"", "ConflictException",
            "The user id: dad already exists");
}

static void a_user_needs_a_collection(void **state)
{
    (void)state;
    recognition_be_refused(client,
                           (struct recognition_refusal){
                               400, "ResourceNotFoundException",
                               "The collection id: nowhere does not exist"},
                           "CreateUser",
                           "{\"CollectionId\":\"nowhere\",\"UserId\":\"dad\"}");
}

static void a_token_makes_it_once(void **state)
{
    static const char same[] =
        ",\"UserId\":\"mom\",\"ClientRequestToken\":\"t-1\"";

    (void)state;
    answer_is("CreateUser", same, "{}");
    answer_is("CreateUser", same, "{}");
    assert_true(count_of("UserCount") == 2);
    refused("CreateUser", ",\"UserId\":\"son\",\"ClientRequestToken\":\"t-1\"",
            "IdempotentParameterMismatchException",
            "The ClientRequestToken: t-1 you have supplied is already in use.");
}

static void a_collection_has_no_more_users_than_it_may(void **state)
{
    (void)state;
    answer_is("CreateUser", ",\"UserId\":\"son\"", "{}");
    refused("CreateUser", ",\"UserId\":\"daughter\"",
            "ServiceQuotaExceededException", "The collection is full");
    assert_true(count_of("UserCount") == 3);
    answer_is("DeleteUser", ",\"UserId\":\"son\"", "{}");
}

static void the_last_one_may_be_asked_for_again(void **state)
{
    static const char last[] =
        ",\"UserId\":\"son\",\"ClientRequestToken\":\"t-2\"";

    (void)state;
    answer_is("CreateUser", last, "{}");
    answer_is("CreateUser", last, "{}");
    refused("CreateUser", ",\"UserId\":\"son\"", "ConflictException",
            "The user id: son already exists");
    refused("CreateUser",
            ",\"UserId\":\"daughter\",\"ClientRequestToken\":\"t-2\"",
            "IdempotentParameterMismatchException", "");
    answer_is("DeleteUser", ",\"UserId\":\"son\"", "{}");
}

static void faces_are_joined_and_others_told_why_not(void **state)
{
    char *members = xprintf(",\"UserId\":\"dad\",\"FaceIds\":[\"%s\",\"%s\"]",
                            dads[0], dads[1]);
    char *expected =
        xprintf("{\"AssociatedFaces\":[{\"FaceId\":\"%s\"},{\"FaceId\":\"%s\"}"
                "],\"UnsuccessfulFaceAssociations\":[],"
                "\"UserStatus\":\"ACTIVE\"}",
                dads[0], dads[1]);
    struct json *answer;
    const struct json *other;

    (void)state;
    answer_is("AssociateFaces", members, expected);
    free(members);
    free(expected);

    /* One that it has, one that is like somebody else, and none. */
    answer = recognition_get(client, "AssociateFaces",
                             "{\"CollectionId\":\"people\",\"UserId\":\"dad\","
                             "\"FaceIds\":[\"%s\",\"%s\",\"%s\"]}",
                             dads[0], mom, nobodys);
    assert_int_equal(json_count(json_get(answer, "AssociatedFaces")), 0);
    other = json_first(json_get(answer, "UnsuccessfulFaceAssociations"));
    assert_string_equal(json_get_text(other, "FaceId", ""), mom);
    assert_string_equal(json_text(json_first(json_get(other, "Reasons"))),
                        "LOW_MATCH_CONFIDENCE");
    assert_true(json_get_number(other, "Confidence", 100) < 75);
    other = json_next(other);
    assert_string_equal(json_get_text(other, "FaceId", ""), nobodys);
    assert_string_equal(json_text(json_first(json_get(other, "Reasons"))),
                        "FACE_NOT_FOUND");
    json_destroy(answer);
}

static void a_face_belongs_to_one_user(void **state)
{
    char *members =
        xprintf(",\"UserId\":\"mom\",\"FaceIds\":[\"%s\"]", dads[0]);
    char *expected =
        xprintf("{\"AssociatedFaces\":[],\"UnsuccessfulFaceAssociations\":[{"
                "\"FaceId\":\"%s\",\"Reasons\":["
                "\"ASSOCIATED_TO_A_DIFFERENT_USER\"],\"UserId\":\"dad\"}],"
                "\"UserStatus\":\"CREATED\"}",
                dads[0]);

    (void)state;
    answer_is("AssociateFaces", members, expected);
    free(expected);
    expected =
        xprintf("{\"DisassociatedFaces\":[],"
                "\"UnsuccessfulFaceDisassociations\":[{\"FaceId\":\"%s\","
                "\"Reasons\":[\"ASSOCIATED_TO_A_DIFFERENT_USER\"],"
                "\"UserId\":\"dad\"}],\"UserStatus\":\"CREATED\"}",
                dads[0]);
    answer_is("DisassociateFaces", members, expected);
    free(members);
    free(expected);

    members = xprintf(",\"FaceIds\":[\"%s\"]", dads[0]);
    expected = xprintf("{\"DeletedFaces\":[],\"UnsuccessfulFaceDeletions\":[{"
                       "\"FaceId\":\"%s\",\"UserId\":\"dad\",\"Reasons\":["
                       "\"ASSOCIATED_TO_AN_EXISTING_USER\"]}]}",
                       dads[0]);
    answer_is("DeleteFaces", members, expected);
    free(members);
    free(expected);
}

/* Demands whose face a photo has that was indexed before. */
static void indexed_again_is(const char *name, const char *user_id)
{
    char *photo = recognition_photo(name);
    struct json *answer =
        recognition_get(client, "IndexFaces",
                        "{\"CollectionId\":\"people\",\"MaxFaces\":1,"
                        "\"Image\":{\"Bytes\":\"%s\"}}",
                        photo);
    const struct json *face =
        json_get(json_first(json_get(answer, "FaceRecords")), "Face");

    assert_string_equal(json_get_text(face, "UserId", "nobody"), user_id);
    json_destroy(answer);
    free(photo);
}

static void a_photo_that_comes_again_tells_whose_face_it_has(void **state)
{
    (void)state;
    indexed_again_is("f1-dad-1.jpg", "dad");
    indexed_again_is("f1-dad-3.jpg", "nobody");
}

static size_t count_listed(const char *members)
{
    struct json *list = recognition_get(
        client, "ListFaces", "{\"CollectionId\":\"people\"%s}", members);
    size_t count = json_count(json_get(list, "Faces"));

    json_destroy(list);
    return count;
}

static void the_faces_of_a_user_are_listed_alone(void **state)
{
    char *members = xprintf(",\"UserId\":\"dad\",\"FaceIds\":[\"%s\",\"%s\"]",
                            dads[0], mom);

    (void)state;
    assert_int_equal(count_listed(""), 4);
    assert_int_equal(count_listed(",\"UserId\":\"dad\""), 2);
    assert_int_equal(count_listed(",\"UserId\":\"mom\""), 0);
    assert_int_equal(count_listed(members), 1);
    refused("ListFaces", ",\"UserId\":\"nobody\"", "ResourceNotFoundException",
            "The user id: nobody does not exist");
    free(members);
}

/* What a search answers: "dad" or "" for whom it found, and how sure. */
static void found_is(struct json *answer, const char *user_id)
{
    const struct json *match = json_first(json_get(answer, "UserMatches"));
    const struct json *user = json_get(match, "User");

    assert_string_equal(json_get_text(user, "UserId", ""), user_id);
    if (match) {
        assert_string_equal(json_get_text(user, "UserStatus", ""), "ACTIVE");
        assert_true(json_get_number(match, "Similarity", 0) >= 80);
        assert_null(json_next(match));
    }
    assert_string_equal(json_get_text(answer, "FaceModelVersion", ""), "2.0");
    json_destroy(answer);
}

static struct json *search(const char *key, const char *id)
{
    return recognition_get(client, "SearchUsers",
                           "{\"CollectionId\":\"people\",\"%s\":\"%s\"}", key,
                           id);
}

static void a_user_is_found_by_a_face_of_its_person(void **state)
{
    (void)state;
    found_is(search("FaceId", dads[2]), "dad");
    found_is(search("FaceId", mom), "");
    found_is(search("UserId", "dad"), ""); /* it is not its own match */
    found_is(search("UserId", "mom"), "");
    refused("SearchUsers", "", "InvalidParameterException", "");
    refused("SearchUsers", ",\"UserId\":\"nobody\"",
            "ResourceNotFoundException", "The user id: nobody does not exist");
}

static struct json *search_photo(const char *name, const char *members)
{
    char *photo = recognition_photo(name);
    struct json *answer = recognition_get(client, "SearchUsersByImage",
                                          "{\"CollectionId\":\"people\"%s,"
                                          "\"Image\":{\"Bytes\":\"%s\"}}",
                                          members, photo);

    free(photo);
    return answer;
}

static void a_user_is_found_on_a_photo(void **state)
{
    struct json *answer = search_photo("f1-dad-3.jpg", "");

    (void)state;
    assert_non_null(json_get(json_get(answer, "SearchedFace"), "FaceDetail"));
    assert_int_equal(json_count(json_get(answer, "UnsearchedFaces")), 0);
    found_is(answer, "dad");

    answer = search_photo("noface-dog.jpg", "");
    assert_null(json_get(answer, "SearchedFace"));
    found_is(answer, "");
}

static void faces_that_are_not_searched_with_are_told(void **state)
{
    struct json *answer = search_photo("f1-group.jpg", "");
    const struct json *others = json_get(answer, "UnsearchedFaces");

    (void)state;
    assert_true(json_count(others) >= 3);
    for (const struct json *e = json_first(others); e; e = json_next(e)) {
        assert_non_null(json_get(json_get(e, "FaceDetails"), "BoundingBox"));
        assert_string_equal(json_text(json_first(json_get(e, "Reasons"))),
                            "FACE_NOT_LARGEST");
    }
    json_destroy(answer);
}

static void users_come_in_pages(void **state)
{
    struct json *first = recognition_get(
        client, "ListUsers", "{\"CollectionId\":\"people\",\"MaxResults\":1}");
    const char *token = json_get_text(first, "NextToken", "");
    struct json *second = recognition_get(
        client, "ListUsers",
        "{\"CollectionId\":\"people\",\"MaxResults\":1,\"NextToken\":\"%s\"}",
        token);

    (void)state;
    assert_int_equal(json_count(json_get(first, "Users")), 1);
    assert_int_equal(json_count(json_get(second, "Users")), 1);
    assert_null(json_get(second, "NextToken"));
    recognition_be_refused(
        client,
        (struct recognition_refusal){400, "InvalidPaginationTokenException",
                                     "Invalid Pagination Token"},
        "ListFaces", "{\"CollectionId\":\"people\",\"NextToken\":\"%s\"}",
        token);
    json_destroy(first);
    json_destroy(second);
}

static void users_outlive_the_engine(void **state)
{
    (void)state;
    child_signal(&stage.engine, 9);
    child_wait(&stage.engine, 10000);
    engine_stage_start(&stage);
    assert_true(count_of("UserCount") == 2);
    assert_int_equal(count_listed(",\"UserId\":\"dad\""), 2);
    found_is(search("FaceId", dads[2]), "dad");
    /* So do the answers that were given for a token. */
    answer_is("CreateUser",
              ",\"UserId\":\"mom\",\"ClientRequestToken\":\"t-1\"", "{}");
}

static void a_user_without_faces_is_not_found_any_more(void **state)
{
    char *members =
        xprintf(",\"UserId\":\"dad\",\"FaceIds\":[\"%s\",\"%s\",\"%s\"]",
                dads[0], dads[1], dads[2]);
    char *expected = xprintf(
        "{\"DisassociatedFaces\":[{\"FaceId\":\"%s\"},{\"FaceId\":\"%s\"}],"
        "\"UnsuccessfulFaceDisassociations\":[],\"UserStatus\":\"CREATED\"}",
        dads[0], dads[1]);

    (void)state;
    answer_is("DisassociateFaces", members, expected);
    found_is(search("FaceId", dads[2]), "");
    assert_int_equal(count_listed(",\"UserId\":\"dad\""), 0);
    free(members);
    free(expected);
}

static void a_deleted_user_leaves_its_faces(void **state)
{
    (void)state;
    recognition_do(client, "AssociateFaces",
                   "{\"CollectionId\":\"people\",\"UserId\":\"dad\","
                   "\"FaceIds\":[\"%s\"]}",
                   dads[0]);
    answer_is("DeleteUser", ",\"UserId\":\"dad\"", "{}");
    refused("DeleteUser", ",\"UserId\":\"dad\"", "ResourceNotFoundException",
            "The user id: dad does not exist");
    assert_true(count_of("UserCount") == 1);
    assert_true(count_of("FaceCount") == 4);
    found_is(search("FaceId", dads[1]), "");
    recognition_do(client, "DeleteCollection", "{\"CollectionId\":\"people\"}");
    recognition_do(client, "CreateCollection", "{\"CollectionId\":\"people\"}");
    assert_true(count_of("UserCount") == 0);
}

static void a_collection_is_tagged(void **state)
{
    static const char arn[] =
        "arn:aws:rekognition:us-east-1:000000000000:collection/people";
    char *text;

    (void)state;
    recognition_do(client, "TagResource",
                   "{\"ResourceArn\":\"%s\",\"Tags\":{\"a\":\"1\",\"b\":\"\"}}",
                   arn);
    recognition_do(client, "TagResource", /* as CreateCollection tells it */
                   "{\"ResourceArn\":\"%s\",\"Tags\":{\"a\":\"2\",\"c\":\"3\"}"
                   "}",
                   arn + strlen("arn:"));
    recognition_do(client, "UntagResource",
                   "{\"ResourceArn\":\"%s\",\"TagKeys\":[\"b\",\"none\"]}",
                   arn);
    child_signal(&stage.engine, 9);
    child_wait(&stage.engine, 10000);
    engine_stage_start(&stage);
    text = json_print_and_destroy(recognition_get(
        client, "ListTagsForResource", "{\"ResourceArn\":\"%s\"}", arn));
    assert_string_equal(text, "{\"Tags\":{\"a\":\"2\",\"c\":\"3\"}}");
    free(text);
}

/* Whole, with every character: the longest message that there is. */
static void a_long_arn_is_told_back(void **state)
{
    struct buffer arn = {0}, message = {0};

    (void)state;
    buffer_add_text(&arn, "arn:aws:rekognition:us-east-1::collection/");
    while (utf8_length(buffer_text(&arn)) < 2048)
        buffer_add_text(&arn, "\xc3\xa9");
    buffer_printf(&message, "The resource: %s does not exist",
                  buffer_text(&arn));
    recognition_be_refused(
        client,
        (struct recognition_refusal){400, "ResourceNotFoundException",
                                     buffer_text(&message)},
        "ListTagsForResource", "{\"ResourceArn\":\"%s\"}", buffer_text(&arn));
    buffer_finish(&arn);
    buffer_finish(&message);
}

static void an_arn_of_nothing_is_told(void **state)
{
    (void)state;
    recognition_be_refused(
        client,
        (struct recognition_refusal){400, "ResourceNotFoundException",
                                     "The resource: arn:aws:rek"},
        "ListTagsForResource",
        "{\"ResourceArn\":\"arn:aws:rekognition:us-east-1:000000000000:"
        "collection/nowhere\"}");
    recognition_be_refused(
        client,
        (struct recognition_refusal){400, "ResourceNotFoundException",
                                     "The resource: arn:aws:rek"},
        "ListTagsForResource",
        "{\"ResourceArn\":\"arn:aws:rekognition:eu-west-1:000000000000:"
        "collection/people\"}");
    recognition_be_refused(
        client,
        (struct recognition_refusal){400, "InvalidParameterException",
                                     "ResourceArn is no ARN of a collection"},
        "ListTagsForResource",
        "{\"ResourceArn\":\"arn:aws:s3:::people-and-more\"}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_user_is_made_without_faces),
        cmocka_unit_test(a_user_needs_a_collection),
        cmocka_unit_test(a_token_makes_it_once),
        cmocka_unit_test(a_collection_has_no_more_users_than_it_may),
        cmocka_unit_test(the_last_one_may_be_asked_for_again),
        cmocka_unit_test(faces_are_joined_and_others_told_why_not),
        cmocka_unit_test(a_face_belongs_to_one_user),
        cmocka_unit_test(a_photo_that_comes_again_tells_whose_face_it_has),
        cmocka_unit_test(the_faces_of_a_user_are_listed_alone),
        cmocka_unit_test(a_user_is_found_by_a_face_of_its_person),
        cmocka_unit_test(a_user_is_found_on_a_photo),
        cmocka_unit_test(faces_that_are_not_searched_with_are_told),
        cmocka_unit_test(users_come_in_pages),
        cmocka_unit_test(users_outlive_the_engine),
        cmocka_unit_test(a_user_without_faces_is_not_found_any_more),
        cmocka_unit_test(a_deleted_user_leaves_its_faces),
        cmocka_unit_test(a_collection_is_tagged),
        cmocka_unit_test(a_long_arn_is_told_back),
        cmocka_unit_test(an_arn_of_nothing_is_told),
    };

    return cmocka_run_group_tests(tests, open_stage, close_stage);
}
