/*
 * analyze_craft.c - the craft of analysing: what the endpoint measures of each
 * face
 */
#include <stdlib.h>

#include "crafts.h"
#include "errors.h"
#include "face_attributes.h"
#include "question.h"
#include "xalloc.h"

struct analyzing {
    struct job *job;
};

static struct json *write_result(const struct analyzing *analyzing,
                                 const struct recognition_faces *found)
{
    const struct photo *photo = job_photo(analyzing->job, 0);
    struct json *result = json_object();
    struct json *image = json_add(result, "image", json_object());
    struct json *faces;

    json_add_number(image, "width", photo_width(photo));
    json_add_number(image, "height", photo_height(photo));
    json_add_text(image, "type", job_photo_type(analyzing->job, 0));
    json_add_text(
        result, "engine",
        recognizer_client_engine(job_tools(analyzing->job)->recognizer));
    faces = json_add(result, "faces", json_array());
    for (size_t i = 0; i < found->count; i++)
        json_append(faces, face_attributes(found->faces[i].detail));
    return result;
}

static void on_detected(void *owner, const struct question_answer *answer)
{
    struct analyzing *analyzing = owner;
    struct recognition_faces found = {0};
    struct verdict verdict = {.error = answer->error,
                              .wait_ms = answer->wait_ms};

    if (answer->error == 0)
        verdict.error =
            recognition_faces_read(&found, answer->body, answer->len);
    if (answer->error == E_REFUSED) {
        verdict.error = 0;
        verdict.problem = answer->meaning == RECOGNITION_IMAGE_BAD
                              ? PROBLEM_IMAGE_DAMAGED
                              : PROBLEM_RECOGNITION_REFUSED;
    } else if (verdict.error == 0) {
        verdict.result = write_result(analyzing, &found);
    }
    recognition_faces_finish(&found);
    job_worked(analyzing->job, &verdict);
}

static void *start(struct job *job)
{
    struct analyzing *analyzing = xcalloc(1, sizeof *analyzing);
    struct buffer body = {0};

    analyzing->job = job;
    recognition_write_detect_faces(photo_image(job_photo(job, 0)), true, &body);
    question_ask(job_tools(job), RECOGNITION_DETECT_FACES, job_asker(job),
                 &body, on_detected, analyzing);
    return analyzing;
}

static void destroy(void *owner)
{
    free(owner);
}

const struct craft analyze_craft = {
    .start = start, .destroy = destroy, .has_elapsed = true};
