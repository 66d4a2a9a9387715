/*
 * fuzz_live_message.c - what a client says on the live API
 *
 * Whatever it says, the answer is JSON.
 */
#include "fuzz.h"
#include "live_message.h"
#include "utf8.h"

static void check_answer(char *answer)
{
    struct json *document = json_parse(answer, strlen(answer));

    MUST(json_is_object(document));
    json_destroy(document);
    free(answer);
}

static void check_message(const struct live_message *message)
{
    char *options =
        json_print_and_destroy(search_options_json(&message->options));

    MUST(message->topic_count <= LIVE_TOPICS_MAX);
    if (message->type == LIVE_SEARCH) {
        MUST(message->bytes > 0);
        MUST(message->options.max_matches >= 1);
        MUST(message->options.threshold >= 0);
    }
    if (message->after) {
        char *text = position_write(message->after);
        struct position *again;

        MUST(position_read(text, &again) == 0);
        MUST(position_parts(again) == position_parts(message->after));
        MUST(position_parts(again) <= PARTS_MAX);
        position_unref(again);
        free(text);
    }
    check_answer(live_reply(message, "job", "x"));
    free(options);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct live_message message;
    char detail[128];
    enum problem problem =
        live_message_read(&message, (const char *)bytes, len, detail);

    MUST(strnlen(detail, sizeof detail) < sizeof detail);
    if (problem == PROBLEM_NONE)
        check_message(&message);
    check_answer(live_refusal(&message, problem, detail));
    live_message_finish(&message);
    return 0;
}
