/*
 * handshake_cases.c - section 4.2: what a server makes of opening handshakes
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "conversation.h"
#include "raw_client.h"

/* The lines of a good one. */
#define GET "GET /v1/live HTTP/1.1\r\n"
#define HOST "Host: localhost\r\n"
#define UPGRADE "Upgrade: websocket\r\n"
#define CONNECTION "Connection: Upgrade\r\n"
#define KEY "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
#define VERSION "Sec-WebSocket-Version: 13\r\n"
#define PROTOCOL "Sec-WebSocket-Protocol: facewire.v1\r\n"
#define GOOD GET HOST UPGRADE CONNECTION KEY VERSION PROTOCOL

/* ... but for some of them. */
#define WITH_UPGRADE(lines) GET HOST lines CONNECTION KEY VERSION PROTOCOL
#define WITH_CONNECTION(lines) GET HOST UPGRADE lines KEY VERSION PROTOCOL
#define WITH_KEY(lines) GET HOST UPGRADE CONNECTION lines VERSION PROTOCOL
#define WITH_VERSION(lines) GET HOST UPGRADE CONNECTION KEY lines PROTOCOL
#define WITH_PROTOCOL(lines) GET HOST UPGRADE CONNECTION KEY VERSION lines
#define WITH_LINE(line) line HOST UPGRADE CONNECTION KEY VERSION PROTOCOL

