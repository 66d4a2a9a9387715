#include "pictures.h"

#include "digest.h"
#include "errors.h"
#include "scripted_server.h"
#include "search_work.h"

/* What the endpoint says to both questions: each reads what it asked for. */
#define FACE(left)                                                             \
    "{\"BoundingBox\":{\"Left\":" left ",\"Top\":0.2,\"Width\":0.3,"           \
    "\"Height\":0.3},\"Confidence\":99}"
#define ANSWER(faces)                                                          \
    "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"                             \
    "{\"FaceDetails\":[" faces "],\"FaceMatches\":[]}"

static const char *const nobody[] = {ANSWER("")};
static const char *const one_face[] = {ANSWER(FACE("0.3"))};
static const char *const two_faces[] = {ANSWER(FACE("0.1") "," FACE("0.6"))};

/* The search of a photo, whose pacer knows no limit. */
struct stage {
    uv_loop_t loop;
    struct scripted_server server;
    struct worker_settings settings;
    struct tools tools;
    struct photo *photo;
    char *letters; /* the photo as it is sent */
    bool is_over;
    enum problem problem;
    size_t faces;
};

static int open_stage(void **state)
{
    struct stage *stage = calloc(1, sizeof *stage);
    struct darkroom_limits limits = {.threads = 2, .pixels = 20000000};
    struct recognizer_options options = {.region = "eu-central-1",
                                         .access_key = "AKIDEXAMPLE",
                                         .secret_key = "secret",
                                         .session_token = "",
                                         .ca_file = "",
                                         .connections = 1};
    char endpoint[64], problem[256];

    uv_loop_init(&stage->loop);
    scripted_start(&stage->server, &stage->loop);
    stage->server.is_closing = true;
    snprintf(endpoint, sizeof endpoint, "http://127.0.0.1:%d",
             stage->server.port);
    options.endpoint = endpoint;
    stage->settings.collection_prefix = "test-";
    stage->tools = (struct tools){
        .loop = &stage->loop,
        .settings = &stage->settings,
        .recognizer = recognizer_client_create(&stage->loop, &options, problem),
        .pacer = pacer_create(NULL, 0),
        .darkroom = darkroom_create(&stage->loop, &limits),
    };
    *state = stage;
    return 0;
}

static int close_stage(void **state)
{
    struct stage *stage = *state;

    photo_destroy(stage->photo);
    free(stage->letters);
    recognizer_client_destroy(stage->tools.recognizer);
    pacer_destroy(stage->tools.pacer);
    scripted_stop(&stage->server);
    darkroom_destroy(stage->tools.darkroom);
    uv_run(&stage->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&stage->loop), 0);
    free(stage);
    return 0;
}

static void on_face(void *owner, size_t index, size_t count,
                    const struct json *face)
{
    struct stage *stage = owner;

    (void)index;
    (void)count;
    assert_non_null(face);
    stage->faces++;
}

static void on_end(void *owner, const struct search_outcome *outcome)
{
    struct stage *stage = owner;

    stage->is_over = true;
    stage->problem = outcome->problem;
    assert_int_equal(outcome->error, 0);
    json_destroy(outcome->result);
}

/* Searches the first `share` of a photo's bytes. */
static void search(struct stage *stage, double share, bool largest,
                   const char *const *answer)
{
    static const struct search_events events = {on_face, on_end};
    static const struct trace trace;
    struct stages stages = {0};
    const struct asker asker = {
        .job = "job", .trace = &trace, .stages = &stages};
    struct search_request request = {.asker = &asker,
                                     .collection = "default",
                                     .image_type = "image/jpeg",
                                     .options = search_options_default()};
    size_t len;
    char *bytes = unit_read_file(photo("obama-1.jpg"), &len);

    len = (size_t)((double)len * share);
    stage->letters = base64_encode(bytes, len);
    stage->photo = photo_create(bytes, len);
    stage->server.pieces = answer;
    stage->server.piece_count = 1;
    assert_int_equal(photo_fit(stage->tools.darkroom, stage->photo, NULL, NULL),
                     DONE);
    request.photo = stage->photo;
    request.options.largest = largest;
    search_work_start(&stage->tools, &request, &events, stage);
    while (!stage->is_over)
        uv_run(&stage->loop, UV_RUN_ONCE);
}

static bool was_sent_whole(const struct stage *stage)
{
    return strstr(buffer_text(&stage->server.heard), stage->letters) != NULL;
}

static void on_developed(void *owner, int error)
{
    *(bool *)owner = true;
    assert_int_equal(error, 0);
}

/* Developing it is only now begun. */
static bool was_decoded(struct stage *stage)
{
    bool is_done = false;

    if (photo_develop(stage->tools.darkroom, stage->photo, on_developed,
                      &is_done) == DONE)
        return true;
    while (!is_done)
        uv_run(&stage->loop, UV_RUN_ONCE);
    return false;
}

static void a_photo_of_nobody_is_not_decoded(void **state)
{
    struct stage *stage = *state;

    search(stage, 1, false, nobody);
    assert_int_equal(stage->server.requests, 1);
    assert_true(was_sent_whole(stage));
    assert_false(was_decoded(stage));
}

static void a_lone_face_is_searched_in_the_photo_itself(void **state)
{
    struct stage *stage = *state;

    search(stage, 1, false, one_face);
    assert_int_equal(stage->server.requests, 2);
    assert_true(was_sent_whole(stage));
    assert_int_equal(stage->faces, 1);
    assert_false(was_decoded(stage));
}

static void so_is_the_largest_where_no_other_is_wanted(void **state)
{
    struct stage *stage = *state;

    search(stage, 1, true, two_faces);
    assert_int_equal(stage->server.requests, 2);
    assert_true(was_sent_whole(stage));
    assert_false(was_decoded(stage));
}

static void each_face_of_a_group_is_cut_out(void **state)
{
    struct stage *stage = *state;

    search(stage, 1, false, two_faces);
    assert_int_equal(stage->server.requests, 3);
    assert_false(was_sent_whole(stage));
    assert_int_equal(stage->faces, 2);
    assert_true(was_decoded(stage));
}

static void a_damaged_photo_of_a_group_is_said_to_be_so(void **state)
{
    struct stage *stage = *state;

    search(stage, 0.5, false, two_faces);
    assert_int_equal(stage->problem, PROBLEM_IMAGE_DAMAGED);
    assert_int_equal(stage->server.requests, 1);
}

static int start(void **state)
{
    (void)state;
    picture_library_init();
    return 0;
}

static int stop(void **state)
{
    (void)state;
    picture_library_finish();
    return 0;
}

#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, open_stage, close_stage)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_photo_of_nobody_is_not_decoded),
        TEST(a_lone_face_is_searched_in_the_photo_itself),
        TEST(so_is_the_largest_where_no_other_is_wanted),
        TEST(each_face_of_a_group_is_cut_out),
        TEST(a_damaged_photo_of_a_group_is_said_to_be_so),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
