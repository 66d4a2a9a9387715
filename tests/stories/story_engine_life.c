/*
 * The engine's life: it starts or says why not, is killed, is told to stop, is
 * asked for too much at once; and what it has said stays true.
 */
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "collection.h"
#include "engine_stage.h"
#include "patience.h"
#include "unit.h"
#include "xalloc.h"

enum { GROUP_FACES = 4 }; /* on f1-group.jpg */

static struct engine_stage stage;

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
    unsetenv("FACEWIRE_ENGINE_WAITING");
    unsetenv("FACEWIRE_ENGINE_THREADS");
    return 0;
}

static int open_narrow_stage(void **state)
{
    setenv("FACEWIRE_ENGINE_WAITING", "1", 1);
    setenv("FACEWIRE_ENGINE_THREADS", "1", 1);
    return open_stage(state);
}

/* ---- killed ---- */

enum { LINES = 6, ROUNDS = 10, PHOTOS = LINES * ROUNDS };

/* Sends one photo on each line and hears the answers; the engine is killed when
 * so many of them were heard. */
static void go_round(const int lines[static LINES], const char *photo,
                     size_t first, size_t killed_after,
                     bool answered[static PHOTOS])
{
    for (size_t i = 0; i < LINES; i++)
        collection_send(&stage.client, lines[i], photo, first + i);
    for (size_t i = 0; i < LINES; i++) {
        int status;

        if (i == killed_after)
            child_signal(&stage.engine, SIGKILL);
        json_destroy(recognition_hear(lines[i], &status));
        assert_true(status == 200 || (status == 0 && i >= killed_after));
        answered[first + i] = status == 200;
    }
}

static void a_killed_engine_keeps_all_it_has_confirmed_and_no_half(void **state)
{
    char *photo = recognition_photo("f1-group.jpg");
    bool answered[PHOTOS] = {false};
    size_t counts[PHOTOS], rounds = ROUNDS / 2;
    int lines[LINES];

    (void)state;
    collection_create(&stage.client);
    for (size_t i = 0; i < LINES; i++)
        lines[i] = raw_connect(stage.port);
    for (size_t i = 0; i < rounds; i++)
        go_round(lines, photo, i * LINES, i == rounds - 1 ? 2 : LINES,
                 answered);
    assert_int_equal(child_wait(&stage.engine, 10000), 128 + SIGKILL);
    for (size_t i = 0; i < LINES; i++)
        close(lines[i]);

    engine_stage_start(&stage);
    collection_count_each(&stage.client, counts, PHOTOS);
    for (size_t i = 0; i < PHOTOS; i++) {
        assert_true(counts[i] == 0 || counts[i] == GROUP_FACES);
        if (answered[i])
            assert_int_equal(counts[i], GROUP_FACES);
    }

    /* All of them are sent again, as a client does that was left alone. */
    for (size_t i = 0; i < LINES; i++)
        lines[i] = raw_connect(stage.port);
    for (size_t i = 0; i < ROUNDS; i++)
        go_round(lines, photo, i * LINES, LINES, answered);
    collection_count_each(&stage.client, counts, PHOTOS);
    for (size_t i = 0; i < PHOTOS; i++)
        assert_int_equal(counts[i], GROUP_FACES);
    for (size_t i = 0; i < LINES; i++)
        close(lines[i]);
    free(photo);
}

/* ---- told to stop ---- */

