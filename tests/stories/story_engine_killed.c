/*
 * The engine is killed again and again while it keeps a thousand photos.  Each
 * time all that it had answered is there, and nothing half.
 */
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "collection.h"
#include "engine_command.h"
#include "engine_stage.h"
#include "unit.h"

enum {
    LINES = 6,
    PHOTOS = 1000,
    LIFE_PHOTOS = 200, /* before a kill, at most */
    GROUP_EACH = 8,    /* every eighth is a group */
    GROUP_FACES = 4,   /* on f1-group.jpg; one on the other */
    LAG_US = 30000,    /* what a photo takes */
};

static struct engine_stage stage;
static unsigned seed;

static size_t faces_of(size_t number)
{
    return number % GROUP_EACH == 0 ? GROUP_FACES : 1;
}

struct album {
    char *one, *group;
    bool answered[PHOTOS];
};

static void send_photo(const struct album *album, int fd, size_t number)
{
    (void)collection_send(&stage.client, fd,
                          faces_of(number) > 1 ? album->group : album->one,
                          number);
}

static void hear(struct album *album, int fd, size_t number, bool is_killed)
{
    int status;

    json_destroy(recognition_hear(fd, &status));
    assert_true(status == 200 || (status == 0 && is_killed));
    album->answered[number] = status == 200;
}

/* At any moment of what is under way. */
static void kill_engine(void)
{
    struct timespec lag = {.tv_nsec = 1000L * (rand_r(&seed) % LAG_US)};

    nanosleep(&lag, NULL);
    child_signal(&stage.engine, SIGKILL);
    assert_int_equal(child_wait(&stage.engine, 10000), 128 + SIGKILL);
}

/* Sends photos on all lines at once, and a kill after some of them. */
static void live(struct album *album, size_t first, size_t count)
{
    int lines[LINES];

    for (size_t i = 0; i < LINES; i++)
        lines[i] = raw_connect(stage.port);
    for (size_t i = 0; i < count; i++) {
        if (i >= LINES)
            hear(album, lines[i % LINES], first + i - LINES, false);
        send_photo(album, lines[i % LINES], first + i);
    }
    kill_engine();
    for (size_t i = count - LINES; i < count; i++)
        hear(album, lines[i % LINES], first + i, true);
    for (size_t i = 0; i < LINES; i++)
        close(lines[i]);
}

/* What was answered is there, what was not is there or not; nothing is half,
 * and what is there is found. */
static void look_through(const struct album *album)
{
    static size_t counts[PHOTOS];
    size_t ones = 0, groups = 0, all;
    char sentence[64];

    all = collection_count_each(&stage.client, counts, PHOTOS);
    for (size_t i = 0; i < PHOTOS; i++) {
        assert_true(counts[i] == faces_of(i) ||
                    (counts[i] == 0 && !album->answered[i]));
        if (counts[i] > 0)
            ++*(faces_of(i) > 1 ? &groups : &ones);
    }
    assert_int_equal(collection_find(&stage.client, album->one), ones);
    assert_int_equal(collection_find(&stage.client, album->group), groups);
    snprintf(sentence, sizeof sentence, " faces=%zu users=0 wrong=0", all);
    engine_command_succeeds("engine", "check", sentence);
}

static void a_killed_engine_keeps_all_it_has_answered(void **state)
{
    struct album album = {.one = recognition_photo("f1-daughter-3.jpg"),
                          .group = recognition_photo("f1-group.jpg")};
    size_t sent = 0;

    (void)state;
    print_message("seed %u\n", seed);
    collection_create(&stage.client);
    while (sent < PHOTOS) {
        size_t count = LINES + (size_t)rand_r(&seed) % LIFE_PHOTOS;

        count = count < PHOTOS - sent ? count : PHOTOS - sent;
        if (count < LINES)
            break;
        live(&album, sent, count);
        sent += count;
        engine_command_succeeds("engine", "check", "wrong=0");
        engine_stage_start(&stage);
        look_through(&album);
    }
    free(album.one);
    free(album.group);
}

static int open_stage(void **state)
{
    const char *wanted = getenv("FACEWIRE_SEED");

    (void)state;
    seed = wanted ? (unsigned)strtoul(wanted, NULL, 10) : (unsigned)time(NULL);
    engine_stage_open(&stage);
    return 0;
}

static int close_stage(void **state)
{
    (void)state;
    engine_stage_close(&stage);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            a_killed_engine_keeps_all_it_has_answered, open_stage, close_stage),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
