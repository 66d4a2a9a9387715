/*
 * fuzz_request.c - the head of a request
 *
 * A head that is refused is refused whatever follows, and one that is whole is
 * the same whatever follows.
 */
#include "fuzz.h"
#include "request.h"

static void check_request(const struct request *request, size_t len)
{
    MUST(request->head_bytes <= len);
    MUST(request->target[0] == '/');
    MUST(request->query_count <= REQUEST_QUERY_MAX);
    MUST(request->header_count <= REQUEST_HEADERS_MAX);
    for (size_t i = 0; i < request->query_count; i++)
        MUST(request_query(request, request->query[i].name));
    for (size_t i = 0; i < request->header_count; i++) {
        const char *name = request->headers[i].name;

        MUST(name[0] && request_header(request, name));
        (void)request_lists(request, name, "close");
    }
}

static void check_beginning(const char *bytes, size_t len, size_t head_bytes,
                            enum request_verdict verdict)
{
    struct request beginning;
    enum request_verdict early = request_read(bytes, len, &beginning);

    if (early == REQUEST_WHOLE) {
        MUST(verdict == REQUEST_WHOLE && beginning.head_bytes == head_bytes);
        request_finish(&beginning);
    } else if (early != REQUEST_UNFINISHED) {
        MUST(verdict == early);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    const char *text = (const char *)bytes;
    struct request request;
    enum request_verdict verdict = request_read(text, len, &request);
    size_t head_bytes = 0;

    if (verdict == REQUEST_WHOLE) {
        check_request(&request, len);
        head_bytes = request.head_bytes;
        request_finish(&request);
    }
    for (size_t parts = 1; parts < 8; parts++)
        check_beginning(text, len * parts / 8, head_bytes, verdict);
    return 0;
}