static void who_has_asked_is_answered_before_the_end(void **state)
{
    char *photo = recognition_photo("f1-group.jpg");
    struct raw_answer answer;
    int lines[LINES], idle, status;

    (void)state;
    collection_create(&stage.client);
    for (size_t i = 0; i < LINES; i++) {
        lines[i] = raw_connect(stage.port);
        collection_send(&stage.client, lines[i], photo, i);
    }
    /* When this one is answered, those before it have come in. */
    idle = raw_connect(stage.port);
    raw_ask(idle, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", &answer);
    assert_int_equal(answer.status, 200);
    raw_answer_finish(&answer);

    child_signal(&stage.engine, SIGTERM);
    assert_true(raw_is_closed(idle, 10000));
    for (size_t i = 0; i < LINES; i++) {
        struct json *document = recognition_hear(lines[i], &status);

        assert_int_equal(status, 200);
        assert_int_equal(json_count(json_get(document, "FaceRecords")),
                         GROUP_FACES);
        json_destroy(document);
        assert_true(raw_is_closed(lines[i], 10000));
        close(lines[i]);
    }
    close(idle);
    assert_int_equal(child_wait(&stage.engine, 30000), 0);
    free(photo);
}

/* ---- asked for too much ---- */

static void too_many_photos_at_once_are_throttled(void **state)
{
    enum { CROWD = 20 };
    char *photo = recognition_photo("f1-group.jpg");
    int lines[CROWD], status;
    size_t answered = 0;

    (void)state;
    collection_create(&stage.client);
    for (size_t i = 0; i < CROWD; i++) {
        lines[i] = raw_connect(stage.port);
        collection_send(&stage.client, lines[i], photo, i);
    }
    for (size_t i = 0; i < CROWD; i++) {
        struct json *document = recognition_hear(lines[i], &status);

        if (status == 200) {
            answered++;
            json_destroy(document);
        } else {
            recognition_expect(document, status,
                               (struct recognition_refusal){
                                   400,
                                   "ProvisionedThroughputExceededException",
                                   "Provisioned rate exceeded."});
        }
        close(lines[i]);
    }
    assert_in_range(answered, 2, CROWD - 1);

    /* Those who come again, one by one, are served; nothing is there twice. */
    for (size_t i = 0; i < CROWD; i++) {
        int fd = raw_connect(stage.port);

        collection_send(&stage.client, fd, photo, i);
        json_destroy(recognition_hear(fd, &status));
        assert_int_equal(status, 200);
        close(fd);
    }
    assert_int_equal(collection_count(&stage.client), CROWD * GROUP_FACES);
    free(photo);
}

/* ---- the start ---- */

static void a_second_engine_on_the_same_folder_refuses_its_start(void **state)
{
    char *port = xprintf("%d", stage.port);

    (void)state;
    setenv("FACEWIRE_ENGINE_PORT", "0", 1);
    engine_stage_be_refused("FACEWIRE_ENGINE_DATA: engine/archive.sqlite is in "
                            "use by another program");
    setenv("FACEWIRE_ENGINE_PORT", port, 1);
    recognition_do(&stage.client, "ListCollections", "{}");
    free(port);
}

static void missing_models_are_told_with_their_origin(void **state)
{
    char *models = xstrdup(getenv("FACEWIRE_MODELS"));

    (void)state;
    mkdir("no-models", 0700);
    setenv("FACEWIRE_MODELS", "no-models", 1);
    engine_stage_be_refused(
        "the detector model face_detection_yunet_n_640_640.onnx is missing: "
        "get it from https://github.com/ShiqiYu/");
    setenv("FACEWIRE_MODELS", models, 1);
    rmdir("no-models");
    free(models);
}

static void wrong_model_bytes_are_told_with_their_origin(void **state)
{
    static const char path[] =
        "wrong-models/face_detection_yunet_n_640_640.onnx";
    char *models = xstrdup(getenv("FACEWIRE_MODELS"));
    FILE *file;

    (void)state;
    mkdir("wrong-models", 0700);
    file = fopen(path, "we");
    assert_non_null(file);
    assert_int_equal(ftruncate(fileno(file), 317466), 0);
    fclose(file);
    setenv("FACEWIRE_MODELS", "wrong-models", 1);
    engine_stage_be_refused("so it is not the model we know: replace it by the "
                            "one from https://github.com/ShiqiYu/");
    setenv("FACEWIRE_MODELS", models, 1);
    remove(path);
    rmdir("wrong-models");
    free(models);
}

static void a_bad_file_of_keys_is_told_with_its_line(void **state)
{
    FILE *file = fopen("bad-keys", "we");

    (void)state;
    assert_non_null(file);
    fputs("# ours\nAKIA secret\nAKIA\n", file);
    fclose(file);
    setenv("FACEWIRE_ENGINE_DATA", "other-engine", 1);
    setenv("FACEWIRE_ENGINE_KEYS", "bad-keys", 1);
    engine_stage_be_refused("FACEWIRE_ENGINE_KEYS: line 3 of bad-keys is no "
                            "access key and its secret");
    unsetenv("FACEWIRE_ENGINE_KEYS");
    setenv("FACEWIRE_ENGINE_DATA", "engine", 1);
    remove("bad-keys");
}

static void a_taken_port_is_told(void **state)
{
    (void)state;
    setenv("FACEWIRE_ENGINE_DATA", "other-engine", 1);
    engine_stage_be_refused("Address already in use");
    setenv("FACEWIRE_ENGINE_DATA", "engine", 1);
}

static void folders_above_its_data_are_made(void **state)
{
    const char *clean[] = {"rm", "-rf", "deep", NULL};

    (void)state;
    child_stop(&stage.engine, 60000);
    setenv("FACEWIRE_ENGINE_DATA", "deep/below/engine", 1);
    engine_stage_start(&stage);
    assert_int_equal(access("deep/below/engine/keys", R_OK), 0);
    assert_int_equal(child_stop(&stage.engine, 60000), 0);
    setenv("FACEWIRE_ENGINE_DATA", "engine", 1);
    child_run(clean, "/dev/null");
}

static void its_own_keys_are_for_its_owner_alone(void **state)
{
    struct stat facts;

    (void)state;
    assert_int_equal(stat("engine/keys", &facts), 0);
    assert_int_equal(facts.st_mode & 0777, 0600);
    assert_int_equal(stat("engine", &facts), 0);
    assert_int_equal(facts.st_mode & 0777, 0700);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, open_stage, close_stage)
        TEST(a_killed_engine_keeps_all_it_has_confirmed_and_no_half),
        TEST(who_has_asked_is_answered_before_the_end),
        cmocka_unit_test_setup_teardown(too_many_photos_at_once_are_throttled,
                                        open_narrow_stage, close_stage),
        TEST(a_second_engine_on_the_same_folder_refuses_its_start),
        TEST(missing_models_are_told_with_their_origin),
        TEST(wrong_model_bytes_are_told_with_their_origin),
        TEST(a_bad_file_of_keys_is_told_with_its_line),
        TEST(a_taken_port_is_told),
        TEST(folders_above_its_data_are_made),
        TEST(its_own_keys_are_for_its_owner_alone),
#undef TEST
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
