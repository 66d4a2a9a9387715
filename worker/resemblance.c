/*
 * resemblance.c - whom a face that was just enrolled resembles
 */
#include <string.h>

#include "errors.h"
#include "face_match.h"
#include "log.h"
#include "resemblance.h"
#include "text.h"

static const double similarity_least = 90;

static void on_named(void *owner, int error)
{
    struct resemblance *resemblance = owner;

    if (error) {
        log_info("database: resembling faces were not named: %s",
                 error_name(error));
        resemblance->names.count = 0;
    }
    resemblance->done(resemblance->owner, 0);
}

static void name(struct resemblance *resemblance)
{
    int result = DONE;

    if (resemblance->names.count)
        result = faces_name(resemblance->tools->database, &resemblance->names,
                            on_named, resemblance);
    if (result != PENDING)
        on_named(resemblance, result);
}

static void on_answer(void *owner, const struct question_answer *answer)
{
    struct resemblance *resemblance = owner;
    struct recognition_matches matches = {0};

    if (answer->error == 0 &&
        recognition_matches_read(&matches, answer->body, answer->len) == 0) {
        for (size_t i = 0; i < matches.count && i < RESEMBLANCES_MAX; i++) {
            text_copy(resemblance->owners[i].face, UUID_BYTES,
                      matches.matches[i].face_id);
            resemblance->similarities[i] = matches.matches[i].similarity;
            resemblance->names.count++;
        }
        recognition_matches_finish(&matches);
    }
    name(resemblance);
}

void resemblance_find(struct resemblance *resemblance,
                      const struct tools *tools,
                      const struct resemblance_request *request, done_fn *done,
                      void *owner)
{
    struct buffer body = {0};

    resemblance->tools = tools;
    resemblance->names.collection = request->collection;
    resemblance->names.faces = resemblance->owners;
    resemblance->done = done;
    resemblance->owner = owner;
    recognition_write_search_faces(request->at_endpoint, request->face_id,
                                   similarity_least, RESEMBLANCES_MAX, &body);
    question_ask(tools, RECOGNITION_SEARCH_FACES, request->asker, &body,
                 on_answer, resemblance);
}

size_t
resemblance_sightings(const struct resemblance *resemblance, const char *self,
                      struct new_sighting sightings[static RESEMBLANCES_MAX])
{
    struct face_match people[RESEMBLANCES_MAX];
    size_t count =
        face_match_group(resemblance->owners, resemblance->similarities,
                         resemblance->names.count, people, COUNT(people));
    size_t others = 0;

    for (size_t i = 0; i < count; i++)
        if (strcmp(people[i].owner->person, self) != 0)
            sightings[others++] = (struct new_sighting){people[i].owner->person,
                                                        people[i].similarity};
    return others;
}

struct json *resemblance_json(const struct resemblance *resemblance,
                              const char *self)
{
    struct face_match people[RESEMBLANCES_MAX];
    size_t count =
        face_match_group(resemblance->owners, resemblance->similarities,
                         resemblance->names.count, people, COUNT(people));
    struct json *list = json_array();

    for (size_t i = 0; i < count; i++) {
        struct json *object;

        if (strcmp(people[i].owner->person, self) == 0)
            continue;
        object = json_append(list, json_object());
        face_match_add_person(object, people[i].owner);
        json_add_number(object, "similarity",
                        json_rounded(people[i].similarity));
    }
    return list;
}

void resemblance_finish(struct resemblance *resemblance)
{
    for (size_t i = 0; i < RESEMBLANCES_MAX; i++)
        face_owner_finish(&resemblance->owners[i]);
}
