/* Holds the recognition conversation to the examples. */
#include "examples.h"

#include "digest.h"
#include "errors.h"
#include "face_attributes.h"
#include "recognition.h"

#define FOLDER "recognition"

/* The operation whose name is that word of the file's name. */
static enum recognition_operation operation_of(const char *name, int at)
{
    char word[64];

    example_word(name, at, word);
    for (int i = 0; i < RECOGNITION_OPERATIONS; i++)
        if (strcmp(recognition_name((enum recognition_operation)i), word) == 0)
            return (enum recognition_operation)i;
    fail_msg("%s names no operation", name);
    return RECOGNITION_OPERATIONS;
}

/*
 * Requests: each example is made again from its own members.
 */
struct request {
    const struct json *document;
    const char *collection;
    double threshold;
    int max_faces;
    struct recognition_image images[2];
};

static struct recognition_image image_of(const struct json *document,
                                         const char *name)
{
    const char *text = json_get_text(json_get(document, name), "Bytes", NULL);
    struct recognition_image image = {0};

    if (text)
        image.bytes = base64_decode(text, strlen(text), &image.len);
    return image;
}

static void write_detect(const struct request *request, struct buffer *body)
{
    const struct json *attributes = json_get(request->document, "Attributes");
    bool is_all = strcmp(json_text(json_first(attributes)), "ALL") == 0;

    recognition_write_detect_faces(request->images[0], is_all, body);
}

static void write_search_by_image(const struct request *request,
                                  struct buffer *body)
{
    recognition_write_search_by_image(request->collection, request->images[0],
                                      request->threshold, request->max_faces,
                                      body);
}

static void write_create(const struct request *request, struct buffer *body)
{
    recognition_write_create_collection(request->collection, body);
}

static void write_index(const struct request *request, struct buffer *body)
{
    recognition_write_index_faces(
        request->collection, request->images[0],
        json_get_text(request->document, "ExternalImageId", NULL), body);
}

static void write_compare(const struct request *request, struct buffer *body)
{
    recognition_write_compare_faces(request->images[0], request->images[1],
                                    request->threshold, body);
}

static void write_delete(const struct request *request, struct buffer *body)
{
    const struct json *list = json_get(request->document, "FaceIds");
    const char *ids[8];
    size_t count = 0;

    for (const struct json *it = json_first(list); it; it = json_next(it))
        ids[count++] = json_text(it);
    recognition_write_delete_faces(request->collection, ids, count, body);
}

static void write_search(const struct request *request, struct buffer *body)
{
    recognition_write_search_faces(
        request->collection, json_get_text(request->document, "FaceId", NULL),
        request->threshold, request->max_faces, body);
}

static void write_list(const struct request *request, struct buffer *body)
{
    recognition_write_list_faces(
        request->collection,
        json_get_text(request->document, "NextToken", NULL), body);
}

static void (*const writers[RECOGNITION_OPERATIONS])(
    const struct request *request, struct buffer *body) = {
    [RECOGNITION_CREATE_COLLECTION] = write_create,
    [RECOGNITION_DETECT_FACES] = write_detect,
    [RECOGNITION_SEARCH_FACES_BY_IMAGE] = write_search_by_image,
    [RECOGNITION_INDEX_FACES] = write_index,
    [RECOGNITION_COMPARE_FACES] = write_compare,
    [RECOGNITION_DELETE_FACES] = write_delete,
    [RECOGNITION_SEARCH_FACES] = write_search,
    [RECOGNITION_LIST_FACES] = write_list,
};

static void check_request(const char *name)
{
    struct json *document;
    struct request request;
    struct buffer body = {0};
    bool is_compare;

    if (!example_begins(name, "request-"))
        return;
    is_compare = operation_of(name, 1) == RECOGNITION_COMPARE_FACES;
    document = example_json(FOLDER, name);
    request = (struct request){
        .document = document,
        .collection = json_get_text(document, "CollectionId", NULL),
        .threshold = json_get_number(
            document, is_compare ? "SimilarityThreshold" : "FaceMatchThreshold",
            -1),
        .max_faces = (int)json_get_number(document, "MaxFaces", -1),
        .images[0] = image_of(document, is_compare ? "SourceImage" : "Image"),
        .images[1] = image_of(document, "TargetImage"),
    };
    writers[operation_of(name, 1)](&request, &body);
    assert_example_is(FOLDER, name, buffer_text(&body));
    buffer_finish(&body);
    free((void *)(uintptr_t)request.images[0].bytes);
    free((void *)(uintptr_t)request.images[1].bytes);
    json_destroy(document);
}

static void requests_are_written_so(void **state)
{
    (void)state;
    each_example(FOLDER, check_request);
}

