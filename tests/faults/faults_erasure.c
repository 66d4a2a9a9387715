/*
 * faults_erasure.c - somebody is erased while an enrolment of theirs is stuck
 * between the face that it has made and the row that says so
 *
 * The receipt does not wait for it.  Whatever becomes of the enrolment's
 * worker, the endpoint has no face in the end, the image store no picture, and
 * the job is gone.
 */
#include "unit.h"

#include <dirent.h>
#include <signal.h>

#include "live.h"
#include "patience.h"
#include "recognition_client.h"
#include "scene.h"
#include "talk.h"
#include "text.h"
#include "xalloc.h"

enum { STEP_MS = 60000, ID_BYTES = 64 };

static struct scene scene;
static struct recognition_client engine;
static struct live live;
static char person[ID_BYTES], enrolment[ID_BYTES];

static int start(void **state)
{
    (void)state;
    setenv("FACEWIRE_ATTEMPTS", "2", 1);
    setenv("FACEWIRE_RETRY_MS", "100", 1);
    scene_start(&scene, "f1-mom-1.jpg");
    recognition_client_open(&engine, scene.stack.engine_port, "engine/keys");
    live_open(&live, scene.stack.port);
    live_subscribe(&live, "people");
    return 0;
}

static int stop(void **state)
{
    (void)state;
    live_finish(&live);
    recognition_client_close(&engine);
    scene_stop(&scene);
    return 0;
}

/* ---- what can be seen from outside ---- */

static size_t count_faces(void)
{
    int status;
    struct json *list =
        recognition_ask(&engine, &status, "ListFaces",
                        "{\"CollectionId\":\"facewire-default\"}");
    size_t count = json_count(json_get(list, "Faces"));

    json_destroy(list);
    return count;
}

static void await_faces(size_t count)
{
    struct patience patience = patience_of(STEP_MS);

    while (count_faces() != count)
        if (!patience_lasts(&patience))
            fail_msg("the engine has %zu faces, not %zu", count_faces(), count);
}

/* Crops of faces in the image store. */
static size_t count_crops(void)
{
    DIR *folder = opendir("images/faces");
    struct dirent *entry;
    size_t count = 0;

    while (folder && (entry = readdir(folder)))
        count += entry->d_name[0] != '.';
    if (folder)
        closedir(folder);
    return count;
}

static bool has_status(const char *status)
{
    char *target = xprintf("/v1/jobs/%s", enrolment);
    int code;
    struct json *job = talk(scene.stack.port, "GET", target, &code);
    bool has = code == 404 ? !status
                           : status && strcmp(json_get_text(job, "status", ""),
                                              status) == 0;

    json_destroy(job);
    free(target);
    return has;
}

/* NULL: it is gone. */
static void await_status(const char *status)
{
    struct patience patience = patience_of(STEP_MS);

    while (!has_status(status))
        if (!patience_lasts(&patience))
            fail_msg("the enrolment was never %s", status ? status : "gone");
}

static void expect_nothing_left(void)
{
    await_status(NULL);
    assert_int_equal(count_faces(), 0);
    assert_int_equal(count_crops(), 0);
}

static void expect_failure(const char *code)
{
    struct json *event = live_await(&live, "job.failed", enrolment, STEP_MS);

    assert_string_equal(
        json_get_text(json_get(json_get(event, "data"), "error"), "code", ""),
        code);
    json_destroy(event);
}

/* ---- steps ---- */

static void hold(struct proxy *link)
{
    proxy_set(link,
              &(struct proxy_fault){.kind = PROXY_STALL, .way = PROXY_UP});
}

/* The face is made, and the worker cannot say so. */
static void enrol_and_stick(void)
{
    int status;
    struct json *answer;

    hold(scene.links.worker_engine);
    answer = talk_with(scene.stack.port, "POST", "/v1/people?name=Ada",
                       "Content-Type: image/jpeg\r\n", scene.photo,
                       scene.photo_bytes, &status);
    assert_int_equal(status, 201);
    text_copy(person, ID_BYTES, json_get_text(answer, "id", ""));
    text_copy(enrolment, ID_BYTES,
              json_get_text(json_first(json_get(answer, "jobs")), "id", ""));
    json_destroy(answer);
    json_destroy(live_await(&live, "job.started", enrolment, STEP_MS));
    hold(scene.links.worker_database);
    proxy_heal(scene.links.worker_engine);
    await_faces(1);
}

