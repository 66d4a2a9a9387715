#include "unit.h"

#include "buffer.h"
#include "errors.h"
#include "outbox.h"

/* A wire that notes what is written, until it is choked. */
struct note {
    struct wire wire;
    struct buffer written;
    size_t writes;
    size_t choked_after; /* bytes; 0: never */
    bool wants_writable;
    bool is_gone;
};

static struct note *note_of(struct wire *wire)
{
    return container_of(wire, struct note, wire);
}

static int note_write(struct wire *wire, const void *bytes, size_t len)
{
    struct note *note = note_of(wire);

    if (note->is_gone)
        return E_CONNECTION;
    buffer_add(&note->written, bytes, len);
    note->writes++;
    return 0;
}

static bool note_is_choked(const struct wire *wire)
{
    const struct note *note = container_of(wire, const struct note, wire);

    return note->choked_after && note->written.len >= note->choked_after;
}

static void note_want_writable(struct wire *wire)
{
    note_of(wire)->wants_writable = true;
}

static void note_hang_up(struct wire *wire)
{
    note_of(wire)->is_gone = true;
}

static const struct wire_kind note_kind = {note_write, note_is_choked,
                                           note_want_writable, note_hang_up};

struct stage {
    uv_loop_t loop;
    uv_timer_t other_work; /* a loop without any does not turn */
    struct outboxes *outboxes;
    struct outbox *outbox;
    struct note note;
};

static void on_other_work(uv_timer_t *timer)
{
    (void)timer;
}

static void open_stage(struct stage *stage, size_t bytes, size_t frames)
{
    *stage = (struct stage){.note = {.wire = {&note_kind}}};
    uv_loop_init(&stage->loop);
    uv_timer_init(&stage->loop, &stage->other_work);
    uv_timer_start(&stage->other_work, on_other_work, 60000, 0);
    stage->outboxes = outboxes_create(
        &stage->loop,
        &(struct outbox_limits){.bytes = bytes, .frames = frames});
    stage->outbox = outbox_create(stage->outboxes, &stage->note.wire);
}

static void close_stage(struct stage *stage)
{
    outbox_destroy(stage->outbox);
    outboxes_destroy(stage->outboxes);
    uv_close((uv_handle_t *)&stage->other_work, NULL);
    uv_run(&stage->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&stage->loop), 0);
    buffer_finish(&stage->note.written);
}

/* The end of a turn, which is when the loop would wait. */
static void turn(struct stage *stage)
{
    uv_run(&stage->loop, UV_RUN_NOWAIT);
}

static int add(struct stage *stage, const char *text, uint64_t key,
               bool *replaced)
{
    struct frame *frame = frame_raw(text, strlen(text));
    int error;

    frame->key = key;
    error = outbox_add(stage->outbox, frame, replaced);
    frame_unref(frame);
    return error;
}

static void say(struct stage *stage, const char *text)
{
    assert_int_equal(add(stage, text, 0, NULL), 0);
}

static void expect(struct stage *stage, const char *text, size_t writes)
{
    assert_string_equal(buffer_text(&stage->note.written), text);
    assert_int_equal(stage->note.writes, writes);
}

static void the_first_of_a_turn_goes_at_once_and_the_rest_together(void **state)
{
    struct stage stage;

    (void)state;
    open_stage(&stage, 1000, 10);
    say(&stage, "a");
    expect(&stage, "a", 1);
    say(&stage, "b");
    say(&stage, "c");
    expect(&stage, "a", 1);
    turn(&stage);
    expect(&stage, "abc", 2);
    say(&stage, "d");
    expect(&stage, "abcd", 3);
    close_stage(&stage);
}

static void what_the_wire_does_not_take_waits_within_bounds(void **state)
{
    struct stage stage;

    (void)state;
    open_stage(&stage, 1000, 3);
    stage.note.choked_after = 1;
    say(&stage, "a");
    say(&stage, "b");
    say(&stage, "c");
    say(&stage, "d");
    assert_int_equal(add(&stage, "e", 0, NULL), E_BUSY);
    assert_int_equal(outbox_count(stage.outbox), 3);
    turn(&stage);
    expect(&stage, "a", 1);
    assert_true(stage.note.wants_writable);
    stage.note.choked_after = 0;
    outbox_flush(stage.outbox);
    expect(&stage, "abcd", 2);
    close_stage(&stage);
}

static void bytes_are_bounded_as_well(void **state)
{
    struct stage stage;

    (void)state;
    open_stage(&stage, 10, 100);
    stage.note.choked_after = 1;
    say(&stage, "a");
    say(&stage, "one frame may be as large as it likes");
    assert_int_equal(add(&stage, "b", 0, NULL), E_BUSY);
    close_stage(&stage);
}

static void a_turn_that_tells_much_calls_nobody_slow(void **state)
{
    struct stage stage;

    (void)state;
    open_stage(&stage, 1000, 3);
    for (int i = 0; i < 100; i++)
        say(&stage, "x");
    turn(&stage);
    assert_int_equal(stage.note.written.len, 100);
    assert_int_equal(outbox_count(stage.outbox), 0);
    close_stage(&stage);
}

static void a_newer_frame_takes_the_place_of_one_that_waits(void **state)
{
    struct stage stage;
    bool replaced;

    (void)state;
    open_stage(&stage, 1000, 3);
    stage.note.choked_after = 1;
    say(&stage, "a");
    assert_int_equal(add(&stage, "old", 7, &replaced), 0);
    assert_false(replaced);
    say(&stage, "b");
    assert_int_equal(add(&stage, "other", 8, &replaced), 0);
    assert_false(replaced);
    assert_int_equal(add(&stage, "new", 7, &replaced), 0);
    assert_true(replaced);
    stage.note.choked_after = 0;
    outbox_flush(stage.outbox);
    expect(&stage, "anewbother", 2);
    close_stage(&stage);
}

static void a_long_row_comes_in_order_and_in_joined_writes(void **state)
{
    enum { FRAMES = 3000 };
    struct stage stage;
    struct buffer wanted = {0};
    char text[100];

    (void)state;
    open_stage(&stage, 1 << 20, FRAMES);
    stage.note.choked_after = 1;
    for (int i = 0; i < FRAMES; i++) {
        snprintf(text, sizeof text, "%060d\n", i);
        say(&stage, text);
        buffer_add_text(&wanted, text);
    }
    stage.note.choked_after = 0;
    outbox_flush(stage.outbox);
    expect(&stage, wanted.bytes, 4); /* the first alone, then 64 KB at a time */
    buffer_finish(&wanted);
    close_stage(&stage);
}

static void what_waits_for_a_wire_that_is_gone_is_freed(void **state)
{
    struct stage stage;

    (void)state;
    open_stage(&stage, 1000, 10);
    stage.note.is_gone = true;
    assert_int_equal(add(&stage, "a", 0, NULL), E_CONNECTION);
    say(&stage, "b");
    say(&stage, "c");
    turn(&stage);
    expect(&stage, "", 0);
    close_stage(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            the_first_of_a_turn_goes_at_once_and_the_rest_together),
        cmocka_unit_test(what_the_wire_does_not_take_waits_within_bounds),
        cmocka_unit_test(bytes_are_bounded_as_well),
        cmocka_unit_test(a_turn_that_tells_much_calls_nobody_slow),
        cmocka_unit_test(a_newer_frame_takes_the_place_of_one_that_waits),
        cmocka_unit_test(a_long_row_comes_in_order_and_in_joined_writes),
        cmocka_unit_test(what_waits_for_a_wire_that_is_gone_is_freed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
