/*
 * utf8_cases.c - section 8: texts are UTF-8, however they are cut
 *
 * Each sample stands inside a message, which is sent whole, in two fragments
 * that part at each of its bytes, with a ping between them, and as a fragment
 * for each byte.  conversation_run also sends each byte by byte.
 */
#include <stdio.h>
#include <string.h>

#include "buffer.h"
#include "conversation.h"

enum { BYTE_FRAGMENTS = PIECES_MAX - 3 };

#define BEFORE "{\"type\":\"ping\",\"id\":1,\"x\":\""
#define BEHIND "\"}"

static const struct sample {
    const char *what;
    const char *text;
    bool is_valid;
} samples[] = {
    {"ASCII", "hello", true},
    {"the first of 2 bytes", "\xc2\x80", true},
    {"the last of 2 bytes", "\xdf\xbf", true},
    {"the first of 3 bytes", "\xe0\xa0\x80", true},
    {"the last before the surrogates", "\xed\x9f\xbf", true},
    {"the first behind the surrogates", "\xee\x80\x80", true},
    {"the last of 3 bytes", "\xef\xbf\xbf", true},
    {"the first of 4 bytes", "\xf0\x90\x80\x80", true},
    {"the last there is", "\xf4\x8f\xbf\xbf", true},
    {"kosme", "\xce\xba\xcf\x8c\xcf\x83\xce\xbc\xce\xb5", true},
    {"one of each length", "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", true},
    {"a byte order mark", "\xef\xbb\xbf", true},
    {"a continuation of nothing", "\x80", false},
    {"the last continuation of nothing", "\xbf", false},
    {"two continuations of nothing", "a\x80\xbf", false},
    {"2 bytes without the second", "\xc3", false},
    {"3 bytes without the third", "\xe2\x82", false},
    {"3 bytes without the second", "\xe2", false},
    {"4 bytes without the fourth", "\xf0\x9f\x98", false},
    {"4 bytes without the third", "\xf0\x9f", false},
    {"4 bytes without the second", "\xf0", false},
    {"a letter for the second", "\xc3z", false},
    {"a letter for the third", "\xe2\x82z", false},
    {"an overlong slash of 2 bytes", "\xc0\xaf", false},
    {"an overlong slash of 3 bytes", "\xe0\x80\xaf", false},
    {"an overlong slash of 4 bytes", "\xf0\x80\x80\xaf", false},
    {"the last overlong of 2 bytes", "\xc1\xbf", false},
    {"the last overlong of 3 bytes", "\xe0\x9f\xbf", false},
    {"the last overlong of 4 bytes", "\xf0\x8f\xbf\xbf", false},
    {"an overlong NUL", "\xc0\x80", false},
    {"the first surrogate", "\xed\xa0\x80", false},
    {"the last surrogate", "\xed\xbf\xbf", false},
    {"a pair of surrogates", "\xed\xa0\xbd\xed\xb8\x80", false},
    {"the first past the last", "\xf4\x90\x80\x80", false},
    {"F5", "\xf5\x80\x80\x80", false},
    {"5 bytes", "\xf8\x88\x80\x80\x80", false},
    {"6 bytes", "\xfc\x84\x80\x80\x80\x80", false},
    {"FE", "\xfe", false},
    {"FF", "\xff", false},
    {"a good one and a bad one", "\xce\xba\xce\x80\xce", false},
};

static struct piece frame(unsigned char first, const char *bytes, size_t len)
{
    return (struct piece){PIECE_FRAME, first, bytes, len, 0};
}

static const struct piece bye = BYE;

static void run(struct tally *tally, const struct sample *sample,
                const char *how, const struct piece *pieces, size_t count)
{
    char sentence[128];
    struct conversation conversation = {.section = "8.1", .sentence = sentence};
    bool has_ping = strcmp(how, "a ping in") == 0;

    snprintf(sentence, sizeof sentence, "%s, %s", sample->what, how);
    memcpy(conversation.pieces, pieces, count * sizeof *pieces);
    if (sample->is_valid)
        conversation.pieces[count] = bye;
    if (sample->is_valid)
        conversation.heard =
            has_ping ? "pong:x reply:1 " BYE_HEARD : "reply:1 " BYE_HEARD;
    else
        conversation.heard = has_ping ? "*close:1007 end" : "close:1007 end";
    conversation_run(tally, &conversation);
}

/* At each byte of the sample, and before and behind it. */
static void run_halves(struct tally *tally, const struct sample *sample,
                       const char *text, size_t len)
{
    size_t from = strlen(BEFORE);

    for (size_t at = from; at <= from + strlen(sample->text); at++) {
        struct piece halves[] = {frame(TEXT_BEGINS, text, at),
                                 frame(LAST, text + at, len - at)};
        struct piece with_ping[] = {halves[0], frame(PING, "x", 1), halves[1]};
        char how[40];

        snprintf(how, sizeof how, "cut at byte %zu", at - from);
        run(tally, sample, how, halves, COUNT(halves));
        run(tally, sample, "a ping in", with_ping, COUNT(with_ping));
    }
}

static void run_bytes(struct tally *tally, const struct sample *sample,
                      const char *text, size_t len)
{
    struct piece pieces[PIECES_MAX];
    size_t from = strlen(BEFORE), count = 1;

    pieces[0] = frame(TEXT_BEGINS, text, from);
    while (count <= strlen(sample->text) && count < BYTE_FRAGMENTS) {
        pieces[count] = frame(MORE, text + from + count - 1, 1);
        count++;
    }
    pieces[count] =
        frame(LAST, text + from + count - 1, len - from - count + 1);
    run(tally, sample, "a fragment for each byte", pieces, count + 1);
}

/* A message that is nothing but the sample, so that the end is in it.  As it
 * is no JSON, a good one is closed for that. */
static void run_bare(struct tally *tally, const struct sample *sample)
{
    struct conversation conversation = {
        "8.1",
        sample->what,
        {frame(TEXT, sample->text, strlen(sample->text))},
        sample->is_valid ? "close:4001 end" : "close:1007 end"};

    conversation_run(tally, &conversation);
}

/* Binaries are not looked into. */
static void run_binary(struct tally *tally, const struct sample *sample)
{
    struct conversation conversation = {
        "5.6",
        sample->what,
        {frame(BINARY, sample->text, strlen(sample->text)), bye},
        "refused:unexpected_binary " BYE_HEARD};

    conversation_run(tally, &conversation);
}

void utf8_run(struct tally *tally)
{
    for (size_t i = 0; i < COUNT(samples); i++) {
        const struct sample *sample = &samples[i];
        struct buffer text = {0};
        struct piece whole;

        buffer_printf(&text, BEFORE "%s" BEHIND, sample->text);
        whole = frame(TEXT, text.bytes, text.len);
        run(tally, sample, "whole", &whole, 1);
        run_halves(tally, sample, text.bytes, text.len);
        run_bytes(tally, sample, text.bytes, text.len);
        run_bare(tally, sample);
        run_binary(tally, sample);
        buffer_finish(&text);
    }
}