static void kill_worker(void)
{
    child_signal(&scene.stack.worker, SIGKILL);
    child_wait(&scene.stack.worker, STEP_MS);
    links_cut_worker(&scene.links);
    links_heal(&scene.links);
}

/* The receipt comes at once, and says that there is more to come. */
static void erase(void)
{
    char *target = xprintf("/v1/people/%s", person);
    int status;
    struct json *accepted = talk(scene.stack.port, "DELETE", target, &status);
    struct json *job =
        talk_job(scene.stack.port, json_get_text(accepted, "id", ""), STEP_MS);
    const struct json *receipt = json_get(job, "result");

    assert_string_equal(json_get_text(job, "status", ""), "done");
    assert_int_equal(json_get_number(receipt, "faces", -1), 0);
    assert_int_equal(json_get_number(receipt, "pending", -1), 1);
    json_destroy(job);
    json_destroy(accepted);
    free(target);
}

/* ---- tests ---- */

/* The second worker erases while the row of the first is still its own. */
static void what_a_dead_worker_has_made_goes_with_its_person(void **state)
{
    (void)state;
    enrol_and_stick();
    kill_worker();
    links_start_second_worker(&scene.stack);
    erase();
    expect_failure("person_gone");
    expect_nothing_left();
    assert_int_equal(child_stop(&scene.stack.second_worker, STEP_MS), 0);
    links_start_worker(&scene.links, &scene.stack);
}

/* It still finds the person, and stands before its commit. */
static void a_worker_that_goes_on_takes_back_what_it_has_made(void **state)
{
    (void)state;
    enrol_and_stick();
    links_start_second_worker(&scene.stack);
    child_signal(&scene.stack.worker, SIGSTOP);
    links_heal(&scene.links);
    erase();
    child_signal(&scene.stack.worker, SIGCONT);
    expect_failure("person_gone");
    expect_nothing_left();
    assert_int_equal(child_stop(&scene.stack.second_worker, STEP_MS), 0);
}

/* The photo cannot be looked at again, so the job dies with its face. */
static void what_a_dead_enrolment_has_made_goes_with_its_person(void **state)
{
    (void)state;
    enrol_and_stick();
    kill_worker();
    proxy_set(scene.links.worker_engine,
              &(struct proxy_fault){.kind = PROXY_REFUSE});
    links_start_worker(&scene.links, &scene.stack);
    expect_failure("recognition_unavailable");
    await_status("dead");
    links_heal(&scene.links);
    assert_int_equal(count_faces(), 1);
    erase();
    expect_nothing_left();
}

/* The duty outlives the endpoint: whoever replays the job completes it. */
static void what_could_not_be_taken_back_is_by_a_replay(void **state)
{
    char *target;
    int status;

    (void)state;
    enrol_and_stick();
    kill_worker();
    proxy_set(scene.links.worker_engine,
              &(struct proxy_fault){.kind = PROXY_REFUSE});
    links_start_worker(&scene.links, &scene.stack);
    erase();
    expect_failure("recognition_unavailable");
    await_status("dead");
    assert_int_equal(count_faces(), 1);
    links_heal(&scene.links);
    target = xprintf("/v1/jobs/%s/replay", enrolment);
    json_destroy(talk(scene.stack.port, "POST", target, &status));
    assert_int_equal(status, 202);
    free(target);
    expect_nothing_left();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_dead_worker_has_made_goes_with_its_person),
        cmocka_unit_test(a_worker_that_goes_on_takes_back_what_it_has_made),
        cmocka_unit_test(what_a_dead_enrolment_has_made_goes_with_its_person),
        cmocka_unit_test(what_could_not_be_taken_back_is_by_a_replay),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
