/*
 * fuzz_operation.c - the inputs of the engine's operations
 *
 * The first line names the operation, the rest is its JSON.  What the tables
 * take is within the tables' bounds, and what they object to is told in JSON.
 */
#include "fuzz.h"
#include "operations.h"

enum { VALUES_MAX = 20000 };

static void check_objections(const struct objections *objections)
{
    struct buffer message = {0};
    struct json *told;
    char *text;

    objections_write(objections, &message);
    MUST(message.len > 0);
    told = json_object();
    json_add_text(told, "message", message.bytes);
    text = json_print_and_destroy(told);
    told = json_parse(text, strlen(text));
    MUST(told);
    json_destroy(told);
    free(text);
    buffer_finish(&message);
}

static void read_input(const struct operation *operation,
                       const struct json *document)
{
    void *work = xcalloc(1, operation->work_bytes);
    struct objections objections = {0};

    member_read(operation->members, operation->member_count, document, work,
                &objections);
    if (objections.violation_count)
        check_objections(&objections);
    objections_finish(&objections);
    member_finish(operation->members, operation->member_count, work);
    free(work);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct rest rest = {(const char *)bytes, len};
    char *name = rest_line(&rest);
    const struct operation *operation = operations_find(name);
    struct json *document = json_parse_few(rest.bytes, rest.len, VALUES_MAX);

    if (operation && json_is_object(document))
        read_input(operation, document);
    json_destroy(document);
    free(name);
    return 0;
}
