/*
 * enrolled.c - a face that was enrolled, as the client is told of it and as the
 * database keeps it
 */
#include <math.h>

#include "box.h"
#include "enrolled.h"

static void add_person(struct json *object, const struct person_row *row)
{
    struct json *person = json_add(object, "person", json_object());

    json_add_text(person, "id", row->id);
    json_add_text(person, "external_id", row->external_id);
    json_add_text(person, "name", row->name);
}

static void add_quality(struct json *object,
                        const struct recognition_face *face)
{
    struct json *quality;

    if (!face->has_quality) {
        json_add_null(object, "quality");
        return;
    }
    quality = json_add(object, "quality", json_object());
    json_add_number(quality, "brightness", json_rounded(face->brightness));
    json_add_number(quality, "sharpness", json_rounded(face->sharpness));
}

struct json *enrolled_json(const struct enrolled *enrolled)
{
    const struct photo *photo = job_photo(enrolled->job, 0);
    const struct recognition_face *face = enrolled->face;
    struct json *result = json_object();
    struct json *image;

    add_person(result, enrolled->person);
    json_add_text(result, "face_id", enrolled->face_id);
    json_add(result, "box", box_json(&face->box));
    json_add_number(result, "confidence", json_rounded(face->confidence));
    image = json_add(result, "image", json_object());
    json_add_number(image, "width", photo_width(photo));
    json_add_number(image, "height", photo_height(photo));
    json_add_text(image, "type", job_photo_type(enrolled->job, 0));
    add_quality(result, face);
    json_add(result, "resembles",
             resemblance_json(enrolled->resemblance,
                              job_row(enrolled->job)->person));
    return result;
}

/* Which of a person's faces shows them best: large, sharp and well lit. */
static double quality_of(const struct recognition_face *face, uint32_t height)
{
    double pixels = face->box.height * height;
    double measured =
        face->has_quality ? (face->brightness + face->sharpness) / 2 : 50;

    return measured + fmin(pixels, 400) / 4;
}

struct new_face enrolled_row(const struct enrolled *enrolled)
{
    const struct recognition_face *face = enrolled->face;

    return (struct new_face){
        .id = enrolled->face_id,
        .person = job_row(enrolled->job)->person,
        .left = face->box.left,
        .top = face->box.top,
        .width = face->box.width,
        .height = face->box.height,
        .confidence = face->confidence,
        .quality = quality_of(face, photo_height(job_photo(enrolled->job, 0)))};
}
