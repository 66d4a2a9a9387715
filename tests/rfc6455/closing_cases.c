/*
 * closing_cases.c - section 7 and 5.5.1: closing handshakes
 */
#include <stdio.h>

#include "conversation.h"

/* 125 bytes: a code, and 123 of reason. */
#define LONGEST_CLOSE                                                          \
    "\x03\xe8"                                                                 \
    "and so, as the sun went down behind the last of the masts, everybody "    \
    "who had come to see them off turned and went slowly in"

static const struct conversation cases[] = {
    {"5.5.1", "a close without a code", {FRAME(CLOSE, "")}, "close* end"},
    {"5.5.1", "a close with a code", {BYE}, BYE_HEARD},
    {"5.5.1",
     "a close with a reason",
     {FRAME(CLOSE, "\x03\xe8"
                   "bye")},
     BYE_HEARD},
    {"5.5.1",
     "a close with a reason that is no ASCII",
     {FRAME(CLOSE, "\x03\xe8"
                   "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5")},
     BYE_HEARD},
    {"5.5.1", "a close of 125 bytes", {FRAME(CLOSE, LONGEST_CLOSE)}, BYE_HEARD},
    {"5.5.1",
     "a close of 126 bytes",
     {FRAME(CLOSE, LONGEST_CLOSE ".")},
     "close:1002 end"},
    {"5.5.1", "a close of one byte", {FRAME(CLOSE, "\x03")}, "close:1002 end"},
    {"5.5.1",
     "a close with half a character as its reason",
     {FRAME(CLOSE, "\x03\xe8\xce")},
     "close:1007 end"},
    {"5.5.1",
     "a close with a surrogate in its reason",
     {FRAME(CLOSE, "\x03\xe8"
                   "a\xed\xa0\x80")},
     "close:1007 end"},
    {"5.5.1",
     "a close with a stray byte in its reason",
     {FRAME(CLOSE, "\x03\xe8"
                   "good\x80")},
     "close:1007 end"},
    {"7.1.1",
     "a message, then a close",
     {FRAME(TEXT, ASK), BYE},
     "reply:1 " BYE_HEARD},
    {"5.5.1",
     "nothing behind a close is heard: a message",
     {BYE, FRAME(TEXT, ASK)},
     BYE_HEARD},
    {"5.5.1",
     "nothing behind a close is heard: a ping",
     {BYE, FRAME(PING, "x")},
     BYE_HEARD},
    {"5.5.1",
     "nothing behind a close is heard: another close",
     {BYE, FRAME(CLOSE, "\x03\xe9")},
     BYE_HEARD},
    {"5.5.1",
     "nothing behind a close is heard: what is no frame at all",
     {BYE, RAW("\xff\xff\xff\xff")},
     BYE_HEARD},
    {"5.5.1",
     "nothing behind a close is heard: the rest of a message",
     {FRAME(TEXT_BEGINS, "{"), BYE, FRAME(LAST, "}")},
     BYE_HEARD},
};

/* Codes that may stand in a close (7.4), and those that may not.  1012 to 1014
 * are registered since, but this RFC knows nothing of them: either will do. */
static const struct {
    int first, last;
    const char *heard; /* NULL: the code itself */
} codes[] = {
    {0, 0, "close:1002 end"},
    {1, 1, "close:1002 end"},
    {999, 999, "close:1002 end"},
    {1000, 1003, NULL},
    {1004, 1006, "close:1002 end"},
    {1007, 1011, NULL},
    {1012, 1014, "close:10* end"},
    {1015, 1016, "close:1002 end"},
    {1100, 1100, "close:1002 end"},
    {2000, 2000, "close:1002 end"},
    {2999, 2999, "close:1002 end"},
    {3000, 3000, NULL},
    {3999, 4000, NULL},
    {4201, 4201, NULL},
    {4999, 4999, NULL},
    {5000, 5000, "close:1002 end"},
    {32768, 32768, "close:1002 end"},
    {65535, 65535, "close:1002 end"},
};

static void run_code(struct tally *tally, int code, const char *heard)
{
    char payload[2] = {(char)(code >> 8), (char)code};
    char sentence[40], own[40];
    struct conversation conversation = {
        "7.4", sentence, {{PIECE_FRAME, CLOSE, payload, 2, 0}}, heard};

    snprintf(sentence, sizeof sentence, "a close with the code %d", code);
    snprintf(own, sizeof own, "close:%d end", code);
    if (!heard)
        conversation.heard = own;
    conversation_run(tally, &conversation);
}

void closing_run(struct tally *tally)
{
    for (size_t i = 0; i < COUNT(cases); i++)
        conversation_run(tally, &cases[i]);
    for (size_t i = 0; i < COUNT(codes); i++)
        for (int code = codes[i].first; code <= codes[i].last; code++)
            run_code(tally, code, codes[i].heard);
}