static const struct greeting {
    const char *section;
    const char *sentence;
    const char *lines;
    int status;         /* 0: the connection ends without an answer */
    const char *header; /* that the answer must have; NULL: any will do */
    const char *value;  /* NULL: must not have it */
} greetings[] = {
    /* ---- 4.2.2: the answer ---- */
    {"4.2.2", "a good handshake is answered with 101", GOOD, 101, "Upgrade",
     "websocket"},
    {"4.2.2", "the answer upgrades", GOOD, 101, "Connection", "Upgrade"},
    {"4.2.2", "the key is answered as the RFC's example has it", GOOD, 101,
     "Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="},
    {"4.2.2", "another key has another answer",
     WITH_KEY("Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"), 101,
     "Sec-WebSocket-Accept", "ICX+Yqv66kxgM0FcWaLWlFLwTAI="},
    {"4.2.2", "the subprotocol is told", GOOD, 101, "Sec-WebSocket-Protocol",
     "facewire.v1"},
    {"4.2.2", "a query may stand behind the path",
     WITH_LINE("GET /v1/live?token=x HTTP/1.1\r\n"), 101, NULL, NULL},
    {"4.2.2", "another path has no websocket",
     WITH_LINE("GET /v1/jobs/live HTTP/1.1\r\n"), 404, NULL, NULL},

    /* ---- 4.2.1, 1: the request line ---- */
    {"4.2.1", "POST is no handshake",
     "POST /v1/live HTTP/1.1\r\nContent-Length: 0\r\n" HOST UPGRADE CONNECTION
         KEY VERSION PROTOCOL,
     405, NULL, NULL},
    {"4.2.1", "DELETE is no handshake",
     WITH_LINE("DELETE /v1/live HTTP/1.1\r\n"), 405, NULL, NULL},
    {"4.2.1", "HTTP/1.0 cannot upgrade", WITH_LINE("GET /v1/live HTTP/1.0\r\n"),
     426, NULL, NULL},
    {"4.2.1", "HTTP/2.0 cannot be spoken in this way",
     WITH_LINE("GET /v1/live HTTP/2.0\r\n"), 400, NULL, NULL},
    {"4.2.1", "a handshake has no body", GOOD "Content-Length: 5\r\n", 400,
     NULL, NULL},
    {"4.2.1", "a body of no bytes is none", GOOD "Content-Length: 0\r\n", 101,
     NULL, NULL},

    /* ---- 4.2.1, 2: Host ---- */
    {"4.2.1", "Host must be there", GET UPGRADE CONNECTION KEY VERSION PROTOCOL,
     400, NULL, NULL},
    {"4.2.1", "Host must be there once", GOOD HOST, 400, NULL, NULL},

    /* ---- 4.2.1, 3: Upgrade ---- */
    {"4.2.1", "Upgrade must be there", WITH_UPGRADE(""), 426, NULL, NULL},
    {"4.2.1", "Upgrade is taken in any case",
     WITH_UPGRADE("uPGRADE: WebSocket\r\n"), 101, NULL, NULL},
    {"4.2.1", "Upgrade may list others before it",
     WITH_UPGRADE("Upgrade: h2c, websocket\r\n"), 101, NULL, NULL},
    {"4.2.1", "Upgrade may list others behind it",
     WITH_UPGRADE("Upgrade: websocket , h2c\r\n"), 101, NULL, NULL},
    {"4.2.1", "Upgrade may be two lines",
     WITH_UPGRADE("Upgrade: h2c\r\nUpgrade: websocket\r\n"), 101, NULL, NULL},
    {"4.2.1", "Upgrade to something else", WITH_UPGRADE("Upgrade: h2c\r\n"),
     426, NULL, NULL},
    {"4.2.1", "Upgrade to a word that begins so",
     WITH_UPGRADE("Upgrade: websockets\r\n"), 426, NULL, NULL},
    {"4.2.1", "Upgrade to nothing", WITH_UPGRADE("Upgrade:\r\n"), 426, NULL,
     NULL},

    /* ---- 4.2.1, 4: Connection ---- */
    {"4.2.1", "Connection must be there", WITH_CONNECTION(""), 426, NULL, NULL},
    {"4.2.1", "Connection is taken in any case",
     WITH_CONNECTION("CONNECTION:uPgRaDe\r\n"), 101, NULL, NULL},
    {"4.2.1", "Connection may list others",
     WITH_CONNECTION("Connection: keep-alive, Upgrade\r\n"), 101, NULL, NULL},
    {"4.2.1", "Connection may have empty elements",
     WITH_CONNECTION("Connection: ,, Upgrade ,\r\n"), 101, NULL, NULL},
    {"4.2.1", "Connection may be two lines",
     WITH_CONNECTION("Connection: keep-alive\r\nConnection: Upgrade\r\n"), 101,
     NULL, NULL},
    {"4.2.1", "Connection with something else",
     WITH_CONNECTION("Connection: keep-alive\r\n"), 426, NULL, NULL},
    {"4.2.1", "Connection with a word that ends so",
     WITH_CONNECTION("Connection: no-upgrade\r\n"), 426, NULL, NULL},

    /* ---- 4.2.1, 5: Sec-WebSocket-Key ---- */
    {"4.2.1", "the key must be there", WITH_KEY(""), 400, NULL, NULL},
    {"4.2.1", "an empty key", WITH_KEY("Sec-WebSocket-Key:\r\n"), 400, NULL,
     NULL},
    {"4.2.1", "a key of 15 bytes",
     WITH_KEY("Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAA\r\n"), 400, NULL, NULL},
    {"4.2.1", "a key of 17 bytes",
     WITH_KEY("Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAAA=\r\n"), 400, NULL,
     NULL},
    {"4.2.1", "a key of 18 bytes",
     WITH_KEY("Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAAAA\r\n"), 400, NULL,
     NULL},
    {"4.2.1", "a key that is no base64",
     WITH_KEY("Sec-WebSocket-Key: ******************=====\r\n"), 400, NULL,
     NULL},
    {"4.2.1", "a key without its padding",
     WITH_KEY("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ\r\n"), 400, NULL,
     NULL},
    {"11.3.1", "the key must be there once", WITH_KEY(KEY KEY), 400, NULL,
     NULL},

    /* ---- 4.2.1, 6 and 4.4: Sec-WebSocket-Version ---- */
    {"4.2.1", "the version must be there", WITH_VERSION(""), 426,
     "Sec-WebSocket-Version", "13"},
    {"4.4", "version 8 is told which there is",
     WITH_VERSION("Sec-WebSocket-Version: 8\r\n"), 426, "Sec-WebSocket-Version",
     "13"},
    {"4.4", "version 14 is told too",
     WITH_VERSION("Sec-WebSocket-Version: 14\r\n"), 426, "Upgrade",
     "websocket"},
    {"4.4", "version 0", WITH_VERSION("Sec-WebSocket-Version: 0\r\n"), 426,
     "Connection", "Upgrade"},
    {"4.4", "version 13 among others is none",
     WITH_VERSION("Sec-WebSocket-Version: 13, 8\r\n"), 426, NULL, NULL},
    {"11.3.5", "the version must be there once", WITH_VERSION(VERSION VERSION),
     400, NULL, NULL},

    /* ---- 4.2.1, 7 and 10.2: Origin ---- */
    {"10.2", "no Origin is no browser", GOOD, 101, NULL, NULL},
    {"10.2", "pages of this server may come",
     GOOD "Origin: http://localhost\r\n", 101, NULL, NULL},
    {"10.2", "pages of others may not", GOOD "Origin: http://evil.example\r\n",
     403, NULL, NULL},
    {"10.2", "pages of nobody may not", GOOD "Origin: null\r\n", 403, NULL,
     NULL},

    /* ---- 4.2.1, 8: Sec-WebSocket-Protocol ---- */
    {"4.2.2", "a subprotocol is demanded", WITH_PROTOCOL(""), 400, NULL, NULL},
    {"4.2.2", "another subprotocol will not do",
     WITH_PROTOCOL("Sec-WebSocket-Protocol: chat\r\n"), 400, NULL, NULL},
    {"4.2.2", "ours is found among several",
     WITH_PROTOCOL("Sec-WebSocket-Protocol: chat, facewire.v1, x\r\n"), 101,
     "Sec-WebSocket-Protocol", "facewire.v1"},
    {"11.3.4", "ours is found in the second line",
     WITH_PROTOCOL("Sec-WebSocket-Protocol: chat\r\n" PROTOCOL), 101,
     "Sec-WebSocket-Protocol", "facewire.v1"},
    {"4.2.2", "its case counts: what was not offered is not chosen",
     WITH_PROTOCOL("Sec-WebSocket-Protocol: FaceWire.V1\r\n"), 400, NULL, NULL},

    /* ---- 4.2.1, 9 and 9.1: Sec-WebSocket-Extensions ---- */
    {"9.1", "an extension that is offered is not taken",
     GOOD "Sec-WebSocket-Extensions: permessage-deflate\r\n", 101,
     "Sec-WebSocket-Extensions", NULL},
    {"9.1", "an extension that nobody knows is not taken",
     GOOD "Sec-WebSocket-Extensions: x-nobody; a=1, y\r\n", 101,
     "Sec-WebSocket-Extensions", NULL},
    {"4.2.1", "headers that nobody knows are passed over",
     GOOD "X-Unknown: 1\r\nPragma: no-cache\r\n", 101, NULL, NULL},

    /* ---- 4.1: the head as such ---- */
    {"4.1", "headers may come in any order",
     GET PROTOCOL VERSION KEY CONNECTION UPGRADE HOST, 101, NULL, NULL},
    {"4.1", "names are taken in any case",
     GET "HOST: localhost\r\nUPGRADE: websocket\r\nconnection: upgrade\r\n"
         "SEC-WEBSOCKET-KEY: dGhlIHNhbXBsZSBub25jZQ==\r\n"
         "sec-websocket-version: 13\r\n"
         "sec-websocket-PROTOCOL: facewire.v1\r\n",
     101, NULL, NULL},
    {"4.1", "blanks around values do not count",
     WITH_KEY("Sec-WebSocket-Key: \t dGhlIHNhbXBsZSBub25jZQ== \t\r\n"), 101,
     NULL, NULL},
    {"4.1", "a folded header is refused",
     WITH_CONNECTION("Connection: keep-alive,\r\n Upgrade\r\n"), 400, NULL,
     NULL},
    {"4.1", "a line that ends in LF alone is refused",
     WITH_CONNECTION("Connection: Upgrade\n"), 400, NULL, NULL},
};

