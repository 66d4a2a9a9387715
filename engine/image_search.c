/*
 * image_search.c - a search with the largest good face of a photo
 */
#include <string.h>

#include "image_search.h"
#include "quality_filter.h"

static const struct image_search *
searching_of(const struct recognition *recognition)
{
    return container_of(recognition, const struct image_search, recognition);
}

/* Faces come in their order, the largest first. */
static bool is_searched(const struct recognition *recognition,
                        const struct face *face)
{
    return quality_filter_largest(searching_of(recognition)->filter,
                                  recognition) == face;
}

static void on_recognized(struct recognition *recognition, int error)
{
    struct image_search *searching =
        container_of(recognition, struct image_search, recognition);

    if (error) {
        call_refuse_plainly(&searching->call, image_exception(error));
        return;
    }
    searching->face = quality_filter_largest(searching->filter, recognition);
    searching->look(searching);
}

void image_search_start(struct image_search *searching,
                        void (*look)(struct image_search *searching))
{
    struct call *call = &searching->call;

    if (!image_keeps_rule(call, &searching->image) ||
        !call_find_current(call, searching->id) ||
        !image_can_be_had(call, &searching->image))
        return;
    searching->look = look;
    searching->recognition.with_vectors = true;
    searching->recognition.wants_vector = is_searched;
    searching->recognition.done = on_recognized;
    image_submit(call, &searching->image, &searching->recognition);
}

void image_search_in(struct image_search *searching,
                     struct collection *collection, struct gallery *gallery,
                     void (*after)(struct crew_task *task))
{
    struct search *search = &searching->search;

    if (searching->face)
        memcpy(search->vector, searching->face->vector, sizeof search->vector);
    else
        search->most = 0;
    search_start(&searching->call, search, collection, gallery, after);
}

struct image_search *image_search_of(struct crew_task *task)
{
    struct search *search = container_of(task, struct search, task);

    return container_of(search, struct image_search, search);
}

void image_search_finish(struct call *call)
{
    struct image_search *searching =
        container_of(call, struct image_search, call);

    search_finish(&searching->search);
    recognition_finish(&searching->recognition);
}
