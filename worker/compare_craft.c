/*
 * compare_craft.c - the craft of comparing: the source's face against every
 * face of the target
 */
#include <stdlib.h>
#include <string.h>

#include "box.h"
#include "crafts.h"
#include "errors.h"
#include "question.h"
#include "search_options.h"
#include "xalloc.h"

struct comparing {
    struct job *job;
    double threshold;
};

static void add_image(struct json *object, const struct job *job, size_t index)
{
    struct json *image = json_add(object, "image", json_object());

    json_add_number(image, "width", photo_width(job_photo(job, index)));
    json_add_number(image, "height", photo_height(job_photo(job, index)));
    json_add_text(image, "type", job_photo_type(job, index));
}

static void add_face(struct json *faces,
                     const struct recognition_compared *compared)
{
    struct json *face = json_append(faces, json_object());

    json_add(face, "box", box_json(&compared->box));
    json_add_number(face, "confidence", json_rounded(compared->confidence));
    if (compared->is_match)
        json_add_number(face, "similarity", json_rounded(compared->similarity));
    else
        json_add_null(face, "similarity");
}

static struct json *write_result(const struct comparing *comparing,
                                 const struct recognition_comparison *found)
{
    const struct job *job = comparing->job;
    struct json *result = json_object();
    struct json *part = json_add(result, "source", json_object());

    add_image(part, job, 0);
    json_add(part, "box", box_json(&found->source_box));
    json_add_number(part, "confidence", json_rounded(found->source_confidence));
    part = json_add(result, "target", json_object());
    add_image(part, job, 1);
    json_add_number(result, "threshold", comparing->threshold);
    json_add_text(result, "engine",
                  recognizer_client_engine(job_tools(job)->recognizer));
    part = json_add(result, "faces", json_array());
    for (size_t i = 0; i < found->count; i++)
        add_face(part, &found->faces[i]);
    return result;
}

static enum problem problem_of(enum recognition_meaning meaning)
{
    switch (meaning) {
    case RECOGNITION_NO_FACE:
        return PROBLEM_NO_FACE;
    case RECOGNITION_IMAGE_BAD:
        return PROBLEM_IMAGE_DAMAGED;
    default:
        return PROBLEM_RECOGNITION_REFUSED;
    }
}

static void on_compared(void *owner, const struct question_answer *answer)
{
    struct comparing *comparing = owner;
    struct recognition_comparison found = {0};
    struct verdict verdict = {.error = answer->error,
                              .wait_ms = answer->wait_ms};

    if (answer->error == 0)
        verdict.error =
            recognition_comparison_read(&found, answer->body, answer->len);
    if (answer->error == E_REFUSED) {
        verdict.error = 0;
        verdict.problem = problem_of(answer->meaning);
    } else if (verdict.error == 0) {
        verdict.result = write_result(comparing, &found);
    }
    recognition_comparison_finish(&found);
    job_worked(comparing->job, &verdict);
}

static void *start(struct job *job)
{
    struct comparing *comparing = xcalloc(1, sizeof *comparing);
    const char *text = job_row(job)->options;
    struct json *options = json_parse(text, strlen(text));
    struct buffer body = {0};

    comparing->job = job;
    comparing->threshold = json_get_number(options, "threshold",
                                           search_options_default().threshold);
    json_destroy(options);
    recognition_write_compare_faces(photo_image(job_photo(job, 0)),
                                    photo_image(job_photo(job, 1)),
                                    comparing->threshold, &body);
    question_ask(job_tools(job), RECOGNITION_COMPARE_FACES, job_asker(job),
                 &body, on_compared, comparing);
    return comparing;
}

static void destroy(void *owner)
{
    free(owner);
}

const struct craft compare_craft = {
    .start = start, .destroy = destroy, .has_elapsed = true};
