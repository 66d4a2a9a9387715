/*
 * picture_operations.c - DetectFaces, CompareFaces: nothing is kept
 */
#include <stdlib.h>

#include "common_members.h"
#include "dot.h"
#include "errors.h"
#include "face_json.h"
#include "image.h"
#include "operations.h"
#include "quality_filter.h"
#include "similarity.h"
#include "xalloc.h"

/* ---- DetectFaces ---- */

struct detecting {
    struct call call;
    struct image image;
    unsigned attributes;
    struct recognition recognition;
};

static const struct member detect_members[] = {
    IMAGE_ROW("Image", struct detecting, image),
    ATTRIBUTES_ROW("Attributes", struct detecting, attributes),
};

static void on_detected(struct recognition *recognition, int error)
{
    struct detecting *detecting =
        container_of(recognition, struct detecting, recognition);
    struct json *answer, *list;

    if (error) {
        call_refuse_plainly(&detecting->call, image_exception(error));
        return;
    }
    answer = json_object();
    list = json_add(answer, "FaceDetails", json_array());
    for (size_t i = 0; i < recognition->face_count; i++)
        json_append(list, face_detail_json_with(&recognition->faces[i],
                                                detecting->attributes));
    call_answer(&detecting->call, answer);
}

static void detect_run(struct call *call)
{
    struct detecting *detecting = container_of(call, struct detecting, call);

    if (!image_keeps_rule(call, &detecting->image) ||
        !image_can_be_had(call, &detecting->image))
        return;
    detecting->recognition.attributes = detecting->attributes;
    detecting->recognition.done = on_detected;
    image_submit(call, &detecting->image, &detecting->recognition);
}

static void detect_finish(struct call *call)
{
    recognition_finish(
        &container_of(call, struct detecting, call)->recognition);
}

const struct operation operation_detect_faces = {
    .name = "DetectFaces",
    .work_bytes = sizeof(struct detecting),
    .members = detect_members,
    .member_count = COUNT(detect_members),
    .run = detect_run,
    .finish = detect_finish,
};

/* ---- CompareFaces ---- */

/* The photos are recognized one after the other, so that a request of two
 * waits like one. */
struct comparing {
    struct call call;
    struct image source;
    struct image target;
    double threshold;
    int filter;
    struct recognition source_recognition;
    struct recognition target_recognition;
};

static const struct member compare_members[] = {
    IMAGE_ROW("SourceImage", struct comparing, source),
    IMAGE_ROW("TargetImage", struct comparing, target),
    THRESHOLD_ROW("SimilarityThreshold", struct comparing, threshold,
                  MATCH_USUAL),
    QUALITY_FILTER_ROW(struct comparing, filter, QUALITY_NONE),
};

struct likeness {
    double similarity;
    const struct face *face;
};

static int by_similarity(const void *one, const void *other)
{
    double a = ((const struct likeness *)one)->similarity;
    double b = ((const struct likeness *)other)->similarity;

    return (a < b) - (a > b);
}

/* The target's faces that pass the filter, the most alike first. */
static size_t compare_all(const struct comparing *comparing,
                          const struct face *source, struct likeness *list)
{
    const struct recognition *target = &comparing->target_recognition;
    size_t length = comparing->call.engine->vector_length;
    dot_fn *dot = dot_fastest();
    size_t count = 0;

    for (size_t i = 0; i < target->face_count; i++) {
        const struct face *face = &target->faces[i];
        double cosine = dot(source->vector, face->vector, length);

        if (!quality_filter_reasons(comparing->filter, face, target->width,
                                    target->height))
            list[count++] =
                (struct likeness){similarity_percent(length, cosine), face};
    }
    qsort(list, count, sizeof *list, by_similarity);
    return count;
}

static struct json *compare_json(const struct comparing *comparing,
                                 const struct face *source,
                                 const struct likeness *list, size_t count)
{
    struct json *answer = json_object();
    struct json *object = json_add(answer, "SourceImageFace", json_object());
    struct json *matches = json_add(answer, "FaceMatches", json_array());
    struct json *others = json_add(answer, "UnmatchedFaces", json_array());

    json_add(object, "BoundingBox", face_box_json(&source->box));
    json_add_number(object, "Confidence", json_rounded(source->confidence));
    for (size_t i = 0; i < count; i++) {
        if (list[i].similarity < comparing->threshold) {
            json_append(others, face_detail_json(list[i].face));
            continue;
        }
        object = json_append(matches, json_object());
        json_add_number(object, "Similarity", json_rounded(list[i].similarity));
        json_add(object, "Face", face_detail_json(list[i].face));
    }
    return answer;
}

static void on_target(struct recognition *recognition, int error)
{
    struct comparing *comparing =
        container_of(recognition, struct comparing, target_recognition);
    const struct face *source = quality_filter_largest(
        comparing->filter, &comparing->source_recognition);
    struct likeness *list;
    struct json *answer = NULL;
    size_t count;

    if (error) {
        call_refuse_plainly(&comparing->call, image_exception(error));
        return;
    }
    list = xcalloc(recognition->face_count + 1, sizeof *list);
    count = compare_all(comparing, source, list);
    if (count > 0)
        answer = compare_json(comparing, source, list, count);
    free(list);
    if (answer)
        call_answer(&comparing->call, answer);
    else
        call_refuse_plainly(&comparing->call, EXCEPTION_INVALID_PARAMETER);
}

static void on_source(struct recognition *recognition, int error)
{
    struct comparing *comparing =
        container_of(recognition, struct comparing, source_recognition);

    if (error) {
        call_refuse_plainly(&comparing->call, image_exception(error));
        return;
    }
    if (!quality_filter_largest(comparing->filter, recognition)) {
        call_refuse_plainly(&comparing->call, EXCEPTION_INVALID_PARAMETER);
        return;
    }
    comparing->target_recognition.with_vectors = true;
    comparing->target_recognition.done = on_target;
    image_submit(&comparing->call, &comparing->target,
                 &comparing->target_recognition);
}

static void compare_run(struct call *call)
{
    struct comparing *comparing = container_of(call, struct comparing, call);

    if (!image_keeps_rule(call, &comparing->source) ||
        !image_keeps_rule(call, &comparing->target) ||
        !image_can_be_had(call, &comparing->source) ||
        !image_can_be_had(call, &comparing->target))
        return;
    comparing->source_recognition.largest_only =
        comparing->filter == QUALITY_NONE;
    comparing->source_recognition.with_vectors = true;
    comparing->source_recognition.done = on_source;
    image_submit(call, &comparing->source, &comparing->source_recognition);
}

static void compare_finish(struct call *call)
{
    struct comparing *comparing = container_of(call, struct comparing, call);

    recognition_finish(&comparing->source_recognition);
    recognition_finish(&comparing->target_recognition);
}

const struct operation operation_compare_faces = {
    .name = "CompareFaces",
    .work_bytes = sizeof(struct comparing),
    .members = compare_members,
    .member_count = COUNT(compare_members),
    .run = compare_run,
    .finish = compare_finish,
};
