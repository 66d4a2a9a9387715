/*
 * Access keys come and go while the engine runs, and an engine for trials asks
 * for none.
 */
#include <unistd.h>

#include "engine_stage.h"
#include "patience.h"
#include "unit.h"
#include "xalloc.h"

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
    return 0;
}

static void write_keys(const char *text)
{
    FILE *file = fopen("engine/keys.other", "we");

    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    assert_int_equal(rename("engine/keys.other", "engine/keys"), 0);
}

static int status_for(const struct recognition_client *client)
{
    int status;

    json_destroy(recognition_ask(client, &status, "ListCollections", "{}"));
    return status;
}

static void wait_for_status(const struct recognition_client *client, int status)
{
    struct patience patience = patience_of(30000);

    while (status_for(client) != status)
        if (!patience_lasts(&patience))
            fail_msg("it never answered with %d", status);
}

static void a_key_that_is_written_down_is_taken_at_once(void **state)
{
    struct recognition_client other = stage.client;
    char *text = xprintf("%s %s\nANOTHERKEY with-a-secret\n",
                         stage.client.credentials.access_key,
                         stage.client.credentials.secret);

    (void)state;
    other.credentials = (struct sigv4_credentials){.access_key = "ANOTHERKEY",
                                                   .secret = "with-a-secret"};
    assert_int_equal(status_for(&other), 400);
    write_keys(text);
    wait_for_status(&other, 200);
    assert_int_equal(status_for(&stage.client), 200);

    /* What is no file of keys changes nothing; a key that is gone is unknown.
     */
    write_keys("ONLYHALF\n");
    write_keys("ANOTHERKEY with-a-secret\n");
    wait_for_status(&stage.client, 400);
    assert_int_equal(status_for(&other), 200);
    write_keys(text);
    wait_for_status(&stage.client, 200);
    free(text);
}

static void an_engine_for_trials_takes_any_signature_and_none(void **state)
{
    struct recognition_client stranger = stage.client;
    int fd, status;

    (void)state;
    assert_int_equal(child_stop(&stage.engine, 30000), 0);
    setenv("FACEWIRE_ENGINE_UNSIGNED", "yes", 1);
    setenv("FACEWIRE_ENGINE_HOST", "0.0.0.0", 1);
    engine_stage_be_refused("FACEWIRE_ENGINE_UNSIGNED: an engine that "
                            "everybody may use listens at a loopback address, "
                            "and 0.0.0.0 is none");
    unsetenv("FACEWIRE_ENGINE_HOST");
    engine_stage_start(&stage);
    stranger.credentials =
        (struct sigv4_credentials){.access_key = "NOBODY", .secret = "nothing"};
    assert_int_equal(status_for(&stranger), 200);
    fd = raw_connect(stage.port);
    raw_say(fd, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n"
                "X-Amz-Target: RekognitionService.ListCollections\r\n\r\n{}");
    json_destroy(recognition_hear(fd, &status));
    assert_int_equal(status, 200);
    close(fd);
}

static void it_says_so_in_its_log(void **state)
{
    char *log = unit_read_file("engine.log", NULL);

    (void)state;
    assert_non_null(strstr(log, "warn   signatures are not looked at"));
    free(log);
}

static void credentials_for_s3_are_whole_or_it_does_not_start(void **state)
{
    (void)state;
    setenv("FACEWIRE_ENGINE_S3_ENDPOINT", "http://127.0.0.1:1", 1);
    setenv("FACEWIRE_ENGINE_S3_ACCESS_KEY", "AKIA", 1);
    assert_int_equal(child_stop(&stage.engine, 30000), 0);
    engine_stage_be_refused("FACEWIRE_ENGINE_S3_ENDPOINT: the access key or "
                            "its secret is missing");
    setenv("FACEWIRE_ENGINE_S3_SECRET_KEY", "secret", 1);
    setenv("FACEWIRE_ENGINE_S3_ENDPOINT", "127.0.0.1:1", 1);
    engine_stage_be_refused(
        "FACEWIRE_ENGINE_S3_ENDPOINT: 127.0.0.1:1 is no URL of an endpoint");
    setenv("FACEWIRE_ENGINE_S3_ENDPOINT", "http://127.0.0.1:1", 1);
    engine_stage_start(&stage);
    recognition_be_refused(
        &stage.client,
        (struct recognition_refusal){500, "InternalServerError", ""},
        "DetectFaces",
        "{\"Image\":{\"S3Object\":{\"Bucket\":\"photos\",\"Name\":\"a.jpg\"}}"
        "}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_that_is_written_down_is_taken_at_once),
        cmocka_unit_test(an_engine_for_trials_takes_any_signature_and_none),
        cmocka_unit_test(it_says_so_in_its_log),
        cmocka_unit_test(credentials_for_s3_are_whole_or_it_does_not_start),
    };

    return cmocka_run_group_tests(tests, open_stage, close_stage);
}
