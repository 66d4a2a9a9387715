/*
 * people_routes.c - the routes that read and change people
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "documents.h"
#include "errors.h"
#include "image_key.h"
#include "people.h"
#include "people_routes.h"
#include "person_fields.h"
#include "xalloc.h"

enum { CROP_BYTES_MAX = 1 << 20, BODY_BYTES_MAX = 64 * 1024 };

static const char crop_cache[] = "private, max-age=300";

/* ---- the list ---- */

struct listing {
    struct call *call;
    struct people_list list;
    int64_t
        limit; /* as asked: one more is read, to know whether there are more */
};

static void on_listed(void *owner, int error)
{
    struct listing *listing = owner;
    struct person_rows *rows = &listing->list.rows;
    struct json *items;
    size_t count;

    if (error) {
        call_failure(listing->call, error, "database");
    } else {
        items = json_array();
        count = rows->count < (size_t)listing->limit ? rows->count
                                                     : (size_t)listing->limit;
        for (size_t i = 0; i < count; i++)
            json_append(items, person_document(&rows->rows[i]));
        call_answer(listing->call, 200,
                    page_document(items, rows->count > count
                                             ? rows->rows[count - 1].id
                                             : NULL),
                    NULL);
    }
    person_rows_finish(rows);
    free(listing);
}

void route_list_people(struct call *call)
{
    struct listing *listing;
    const char *after;
    int64_t limit;
    int error;

    if (!call_limit(call, &limit) || !call_after(call, &after))
        return;
    listing = xcalloc(1, sizeof *listing);
    listing->call = call;
    listing->limit = limit;
    listing->list =
        (struct people_list){.collection = call->services->settings->collection,
                             .query = call_query(call, "q"),
                             .after = after,
                             .limit = limit + 1};
    error = people_list(call->services->database, &listing->list, on_listed,
                        listing);
    if (error < 0)
        on_listed(listing, error);
}

/* ---- one person ---- */

struct reading {
    struct call *call;
    struct person_find find;
};

static void end_reading(struct reading *reading)
{
    person_find_finish(&reading->find);
    free(reading);
}

/* Answers a failure; false if there was none. */
static bool answer_error(struct call *call, int error)
{
    if (error == E_NOT_FOUND)
        call_problem(call, PROBLEM_NOT_FOUND, "There is no such person.");
    else if (error)
        call_failure(call, error, "database");
    return error != 0;
}

static void on_read(void *owner, int error)
{
    struct reading *reading = owner;

    if (!answer_error(reading->call, error))
        call_answer(reading->call, 200, person_whole_document(&reading->find),
                    NULL);
    end_reading(reading);
}

static void find_person(struct call *call, done_fn *done)
{
    struct reading *reading = xcalloc(1, sizeof *reading);
    int error;

    reading->call = call;
    reading->find = (struct person_find){
        .collection = call->services->settings->collection, .id = call->ids[0]};
    error =
        person_find(call->services->database, &reading->find, done, reading);
    if (error < 0)
        done(reading, error);
}

void route_read_person(struct call *call)
{
    find_person(call, on_read);
}

/* ---- crops ---- */

static void on_crop(void *owner, int error, char *bytes, size_t len)
{
    struct call *call = owner;

    if (error == E_NOT_FOUND)
        call_problem(call, PROBLEM_NOT_FOUND, "There is no picture yet.");
    else if (error)
        call_failure(call, error, "image store");
    else
        call_bytes(call, "image/jpeg", bytes, len, crop_cache);
}

static void get_crop(struct call *call, const char *face)
{
    char *key = image_key_crop(face);
    int error =
        store_get(call->services->store, key, CROP_BYTES_MAX, on_crop, call);

    free(key);
    if (error < 0)
        on_crop(call, error, NULL, 0);
}

/* The best face comes first. */
static void on_person_for_crop(void *owner, int error)
{
    struct reading *reading = owner;
    struct call *call = reading->call;

    if (answer_error(call, error))
        ;
    else if (reading->find.faces.count == 0)
        call_problem(call, PROBLEM_NOT_FOUND, "There is no picture yet.");
    else
        get_crop(call, reading->find.faces.rows[0].id);
    end_reading(reading);
}

void route_person_image(struct call *call)
{
    find_person(call, on_person_for_crop);
}

static void on_person_for_face(void *owner, int error)
{
    struct reading *reading = owner;
    struct call *call = reading->call;
    const struct face_rows *faces = &reading->find.faces;
    size_t i = 0;

    if (!answer_error(call, error)) {
        while (i < faces->count && strcmp(faces->rows[i].id, call->ids[1]) != 0)
            i++;
        if (i < faces->count)
            get_crop(call, call->ids[1]);
        else
            call_problem(call, PROBLEM_NOT_FOUND, "There is no such face.");
    }
    end_reading(reading);
}

