/*
 * documents.c - the representations that the HTTP API gives
 */
#include <string.h>

#include "box.h"
#include "documents.h"
#include "stage_book.h"

/* What the browser needs to reserve the photo's place: the first of the job's
 * images, without its key. */
static void add_image(struct json *document, const char *images)
{
    struct json *list = images ? json_parse(images, strlen(images)) : NULL;
    const struct json *first = json_first(list);

    if (first) {
        struct json *image = json_add(document, "image", json_object());

        json_add_number(image, "width", json_get_number(first, "width", 0));
        json_add_number(image, "height", json_get_number(first, "height", 0));
        json_add_text(image, "type", json_get_text(first, "type", NULL));
    } else {
        json_add_null(document, "image");
    }
    json_destroy(list);
}

struct json *job_document(const struct job_row *row, bool has_result)
{
    struct json *document = json_object();

    json_add_text(document, "id", row->id);
    json_add_text(document, "kind", job_kind_name(row->kind));
    json_add_text(document, "status", job_status_name(row->status));
    json_add_text(document, "priority", priority_name(row->priority));
    json_add_text(document, "created", row->created);
    json_add_text(document, "started", row->started);
    json_add_text(document, "finished", row->finished);
    json_add_number(document, "attempts", (double)row->attempt);
    json_add_text(document, "trace", row->trace.id[0] ? row->trace.id : NULL);
    json_add_text(document, "person", row->person);
    add_image(document, row->images);
    if (has_result)
        json_add_raw(document, "result", row->result);
    json_add_raw(document, "error", row->error);
    return document;
}

/* The book may still have an end that the job, replayed, has had before. */
struct json *job_whole_document(const struct job_row *row,
                                struct stage_book *book)
{
    struct json *document = job_document(row, true);
    struct stages stages;

    if (!stage_book_find(book, row->id, &stages) ||
        (row->status < JOB_DONE && stages.when_us[STAGE_PUBLISHED]))
        stages_read(&stages, row->stages);
    json_add(document, "stages", stages_json(&stages));
    return document;
}

struct json *person_document(const struct person_row *row)
{
    struct json *document = json_object();

    json_add_text(document, "id", row->id);
    json_add_text(document, "external_id", row->external_id);
    json_add_text(document, "name", row->name);
    json_add_text(document, "email", row->email);
    json_add_raw(document, "details", row->details ? row->details : "{}");
    json_add_text(document, "created", row->created);
    json_add_text(document, "updated", row->updated);
    json_add_number(document, "face_count", (double)row->face_count);
    return document;
}

static void add_face(struct json *list, const struct face_row *face)
{
    struct json *object = json_append(list, json_object());
    struct picture_area box = {face->left, face->top, face->width,
                               face->height};

    json_add_text(object, "face_id", face->id);
    json_add(object, "box", box_json(&box));
    json_add_number(object, "confidence", json_rounded(face->confidence));
    json_add_text(object, "job", face->job);
    json_add_text(object, "created", face->created);
}

struct json *person_whole_document(const struct person_find *find)
{
    struct json *document = person_document(&find->row);
    struct json *faces = json_add(document, "faces", json_array());
    struct json *sightings = json_add(document, "sightings", json_array());

    for (size_t i = 0; i < find->faces.count; i++)
        add_face(faces, &find->faces.rows[i]);
    for (size_t i = 0; i < find->sightings.count; i++) {
        const struct sighting_row *sighting = &find->sightings.rows[i];
        struct json *object = json_append(sightings, json_object());

        json_add_text(object, "job", sighting->job);
        json_add_number(object, "similarity",
                        json_rounded(sighting->similarity));
        json_add_text(object, "time", sighting->seen);
    }
    return document;
}

struct json *page_document(struct json *items, const char *next)
{
    struct json *page = json_object();

    json_add(page, "items", items);
    json_add_text(page, "next", next);
    return page;
}
