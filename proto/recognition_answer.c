/*
 * recognition_answer.c - what a recognition endpoint tells the worker
 *
 * An answer is parsed, then checked member by member into the struct of its
 * kind; recognition_parts.c reads what several of them have.
 */
#include <stdlib.h>
#include <string.h>

#include "errors.h"
#include "recognition_parts.h"
#include "xalloc.h"

/* ---- DetectFaces ---- */

static int read_faces(struct recognition_faces *faces)
{
    const struct json *list = json_get(faces->document, "FaceDetails");

    if (!recognition_is_list(list, RECOGNITION_FACES_MAX))
        return E_PROTOCOL;
    faces->faces = xcalloc(json_count(list), sizeof *faces->faces);
    for (const struct json *it = json_first(list); it; it = json_next(it))
        if (recognition_read_face(it, &faces->faces[faces->count++]) < 0)
            return E_PROTOCOL;
    return 0;
}

int recognition_faces_read(struct recognition_faces *faces, const char *body,
                           size_t len)
{
    *faces = (struct recognition_faces){.document = json_parse(body, len)};
    if (read_faces(faces) == 0)
        return 0;
    recognition_faces_finish(faces);
    return E_PROTOCOL;
}

void recognition_faces_finish(struct recognition_faces *faces)
{
    json_destroy(faces->document);
    free(faces->faces);
    *faces = (struct recognition_faces){0};
}

/* ---- SearchFacesByImage, SearchFaces ---- */

static int read_match(const struct json *value, struct recognition_match *match)
{
    const struct json *face = json_get(value, "Face");

    if (recognition_read_percent(value, "Similarity", &match->similarity) < 0 ||
        recognition_read_face_id(json_get(face, "FaceId"), match->face_id) <
            0 ||
        recognition_read_text(face, "ExternalImageId",
                              &match->external_image_id) < 0)
        return E_PROTOCOL;
    return 0;
}

static int read_matches(struct recognition_matches *matches)
{
    const struct json *box =
        json_get(matches->document, "SearchedFaceBoundingBox");
    const struct json *list = json_get(matches->document, "FaceMatches");

    matches->has_box = box != NULL;
    if (box &&
        (recognition_read_box(box, &matches->box) < 0 ||
         recognition_read_percent(matches->document, "SearchedFaceConfidence",
                                  &matches->confidence) < 0))
        return E_PROTOCOL;
    if (!recognition_is_list(list, RECOGNITION_MATCHES_MAX))
        return E_PROTOCOL;
    matches->matches = xcalloc(json_count(list), sizeof *matches->matches);
    for (const struct json *it = json_first(list); it; it = json_next(it))
        if (read_match(it, &matches->matches[matches->count++]) < 0)
            return E_PROTOCOL;
    return 0;
}

int recognition_matches_read(struct recognition_matches *matches,
                             const char *body, size_t len)
{
    *matches = (struct recognition_matches){.document = json_parse(body, len)};
    if (read_matches(matches) == 0)
        return 0;
    recognition_matches_finish(matches);
    return E_PROTOCOL;
}

void recognition_matches_finish(struct recognition_matches *matches)
{
    json_destroy(matches->document);
    free(matches->matches);
    *matches = (struct recognition_matches){0};
}

/* ---- IndexFaces ---- */

static int read_record(const struct json *value,
                       struct recognition_record *record)
{
    const struct json *face = json_get(value, "Face");

    if (recognition_read_face_id(json_get(face, "FaceId"), record->face_id) <
            0 ||
        recognition_read_text(face, "ExternalImageId",
                              &record->external_image_id) < 0)
        return E_PROTOCOL;
    return recognition_read_face(json_get(value, "FaceDetail"), &record->face);
}

static int read_records(struct recognition_records *records)
{
    const struct json *list = json_get(records->document, "FaceRecords");
    const struct json *left_out;

    if (!recognition_is_list(list, RECOGNITION_FACES_MAX) ||
        recognition_read_list(records->document, "UnindexedFaces",
                              RECOGNITION_FACES_MAX, &left_out) < 0)
        return E_PROTOCOL;
    records->left_out = json_count(left_out);
    records->records = xcalloc(json_count(list), sizeof *records->records);
    for (const struct json *it = json_first(list); it; it = json_next(it))
        if (read_record(it, &records->records[records->count++]) < 0)
            return E_PROTOCOL;
    return recognition_read_reason(json_get(json_first(left_out), "Reasons"),
                                   &records->reason);
}

int recognition_records_read(struct recognition_records *records,
                             const char *body, size_t len)
{
    *records = (struct recognition_records){.document = json_parse(body, len)};
    if (read_records(records) == 0)
        return 0;
    recognition_records_finish(records);
    return E_PROTOCOL;
}

void recognition_records_finish(struct recognition_records *records)
{
    json_destroy(records->document);
    free(records->records);
    *records = (struct recognition_records){0};
}

/* ---- CompareFaces ---- */

static int read_compared(const struct json *face,
                         struct recognition_compared *compared)
{
    if (recognition_read_box(json_get(face, "BoundingBox"), &compared->box) <
            0 ||
        recognition_read_percent(face, "Confidence", &compared->confidence) < 0)
        return E_PROTOCOL;
    return 0;
}

