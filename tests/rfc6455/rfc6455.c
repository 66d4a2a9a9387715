/*
 * rfc6455.c - the cases of RFC 6455 against a real server
 */
#include "conversation.h"
#include "stack.h"
#include "unit.h"

int main(void)
{
    static void (*const sections[])(struct tally * tally) = {
        handshake_run, framing_run, control_run, closing_run, utf8_run,
    };
    struct stack stack;
    struct tally tally = {0};

    /* Nobody here is a stranger that asks too often, and the limit of binary
     * messages is to be reached cheaply. */
    setenv("FACEWIRE_ADDRESS_REQUESTS_S", "1000000", 1);
    setenv("FACEWIRE_IMAGE_BYTES", "200K", 1);
    stack_start(&stack);
    tally.port = stack.port;
    for (size_t i = 0; i < COUNT(sections); i++)
        sections[i](&tally);
    stack_stop(&stack);
    printf("rfc6455: %zu of %zu cases passed\n", tally.passed, tally.run);
    return tally.passed == tally.run ? EXIT_SUCCESS : EXIT_FAILURE;
}