/*
 * Answers.
 */
static int read_answer(enum recognition_operation operation, const char *text,
                       size_t len)
{
    struct recognition_faces faces = {0};
    struct recognition_matches matches = {0};
    struct recognition_records records = {0};
    struct recognition_comparison comparison = {0};
    struct recognition_deletion deletion = {0};
    struct recognition_listing listing = {0};
    int error = 0;

    if (operation == RECOGNITION_DETECT_FACES)
        error = recognition_faces_read(&faces, text, len);
    if (operation == RECOGNITION_SEARCH_FACES_BY_IMAGE ||
        operation == RECOGNITION_SEARCH_FACES)
        error = recognition_matches_read(&matches, text, len);
    if (operation == RECOGNITION_INDEX_FACES)
        error = recognition_records_read(&records, text, len);
    if (operation == RECOGNITION_COMPARE_FACES)
        error = recognition_comparison_read(&comparison, text, len);
    if (operation == RECOGNITION_DELETE_FACES)
        error = recognition_deletion_read(&deletion, text, len);
    if (operation == RECOGNITION_LIST_FACES)
        error = recognition_listing_read(&listing, text, len);
    recognition_faces_finish(&faces);
    recognition_matches_finish(&matches);
    recognition_records_finish(&records);
    recognition_comparison_finish(&comparison);
    recognition_deletion_finish(&deletion);
    recognition_listing_finish(&listing);
    return error;
}

static void check_answer(const char *name)
{
    bool is_bad = example_begins(name, "bad-");
    char word[64];
    size_t len;
    char *text;
    int error;

    if (!is_bad && !example_begins(name, "answer-"))
        return;
    text = example_text(FOLDER, name, &len);
    error = read_answer(operation_of(name, is_bad ? 2 : 1), text, len);
    if (!is_bad && error < 0)
        fail_msg("%s is refused", name);
    if (is_bad && strcmp(error_name(error), example_word(name, 1, word)) != 0)
        fail_msg("%s is %s", name, error_name(error));
    free(text);
}

static void good_answers_are_read_and_bad_ones_refused(void **state)
{
    (void)state;
    each_example(FOLDER, check_answer);
}

/*
 * Refusals.
 */
static void check_error(const char *name)
{
    struct recognition_refusal refusal;
    char word[64];
    int status;
    size_t len;
    char *text;

    if (!example_begins(name, "error-"))
        return;
    text = example_text(FOLDER, name, &len);
    status = (int)strtol(example_word(name, 2, word), NULL, 10);
    recognition_refusal_read(&refusal, operation_of(name, 3), status, NULL,
                             text, len);
    if (strcmp(recognition_meaning_name(refusal.meaning),
               example_word(name, 1, word)) != 0)
        fail_msg("%s is %s", name, recognition_meaning_name(refusal.meaning));
    assert_true(refusal.message[0] != '\0');
    free(text);
}

static void refusals_mean_what_their_names_say(void **state)
{
    (void)state;
    each_example(FOLDER, check_error);
}

static void check_prefix(const char *name)
{
    static const char *const known[] = {"request-", "answer-", "error-",
                                        "bad-"};

    for (size_t i = 0; i < COUNT(known); i++)
        if (example_begins(name, known[i]))
            return;
    fail_msg("nobody reads %s", name);
}

static void nothing_is_left_unread(void **state)
{
    (void)state;
    each_example(FOLDER, check_prefix);
}

/* What the endpoint measures is what an analysis tells. */
static void an_analysis_tells_what_was_measured(void **state)
{
    struct json *job = example_json("http", "job-analyze-done.json");
    const struct json *list = json_get(json_get(job, "result"), "faces");
    const struct json *told = json_first(list);
    struct recognition_faces faces;
    size_t len;
    char *text = example_text(FOLDER, "answer-DetectFaces-all.json", &len);

    (void)state;
    assert_int_equal(recognition_faces_read(&faces, text, len), 0);
    assert_int_equal(faces.count, json_count(list));
    for (size_t i = 0; i < faces.count; i++, told = json_next(told)) {
        char *ours =
            json_print_and_destroy(face_attributes(faces.faces[i].detail));
        char *theirs = json_print(told);

        assert_string_equal(ours, theirs);
        free(ours);
        free(theirs);
    }
    recognition_faces_finish(&faces);
    free(text);
    json_destroy(job);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_are_written_so),
        cmocka_unit_test(good_answers_are_read_and_bad_ones_refused),
        cmocka_unit_test(refusals_mean_what_their_names_say),
        cmocka_unit_test(nothing_is_left_unread),
        cmocka_unit_test(an_analysis_tells_what_was_measured),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
