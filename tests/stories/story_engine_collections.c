/*
 * Collections come, are described and listed in pages, and go; also across a
 * restart of the engine.
 */
#include "engine_stage.h"
#include "unit.h"
#include "xalloc.h"

static struct engine_stage stage;
static const struct recognition_client *client = &stage.client;

static int open_stage(void **state)
{
    (void)state;
    engine_stage_open(&stage);
    return 0;
}

static int close_stage(void **state)
{
    (void)state;
    engine_stage_close(&stage);
    return 0;
}

static void create(const char *id)
{
    recognition_do(client, "CreateCollection",
                   "{\"CollectionId\":\"%s\",\"ClientRequestToken\":\"x\"}",
                   id);
}

static void list_is(const char *members, const char *expected)
{
    struct json *answer =
        recognition_get(client, "ListCollections", "{%s}", members);
    char *text = json_print_and_destroy(answer);

    assert_string_equal(text, expected);
    free(text);
}

static void a_new_engine_has_no_collections(void **state)
{
    (void)state;
    list_is("", "{\"CollectionIds\":[],\"FaceModelVersions\":[]}");
}

static void a_collection_is_created_and_described(void **state)
{
    struct json *made =
        recognition_get(client, "CreateCollection",
                        "{\"CollectionId\":\"a.B_c-1\",\"Tags\":{\"k\":"
                        "\"v\",\"\u00e9\u00e4\":\"\"}}");
    struct json *facts = recognition_get(client, "DescribeCollection",
                                         "{\"CollectionId\":\"a.B_c-1\"}");
    double created = json_get_number(facts, "CreationTimestamp", 0);

    (void)state;
    assert_true(json_get_number(made, "StatusCode", 0) == 200);
    assert_string_equal(
        json_get_text(made, "CollectionArn", ""),
        "aws:rekognition:us-east-1:000000000000:collection/a.B_c-1");
    assert_string_equal(json_get_text(made, "FaceModelVersion", ""), "2.0");
    assert_string_equal(
        json_get_text(facts, "CollectionARN", ""),
        "arn:aws:rekognition:us-east-1:000000000000:collection/a.B_c-1");
    assert_true(json_get_number(facts, "FaceCount", -1) == 0);
    assert_true(json_get_number(facts, "UserCount", -1) == 0);
    assert_true(created > 1.7e9 && created < 1e11); /* seconds */
    json_destroy(made);
    json_destroy(facts);
}

static void an_id_is_given_once(void **state)
{
    (void)state;
    recognition_be_refused(client,
                           (struct recognition_refusal){
                               400, "ResourceAlreadyExistsException",
                               "The collection id: a.B_c-1 already exists"},
                           "CreateCollection",
                           "{\"CollectionId\":\"a.B_c-1\"}");
    create("A.b_C-1"); /* the case counts */
}

static void a_bad_id_or_tag_is_told_with_its_rule(void **state)
{
    (void)state;
    recognition_be_refused(
        client,
        (struct recognition_refusal){
            400, "ValidationException",
            "1 validation error detected: Value 'a b' at 'collectionId' failed "
            "to satisfy constraint: Member must satisfy regular expression "
            "pattern: [a-zA-Z0-9_.\\-]+"},
        "CreateCollection", "{\"CollectionId\":\"a b\"}");
    recognition_be_refused(
        client,
        (struct recognition_refusal){
            400, "ValidationException",
            "1 validation error detected: Value '{aws:x=y}' at 'tags' failed "
            "to satisfy constraint: Map keys must satisfy constraint: ["},
        "CreateCollection",
        "{\"CollectionId\":\"tagged\",\"Tags\":{\"aws:x\":\"y\"}}");
}

static void a_list_comes_in_pages(void **state)
{
    (void)state;
    create("m");
    list_is("\"MaxResults\":2", "{\"CollectionIds\":[\"A.b_C-1\",\"a.B_c-1\"],"
                                "\"FaceModelVersions\":[\"2.0\",\"2.0\"],"
                                "\"NextToken\":\"a.B_c-1:f358fdb2\"}");
    /* What the page ended with goes, and another one comes behind it. */
    recognition_do(client, "DeleteCollection",
                   "{\"CollectionId\":\"a.B_c-1\"}");
    create("b");
    list_is("\"MaxResults\":2,\"NextToken\":\"a.B_c-1:f358fdb2\"",
            "{\"CollectionIds\":[\"b\",\"m\"],"
            "\"FaceModelVersions\":[\"2.0\",\"2.0\"]}");
    list_is("\"MaxResults\":0",
            "{\"CollectionIds\":[\"A.b_C-1\",\"b\",\"m\"],"
            "\"FaceModelVersions\":[\"2.0\",\"2.0\",\"2.0\"]}");
    recognition_be_refused(
        client,
        (struct recognition_refusal){400, "InvalidPaginationTokenException",
                                     "Invalid Pagination Token"},
        "ListCollections", "{\"NextToken\":\"a.B_c-1\"}");
}

static void collections_outlive_the_engine(void **state)
{
    (void)state;
    child_signal(&stage.engine, 9);
    child_wait(&stage.engine, 10000);
    engine_stage_start(&stage);
    list_is("", "{\"CollectionIds\":[\"A.b_C-1\",\"b\",\"m\"],"
                "\"FaceModelVersions\":[\"2.0\",\"2.0\",\"2.0\"]}");
}

static void a_deleted_collection_is_gone(void **state)
{
    struct json *answer =
        recognition_get(client, "DeleteCollection", "{\"CollectionId\":\"m\"}");

    (void)state;
    assert_true(json_get_number(answer, "StatusCode", 0) == 200);
    json_destroy(answer);
    recognition_be_refused(
        client,
        (struct recognition_refusal){400, "ResourceNotFoundException",
                                     "The collection id: m does not exist"},
        "DeleteCollection", "{\"CollectionId\":\"m\"}");
    create("m"); /* its id is free again */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_engine_has_no_collections),
        cmocka_unit_test(a_collection_is_created_and_described),
        cmocka_unit_test(an_id_is_given_once),
        cmocka_unit_test(a_bad_id_or_tag_is_told_with_its_rule),
        cmocka_unit_test(a_list_comes_in_pages),
        cmocka_unit_test(collections_outlive_the_engine),
        cmocka_unit_test(a_deleted_collection_is_gone),
    };

    return cmocka_run_group_tests(tests, open_stage, close_stage);
}
