/*
 * vandals.c - clients of the engine that do what nobody should
 */
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "log.h"
#include "raw_client.h"
#include "vandals.h"
#include "xalloc.h"

enum { TRICKLE_MS = 100, REST_MS = 20, GARBAGE_BYTES = 400 };

struct vandal {
    struct vandals *vandals;
    pthread_t thread;
    uint32_t seed;
};

struct vandals {
    const struct recognition_client *client;
    struct recognition_client stranger; /* with a guessed secret */
    char *request;                      /* for DetectFaces, with half a photo */
    atomic_bool is_over;
    atomic_uint_fast64_t done[VANDALISMS];
    atomic_uint_fast64_t surprises[VANDALISMS];
    size_t count;
    struct vandal *list;
};

const char *vandalism_name(enum vandalism what)
{
    static const char *const names[] = {
        [VANDAL_GARBAGE] = "garbage",
        [VANDAL_BREAKS] = "broken-off bodies",
        [VANDAL_FORGES] = "forged signatures",
        [VANDAL_DAMAGES] = "damaged photos",
        [VANDAL_CREEPS] = "slow bodies",
        [VANDAL_HESITATES] = "slow heads",
        [VANDAL_FLOODS] = "floods",
    };

    return names[what];
}

static void rest(int ms)
{
    poll(NULL, 0, ms);
}

static uint32_t draw(struct vandal *vandal)
{
    vandal->seed = vandal->seed * 1664525 + 1013904223;
    return vandal->seed >> 8;
}

/* ---- what they do; true: the engine said what it should ---- */

/* Hears the answer, which has to have this status and this word in its body. */
static bool hears(int fd, int status, const char *word)
{
    struct raw_answer answer;
    bool is_right;

    raw_hear(fd, &answer);
    is_right = answer.status == status &&
               strstr(buffer_text(&answer.body), word) != NULL;
    if (!is_right)
        log_warn("answered %d %s instead of %d %s", answer.status,
                 buffer_text(&answer.body), status, word);
    raw_answer_finish(&answer);
    return is_right;
}

/* What happens to begin like a request may be waited for. */
static bool send_garbage(struct vandal *vandal, int fd)
{
    char bytes[GARBAGE_BYTES];

    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)draw(vandal);
    bytes[0] = '\1';
    bytes[sizeof bytes - 1] = '\n';
    raw_send(fd, bytes, sizeof bytes);
    return hears(fd, 400, "MalformedHttpRequestException");
}

static bool break_off(struct vandal *vandal, int fd)
{
    struct buffer request = {0};

    recognition_write(vandal->vandals->client, "DetectFaces",
                      vandal->vandals->request, &request);
    raw_send(fd, request.bytes, draw(vandal) % request.len);
    buffer_finish(&request);
    return true;
}

static bool send_signed(const struct recognition_client *client, int fd,
                        const char *body)
{
    struct buffer request = {0};
    bool is_sent;

    recognition_write(client, "DetectFaces", body, &request);
    is_sent = raw_send(fd, request.bytes, request.len);
    buffer_finish(&request);
    return is_sent;
}

static bool forge(struct vandal *vandal, int fd)
{
    send_signed(&vandal->vandals->stranger, fd, "{}");
    return hears(fd, 400, "InvalidSignatureException");
}

/* Where the engine is full, that is what it says. */
static bool damage(struct vandal *vandal, int fd)
{
    struct raw_answer answer;
    const char *text;
    bool is_right;

    send_signed(vandal->vandals->client, fd, vandal->vandals->request);
    raw_hear(fd, &answer);
    text = buffer_text(&answer.body);
    is_right = answer.status == 400 &&
               (strstr(text, "InvalidImageFormatException") ||
                strstr(text, "ProvisionedThroughputExceededException") ||
                strstr(text, "\"ThrottlingException\""));
    raw_answer_finish(&answer);
    return is_right;
}

/* Sends a little again and again, until it is answered or all is over. */
static bool trickle(struct vandal *vandal, int fd, const char *beginning)
{
    struct pollfd hears_us = {.fd = fd, .events = POLLIN};

    raw_say(fd, beginning);
    while (poll(&hears_us, 1, TRICKLE_MS) == 0) {
        if (vandal->vandals->is_over)
            return true;
        if (!raw_say(fd, "a"))
            break;
    }
    return hears(fd, 408, "RequestTimeoutException");
}

static bool creep(struct vandal *vandal, int fd)
{
    return trickle(vandal, fd,
                   "POST / HTTP/1.1\r\nHost: localhost\r\n"
                   "Content-Length: 15000000\r\n\r\n");
}

static bool hesitate(struct vandal *vandal, int fd)
{
    return trickle(vandal, fd, "POST / HTTP/1.1\r\nHost: localhost\r\nX-A: ");
}

/* Until the engine takes no more. */
static bool flood(struct vandal *vandal, int fd)
{
    static const char request[] = "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n";
    struct pollfd takes = {.fd = fd, .events = POLLOUT};

    while (!vandal->vandals->is_over && poll(&takes, 1, TRICKLE_MS) == 1 &&
           send(fd, request, strlen(request), MSG_DONTWAIT | MSG_NOSIGNAL) > 0)
        ;
    return true;
}

/* ---- their lives ---- */

static void *live(void *owner)
{
    static bool (*const deeds[])(struct vandal * vandal, int fd) = {
        [VANDAL_GARBAGE] = send_garbage, [VANDAL_BREAKS] = break_off,
        [VANDAL_FORGES] = forge,         [VANDAL_DAMAGES] = damage,
        [VANDAL_CREEPS] = creep,         [VANDAL_HESITATES] = hesitate,
        [VANDAL_FLOODS] = flood,
    };
    struct vandal *vandal = owner;
    struct vandals *vandals = vandal->vandals;

    while (!vandals->is_over) {
        enum vandalism what = draw(vandal) % VANDALISMS;
        int fd = raw_connect(vandals->client->port);
        bool is_right = deeds[what](vandal, fd);

        vandals->done[what]++;
        if (!is_right)
            vandals->surprises[what]++;
        close(fd);
        rest((int)(draw(vandal) % (10 * REST_MS)) + REST_MS);
    }
    return NULL;
}

struct vandals *vandals_start(const struct recognition_client *client,
                              const char *photo, size_t count)
{
    struct vandals *vandals = xcalloc(1, sizeof *vandals);

    vandals->client = client;
    vandals->stranger = *client;
    vandals->stranger.credentials.secret = "guessed";
    vandals->request = xprintf("{\"Image\":{\"Bytes\":\"%.*s\"}}",
                               (int)(strlen(photo) / 2 & ~(size_t)3), photo);
    vandals->count = count;
    vandals->list = xcalloc(count, sizeof *vandals->list);
    for (size_t i = 0; i < count; i++) {
        struct vandal *vandal = &vandals->list[i];

        vandal->vandals = vandals;
        vandal->seed = (uint32_t)i * 2654435761u;
        if (pthread_create(&vandal->thread, NULL, live, vandal) != 0)
            abort();
    }
    return vandals;
}

void vandals_look(struct vandals *vandals, struct vandals_tally *tally)
{
    for (size_t i = 0; i < VANDALISMS; i++) {
        tally->done[i] = vandals->done[i];
        tally->surprises[i] = vandals->surprises[i];
    }
}

void vandals_stop(struct vandals *vandals)
{
    vandals->is_over = true;
    for (size_t i = 0; i < vandals->count; i++)
        pthread_join(vandals->list[i].thread, NULL);
    free(vandals->request);
    free(vandals->list);
    free(vandals);
}
