#include "redis_stage.h"

#include "done.h"
#include "log_reader.h"
#include "queue.h"
#include "text.h"
#include "window.h"

enum { PART = 3, PARTS = 4, HISTORY = 5 };

/* One part of a log, and what its reader told. */
static uv_timer_t limit;
static struct queue *queue;
static bool is_queue_up;
static struct log_reader *reader;
static struct {
    size_t past, news, gaps;
    bool has_begun;
    struct offset floor, from, to;
} told;

static void on_floor(void *owner, const struct offset *floor)
{
    (void)owner;
    told.floor = *floor;
}

static void on_entry(void *owner, struct log_entry *entry, bool is_past)
{
    (void)owner;
    assert_int_equal(entry->offset.part, PART);
    assert_true(strncmp(entry->offset_text, "3.", 2) == 0);
    told.past += is_past;
    told.news += !is_past;
    log_entry_free(entry);
}

static void on_live(void *owner, const char *data, size_t len)
{
    (void)owner;
    assert_int_equal(len, strlen(data));
}

static void on_begin(void *owner, const struct offset *position)
{
    (void)owner;
    assert_int_equal(position->part, PART);
    told.has_begun = true;
}

static void on_gap(void *owner, const struct offset *from,
                   const struct offset *to)
{
    (void)owner;
    told.gaps++;
    told.from = *from;
    told.to = *to;
}

static void on_queue_state(void *owner, bool is_up)
{
    (void)owner;
    is_queue_up = is_up;
    if (is_up && reader)
        log_reader_look(reader);
}

static void on_limit(uv_timer_t *timer)
{
    (void)timer;
    fail_msg("nothing happened in time");
}

static void add_event(int number)
{
    char *line = xprintf("fcall facewire_progress 1 'facewire:{3}:' job-%d 1 "
                         "job.started searches '{}' 1000",
                         number);

    redis_server_say(&server, line);
    free(line);
}

static void open_reader(void)
{
    static const struct log_reader_events events = {on_floor, on_entry, on_live,
                                                    on_begin, on_gap};
    struct log_reader_options options = {.redis_url = server.url,
                                         .queue = queue,
                                         .part = PART,
                                         .server = "me",
                                         .history_count = HISTORY};
    char problem[256];

    memset(&told, 0, sizeof told);
    reader = log_reader_create(&loop, &options, &events, NULL, problem);
    assert_non_null(reader);
    turn_until(&told.has_begun);
}

static int start(void **state)
{
    struct queue_options options = {
        .name = "test", .part = PART, .parts = PARTS};
    char problem[256];

    start_redis(state);
    options.url = server.url;
    is_queue_up = false;
    uv_loop_init(&loop);
    uv_timer_init(&loop, &limit);
    uv_timer_start(&limit, on_limit, 20000, 0);
    queue = queue_create(&loop, &options, on_queue_state, NULL, problem);
    assert_non_null(queue);
    turn_until(&is_queue_up);
    return 0;
}

static int stop(void **state)
{
    log_reader_destroy(reader);
    reader = NULL;
    queue_destroy(queue);
    uv_close((uv_handle_t *)&limit, NULL);
    close_loop();
    return stop_redis(state);
}

static void the_past_comes_first_and_its_floor_is_told(void **state)
{
    (void)state;
    for (int i = 0; i < 2 * HISTORY; i++)
        add_event(i);
    open_reader();
    assert_int_equal(told.past, HISTORY);
    assert_int_equal(told.news, 0);
    assert_true(told.floor.ms > 0); /* what lies before is unknown */
    add_event(100);
    while (told.news == 0)
        uv_run(&loop, UV_RUN_ONCE);
    assert_int_equal(told.gaps, 0);
}

static void of_a_short_past_everything_is_known(void **state)
{
    (void)state;
    add_event(1);
    open_reader();
    assert_int_equal(told.past, 1);
    assert_true(told.floor.ms == 0);
}

static void a_log_that_was_emptied_is_a_gap(void **state)
{
    (void)state;
    add_event(1);
    open_reader();
    redis_server_say(&server, "DEL 'facewire:{3}:events' 'facewire:{3}:epoch'");
    while (told.gaps == 0)
        uv_run(&loop, UV_RUN_ONCE);
    assert_false(offset_is_same_log(&told.from, &told.to));
    assert_true(told.to.ms == 0);
}

/* As a replica does that took over before it had everything. */
static void entries_that_were_read_and_are_gone_are_a_gap(void **state)
{
    size_t news;

    (void)state;
    add_event(1);
    open_reader();
    add_event(2);
    while (told.news == 0)
        uv_run(&loop, UV_RUN_ONCE);
    redis_server_say(&server, "XTRIM 'facewire:{3}:events' MAXLEN 0");
    redis_server_say(&server, "XSETID 'facewire:{3}:events' 9999999999999-0 "
                              "ENTRIESADDED 1 MAXDELETEDID 0-0");
    news = told.news;
    while (told.gaps == 0)
        uv_run(&loop, UV_RUN_ONCE);
    assert_true(told.to.ms == 9999999999999);
    assert_int_equal(told.news, news);
}

#define STORY(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(the_past_comes_first_and_its_floor_is_told),
        STORY(of_a_short_past_everything_is_known),
        STORY(a_log_that_was_emptied_is_a_gap),
        STORY(entries_that_were_read_and_are_gone_are_a_gap),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
