/*
 * story_bad_input.c - whatever is sent to the server, it says what is wrong,
 * serves the others meanwhile, and keeps nothing of it
 */
#include <stdlib.h>

#include "bad_messages.h"
#include "bad_requests.h"
#include "patience.h"
#include "process_share.h"
#include "stack.h"
#include "unit.h"
#include "xalloc.h"

enum {
    WARM_UP_ROUNDS = 2,
    ROUNDS = 5,
    SLACK_KILOBYTES = 1024,
    REST_MS = 15000, /* for connections to end on both sides */
};

/* What was freed is given back at once, so that a leak can be told from the
 * sanitizer's keeping. */
static void keep_nothing(void)
{
    const char *options = getenv("ASAN_OPTIONS");
    char *text = xprintf("%s%squarantine_size_mb=0:"
                         "thread_local_quarantine_size_kb=0:"
                         "allocator_release_to_os_interval_ms=0",
                         options ? options : "", options ? ":" : "");

    setenv("ASAN_OPTIONS", text, 1);
    free(text);
}

static void make_all_mistakes(struct neighbour *neighbour)
{
    bad_requests_make(neighbour);
    bad_messages_say(neighbour);
}

/* Goodbyes take a moment. */
static size_t rest(pid_t server, size_t descriptors)
{
    struct patience patience = patience_of(REST_MS);

    while (process_descriptors(server) > descriptors &&
           patience_lasts(&patience))
        ;
    return process_descriptors(server);
}

static void every_mistake_is_refused_and_forgotten(void **state)
{
    struct stack *stack = *state;
    struct neighbour neighbour;
    pid_t server = stack->server.pid;
    size_t descriptors, before, after;

    neighbour_open(&neighbour, stack->port);
    neighbour_is_served(&neighbour, "nothing");
    descriptors = process_descriptors(server);
    for (int i = 0; i < WARM_UP_ROUNDS; i++)
        make_all_mistakes(&neighbour);
    rest(server, descriptors);
    before = process_kilobytes(server);
    for (int i = 0; i < ROUNDS; i++)
        make_all_mistakes(&neighbour);
    assert_true(rest(server, descriptors) <= descriptors);
    after = process_kilobytes(server);
    printf("PSS: %zu KB, then %zu KB\n", before, after);
    if (after > before + SLACK_KILOBYTES)
        fail_msg("the server has grown from %zu to %zu KB", before, after);
    neighbour_finish(&neighbour);
}

static int set_up(void **state)
{
    static struct stack stack;

    keep_nothing();
    setenv("FACEWIRE_PATIENCE_MS", "1000", 1);
    /* It is open when the first answer is there; others would be opened when
     * they are first needed, and stay. */
    setenv("FACEWIRE_DATABASE_CONNECTIONS", "1", 1);
    stack_start(&stack);
    *state = &stack;
    return 0;
}

static int tear_down(void **state)
{
    stack_stop(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_mistake_is_refused_and_forgotten),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