static int read_compared_match(const struct json *value,
                               struct recognition_compared *compared)
{
    compared->is_match = true;
    if (recognition_read_percent(value, "Similarity", &compared->similarity) <
        0)
        return E_PROTOCOL;
    return read_compared(json_get(value, "Face"), compared);
}

static int read_comparison(struct recognition_comparison *comparison,
                           const struct json *document)
{
    const struct json *source = json_get(document, "SourceImageFace");
    const struct json *matched = json_get(document, "FaceMatches");
    const struct json *others;

    if (recognition_read_box(json_get(source, "BoundingBox"),
                             &comparison->source_box) < 0 ||
        recognition_read_percent(source, "Confidence",
                                 &comparison->source_confidence) < 0 ||
        !recognition_is_list(matched, RECOGNITION_FACES_MAX) ||
        recognition_read_list(document, "UnmatchedFaces", RECOGNITION_FACES_MAX,
                              &others) < 0)
        return E_PROTOCOL;

    comparison->faces = xcalloc(json_count(matched) + json_count(others),
                                sizeof *comparison->faces);
    for (const struct json *it = json_first(matched); it; it = json_next(it))
        if (read_compared_match(it, &comparison->faces[comparison->count++]) <
            0)
            return E_PROTOCOL;
    for (const struct json *it = json_first(others); it; it = json_next(it))
        if (read_compared(it, &comparison->faces[comparison->count++]) < 0)
            return E_PROTOCOL;
    return 0;
}

int recognition_comparison_read(struct recognition_comparison *comparison,
                                const char *body, size_t len)
{
    struct json *document = json_parse(body, len);
    int error;

    *comparison = (struct recognition_comparison){0};
    error = read_comparison(comparison, document);
    json_destroy(document);
    if (error < 0)
        recognition_comparison_finish(comparison);
    return error;
}

void recognition_comparison_finish(struct recognition_comparison *comparison)
{
    free(comparison->faces);
    *comparison = (struct recognition_comparison){0};
}

/* ---- DeleteFaces ---- */

static int read_survivor(const struct json *value,
                         struct recognition_survivor *survivor)
{
    if (recognition_read_face_id(json_get(value, "FaceId"), survivor->face_id) <
            0 ||
        recognition_read_reason(json_get(value, "Reasons"), &survivor->reason) <
            0)
        return E_PROTOCOL;
    survivor->was_missing =
        survivor->reason && strcmp(survivor->reason, "FACE_NOT_FOUND") == 0;
    return 0;
}

static int read_deletion(struct recognition_deletion *deletion)
{
    const struct json *deleted = json_get(deletion->document, "DeletedFaces");
    const struct json *survivors;

    if (!recognition_is_list(deleted, RECOGNITION_IDS_MAX) ||
        recognition_read_list(deletion->document, "UnsuccessfulFaceDeletions",
                              RECOGNITION_IDS_MAX, &survivors) < 0)
        return E_PROTOCOL;

    deletion->deleted = xcalloc(json_count(deleted), sizeof *deletion->deleted);
    for (const struct json *it = json_first(deleted); it; it = json_next(it))
        if (recognition_read_face_id(
                it, deletion->deleted[deletion->deleted_count++]) < 0)
            return E_PROTOCOL;

    deletion->survivors =
        xcalloc(json_count(survivors), sizeof *deletion->survivors);
    for (const struct json *it = json_first(survivors); it; it = json_next(it))
        if (read_survivor(it,
                          &deletion->survivors[deletion->survivor_count++]) < 0)
            return E_PROTOCOL;
    return 0;
}

int recognition_deletion_read(struct recognition_deletion *deletion,
                              const char *body, size_t len)
{
    *deletion =
        (struct recognition_deletion){.document = json_parse(body, len)};
    if (read_deletion(deletion) == 0)
        return 0;
    recognition_deletion_finish(deletion);
    return E_PROTOCOL;
}

void recognition_deletion_finish(struct recognition_deletion *deletion)
{
    json_destroy(deletion->document);
    free(deletion->deleted);
    free(deletion->survivors);
    *deletion = (struct recognition_deletion){0};
}

/* ---- ListFaces ---- */

static int read_listed(const struct json *value,
                       struct recognition_listed *listed)
{
    if (recognition_read_face_id(json_get(value, "FaceId"), listed->face_id) <
        0)
        return E_PROTOCOL;
    return recognition_read_text(value, "ExternalImageId",
                                 &listed->external_image_id);
}

static int read_listing(struct recognition_listing *listing)
{
    const struct json *list = json_get(listing->document, "Faces");

    if (!recognition_is_list(list, RECOGNITION_PAGE_MAX))
        return E_PROTOCOL;
    listing->faces = xcalloc(json_count(list), sizeof *listing->faces);
    for (const struct json *it = json_first(list); it; it = json_next(it))
        if (read_listed(it, &listing->faces[listing->count++]) < 0)
            return E_PROTOCOL;
    return recognition_read_text(listing->document, "NextToken",
                                 &listing->next_token);
}

int recognition_listing_read(struct recognition_listing *listing,
                             const char *body, size_t len)
{
    *listing = (struct recognition_listing){.document = json_parse(body, len)};
    if (read_listing(listing) == 0)
        return 0;
    recognition_listing_finish(listing);
    return E_PROTOCOL;
}

void recognition_listing_finish(struct recognition_listing *listing)
{
    json_destroy(listing->document);
    free(listing->faces);
    *listing = (struct recognition_listing){0};
}