void route_face_image(struct call *call)
{
    find_person(call, on_person_for_face);
}

/* ---- changing ---- */

struct changing {
    struct call *call;
    struct json *document;
    struct person_change change;
    char *details;
};

static void end_changing(struct changing *changing)
{
    person_find_finish(&changing->change.find);
    json_destroy(changing->document);
    free(changing->details);
    free(changing);
}

static void on_changed(void *owner, int error)
{
    struct changing *changing = owner;

    if (error == E_DUPLICATE)
        call_problem(changing->call, PROBLEM_EXTERNAL_ID_TAKEN, NULL);
    else if (!answer_error(changing->call, error))
        call_answer(changing->call, 200,
                    person_whole_document(&changing->change.find), NULL);
    end_changing(changing);
}

/* A member as text; NULL where it is null.  False if it is neither. */
static bool is_text_or_null(const struct json *member, const char **text)
{
    *text = json_is_text(member) ? json_text(member) : NULL;
    return *text || json_is_null(member);
}

static enum problem wrong_type(const char *name, const char *type,
                               char detail[static 128])
{
    snprintf(detail, 128, "%s takes %s.", name, type);
    return PROBLEM_INVALID_FIELD;
}

static enum problem read_details(struct changing *changing,
                                 const struct json *member,
                                 char detail[static 128])
{
    struct person_change *change = &changing->change;

    change->has_details = true;
    if (json_is_null(member))
        return PROBLEM_NONE;
    changing->details = json_print(member);
    change->details = changing->details;
    return person_check_details(change->details, detail);
}

static enum problem read_member(struct changing *changing,
                                const struct json *member,
                                char detail[static 128])
{
    struct person_change *change = &changing->change;
    const char *name = json_name(member);
    const char *text;

    if (strcmp(name, "details") == 0)
        return read_details(changing, member, detail);
    if (!is_text_or_null(member, &text))
        return wrong_type(name, "a text", detail);
    if (strcmp(name, "name") == 0) {
        change->has_name = true;
        change->name = text;
        return text ? person_check_name(text, detail)
                    : wrong_type(name, "a text", detail);
    }
    if (strcmp(name, "external_id") == 0) {
        change->has_external_id = true;
        change->external_id = text;
        return text ? person_check_external_id(text, detail) : PROBLEM_NONE;
    }
    if (strcmp(name, "email") == 0) {
        change->has_email = true;
        change->email = text;
        return text ? person_check_email(text, detail) : PROBLEM_NONE;
    }
    snprintf(detail, 128, "There is no field of the name %.60s.", name);
    return PROBLEM_UNKNOWN_FIELD;
}

/* Of two values nobody could tell which one is meant. */
static bool is_given_twice(const struct json *document,
                           const struct json *member)
{
    const struct json *first = json_first(document);

    while (first != member && strcmp(json_name(first), json_name(member)) != 0)
        first = json_next(first);
    return first != member;
}

static enum problem read_members(struct changing *changing,
                                 char detail[static 128])
{
    const struct json *document = changing->document;
    enum problem problem = PROBLEM_NONE;

    for (const struct json *member = json_first(document);
         member && problem == PROBLEM_NONE; member = json_next(member)) {
        if (is_given_twice(document, member)) {
            snprintf(detail, 128, "The field %.60s is given twice.",
                     json_name(member));
            return PROBLEM_INVALID_FIELD;
        }
        problem = read_member(changing, member, detail);
    }
    return problem;
}

static enum problem read_change(struct changing *changing, int error,
                                const char *body, size_t len,
                                char detail[static 128])
{
    if (error == E_TOO_LARGE)
        return PROBLEM_BODY_TOO_LARGE;
    if (error == E_TIMEOUT)
        return PROBLEM_REQUEST_TIMEOUT;
    if (error)
        return PROBLEM_INVALID_REQUEST;
    changing->document = json_parse(body, len);
    if (!json_is_object(changing->document))
        return PROBLEM_INVALID_JSON;
    return read_members(changing, detail);
}

static void on_change_body(void *owner, int error, const char *body, size_t len)
{
    struct changing *changing = owner;
    struct call *call = changing->call;
    char detail[128] = "";
    enum problem problem = read_change(changing, error, body, len, detail);

    if (problem != PROBLEM_NONE) {
        call_problem(call, problem, detail);
        end_changing(changing);
        return;
    }
    changing->change.collection = call->services->settings->collection;
    changing->change.id = call->ids[0];
    error = person_change(call->services->database, &changing->change,
                          on_changed, changing);
    if (error < 0)
        on_changed(changing, error);
}

void route_change_person(struct call *call)
{
    struct changing *changing = xcalloc(1, sizeof *changing);

    changing->call = call;
    exchange_read_all(call->exchange, BODY_BYTES_MAX, on_change_body, changing);
}
