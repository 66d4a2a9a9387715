/*
 * people_talk.c - what is said about people, in the words of a story
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "people_talk.h"
#include "talk.h"
#include "text.h"
#include "unit.h"

enum { JOB_MS = 60000 };

const char *people_photo(const char *photo)
{
    return unit_shared("FACEWIRE_PHOTOS", "photos", photo);
}

const char *people_text(const struct json *object, const char *name)
{
    return json_get_text(object, name, "");
}

struct json *people_post(int port, const char *target, const char *photo,
                         int expected)
{
    int status;
    struct json *answer =
        talk_photo(port, target, people_photo(photo), &status);

    if (status != expected)
        fail_msg("POST %s: %d", target, status);
    return answer;
}

struct json *people_job(int port, const struct json *accepted)
{
    return talk_job(port, people_text(accepted, "id"), JOB_MS);
}

struct json *people_search(int port, const char *photo)
{
    struct json *accepted = people_post(port, "/v1/searches", photo, 202);
    struct json *job = people_job(port, accepted);

    json_destroy(accepted);
    return job;
}

void people_find(int port, const char *photo, char key[static PEOPLE_ID_BYTES])
{
    struct json *job = people_search(port, photo);
    const struct json *face =
        json_first(json_get(json_get(job, "result"), "faces"));
    const struct json *match = json_first(json_get(face, "matches"));

    text_copy(key, PEOPLE_ID_BYTES,
              people_text(json_get(match, "person"), "external_id"));
    json_destroy(job);
}

void people_enrol(int port, const char *key, const char *photo,
                  char id[static PEOPLE_ID_BYTES])
{
    struct json *job = talk_enrol(port, key, people_photo(photo));

    if (strcmp(people_text(job, "status"), "done") != 0)
        fail_msg("%s was not enrolled: %s", key,
                 people_text(json_get(job, "error"), "detail"));
    text_copy(id, PEOPLE_ID_BYTES, people_text(job, "person"));
    json_destroy(job);
}

void people_add_face(int port, const char *id, const char *photo)
{
    char target[128];
    struct json *accepted, *job;

    snprintf(target, sizeof target, "/v1/people/%s/faces", id);
    accepted = people_post(port, target, photo, 202);
    job = people_job(port, accepted);
    assert_string_equal(people_text(job, "status"), "done");
    json_destroy(accepted);
    json_destroy(job);
}

struct json *people_erase(int port, const char *format, ...)
{
    char target[256];
    struct json *accepted, *job;
    va_list arguments;
    int status;

    va_start(arguments, format);
    vsnprintf(target, sizeof target, format, arguments);
    va_end(arguments);
    accepted = talk(port, "DELETE", target, &status);
    assert_int_equal(status, 202);
    job = people_job(port, accepted);
    assert_string_equal(people_text(job, "status"), "done");
    json_destroy(accepted);
    return job;
}

int people_status(int port, const char *format, const char *id)
{
    char target[256];
    int status;

    snprintf(target, sizeof target, format, id);
    json_destroy(talk(port, "GET", target, &status));
    return status;
}
