/*
 * footing.c - what a part holds while it has nothing to do
 */
#include "footing.h"
#include "patience.h"
#include "process_share.h"
#include "unit.h"

/* The sanitizer's own books grow with whatever is new to it. */
#ifdef __SANITIZE_ADDRESS__
enum { GROWTH_KILOBYTES = 32 * 1024 };
#else
enum { GROWTH_KILOBYTES = 2 * 1024 };
#endif

enum {
    REST_MS = 8000, /* after it, a worker has given memory back */
    BACK_MS = 30000,
    GROWTH_PERCENT = 10,
    DESCRIPTORS_MORE = 4, /* connections that are kept while unused */
};

static void rest(int time_ms)
{
    struct patience patience = patience_of(time_ms);

    while (patience_lasts(&patience))
        ;
}

static struct footing look(const struct child *child)
{
    return (struct footing){.descriptors = process_descriptors(child->pid),
                            .kilobytes = process_kilobytes(child->pid)};
}

void footing_take(struct footing *footing, const struct child *child)
{
    rest(REST_MS);
    *footing = look(child);
}

void footing_compare(const struct footing *footing, const struct child *child)
{
    struct patience patience = patience_of(BACK_MS);
    size_t most_kilobytes = footing->kilobytes +
                            footing->kilobytes * GROWTH_PERCENT / 100 +
                            GROWTH_KILOBYTES;
    size_t most_descriptors = footing->descriptors + DESCRIPTORS_MORE;
    struct footing now = look(child);

    while ((now.descriptors > most_descriptors ||
            now.kilobytes > most_kilobytes) &&
           patience_lasts(&patience))
        now = look(child);
    print_message("%s: %zu descriptors and %zu KB, %zu and %zu KB before\n",
                  child->name, now.descriptors, now.kilobytes,
                  footing->descriptors, footing->kilobytes);
    assert_in_range(now.descriptors, 0, most_descriptors);
    assert_in_range(now.kilobytes, 0, most_kilobytes);
}
