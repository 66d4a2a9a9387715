#pragma once

#include <stddef.h>

#include "basics.h"

/*
 * One case: what a client sends on a fresh WebSocket, and what it hears until
 * the end of the connection, as words with a blank between them:
 *
 *   reply:7         {"type":"reply","id":7,"ok":true}
 *   refused:code    a reply that says no, and why
 *   pong:abc        a pong and its payload; x*125 is 125 times x
 *   close:1002      a closing frame and its code ("close" where it has none)
 *   end             the server has hung up
 *   silence         nothing more comes, and the connection still stands
 *   broken:why      a frame that no server may send
 *
 * A client that hears a close answers it, unless it has sent one itself.
 */
enum { PIECES_MAX = 16 };

struct piece {
    enum {
        PIECE_NONE, /* the end of the list */
        PIECE_FRAME,
        PIECE_RAW, /* bytes as they stand */
    } kind;
    unsigned char first; /* of a frame: FIN, RSV and opcode */
    const char *bytes;
    size_t len;
    size_t filled; /* up to this length the payload is filled with blanks */
};

struct conversation {
    const char *section; /* of the RFC */
    const char *sentence;
    struct piece pieces[PIECES_MAX];
    const char *heard; /* a pattern as fnmatch takes it */
};

/* A masked frame with this payload. */
#define FRAME(first_byte, payload)                                             \
    {                                                                          \
        .kind = PIECE_FRAME, .first = (first_byte), .bytes = (payload),        \
        .len = sizeof(payload) - 1                                             \
    }

/* The same with blanks behind the payload, `length` bytes in all. */
#define FILLED(first_byte, payload, length)                                    \
    {                                                                          \
        .kind = PIECE_FRAME, .first = (first_byte), .bytes = (payload),        \
        .len = sizeof(payload) - 1, .filled = (length)                         \
    }

#define RAW(text)                                                              \
    {                                                                          \
        .kind = PIECE_RAW, .bytes = (text), .len = sizeof(text) - 1            \
    }

/* First bytes of frames. */
enum {
    MORE = 0x00, /* a fragment that goes on */
    LAST = 0x80, /* and the last one of a message */
    TEXT = 0x81,
    TEXT_BEGINS = 0x01,
    BINARY = 0x82,
    BINARY_BEGINS = 0x02,
    CLOSE = 0x88,
    PING = 0x89,
    PONG = 0x8a,
};

/* What the server answers with "reply:1". */
#define ASK "{\"type\":\"ping\",\"id\":1}"

/* A client's last word in most cases, and what it hears then. */
#define BYE FRAME(CLOSE, "\x03\xe8")
#define BYE_HEARD "close:1000 end"

/* How many cases ran, and how many went as they must. */
struct tally {
    int port; /* of the server */
    size_t run;
    size_t passed;
};

/* Has the conversation twice where it is short: in one piece, and byte by byte
 * as a slow network brings it. */
void conversation_run(struct tally *tally,
                      const struct conversation *conversation);

/* Sends bytes one by one, each in a segment of its own; false if the peer has
 * hung up. */
bool send_slowly(int fd, const char *bytes, size_t len);

/* The sections. */
void handshake_run(struct tally *tally);
void framing_run(struct tally *tally);
void control_run(struct tally *tally);
void closing_run(struct tally *tally);
void utf8_run(struct tally *tally);
