#include "unit.h"

#include "basics.h"
#include "buffer.h"
#include "recognition.h"
#include "utf8.h"

static struct recognition_refusal read_from(enum recognition_operation asked,
                                            int status, const char *header,
                                            const char *body)
{
    struct recognition_refusal refusal;

    recognition_refusal_read(&refusal, asked, status, header, body,
                             strlen(body));
    return refusal;
}

static struct recognition_refusal read_body(int status, const char *body)
{
    return read_from(RECOGNITION_DETECT_FACES, status, NULL, body);
}

static void a_name_stands_before_a_colon_and_behind_a_hash(void **state)
{
    static const struct {
        const char *type;
        const char *name;
    } types[] = {
        {"ThrottlingException", "ThrottlingException"},
        {"com.amazon.coral.availability#ThrottlingException",
         "ThrottlingException"},
        {"ThrottlingException:http://internal.amazon.com/coral/#x/",
         "ThrottlingException"},
        {"com.amazonaws#ThrottlingException:http://internal/",
         "ThrottlingException"},
        {"", ""},
        {"#", ""},
        {":", ""},
        {"What a mess", ""},
        {"Line\\nBreakException", ""},
        {"AnExceptionWithANameThatIsLongerThanAnyThatHasEverBeenSeenAnywhere",
         ""},
    };
    char body[256];

    (void)state;
    for (size_t i = 0; i < COUNT(types); i++) {
        snprintf(body, sizeof body, "{\"__type\":\"%s\"}", types[i].type);
        assert_string_equal(read_body(400, body).name, types[i].name);
        assert_string_equal(
            read_from(RECOGNITION_DETECT_FACES, 400, types[i].type, "{}").name,
            types[i].name);
    }
}

static void the_header_goes_before_the_body(void **state)
{
    struct recognition_refusal refusal = read_from(
        RECOGNITION_DETECT_FACES, 400, "InvalidSignatureException:",
        "{\"__type\":\"ThrottlingException\",\"message\":\"Wrong clock.\"}");

    (void)state;
    assert_string_equal(refusal.name, "InvalidSignatureException");
    assert_int_equal(refusal.meaning, RECOGNITION_DENIED);
    assert_string_equal(refusal.message, "Wrong clock.");
}

static void an_empty_header_leaves_it_to_the_body(void **state)
{
    struct recognition_refusal refusal =
        read_from(RECOGNITION_DETECT_FACES, 400, "",
                  "{\"__type\":\"ThrottlingException\"}");

    (void)state;
    assert_int_equal(refusal.meaning, RECOGNITION_THROTTLED);
}

static void the_text_is_message_or_else_with_a_capital(void **state)
{
    (void)state;
    assert_string_equal(
        read_body(400, "{\"message\":\"small\",\"Message\":\"large\"}").message,
        "small");
    assert_string_equal(read_body(400, "{\"Message\":\"large\"}").message,
                        "large");
    assert_string_equal(
        read_body(400, "{\"message\":null,\"Message\":\"large\"}").message,
        "large");
    assert_string_equal(read_body(400, "{\"message\":17}").message, "");
}

/* A two-byte character stands across the end in one text, not in the other. */
static void a_long_text_ends_between_two_characters(void **state)
{
    static const char *const starts[] = {"{\"message\":\"x", "{\"message\":\""};
    static const size_t lengths[] = {255, 254};

    (void)state;
    for (size_t i = 0; i < COUNT(starts); i++) {
        struct recognition_refusal refusal;
        struct buffer body = {0};

        buffer_add_text(&body, starts[i]);
        for (int k = 0; k < 200; k++)
            buffer_add_text(&body, "\xc3\xa4");
        buffer_add_text(&body, "\"}");
        refusal = read_body(400, buffer_text(&body));
        assert_int_equal(strlen(refusal.message), lengths[i]);
        assert_true(utf8_is_valid(refusal.message, lengths[i]));
        buffer_finish(&body);
    }
}

