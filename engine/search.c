/*
 * search.c - a search in a collection
 */
#include "search.h"
#include "similarity.h"

static void on_work(struct crew_task *task, void *tool)
{
    struct search *search = container_of(task, struct search, task);

    (void)tool;
    gallery_search(
        search->gallery,
        &(struct gallery_query){
            .vector = search->vector,
            .cosine_min = similarity_cosine(search->collection->vector_length,
                                            search->threshold),
            .most = (size_t)search->most,
            .except = search->except,
        },
        &search->matches);
}

void search_start(struct call *call, struct search *search,
                  struct collection *collection, struct gallery *gallery,
                  void (*after)(struct crew_task *task))
{
    collection_hold(collection);
    search->collection = collection;
    search->gallery = gallery;
    search->task = (struct crew_task){.work = on_work, .after = after};
    (void)!call_submit(call, call->engine->readers, &search->task);
}

void search_finish(struct search *search)
{
    matches_finish(&search->matches);
    collection_let_go(search->collection);
}
