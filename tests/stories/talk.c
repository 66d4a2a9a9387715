/*
 * talk.c - requests to the HTTP API
 */
#include <unistd.h>

#include "patience.h"
#include "talk.h"
#include "text.h"
#include "unit.h"
#include "xalloc.h"

enum { JOB_MS = 120000 };

void talk_raw(int port, const char *method, const char *target,
              const char *headers, const void *body, size_t len,
              struct raw_answer *answer)
{
    struct buffer head = {0};
    int fd = raw_connect(port);

    buffer_printf(&head,
                  "%s %s HTTP/1.1\r\nHost: localhost\r\n"
                  "Connection: close\r\n%sContent-Length: %zu\r\n\r\n",
                  method, target, headers, len);
    if (raw_send(fd, head.bytes, head.len))
        raw_send(fd, body, len); /* a refusal may come before its end */
    if (strcmp(method, "HEAD") == 0)
        raw_hear_head(fd, answer);
    else
        raw_hear(fd, answer);
    close(fd);
    buffer_finish(&head);
}

struct json *talk_with(int port, const char *method, const char *target,
                       const char *headers, const void *body, size_t len,
                       int *status)
{
    struct raw_answer answer;
    struct json *document;

    talk_raw(port, method, target, headers, body, len, &answer);
    *status = answer.status;
    document = json_parse(buffer_text(&answer.body), answer.body.len);
    raw_answer_finish(&answer);
    return document;
}

struct json *talk(int port, const char *method, const char *target, int *status)
{
    return talk_with(port, method, target, "", "", 0, status);
}

struct json *talk_get(int port, const char *target)
{
    int status;
    struct json *document = talk(port, "GET", target, &status);

    if (status != 200)
        fail_msg("GET %s: %d", target, status);
    return document;
}

struct json *talk_photo(int port, const char *target, const char *path,
                        int *status)
{
    size_t len;
    char *bytes = unit_read_file(path, &len);
    struct json *document = talk_with(
        port, "POST", target, "Content-Type: application/octet-stream\r\n",
        bytes, len, status);

    free(bytes);
    return document;
}

struct json *talk_search(int port, const char *photo)
{
    int status;
    struct json *job =
        talk_photo(port, "/v1/searches",
                   unit_shared("FACEWIRE_PHOTOS", "photos", photo), &status);

    if (status != 202)
        fail_msg("a search of %s: %d", photo, status);
    return job;
}

struct json *talk_enrol(int port, const char *key, const char *path)
{
    char *target = xprintf("/v1/people?name=%s&external_id=%s", key, key);
    int status;
    struct json *person = talk_photo(port, target, path, &status);
    struct json *job;

    if (status != 201)
        fail_msg("%s: %d", target, status);
    job = talk_job(
        port, json_get_text(json_first(json_get(person, "jobs")), "id", ""),
        JOB_MS);
    json_destroy(person);
    free(target);
    return job;
}

bool talk_is_done(int port, const char *id)
{
    char *target = xprintf("/v1/jobs/%s", id);
    struct json *job = talk_get(port, target);
    bool is_done = strcmp(json_get_text(job, "status", ""), "done") == 0;

    json_destroy(job);
    free(target);
    return is_done;
}

struct json *talk_job(int port, const char *id, int limit_ms)
{
    struct patience patience = patience_of(limit_ms);
    char *target = xprintf("/v1/jobs/%s", id);
    struct json *job = talk_get(port, target);

    while (!json_get(job, "finished")) {
        if (!patience_lasts(&patience))
            fail_msg("job %s is still %s", id,
                     json_get_text(job, "status", "?"));
        json_destroy(job);
        job = talk_get(port, target);
    }
    free(target);
    return job;
}