static void what_has_no_name_goes_by_its_status(void **state)
{
    static const struct {
        int status;
        enum recognition_meaning meaning;
    } statuses[] = {
        {301, RECOGNITION_REFUSED},   {400, RECOGNITION_REFUSED},
        {401, RECOGNITION_DENIED},    {403, RECOGNITION_DENIED},
        {404, RECOGNITION_REFUSED},   {408, RECOGNITION_TRANSIENT},
        {413, RECOGNITION_REFUSED},   {429, RECOGNITION_THROTTLED},
        {500, RECOGNITION_TRANSIENT}, {502, RECOGNITION_TRANSIENT},
        {503, RECOGNITION_TRANSIENT}, {504, RECOGNITION_TRANSIENT},
    };
    static const char *const bodies[] = {
        "",
        "<html>Bad gateway</html>",
        "[]",
        "{}",
        "{\"__type\":5}",
        "{\"__type\":\"SomethingNewException\",\"message\":\"New.\"}"};

    (void)state;
    for (size_t i = 0; i < COUNT(statuses); i++)
        for (size_t k = 0; k < COUNT(bodies); k++)
            assert_int_equal(read_body(statuses[i].status, bodies[k]).meaning,
                             statuses[i].meaning);
}

/* A throttle that comes as 500 is no failed attempt. */
static void a_name_goes_before_the_status(void **state)
{
    (void)state;
    assert_int_equal(
        read_body(500, "{\"__type\":\"ThrottlingException\"}").meaning,
        RECOGNITION_THROTTLED);
    assert_int_equal(
        read_body(400, "{\"__type\":\"InternalServerError\"}").meaning,
        RECOGNITION_TRANSIENT);
    assert_int_equal(
        read_body(400, "{\"__type\":\"ExpiredTokenException\"}").meaning,
        RECOGNITION_DENIED);
}

/* The same words are a mistake of ours elsewhere: to take them for a picture
 * without a face would turn somebody known into a stranger. */
static void only_a_comparison_has_no_face_without_saying_so(void **state)
{
    static const char bad_parameters[] =
        "{\"__type\":\"InvalidParameterException\","
        "\"message\":\"Request has invalid parameters\"}";

    (void)state;
    for (int i = 0; i < RECOGNITION_OPERATIONS; i++)
        assert_int_equal(
            read_from((enum recognition_operation)i, 400, NULL, bad_parameters)
                .meaning,
            i == RECOGNITION_COMPARE_FACES ? RECOGNITION_NO_FACE
                                           : RECOGNITION_REFUSED);
}

static void both_ways_to_refuse_parameters_mean_the_same(void **state)
{
    static const char *const names[] = {"InvalidParameterException",
                                        "ValidationException"};
    char body[256];

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        snprintf(body, sizeof body,
                 "{\"__type\":\"%s\",\"message\":\"There are no faces in the "
                 "image. Should be at least 1.\"}",
                 names[i]);
        assert_int_equal(
            read_from(RECOGNITION_SEARCH_FACES_BY_IMAGE, 400, NULL, body)
                .meaning,
            RECOGNITION_NO_FACE);
    }
}

static void a_face_is_missed_by_a_search_for_it_alone(void **state)
{
    static const char missing[] =
        "{\"__type\":\"InvalidParameterException\","
        "\"message\":\"faceId was not found in the collection\"}";

    (void)state;
    assert_int_equal(
        read_from(RECOGNITION_SEARCH_FACES, 400, NULL, missing).meaning,
        RECOGNITION_FACE_MISSING);
    assert_int_equal(
        read_from(RECOGNITION_INDEX_FACES, 400, NULL, missing).meaning,
        RECOGNITION_REFUSED);
}

static void every_meaning_has_a_word(void **state)
{
    (void)state;
    for (int i = 0; i < RECOGNITION_MEANINGS; i++)
        assert_non_null(recognition_meaning_name((enum recognition_meaning)i));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_stands_before_a_colon_and_behind_a_hash),
        cmocka_unit_test(the_header_goes_before_the_body),
        cmocka_unit_test(an_empty_header_leaves_it_to_the_body),
        cmocka_unit_test(the_text_is_message_or_else_with_a_capital),
        cmocka_unit_test(a_long_text_ends_between_two_characters),
        cmocka_unit_test(what_has_no_name_goes_by_its_status),
        cmocka_unit_test(a_name_goes_before_the_status),
        cmocka_unit_test(only_a_comparison_has_no_face_without_saying_so),
        cmocka_unit_test(both_ways_to_refuse_parameters_mean_the_same),
        cmocka_unit_test(a_face_is_missed_by_a_search_for_it_alone),
        cmocka_unit_test(every_meaning_has_a_word),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
