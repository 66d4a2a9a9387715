/*
 * story_shared_port.c - two servers share a port, and are started anew one
 * after the other while photos come in
 *
 * Nobody who connects is turned away or reset.  Who keeps a connection may find
 * it closed as he asks, as with every HTTP server; what he then asks again is
 * answered, and is no second search.
 */
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "json.h"
#include "patience.h"
#include "plain_photo.h"
#include "raw_client.h"
#include "stack.h"
#include "unit.h"
#include "xalloc.h"

enum {
    CLIENTS = 12, /* every second one keeps its connection */
    ROUNDS = 4,   /* servers that are started anew */
    UPLOADS_A_ROUND = 100,
    LIMIT_MS = 60000,
    ID_BYTES = 64,
};

static struct stack stack;
static struct child servers[2];

/* What the clients have seen; each is a process of its own. */
static struct tally {
    bool is_over;
    struct {
        size_t accepted;
        size_t crossed; /* on a kept connection, that was closed meanwhile */
        size_t lost;    /* on a new one */
        size_t refused; /* to connect */
        size_t others;  /* answers that are not 202 */
    } of[CLIENTS];
} * tally;

/* ---- clients ---- */

static struct buffer photo;

/* Asks on the connection; the status, 0 where there was no answer. */
static int ask(int fd, const char *head, bool *is_last)
{
    struct raw_answer answer;
    const char *word;
    int status = 0;

    *is_last = true;
    if (raw_say(fd, head) && raw_send(fd, photo.bytes, photo.len)) {
        raw_hear(fd, &answer);
        status = answer.status;
        word = status ? raw_header(&answer, "connection") : "close";
        *is_last = word && strcmp(word, "close") == 0;
        raw_answer_finish(&answer);
    }
    return status;
}

static void count(size_t client, int status, bool was_kept)
{
    if (status == 202)
        tally->of[client].accepted++;
    else if (status)
        tally->of[client].others++;
    else if (was_kept)
        tally->of[client].crossed++;
    else
        tally->of[client].lost++;
}

static void be_a_client(size_t client)
{
    bool keeps = client % 2, was_kept = false, is_last = true;
    int fd = -1, status = 202;
    char head[512];

    for (size_t i = 0; !tally->is_over; i += status == 202) {
        snprintf(head, sizeof head,
                 "POST /v1/searches HTTP/1.1\r\nHost: localhost\r\n"
                 "Content-Type: image/png\r\nIdempotency-Key: %zu-%zu\r\n"
                 "Content-Length: %zu\r\n\r\n",
                 client, i, photo.len);
        if (fd < 0)
            fd = raw_try_connect(stack.port);
        if (fd < 0) {
            tally->of[client].refused++;
            continue;
        }
        status = ask(fd, head, &is_last);
        count(client, status, was_kept);
        was_kept = keeps && !is_last;
        if (!was_kept) {
            close(fd);
            fd = -1;
        }
    }
    _exit(0);
}

static void start_clients(pid_t clients[static CLIENTS])
{
    fflush(NULL);
    for (size_t i = 0; i < CLIENTS; i++) {
        clients[i] = fork();
        if (clients[i] == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            be_a_client(i);
        }
    }
}

static size_t count_accepted(void)
{
    size_t count = 0;

    for (size_t i = 0; i < CLIENTS; i++)
        count += tally->of[i].accepted;
    return count;
}

static void await_uploads(size_t more)
{
    struct patience patience = patience_of(LIMIT_MS);
    size_t wanted = count_accepted() + more;

    while (count_accepted() < wanted)
        if (!patience_lasts(&patience))
            fail_msg("%zu uploads of %zu", count_accepted(), wanted);
}

/* ---- servers ---- */

static void start_server(size_t number)
{
    char *log = xprintf("shared%zu.log", number);

    stack_start_another_server(&servers[number], log);
    free(log);
}

static int start(void **state)
{
    (void)state;
    setenv("FACEWIRE_ADDRESS_REQUESTS_S", "1000000", 1);
    stack_prepare(&stack);
    plain_photo_write(&photo, 1);
    tally = mmap(NULL, sizeof *tally, PROT_READ | PROT_WRITE,
                 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    for (size_t i = 0; i < COUNT(servers); i++)
        start_server(i);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(servers); i++) {
        child_stop(&servers[i], LIMIT_MS);
        child_finish(&servers[i]);
    }
    munmap(tally, sizeof *tally);
    buffer_finish(&photo);
    stack_stop(&stack);
    return 0;
}

static void nobody_who_connects_is_turned_away(void **state)
{
    pid_t clients[CLIENTS];
    size_t crossed = 0;

    (void)state;
    start_clients(clients);
    for (size_t round = 0; round < ROUNDS; round++) {
        await_uploads(UPLOADS_A_ROUND);
        assert_int_equal(child_stop(&servers[round % 2], LIMIT_MS), 0);
        await_uploads(UPLOADS_A_ROUND); /* the other one has them all */
        start_server(round % 2);
    }
    await_uploads(UPLOADS_A_ROUND);
    tally->is_over = true;
    for (size_t i = 0; i < CLIENTS; i++)
        waitpid(clients[i], NULL, 0);
    for (size_t i = 0; i < CLIENTS; i++) {
        assert_int_equal(tally->of[i].refused, 0);
        assert_int_equal(tally->of[i].lost, 0);
        assert_int_equal(tally->of[i].others, 0);
        crossed += tally->of[i].crossed;
    }
    print_message("%zu uploads, %zu of them asked again\n", count_accepted(),
                  crossed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_who_connects_is_turned_away),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