/* Whether the answer is as it must be; what it was goes to `what`. */
static bool is_right(const struct greeting *greeting,
                     const struct raw_answer *answer, char what[static 128])
{
    const char *value =
        greeting->header ? raw_header(answer, greeting->header) : NULL;

    snprintf(what, 128, "%d %s", answer->status, value ? value : "");
    if (answer->status != greeting->status)
        return false;
    if (!greeting->header)
        return true;
    return greeting->value ? value && strcmp(value, greeting->value) == 0
                           : !value;
}

static void run(struct tally *tally, const struct greeting *greeting,
                bool is_slow)
{
    int fd = raw_connect(tally->port);
    struct raw_answer answer;
    char what[128];

    if (is_slow) {
        send_slowly(fd, greeting->lines, strlen(greeting->lines));
        send_slowly(fd, "\r\n", 2);
    } else {
        struct buffer head = {0};

        buffer_printf(&head, "%s\r\n", greeting->lines);
        raw_say(fd, head.bytes);
        buffer_finish(&head);
    }
    raw_hear(fd, &answer);
    close(fd);
    tally->run++;
    if (is_right(greeting, &answer, what))
        tally->passed++;
    else
        printf("%s: %s%s\n    wanted %d %s\n    heard  %s\n", greeting->section,
               greeting->sentence, is_slow ? " (byte by byte)" : "",
               greeting->status, greeting->value ? greeting->value : "", what);
    raw_answer_finish(&answer);
}

/* A client waits for the answer before it says more (4.1). */
static void run_hasty(struct tally *tally)
{
    int fd = raw_connect(tally->port);

    raw_say(fd, GOOD "\r\n\x81\x80\x01\x02\x03\x04");
    tally->run++;
    if (raw_is_closed(fd, 5000))
        tally->passed++;
    else
        printf("4.1: a frame behind the handshake's head is taken\n");
    close(fd);
}

void handshake_run(struct tally *tally)
{
    for (size_t i = 0; i < COUNT(greetings); i++) {
        run(tally, &greetings[i], false);
        run(tally, &greetings[i], true);
    }
    run_hasty(tally);
}
