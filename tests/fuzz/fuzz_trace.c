/*
 * fuzz_trace.c - the headers of a trace
 *
 * The first line is the `traceparent`, the second the `tracestate`.
 */
#include "fuzz.h"
#include "trace.h"

/* What is passed on is read as the same. */
static void check_again(const struct trace *trace)
{
    char text[TRACE_PARENT_BYTES];
    struct trace again;

    trace_write(trace, text);
    MUST(trace_read(&again, text, trace->state));
    MUST(memcmp(trace, &again, sizeof again) == 0);
    trace_write_call(trace, text);
    MUST(trace_read(&again, text, NULL));
    MUST(strcmp(again.id, trace->id) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct rest rest = {(const char *)bytes, len};
    char *parent = rest_line(&rest);
    char *state = rest_line(&rest);
    struct trace trace;

    if (trace_read(&trace, parent, state)) {
        MUST(strlen(trace.id) == TRACE_ID_BYTES - 1);
        MUST(trace.state[0] == '\0' || strcmp(trace.state, state) == 0);
        check_again(&trace);
    } else {
        MUST(trace.id[0] == '\0' && trace.state[0] == '\0');
    }
    free(parent);
    free(state);
    return 0;
}
